"""The process that the kill test kills: it delivers what the outbox holds and ends when nothing is left."""

from __future__ import annotations

import asyncio
import logging

from bot.storage.database import Database
from tests.delivery.outbox import delivering, is_done
from tests.telegram_server import TelegramServer

RATE = 500.0


def deliver_all(url: str, port: int) -> None:
    """Deliver until the outbox is empty."""
    logging.disable()  # thirty warnings of thirty deaths are no news
    asyncio.run(_deliver_all(url, port))


async def _deliver_all(url: str, port: int) -> None:
    database = await Database.open(url)
    try:
        async with delivering(database, TelegramServer(port=port), rate=RATE):
            while not await is_done(database):  # noqa: ASYNC110 - another process's end is asked for too
                await asyncio.sleep(0.05)
    finally:
        await database.close()
