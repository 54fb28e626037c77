"""Khtsaberd and Hin Tagher, 12 December 2020: a month-old truce, five tellings, one alert for Hadrut.

The places, dates and numbers are those of the day; every sentence is our own and no outlet is a real one.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.data import Facts
from bot.ingest import Ingested, Limits, ingest
from bot.model import (
    ChatKind,
    DeliveryForm,
    DeliveryState,
    Entry,
    Incident,
    IncidentStatus,
    Source,
    SourceKind,
    SourceType,
)
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, claim_due, record
from bot.storage.incidents import latest_incidents
from bot.storage.sources import upsert_catalogue
from bot.storage.subscriptions import subscribe
from bot.storage.tables import chat, delivery
from tests.ground import shared_facts, shared_reader


def outlet(name: str, type_: SourceType, side: str) -> Source:
    slug = name.lower().replace(" ", "-")
    return Source(slug, name, SourceKind.FEED, f"https://{slug}.example/rss", type_, side)


WIRE = outlet("Masis Wire", SourceType.AGENCY, "armenia")
BAKU = outlet("Caspian Desk", SourceType.AGENCY, "azerbaijan")
MOSCOW = outlet("Northern Ministry", SourceType.MOD, "russia")
FOREIGN = outlet("Lakeside Post", SourceType.NEWSPAPER, "neutral")

NOON = datetime(2020, 12, 12, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ARTICLE = "https://masis-wire.example/khtsaberd"

ATTACK = (
    "YEREVAN, December 12. Azerbaijani units attacked the villages of Khtsaberd and Hin Tagher in the Hadrut "
    "district on Saturday evening in violation of the ceasefire, the Armenian defence ministry says. Three "
    "servicemen of the Artsakh defence army were wounded. Units of the defence army take measures, it adds."
)


@pytest.fixture(scope="module")
def facts() -> Facts:
    return shared_facts()


class Story:
    """The service as the story needs it: sources that publish, chats that chose, and what reaches them."""

    def __init__(self, database: Database, facts: Facts) -> None:
        self.database = database
        self.facts = facts
        self.reader = shared_reader()
        observers = frozenset(p.id for p in facts.parties.values() if p.kind == "monitor")
        self.limits = Limits(observers=observers)

    async def publish(self, source: Source, at: datetime, title: str, text: str, url: str = "") -> Ingested:
        """The source's entry is checked a minute after it was published."""
        entry = Entry(url or f"https://{source.id}.example/{at:%H%M}", "", title, text, at)
        async with self.database.writing() as conn:
            await upsert_catalogue(conn, [WIRE, BAKU, MOSCOW, FOREIGN])
            return await ingest(
                conn, source, [entry], at + timedelta(minutes=1), False, self.reader, self.limits
            )

    async def choose(self, telegram_id: int, region: str) -> None:
        """A chat chooses a region."""
        async with self.database.writing() as conn:
            known = await ensure_chat(conn, telegram_id, ChatKind.PRIVATE, NOON)
            await subscribe(conn, known.id, [region])

    async def received(self, now: datetime) -> list[tuple[int, DeliveryForm]]:
        """Who is sent what, in order: Telegram's number of the chat, and the form. All of it arrives."""
        async with self.database.writing() as conn:
            for alert_id in await unqueued_alerts(conn):
                while not (await queue_next_chunk(conn, alert_id, now)).is_done:
                    pass
            found = select(chat.c.telegram_id, delivery.c.form).join(chat, chat.c.id == delivery.c.chat_id)
            forms = [(row.telegram_id, row.form) for row in await conn.execute(found.order_by(delivery.c.id))]
            while claimed := await claim_due(conn, now, 100):
                sent = DeliveryState.SENT
                await record(conn, [Recorded(each.id, sent, now, message_id=each.id) for each in claimed])
            return forms

    async def incident(self) -> Incident:
        """The one incident that there is."""
        async with self.database.reading() as conn:
            (incident,) = await latest_incidents(conn, None, 10)
        return incident


async def test_one_alert_for_hadrut_and_none_for_ukraine(db: Database, facts: Facts) -> None:
    """Claim, blame, confirmation, two updates in place and a foreign copy are one incident, one message."""
    story = Story(db, facts)
    await story.choose(1, "hadrut")
    await story.choose(2, "ukraine")

    title = "Azerbaijan attacks two villages of Hadrut, three wounded"
    assert await story.publish(WIRE, NOON, title, ATTACK, ARTICLE) == Ingested(1, 0, 1, 1)
    assert await story.received(NOON + HOUR) == [(1, DeliveryForm.MESSAGE)]

    incident = await story.incident()
    assert incident.theatre == "armenia-azerbaijan"
    assert incident.occurred == date(2020, 12, 12)
    assert "hadrut" in incident.regions
    assert {"Khtsaberd", "Hin Tagher"} <= {place.name for place in incident.places}
    assert (incident.accused, incident.wounded) == (("azerbaijan",), (3, 3))
    assert incident.status is IncidentStatus.CLAIMED

    blame = (
        "BAKU, December 12. Armenian armed groups that stayed in the forests of Hadrut opened fire at "
        "Azerbaijani positions near Khtsaberd and so broke the ceasefire, the Azerbaijani defence ministry "
        "said on Saturday."
    )
    assert (
        await story.publish(BAKU, NOON + HOUR, "Baku: Armenian groups broke the truce near Khtsaberd", blame)
    ).incidents == 0
    assert (await story.incident()).status is IncidentStatus.DISPUTED

    seen = (
        "12 декабря в Гадрутском районе Нагорного Карабаха зафиксирован один факт нарушения режима "
        "прекращения огня в районе населённого пункта Хцаберд, сообщило Минобороны "
        "России. Миротворцы подтвердили обстрел."
    )
    assert (
        await story.publish(
            MOSCOW, NOON + 4 * HOUR, "Миротворцы подтвердили нарушение режима прекращения огня", seen
        )
    ).incidents == 0

    six = ATTACK.replace("Three servicemen", "Six servicemen")
    assert (
        await story.publish(WIRE, NOON + 5 * HOUR, title.replace("three", "six"), six, ARTICLE)
    ).revisions == 1
    held = six + " One of the two villages is still held by the defence army, the ministry said later."
    assert (
        await story.publish(WIRE, NOON + 7 * HOUR, title.replace("three", "six"), held, ARTICLE)
    ).revisions == 1
    assert (await story.incident()).wounded == (6, 6)

    copied = await story.publish(
        FOREIGN, NOON + 30 * HOUR, "Six hurt as Karabakh truce is broken at two villages", six
    )
    assert (copied.new_reports, copied.incidents) == (1, 0)

    incident = await story.incident()
    assert len(incident.claims) == 4
    assert {claim.origin for claim in incident.claims} == {"masis-wire", "caspian-desk", "northern-ministry"}
    forms = [form for chat_id, form in await story.received(NOON + 31 * HOUR) if chat_id == 1]
    assert forms[0] is DeliveryForm.MESSAGE
    assert {DeliveryForm.EDIT, DeliveryForm.REPLY} == set(forms[1:])
    assert not [form for chat_id, form in await story.received(NOON + 32 * HOUR) if chat_id == 2]
