"""A group that became a supergroup: Telegram gives it a new number, and all that is known moves along."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Length, Rhythm, Sound
from bot.model import ChatKind, ChatStyle, DeliveryState
from bot.storage.chats import Chat, find_chat, of_chat, topics_of
from bot.storage.digests import rhythm_of
from bot.storage.states import ChatState
from bot.storage.tables import (
    IS_FOLLOW_UP,
    IS_MESSAGE,
    chat,
    chat_filter,
    circle,
    delivery,
    keyword,
    rhythm,
    subscription,
)

_OPEN = (DeliveryState.PENDING, DeliveryState.SENDING)
_CLOSED = (DeliveryState.FAILED, DeliveryState.EXPIRED)


async def migrate(conn: AsyncConnection, old_telegram_id: int, new_telegram_id: int) -> int:
    """Move the group and its topics to the new number; returns how many moved (0 when it was done before).

    A chat that is known under the new number already takes over what it does not have: nothing is lost
    and no incident is told twice. Numbers of messages sent to the old group mean nothing in the new one.
    """
    moved = await topics_of(conn, old_telegram_id) if old_telegram_id != new_telegram_id else []
    for old in moved:
        await _forget_message_ids(conn, old)
        new = await find_chat(conn, new_telegram_id, old.topic_id)
        if new is None:
            await _renumber(conn, old, new_telegram_id)
        else:
            await _merge(conn, old, new)
    return len(moved)


async def _forget_message_ids(conn: AsyncConnection, old: Chat) -> None:
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        await conn.execute(update(delivery).where(form, *of_chat(old.id)).values(message_id=None))


async def _renumber(conn: AsyncConnection, old: Chat, new_telegram_id: int) -> None:
    values = {"telegram_id": new_telegram_id, "kind": ChatKind.SUPERGROUP, "not_before": None}
    await conn.execute(update(chat).where(chat.c.id == old.id).values(**values))


async def _merge(conn: AsyncConnection, old: Chat, new: Chat) -> None:
    await _move_rows(conn, subscription, old, new, ("region_id",))
    await _move_rows(conn, keyword, old, new, ("sign", "folded"))
    await _move_rows(conn, chat_filter, old, new, ("kind", "code"))
    await _move_rows(conn, circle, old, new, ("lat", "lon"))
    if await rhythm_of(conn, new.id) == Rhythm():
        await conn.execute(delete(rhythm).where(rhythm.c.chat_id == new.id))
        await conn.execute(update(rhythm).where(rhythm.c.chat_id == old.id).values(chat_id=new.id))
    await _move_deliveries(conn, old, new)
    values: dict[str, Any] = {
        "language": new.language or old.language,
        "settings": old.settings | new.settings,
        "style": old.style if new.style is ChatStyle.LIVING else new.style,
        "sound": old.sound if new.sound is Sound.ALL else new.sound,
        "length": old.length if new.length is Length.FULL else new.length,
    }
    if ChatState.ACTIVE in (old.state, new.state):
        values |= {"state": ChatState.ACTIVE, "gone_at": None}
    await conn.execute(update(chat).where(chat.c.id == new.id).values(**values))
    await conn.execute(delete(chat).where(chat.c.id == old.id))


async def _move_rows(conn: AsyncConnection, table: Table, old: Chat, new: Chat, key: tuple[str, ...]) -> None:
    """The old chat's rows become the new one's, save those that it has."""
    mine = {tuple(row) for row in await conn.execute(_keys(table, new, key))}
    rows = [row._asdict() for row in await conn.execute(select(table).where(table.c.chat_id == old.id))]
    missing = [row | {"chat_id": new.id} for row in rows if tuple(row[name] for name in key) not in mine]
    await conn.execute(delete(table).where(table.c.chat_id == old.id))
    if missing:
        await conn.execute(insert(table), missing)


def _keys(table: Table, chosen: Chat, key: tuple[str, ...]) -> Any:
    return select(*(table.c[name] for name in key)).where(table.c.chat_id == chosen.id)


async def _move_deliveries(conn: AsyncConnection, old: Chat, new: Chat) -> None:
    """Of two messages about one incident the one that is further along stays."""
    mine = await _messages(conn, new)
    for incident_id, (delivery_id, state) in (await _messages(conn, old)).items():
        rival_id, rival_state = mine.get(incident_id, (None, None))
        if rival_id is None:
            continue
        loser = rival_id if _is_better(state, rival_state) else delivery_id
        await conn.execute(delete(delivery).where(delivery.c.id == loser))
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        await conn.execute(update(delivery).where(form, *of_chat(old.id)).values(chat_id=new.id))


async def _messages(conn: AsyncConnection, owner: Chat) -> dict[int, tuple[int, DeliveryState]]:
    statement = select(delivery.c.incident_id, delivery.c.id, delivery.c.state)
    rows = await conn.execute(statement.where(IS_MESSAGE, *of_chat(owner.id)))
    return {row.incident_id: (row.id, row.state) for row in rows}


def _is_better(state: DeliveryState, rival: DeliveryState | None) -> bool:
    """Whether a message beats its rival: sent, then on its way, then waiting, then what came to nothing."""
    order = [*_CLOSED[::-1], DeliveryState.HELD, *_OPEN, DeliveryState.SENT]
    return rival is None or order.index(state) > order.index(rival)
