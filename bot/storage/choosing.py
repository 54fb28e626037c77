"""All that a chat has chosen at once: read for a file, replaced by one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Length, Rhythm, Sound, Trait
from bot.model import ChatStyle, IncidentStatus
from bot.storage.chats import set_language, set_length, set_sound, set_style
from bot.storage.digests import save_rhythm
from bot.storage.filters import ask_for, drop_circles, put_circle
from bot.storage.subscriptions import Filters, set_keywords, subscribe, unsubscribe


async def replace_filters(conn: AsyncConnection, chat_id: int, chosen: Filters) -> None:
    """The chat hears of exactly this from now on."""
    await unsubscribe(conn, chat_id)
    await subscribe(conn, chat_id, chosen.regions)
    await drop_circles(conn, chat_id)
    for each in chosen.circles:
        await put_circle(conn, chat_id, each)
    await set_keywords(conn, chat_id, chosen.include, chosen.exclude)
    await ask_for(conn, chat_id, Trait.SEVERITY, [chosen.least.value] if chosen.least else [])
    await ask_for(
        conn, chat_id, Trait.STATUS, [IncidentStatus.CONFIRMED.value] if chosen.is_confirmed_only else []
    )
    await ask_for(conn, chat_id, Trait.ACT, chosen.acts)
    await ask_for(conn, chat_id, Trait.PARTY, chosen.parties)


async def replace_manner(
    conn: AsyncConnection,
    chat_id: int,
    now: datetime,
    *,
    language: str | None,
    style: ChatStyle,
    sound: Sound,
    length: Length,
    rhythm: Rhythm,
) -> None:
    """The chat hears in this way from now on; without a language it keeps its own."""
    if language:
        await set_language(conn, chat_id, language)
    await set_style(conn, chat_id, style)
    await set_sound(conn, chat_id, sound)
    await set_length(conn, chat_id, length)
    await save_rhythm(conn, chat_id, rhythm, now)
