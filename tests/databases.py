"""Throw-away databases: SQLite files, and databases on a PostgreSQL server where one answers."""

from __future__ import annotations

import asyncio
import os
import socket
import uuid
from pathlib import Path

import asyncpg
from sqlalchemy import URL, make_url

STANDARD_SERVER = "postgresql+asyncpg://postgres@127.0.0.1:5432/postgres"
WHY_NOT = "no PostgreSQL: set TEST_DATABASE_URL or start one on 127.0.0.1:5432"


def find_server() -> URL | None:
    """The PostgreSQL server to test on: what TEST_DATABASE_URL says, else one on the standard local port."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named and named.startswith("postgres"):
        return make_url(named).set(drivername="postgresql+asyncpg")
    try:
        socket.create_connection(("127.0.0.1", 5432), timeout=5).close()
    except OSError:
        return None
    return make_url(STANDARD_SERVER)


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return f"sqlite+aiosqlite:///{path}"


def create_database(server: URL) -> URL:
    """A new, empty database on the server."""
    name = f"trucewatch_test_{uuid.uuid4().hex[:12]}"
    run_on_server(server, f'CREATE DATABASE "{name}"')
    return server.set(database=name)


def drop_database(server: URL, database: URL) -> None:
    """Remove a database made by `create_database`, whoever is still connected."""
    run_on_server(server, f'DROP DATABASE IF EXISTS "{database.database}" WITH (FORCE)')


def run_on_server(server: URL, *statements: str) -> None:
    """Run statements outside a transaction."""

    async def run() -> None:
        address = server.set(drivername="postgresql").render_as_string(hide_password=False)
        conn = await asyncpg.connect(address)
        try:
            for statement in statements:
                await conn.execute(statement)
        finally:
            await conn.close()

    asyncio.run(run())
