"""What chats kept is told when their hours come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.storage.alerts import drop_traits
from bot.storage.database import Database
from bot.storage.digests import release_due
from bot.storage.filters import drop_mutes

LOOKED_BACK = timedelta(days=8)
"""A preview tells of the last seven."""
AT_ONCE = 200
"""Chats in one transaction: tens of milliseconds, so that no other writer waits long."""


class Digests:
    """Looks for chats whose hold is over; what was missed while the service was down comes at its start."""

    def __init__(self, database: Database, now: Callable[[], datetime], wake: Callable[[], None]) -> None:
        """`wake` tells the outbox that there is something to send."""
        self._database, self._now, self._wake = database, now, wake

    async def look(self) -> None:
        """Make every digest that is due."""
        released = AT_ONCE
        while released == AT_ONCE:
            async with self._database.writing() as conn:
                released = await release_due(conn, self._now(), AT_ONCE)
            if released:
                self._wake()

    async def tidy(self) -> None:
        """Forget what no preview looks back to."""
        before = self._now() - LOOKED_BACK
        async with self._database.writing() as conn:
            await drop_mutes(conn, before)
            await drop_traits(conn, before)
