"""Opening, one writer at a time, cancelling, closing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import URL, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigurationError, StorageError
from bot.storage.database import Database
from bot.storage.settings import get_setting, put_setting
from bot.storage.sole_use import sole_use
from bot.storage.tables import SCHEMA_REVISION, setting
from tests.clock import PATIENCE_S
from tests.databases import sqlite_url

MANY = 10_000


async def keys(db: Database) -> set[str]:
    async with db.reading() as conn:
        return set((await conn.execute(select(setting.c.key))).scalars())


async def put_and_fail(db: Database) -> None:
    async with db.writing() as conn:
        await put_setting(conn, "a", 1)
        raise LookupError


async def put_many(conn: AsyncConnection) -> None:
    await conn.execute(insert(setting), [{"key": f"k{number}", "value": number} for number in range(MANY)])


async def test_what_is_written_is_there(db: Database) -> None:
    """A transaction that ends well is committed."""
    async with db.writing() as conn:
        await put_setting(conn, "a", {"nested": [1, None]})
        await put_setting(conn, "a", {"nested": [2]})
    async with db.reading() as conn:
        assert await get_setting(conn, "a") == {"nested": [2]}
        assert await get_setting(conn, "b", 7) == 7
    async with db.writing() as conn:
        await put_setting(conn, "a", None)
    assert await keys(db) == set()


async def test_an_error_undoes_the_transaction(db: Database) -> None:
    """Whatever is raised inside leaves nothing behind, and the next writer is not disturbed."""
    with pytest.raises(LookupError):
        await put_and_fail(db)
    async with db.writing() as conn:
        await put_setting(conn, "b", 1)
    assert await keys(db) == {"b"}


async def test_readers_see_only_what_is_committed(db: Database) -> None:
    """A reader beside a writer sees the state before it."""
    async with db.writing() as conn:
        await put_setting(conn, "a", 1)
        assert await keys(db) == set()
    assert await keys(db) == {"a"}


async def test_a_reader_sees_one_state_and_cannot_write(db: Database) -> None:
    """What is committed meanwhile is not seen half way; writing is refused."""
    async with db.reading() as reader:
        assert await get_setting(reader, "a") is None
        async with db.writing() as conn:
            await put_setting(conn, "a", 1)
        assert await get_setting(reader, "a") is None

    async def write_as_reader() -> None:
        async with db.reading() as conn:
            await put_setting(conn, "b", 1)

    with pytest.raises(StorageError, match=r"read.?only"):
        await write_as_reader()
    assert await keys(db) == {"a"}


async def test_writers_take_turns(db: Database) -> None:
    """Fifty that read and then write lose no update."""

    async def count_up() -> None:
        async with db.writing() as conn:
            await put_setting(conn, "n", await get_setting(conn, "n", 0) + 1)

    await asyncio.gather(*(count_up() for _ in range(50)))
    async with db.reading() as conn:
        assert await get_setting(conn, "n") == 50


async def test_a_refusal_is_the_products_own_error(db: Database) -> None:
    """What the driver raises becomes a StorageError that does not carry the values of the statement."""
    with pytest.raises(StorageError) as raised:
        async with db.writing() as conn:
            await conn.execute(insert(setting), [{"key": "private words", "value": 1}] * 2)
    assert await keys(db) == set()
    assert "INSERT" not in str(raised.value)


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("passes", [0, 1, 2, 3, 5, 8, 13, 21, 34, 55])
async def test_a_cancelled_writer_leaves_all_or_nothing(db: Database, passes: int) -> None:
    """Wherever a writer is cancelled, nothing is half done and the next one writes at once."""

    async def write() -> None:
        async with db.writing() as conn:
            await put_setting(conn, "first", 1)
            await put_many(conn)
            await put_setting(conn, "last", 1)

    task = asyncio.create_task(write())
    for _ in range(passes):
        await asyncio.sleep(0)
        await keys(db)
    task.cancel()
    await asyncio.wait([task])
    async with asyncio.timeout(PATIENCE_S), db.writing() as conn:
        await put_setting(conn, "next", 1)
    assert len(await keys(db)) in (1, MANY + 3)


async def test_cancelled_in_a_long_statement(db: Database) -> None:
    """The statement under way is undone, though the database's thread still finishes it."""
    begun = asyncio.Event()

    async def write() -> None:
        async with db.writing() as conn:
            await put_setting(conn, "first", 1)
            begun.set()
            await put_many(conn)

    task = asyncio.create_task(write())
    await begun.wait()
    await asyncio.sleep(0)
    await cancel(task)
    assert await keys(db) == set()
    async with db.writing() as conn:
        await put_many(conn)
    assert len(await keys(db)) == MANY


