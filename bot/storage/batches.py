"""One statement for many rows, past what SQLAlchemy does for each: that costs more than the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Dialect, UpdateBase
from sqlalchemy.ext.asyncio import AsyncConnection


async def execute_rows(
    conn: AsyncConnection, statement: UpdateBase, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run a statement of at least two parameters for each row; without rows nothing.

    `statement` is one that lives as long as the program. Values are given as they are stored.
    """
    if rows:
        text, pick = _compile(statement, conn.dialect)
        await conn.exec_driver_sql(text, [pick(row) for row in rows])


@lru_cache
def _compile(statement: UpdateBase, dialect: Dialect) -> tuple[str, itemgetter[Any]]:
    """The driver's own text, and what takes the parameters of a row in its order."""
    compiled = statement.compile(dialect=dialect)
    return str(compiled), itemgetter(*(compiled.positiontup or ()))
