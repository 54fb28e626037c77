"""A disk that is full, a file that is locked or read-only: said once, waited out, nothing lost."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.admins import Admins, Bell
from bot.alarm import CALM, TRY_AGAIN, Alarm
from bot.errors import ConfigurationError, StorageError
from bot.model import DeliveryState, Severity
from bot.storage.database import Database
from tests.clock import PATIENCE_S, FakeClock
from tests.databases import sqlite_url
from tests.delivery.outbox import add_chats, delivering, rows, tell, wait_until_done
from tests.ground import shared_words
from tests.telegram_server import Answer, TelegramServer

ADMINS = (11, 12)
CHATS = range(1, 401)
NO_LIMIT = 1_000_000


@pytest.fixture
async def file_db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(sqlite_url(tmp_path / "t.db"))
    try:
        yield database
    finally:
        await database.close()


async def limit_pages(db: Database, pages: int | None) -> None:
    """A quota of so many pages, of those that there are, for the one connection that writes."""
    async with db.writing() as conn:
        most = pages or (await conn.exec_driver_sql("PRAGMA page_count")).scalar()
        await conn.exec_driver_sql(f"PRAGMA max_page_count = {most}")


async def forbid_writing(db: Database, is_forbidden: str) -> None:
    """As if the file system had become read-only; past `writing`, which could not take it back."""
    async with db._writer.connect() as conn:
        raw = await conn.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.execute(f"PRAGMA query_only = {is_forbidden}")


class ClosingTelegram(TelegramServer):
    """Answers nobody after the hundredth until the gate is opened."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gate = asyncio.Event()

    async def _perform(self, method: str, parameters: dict[str, Any]) -> Answer:
        if len(self.requests) >= 100:
            await self.gate.wait()
        return await super()._perform(method, parameters)


async def until_trouble(db: Database, *, is_over: bool = False) -> str | None:
    async with asyncio.timeout(PATIENCE_S):
        while (db.trouble is None) != is_over:  # noqa: ASYNC110 - the database has no signal
            await asyncio.sleep(0.02)
    return db.trouble


async def test_a_full_disk_is_waited_out(
    file_db: Database, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Without space nothing is queued and nothing dies; with space again everybody gets the alert once."""
    told: list[tuple[int, str]] = []

    async def note(admin_id: int, text: str) -> None:
        told.append((admin_id, text))

    alarm = Alarm(file_db, Bell(Admins(ADMINS), file_db, shared_words(), note), clock.now)
    await add_chats(file_db, CHATS)
    await tell(file_db, "x", Severity.GRAVE)
    await limit_pages(file_db, None)
    async with TelegramServer(is_strict=False) as server, delivering(file_db, server) as service:
        assert "full" in str(await until_trouble(file_db))
        for _ in range(3):
            await alarm.look()
        assert [admin_id for admin_id, _ in told] == list(ADMINS)
        assert not service.task.done()
        assert not server.requests
        await limit_pages(file_db, NO_LIMIT)
        await wait_until_done(file_db)
        await alarm.look()  # the last refusal may have come after the look before
        clock.advance(CALM)
        await alarm.look()
        assert [admin_id for admin_id, _ in told] == [*ADMINS, *ADMINS]
        assert all(server.texts(chat) == ["x message"] for chat in CHATS)
    assert {row.state for row in await rows(file_db)} == {DeliveryState.SENT}
    assert "disk is full" in caplog.text


async def refuse_once(db: Database) -> None:
    """A transaction that needs more space than there is."""
    await limit_pages(db, None)
    with pytest.raises(StorageError, match="full"):
        await add_chats(db, CHATS)


async def test_an_admin_who_cannot_be_told(file_db: Database, clock: FakeClock) -> None:
    """One who has blocked the bot does not keep the other from hearing it, and is tried again."""
    told: list[int] = []
    deaf = {ADMINS[0]}

    async def note(admin_id: int, text: str) -> None:
        if admin_id in deaf:
            raise ConnectionError
        told.append(admin_id)

    alarm = Alarm(file_db, Bell(Admins(ADMINS), file_db, shared_words(), note), clock.now)
    await refuse_once(file_db)
    await alarm.look()
    assert told == [ADMINS[1]]
    deaf.clear()
    clock.advance(TRY_AGAIN - timedelta(seconds=1))
    await alarm.look()
    assert told == [ADMINS[1]]
    clock.advance(timedelta(seconds=1))
    for _ in range(2):
        await alarm.look()
    assert told == [ADMINS[1], ADMINS[0]]


async def test_a_disk_that_is_all_but_full_is_told_once(file_db: Database, clock: FakeClock) -> None:
    """Small transactions pass, large ones do not: that is one trouble, until all pass for a while."""
    told: list[int] = []

    async def note(admin_id: int, text: str) -> None:
        told.append(admin_id)

    alarm = Alarm(file_db, Bell(Admins(ADMINS), file_db, shared_words(), note), clock.now)
    for _ in range(3):
        await refuse_once(file_db)
        await alarm.look()
        async with file_db.writing():
            pass
        assert file_db.trouble is None
        clock.advance(CALM / 2)
        await alarm.look()
        assert told == [*ADMINS]
        await refuse_once(file_db)
        async with file_db.writing():
            pass
        clock.advance(CALM / 2)
        await alarm.look()
        assert told == [*ADMINS]
    clock.advance(CALM)
    for _ in range(2):
        await alarm.look()
    assert told == [*ADMINS, *ADMINS]


async def test_outcomes_wait_for_a_database_that_became_read_only(file_db: Database) -> None:
    """What was sent while nothing could be written is recorded later, and not sent again."""
    await add_chats(file_db, CHATS)
    await tell(file_db, "x", Severity.GRAVE)
    async with ClosingTelegram(is_strict=False) as server:
        async with delivering(file_db, server, rate=300):
            await server.wait_until(lambda: len(server.requests) >= 100)
            await forbid_writing(file_db, "ON")
            server.gate.set()
            assert "readonly" in str(await until_trouble(file_db))
            await forbid_writing(file_db, "OFF")
            await wait_until_done(file_db)
        assert all(server.texts(chat) == ["x message"] for chat in CHATS)
    assert {row.state for row in await rows(file_db)} == {DeliveryState.SENT}


async def test_a_file_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    """A folder in the file's place ends the start with a sentence that names it."""
    (tmp_path / "t.db").mkdir()
    with pytest.raises(ConfigurationError, match=r"t\.db cannot be used"):
        await Database.open(sqlite_url(tmp_path / "t.db"))


async def test_a_locked_file_is_waited_for(tmp_path: Path) -> None:
    """While another program holds the file, deliveries wait; then all of them go out."""
    path = tmp_path / "t.db"
    database = await Database.open(sqlite_url(path))
    await add_chats(database, range(1, 6))
    await tell(database, "x", Severity.GRAVE)
    async with TelegramServer(is_strict=False) as server:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            delivering_all = delivering(database, server)
            entering = asyncio.create_task(delivering_all.__aenter__())
            await entering
            await asyncio.sleep(0.3)
            assert not server.requests
            other.execute("ROLLBACK")
        await wait_until_done(database)
        await delivering_all.__aexit__(None, None, None)
        assert all(server.texts(chat) == ["x message"] for chat in range(1, 6))
    await database.close()