async def test_cancelled_while_a_batch_is_sent(db: Database) -> None:
    """At whichever moment of a large batch: the writer ends, nothing of it stays, the next one writes."""

    async def write() -> None:
        async with db.writing() as conn:
            await put_setting(conn, "first", 1)
            begun.set()
            await put_many(conn)

    for passes in range(8):
        begun = asyncio.Event()
        task = asyncio.create_task(write())
        await begun.wait()
        for _ in range(passes):
            await asyncio.sleep(0)
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=PATIENCE_S)
        assert done, f"hangs when cancelled after {passes} turns"
        assert await keys(db) == set()


async def test_cancelled_while_waiting_for_the_turn(db: Database) -> None:
    """Who is cancelled in the queue leaves it and takes nobody else's turn."""
    async with db.writing() as conn:
        waiting = asyncio.create_task(put_and_fail(db))
        await asyncio.sleep(0)
        await cancel(waiting)
        await put_setting(conn, "a", 1)
    assert await keys(db) == {"a"}


async def test_many_readers_at_once(db: Database) -> None:
    """More readers than connections wait for one another, and none hangs."""
    async with asyncio.timeout(PATIENCE_S):
        assert await asyncio.gather(*(keys(db) for _ in range(40))) == [set()] * 40


async def test_cancelled_readers_leave_the_pool_whole(db: Database) -> None:
    """After many cancelled readers there are still connections for others."""
    for passes in range(30):
        task = asyncio.create_task(keys(db))
        for _ in range(passes):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
    async with asyncio.timeout(PATIENCE_S):
        assert await keys(db) == set()


async def test_closing_twice_and_using_after(db: Database) -> None:
    """A closed database says so; closing again does nothing."""
    await db.close()
    await db.close()
    with pytest.raises(StorageError, match="closed"):
        await put_and_fail(db)
    with pytest.raises(StorageError, match="closed"):
        await keys(db)


async def test_closing_waits_for_the_writer(db: Database) -> None:
    """A writer under way commits before the connections end."""
    entered, leave = asyncio.Event(), asyncio.Event()

    async def write() -> None:
        async with db.writing() as conn:
            await put_setting(conn, "a", 1)
            entered.set()
            await leave.wait()

    writer = asyncio.create_task(write())
    await entered.wait()
    closing = asyncio.create_task(db.close())
    await asyncio.sleep(0)
    leave.set()
    await asyncio.gather(writer, closing)


async def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    """WAL, full synchronising, foreign keys, overwriting of what is deleted; the folder is made."""
    db = await Database.open(sqlite_url(tmp_path / "new" / "folder" / "t.db"))
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    try:
        async with db.writing() as conn:
            for pragma, value in wanted.items():
                assert (await conn.exec_driver_sql(f"PRAGMA {pragma}")).scalar() == value
    finally:
        await db.close()


async def test_a_writer_waits_for_another_process(tmp_path: Path) -> None:
    """A lock that another connection holds is waited for, also by a writer that reads first."""
    path = tmp_path / "t.db"
    db = await Database.open(sqlite_url(path))
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        other.execute("INSERT INTO setting VALUES ('other', '1')")
        writer = asyncio.create_task(_read_then_write(db))
        await keys(db)
        assert not writer.done()
        other.execute("COMMIT")
        await writer
        assert await keys(db) == {"other", "seen"}
    finally:
        other.close()
        await db.close()


