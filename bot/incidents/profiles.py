"""What of an incident counts when a report is weighed against it, small enough to read by the hundred."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import cos, radians

from bot.folding import fold
from bot.incidents.nearness import ACROSS_KM, APART_KM, is_wide, narrow
from bot.model import Act, Claim, Finding, FoundPlace, Incident, RegionLevel, Report, Stance

FOLLOWING = (Stance.DENIAL, Stance.UPDATE, Stance.CONFIRMATION)
"""Stances that answer or continue an earlier report."""

MOST_DAYS_APART = 3
"""Days by which two reports of one incident can differ."""

MOST_DAYS_NAMED = 1
"""Days by which a named day can be wrong, as midnight lies elsewhere. Only a rare toll outweighs more."""

MOST_DAYS_ANSWERED = 7
"""Days after which an answer that names no day can still come: inquiries and toll updates take a week."""

RARE_TOLL = 10
"""A number of dead or hurt that two reports do not share by chance."""

MOST_TITLES = 24
"""Titles kept of an incident: those of its first reports, which later ones repeat."""

DISTRICT_KM = 20.0
"""How far from its point a district reaches where the data does not tell."""

_KM_A_DEGREE = 111.0
_LEAST_COSINE = 0.1
"""Of the latitude: near the poles every longitude is near."""


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees within which places lie; none crosses the date line."""

    south: float
    north: float
    west: float
    east: float


@dataclass(frozen=True, slots=True)
class Heard:
    """Who told of an incident: a source, for whom, against whom, and when first and last."""

    source_id: str
    side: str
    accused: tuple[str, ...]
    accuser: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Title:
    """A headline, folded, by which a near-equal one of another source is recognised."""

    source_id: str
    language: str
    folded: str


@dataclass(frozen=True, slots=True)
class Profile:
    """An incident as weighing sees it. `places` lack their spellings; `id` is the incident's."""

    id: int | None
    theatre: str
    days: tuple[date, ...]
    last_report_at: datetime
    places: tuple[FoundPlace, ...]
    acts: tuple[Act, ...]
    killed: tuple[int, int] | None
    wounded: tuple[int, int] | None
    is_tally: bool
    heard: tuple[Heard, ...]
    titles: tuple[Title, ...]
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """Where an incident can be that a report tells of; `box` None: anywhere in the theatre."""

    theatre: str
    first_day: date
    last_day: date
    box: Box | None

    def admits(self, profile: Profile) -> bool:
        """True when the incident is worth weighing."""
        if profile.theatre != self.theatre:
            return False
        if max(profile.days) < self.first_day or min(profile.days) > self.last_day:
            return False
        theirs = box_of(profile.places)
        return self.box is None or theirs is None or _overlap(self.box, theirs)


def summarise(incident: Incident) -> Profile:
    """The profile of an incident; copies of a text add nobody who was heard and no title."""
    told = [claim for claim in incident.claims if not claim.is_copy] or list(incident.claims)
    days = dict.fromkeys((incident.occurred, *(c.occurred for c in incident.claims if c.occurred)))
    titles = dict.fromkeys(Title(c.source_id, c.language, fold(c.title)) for c in told)
    return Profile(
        id=incident.id,
        theatre=incident.theatre,
        days=tuple(days),
        last_report_at=incident.last_report_at,
        places=tuple(replace(p, names=()) for p in narrow(incident.places)),
        acts=incident.acts,
        killed=incident.killed,
        wounded=incident.wounded,
        is_tally=bool(incident.claims) and incident.claims[0].stance is Stance.TALLY,
        heard=_heard(incident.claims),
        titles=tuple(titles)[:MOST_TITLES],
        is_retracted=incident.retraction is not None,
    )


def search_for(report: Report, finding: Finding) -> Search:
    """Where to look for the incident of a finding: its days, and around its villages and districts.

    What answers, and what counts many, is looked for farther away: only that outweighs so much distance.
    A district is as large as it is, wherever in it the other names a village.
    """
    day = finding.occurred or report.reported_at.date()
    counts_many = max(finding.killed or 0, finding.wounded or 0) >= RARE_TOLL
    days = MOST_DAYS_APART
    if finding.occurred is None or is_answer(finding):
        days = MOST_DAYS_ANSWERED
    elif is_day_named(finding) and not counts_many:
        days = MOST_DAYS_NAMED
    box = box_of(narrow(finding.places))
    around = APART_KM if counts_many or finding.stance in FOLLOWING else ACROSS_KM
    reach = timedelta(days=days)
    return Search(finding.theatre or "", day - reach, day + reach, _widen(box, around) if box else None)


def is_day_named(finding: Finding) -> bool:
    """True when the text says on which day it happened; else it was taken from the day of publication."""
    return any(e.what == "day" for e in finding.evidence)


def is_answer(finding: Finding) -> bool:
    """True for a denial, an update or a confirmation that names no day: it can come days later."""
    return finding.stance in FOLLOWING and not is_day_named(finding)


def box_of(places: Iterable[FoundPlace]) -> Box | None:
    """The box around places, districts as far as they reach; None when there are none, or one that is wide
    or nowhere on the map."""
    boxes = []
    for place in places:
        if is_wide(place) or place.lat is None or place.lon is None:
            return None
        spot = Box(place.lat, place.lat, place.lon, place.lon)
        is_spot = place.level is RegionLevel.PLACE
        boxes.append(spot if is_spot else _widen(spot, place.reach_km or DISTRICT_KM))
    return _enclose(boxes) if boxes else None


def _enclose(boxes: Sequence[Box]) -> Box:
    return Box(
        min(box.south for box in boxes),
        max(box.north for box in boxes),
        min(box.west for box in boxes),
        max(box.east for box in boxes),
    )


def _widen(box: Box, distance_km: float) -> Box:
    lat = distance_km / _KM_A_DEGREE
    lon = lat / max(_LEAST_COSINE, cos(radians(max(abs(box.south), abs(box.north)))))
    return Box(box.south - lat, box.north + lat, box.west - lon, box.east + lon)


def _overlap(a: Box, b: Box) -> bool:
    is_beside = a.south > b.north or a.north < b.south or a.west > b.east or a.east < b.west
    return not is_beside


def _heard(claims: Sequence[Claim]) -> tuple[Heard, ...]:
    """One entry for each source and what it says of whom, in the order of the first time."""
    found: dict[tuple[object, ...], Heard] = {}
    for c in claims:
        known = found.get((c.source_id, c.side, c.accused, c.accuser))
        first_at = known.first_at if known else c.said_at
        heard = Heard(c.source_id, c.side, c.accused, c.accuser, first_at, c.said_at)
        found[c.source_id, c.side, c.accused, c.accuser] = heard
    return tuple(found.values())
