"""A real process killed with SIGKILL at seeded moments: nothing lost, doubled only what was being sent."""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import shutil
import sqlite3
from collections import Counter
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest

from bot.model import Severity
from bot.storage.database import Database
from tests.clock import PATIENCE_S
from tests.databases import sqlite_url
from tests.delivery.killed import deliver_all
from tests.delivery.outbox import add_chats, tell
from tests.telegram_server import TelegramServer

ALERTS, KILLS, SOAK_KILLS = 10, 30, 500
CHATS_A_KILL = 50 / 30
Sent = tuple[int, str]
"""A chat and the text of a message."""


async def fill(url: str, chats: range) -> None:
    """Ten alerts for each chat, committed and not yet queued."""
    database = await Database.open(url)
    await add_chats(database, chats)
    for number in range(ALERTS):
        await tell(database, f"n{number}", Severity.GRAVE)  # they come alone, however many
    await database.close()


def look(path: Path) -> tuple[str, Counter[Sent]]:
    """SQLite's own judgement of the file, and what stands in `sending`."""
    database = sqlite3.connect(path)
    try:
        (verdict,) = database.execute("PRAGMA integrity_check").fetchone()
        being_sent = database.execute(
            "SELECT c.telegram_id, i.code FROM delivery d JOIN chat c ON c.id = d.chat_id"
            " JOIN incident i ON i.id = d.incident_id WHERE d.state = 'sending'"
        )
        return verdict, Counter((chat, f"{code} message") for chat, code in being_sent)
    finally:
        database.close()


async def run_and_kill(process: ForkServerProcess, server: TelegramServer, moments: random.Random) -> None:
    """Kill the process some requests, or some milliseconds of its start, after it began."""
    target = len(server.requests) + moments.randrange(25)
    process.start()
    done = asyncio.create_task(asyncio.to_thread(process.join))
    arrived = asyncio.create_task(server.wait_until(lambda: len(server.requests) >= target))
    await asyncio.wait([done, arrived], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(moments.uniform(0, 0.06))
    process.kill()
    await done
    arrived.cancel()
    await asyncio.gather(arrived, return_exceptions=True)


@pytest.mark.parametrize("kills", [KILLS, pytest.param(SOAK_KILLS, marks=pytest.mark.soak)])
async def test_killed_again_and_again(tmp_path: Path, migrated_sqlite: Path, kills: int) -> None:
    """500 deliveries to 50 chats, 30 kills (or more of all): none lost, doubled only what was being sent."""
    chats = range(1, 1 + round(kills * CHATS_A_KILL))
    path, moments = tmp_path / "trucewatch.db", random.Random(20201210)
    shutil.copyfile(migrated_sqlite, path)
    await fill(sqlite_url(path), chats)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.delivery.killed"])
    uncertain: Counter[Sent] = Counter()
    async with TelegramServer(is_strict=False) as server:
        for _ in range(kills):
            process = context.Process(target=deliver_all, args=(sqlite_url(path), server.port))
            await run_and_kill(process, server, moments)
            verdict, being_sent = look(path)
            assert verdict == "ok"
            uncertain += being_sent
        killed_at = len(server.requests)
        last = context.Process(target=deliver_all, args=(sqlite_url(path), server.port))
        last.start()
        await asyncio.to_thread(last.join, 2 * PATIENCE_S + kills / 5)
        exit_code = last.exitcode
        last.kill()
        assert exit_code == 0
        accepted = Counter((chat, text) for chat in chats for text in server.texts(chat))
    expected = {(chat, f"n{number} message") for chat in chats for number in range(ALERTS)}
    assert set(accepted) == expected
    assert all(many <= 1 + uncertain[sent] for sent, many in accepted.items())
    assert killed_at > kills  # the kills fell among the sends, not before them
    assert look(path) == ("ok", Counter())
