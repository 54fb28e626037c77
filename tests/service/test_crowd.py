"""One chat's flood is nothing to the others: from what is said to its answer, in the whole service."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from tests.service.newsroom import Newsroom, Outlet, open_newsroom
from tests.source_host import hang

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
FLOODER, OTHERS = 666, range(1, 41)
A_SECOND = 100
FLOOD_S = 4.0
LIMIT_S = 1.0
TIMES = 4
"""Where a busy machine keeps people waiting anyway: so many times longer than without the flood."""
ADMIN = 99
WHILE_IT_HANGS_S = 10.0
"""Less than a source may take to answer."""


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
    pause_s = FLOOD_S / len(OTHERS)
    waited_s = sorted(await asyncio.gather(*(ask(room, n, n * pause_s) for n in OTHERS)))
    return waited_s[int(0.95 * len(waited_s))]


async def test_a_flood_keeps_nobody_waiting(tmp_path: Path, empty_url: str) -> None:
    """A hundred commands a second of one chat: p95 of the others' answers is under a second."""
    async with open_newsroom(tmp_path, empty_url, NOW, [Outlet("calm", "Calm", "agency", "neutral")]) as room:
        await room.tells(FLOODER, "/status")
        calm_s = await ask_all(room)
        over = asyncio.Event()
        flooding = asyncio.create_task(flood(room, over))
        flooded_s = await ask_all(room)
        over.set()
        said = await flooding
        answered = len(room.telegram.messages(FLOODER))
    assert flooded_s < max(LIMIT_S, TIMES * calm_s)
    assert said > 10 * answered, "the flood itself is answered once a second at most"


async def test_a_source_that_hangs_holds_up_no_command(tmp_path: Path, empty_url: str) -> None:
    """While a check on demand and a look at an address wait for a host, everybody is answered."""
    outlets = [Outlet("calm", "Calm", "agency", "neutral")]
    async with open_newsroom(tmp_path, empty_url, NOW, outlets, admin_ids=str(ADMIN)) as room:
        address = room.host.answer("/hangs", hang())
        room.host.answer("/calm", hang())
        await room.tells(ADMIN, f"/addsource {address}")
        await room.tells(ADMIN, "/refresh calm")
        async with asyncio.timeout(WHILE_IT_HANGS_S):
            for chat in (7, ADMIN):
                await room.tells(chat, "/status")