async def _read_then_write(db: Database) -> None:
    async with db.writing() as conn:
        assert await get_setting(conn, "other") == 1
        await put_setting(conn, "seen", 1)


@pytest.mark.parametrize(
    "url", ["", "nonsense", "mysql://host/db", "sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:"]
)
async def test_addresses_that_name_no_database(url: str) -> None:
    """What cannot be opened is a fault of configuration that says what to write instead."""
    with pytest.raises(ConfigurationError, match="DATABASE_URL"):
        await Database.open(url)


def _make_folder(path: Path) -> None:
    path.mkdir()


def _make_nonsense(path: Path) -> None:
    path.write_bytes(b"This is a letter, not a database. " * 100)


@pytest.mark.parametrize("make", [_make_folder, _make_nonsense])
async def test_files_that_are_no_database(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A folder or a foreign file is refused with its name and left as it is."""
    make(tmp_path / "t.db")
    with pytest.raises(ConfigurationError, match=r"t\.db"):
        await Database.open(sqlite_url(tmp_path / "t.db"))


async def test_nobody_answers() -> None:
    """A server that is not there may still be starting, as a supervisor knows; no password is shown."""
    url = "postgresql+asyncpg://someone:hunter2@127.0.0.1:1/none"
    for attempt in (Database.open(url), _serve_alone(url)):
        with pytest.raises(StorageError, match="cannot be used") as raised:
            await attempt
        assert "hunter2" not in str(raised.value)


async def _serve_alone(url: str) -> None:
    async with sole_use(url, asyncio.Event()):
        raise AssertionError


async def test_a_name_that_the_server_does_not_know(migrated_postgres: URL | None) -> None:
    """That is a fault of configuration, and no trying again mends it."""
    if migrated_postgres is None:
        pytest.skip("no PostgreSQL")
    url = migrated_postgres.set(database="nobodys").render_as_string(hide_password=False)
    for attempt in (Database.open(url), _serve_alone(url)):
        with pytest.raises(ConfigurationError, match="does not exist"):
            await attempt


async def test_a_file_that_is_locked_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the wait it is said; the same settings do once the other program has ended."""
    monkeypatch.setattr("bot.storage.engines._PRAGMAS", ("PRAGMA busy_timeout=50",))
    path = tmp_path / "t.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match=r"t\.db cannot be used: .*locked"):
            await Database.open(sqlite_url(path))
    await (await Database.open(sqlite_url(path))).close()


@pytest.mark.parametrize("pragma", ["query_only=ON", "max_page_count=1"])
async def test_a_disk_that_cannot_be_written_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str
) -> None:
    """Neither no space nor a file system that became read-only is a fault of the settings."""
    monkeypatch.setattr("bot.storage.engines._PRAGMAS", (f"PRAGMA {pragma}",))
    with pytest.raises(StorageError, match=r"t\.db cannot be used: .*(readonly|full)"):
        await Database.open(sqlite_url(tmp_path / "t.db"))


async def test_a_newer_schema_is_refused(db: Database, db_url: str) -> None:
    """A database that a later version wrote is not touched, and the message says what to do."""
    await _set_revision(db, "9999")
    try:
        with pytest.raises(ConfigurationError, match="newer version"):
            await Database.open(db_url)
    finally:
        await _set_revision(db, SCHEMA_REVISION)


async def _set_revision(db: Database, revision: str) -> None:
    async with db.writing() as conn:
        await conn.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


async def test_opening_twice_at_once(tmp_path: Path) -> None:
    """Two processes that find an empty file do not trip over one another."""
    opened = await asyncio.gather(*(Database.open(sqlite_url(tmp_path / "t.db")) for _ in range(3)))
    await asyncio.gather(*(db.close() for db in opened))
