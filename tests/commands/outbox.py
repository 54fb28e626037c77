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
from bot.storage.alerts import unqueued_alerts
from bot.storage.deliveries import is_anything_due
from tests.chat import Scene
from tests.clock import PATIENCE_S

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


async def deliver_waiting(scene: Scene) -> None:
    """Everything that waits arrives; returns when nothing is due any more."""
    async with delivering(scene) as wake:
        wake.set()
        async with asyncio.timeout(PATIENCE_S):
            while await _is_waiting(scene):  # noqa: ASYNC110 - the database has no signal
                await asyncio.sleep(0.02)


async def _is_waiting(scene: Scene) -> bool:
    async with scene.db.reading() as conn:
        return bool(await unqueued_alerts(conn)) or await is_anything_due(conn, scene.clock.now())
