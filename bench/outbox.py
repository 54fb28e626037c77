"""What the outbox costs beside the network: its database work, its memory, its time to ten thousand chats.

    python -m bench.outbox [--deliveries 20000] [--waiting 1000000] [--chats 10000] [--crowd 100000]

Held against: 60 µs of CPU a delivery for claiming, committing `sending` and recording `sent`, in the
batches in which the outbox does it; 200 MB resident of the whole service, at its start and while a million
deliveries wait and it is asked for its figures; one alert to 10,000 chats at 30 a second within 1.02 times
the ideal 333.3 s of a virtual clock, the first message at most 50 ms after the commit, and a second after it
while another alert is on its way to 100,000 chats.
"""

from __future__ import annotations

import argparse
import asyncio
import selectors
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, cast
from unittest.mock import patch

import aiohttp
import aiosqlite

from bot.deliver import Author, Clock, Deliverer
from bot.deliver.drafts import Drafts
from bot.deliver.verdicts import settle_answer
from bot.model import Severity
from bot.pace import Pacer
from bot.sender import Draft, Fate, Outcome, Sender
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.database import Database
from bot.storage.deliveries import claim_due
from bot.storage.outcomes import Settled, settle
from tests.databases import sqlite_url
from tests.delivery.outbox import plain_render, plain_rollup, tell
from tests.storage.values import a_claim
from tests.telegram_server import TOKEN, TelegramServer

ROOT = Path(__file__).parent.parent
RATE, LATENCY_S = 30.0, 0.06
ANSWER_S = 1.0
"""True seconds for which an answer of the database is waited for at a time."""
FIRSTS = 3
SETTLES_S = 30.0
AUTHOR = Author(plain_render, plain_rollup, lambda incidents, language, telegram_id: ())
SOURCE = """
[[source]]
id = "a"
name = "A"
kind = "feed"
url = "http://127.0.0.1:9/a"
type = "agency"
side = "neutral"
"""
CLAIMED, SETTLED = 500, 100
"""Deliveries in a transaction: as at 1,000 a second."""


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


async def queue(path: Path, deliveries: int) -> None:
    """A database on disk in which an alert is queued for so many chats."""
    database = await Database.open(sqlite_url(path))
    fill(path, deliveries)
    await tell(database, "x", Severity.GRAVE, claims=(a_claim(datetime.now(UTC)),))
    async with database.reading() as conn:
        (alert_id,) = await unqueued_alerts(conn)
    now, is_done = datetime.now(UTC), False
    while not is_done:
        async with database.writing() as conn:
            is_done = (await queue_next_chunk(conn, alert_id, now)).is_done
    await database.close()


async def measure_database(deliveries: int) -> tuple[float, float]:
    """CPU of all threads and time, in µs a delivery, of every transaction that a message takes part in."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        await queue(path, deliveries)
        database = await Database.open(sqlite_url(path))
        drafts, done = Drafts(AUTHOR), 0
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
        await database.close()
    return 1e6 * cpu_s / deliveries, 1e6 * wall_s / deliveries


class VirtualSelector(selectors.DefaultSelector):
    """Lets time jump to the next timer when nothing is under way; else it passes with the CPU that is used.

    So others on the machine change nothing. While a database thread works, its answer is waited for.
    """

    ahead_s = 0.0
    working = 0
    is_true = False

    def time(self) -> float:
        """Seconds on this clock."""
        return time.process_time() + self.ahead_s

    def calm_down(self) -> None:
        """From now on timers are waited for: a database that closes has so many true seconds."""
        self.is_true = True

    def select(self, timeout: float | None = None) -> list[Any]:
        """Never waits for a timer."""
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        if self.is_true:
            began_s = monotonic()
            events = super().select(timeout)
            self.ahead_s += monotonic() - began_s
            return events
        events = super().select(ANSWER_S if self.working else 0)
        if not events and not self.working:
            self.ahead_s += timeout
        return events


@contextmanager
def noted(selector: VirtualSelector) -> Iterator[None]:
    """The selector knows how many statements are under way in the threads of all connections."""
    plain = aiosqlite.Connection._execute

    async def execute(self: aiosqlite.Connection, *call: Any, **options: Any) -> Any:
        selector.working += 1
        try:
            return await plain(self, *call, **options)
        finally:
            selector.working -= 1

    with patch.object(aiosqlite.Connection, "_execute", execute):
        yield


class Standing:
    """Stands for Telegram: every message is accepted after the usual time; when each left is noted."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self.left: list[tuple[float, str]] = []

    async def send(self, draft: Draft, leave: Callable[[], None]) -> Outcome:
        """As `bot.sender.Sender` does."""
        self.left.append((self._time(), draft.plain))
        leave()
        await asyncio.sleep(LATENCY_S)
        return Outcome(Fate.SENT, message_id=len(self.left))

    async def first(self, code: str) -> float:
        """When the first message about an incident left; looked at a hundred times a second."""
        while True:
            for at_s, text in self.left:
                if text.startswith(code):
                    return at_s
            await asyncio.sleep(0.01)


@dataclass(frozen=True)
class Outbox:
    """An outbox at work that was idle for a second, and what it needs to be told."""

    database: Database
    telegram: Standing
    time: Callable[[], float]
    clock: Clock
    wake: asyncio.Event

    async def tell(self, code: str) -> float:
        """Commit a grave incident; when that was."""
        await tell(self.database, code, Severity.GRAVE, created_at=self.clock.now())
        committed_s = self.time()
        self.wake.set()
        return committed_s


