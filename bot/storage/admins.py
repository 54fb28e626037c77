"""Admins of the bot that were added in a chat, and what each admin's chat reviews."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatKind
from bot.storage.desk_tables import admin, reviewer
from bot.storage.inserts import insert_for, insert_new
from bot.storage.tables import chat
from bot.watch.verdicts import Reviewing


async def added_admins(conn: AsyncConnection) -> dict[int, int]:
    """Telegram's numbers of the admins that were added, with who added each."""
    rows = await conn.execute(select(admin.c.telegram_id, admin.c.added_by).order_by(admin.c.added_at))
    return {row.telegram_id: row.added_by for row in rows}


async def add_admin(conn: AsyncConnection, telegram_id: int, by: int, now: datetime) -> bool:
    """Make somebody an admin of the bot; False when they were one."""
    row = {"telegram_id": telegram_id, "added_by": by, "added_at": now}
    return bool((await conn.execute(insert_new(conn, admin).values(**row))).rowcount)


async def remove_admin(conn: AsyncConnection, telegram_id: int) -> bool:
    """An added admin is one no more, and reviews nothing; False when it was none."""
    own = select(chat.c.id).where(chat.c.telegram_id == telegram_id)
    await conn.execute(delete(reviewer).where(reviewer.c.chat_id.in_(own)))
    return bool((await conn.execute(delete(admin).where(admin.c.telegram_id == telegram_id))).rowcount)


async def set_reviewing(conn: AsyncConnection, chat_id: int, reviewing: Reviewing) -> None:
    """What an admin's private chat reviews from now on."""
    statement = insert_for(conn, reviewer).values(chat_id=chat_id, reviewing=reviewing)
    await conn.execute(
        statement.on_conflict_do_update(
            index_elements=["chat_id"], set_={"reviewing": statement.excluded.reviewing}
        )
    )


async def reviewing_of(conn: AsyncConnection) -> dict[int, Reviewing]:
    """What each chat that chose it reviews, by Telegram's number."""
    chosen = {row.chat_id: row.reviewing for row in await conn.execute(select(reviewer))}
    named = select(chat.c.id, chat.c.telegram_id).where(chat.c.id.in_(chosen))
    return {row.telegram_id: chosen[row.id] for row in await conn.execute(named)}


async def drop_reviewers(conn: AsyncConnection, admins: Collection[int]) -> None:
    """Whoever is no admin any more (the settings changed) reviews nothing."""
    own = select(chat.c.id).where(chat.c.telegram_id.in_(sorted(admins)))
    await conn.execute(delete(reviewer).where(reviewer.c.chat_id.not_in(own)))


async def languages_of(conn: AsyncConnection, telegram_ids: Collection[int]) -> dict[int, str | None]:
    """The languages of those of these people who have started the bot."""
    statement = select(chat.c.telegram_id, chat.c.language).where(
        chat.c.kind == ChatKind.PRIVATE, chat.c.telegram_id.in_(sorted(telegram_ids))
    )
    return {row.telegram_id: row.language for row in await conn.execute(statement)}
