"""The bot as every test of the conversation meets it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage.database import Database
from tests.chat import Scene, Somebody, open_bot


@pytest.fixture
async def scene(db: Database) -> AsyncIterator[Scene]:
    """A running bot with two theatres; user 99 is its admin."""
    async with open_bot(db) as running:
        yield running


@pytest.fixture
def anna(scene: Scene) -> Somebody:
    """Somebody who has never talked to the bot."""
    return scene.person(7)
