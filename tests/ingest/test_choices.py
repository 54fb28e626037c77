"""Who chose little hears of an incident when it comes to be what was chosen: once, as a new message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.choices import Trait
from bot.ingest import Limits
from bot.model import Act, AlertKind, ChatKind, DeliveryForm, Finding, SourceType, Stance
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.filters import ask_for
from bot.storage.subscriptions import set_keywords, subscribe
from tests.clock import FakeClock
from tests.incidents.telling import AYGEPAR, MOVSES, YERASKH, source
from tests.ingest.telling import Newsroom, Readers, at_movses, minutes

HOUR = timedelta(hours=1)
MASIS = source("Masis Daily", SourceType.NEWSPAPER, "armenia")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")
ANYONE, CHOOSY = 1, 2
URL = "https://news.example/movses"
EVERYTHING_GREW = {"stance": Stance.CONFIRMATION, "accuser": (), "accused": ()}
"""A monitor's own word."""


@pytest.fixture
def news(db: Database) -> Newsroom:
    return Newsroom(db, Limits(observers=frozenset({"osce"})))


@pytest.fixture
def readers(db: Database) -> Readers:
    return Readers(db)


async def choose(db: Database, clock: FakeClock, kind: Trait, *codes: str, region: str = "tavush") -> None:
    """Two chats chose the region; the second wants only what has one of these traits."""
    async with db.writing() as conn:
        for telegram_id in (ANYONE, CHOOSY):
            chat = await ensure_chat(conn, telegram_id, ChatKind.PRIVATE, clock.now())
            await subscribe(conn, chat.id, ["tavush" if telegram_id == ANYONE else region])
        if codes:
            await ask_for(conn, chat.id, kind, codes)


async def grow_twice(
    news: Newsroom, readers: Readers, clock: FakeClock, **grown: Any
) -> list[list[tuple[int, DeliveryForm, AlertKind]]]:
    """What is sent when it is first told, when it grows, and when it grows again."""
    sent = []
    reports = (
        news.entry("Shots at Movses", clock.now(), at_movses()),
        news.entry("More of Movses", clock.now(), at_movses(stance=Stance.UPDATE, **grown)),
        news.entry(
            "Again of Movses", clock.now(), at_movses(stance=Stance.UPDATE, **{**grown, "wounded": 9})
        ),
    )
    for entry, by in zip(reports, (MASIS, grown.pop("by", FOREIGN), source()), strict=True):
        await news.check(clock.advance(minutes(20)), entry, by=by)
        sent.append(await readers.receive(clock.now()))
    return sent


@pytest.mark.parametrize(
    ("kind", "code", "grown"),
    [
        (Trait.SEVERITY, "grave", {"killed": 2}),
        (Trait.SEVERITY, "serious", {"wounded": 2}),
        (Trait.ACT, "drone", {"acts": (Act.DRONE,)}),
        (Trait.PARTY, "georgia", {"accuser": ("georgia",)}),
    ],
)
async def test_what_comes_to_be_chosen_is_told_once(
    news: Newsroom, readers: Readers, clock: FakeClock, kind: Trait, code: str, grown: dict[str, Any]
) -> None:
    """Graver, another act, another party: who had it sees the change, who had refused it gets a message."""
    await choose(news.database, clock, kind, code)
    first, second, third = await grow_twice(news, readers, clock, **grown)
    assert first == [(ANYONE, DeliveryForm.MESSAGE, AlertKind.NEW)]
    forms = {telegram_id: {form for who, form, _ in second if who == telegram_id} for telegram_id in (1, 2)}
    assert forms[CHOOSY] == {DeliveryForm.MESSAGE}
    assert DeliveryForm.EDIT in forms[ANYONE]
    assert DeliveryForm.MESSAGE not in forms[ANYONE]
    assert DeliveryForm.MESSAGE not in {form for _, form, _ in third}
    assert {who for who, _, _ in third} == {ANYONE, CHOOSY}


