"""How long matching one alert takes with a million chats on SQLite.

    python -m bench.match [--chats 1000000] [--runs 5]

Every chat chose three regions (3,000,000 rows), every tenth has two keywords (200,000 rows). Of a
hundred chats one asks for a severity, one has a circle on the map, and five have quiet hours, which are
not now. Measured is all of `queue_next_chunk`: finding the chats, writing their deliveries and the commit
to disk, chunk by chunk. The first chunk is held against 100 ms, after which the first message may leave, the
longest against 50 ms, for which another writer waits at most.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

from sqlalchemy import update

from bot.model import Alert, AlertKind, DeliveryState, FoundPlace, Incident, RegionLevel, Severity
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.database import Database
from bot.storage.incidents import add_incident
from bot.storage.tables import delivery

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
APART = timedelta(hours=3)
"""Between two alerts: more than six of a theatre in an hour would be merged into one message a chat."""
FAR = 1 << 60
DISTRICTS = 400
WORDS = 2_000
COMMON = "theatre-everybody-chose"
TEXT = " ".join(f"w{number}" for number in range(0, 300, 2))
TERMS = frozenset(TEXT.split()) | {f"{a} {b}" for a, b in pairwise(TEXT.split())}


@dataclass(frozen=True, slots=True)
class Case:
    """An alert for the chats of these regions; the goal in seconds."""

    name: str
    theatre: str
    regions: tuple[str, ...]
    goal_s: float


@dataclass(frozen=True, slots=True)
class Timing:
    """One run: seconds in all, on a core, until the first chunk was committed, of the longest chunk."""

    total_s: float
    cpu_s: float
    first_s: float
    longest_s: float
    queued: int


CASES = (
    Case("0.25 % match", "empty", ("district-7",), 0.060),
    Case("1 % match", "empty", ("district-11", "district-12"), 0.060),
    Case("all match", COMMON, ("district-11", "district-12"), 2.5),
)
FIRST_GOAL_S, LONGEST_GOAL_S = 0.1, 0.05


def chosen_regions(chat_id: int, rng: random.Random) -> Iterator[tuple[int, str]]:
    """The theatre that everybody chose and two districts."""
    yield chat_id, COMMON
    for district in rng.sample(range(DISTRICTS), 2):
        yield chat_id, f"district-{district}"


def keywords(chat_id: int, rng: random.Random) -> Iterator[tuple[int, str, str, str, bool]]:
    """A word that must occur and one that must not."""
    for sign in ("include", "exclude"):
        word = f"w{rng.randrange(WORDS)}"
        yield chat_id, sign, word, word, False


def circles(chat_id: int, rng: random.Random) -> Iterator[tuple[int, float, float, int]]:
    """A place somewhere in a country."""
    yield chat_id, round(rng.uniform(44.0, 52.0), 2), round(rng.uniform(22.0, 40.0), 2), 25


def fill(path: Path, chats: int) -> None:
    """Write the rows in bulk, past the product: this is not what is measured."""
    rng = random.Random(1)
    ids = range(1, chats + 1)
    conn = sqlite3.connect(path, isolation_level=None)
    for statement in ("PRAGMA synchronous=OFF", "PRAGMA cache_size=-400000", "BEGIN"):
        conn.execute(statement)
    conn.executemany(
        "INSERT INTO chat (id, telegram_id, topic_id, kind, state, created_at, settings)"
        " VALUES (?, ?, 0, 'private', 'active', 0, '{}')",
        ((chat_id, 10_000_000 + chat_id) for chat_id in ids),
    )
    conn.executemany(
        "INSERT INTO subscription VALUES (?, ?)",
        (row for chat_id in ids for row in sorted(chosen_regions(chat_id, rng))),
    )
    conn.executemany(
        "INSERT INTO keyword VALUES (?, ?, ?, ?, ?)",
        (row for chat_id in ids[::10] for row in keywords(chat_id, rng)),
    )
    conn.executemany(
        "INSERT INTO chat_filter VALUES (?, 'severity', 'serious', NULL)", ((each,) for each in ids[::100])
    )
    conn.executemany(
        "INSERT INTO circle VALUES (?, ?, ?, ?)",
        (row for chat_id in ids[50::100] for row in circles(chat_id, rng)),
    )
    conn.executemany(
        "INSERT INTO rhythm VALUES (?, 'off', 480, 1320, 420, 'Europe/Kyiv', 1, ?, ?)",
        ((each, FAR, FAR + 1) for each in ids[::20]),
    )
    conn.execute("COMMIT")
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


async def measure(db: Database, case: Case, run: int, now: datetime) -> Timing:
    """Queue one new alert for everybody whom it concerns."""
    told = Incident(
        None, f"{case.name}-{run}", case.theatre, date(2024, 5, 1), now, now, (), regions=case.regions,
        places=(FoundPlace("Village", (), None, (case.theatre,), RegionLevel.PLACE, 48.0, 30.0, 3.0),),
        severity=Severity.SERIOUS,
    )  # fmt: skip
    async with db.writing() as conn:
        incident = await add_incident(conn, told)
        alert_id = await add_alert(conn, Alert(None, incident, AlertKind.NEW, now, TERMS, TEXT))
    begun_s = time.process_time()
    laps, queued, is_done = [time.perf_counter()], 0, False
    while not is_done:
        async with db.writing() as conn:
            chunk = await queue_next_chunk(conn, alert_id, now)
        laps.append(time.perf_counter())
        queued, is_done = queued + chunk.queued, chunk.is_done
    chunks = [end - start for start, end in pairwise(laps)]
    return Timing(laps[-1] - laps[0], time.process_time() - begun_s, chunks[0], max(chunks), queued)


async def empty_outbox(db: Database, path: Path) -> None:
    """Everything that waits has left: history grows, the queue is as short as on most days."""
    async with db.writing() as conn:
        await conn.execute(update(delivery).values(state=DeliveryState.SENT))
    checkpoint(path)


def checkpoint(path: Path) -> None:
    """Shrink the journal that a transaction over millions of rows left; the product has none such."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    conn.close()


