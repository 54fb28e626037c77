"""Regions that the data no longer has: whoever chose one keeps what it held, under the ids of today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Table, delete, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Trait
from bot.storage.inserts import insert_new
from bot.storage.tables import chat_filter, subscription


async def rename_regions(conn: AsyncConnection, former: Mapping[str, Sequence[str]]) -> int:
    """Put what each former region has become in its place, in choices and mutes; returns choices changed."""
    chosen = select(subscription.c.region_id).where(subscription.c.region_id.in_(former)).distinct()
    changed = 0
    for old in (await conn.execute(chosen)).scalars().all():
        changed += await _replace(conn, subscription, "region_id", old, former[old])
    is_mute = (chat_filter.c.kind == Trait.REGION, chat_filter.c.code.in_(former))
    for old in (await conn.execute(select(chat_filter.c.code).where(*is_mute).distinct())).scalars().all():
        await _replace(conn, chat_filter, "code", old, former[old])
    return changed


async def _replace(conn: AsyncConnection, table: Table, column: str, old: str, present: Sequence[str]) -> int:
    """A row for each of the ids of today, where there is none, instead of the former one's."""
    own = table.c[column] == old
    if table is chat_filter:
        own &= chat_filter.c.kind == Trait.REGION
    names = [each.name for each in table.columns]
    for new in present:
        values = [literal(new).label(name) if name == column else table.c[name] for name in names]
        await conn.execute(insert_new(conn, table).from_select(names, select(*values).where(own)))
    return (await conn.execute(delete(table).where(own))).rowcount
