"""What becomes of deliveries that wait for too long: given up, or told a chat in one message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from bot.storage import expiring, outages
from bot.storage.database import Database
from bot.storage.tallies import add_counts
from bot.watch.counts import Counted

EXPIRE_EVERY_S: Final = 60.0
MERGE_EVERY_S: Final = 300.0
CHATS_AT_ONCE: Final = 5_000
"""Merged between two claims, in a second or two: whoever waits must not wait for all of them."""


class Upkeep:
    """Looks after the outbox whenever it is asked to, as often as it is needed."""

    def __init__(
        self,
        database: Database,
        max_age: timedelta,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        """What waited longer than `max_age` (zero: no limit) is given up."""
        self._database, self._max_age = database, max_age
        self._now, self._monotonic = now, monotonic
        self._expire_at_s = self._merge_at_s = 0.0
        self._is_after_outage = False

    async def run_due(self, is_stopping: Callable[[], bool]) -> None:
        """Do what it is time for; begins nothing more when the service stops. Raises StorageError."""
        now_s = self._monotonic()
        if now_s >= self._expire_at_s:
            self._expire_at_s = now_s + (0.0 if await self._expire(is_stopping) else EXPIRE_EVERY_S)
        if now_s >= self._merge_at_s:
            self._merge_at_s = now_s + (0.0 if await self._merge(is_stopping) else MERGE_EVERY_S)

    async def _expire(self, is_stopping: Callable[[], bool]) -> bool:
        """True when there may be more."""
        if not self._max_age:
            return False
        now = self._now()
        async with self._database.reading() as conn:
            old = await expiring.find_expired(conn, now - self._max_age)
        for part in old:
            if is_stopping():
                return False
            async with self._database.writing() as conn:
                expired = await expiring.give_up(conn, part)
                await add_counts(conn, [(Counted.EXPIRED, "too_old", expired)], now)
        return sum(len(part.ids) for part in old) >= expiring.FOUND_AT_ONCE

    async def _merge(self, is_stopping: Callable[[], bool]) -> bool:
        """True when there may be more."""
        now, merged = self._now(), 0
        async with self._database.reading() as conn:
            self._is_after_outage |= await outages.was_silent(conn, now)
            is_after = self._is_after_outage  # of all: messages leave again while the rest is merged
            late = await outages.find_late(conn, now, CHATS_AT_ONCE, is_after_outage=is_after)
        for part in outages.in_parts(late):
            if is_stopping():
                return False
            async with self._database.writing() as conn:
                merged += await outages.merge_late(conn, part, now)
        self._is_after_outage &= merged >= CHATS_AT_ONCE
        return merged >= CHATS_AT_ONCE
