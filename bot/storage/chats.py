"""Chats, groups, topics and channels: they come, go, return, move and are forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Length, Sound
from bot.model import ChatKind, ChatStyle, DeliveryState
from bot.storage.inserts import insert_new
from bot.storage.states import ChatState
from bot.storage.tables import IS_FOLLOW_UP, IS_MESSAGE, chat, delivery, incident, notice

_OPEN = "is_open"
"""The key of a setting."""

KEEP_GONE = timedelta(hours=48)
"""A chat that returns within this time finds its settings as they were."""


@dataclass(frozen=True, slots=True)
class Chat:
    """A place to write to: `id` is ours, `telegram_id` with `topic_id` (0: none) is Telegram's."""

    id: int
    telegram_id: int
    topic_id: int
    kind: ChatKind
    language: str | None
    state: ChatState
    gone_at: datetime | None
    not_before: datetime | None
    """Telegram asked to send nothing to it before this time."""
    created_at: datetime
    settings: dict[str, Any]
    style: ChatStyle = ChatStyle.LIVING
    sound: Sound = Sound.ALL
    length: Length = Length.FULL

    @property
    def is_open(self) -> bool:
        """True for a group in which all members may change the settings."""
        return bool(self.settings.get(_OPEN))


@dataclass(frozen=True, slots=True)
class ChatCount:
    """How many chats can be written to, and how many left."""

    active: int
    gone: int


async def ensure_chat(
    conn: AsyncConnection,
    telegram_id: int,
    kind: ChatKind,
    now: datetime,
    topic_id: int = 0,
    language: str | None = None,
) -> Chat:
    """The chat, made when it is new. `language` is what a new one begins with; a known one keeps its own."""
    row = {"telegram_id": telegram_id, "topic_id": topic_id, "kind": kind, "language": language}
    fresh = {"state": ChatState.ACTIVE, "created_at": now, "settings": {}}
    await conn.execute(insert_new(conn, chat).values(**row, **fresh))
    found = await find_chat(conn, telegram_id, topic_id)
    assert found is not None, "a chat that was just inserted"  # noqa: S101 - the row's uniqueness says so
    return found


async def find_chat(conn: AsyncConnection, telegram_id: int, topic_id: int = 0) -> Chat | None:
    """The chat by Telegram's numbers."""
    statement = select(chat).where(chat.c.telegram_id == telegram_id, chat.c.topic_id == topic_id)
    row = (await conn.execute(statement)).first()
    return None if row is None else _chat(row)


async def get_chat(conn: AsyncConnection, chat_id: int) -> Chat | None:
    """The chat by our own number."""
    row = (await conn.execute(select(chat).where(chat.c.id == chat_id))).first()
    return None if row is None else _chat(row)


async def topics_of(conn: AsyncConnection, telegram_id: int) -> list[Chat]:
    """A chat and its topics, as far as they are known here."""
    rows = await conn.execute(select(chat).where(chat.c.telegram_id == telegram_id).order_by(chat.c.topic_id))
    return [_chat(row) for row in rows]


async def count_chats(conn: AsyncConnection) -> ChatCount:
    """How many chats there are, without a look at each: SQLite would sort a million to group them."""
    every = select(func.count()).select_from(chat)
    gone = int((await conn.execute(every.where(chat.c.gone_at.is_not(None)))).scalar_one())
    return ChatCount(int((await conn.execute(every)).scalar_one()) - gone, gone)


async def set_language(conn: AsyncConnection, chat_id: int, language: str) -> None:
    """Write to the chat in another language from now on."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(language=language))


async def set_style(conn: AsyncConnection, chat_id: int, style: ChatStyle) -> None:
    """Tell the chat of changes in another way from now on."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(style=style))


async def set_sound(conn: AsyncConnection, chat_id: int, sound: Sound) -> None:
    """From now on only messages of that severity sound in the chat."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(sound=sound))


async def set_length(conn: AsyncConnection, chat_id: int, length: Length) -> None:
    """Tell the chat more, or less, of each incident from now on."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(length=length))


async def set_settings(conn: AsyncConnection, chat_id: int, settings: dict[str, Any]) -> None:
    """Replace a chat's other settings."""
    await conn.execute(update(chat).where(chat.c.id == chat_id).values(settings=settings))


async def set_open(conn: AsyncConnection, chat_id: int, *, is_open: bool) -> None:
    """Let all members of a group change its settings from now on, or its admins alone."""
    found = await get_chat(conn, chat_id)
    kept = {key: value for key, value in (found.settings if found else {}).items() if key != _OPEN}
    await set_settings(conn, chat_id, kept | ({_OPEN: True} if is_open else {}))


async def mark_gone(conn: AsyncConnection, chat_id: int, now: datetime) -> int:
    """The chat cannot be written to: what waits for it expires, its choice is kept. Returns what expired."""
    is_here = (chat.c.id == chat_id, chat.c.state == ChatState.ACTIVE)
    await conn.execute(update(chat).where(*is_here).values(state=ChatState.GONE, gone_at=now))
    expired = {"state": DeliveryState.EXPIRED, "reason": "the chat is gone", "not_before": None}
    many = 0
    states = (DeliveryState.PENDING, DeliveryState.HELD)
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        waiting = update(delivery).where(form, *of_chat(chat_id), delivery.c.state.in_(states))
        many += (await conn.execute(waiting.values(**expired))).rowcount
    return many


async def restore(conn: AsyncConnection, chat_id: int, now: datetime) -> bool:
    """The chat is back and hears of what comes after `now`; False when it was never gone."""
    is_away = (chat.c.id == chat_id, chat.c.state == ChatState.GONE, chat.c.gone_at <= now)
    back = update(chat).where(*is_away).values(state=ChatState.ACTIVE, gone_at=None, not_before=None)
    return bool((await conn.execute(back)).rowcount)


async def forget(conn: AsyncConnection, chat_id: int) -> bool:
    """Remove everything about a chat; False when nothing was known of it."""
    await conn.execute(delete(delivery).where(IS_MESSAGE, *of_chat(chat_id)))
    await conn.execute(delete(delivery).where(IS_FOLLOW_UP, *of_chat(chat_id)))
    return bool((await conn.execute(delete(chat).where(chat.c.id == chat_id))).rowcount)


async def purge_gone(conn: AsyncConnection, now: datetime, keep: timedelta = KEEP_GONE) -> int:
    """Forget a chat that has been gone for `keep`; returns how many that was, 0: none is left.

    One by one: the history of each is looked through.
    """
    gone = select(chat.c.id).where(chat.c.gone_at.is_not(None), chat.c.gone_at <= now - keep).limit(1)
    chat_ids = list((await conn.execute(gone)).scalars())
    for chat_id in chat_ids:
        await forget(conn, chat_id)
    return len(chat_ids)


def of_chat(chat_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """A chat's deliveries; with IS_MESSAGE or IS_FOLLOW_UP an index finds them, incident by incident."""
    told = select(incident.c.id).union_all(select(-notice.c.id))
    return delivery.c.incident_id.in_(told), delivery.c.chat_id == chat_id


def _chat(row: Row[Any]) -> Chat:
    return Chat(**row._asdict())
