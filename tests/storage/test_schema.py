"""The migrations in the package give exactly the tables that the code names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from bot.storage.database import Database
from bot.storage.migrating import alembic_config
from bot.storage.tables import SCHEMA_REVISION, metadata
from tests.databases import WHY_NOT, create_database, drop_database, find_server, sqlite_url

OBJECTS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'",
    "postgresql": """
        SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
        UNION ALL SELECT table_name || '.' || column_name,
            concat(data_type, is_nullable, is_identity, column_default IS NOT NULL)
            FROM information_schema.columns WHERE table_schema = 'public'
        UNION ALL SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
    """,
}


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database in which nothing is yet."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "fresh.db")
        return
    server = find_server()
    if server is None:
        pytest.skip(WHY_NOT)
    database = create_database(server)
    try:
        yield database.render_as_string(hide_password=False)
    finally:
        drop_database(server, database)


def objects(connection: Connection) -> dict[str, list[str]]:
    """Everything that the schema consists of, by name, in the database's own words, clauses sorted."""
    found = connection.execute(text(OBJECTS[connection.dialect.name])).all()
    own = {name: sql for name, sql in found if "alembic" not in name}
    return {name: sorted(re.split(r"[\s\",()]+", sql)) for name, sql in own.items()}


def differences(connection: Connection) -> list[object]:
    """What Alembic would change to make the database equal the tables in the code."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrated_equals_fresh(fresh_url: str) -> None:
    """Tables, columns, keys, indices and their conditions are the same, whichever way they were made."""
    await (await Database.open(fresh_url)).close()
    engine = create_async_engine(make_url(fresh_url))
    try:
        async with engine.begin() as conn:
            migrated = await conn.run_sync(objects)
            assert await conn.run_sync(differences) == []
            await conn.run_sync(metadata.drop_all)
            assert await conn.run_sync(objects) == {}
            await conn.run_sync(metadata.create_all)
            assert await conn.run_sync(objects) == migrated
    finally:
        await engine.dispose()


async def test_the_newest_revision_is_named(db: Database) -> None:
    """The constant that spares the migrations' work at a start names the newest of them."""
    async with db.reading() as conn:
        config = await conn.run_sync(alembic_config)
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA_REVISION]


async def test_an_empty_database_is_migrated(fresh_url: str) -> None:
    """Opening an empty database makes the tables; opening it again changes nothing."""
    for _ in range(2):
        db = await Database.open(fresh_url)
        async with db.reading() as conn:
            assert (
                await conn.execute(text("SELECT version_num FROM alembic_version"))
            ).scalar() == SCHEMA_REVISION
        await db.close()
