"""Values that the tests of storage begin with; each test says only what matters to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.folding import fold
from bot.model import (
    Alert,
    AlertKind,
    ChatKind,
    Claim,
    DeliveryForm,
    Finding,
    Incident,
    Report,
    Source,
    SourceKind,
    SourceType,
    Stance,
)
from bot.reading.text import terms
from bot.storage.alerts import Chunk, add_alert, queue_next_chunk
from bot.storage.chats import Chat, ensure_chat
from bot.storage.expiring import find_expired, give_up
from bot.storage.incidents import add_incident
from bot.storage.subscriptions import set_keywords, subscribe
from bot.storage.tables import chat, delivery
from tests.clock import START

WIRE = Source("wire", "The Wire", SourceKind.FEED, "https://wire.example/rss", SourceType.AGENCY)
FINDING = Finding(is_violation=True, score=0.9, language="en", theatre="north")


def a_report(key: str = "k1", source: Source = WIRE, **changes: Any) -> Report:
    """A report as a source published it at the start of the clock."""
    report = Report(source, key, f"https://wire.example/{key}", "Shelling", "Shells fell.", START, START)
    return replace(report, **changes)


def an_incident(code: str = "N-1", regions: tuple[str, ...] = ("north", "hill"), **changes: Any) -> Incident:
    """An incident in the theatre `north`, not yet stored."""
    incident = Incident(None, code, "north", date(2020, 12, 12), START, START, (), regions=regions)
    return replace(incident, **changes)


def a_claim(said_at: datetime = START) -> Claim:
    """What an agency says."""
    return Claim(
        speaker="wire",
        speaker_type=SourceType.AGENCY,
        side="neutral",
        origin="wire",
        stance=Stance.CLAIM,
        report_id=1,
        source_id="wire",
        source_name="The Wire",
        url="https://wire.example/1",
        title="Shelling",
        language="en",
        said_at=said_at,
    )


def an_alert(incident: Incident, text: str = "", kind: AlertKind = AlertKind.NEW) -> Alert:
    """An alert whose reports say `text`."""
    folded = fold(text)
    return Alert(None, incident, kind, START, terms(folded), folded)


async def a_chat(conn: AsyncConnection, number: int, *regions: str, **keywords: tuple[str, ...]) -> Chat:
    """A private chat that chose these regions and keywords (`include`, `exclude`)."""
    made = await ensure_chat(conn, number, ChatKind.PRIVATE, START)
    await subscribe(conn, made.id, regions)
    await set_keywords(conn, made.id, keywords.get("include", ()), keywords.get("exclude", ()))
    return made


async def tell(
    conn: AsyncConnection,
    incident: Incident,
    text: str = "",
    kind: AlertKind = AlertKind.NEW,
    follow_up: DeliveryForm = DeliveryForm.EDIT,
    now: datetime = START,
    kinds: tuple[AlertKind, ...] = (),
) -> tuple[Incident, int]:
    """Store the incident if it is new and an alert of it, queued for everybody; returns both (an id)."""
    stored = incident if incident.id else await add_incident(conn, incident)
    alert_id = await add_alert(conn, replace(an_alert(stored, text, kind), kinds=kinds), follow_up)
    chunk = Chunk(0, is_done=False)
    while not chunk.is_done:
        chunk = await queue_next_chunk(conn, alert_id, now)
    return stored, alert_id


async def expire(conn: AsyncConnection, before: datetime) -> int:
    """Give up what was queued before then and waits still; how many."""
    return sum([await give_up(conn, part) for part in await find_expired(conn, before)])


async def queued(conn: AsyncConnection, alert_id: int) -> dict[int, str]:
    """Which chats (by Telegram's number) an alert was queued for, and in what form."""
    statement = (
        select(chat.c.telegram_id, delivery.c.form)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(delivery.c.alert_id == alert_id)
    )
    return {row.telegram_id: str(row.form) for row in await conn.execute(statement)}


async def states(conn: AsyncConnection) -> list[tuple[int, str, str]]:
    """Every delivery as (Telegram's number of the chat, form, state), in order."""
    statement = (
        select(chat.c.telegram_id, delivery.c.form, delivery.c.state)
        .join(chat, chat.c.id == delivery.c.chat_id)
        .order_by(delivery.c.id)
    )
    return [(row.telegram_id, str(row.form), str(row.state)) for row in await conn.execute(statement)]
