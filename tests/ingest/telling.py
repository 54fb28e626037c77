"""A source whose entries are told in a few words, and a reader that knows what each of them says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.ingest import Ingested, Limits, ingest
from bot.model import (
    Alert,
    AlertKind,
    ChatKind,
    DeliveryForm,
    DeliveryState,
    Entry,
    Finding,
    Incident,
    Report,
    Source,
)
from bot.storage.alerts import get_alert, queue_next_chunk, unqueued_alerts
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, claim_due, record
from bot.storage.incidents import latest_incidents
from bot.storage.sources import upsert_catalogue
from bot.storage.subscriptions import subscribe
from bot.storage.tables import alert as alert_table
from bot.storage.tables import chat, delivery
from tests.incidents.telling import finding, source

QUIET = Finding(is_violation=False, score=0.0, language="en")


class KnownTexts:
    """Reads by heart: a title means one finding, an unknown one means nothing happened."""

    def __init__(self) -> None:
        self.says: dict[str, Finding] = {}

    def read(self, report: Report) -> Finding:
        """The finding that was told with this title."""
        return self.says.get(report.title, QUIET)


class Newsroom:
    """Publishes, checks and looks: what a test says to the database in sentences."""

    def __init__(self, database: Database, limits: Limits | None = None) -> None:
        self.database = database
        self.reader = KnownTexts()
        self.limits = limits or Limits(observers=frozenset({"osce"}))
        self._sources: dict[str, Source] = {}

    def entry(
        self,
        title: str,
        published_at: datetime | None,
        says: Finding | None = None,
        text: str = "",
        url: str = "",
        origin: str = "",
    ) -> Entry:
        """An entry whose address follows from its first title; without `says` it is about nothing."""
        if says is not None:
            self.reader.says[title] = says
        return Entry(
            url or f"https://news.example/{title.replace(' ', '-')}",
            "",
            title,
            text or title,
            published_at,
            origin=origin,
        )

    async def check(
        self, now: datetime, *entries: Entry, by: Source | None = None, is_first: bool = False
    ) -> Ingested:
        """One check of a source that found these entries."""
        told_by = by or source()
        self._sources[told_by.id] = told_by
        async with self.database.writing() as conn:
            await upsert_catalogue(conn, list(self._sources.values()))
            return await ingest(conn, told_by, entries, now, is_first, self.reader, self.limits)

    async def incidents(self) -> list[Incident]:
        """All incidents, the newest first."""
        async with self.database.reading() as conn:
            return await latest_incidents(conn, None, 1_000)

    async def alerts(self) -> list[tuple[Alert, DeliveryForm]]:
        """All alerts in the order in which they were made, with the form for chats that know the incident."""
        async with self.database.reading() as conn:
            rows = list(
                await conn.execute(
                    select(alert_table.c.id, alert_table.c.follow_up).order_by(alert_table.c.id)
                )
            )
            found = [(await get_alert(conn, row.id), row.follow_up) for row in rows]
        return [(each, form) for each, form in found if each is not None]

    async def kinds(self) -> list[str]:
        """What the alerts tell, such as `new`, `confirmed by reply`."""
        return [
            str(a.kind) if form is DeliveryForm.EDIT else f"{a.kind} by {form}"
            for a, form in await self.alerts()
        ]


def minutes(number: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=number)


def at_movses(**changes: Any) -> Finding:
    """Armenia says that Azerbaijan fired at Movses on 12 December 2020."""
    return replace(finding(occurred=date(2020, 12, 12)), **changes)


class Readers:
    """Chats that chose regions, and what each of them is sent."""

    def __init__(self, database: Database) -> None:
        self.database = database

    async def choose(self, now: datetime, regions: dict[int, str]) -> None:
        """Telegram's number of each chat, and the region that it chose."""
        async with self.database.writing() as conn:
            for telegram_id, region in regions.items():
                known = await ensure_chat(conn, telegram_id, ChatKind.PRIVATE, now)
                await subscribe(conn, known.id, [region])

    async def receive(self, now: datetime) -> list[tuple[int, DeliveryForm, AlertKind]]:
        """Everything that waits is sent: to whom, in which form, and what it tells, by chat and in order."""
        async with self.database.writing() as conn:
            for alert_id in await unqueued_alerts(conn):
                while not (await queue_next_chunk(conn, alert_id, now)).is_done:
                    pass
            sent = []
            while claimed := await claim_due(conn, now, 100):
                done = [Recorded(c.id, DeliveryState.SENT, now, message_id=c.id) for c in claimed]
                await record(conn, done)
                sent += [c.id for c in claimed]
            found = (
                select(chat.c.telegram_id, delivery.c.form, alert_table.c.kind)
                .join(chat, chat.c.id == delivery.c.chat_id)
                .join(alert_table, alert_table.c.id == delivery.c.alert_id)
                .where(delivery.c.id.in_(sent))
                .order_by(chat.c.telegram_id, delivery.c.id)
            )
            return [(row.telegram_id, row.form, row.kind) for row in await conn.execute(found)]
