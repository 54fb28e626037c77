"""The course of an incident: it closes, is referred to later, turns out to be another, is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from bot.ingest import ALERTS_AN_HOUR, Ingested
from bot.model import (
    Act,
    AlertKind,
    DeliveryForm,
    Entry,
    Evidence,
    Finding,
    IncidentStatus,
    SourceType,
    Stance,
)
from bot.storage.database import Database
from bot.storage.surges import (
    current_surge,
    drop_surges,
    mark_surge_told,
    untold_surges,
)
from bot.storage.tables import report
from tests.clock import FakeClock
from tests.incidents.telling import ALIBEYLI, AYGEPAR, THEATRE, YERASKH, named_day, source
from tests.ingest.telling import Newsroom, Readers, at_movses, minutes

HOUR = timedelta(hours=1)
MASIS = source("Masis Daily", SourceType.NEWSPAPER, "armenia")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
HARBOUR = source("Harbour Times", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")
THAT_DAY = named_day(date(2020, 12, 12))
SORRY = Finding(False, 0.0, "en", evidence=(Evidence("retract", "", 0, 5, "Sorry"),))
URL = "https://news.example/movses"


@pytest.fixture
def news(db: Database) -> Newsroom:
    return Newsroom(db)


@pytest.fixture
def readers(db: Database) -> Readers:
    return Readers(db)


@pytest.mark.parametrize(("hours", "alerts"), [(71, 1), (73, 0)])
async def test_an_incident_closes_72_hours_after_its_last_report(
    news: Newsroom, clock: FakeClock, hours: int, alerts: int
) -> None:
    """Until then a toll that rises is told; later it is kept in silence, and the incident stays closed."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    now = clock.advance(hours * HOUR)
    died = news.entry("One died", now, at_movses(stance=Stance.UPDATE, killed=1, evidence=THAT_DAY))
    assert await news.check(now, died, by=FOREIGN) == Ingested(1, 0, 0, alerts)
    (incident,) = await news.incidents()
    assert (incident.killed, len(incident.claims)) == ((1, 1), 2)
    assert (incident.last_report_at == now) == bool(alerts)


async def test_every_report_keeps_it_open(news: Newsroom, clock: FakeClock) -> None:
    """72 hours count from the last report, not from the first."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    for number in range(1, 4):
        now = clock.advance(60 * HOUR)
        says = at_movses(stance=Stance.UPDATE, wounded=number, evidence=THAT_DAY)
        assert (await news.check(now, news.entry(f"Update {number}", now, says), by=FOREIGN)).alerts == 1
    assert len(await news.incidents()) == 1


async def test_a_reference_months_later_attaches_to_the_day_it_names(
    news: Newsroom, clock: FakeClock
) -> None:
    """ "After the shots of 12 December": neither a new incident nor an alert, whoever recalls it."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    now = clock.advance(80 * 24 * HOUR)
    recalled = news.entry("After the shots of December", now, at_movses(evidence=THAT_DAY))
    assert await news.check(now, recalled, by=FOREIGN) == Ingested(1, 0, 0, 0)
    (incident,) = await news.incidents()
    assert len(incident.claims) == 2


async def test_the_same_village_after_it_closed_is_news(news: Newsroom, clock: FakeClock) -> None:
    """A closed incident swallows nothing of another day."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    now = clock.advance(96 * HOUR)
    again = news.entry("Shots at Movses again", now, at_movses(occurred=now.date()))
    assert await news.check(now, again) == Ingested(1, 0, 1, 1)


async def test_the_same_formula_of_the_next_day_or_village_is_news(news: Newsroom, clock: FakeClock) -> None:
    """One ministry's bulletins: alike, of other days and of neighbours, each an incident."""
    await news.check(clock.now(), news.entry("Bulletin 1", clock.now(), at_movses(wounded=2)))
    near = news.entry("Bulletin 2", clock.now(), at_movses(wounded=2, places=(AYGEPAR,)))
    assert (await news.check(clock.advance(HOUR), near)).incidents == 1
    now = clock.advance(24 * HOUR)
    next_day = news.entry("Bulletin 3", now, at_movses(wounded=2, occurred=now.date()))
    assert (await news.check(now, next_day)).incidents == 1


