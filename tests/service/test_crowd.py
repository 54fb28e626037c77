"""One chat's flood, one source's silence: nothing to the others, in the whole service.

How long they wait beside a flood, bench/crowd.py measures.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from tests.clock import PATIENCE_S
from tests.service.newsroom import Outlet, open_newsroom
from tests.source_host import hang

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
FLOODER, OTHERS = 666, range(1, 41)
FLOOD = 400
"""Commands; whoever had to wait for their answers, one a second, would wait too long."""
ADMIN = 99


async def test_a_flood_keeps_nobody_waiting(tmp_path: Path, empty_url: str) -> None:
    """Behind hundreds of commands of one chat everybody is answered; it is itself once a second at most."""
    async with open_newsroom(tmp_path, empty_url, NOW, [Outlet("calm", "Calm", "agency", "neutral")]) as room:
        await room.tells(FLOODER, "/status")
        begin_s = monotonic()
        for _ in range(FLOOD):
            room.telegram.say(FLOODER, "/subscribe Hadrut, Shusha")
        await asyncio.gather(*(room.tells(chat, "/latest Hadrut") for chat in OTHERS))
        answered = len(room.telegram.messages(FLOODER))
        assert answered <= 2 + monotonic() - begin_s


async def test_a_source_that_hangs_holds_up_no_command(tmp_path: Path, empty_url: str) -> None:
    """While a check on demand and a look at an address wait for a host, everybody is answered."""
    outlets = [Outlet("calm", "Calm", "agency", "neutral")]
    async with open_newsroom(tmp_path, empty_url, NOW, outlets, admin_ids=str(ADMIN)) as room:
        address = room.host.answer("/hangs", hang())
        room.host.answer("/calm", hang())
        await room.tells(ADMIN, f"/addsource {address}")
        await room.tells(ADMIN, "/refresh calm")
        async with asyncio.timeout(PATIENCE_S):
            await room.host.until_at_once(2)
        for chat in (7, ADMIN):
            await room.tells(chat, "/status")
        assert room.host.at_once == 2, "both still wait"
