"""The way to the database: opening, migrating, one writer at a time, readers beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.errors import ConfigurationError, StorageError
from bot.storage.engines import BUSY_TIMEOUT_MS, make_engines, may_pass, parse_address
from bot.storage.finishing import to_the_end
from bot.storage.migrating import migrate_schema

log = logging.getLogger(__name__)

LOG_TIMEOUT_MS = 200
"""How long other writers may wait while the log is emptied."""
CLOSE_TIMEOUT_S = 5.0
"""The whole service has eight seconds to end."""


class Database:
    """One database for the process. Create it with `await Database.open(url)` and close it."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self._writer = writer
        self._reader = reader
        self._turn = asyncio.Lock()
        self._is_closed = False
        self._trouble: str | None = None
        self.refusals = 0
        """How many writing transactions were refused for such a reason as `trouble` names."""

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, bring the schema to the newest form, and return the database.

        Raises ConfigurationError when the address is no good, the file cannot be used, or a newer version
        of the program has written it; StorageError for what may pass: a lock, no space, nobody who answers.
        """
        parsed = parse_address(url)
        database = cls(*make_engines(parsed))
        try:
            async with database.writing() as conn:
                await conn.run_sync(migrate_schema)
        except (StorageError, OSError) as error:
            await database.close()
            place = parsed.render_as_string(hide_password=True)
            said = f"The database {place} cannot be used: {error}"
            if may_pass(error.__cause__ if isinstance(error, StorageError) else error):
                raise StorageError(said) from error
            raise ConfigurationError([said]) from error
        except BaseException:
            await database.close()
            raise
        return database

    @property
    def dialect(self) -> str:
        """sqlite or postgresql."""
        return self._writer.dialect.name

    @property
    def trouble(self) -> str | None:
        """Why the last writing transaction was refused (no space, read-only, locked); None: it was not."""
        return self._trouble

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
            async with _translated(), self._watched(), _transaction(self._writer) as conn:
                yield conn

    async def empty_log(self) -> bool:
        """Bring what SQLite's write-ahead log holds into the file and cut the log to nothing.

        Afterwards no byte of what was deleted is left on the disk: within the file it is overwritten at once.
        False when somebody reads an older state meanwhile; then it is to be tried again. PostgreSQL looks
        after its own log.
        """
        if self.dialect != "sqlite":
            return True
        async with self._turn, _translated(), self._writer.connect() as conn:
            connection: Any = (await conn.get_raw_connection()).driver_connection
            await connection.execute(f"PRAGMA busy_timeout={LOG_TIMEOUT_MS}")
            async with connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") as cursor:
                is_busy, *_ = await cursor.fetchone()
            await connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
            return not is_busy

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """Remember what an operator has to mend, until a transaction comes to its end again."""
        try:
            yield
        except DBAPIError as error:
            if not isinstance(error, IntegrityError | DataError | ProgrammingError):
                self._trouble = str(error.orig)
                self.refusals += 1
            raise
        self._trouble = None

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


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction whose end (commit or rollback, giving the connection back) no cancelling cuts short."""
    conn = engine.connect()
    try:
        await to_the_end(conn.start())
        await conn.begin()
        yield conn
        await to_the_end(_commit_and_close(conn))
    finally:
        if conn.sync_connection is not None and not conn.closed:
            await to_the_end(conn.close())


async def _commit_and_close(conn: AsyncConnection) -> None:
    await conn.commit()
    await conn.close()


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """Faults of the driver as the product's own, without the statement's values (they may be private)."""
    try:
        yield
    except DBAPIError as error:
        raise StorageError(f"the database refused: {error.orig}") from error
