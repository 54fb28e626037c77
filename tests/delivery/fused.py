"""A deliverer that dies, as suddenly as SIGKILL, at one boundary that is chosen by its number.

Boundaries are the moments before and after every commit, and before and after every HTTP request.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.storage.database import Database
from bot.transport import AiohttpRequest
from tests.delivery.outbox import delivering, is_done
from tests.telegram_server import TelegramServer

BURNT, ENDED = 9, 0
"""Exit statuses: died at the boundary; there was none of that number, all is delivered."""


class Fuse:
    """Counts boundaries and ends the process at one of them; 0: at none, -1: before the first request."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.passed = 0

    def burn(self, is_request: bool = False) -> None:
        self.passed += 1
        if self.passed == self._at or (is_request and self._at == -1):
            os._exit(BURNT)


class FusedDatabase(Database):
    """Every commit is two boundaries."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine) -> None:
        super().__init__(writer, reader)
        self.fuse = Fuse(0)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        async with super().writing() as conn:
            yield conn
            self.fuse.burn()
        self.fuse.burn()


class FusedRequest(AiohttpRequest):
    """Every request is two boundaries: it has not left, and it has been answered."""

    __slots__ = ("_fuse",)

    def __init__(self, fuse: Fuse) -> None:
        super().__init__()
        self._fuse = fuse

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        self._fuse.burn(is_request=True)
        answer = await super().do_request(*args, **kwargs)
        self._fuse.burn()
        return answer


def deliver_until(url: str, port: int, at: int) -> None:
    """Deliver what the outbox holds, and die at boundary `at`."""
    logging.disable()
    asyncio.run(_deliver_until(url, port, at))


async def _deliver_until(url: str, port: int, at: int) -> None:
    database = await FusedDatabase.open(url)
    database.fuse = Fuse(at)
    try:
        request = FusedRequest(database.fuse)
        async with delivering(database, TelegramServer(port=port), request=request):
            while not await is_done(database):  # noqa: ASYNC110 - the database has no signal
                await asyncio.sleep(0.03)
    finally:
        await database.close()
