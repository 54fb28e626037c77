"""A source whose entries are told in a few words, and a reader that knows what each of them says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from bot.ingest import Ingested, Limits, ingest
from bot.model import Alert, DeliveryForm, Entry, Finding, Incident, Report, Source
from bot.storage.alerts import get_alert
from bot.storage.database import Database
from bot.storage.incidents import latest_incidents
from bot.storage.sources import upsert_catalogue
from bot.storage.tables import alert as alert_table
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
