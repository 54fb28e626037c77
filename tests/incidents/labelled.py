"""The reports of the corpus with their labels as findings: clustering alone, apart from reading."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bot.analyse import make_report
from bot.atlas import Atlas
from bot.folding import fold
from bot.incidents.nearness import apart_km, narrow
from bot.model import Act, Finding, FoundPlace, Region, RegionLevel, Report, Stance
from tests.ground import shared_facts

CORPUS = Path(__file__).parent.parent.parent / "corpus"
NEXT_VILLAGE_KM = (4.0, 20.0)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A report of the corpus, the incident that it tells of, and what its label says. No day is named."""

    report: Report
    incident: str
    finding: Finding


def incidents_of(split: str) -> dict[str, list[Labelled]]:
    """Incident -> its reports in order of publication; counts over a period are left out."""
    atlas, found = _atlas(), defaultdict(list)
    index = _index(atlas)
    rows = (
        json.loads(line) for path in sorted(CORPUS.glob("*.jsonl")) for line in path.open(encoding="utf-8")
    )
    told = (row for row in rows if row["split"] == split and row["label"]["violation"])
    for number, row in enumerate(sorted(told, key=lambda row: str(row["published"])), start=1):
        found[row["label"]["incident"]].append(_labelled(row, number, atlas, index))
    return {name: rows for name, rows in found.items() if not any(_is_tally(row) for row in rows)}


def a_day_later(rows: Iterable[Labelled]) -> list[Labelled]:
    """The same sources tell the same of the next day."""
    day = timedelta(days=1)
    return [
        _again(row, day, replace(row.finding, occurred=row.finding.occurred and row.finding.occurred + day))
        for row in rows
    ]


def a_village_further(rows: Iterable[Labelled], villages: Iterable[FoundPlace]) -> list[Labelled]:
    """The same sources tell the same of the nearest other village; nothing unless it lies at one village."""
    told = list(rows)
    places = {place for row in told for place in narrow(row.finding.places)}
    if len(places) != 1 or next(iter(places)).level is not RegionLevel.PLACE:
        return []
    nearest = _nearest(places.pop(), villages)
    if nearest is None:
        return []
    half_an_hour = timedelta(minutes=30)
    return [
        _again(row, half_an_hour, replace(row.finding, places=(nearest,) if row.finding.places else ()))
        for row in told
    ]


@cache
def villages_of(theatre: str) -> list[FoundPlace]:
    """Every village of a theatre that is on the map."""
    atlas = _atlas()
    regions = (region for region in map(atlas.get, atlas.subtree(theatre)) if region)
    return [_found(region, atlas) for region in regions if region.level is RegionLevel.PLACE]


@cache
def _atlas() -> Atlas:
    return shared_facts().atlas


def _again(row: Labelled, later: timedelta, finding: Finding) -> Labelled:
    at, told = row.report.reported_at + later, row.report
    report = replace(
        told, published_at=at, seen_at=at, id=(told.id or 0) + 1_000_000, key=f"{told.key}-again"
    )
    return Labelled(report, row.incident, finding)


def _nearest(place: FoundPlace, villages: Iterable[FoundPlace]) -> FoundPlace | None:
    least, most = NEXT_VILLAGE_KM
    away = [(distance, v) for v in villages if (distance := apart_km(place, v)) and least <= distance <= most]
    return min(away, key=lambda pair: (pair[0], str(pair[1].region)), default=(0.0, None))[1]


def _index(atlas: Atlas) -> dict[tuple[str, str], Region]:
    regions = (
        (theatre.id, region)
        for theatre in atlas.theatres()
        for region in map(atlas.get, atlas.subtree(theatre.id))
        if region
    )
    return {
        (theatre, fold(name)): region
        for theatre, region in regions
        for name in (region.name, *region.spellings)
    }


def _labelled(
    row: dict[str, Any], number: int, atlas: Atlas, index: dict[tuple[str, str], Region]
) -> Labelled:
    label = row["label"]
    places = []
    for name in label["places"]:
        region = index.get((label["theatre"], fold(name)))
        places.append(_found(region, atlas) if region else _unknown(name, label["theatre"]))
    finding = Finding(
        is_violation=True,
        score=1.0,
        language=row["lang"],
        theatre=label["theatre"],
        stance=Stance(label["stance"]),
        places=tuple(places),
        accused=tuple(label["accused"]),
        accuser=tuple(label["accuser"]),
        acts=tuple(Act(act) for act in label["acts"]),
        killed=label["killed"],
        wounded=label["wounded"],
        occurred=date.fromisoformat(label["occurred"]),
    )
    return Labelled(make_report(row, number), label["incident"], finding)


def _found(region: Region, atlas: Atlas) -> FoundPlace:
    return FoundPlace(
        region.name,
        region.spellings,
        region.id,
        atlas.path(region.id),
        region.level,
        region.lat,
        region.lon,
    )


def _unknown(name: str, theatre: str) -> FoundPlace:
    return FoundPlace(name, (name,), None, (theatre,), RegionLevel.PLACE, None, None)


def _is_tally(row: Labelled) -> bool:
    return row.finding.stance is Stance.TALLY
