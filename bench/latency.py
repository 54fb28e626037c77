"""How long people wait: for the first alert after a start, and for what a source has just published.

    python -m bench.latency [RUNS]

First, seconds from the start of the program without any configuration to its first alert in the terminal
(goal: ten). Then the whole service runs in this process on SQLite with the real facts, against outlets and a
Telegram on loopback (60 ms a request): milliseconds from a source's answer to the request at Telegram, the
median and the slowest of the runs.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from tests.service.newsroom import Newsroom, Outlet, open_newsroom
from tests.service.test_life import ended, read_until, start

CHAT = 7
START = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
CHAT_PACE_S = 1.1
"""A chat gets one message a second: what is measured must not wait for the one before."""
VILLAGES = ("Khtsaberd", "Hin Tagher", "Mets Shen", "Hin Shen", "Farukh", "Taghavard", "Shosh", "Nerkin Hand")


async def main(runs: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        print(f"first alert {await measure_start(Path(folder)):.1f} s after the start (goal 10)")
    with tempfile.TemporaryDirectory() as folder:
        outlet = Outlet("mod-am", "Ministry of Defence of Armenia", "mod", "armenia")
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        async with open_newsroom(Path(folder), url, START, [outlet]) as room:
            room.telegram.latency_s = 0.06
            await room.tells(CHAT, "/subscribe all")
            await room.checked("mod-am")
            taken_ms = [await measure(room, n) for n in range(runs)]
    print(f"median {statistics.median(taken_ms):.0f} ms, slowest {max(taken_ms):.0f} ms of {runs} runs")


async def measure_start(folder: Path) -> float:
    """Seconds from the start of the program to its first alert."""
    started_s = monotonic()
    process = await start(folder)
    await read_until(process, "Status:")
    taken_s = monotonic() - started_s
    process.terminate()
    await ended(process)
    return taken_s


async def measure(room: Newsroom, number: int) -> float:
    """One new item on a day of its own; returns milliseconds from the source's answer to the request."""
    await asyncio.sleep(CHAT_PACE_S)
    village, at = VILLAGES[number % len(VILLAGES)], room.clock.now() + timedelta(days=1)
    before = len(room.telegram.texts(CHAT))
    text = f"Azerbaijani forces opened fire at {village} today, the ministry said. Two soldiers were wounded."
    started_s = monotonic()
    await room.publish("mod-am", f"day-{number}", f"Fire at {village}", text, at)
    await room.delivered(CHAT, before + 1)
    return 1_000 * (monotonic() - started_s)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8))
