"""A copy of the SQLite database while the service goes on: all of it as it stood after one commit."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

from bot.errors import ConfigurationError, StorageError
from bot.storage.engines import BUSY_TIMEOUT_MS, SQLITE, parse_address

ON_POSTGRESQL = (
    "This command copies SQLite databases. PostgreSQL has its own tool, which works while the service runs: "
    "pg_dump --format=custom --file=FILE DATABASE, and pg_restore to bring it back"
)


async def back_up(url: str, target: Path) -> int:
    """Copy the database to the new file `target`; returns its size in bytes.

    The copy is one file, readable by its owner alone, checked, and on the disk when this returns; until then
    it is called `target` with `.part` at the end. Writers are not kept waiting. Raises ConfigurationError
    when there is nothing to copy or `target` exists, StorageError when copying fails.
    """
    parsed = parse_address(url)
    if parsed.drivername != SQLITE:
        raise ConfigurationError([ON_POSTGRESQL])
    return await asyncio.to_thread(_copy, Path(str(parsed.database)), target)


def _copy(source: Path, target: Path) -> int:
    source = source.expanduser()
    if not source.is_file():
        raise ConfigurationError([f"There is no database {source} to back up"])
    if target.exists():
        raise ConfigurationError([f"There is a file {target} already: a backup replaces nothing"])
    part = target.with_name(f"{target.name}.part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        _fill(source, part)
        _flush(part)
        part.rename(target)
        _flush(target.parent)
        return target.stat().st_size
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise StorageError(f"the backup could not be made: {error}") from error


def _fill(source: Path, part: Path) -> None:
    """All pages in one step, under one reading transaction: no commit comes in between, none has to wait."""
    timeout_s = BUSY_TIMEOUT_MS / 1000
    with closing(sqlite3.connect(source, timeout=timeout_s)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new, pages=-1)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
        (verdict,) = new.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {verdict}")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
