"""Time zones by name, country and place, from the IANA tables of the tzdata package.

The tables are read when they are asked for: that takes two milliseconds, and few people ever ask.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib import resources

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.atlas import LIKENESS
from bot.choices import distance_km
from bot.folding import fold

UTC_NAME = "UTC"
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+\-−])\s*(\d{1,2})(?::?00)?", re.IGNORECASE)
_POINT = re.compile(r"([+-])(\d\d)(\d\d)(?:\d\d)?([+-])(\d{3})(\d\d)(?:\d\d)?")
_EASTMOST, _WESTMOST = 14, 12
"""Hours that clocks are ahead of UTC, and behind it, at most."""
_CHIEF_SHARE = 0.3
_SPACES = str.maketrans("/_-+", "    ")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone, the country that it lies in (ISO 3166), and where its chief town is."""

    name: str
    country: str
    lat: float
    lon: float
    is_chief: bool
    """Most of the country lies in it."""


def find_zone(text: str) -> str | None:
    """The zone that is called so: `Europe/Kyiv`, `kyiv`, `New York`, `UTC+3`; None when none is."""
    offset = _OFFSET.fullmatch(text.strip())
    if offset:
        return _fixed(offset[1] == "+", int(offset[2]))
    wanted, names = fold(text), _names()
    exact = next((name for name in names if _plain(name) == wanted), None)
    if exact:
        return exact
    towns = (
        name for name in names if "/" in name and fold(name.rpartition("/")[2].replace("_", " ")) == wanted
    )
    return next(towns, None)


def nearest_zone(text: str) -> str | None:
    """The zone whose town is spelled most like a mistyped one; None when none is like it."""
    towns = {_town(name): name for name in _names() if "/" in name and not name.startswith("Etc")}
    scorer = DamerauLevenshtein.normalized_similarity
    near = process.extractOne(fold(text), towns.keys(), scorer=scorer, score_cutoff=LIKENESS)
    return towns[near[0]] if near else None


def list_zones() -> list[str]:
    """Every zone that has a chief town."""
    return [zone.name for zone in _zones()]


def zones_of(countries: Collection[str]) -> list[str]:
    """The zones of these countries, in the order of the countries, the table's chief one of each first."""
    found = [zone for zone in _zones() if zone.country in countries]
    order = list(countries)
    ranked = sorted(found, key=lambda zone: (order.index(zone.country), not zone.is_chief))
    return [zone.name for zone in ranked]


def zone_at(lat: float, lon: float, country: str = "") -> str:
    """The zone whose chief town is nearest, in the country where that is known.

    The chief zone of a country reaches farther from its town than the others do.
    """
    zones = list(_zones())
    there = [zone for zone in zones if zone.country == country] or zones

    def far(zone: Zone) -> float:
        return distance_km(lat, lon, zone.lat, zone.lon) * (_CHIEF_SHARE if zone.is_chief else 1.0)

    return min(there, key=far).name


def _town(name: str) -> str:
    return _plain(name.rpartition("/")[2])


def _plain(name: str) -> str:
    """The same as folding, for names that are ASCII."""
    return name.lower().translate(_SPACES)


def _fixed(is_ahead: bool, hours: int) -> str | None:
    """Zones of a fixed offset; the sign in their names is the other way round."""
    if not hours:
        return UTC_NAME
    if hours > (_EASTMOST if is_ahead else _WESTMOST):
        return None
    return f"Etc/GMT{'-' if is_ahead else '+'}{hours}"


def _names() -> list[str]:
    return (resources.files("tzdata") / "zones").read_text(encoding="ascii").split()


def _zones() -> Iterator[Zone]:
    table = (resources.files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8")
    for line in table.splitlines():
        if line and not line.startswith("#"):
            country, point, name, *comment = line.split("\t")
            is_chief = not comment or comment[0].startswith("most")
            yield Zone(name, country, *_degrees(point), is_chief)


def _degrees(point: str) -> tuple[float, float]:
    """`+5026+03031` as degrees."""
    match = _POINT.fullmatch(point)
    assert match is not None, point  # noqa: S101 - the form of the IANA table
    north, lat, lat_minutes, east, lon, lon_minutes = match.groups()
    lat_degrees = (int(lat) + int(lat_minutes) / 60) * (1 if north == "+" else -1)
    return lat_degrees, (int(lon) + int(lon_minutes) / 60) * (1 if east == "+" else -1)
