"""Scenario helpers: chats that hear of everything, alerts, a deliverer at work on the fake Telegram."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import func, select
from telegram import Bot

from bot.choices import Length
from bot.deliver import Author, Clock, Deliverer, Rendered
from bot.model import (
    Alert,
    AlertKind,
    ChatKind,
    Claim,
    DeliveryForm,
    DeliveryState,
    Incident,
    Severity,
)
from bot.pace import Pacer
from bot.sender import Sender
from bot.storage.alerts import add_alert
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.incidents import add_incident
from bot.storage.subscriptions import EVERYTHING, subscribe
from bot.storage.tables import alert as alert_table
from bot.storage.tables import chat as chat_table
from bot.storage.tables import delivery as delivery_table
from bot.transport import AiohttpRequest
from tests.clock import PATIENCE_S
from tests.telegram_server import TelegramServer

THEATRE = "armenia-azerbaijan"
FAST = 5_000.0
"""A rate at which pacing is not what a test waits for."""
DAY = timedelta(hours=24)


@dataclass
class JumpingClock:
    """The true time, which a test can move ahead."""

    ahead_s: float = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.ahead_s)

    def monotonic(self) -> float:
        return monotonic() + self.ahead_s

    def clock(self) -> Clock:
        return Clock(self.now, self.monotonic)


def plain_render(
    alert: Alert, language: str | None, form: DeliveryForm, length: Length = Length.FULL
) -> Rendered:
    """A text that names its incident and form; `<` in a code makes markup that Telegram refuses."""
    text = f"{alert.incident.code} {form}" + (f" {alert.kind}" if alert.kind is not AlertKind.NEW else "")
    return Rendered(f"<b>{text}</b>", text)


def plain_rollup(incidents: Sequence[Incident], language: str | None) -> Rendered:
    """The codes of a busy hour."""
    text = "rollup " + " ".join(each.code for each in incidents)
    return Rendered(text, text)


def kind_of(telegram_id: int) -> ChatKind:
    return ChatKind.PRIVATE if telegram_id > 0 else ChatKind.SUPERGROUP


async def add_chats(db: Database, telegram_ids: Sequence[int], topic_id: int = 0) -> list[int]:
    """Chats that subscribed to everything; their row ids."""
    now, ids = datetime.now(UTC), []
    async with db.writing() as conn:
        for telegram_id in telegram_ids:
            chat = await ensure_chat(conn, telegram_id, kind_of(telegram_id), now, topic_id)
            await subscribe(conn, chat.id, [EVERYTHING])
            ids.append(chat.id)
    return ids


async def tell(
    db: Database,
    code: str,
    severity: Severity = Severity.SERIOUS,
    created_at: datetime | None = None,
    claims: tuple[Claim, ...] = (),
) -> Incident:
    """A new incident and its alert, committed, not yet queued; the product's own rendering wants claims."""
    now = created_at or datetime.now(UTC)
    incident = Incident(
        None, code, THEATRE, date(2020, 12, 12), now, now, claims, severity=severity, regions=(THEATRE,)
    )
    async with db.writing() as conn:
        stored = await add_incident(conn, incident)
        await add_alert(conn, Alert(None, stored, AlertKind.NEW, now))
    return stored


async def follow_up(
    db: Database, incident: Incident, form: DeliveryForm, kind: AlertKind = AlertKind.CONFIRMED
) -> None:
    """An alert on what has changed, as an edit or a reply."""
    async with db.writing() as conn:
        await add_alert(conn, Alert(None, incident, kind, datetime.now(UTC)), form)


async def rows(db: Database) -> list[Any]:
    """The deliveries, oldest first, with their chat's Telegram number."""
    columns = select(delivery_table, chat_table.c.telegram_id)
    joined = columns.join_from(delivery_table, chat_table, chat_table.c.id == delivery_table.c.chat_id)
    async with db.reading() as conn:
        return list((await conn.execute(joined.order_by(delivery_table.c.id))).all())


async def is_done(db: Database) -> bool:
    """Whether nothing waits to be queued, sent or recorded."""
    is_open = delivery_table.c.state.in_([DeliveryState.PENDING, DeliveryState.SENDING])
    async with db.reading() as conn:
        unqueued = await conn.scalar(select(func.count()).where(alert_table.c.queued_at.is_(None)))
        waiting = await conn.scalar(select(func.count()).select_from(delivery_table).where(is_open))
    return not unqueued and not waiting


async def wait_until_done(db: Database, timeout_s: float = PATIENCE_S) -> None:
    """Return when the outbox is empty; the database has no signal of its own, so it is asked."""
    async with asyncio.timeout(timeout_s):
        while not await is_done(db):  # noqa: ASYNC110 - asked, as the docstring says
            await asyncio.sleep(0.02)


async def claimed_before(db: Database, incident: Incident) -> int:
    """How many deliveries of other incidents had been claimed when the newest one was queued; asked, too.

    Whoever reads it late counts more, never less.
    """
    is_its = delivery_table.c.incident_id == incident.id
    count = select(func.count()).select_from(delivery_table)
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with db.reading() as conn:
                queued = await conn.scalar(count.where(is_its))
                claimed = await conn.scalar(count.where(~is_its, delivery_table.c.attempts > 0))
            if queued:
                return int(claimed or 0)
            await asyncio.sleep(0.02)


class NotingPacer(Pacer):
    """Remembers when each request left: what arrives may have been held up on its way."""

    def __init__(self, rate: float) -> None:
        super().__init__(rate)
        self.left_s: list[float] = []

    def leave(self, chat: int, is_group: bool, form: DeliveryForm, now_s: float) -> None:
        super().leave(chat, is_group, form, now_s)
        self.left_s.append(now_s)


@dataclass
class Service:
    """A running deliverer; `wake` says that something was committed."""

    deliverer: Deliverer
    pacer: NotingPacer
    wake: asyncio.Event
    task: asyncio.Task[None]


@asynccontextmanager
async def connected(
    server: TelegramServer, read_timeout_s: float = PATIENCE_S, request: AiohttpRequest | None = None
) -> AsyncIterator[Bot]:
    """A bot whose own transport talks to the fake Telegram."""
    request = request or AiohttpRequest(read_timeout_s=read_timeout_s)
    await request.initialize()
    bot = Bot(server.token, base_url=server.base_url, request=request, get_updates_request=request)
    try:
        yield bot
    finally:
        await request.shutdown()


@asynccontextmanager
async def delivering(
    db: Database,
    server: TelegramServer,
    rate: float = FAST,
    clock: JumpingClock | None = None,
    max_age: timedelta = DAY,
    read_timeout_s: float = PATIENCE_S,
    *,
    render: Any = plain_render,
    author: Author | None = None,
    request: AiohttpRequest | None = None,
) -> AsyncIterator[Service]:
    """The deliverer at work until the block ends."""
    async with connected(server, read_timeout_s, request) as bot:
        wake, pacer = asyncio.Event(), NotingPacer(rate)
        deliverer = Deliverer(
            db,
            Sender(bot),
            pacer,
            author or Author(render, plain_rollup, lambda incidents, language, telegram_id: ()),
            wake,
            rate=rate,
            max_age=max_age,
            clock=(clock or JumpingClock()).clock(),
        )
        task = asyncio.create_task(deliverer.run())
        try:
            yield Service(deliverer, pacer, wake, task)
        finally:
            await deliverer.stop()
            await task
