"""What every test may ask for: a database (each test runs once on every kind) and a clock."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL

from bot.storage.database import Database
from bot.storage.tables import metadata
from tests.clock import FakeClock
from tests.databases import WHY_NOT, create_database, drop_database, find_server, sqlite_url


def pytest_configure() -> None:
    """No example of a property has a time limit: a busy machine is no fault."""
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


@pytest.fixture
def clock() -> FakeClock:
    """A clock that stands at nine in the morning of 12 December 2020, UTC."""
    return FakeClock()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An SQLite file with the schema, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    asyncio.run(_migrate(sqlite_url(path)))
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[URL | None]:
    """A PostgreSQL database of this process with the schema; None where no server answers."""
    server = find_server()
    if server is None:
        yield None
        return
    database = create_database(server)
    try:
        asyncio.run(_migrate(database.render_as_string(hide_password=False)))
        yield database
    finally:
        drop_database(server, database)


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database with the schema: on SQLite, then again on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "trucewatch.db"
        shutil.copyfile(request.getfixturevalue("migrated_sqlite"), path)
        return sqlite_url(path)
    database: URL | None = request.getfixturevalue("migrated_postgres")
    if database is None:
        pytest.skip(WHY_NOT)
    return database.render_as_string(hide_password=False)


@pytest.fixture
async def db(db_url: str) -> AsyncIterator[Database]:
    """An open, empty database."""
    database = await Database.open(db_url)
    try:
        if database.dialect == "postgresql":
            await empty_tables(database)
        yield database
    finally:
        await database.close()


@pytest.fixture
async def empty_url(db: Database, db_url: str) -> AsyncIterator[str]:
    """The address of a database in which nothing is, and which is left so: for whole services."""
    await db.close()
    yield db_url
    database = await Database.open(db_url)
    await empty_tables(database)
    await database.close()


async def empty_tables(database: Database) -> None:
    """Take every row away: the tests of a process share one PostgreSQL database."""
    async with database.writing() as conn:
        for table in reversed(metadata.sorted_tables):
            await conn.execute(table.delete())


async def _migrate(url: str) -> None:
    await (await Database.open(url)).close()
