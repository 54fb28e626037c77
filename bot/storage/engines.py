"""Connections to the two databases, set up so that nothing committed is ever lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiosqlite
from sqlalchemy import URL, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.errors import ConfigurationError, StorageError
from bot.storage.finishing import to_the_end

BUSY_TIMEOUT_MS = 6_000
"""How long SQLite waits for another process (a backup, an export) before it gives up; nothing can break it
off, and a service that is asked to stop meanwhile has eight seconds."""
READERS = 4
"""SQLite connections, each a thread, that read beside the writer."""
POOL_TIMEOUT_S = 60.0
"""A reader waits so long for a connection; more means that something holds them all."""
SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+asyncpg"

Run = Callable[..., Awaitable[None]]
"""Calls a function in the connection's thread: with the driver's connection, and what is given besides."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}",
    "PRAGMA secure_delete=ON",
    "PRAGMA cache_size=-16000",
    "PRAGMA temp_store=MEMORY",
)


READERS_CACHE = "PRAGMA cache_size=-4000"

_PASSING_CODES = frozenset(
    code & 0xFF
    for code in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
    )
)
_PASSING_CLASSES = ("08", "53", "57")
"""PostgreSQL: the connection, its resources, and an operator (it starts or ends just now)."""


def may_pass(error: BaseException | None) -> bool:
    """Whether the database may be used later with the same settings: a lock, no space, nobody who answers."""
    fault = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(fault, sqlite3.Error):
        return getattr(fault, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES
    return isinstance(fault, OSError) or str(getattr(fault, "sqlstate", "")).startswith(_PASSING_CLASSES)


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
        choice = {"connection_class": _whole_batches()}
        engine = create_async_engine(
            url, pool_size=8, max_overflow=2, pool_pre_ping=True, connect_args=choice
        )
        one_state = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        return engine, engine.execution_options(**one_state)
    _check_file(Path(str(url.database)).expanduser())
    return _sqlite_engine(url, 1, "BEGIN IMMEDIATE"), _sqlite_engine(url, READERS, "BEGIN")


def _whole_batches() -> type[Any]:
    """A connection that sends every batch to its end; the driver is loaded for PostgreSQL alone.

    Cancelled in the middle, asyncpg sends no more and waits for ever for the server, which waits for more.
    """
    import asyncpg

    class Connection(asyncpg.Connection):  # type: ignore[misc,unused-ignore]
        async def executemany(self, *arguments: Any, **options: Any) -> Any:
            return await to_the_end(super().executemany(*arguments, **options))

    return Connection


def _check_file(path: Path) -> None:
    """Look whether the file can be opened, before threads and connections depend on it.

    Raises ConfigurationError, or StorageError for what may pass.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except (OSError, sqlite3.Error) as error:
        said = f"The database file {path} cannot be used: {error}"
        if isinstance(error, sqlite3.Error) and may_pass(error):
            raise StorageError(said) from error
        raise ConfigurationError([said]) from error


class _Cursor:
    """A statement in one errand to the connection's thread: run, read to its end, closed.

    The driver's own cursor takes four, each of which costs more than most statements. What SQLAlchemy asks
    of a cursor is here and no more; rows are read at once, as it does itself.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, statement: str, parameters: Any = ()) -> _Cursor:
        """Run one statement and keep its rows."""
        await self._run(self._do, "execute", statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Any) -> _Cursor:
        """Run a statement for each set of parameters."""
        await self._run(self._do, "executemany", statement, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        """The rows; they are handed out once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """It is closed already."""

    def _do(self, opened: sqlite3.Connection, how: str, statement: str, parameters: Any) -> None:
        """In the thread."""
        with closing(opened.cursor()) as cursor:
            getattr(cursor, how)(statement, parameters)
            self.description, self.rowcount = cursor.description, cursor.rowcount
            self.lastrowid = cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []


class _Connection(aiosqlite.Connection):
    """An SQLite connection whose cursors are short, and that undoes what is open before it closes.

    A statement that someone still holds (the traceback of a cancelled task does) would otherwise keep the
    transaction, and with it the lock on the file, until the garbage is collected.
    """

    def cursor(self) -> Any:
        """For SQLAlchemy, which enters it, and never asks for one that reads row by row."""
        return _Cursor(self._run)

    async def _run(self, do: Callable[..., None], *arguments: Any) -> None:
        execute: Any = self._execute
        await execute(lambda: do(self._conn, *arguments))

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
        pool_reset_on_return=None,  # each transaction has ended by then: nothing is left to be undone
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
