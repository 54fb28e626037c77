"""What scenarios of the whole service ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.storage.database import Database
from tests.conftest import empty_tables


@pytest.fixture
async def empty_url(db: Database, db_url: str) -> AsyncIterator[str]:
    """A database in which nothing is, and which is left so: other tests know no closed bot."""
    await db.close()
    yield db_url
    database = await Database.open(db_url)
    await empty_tables(database)
    await database.close()
