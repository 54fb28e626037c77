"""What is kept for a time alone, and goes after it: in small transactions, so that no other writer waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

from bot.storage import closing
from bot.storage.acts import drop_acts
from bot.storage.applicants import drop_old_applicants
from bot.storage.chats import purge_gone
from bot.storage.coverage import drop_notices
from bot.storage.database import Database
from bot.storage.reports import drop_shingles
from bot.storage.tallies import fold_hours

COPIES_REMEMBERED: Final = timedelta(days=14)
"""Wires are copied for days; after that a like text is a new report."""
KEEP_NOTICES: Final = timedelta(days=14)

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""


class Retention:
    """Forgets when asked to; whatever breaks it off, the next time goes on from there."""

    def __init__(self, database: Database, now: Callable[[], datetime], keep_deliveries: timedelta) -> None:
        """`keep_deliveries`: after an incident's last report and alert; zero: for ever."""
        self._database, self._now, self._keep = database, now, keep_deliveries

    async def tidy(self) -> None:
        """Forget all that it is time for. Raises StorageError."""
        now = self._now()
        await self._repeat(lambda conn: purge_gone(conn, now))
        await self._repeat(lambda conn: drop_shingles(conn, now - COPIES_REMEMBERED))
        await self._repeat(lambda conn: drop_notices(conn, now - KEEP_NOTICES))
        async with self._database.writing() as conn:
            await fold_hours(conn, now)
            await drop_acts(conn, now)
            await drop_old_applicants(conn, now)
        if self._keep:
            await self._close_old(now)

    async def _close_old(self, now: datetime) -> None:
        last = 0
        while found := await self._find_closable(now - self._keep, last):
            for last in found:
                await self._close(last, now)

    async def _find_closable(self, before: datetime, after_id: int) -> list[int]:
        async with self._database.reading() as conn:
            return await closing.closable(conn, before, after_id)

    async def _close(self, incident_id: int, now: datetime) -> None:
        async with self._database.writing() as conn:
            await closing.close(conn, incident_id, now)
        await self._repeat(lambda conn: closing.drop_deliveries(conn, incident_id))
        async with self._database.writing() as conn:
            await closing.drop_alerts(conn, incident_id)

    async def _repeat(self, drop: Callable[[Connection], Awaitable[int]]) -> None:
        """Each part in a transaction of its own, until one finds nothing."""
        is_more = True
        while is_more:
            async with self._database.writing() as conn:
                is_more = bool(await drop(conn))
