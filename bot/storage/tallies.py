"""What is counted for good, by the hour; what is older than the hours that anybody asks for, in one sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.batches import execute_rows
from bot.storage.columns import EPOCH, to_microseconds
from bot.storage.inserts import Insert, insert_as
from bot.storage.tables import tally
from bot.watch.counts import Count, Counted

KEEP_HOURS = timedelta(days=8)
"""Counts by the hour are kept so long; percentiles are told of seven days."""

Totals = dict[tuple[Counted, str], int]
"""How many by name and label."""


async def add_counts(conn: AsyncConnection, counts: Iterable[Count], now: datetime) -> None:
    """Count in the transaction of what is counted: both are kept, or neither."""
    summed: Counter[tuple[Counted, str]] = Counter()
    for name, label, many in counts:
        summed[name, label] += many
    hour = now.replace(minute=0, second=0, microsecond=0)
    await _add(conn, summed, hour)


async def totals(conn: AsyncConnection, since: datetime | None = None) -> Totals:
    """All that was counted in the hours that began at `since` or later; None: ever."""
    statement = select(tally.c.name, tally.c.label, func.sum(tally.c.many).label("many"))
    if since is not None:
        statement = statement.where(tally.c.hour >= since)
    rows = await conn.execute(statement.group_by(tally.c.name, tally.c.label))
    return {(row.name, row.label): int(row.many) for row in rows}


async def fold_hours(conn: AsyncConnection, now: datetime) -> None:
    """Put the hours that are too old to be asked for into one sum: the totals stay what they are."""
    is_old = (tally.c.hour < now - KEEP_HOURS, tally.c.hour > EPOCH)
    statement = select(tally.c.name, tally.c.label, func.sum(tally.c.many).label("many"))
    rows = await conn.execute(statement.where(*is_old).group_by(tally.c.name, tally.c.label))
    old = Counter({(row.name, row.label): int(row.many) for row in rows})
    await conn.execute(delete(tally).where(*is_old))
    await _add(conn, old, EPOCH)


async def _add(conn: AsyncConnection, summed: Counter[tuple[Counted, str]], hour: datetime) -> None:
    rows = [
        {"hour": to_microseconds(hour), "name": str(name), "label": str(label), "many": many}
        for (name, label), many in sorted(summed.items())
        if many
    ]
    await execute_rows(conn, _more(conn.dialect.name), rows)


@lru_cache
def _more(dialect: str) -> Insert:
    statement = insert_as(dialect, tally).values(
        {name: bindparam(name) for name in ("hour", "name", "label", "many")}
    )
    more = {"many": tally.c.many + statement.excluded.many}
    return statement.on_conflict_do_update(index_elements=["hour", "name", "label"], set_=more)
