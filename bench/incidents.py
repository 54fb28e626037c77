"""How long placing one report takes with a million stored reports and 10,000 open incidents, on SQLite.

    python -m bench.incidents [--reports 1000000] [--incidents 10000] [--placed 400] [--runs 5]

Measured is what ingest does between a finding and its incident: the text's hashes, the near-copy among all
stored reports, the profiles near it, the weighing, and reading the incident that is joined. Goal: 3 ms.
Incidents lie at villages of all theatres and happened within the last three days. Of the placed reports half
tell of a stored incident and half name their day; every tenth names a district instead of a village, every
fifth is a copy.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

from bot.atlas import Atlas
from bot.data import load_facts
from bot.incidents import box_of, grow, is_copy, place, search_for, shingle_hashes, summarise
from bot.model import (
    Act,
    Evidence,
    Finding,
    FoundPlace,
    Incident,
    Region,
    RegionLevel,
    Report,
    Source,
    SourceKind,
    SourceType,
    Stance,
)
from bot.storage.columns import encode, to_microseconds
from bot.storage.database import Database
from bot.storage.incidents import find_profiles, get_incident
from bot.storage.reports import nearest_copy

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
GOAL_MS = 3.0
OPEN_HOURS = 72
STEPS = ("hashes", "near-copy", "profiles", "weighing", "incident")
SOURCES = tuple(
    Source(
        f"source-{n}", f"Source {n}", SourceKind.FEED, "https://a.example", SourceType.AGENCY, f"side-{n % 4}"
    )
    for n in range(40)
)
WORDS = tuple(f"word{number}" for number in range(4_000))


@dataclass(frozen=True, slots=True)
class Told:
    """A report and what it says."""

    report: Report
    finding: Finding


def invent(number: int, region: Region, atlas: Atlas, rng: random.Random) -> Told:
    """A report of shots or shelling at a place within the last three days."""
    at = NOW - timedelta(hours=rng.uniform(0, OPEN_HOURS))
    text = " ".join(rng.choices(WORDS, k=120))
    told_by = rng.choice(SOURCES)
    report = Report(told_by, f"k{number}", f"https://a.example/{number}", text[:60], text, at, at, id=number)
    path = atlas.path(region.id)
    finding = Finding(
        is_violation=True,
        score=1.0,
        language="en",
        theatre=path[0],
        stance=rng.choice((Stance.CLAIM, Stance.CLAIM, Stance.UPDATE, Stance.DENIAL)),
        places=(locate(region, atlas),),
        accused=(f"side-{rng.randrange(4)}",),
        accuser=(f"side-{rng.randrange(4)}",),
        acts=(rng.choice((Act.SHELLING, Act.SMALL_ARMS, Act.DRONE, Act.SNIPER)),),
        wounded=rng.choice((None, None, 1, 3, 6)),
        occurred=at.date(),
        evidence=rng.choice(((), (Evidence("day", "", 0, 5, "today"),))),
    )
    return Told(report, finding)


def locate(region: Region, atlas: Atlas) -> FoundPlace:
    """A region as reading finds it."""
    path, reach_km = atlas.path(region.id), atlas.reach_km(region.id)
    names, level = region.spellings, region.level
    return FoundPlace(region.name, names, region.id, path, level, region.lat, region.lon, reach_km)


def villages(atlas: Atlas) -> dict[str, list[Region]]:
    """The places of each theatre, all of which are on the map."""
    return {
        theatre.id: [
            region
            for region in map(atlas.get, atlas.subtree(theatre.id))
            if region and region.level is RegionLevel.PLACE and region.lat is not None
        ]
        for theatre in atlas.theatres()
    }


def invent_incidents(count: int, atlas: Atlas, rng: random.Random) -> list[tuple[Incident, Told]]:
    """Incidents of one to five reports each, evenly over the theatres."""
    places = [regions for regions in villages(atlas).values() if regions]
    made = []
    for number in range(1, count + 1):
        told = invent(number, rng.choice(places[number % len(places)]), atlas, rng)
        incident = grow(None, told.report, told.finding, code=f"X-{number}")
        for more in range(rng.randrange(5)):
            again = replace(told.report, source=rng.choice(SOURCES), id=count + 10 * number + more)
            incident = grow(incident, again, told.finding)
        made.append((replace(incident, id=number), told))
    return made


def fill(path: Path, reports: int, incidents: Sequence[tuple[Incident, Told]]) -> None:
    """Write the rows in bulk, past the product: this is not what is measured."""
    conn = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000", "BEGIN"):
        conn.execute(statement)
    conn.executemany(
        "INSERT INTO source (id, name, kind, url, type, side, origin, theatres, is_listed, failures)"
        " VALUES (?, ?, 'feed', '', 'agency', '', ?, '[]', 1, 0)",
        ((source.id, source.name, source.id) for source in SOURCES),
    )
    conn.executemany(
        "INSERT INTO incident (id, code, theatre, occurred, opened_at, last_report_at, status, severity,"
        " snapshot) VALUES (?, ?, ?, ?, ?, ?, 'claimed', 'minor', ?)",
        (_incident_row(incident) for incident, _ in incidents),
    )
    conn.executemany(
        "INSERT INTO incident_profile VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_profile_row(incident) for incident, _ in incidents),
    )
    _fill_reports(conn, reports, len(incidents))
    _fill_shingles(conn, reports, incidents)
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


def _fill_reports(conn: sqlite3.Connection, reports: int, incidents: int) -> None:
    filler = "x" * 400
    conn.executemany(
        "INSERT INTO report (id, source_id, key, origin, url, title, text, seen_at, revision, content_hash,"
        " finding, incident_id) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 1, '', '{}', ?)",
        (
            (n, SOURCES[n % 40].id, f"k{n}", SOURCES[n % 40].id, f"u{n}", f"t{n}", filler, 1 + n % incidents)
            for n in range(1, reports + 1)
        ),
    )


def _fill_shingles(
    conn: sqlite3.Connection, reports: int, incidents: Sequence[tuple[Incident, Told]]
) -> None:
    """Sixteen hashes a report: those of the incidents' first reports are real, the others random."""
    conn.execute("DROP INDEX report_shingle_of_report")
    conn.execute("CREATE TEMP TABLE raw (hash INTEGER, report_id INTEGER)")
    conn.executemany("INSERT INTO raw VALUES (?, ?)", _real_hashes(incidents))
    conn.execute(
        "INSERT INTO raw SELECT random() & 9223372036854775807, report.id FROM report,"
        " (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 16) SELECT n FROM c)"
        " WHERE report.id > ?",
        (len(incidents),),
    )
    conn.execute("INSERT INTO report_shingle SELECT hash, report_id FROM raw ORDER BY hash, report_id")
    conn.execute("DROP TABLE raw")
    conn.execute("CREATE INDEX report_shingle_of_report ON report_shingle (report_id)")


