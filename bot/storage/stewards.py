"""Private chats from which the settings of a channel are changed for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import Chat, get_chat
from bot.storage.tables import steward


async def let_manage(conn: AsyncConnection, chat_id: int, channel_id: int, until: datetime) -> None:
    """What is said in the chat changes the channel (both our own numbers) until `until`."""
    await stop_managing(conn, chat_id)
    await conn.execute(insert(steward).values(chat_id=chat_id, channel_id=channel_id, until=until))


async def managed_from(conn: AsyncConnection, chat_id: int, now: datetime) -> Chat | None:
    """The channel that is changed from the chat at this time, if any."""
    statement = select(steward.c.channel_id).where(steward.c.chat_id == chat_id, steward.c.until > now)
    channel_id = (await conn.execute(statement)).scalar_one_or_none()
    return None if channel_id is None else await get_chat(conn, channel_id)


async def stop_managing(conn: AsyncConnection, chat_id: int) -> bool:
    """The chat changes itself again; False when it did all along."""
    return bool((await conn.execute(delete(steward).where(steward.c.chat_id == chat_id))).rowcount)