async def test_two_incidents_that_are_one_are_merged(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """The older survives with all reports; whoever was told sees an edit, and nobody is alerted again."""
    await readers.choose(clock.now(), {1: "tavush", 2: "tavush", 3: "ararat"})
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    vague = at_movses(accused=("georgia",), accuser=(), acts=(Act.MORTAR,))
    await news.check(
        clock.advance(HOUR), news.entry("Mortars heard in the hills", clock.now(), vague), by=FOREIGN
    )
    assert len(await news.incidents()) == 2
    assert {form for _, form, _ in await readers.receive(clock.now())} == {DeliveryForm.MESSAGE}
    older = (await news.incidents())[-1]

    both = at_movses(accused=("azerbaijan", "georgia"), acts=(Act.SMALL_ARMS, Act.MORTAR))
    told = await news.check(
        clock.advance(HOUR), news.entry("What happened at Movses", clock.now(), both), by=HARBOUR
    )
    assert (told.incidents, told.alerts) == (0, 1)
    (merged,) = await news.incidents()
    assert (merged.id, merged.code, len(merged.claims)) == (older.id, older.code, 3)
    sent = await readers.receive(clock.advance(HOUR))
    assert {telegram_id for telegram_id, _, _ in sent} == {1, 2}
    assert DeliveryForm.MESSAGE not in {form for _, form, _ in sent}
    async with news.database.reading() as conn:
        of = list((await conn.execute(select(report.c.incident_id))).scalars())
    assert of == [older.id] * 3


async def test_what_one_source_told_apart_is_never_merged(news: Newsroom, clock: FakeClock) -> None:
    """Neighbouring villages that a summary names together stay two incidents."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    await news.check(clock.now(), news.entry("Shots at Aygepar", clock.now(), at_movses(places=(AYGEPAR,))))
    there = at_movses().places[0]
    both = news.entry("A night of fire", clock.now(), at_movses(places=(there, AYGEPAR)))
    assert (await news.check(clock.advance(HOUR), both, by=FOREIGN)).incidents == 0
    assert len(await news.incidents()) == 2


async def test_a_merger_within_one_check_is_told_once(news: Newsroom, clock: FakeClock) -> None:
    """A source that was away brings the bridging report; what nobody was told of is told as one."""
    old = clock.now() - 30 * HOUR
    yesterday = (clock.now() - timedelta(days=1)).date()
    vague = at_movses(accused=("georgia",), accuser=(), acts=(Act.MORTAR,), occurred=yesterday)
    both = at_movses(accused=("azerbaijan", "georgia"), occurred=yesterday)
    await news.check(clock.now(), news.entry("Shots", old, at_movses(occurred=yesterday)))
    await news.check(clock.now(), news.entry("Shells", old, vague), by=FOREIGN)
    assert await news.alerts() == []
    told = await news.check(clock.now(), news.entry("What happened", clock.now(), both), by=HARBOUR)
    assert told == Ingested(1, 0, 0, 1)
    assert len(await news.incidents()) == 1
    assert await news.kinds() == ["new"]


async def test_a_younger_that_alone_was_told_is_left_to_an_admin(news: Newsroom, clock: FakeClock) -> None:
    """Who has its message would lose it: the two stay apart."""
    old = clock.now() - 30 * HOUR
    yesterday = (clock.now() - timedelta(days=1)).date()
    vague = at_movses(accused=("georgia",), accuser=(), acts=(Act.MORTAR,), occurred=yesterday)
    both = at_movses(accused=("azerbaijan", "georgia"), occurred=yesterday)
    await news.check(clock.now(), news.entry("Shots", old, at_movses(occurred=yesterday)))
    await news.check(clock.now(), news.entry("Shells", clock.now(), vague), by=FOREIGN)
    await news.check(clock.now(), news.entry("What happened", clock.now(), both), by=HARBOUR)
    assert len(await news.incidents()) == 2


async def test_a_retraction_reaches_all_who_were_told_and_nobody_else(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """Two chats saw it; one chose another region, one came later: neither hears of a thing that was not."""
    await readers.choose(clock.now(), {1: "tavush", 2: "movses", 3: "ararat"})
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses(), url=URL))
    first = await readers.receive(clock.now())
    assert first == [(n, DeliveryForm.MESSAGE, AlertKind.NEW) for n in (1, 2)]
    await readers.choose(clock.now(), {4: "tavush"})
    await news.check(clock.advance(HOUR), news.entry("We were wrong", clock.now(), SORRY, url=URL))
    sent = await readers.receive(clock.advance(HOUR))
    assert {telegram_id for telegram_id, _, _ in sent} == {1, 2}
    assert {kind for _, _, kind in sent} == {AlertKind.RETRACTED}
    for telegram_id in (1, 2):
        forms = {form for chat_id, form, _ in sent if chat_id == telegram_id}
        assert forms == {DeliveryForm.EDIT, DeliveryForm.REPLY}


async def test_a_correction_sounds_for_all_who_were_told_and_nobody_else(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """The two dead turn out to be none: who read of them is told so, who did not has nothing to forget."""
    await readers.choose(clock.now(), {1: "tavush", 2: "movses", 3: "ararat"})
    await news.check(clock.now(), news.entry("Two dead", clock.now(), at_movses(killed=2), url=URL))
    await readers.receive(clock.now())
    await readers.choose(clock.now(), {4: "tavush"})
    await news.check(
        clock.advance(HOUR), news.entry("Nobody died", clock.now(), at_movses(killed=0), url=URL)
    )
    sent = await readers.receive(clock.advance(HOUR))
    assert {(telegram_id, kind) for telegram_id, _, kind in sent} == {
        (n, AlertKind.CORRECTED) for n in (1, 2)
    }
    assert {form for _, form, _ in sent} == {DeliveryForm.REPLY, DeliveryForm.EDIT}
    (incident,) = await news.incidents()
    assert incident.killed == (0, 0)


async def test_a_corrected_place_is_news_to_who_chose_the_right_one(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """It was Yeraskh, not Movses: one chat is corrected, another hears of it for the first time."""
    await readers.choose(clock.now(), {1: "tavush", 2: "ararat"})
    await news.check(clock.now(), news.entry("Shots", clock.now(), at_movses(killed=2), url=URL))
    await readers.receive(clock.now())
    moved = news.entry("It was Yeraskh", clock.now(), at_movses(places=(YERASKH,), killed=1), url=URL)
    await news.check(clock.advance(HOUR), moved)
    sent = await readers.receive(clock.advance(HOUR))
    assert {(n, form) for n, form, _ in sent} == {
        (1, DeliveryForm.REPLY),
        (1, DeliveryForm.EDIT),
        (2, DeliveryForm.MESSAGE),
    }


async def test_a_withdrawn_hoax_takes_its_copies_along(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """Ten sites with the text of a source that took it back tell nothing of their own."""
    text = "A column of armoured cars crossed the line at Movses at dawn and took the school, an officer said"
    await readers.choose(clock.now(), {1: "tavush"})
    first = news.entry("A column at Movses", clock.now(), at_movses(), text, URL)
    await news.check(clock.now(), first)
    for number in range(10):
        site = replace(FOREIGN, id=f"site-{number}", name=f"Site {number}")
        copied = news.entry(f"Copy {number}", clock.now(), at_movses(), text, f"https://{number}.example/")
        await news.check(clock.advance(minutes(1)), copied, by=site)
    await readers.receive(clock.now())
    await news.check(clock.advance(HOUR), news.entry("We were wrong", clock.now(), SORRY, url=URL))
    (incident,) = await news.incidents()
    assert incident.status is IncidentStatus.RETRACTED
    assert {kind for _, _, kind in await readers.receive(clock.now())} == {AlertKind.RETRACTED}


async def test_who_tells_it_after_it_was_taken_back_is_heard(
    news: Newsroom, readers: Readers, clock: FakeClock
) -> None:
    """A hoax that was withdrawn does not silence what happens there that day; its late copies are silent."""
    text = "A column of armoured cars crossed the line at Movses at dawn and took the school, an officer said"
    await readers.choose(clock.now(), {1: "tavush"})
    await news.check(clock.now(), news.entry("A column at Movses", clock.now(), at_movses(), text, URL))
    await news.check(clock.advance(HOUR), news.entry("We were wrong", clock.now(), SORRY, url=URL))
    await readers.receive(clock.now())
    late = news.entry("Cars at Movses", clock.now(), at_movses(), text)
    assert (await news.check(clock.advance(HOUR), late, by=FOREIGN)).alerts == 0
    seen = news.entry("Shots at Movses, villagers say", clock.now(), at_movses())
    assert (await news.check(clock.advance(HOUR), seen, by=HARBOUR)).incidents == 1
    sent = await readers.receive(clock.now())
    assert sent == [(1, DeliveryForm.MESSAGE, AlertKind.NEW)]
    assert [each.status for each in await news.incidents()] == [
        IncidentStatus.CLAIMED,
        IncidentStatus.RETRACTED,
    ]


async def test_a_hundred_items_in_ten_minutes_are_twenty_alerts(news: Newsroom, clock: FakeClock) -> None:
    """The rest is stored as incidents, counted once for the roll-up, and of no use to silence others."""
    items = _scattered(news, clock, 100)
    counts = [await news.check(clock.advance(minutes(1)), *items[n : n + 10]) for n in range(0, 100, 10)]
    assert sum(count.incidents for count in counts) == 100
    assert sum(count.alerts for count in counts) == ALERTS_AN_HOUR
    assert sum(count.held for count in counts) == 100 - ALERTS_AN_HOUR
    async with news.database.writing() as conn:
        (surge,) = await untold_surges(conn)
        assert (surge.source_id, surge.alerted, len(surge.held)) == (source().id, ALERTS_AN_HOUR, 80)
        await mark_surge_told(conn, surge, clock.now())
        assert await untold_surges(conn) == []


async def test_what_was_held_back_is_told_when_another_source_tells_it(
    news: Newsroom, clock: FakeClock
) -> None:
    """A flood does not silence what is true, nor the source itself an hour later."""
    await news.check(clock.now(), *_scattered(news, clock, ALERTS_AN_HOUR))
    held = await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    assert (held.incidents, held.alerts, held.held) == (1, 0, 1)
    own = news.entry("Still shots at Movses", clock.now(), at_movses(stance=Stance.UPDATE))
    assert (await news.check(clock.advance(minutes(5)), own)).held == 1
    seen = news.entry("Shots at Movses, villagers say", clock.now(), at_movses())
    assert (await news.check(clock.advance(minutes(5)), seen, by=FOREIGN)).alerts == 1
    now = clock.advance(HOUR)
    later = news.entry("Shots at Yeraskh", now, at_movses(places=(YERASKH,)))
    assert await news.check(now, later) == Ingested(1, 0, 1, 1)


async def test_hours_of_plenty_are_forgotten_once_told(news: Newsroom, clock: FakeClock) -> None:
    """What the admins were not told of is kept however old; an hour without surplus is nothing to tell."""
    await news.check(clock.now(), *_scattered(news, clock, ALERTS_AN_HOUR + 1))
    await news.check(clock.now(), news.entry("Shots", clock.now(), at_movses(places=(ALIBEYLI,))), by=BAKU)
    now = clock.advance(48 * HOUR)
    async with news.database.writing() as conn:
        assert await drop_surges(conn, now) == 1
        (surge,) = await untold_surges(conn)
        assert len(surge.held) == 1
        told = await mark_surge_told(conn, surge, now)
        assert told.told_at == now
        assert await drop_surges(conn, now) == 1
        assert (await current_surge(conn, source().id, now)).alerted == 0


def _scattered(news: Newsroom, clock: FakeClock, count: int) -> list[Entry]:
    """Entries about as many villages, each far from the others."""
    there = [
        replace(YERASKH, name=f"F{n}", region=f"f{n}", path=(THEATRE, f"f{n}"), lat=0.3 * n - 80)
        for n in range(count)
    ]
    return [news.entry(f"Far shots {n}", clock.now(), at_movses(places=(p,))) for n, p in enumerate(there)]
