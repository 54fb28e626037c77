"""The real outbox at work beside a scenario: what was committed arrives at the fake Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from bot.commands.author import make_author
from bot.deliver import Clock, Deliverer
from bot.pace import Pacer
from bot.sender import Sender
from tests.chat import Scene

FAST = 5_000.0


@asynccontextmanager
async def delivering(scene: Scene) -> AsyncIterator[asyncio.Event]:
    """The outbox runs until the block ends; setting the event tells it that something was committed."""
    desk, wake = scene.desk, asyncio.Event()
    author = make_author(desk.facts, desk.words, scene.clock.now, desk.seal_key, desk.admins)
    deliverer = Deliverer(
        scene.db,
        Sender(scene.application.bot),
        Pacer(FAST),
        author,
        wake,
        rate=FAST,
        max_age=timedelta(hours=24),
        clock=Clock(scene.clock.now),
    )
    running = asyncio.create_task(deliverer.run())
    try:
        yield wake
    finally:
        await deliverer.stop()
        await running
