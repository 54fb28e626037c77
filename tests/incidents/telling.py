"""Reports and findings for tests, told in a few words; the village names are real, the incidents are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.model import (
    Act,
    Evidence,
    Finding,
    FoundPlace,
    Incident,
    RegionLevel,
    Report,
    Source,
    SourceKind,
    SourceType,
    Stance,
)

NOON = datetime(2021, 7, 5, 12, 0, tzinfo=UTC)
HEADLINES = (
    "Gunfire near the lake",
    "Shots at dawn",
    "Ministry speaks of a breach",
    "Villagers count holes",
    "Quiet broken",
)
DAY = date(2021, 7, 5)
THEATRE = "armenia-azerbaijan"


def source(
    name: str = "Ararat Wire", type_: SourceType = SourceType.AGENCY, side: str = "armenia", origin: str = ""
) -> Source:
    """A source whose id follows from its name."""
    slug = name.lower().replace(" ", "-")
    return Source(slug, name, SourceKind.FEED, f"https://{slug}.example/rss", type_, side, origin)


def report(
    number: int,
    told_by: Source | None = None,
    after: timedelta = timedelta(),
    title: str = "",
    **changes: Any,
) -> Report:
    """The report of that number, published `after` noon of the fifth of July."""
    at = NOON + after
    told = Report(
        told_by or source(),
        f"k{number}",
        f"https://news.example/{number}",
        title or HEADLINES[number % 5],
        "",
        at,
        at,
        id=number,
    )
    return replace(told, **changes)


def place(
    name: str,
    lat: float | None = 40.0,
    lon: float | None = 45.0,
    path: tuple[str, ...] = (THEATRE, "tavush"),
    level: RegionLevel = RegionLevel.PLACE,
) -> FoundPlace:
    """A place of the tree, below `path`."""
    region = name.lower().replace(" ", "-")
    return FoundPlace(name, (name,), region, (*path, region), level, lat, lon)


MOVSES = place("Movses", 40.90, 45.49)
AYGEPAR = place("Aygepar", 40.95, 45.40)
ALIBEYLI = place("Alibeyli", 40.93, 45.45, (THEATRE, "tovuz"))
YERASKH = place("Yeraskh", 39.74, 44.83, (THEATRE, "ararat"))
TAVUSH = place("Tavush", 40.90, 45.30, (THEATRE,), RegionLevel.PROVINCE)


def finding(**changes: Any) -> Finding:
    """Armenia says that Azerbaijan fired at Movses on the fifth."""
    told = Finding(
        is_violation=True,
        score=1.0,
        language="en",
        theatre=THEATRE,
        stance=Stance.CLAIM,
        places=(MOVSES,),
        accused=("azerbaijan",),
        accuser=("armenia",),
        acts=(Act.SMALL_ARMS,),
        occurred=DAY,
    )
    return replace(told, **changes)


def named_day(day: date) -> tuple[Evidence, ...]:
    """The evidence of a report that names its day."""
    return (Evidence("day", day.isoformat(), 0, 5, "July 5"),)


def told(incident: Incident) -> Incident:
    """The incident after its first alert."""
    return replace(incident, id=incident.id or 1, told_at=NOON)
