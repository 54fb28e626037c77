"""What the outbox costs beside the network: its database work, its memory, its time to ten thousand chats.

    python -m bench.outbox [--deliveries 20000] [--waiting 1000000] [--chats 10000]

Held against: 60 µs of CPU a delivery for claiming, committing `sending`, and recording `sent`, in the batches in
which the outbox does it; 200 MB resident while a million deliveries wait; one alert to 10,000 chats at 30 a second
within 1.02 times the ideal 333.3 s of a virtual clock, the first message at most 50 ms after the commit.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.deliver.drafts import Drafts
from bot.deliver.verdicts import settle_answer
from bot.deliver import Author
from bot.model import Severity
from bot.sender import Fate, Outcome
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.database import Database
from bot.storage.deliveries import claim_due
from bot.storage.outcomes import Settled, settle
from tests.databases import sqlite_url
from tests.delivery.outbox import add_chats, plain_render, plain_rollup, tell

CLAIMED, SETTLED = 500, 100
"""Deliveries in a transaction: as at 1,000 a second."""


def make_drafts() -> Drafts:
    return Drafts(Author(plain_render, plain_rollup, lambda incidents, language, telegram_id: ()))


def fill(path: Path, chats: int) -> None:
    """Chats that hear of everything, past the product: this is not what is measured."""
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("BEGIN")
    conn.executemany(
        "INSERT INTO chat (id, telegram_id, topic_id, kind, state, created_at, settings)"
        " VALUES (?, ?, 0, 'private', 'active', 0, '{}')",
        ((chat, 10_000_000 + chat) for chat in range(1, chats + 1)),
    )
    conn.executemany("INSERT INTO subscription VALUES (?, '*')", ((chat,) for chat in range(1, chats + 1)))
    conn.execute("COMMIT")
    conn.close()


@asynccontextmanager
async def queued(deliveries: int) -> AsyncIterator[Database]:
    """A database on disk in which an alert is queued for so many chats."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        database = await Database.open(sqlite_url(path))
        fill(path, deliveries)
        await tell(database, "x", Severity.GRAVE)
        now = datetime.now(UTC)
        async with database.reading() as conn:
            (alert_id,) = await unqueued_alerts(conn)
        is_done = False
        while not is_done:
            async with database.writing() as conn:
                is_done = (await queue_next_chunk(conn, alert_id, now)).is_done
        try:
            yield database
        finally:
            await database.close()


async def measure_database(deliveries: int) -> tuple[float, float]:
    """CPU of all threads and time, in µs a delivery, of every transaction that a sent message takes part in."""
    async with queued(deliveries) as database:
        drafts, done = make_drafts(), 0
        cpu_s, wall_s = time.process_time(), time.perf_counter()
        while done < deliveries:
            now = datetime.now(UTC)
            async with database.writing() as conn:
                claimed = await claim_due(conn, now, CLAIMED)
                contents = [await drafts.read(conn, each) for each in claimed]
            sent = Outcome(Fate.SENT, message_id=7)
            outcomes: list[Settled] = [
                settle_answer(each, sent, now, content.alert)
                for each, content in zip(claimed, contents, strict=True)
            ]
            for start in range(0, len(outcomes), SETTLED):
                async with database.writing() as conn:
                    await settle(conn, outcomes[start : start + SETTLED], now)
            done += len(claimed)
        cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    return 1e6 * cpu_s / deliveries, 1e6 * wall_s / deliveries


if __name__ == "__main__":
    for _ in range(3):
        print("%.0f us cpu, %.0f us" % asyncio.run(measure_database(20_000)))