def _real_hashes(incidents: Sequence[tuple[Incident, Told]]) -> Iterator[tuple[int, int]]:
    for number, (_, told) in enumerate(incidents, start=1):
        for value in shingle_hashes(f"{told.report.title}\n{told.report.text}"):
            yield value, number


def _incident_row(told: Incident) -> tuple[object, ...]:
    moments = (to_microseconds(told.opened_at), to_microseconds(told.last_report_at))
    return (told.id, told.code, told.theatre, told.occurred.isoformat(), *moments, encode(told))


def _profile_row(told: Incident) -> tuple[object, ...]:
    profile = summarise(told)
    box = box_of(profile.places)
    days = (min(profile.days).isoformat(), max(profile.days).isoformat())
    edges = (box.south, box.north, box.west, box.east) if box else (None,) * 4
    return (told.id, told.theatre, *days, *edges, encode(profile))


def invent_reports(
    count: int, incidents: Sequence[tuple[Incident, Told]], atlas: Atlas, rng: random.Random
) -> list[Told]:
    """Reports to be placed: other sources' word of what is known, and what is new."""
    places = [regions for regions in villages(atlas).values() if regions]
    made = []
    for number in range(count):
        told = invent(10_000_000 + number, rng.choice(rng.choice(places)), atlas, rng)
        if number % 2:
            told = replace(told, finding=replace(rng.choice(incidents)[1].finding))
        if number % 5 == 1:
            text = rng.choice(incidents)[1].report.text + " as the agency reports"
            told = replace(told, report=replace(told.report, text=text))
        if number % 10 == 2:
            told = replace(told, finding=_vaguer(told.finding, atlas))
        made.append(told)
    return made


