"""How long people wait for an answer while one chat floods the bot, beside a calm hour.

    python -m bench.crowd

The whole service runs in this process on SQLite, against a Telegram on loopback. Forty people ask one after
the other, calmly and then beside a hundred commands a second of one chat. Held against: 95 of 100 are
answered within a second, and within four times what it takes when all is calm.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from tests.service.newsroom import Newsroom, Outlet, open_newsroom

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
FLOODER, OTHERS = 666, range(1, 41)
A_SECOND = 100
ASKED_S = 4.0


async def flood(room: Newsroom, over: asyncio.Event) -> int:
    """A hundred commands a second, until it is over; how many that were."""
    said = 0
    while not over.is_set():
        said += 1
        room.telegram.say(FLOODER, "/subscribe Hadrut, Shusha")
        await asyncio.sleep(1 / A_SECOND)
    return said


async def ask(room: Newsroom, chat: int, after_s: float) -> float:
    """Seconds until somebody is answered who says something after a while."""
    await asyncio.sleep(after_s)
    begin_s = monotonic()
    await room.tells(chat, "/latest Hadrut")
    return monotonic() - begin_s


async def ask_all(room: Newsroom) -> float:
    """Seconds within which 95 of 100 are answered, of people who ask one after the other."""
    pause_s = ASKED_S / len(OTHERS)
    waited_s = sorted(await asyncio.gather(*(ask(room, n, n * pause_s) for n in OTHERS)))
    return waited_s[int(0.95 * len(waited_s))]


async def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{folder}/bench.db"
        outlets = [Outlet("calm", "Calm", "agency", "neutral")]
        async with open_newsroom(Path(folder), url, NOW, outlets) as room:
            calm_s, over = await ask_all(room), asyncio.Event()
            flooding = asyncio.create_task(flood(room, over))
            flooded_s = await ask_all(room)
            over.set()
            said = await flooding
    print(f"95 of 100 answered within {1000 * calm_s:.0f} ms when all is calm")
    print(f"within {1000 * flooded_s:.0f} ms (goal 1000) in a flood of {said}")
    print(f"{flooded_s / calm_s:.1f} times as long (goal 4)")


if __name__ == "__main__":
    asyncio.run(main())
