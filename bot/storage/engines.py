"""Connections to the two databases, set up so that nothing committed is ever lost."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import ConfigurationError

BUSY_TIMEOUT_MS = 6_000
"""How long SQLite waits for another process (a backup, an export) before it gives up; nothing can break it
off, and a service that is asked to stop meanwhile has eight seconds."""
READERS = 4
"""SQLite connections, each a thread, that read beside the writer."""
POOL_TIMEOUT_S = 60.0
"""A reader waits so long for a connection; more means that something holds them all."""
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


READERS_CACHE = "PRAGMA cache_size=-4000"


def parse_address(url: str) -> URL:
    """The address of a database, checked. Raises ConfigurationError that says what to write instead."""
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


def make_engines(url: URL) -> tuple[AsyncEngine, AsyncEngine]:
    """The writer's and the readers' engine; on PostgreSQL they share one pool. Raises ConfigurationError."""
    if url.drivername == POSTGRESQL:
        engine = create_async_engine(url, pool_size=8, max_overflow=2, pool_pre_ping=True)
        one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return engine, engine.execution_options(**one_state)
    _check_file(Path(str(url.database)).expanduser())
    return _sqlite_engine(url, 1, "BEGIN IMMEDIATE"), _sqlite_engine(url, READERS, "BEGIN")


def _check_file(path: Path) -> None:
    """Look whether the file can be opened, before threads and connections depend on it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except (OSError, sqlite3.Error) as error:
        raise ConfigurationError([f"The database file {path} cannot be used: {error}"]) from error


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
        cursor.execute(READERS_CACHE)  # each has its own, and none asks for much at a time
    cursor.close()