async def test_what_is_confirmed_later_is_told_to_who_waits_for_that(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """A claim is nothing to them; the monitor's word is a message, and not one that answers anything."""
    await choose(news.database, clock, Trait.STATUS, "confirmed")
    claim = news.entry("Shots at Movses", clock.now(), at_movses())
    await news.check(clock.now(), claim, by=MASIS)
    assert [who for who, _, _ in await readers.receive(clock.now())] == [ANYONE]
    word = news.entry("What the monitor saw", clock.now(), at_movses(**EVERYTHING_GREW))
    await news.check(clock.advance(HOUR), word, by=WATCH)
    sent = await readers.receive(clock.now())
    assert [form for who, form, _ in sent if who == CHOOSY] == [DeliveryForm.MESSAGE]
    assert {form for who, form, _ in sent if who == ANYONE} == {DeliveryForm.REPLY, DeliveryForm.EDIT}


async def test_a_wider_area_is_told_to_who_chose_what_it_reaches(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """The second report names a village of another province, too."""
    await choose(news.database, clock, Trait.REGION, region="ararat")
    first, second, third = await grow_twice(news, readers, clock, places=(MOVSES, YERASKH))
    assert {who for who, _, _ in first} == {ANYONE}
    assert [form for who, form, _ in second if who == CHOOSY] == [DeliveryForm.MESSAGE]
    assert [form for who, form, _ in third if who == CHOOSY] == [DeliveryForm.EDIT]


async def test_a_correction_that_confirms_reaches_who_waits_for_that(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """The source lowers its toll in the check in which the monitor's word comes: both are told."""
    await choose(news.database, clock, Trait.STATUS, "confirmed")
    claim = news.entry("Two dead at Movses", clock.now(), at_movses(killed=2), url=URL)
    await news.check(clock.now(), claim, by=WATCH)
    await readers.receive(clock.now())
    lower = news.entry("One dead at Movses", clock.now(), at_movses(killed=1), url=URL)
    own = news.entry("What the monitor saw", clock.now(), at_movses(**EVERYTHING_GREW))
    await news.check(clock.advance(HOUR), lower, own, by=WATCH)
    sent = await readers.receive(clock.now())
    assert [form for who, form, _ in sent if who == CHOOSY] == [DeliveryForm.MESSAGE]
    (reply,) = [alert for alert, form in await news.alerts() if form is DeliveryForm.REPLY]
    assert set(reply.kinds) == {AlertKind.CORRECTED, AlertKind.CONFIRMED}


async def test_a_corrected_blame_is_news_to_who_chose_that_party(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """It was not Azerbaijan but Georgia: who asked for Georgia hears of it now."""
    await choose(news.database, clock, Trait.PARTY, "georgia")
    await news.check(clock.now(), news.entry("Shots", clock.now(), at_movses(), url=URL))
    await readers.receive(clock.now())
    other = news.entry("Others fired", clock.now(), at_movses(accused=("georgia",)), url=URL)
    await news.check(clock.advance(HOUR), other)
    sent = await readers.receive(clock.now())
    assert [form for who, form, _ in sent if who == CHOOSY] == [DeliveryForm.MESSAGE]


async def test_a_word_of_the_first_report_and_a_toll_of_the_second(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """Filters ask the incident, not the report that happens to change it; nor is what was excluded let in."""
    now = clock.now()
    await choose(news.database, clock, Trait.SEVERITY, "serious")
    async with news.database.writing() as conn:
        chosen = await ensure_chat(conn, CHOOSY, ChatKind.PRIVATE, now)
        await set_keywords(conn, chosen.id, ["school"], [])
        other = await ensure_chat(conn, 3, ChatKind.PRIVATE, now)
        await subscribe(conn, other.id, ["tavush"])
        await set_keywords(conn, other.id, [], ["school"])
    first = news.entry("Shots at Movses", now, at_movses(), "The school of Movses was hit")
    await news.check(now, first, by=MASIS)
    assert {who for who, _, _ in await readers.receive(now)} == {ANYONE}
    hurt = news.entry("Two hurt at Movses", now, at_movses(wounded=2), "Two people were hurt. " * 500)
    await news.check(clock.advance(HOUR), hurt, by=FOREIGN)
    sent = await readers.receive(clock.now())
    assert [form for who, form, _ in sent if who == CHOOSY] == [DeliveryForm.MESSAGE]
    assert 3 not in {who for who, _, _ in sent}


async def test_several_reasons_are_one_reply_that_names_each(news: Newsroom, clock: FakeClock) -> None:
    """Confirmed, deadlier and wider in one check."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()), by=MASIS)
    there = replace(AYGEPAR, path=("armenia-azerbaijan", "gegharkunik", "aygepar"))
    says: Finding = at_movses(**EVERYTHING_GREW, killed=1, places=(MOVSES, there))
    await news.check(clock.advance(HOUR), news.entry("The monitor", clock.now(), says), by=WATCH)
    (reply,) = [alert for alert, form in await news.alerts() if form is DeliveryForm.REPLY]
    assert reply.kinds == (AlertKind.WIDER, AlertKind.DEATHS, AlertKind.CONFIRMED)