@asynccontextmanager
async def at_work(
    chats: int, time: Callable[[], float], done: Callable[[], None] = lambda: None
) -> AsyncIterator[Outbox]:
    """With so many chats that hear of everything; `done` is called before all is closed."""
    began_s, began = time(), datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.db"
        database = await Database.open(sqlite_url(path))
        fill(path, chats)
        telegram, wake = Standing(time), asyncio.Event()
        clock = Clock(lambda: began + timedelta(seconds=time() - began_s), time)
        deliverer = Deliverer(
            database,
            cast(Sender, telegram),
            Pacer(RATE),
            AUTHOR,
            wake,
            rate=RATE,
            max_age=timedelta(days=1),
            clock=clock,
        )
        running = asyncio.create_task(deliverer.run())
        await asyncio.sleep(1)
        try:
            yield Outbox(database, telegram, time, clock, wake)
        finally:
            done()
            await deliverer.stop()
            await running
            await database.close()


async def deliver(
    chats: int, until: int, time: Callable[[], float], done: Callable[[], None] = lambda: None
) -> list[float]:
    """One alert to so many chats, committed while the outbox is idle; when the first `until` left."""
    async with at_work(chats, time, done) as outbox:
        committed_s = await outbox.tell("x")
        while len(outbox.telegram.left) < until:  # noqa: ASYNC110 - looked at five times a second
            await asyncio.sleep(0.2)
    return [left_s - committed_s for left_s, _ in outbox.telegram.left]


async def overtake(chats: int) -> float:
    """Seconds from a commit to the first message about it, while an alert is on its way to so many chats."""
    async with at_work(chats, monotonic) as outbox:
        await outbox.tell("crowd")
        await outbox.telegram.first("crowd")
        committed_s = await outbox.tell("urgent")
        return await outbox.telegram.first("urgent") - committed_s


def measure_fan_out(chats: int) -> float:
    """Virtual seconds until the last of so many chats has its message."""
    selector = VirtualSelector()
    loop = asyncio.SelectorEventLoop(selector)
    loop.time = selector.time  # type: ignore[method-assign]
    try:
        with noted(selector):
            return loop.run_until_complete(deliver(chats, chats, loop.time, selector.calm_down))[-1]
    finally:
        loop.close()


def measure_first(chats: int) -> float:
    """True seconds from the commit until the first message leaves, the median of several."""
    return median(asyncio.run(deliver(chats, 1, monotonic))[0] for _ in range(FIRSTS))


def measure_overtaking(chats: int) -> float:
    """True seconds until the first message about an incident that is committed in a fan-out, the slowest."""
    return max(asyncio.run(overtake(chats)) for _ in range(FIRSTS))


def read_status(pid: int) -> dict[str, str]:
    """What Linux tells of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value for name, _, value in (line.partition(":") for line in lines)}


async def measure_memory(waiting: int) -> tuple[float, float]:
    """MB resident of the whole service while so many deliveries wait: after half a minute, and at most.

    It is a process of its own, and asked for its figures twice meanwhile.
    """
    with tempfile.TemporaryDirectory() as folder:
        await queue(Path(folder) / "t.db", waiting)
        (Path(folder) / "sources.toml").write_text(SOURCE)
        return await _run_service(Path(folder))


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def ask_figures(port: int) -> None:
    """As a Prometheus does: it counts all that waits."""
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        answer.raise_for_status()
        await answer.read()


async def _run_service(folder: Path) -> tuple[float, float]:
    port = free_port()
    async with TelegramServer(is_strict=False) as telegram:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot"),
            cwd=folder,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(ROOT),
                "TELEGRAM_BOT_TOKEN": TOKEN,
                "TELEGRAM_API_URL": telegram.url,
                "DATABASE_URL": f"sqlite:///{folder}/t.db",
                "SOURCES_FILE": f"{folder}/sources.toml",
                "HTTP_PORT": str(port),
                "LOG_LEVEL": "ERROR",
            },
        )
        await telegram.wait_until(lambda: len(telegram.calls("sendMessage")) > RATE, 120)
        for _ in range(2):
            await asyncio.sleep(SETTLES_S / 2)
            await ask_figures(port)
        status = read_status(process.pid)
        process.terminate()
        await process.wait()
    resident, peak = (int(status[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return resident, peak


def main() -> None:
    """Measure each and print it beside its goal."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=20_000)
    parser.add_argument("--waiting", type=int, default=1_000_000)
    parser.add_argument("--chats", type=int, default=10_000)
    parser.add_argument("--crowd", type=int, default=100_000)
    options = parser.parse_args()
    costs = [asyncio.run(measure_database(options.deliveries)) for _ in range(FIRSTS)]
    cpu_us, wall_us = (median(each) for each in zip(*costs, strict=True))
    print(f"database work of a delivery: {cpu_us:.0f} µs of CPU (goal 60), {wall_us:.0f} µs")
    print(f"first of {options.chats:,} messages: {1000 * measure_first(options.chats):.0f} ms (goal 50)")
    ideal_s, took_s = options.chats / RATE, measure_fan_out(options.chats)
    print(f"all of them: {took_s:.1f} virtual s, {took_s / ideal_s:.3f} times the ideal (goal 1.02)")
    overtaking_s = measure_overtaking(options.crowd)
    print(
        f"first of an incident in a fan-out to {options.crowd:,}: {1000 * overtaking_s:.0f} ms (goal 1,000)"
    )
    resident, peak = asyncio.run(measure_memory(options.waiting))
    print(f"{options.waiting:,} wait: {resident:.0f} MB resident, at most {peak:.0f} (goal 200)")


if __name__ == "__main__":
    main()
