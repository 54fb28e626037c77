"""Many rows at once: one statement for them, past what SQLAlchemy does for each, and long lists in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Final, TypeVar

from sqlalchemy import Dialect, UpdateBase
from sqlalchemy.ext.asyncio import AsyncConnection

LISTED: Final = 500
"""Values in one IN list: every database takes as many."""
_T = TypeVar("_T")


def in_slices(values: Sequence[_T], size: int = LISTED) -> Iterator[Sequence[_T]]:
    """The values in their order, at most `size` at a time."""
    return (values[start : start + size] for start in range(0, len(values), size))


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