async def run_cases(path: Path, runs: int) -> bool:
    """Measure and print every case; whether all goals were reached."""
    db = await Database.open(f"sqlite+aiosqlite:///{path}")
    is_reached = True
    try:
        titles = ("median", "on a core", "first chunk", "longest", "goal")
        print(f"{'case':<14}{'deliveries':>12}" + "".join(f"{title:>12}" for title in titles))
        now = NOW
        for case in CASES:
            timings = []
            for run in range(runs):
                now += APART
                timings.append(await measure(db, case, run, now))
                await empty_outbox(db, path)
            total = median(timing.total_s for timing in timings)
            first = median(timing.first_s for timing in timings)
            longest = median(timing.longest_s for timing in timings)
            is_reached &= total <= case.goal_s and first <= FIRST_GOAL_S and longest <= LONGEST_GOAL_S
            core = median(timing.cpu_s for timing in timings)
            figures = (total, core, first, longest, case.goal_s)
            print(
                f"{case.name:<14}{timings[-1].queued:>12,}"
                + "".join(f"{1000 * s:>9,.1f} ms" for s in figures)
            )
    finally:
        await db.close()
    return is_reached


async def prepare(path: Path, chats: int) -> None:
    """An empty database with the schema, then its rows."""
    await (await Database.open(f"sqlite+aiosqlite:///{path}")).close()
    started = time.perf_counter()
    fill(path, chats)
    print(f"{chats:,} chats written in {time.perf_counter() - started:.1f} s")


def main() -> None:
    """Build the database in a temporary folder, measure, and say whether the goals were reached."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--chats", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "match.db"
        asyncio.run(prepare(path, options.chats))
        is_reached = asyncio.run(run_cases(path, options.runs))
    print("all goals reached" if is_reached else "a goal was missed")


if __name__ == "__main__":
    main()
