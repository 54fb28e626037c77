"""Copies of a database in use: each equals the state after one commit, and can be served from."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import ConfigurationError, StorageError
from bot.model import Severity
from bot.storage.backup import back_up
from bot.storage.database import Database
from bot.storage.settings import get_setting, put_setting
from tests.databases import sqlite_url
from tests.delivery.outbox import add_chats, delivering, tell, wait_until_done
from tests.telegram_server import TelegramServer

LEFT, RIGHT = "left", "right"


async def write_pairs(database: Database, stop: asyncio.Event) -> int:
    """Two numbers that are equal after every commit, and rows enough to fill pages; how often it was done."""
    count = 0
    while not stop.is_set():
        count += 1
        async with database.writing() as conn:
            await put_setting(conn, LEFT, count)
            await put_setting(conn, f"ballast-{count % 50}", "x" * 5_000)
            await put_setting(conn, RIGHT, count)
    return count


async def test_a_backup_under_load_is_a_commit_point(tmp_path: Path) -> None:
    """Copies made while another task writes without pause hold whole transactions, and writing goes on."""
    url = sqlite_url(tmp_path / "live.db")
    database, stop = await Database.open(url), asyncio.Event()
    writing = asyncio.create_task(write_pairs(database, stop))
    copies = [tmp_path / f"copy-{number}.db" for number in range(8)]
    for copy in copies:
        assert await back_up(url, copy) == copy.stat().st_size
        await asyncio.sleep(0.01)
    stop.set()
    written = await writing
    await database.close()
    assert written > len(copies)
    for copy in copies:
        assert copy.stat().st_mode & 0o777 == 0o600
        restored = await Database.open(sqlite_url(copy))
        async with restored.reading() as conn:
            assert await get_setting(conn, LEFT) == await get_setting(conn, RIGHT)
        await restored.close()
    assert not [name for name in os.listdir(tmp_path) if name.endswith(".part")]


async def test_the_drill(tmp_path: Path) -> None:
    """A copy made amid deliveries, served from as after a loss of the disk, delivers all that it held."""
    url, copy = sqlite_url(tmp_path / "lost.db"), tmp_path / "copy.db"
    database = await Database.open(url)
    await add_chats(database, range(1, 41))
    for code in ("a", "b"):
        await tell(database, code, Severity.GRAVE)
    async with TelegramServer(is_strict=False) as server:
        async with delivering(database, server, rate=200):
            await server.wait_until(lambda: len(server.requests) >= 20)
            await back_up(url, copy)
        await database.close()
        restored = await Database.open(sqlite_url(copy))
        async with delivering(restored, server):
            await wait_until_done(restored)
        await restored.close()
        assert all({"a message", "b message"} <= set(server.texts(chat)) for chat in range(1, 41))


async def test_what_cannot_be_backed_up(tmp_path: Path) -> None:
    """No database, a file that exists, PostgreSQL, a folder that is not there: a sentence each, no file."""
    live, missing = tmp_path / "live.db", sqlite_url(tmp_path / "missing.db")
    with pytest.raises(ConfigurationError, match="no database"):
        await back_up(missing, tmp_path / "copy.db")
    with closing(sqlite3.connect(live)) as made:
        made.execute("CREATE TABLE t (x)")
    with pytest.raises(ConfigurationError, match="replaces nothing"):
        await back_up(sqlite_url(live), live)
    with pytest.raises(ConfigurationError, match="pg_dump"):
        await back_up("postgresql+asyncpg://somebody@localhost/base", tmp_path / "copy.db")
    with pytest.raises(StorageError, match="could not be made"):
        await back_up(sqlite_url(live), tmp_path / "nowhere" / "copy.db")
    assert os.listdir(tmp_path) == ["live.db"]
