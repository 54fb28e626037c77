"""SIGTERM at its worst moments: exit 0 in time, and what was under way is not lost."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.storage.database import Database
from tests.databases import sqlite_url
from tests.delivery.outbox import add_chats, tell
from tests.service.test_life import START_WITHIN_S, STOP_WITHIN_S, ended, start
from tests.storage.values import a_claim
from tests.telegram_server import TOKEN, TelegramServer, delay

SOURCES = (
    '[[source]]\nid="a"\nname="A"\nkind="feed"\nurl="http://127.0.0.1:9/a"\ntype="agency"\nside="neutral"\n'
)


async def test_in_a_send(tmp_path: Path, migrated_sqlite: Path) -> None:
    """Told twice, it cuts off a request that hangs; the delivery waits again, marked, none is being sent."""
    path = tmp_path / "t.db"
    shutil.copyfile(migrated_sqlite, path)
    database = await Database.open(sqlite_url(path))
    await add_chats(database, [7])
    await tell(database, "x", claims=(a_claim(datetime.now(UTC)),))
    await database.close()
    (tmp_path / "sources.toml").write_text(SOURCES)
    async with TelegramServer(is_strict=False) as telegram:
        telegram.answer_always("sendMessage", delay(60))
        process = await start(
            tmp_path,
            TELEGRAM_BOT_TOKEN=TOKEN,
            TELEGRAM_API_URL=telegram.url,
            DATABASE_URL="sqlite:///t.db",
            SOURCES_FILE="sources.toml",
        )
        await telegram.wait_until(lambda: telegram.messages(7), START_WITHIN_S)
        for _ in range(2):
            process.send_signal(signal.SIGTERM)
        status, _, err = await ended(process, STOP_WITHIN_S)
    assert status == 0, err
    with closing(sqlite3.connect(path)) as conn:
        found = conn.execute("SELECT state, is_uncertain, reason FROM delivery").fetchall()
    assert found == [("pending", 1, "stopped")]


async def test_in_a_migration_of_the_schema(tmp_path: Path) -> None:
    """While another program holds the file, a new schema waits; asked to stop, the service ends in time."""
    path = tmp_path / "t.db"
    (tmp_path / "sources.toml").write_text(SOURCES)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("BEGIN IMMEDIATE")
        async with TelegramServer() as telegram:
            process = await start(
                tmp_path,
                TELEGRAM_BOT_TOKEN=TOKEN,
                TELEGRAM_API_URL=telegram.url,
                DATABASE_URL="sqlite:///t.db",
                SOURCES_FILE="sources.toml",
                LOG_LEVEL="DEBUG",
            )
            while not (tmp_path / "t.db.lock").exists():  # noqa: ASYNC110 - another process has no signal
                await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)
            process.send_signal(signal.SIGTERM)
            status, _, err = await ended(process, STOP_WITHIN_S)
    assert status == 0, err
