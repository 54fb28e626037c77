"""A process that dies at every boundary in turn: nothing lost at any, doubled only what was in flight."""

from __future__ import annotations

import asyncio
import multiprocessing
import shutil
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from bot.model import Severity
from bot.storage.database import Database
from tests.clock import PATIENCE_S
from tests.databases import sqlite_url
from tests.delivery.fused import BURNT, ENDED, deliver_until
from tests.delivery.outbox import add_chats, delivering, tell, wait_until_done
from tests.delivery.test_kill import look
from tests.telegram_server import TelegramServer

ALERTS = 3
"""So many a chat may leave at once: its pace of one a second holds nobody up."""
AT_ONCE = 2
"""Processes side by side: each mostly waits for the disk."""


async def fill(path: Path, chats: range) -> None:
    """Three alerts wait for each chat."""
    database = await Database.open(sqlite_url(path))
    await add_chats(database, chats)
    for number in range(ALERTS):
        await tell(database, f"n{number}", Severity.GRAVE)
    await database.close()


def make_context() -> ForkServerContext:
    """Processes that start in milliseconds, with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.delivery.fused", "tests.delivery.killed"])
    return context


async def run(context: ForkServerContext, path: Path, port: int, at: int) -> int | None:
    """Deliver in a process of its own until boundary `at`; its exit status."""
    process = context.Process(target=deliver_until, args=(sqlite_url(path), port, at))
    process.start()
    await asyncio.to_thread(process.join, PATIENCE_S)
    status = process.exitcode
    process.kill()
    return status


async def finish(path: Path, server: TelegramServer, at: int) -> None:
    """The next start of the service, ended at once, leaves nothing in `sending`; one more delivers it all."""
    database = await Database.open(sqlite_url(path))
    try:
        async with delivering(database, server):
            pass
        _, being_sent = look(path)
        assert not being_sent, f"left in `sending` after boundary {at}"
        async with delivering(database, server):
            await wait_until_done(database)
    finally:
        await database.close()


async def die_and_go_on(context: ForkServerContext, filled: Path, chats: range, at: int) -> bool:
    """Die at a boundary, go on, and compare what arrived; False when there is no boundary of that number."""
    path = filled.with_name(f"at-{at}.db")
    shutil.copyfile(filled, path)
    async with TelegramServer(is_strict=False) as server:
        status = await run(context, path, server.port, at)
        assert status in (BURNT, ENDED), f"at boundary {at}: {status}"
        verdict, being_sent = look(path)
        assert verdict == "ok"
        if status == BURNT:
            await finish(path, server, at)
        arrived = Counter((chat, text) for chat in chats for text in server.texts(chat))
    whole = {(chat, f"n{number} message") for chat in chats for number in range(ALERTS)}
    assert set(arrived) == whole, f"lost after boundary {at}: {whole - set(arrived)}"
    assert all(many <= 1 + being_sent[sent] for sent, many in arrived.items()), f"doubled at {at}: {arrived}"
    assert look(path) == ("ok", Counter())
    return status == BURNT


@pytest.mark.parametrize("chats", [range(1, 4), pytest.param(range(1, 31), marks=pytest.mark.soak)], ids=len)
async def test_every_boundary(tmp_path: Path, migrated_sqlite: Path, chats: range) -> None:
    """Whichever commit or request is the last thing that a process does, the next delivers all the rest."""
    filled = tmp_path / "filled.db"
    shutil.copyfile(migrated_sqlite, filled)
    await fill(filled, chats)
    context, at, is_more = make_context(), 0, True
    while is_more:
        points = range(at + 1, at + 1 + AT_ONCE)
        deaths = (die_and_go_on(context, filled, chats, point) for point in points)
        is_more = all(await asyncio.gather(*deaths))
        at += AT_ONCE
    assert at > 2 * ALERTS * len(chats)  # each request was two boundaries, and there were commits


async def test_a_death_before_the_first_request(tmp_path: Path, migrated_sqlite: Path) -> None:
    """What was claimed and never left is delivered by the next start, once."""
    filled, chats = tmp_path / "filled.db", range(1, 3)
    shutil.copyfile(migrated_sqlite, filled)
    await fill(filled, chats)
    assert await die_and_go_on(make_context(), filled, chats, -1)
