"""Inserting what may be there already, alike on both databases."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_for(conn: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """The database's own INSERT, which knows ON CONFLICT."""
    return sqlite.insert(table) if conn.dialect.name == "sqlite" else postgresql.insert(table)


def insert_new(conn: AsyncConnection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that leaves out the rows that are there already."""
    return insert_for(conn, table).on_conflict_do_nothing()
