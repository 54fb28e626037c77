"""One process serves a database: a second waits, and takes over when the first ends, however it ends.

On SQLite the lock is the operating system's, on a file beside the database; on PostgreSQL it is an advisory
lock of a session. Both are gone with the process, after SIGKILL too.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy import URL, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.errors import ConfigurationError, StorageError
from bot.storage.engines import SQLITE, may_pass, parse_address

log = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
"""How soon the end of the other process is noticed, and on PostgreSQL the loss of one's own lock."""
REPLY_TIMEOUT_S: Final = 5.0
"""A server that says nothing for so long may have given the lock away."""
ADVISORY_KEY: Final = 0x7472756365776174
"""Any number that no other program uses: "trucewat" in ASCII."""

_PASSING: Final = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO)
"""What an operator mends elsewhere than in the settings."""


class _Lock(Protocol):
    async def take(self) -> bool:
        """Whether the lock is now this process's; asking again while it is changes nothing."""
        ...

    async def release(self) -> None:
        """Let another process have it; repeatable."""
        ...


@asynccontextmanager
async def sole_use(url: str, stop: asyncio.Event) -> AsyncIterator[bool]:
    """Wait until no other process serves the database, and keep all others waiting within the block.

    Yields False when `stop` was set while waiting: then the block must not serve. Should the lock be lost
    within the block (a PostgreSQL server that restarted and gave it away), `stop` is set and the end of the
    block raises StorageError. Raises ConfigurationError when the database cannot be locked at all, and
    StorageError when it cannot be just now.
    """
    parsed = parse_address(url)
    lock: _Lock = _FileLock(parsed) if parsed.drivername == SQLITE else _ServerLock(parsed)
    try:
        if not await _wait_for(lock, stop):
            yield False
            return
        watch = asyncio.create_task(_watch(lock, stop))
        try:
            yield True
        finally:
            watch.cancel()
            await asyncio.gather(watch, return_exceptions=True)
        if not watch.cancelled():
            raise StorageError("another process has taken over this database")
    finally:
        await lock.release()


async def _wait_for(lock: _Lock, stop: asyncio.Event) -> bool:
    is_told = False
    while not stop.is_set():
        try:
            is_ours = await lock.take()
        except (ConfigurationError, StorageError):
            if not is_told:
                raise
            is_ours = False  # it answered before, and may again
        if is_ours:
            if is_told:
                log.warning("the other process has ended: this one takes over")
            return True
        if not is_told:
            log.warning("another process serves this database: waiting for its end, sending nothing")
            is_told = True
        try:
            await asyncio.wait_for(stop.wait(), LOOK_EVERY_S)
        except TimeoutError:
            continue
    return False


async def _watch(lock: _Lock, stop: asyncio.Event) -> None:
    """Return when somebody else has the lock; a server that does not answer for a while is waited for."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        try:
            is_ours = await lock.take()
        except (ConfigurationError, StorageError):
            continue
        if not is_ours:
            log.error("another process has taken over this database: this one ends")
            stop.set()
            return


class _FileLock:
    """A POSIX record lock: the parser's processes do not inherit it, so it ends with this one alone."""

    def __init__(self, url: URL) -> None:
        path = Path(str(url.database)).expanduser().resolve()
        self._path = path.with_name(f"{path.name}.lock")
        self._handle: int | None = None

    async def take(self) -> bool:
        """The file stays when it is released: removing it would let two processes lock two files."""
        if self._handle is not None:
            return True
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            said = f"The database cannot be locked: {error}"
            if error.errno in _PASSING:
                raise StorageError(said) from error
            raise ConfigurationError([said]) from error
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(handle)
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise ConfigurationError([f"The file {self._path} cannot be locked: {error}"]) from error
        self._handle = handle
        return True

    async def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


class _ServerLock:
    """A PostgreSQL advisory lock; it lives as long as its connection."""

    def __init__(self, url: URL) -> None:
        self._place = url.render_as_string(hide_password=True)
        self._engine = create_async_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        self._conn: AsyncConnection | None = None
        self._is_held = False

    async def take(self) -> bool:
        """A lost connection is replaced: the lock is taken again unless somebody was faster."""
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                if self._conn is None:
                    self._conn = await self._engine.connect()
                if self._is_held:
                    await self._conn.execute(select(1))
                else:
                    taken = select(func.pg_try_advisory_lock(ADVISORY_KEY))
                    self._is_held = bool(await self._conn.scalar(taken))
        except (DBAPIError, OSError, TimeoutError) as error:
            await self._drop()
            why = error.orig if isinstance(error, DBAPIError) else str(error) or "no answer"
            said = f"The database {self._place} cannot be used: {why}"
            if may_pass(error):
                raise StorageError(said) from error
            raise ConfigurationError([said]) from error
        return self._is_held

    async def release(self) -> None:
        await self._drop()
        await self._engine.dispose()

    async def _drop(self) -> None:
        """Close the connection; one that is broken is thrown away."""
        conn, self._conn, self._is_held = self._conn, None, False
        if conn is None:
            return
        try:
            async with asyncio.timeout(REPLY_TIMEOUT_S):
                await conn.close()
        except (DBAPIError, OSError, TimeoutError):
            await conn.invalidate()
