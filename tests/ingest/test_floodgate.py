"""A source that floods: the admins hear of it once, and nothing true is lost to readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.admins import Admins, Bell
from bot.floodgate import Floodgate
from bot.ingest import ALERTS_AN_HOUR
from bot.model import DeliveryForm, Entry
from bot.storage.alerts import unqueued_alerts
from bot.storage.database import Database
from bot.storage.tables import alert
from tests.clock import FakeClock
from tests.ground import shared_words
from tests.incidents.telling import THEATRE, YERASKH, finding, source
from tests.ingest.telling import Newsroom, Readers

HELD = 5
ADMINS = (99, 100)


class Told:
    """What the admins were told; the first of them cannot be reached."""

    def __init__(self) -> None:
        self.texts: list[tuple[int, str]] = []
        self.wakes = 0

    async def tell(self, admin_id: int, text: str) -> None:
        if admin_id == ADMINS[0]:
            raise ConnectionError
        self.texts.append((admin_id, text))

    def wake(self) -> None:
        self.wakes += 1


@pytest.fixture
def told() -> Told:
    return Told()


def open_gate(db: Database, clock: FakeClock, told: Told, max_age: timedelta | None) -> Floodgate:
    bell = Bell(Admins(ADMINS), db, shared_words(), told.tell)
    return Floodgate(db, bell, max_age=max_age, clock=clock.now, wake=told.wake)


def scattered(news: Newsroom, clock: FakeClock, count: int, **says: Any) -> list[Entry]:
    """Entries about as many villages, each far from the others."""
    return [
        news.entry(
            f"Shots at F{n}",
            clock.now(),
            finding(
                places=(replace(YERASKH, name=f"F{n}", region=f"f{n}", path=(THEATRE, f"f{n}"), lat=n),),
                **says,
            ),
        )
        for n in range(count)
    ]


async def count_alerts(db: Database) -> int:
    async with db.reading() as conn:
        return len(await unqueued_alerts(conn))


async def test_the_admins_hear_once_and_what_was_held_is_alerted_later(
    db: Database, clock: FakeClock, told: Told
) -> None:
    """An admin who cannot be reached is nothing to the other; after the hour what was held is alerted."""
    news = Newsroom(db)
    gate = open_gate(db, clock, told, timedelta(hours=24))
    await news.check(clock.now(), *scattered(news, clock, ALERTS_AN_HOUR + HELD))
    for _ in range(2):
        await gate.look()
    assert [who for who, _ in told.texts] == [ADMINS[1]]
    assert source().id in told.texts[0][1]
    assert await count_alerts(db) == ALERTS_AN_HOUR
    clock.advance(timedelta(hours=1))
    for _ in range(2):
        await gate.look()
    assert await count_alerts(db) == ALERTS_AN_HOUR + HELD
    assert told.wakes == 1


async def test_a_flood_of_invented_dead_is_one_message_an_hour_later(
    db: Database, clock: FakeClock, told: Told
) -> None:
    """Grave ones come alone, save those that were held back: these are one roll-up, of every theatre."""
    news, readers = Newsroom(db), Readers(db)
    gate = open_gate(db, clock, told, timedelta(hours=24))
    await readers.choose(clock.now(), {1: THEATRE})
    await news.check(clock.now(), *scattered(news, clock, ALERTS_AN_HOUR + HELD, killed=3))
    alone = await readers.receive(clock.now())
    assert [form for _, form, _ in alone] == [DeliveryForm.MESSAGE] * ALERTS_AN_HOUR
    clock.advance(timedelta(hours=1))
    await gate.look()
    assert [form for _, form, _ in await readers.receive(clock.now())] == [DeliveryForm.ROLLUP]


async def test_one_that_was_held_comes_alone(db: Database, clock: FakeClock, told: Told) -> None:
    """There is nothing to tell it with."""
    news, readers = Newsroom(db), Readers(db)
    gate = open_gate(db, clock, told, timedelta(hours=24))
    await news.check(clock.now(), *scattered(news, clock, ALERTS_AN_HOUR + 1))
    await readers.choose(clock.now(), {1: THEATRE})
    clock.advance(timedelta(hours=2))
    async with db.writing() as conn:
        await conn.execute(update(alert).values(queued_at=clock.now()))
    await gate.look()
    assert [form for _, form, _ in await readers.receive(clock.now())] == [DeliveryForm.MESSAGE]


async def test_what_has_become_old_meanwhile_is_let_go_silently(
    db: Database, clock: FakeClock, told: Told
) -> None:
    """After an outage nobody is woken for what was held a day ago, and the flood is forgotten in time."""
    news = Newsroom(db)
    gate = open_gate(db, clock, told, timedelta(hours=24))
    await news.check(clock.now(), *scattered(news, clock, ALERTS_AN_HOUR + HELD))
    clock.advance(timedelta(hours=60))
    await gate.look()
    await gate.tidy()
    assert await count_alerts(db) == ALERTS_AN_HOUR
