"""Inserting what may be there already, alike on both databases."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Insert = sqlite.Insert | postgresql.Insert


def insert_as(dialect: str, table: Table) -> Insert:
    """The INSERT of a kind of database, which knows ON CONFLICT."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)


def insert_for(conn: AsyncConnection, table: Table) -> Insert:
    """The database's own INSERT, which knows ON CONFLICT."""
    return insert_as(conn.dialect.name, table)


def insert_new(conn: AsyncConnection, table: Table) -> Insert:
    """An INSERT that leaves out the rows that are there already."""
    return insert_for(conn, table).on_conflict_do_nothing()
