"""What a chat can choose besides regions and keywords, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import cos, hypot, radians

KM_A_DEGREE = 111.2
"""Kilometres between two parallels; between two meridians it is that times the cosine of the latitude."""
RADII_KM = (5, 10, 25, 50, 100)
"""What is offered around a pin."""
MOST_KM = 200
"""The longest radius: more is a province or a theatre."""


class Trait(StrEnum):
    """What an alert can be chosen by. Of each kind that a chat has chosen something of, one must hold."""

    SEVERITY = "severity"
    STATUS = "status"
    ACT = "act"
    PARTY = "party"
    REGION = "region"
    """No filter: regions are chosen by subscribing, and muted."""


FILTERS = (Trait.SEVERITY, Trait.STATUS, Trait.ACT, Trait.PARTY)
"""The kinds of traits that a chat can ask for."""


class Refusal(StrEnum):
    """Why an alert of a chosen place is not told to a chat."""

    SEVERITY = "severity"
    STATUS = "status"
    ACT = "act"
    PARTY = "party"
    NOT_INCLUDED = "not_included"
    EXCLUDED = "excluded"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Circle:
    """A place on the map and how far around it somebody wants to hear of; rounded to about a kilometre."""

    lat: float
    lon: float
    radius_km: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an incident was, and how far from there it may have been: a village is near, a district wide."""

    lat: float
    lon: float
    reach_km: float

    @property
    def east_km(self) -> float:
        """How long a degree of longitude is here."""
        return KM_A_DEGREE * cos(radians(self.lat))


def around(lat: float, lon: float, radius_km: int) -> Circle:
    """The circle as it is stored: nobody's house can be told from it."""
    return Circle(round(lat, 2), round(lon, 2), radius_km)


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Between two points some hundred kilometres apart, flat: within a hundredth of the true distance.

    The only measure of distance there is, but for the statements that look for circles: they take the
    incident's own parallel (`Spot.east_km`), as databases know no cosine.
    """
    east = ((other_lon - lon + 180.0) % 360.0 - 180.0) * cos(radians((lat + other_lat) / 2))
    return hypot(other_lat - lat, east) * KM_A_DEGREE


class Digest(StrEnum):
    """How often alerts are told: each at once, or together."""

    OFF = "off"
    HOURLY = "hourly"
    DAILY = "daily"


class Sound(StrEnum):
    """From which severity on a message sounds."""

    ALL = "all"
    SERIOUS = "serious"
    GRAVE = "grave"
    NONE = "none"


class Length(StrEnum):
    """How much of an incident a message tells: all of it, or one line."""

    FULL = "full"
    COMPACT = "compact"


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a chat wants to hear. Times of day are minutes after midnight in `zone`, an IANA name."""

    digest: Digest = Digest.OFF
    digest_at: int = 8 * 60
    """When the daily digest comes."""
    quiet_from: int | None = None
    quiet_until: int | None = None
    zone: str | None = None
    """None: nobody said; it is taken for UTC."""
    lets_grave: bool = False
    """Grave incidents are told at once all the same."""
