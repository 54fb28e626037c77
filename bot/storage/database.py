"""The way to the database: opening, migrating, one writer at a time, readers beside it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self, TypeVar

import aiosqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import ConfigurationError, StorageError
from bot.storage.migrating import migrate_schema

T = TypeVar("T")
log = logging.getLogger(__name__)

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for another process (a backup, an export) before it gives up."""
READERS = 4
"""SQLite connections, each a thread, that read beside the writer."""
POOL_TIMEOUT_S = 60.0
"""A reader waits so long for a connection; more means that something holds them all."""
CLOSE_TIMEOUT_S = 5.0
"""The whole service has eight seconds to end."""
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-32000",
    "PRAGMA temp_store=MEMORY",
)


class Database:
    """One database for the process. Create it with `await Database.open(url)` and close it."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._is_closed = False

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, bring the schema to the newest form, and return the database.

        Raises ConfigurationError when the address is no good, nothing answers there, the file cannot
        be used, or a newer version of the program has written it.
        """
        parsed = _parsed(url)
        database = cls(*_engines(parsed))
        try:
            async with database.writing() as conn:
                await conn.run_sync(migrate_schema)
        except (StorageError, OSError) as error:
            await database.close()
            place = parsed.render_as_string(hide_password=True)
            raise ConfigurationError([f"The database {place} cannot be used: {error}"]) from error
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self._writer.dialect.name

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one state of the database and changes nothing. Raises StorageError."""
        self._refuse_when_closed()
        async with _translated(), _transaction(self._reader) as conn:
            yield conn

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """The one writing transaction of the process: commits at the end, rolls back on any error.

        A caller that is cancelled leaves all of it (when the commit was under way) or nothing.
        Raises StorageError when the database refuses.
        """
        self._refuse_when_closed()
        async with self._turn:
            self._refuse_when_closed()
            async with _translated(), _transaction(self._writer) as conn:
                yield conn

    async def close(self) -> None:
        """Wait for the writer under way, then end all connections; at most `CLOSE_TIMEOUT_S`. Repeatable."""
        self._is_closed = True
        try:
            async with asyncio.timeout(CLOSE_TIMEOUT_S):
                async with self._turn:
                    await self._writer.dispose()
                    await self._reader.dispose()
        except TimeoutError:
            log.warning(
                "the database did not close in %s s; what is not committed is undone", CLOSE_TIMEOUT_S
            )

    def _refuse_when_closed(self) -> None:
        if self._is_closed:
            raise StorageError("the database is closed")


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError([f"DATABASE_URL is no address of a database: {error}"]) from error
    if parsed.drivername not in (SQLITE, POSTGRESQL):
        raise ConfigurationError(
            [f"DATABASE_URL must begin with {SQLITE}:/// or {POSTGRESQL}://, not {parsed.drivername}://"]
        )
    if parsed.drivername == SQLITE and parsed.database in (None, "", ":memory:"):
        raise ConfigurationError([f"DATABASE_URL must name a file, such as {SQLITE}:///var/trucewatch.db"])
    return parsed


def _engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """The writer's and the readers' engine; on PostgreSQL they are one."""
    if url.drivername == POSTGRESQL:
        engine = create_async_engine(url, pool_size=8, max_overflow=2, pool_pre_ping=True)
        return engine, engine
    try:
        Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError([f"The folder of the database cannot be made: {error}"]) from error
    return _sqlite_engine(url, 1, "BEGIN IMMEDIATE"), _sqlite_engine(url, READERS, "BEGIN")


class _Connection(aiosqlite.Connection):
    """An SQLite connection that undoes what is open before it closes.

    A statement that someone still holds (the traceback of a cancelled task does) would otherwise keep the
    transaction, and with it the lock on the file, until the garbage is collected.
    """

    async def close(self) -> None:
        if self._connection is not None:
            await self.rollback()
        await super().close()


def _sqlite_engine(url: URL, connections: int, begin: str) -> AsyncEngine:
    path = Path(str(url.database)).expanduser()

    def create() -> _Connection:
        connection = _Connection(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        connection._thread.daemon = True  # a connection that someone forgot must not keep the process alive
        return connection

    engine = create_async_engine(
        url,
        async_creator=create,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
    )

    def prepare(connection: Any, _record: Any) -> None:
        try:
            _prepare(connection, is_reader=begin == "BEGIN")
        except BaseException:
            connection.close()  # the pool does not know it yet
            raise

    def start(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", prepare)
    event.listen(engine.sync_engine, "begin", start)
    return engine


def _prepare(connection: Any, *, is_reader: bool) -> None:
    """Settings that an SQLite connection needs before its first transaction."""
    connection.isolation_level = None  # else the driver begins transactions of its own, too late
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(pragma)
    if is_reader:
        cursor.execute("PRAGMA query_only=ON")
    cursor.close()


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction whose end (commit or rollback, giving the connection back) no cancelling cuts short."""
    conn = engine.connect()
    try:
        await _to_the_end(conn.start())
        await conn.begin()
        yield conn
        await _to_the_end(conn.commit())
    finally:
        if conn.sync_connection is not None:
            await _to_the_end(conn.close())


async def _to_the_end(work: Awaitable[T]) -> T:
    """Finish `work` though the caller is cancelled meanwhile, and only then pass the cancelling on."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError:
                continue
        raise


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Faults of the driver as the product's own, without the statement's values (they may be private)."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError(f"the database refused: {error.orig}") from error
