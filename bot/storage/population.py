"""How many chats there are, where they look and how they read; numbers alone, nobody in particular."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import count_chats
from bot.storage.tables import chat, subscription

CHATS_AT_ONCE: Final = 50_000
WEEK, MONTH = timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Population:
    """Chats that are here, that chose anything, that are gone; and of those here the new ones."""

    active: int
    subscribed: int
    gone: int
    new_in_week: int
    new_in_month: int
    languages: tuple[tuple[str | None, int], ...]
    """Every language with its chats, the most frequent first; None: it never said one."""
    regions: tuple[tuple[str, int], ...]
    """The regions that most chats chose, with how many did."""


async def count_population(conn: AsyncConnection, now: datetime, most_regions: int) -> Population:
    """How it stands now; `most_regions` of them are told."""
    counted = await count_chats(conn)
    many = func.count()
    spoken = await count_languages(conn)
    regions = (
        select(subscription.c.region_id, many)
        .join(chat, chat.c.id == subscription.c.chat_id)
        .where(_IS_HERE)
        .group_by(subscription.c.region_id)
        .order_by(many.desc(), subscription.c.region_id)
        .limit(most_regions)
    )
    return Population(
        *(counted.active, await _count_choosing(conn), counted.gone),
        new_in_week=await _count_new(conn, now - WEEK),
        new_in_month=await _count_new(conn, now - MONTH),
        languages=tuple(sorted(spoken.items(), key=lambda each: (-each[1], each[0] or ""))),
        regions=tuple([(row[0], row[1]) for row in await conn.execute(regions)]),
    )


_IS_HERE = chat.c.gone_at.is_(None)


async def count_languages(conn: AsyncConnection, at_once: int = CHATS_AT_ONCE) -> Counter[str | None]:
    """How many chats there are of each language.

    Part by part: to group a million chats at once SQLite would hold them all in memory.
    """
    last = (await conn.execute(select(func.max(chat.c.id)))).scalar() or 0
    spoken: Counter[str | None] = Counter()
    for first in range(0, last + 1, at_once):
        part = (_IS_HERE, chat.c.id >= first, chat.c.id < first + at_once)
        rows = await conn.execute(
            select(chat.c.language, func.count()).where(*part).group_by(chat.c.language)
        )
        spoken.update({row[0]: row[1] for row in rows})
    return spoken


async def _count_new(conn: AsyncConnection, since: datetime) -> int:
    new = select(func.count()).select_from(chat).where(_IS_HERE, chat.c.created_at > since)
    return int((await conn.execute(new)).scalar_one())


async def _count_choosing(conn: AsyncConnection) -> int:
    chose = select(subscription.c.chat_id).where(subscription.c.chat_id == chat.c.id).exists()
    choosing = select(func.count()).select_from(chat).where(_IS_HERE, chose)
    return int((await conn.execute(choosing)).scalar_one())
