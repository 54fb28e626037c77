"""Sources that tell of many new incidents within an hour: what was alerted, and what was held back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserts import insert_for
from bot.storage.tables import surge as table

SURGE_LASTS = timedelta(hours=1)
"""How long after the first of its alerts a source's new incidents are counted together."""


@dataclass(frozen=True, slots=True)
class Surge:
    """An hour of one source: new incidents that were alerted, and ids of those held for one roll-up."""

    source_id: str
    started_at: datetime
    alerted: int = 0
    held: tuple[int, ...] = ()
    told_at: datetime | None = None
    """When the admins were told of it."""


async def current_surge(conn: AsyncConnection, source_id: str, now: datetime) -> Surge:
    """The source's hour that `now` lies in; a new one, not yet stored, when there is none."""
    statement = (
        select(table)
        .where(
            table.c.source_id == source_id, table.c.started_at > now - SURGE_LASTS, table.c.started_at <= now
        )
        .order_by(table.c.started_at.desc())
    )
    row = (await conn.execute(statement.limit(1))).first()
    return Surge(source_id, now) if row is None else Surge(**row._asdict())


async def save_surge(conn: AsyncConnection, changed: Surge) -> None:
    """Store what has become of a source's hour."""
    key = {"source_id": changed.source_id, "started_at": changed.started_at}
    values = {"alerted": changed.alerted, "held": changed.held, "told_at": changed.told_at}
    added = insert_for(conn, table).values(**key, **values)
    await conn.execute(added.on_conflict_do_update(index_elements=list(key), set_=values))


async def untold_surges(conn: AsyncConnection) -> list[Surge]:
    """Hours in which incidents were held back and of which the admins were not told, the oldest first."""
    statement = select(table).where(table.c.told_at.is_(None)).order_by(table.c.started_at, table.c.source_id)
    found = [Surge(**row._asdict()) for row in await conn.execute(statement)]
    return [each for each in found if each.held]


async def mark_surge_told(conn: AsyncConnection, told: Surge, now: datetime) -> Surge:
    """The admins were told of this hour; returns it as stored."""
    is_it = (table.c.source_id == told.source_id) & (table.c.started_at == told.started_at)
    await conn.execute(update(table).where(is_it).values(told_at=now))
    return replace(told, told_at=now)


async def drop_surges(conn: AsyncConnection, before: datetime) -> int:
    """Forget hours that began before a time, unless the admins still wait for word. Returns rows."""
    is_over = (table.c.started_at < before) & ((table.c.told_at.is_not(None)) | (table.c.held == ()))
    return (await conn.execute(delete(table).where(is_over))).rowcount


async def ended_surges(conn: AsyncConnection, now: datetime) -> list[Surge]:
    """Hours that are over and still hold incidents back, the oldest first."""
    statement = select(table).where(table.c.started_at <= now - SURGE_LASTS).order_by(table.c.started_at)
    found = [Surge(**row._asdict()) for row in await conn.execute(statement)]
    return [each for each in found if each.held]