def _vaguer(finding: Finding, atlas: Atlas) -> Finding:
    """The same, told of the region that holds the village."""
    region = atlas.get(finding.places[0].path[-2])
    if region is None:
        return replace(finding, places=())
    return replace(finding, places=(locate(region, atlas),))


async def measure(db: Database, told: Told) -> tuple[list[float], int, bool]:
    """Seconds of each step, the number of profiles weighed, and whether an incident was joined."""
    laps = [time.perf_counter()]
    async with db.reading() as conn:
        laps[0] = time.perf_counter()
        hashes = shingle_hashes(f"{told.report.title}\n{told.report.text}")
        laps.append(time.perf_counter())
        nearest = await nearest_copy(conn, hashes, besides=told.report.id)
        copied = nearest if nearest and is_copy(hashes, nearest.shared) else None
        laps.append(time.perf_counter())
        profiles = await find_profiles(conn, search_for(told.report, told.finding))
        laps.append(time.perf_counter())
        holder = copied.incident_id if copied else None
        placement = place(told.report, told.finding, profiles, copied=holder)
        laps.append(time.perf_counter())
        if placement.joined:
            await get_incident(conn, placement.joined.id or 0)
        laps.append(time.perf_counter())
    return [end - start for start, end in pairwise(laps)], len(profiles), placement.joined is not None


async def run(path: Path, reports: Sequence[Told], runs: int) -> bool:
    """Measure and print; whether the goal was reached."""
    gc.freeze()  # the invented incidents are not the service's: it holds none in memory
    db = await Database.open(f"sqlite+aiosqlite:///{path}")
    try:
        for told in reports[:20]:
            await measure(db, told)
        medians = []
        for number in range(runs):
            rows = [await measure(db, told) for told in reports]
            totals = [1000 * sum(laps) for laps, _, _ in rows]
            medians.append(median(totals))
            weighed = median(count for _, count, _ in rows)
            most = max(count for _, count, _ in rows)
            joined = sum(is_joined for *_, is_joined in rows)
            slow = quantiles(totals, n=20)[-1]
            print(
                f"run {number + 1}: median {medians[-1]:.2f} ms, 95 % within {slow:.2f} ms,"
                f" {weighed:.0f} profiles weighed (at most {most}), {joined} of {len(rows)} joined"
            )
        for index, step in enumerate(STEPS):
            print(f"  {step:<10}{1000 * median(laps[index] for laps, _, _ in rows):>8.2f} ms")
        print(f"median of runs {median(medians):.2f} ms, goal {GOAL_MS:.0f} ms")
    finally:
        await db.close()
    return median(medians) <= GOAL_MS


async def prepare(path: Path, reports: int, incidents: Sequence[tuple[Incident, Told]]) -> None:
    """An empty database with the schema, then its rows."""
    await (await Database.open(f"sqlite+aiosqlite:///{path}")).close()
    started = time.perf_counter()
    fill(path, reports, incidents)
    print(f"{reports:,} reports and {len(incidents):,} incidents in {time.perf_counter() - started:.0f} s")


def main() -> None:
    """Build the database in a temporary folder, measure, and say whether the goal was reached."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, default in (("reports", 1_000_000), ("incidents", 10_000), ("placed", 400), ("runs", 5)):
        parser.add_argument(f"--{name}", type=int, default=default)
    options = parser.parse_args()
    atlas, rng = load_facts().atlas, random.Random(7)
    incidents = invent_incidents(options.incidents, atlas, rng)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "incidents.db"
        asyncio.run(prepare(path, options.reports, incidents))
        is_reached = asyncio.run(
            run(path, invent_reports(options.placed, incidents, atlas, rng), options.runs)
        )
    print("goal reached" if is_reached else "goal missed")


if __name__ == "__main__":
    main()
