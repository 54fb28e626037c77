"""From entries to alerts: what is new, what is known, what is fresh, and what a change is worth."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.ingest import Ingested, Limits, is_fresh
from bot.model import Entry, Evidence, Finding, SourceType, Stance
from bot.storage.database import Database
from bot.storage.tables import alert_term, report, report_revision
from tests.clock import START, FakeClock
from tests.incidents.telling import YERASKH, source
from tests.ingest.telling import Newsroom, at_movses, minutes

HOUR = timedelta(hours=1)
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")


@pytest.fixture
def news(db: Database) -> Newsroom:
    return Newsroom(db)


async def test_a_violation_becomes_a_report_an_incident_and_an_alert(
    news: Newsroom, clock: FakeClock
) -> None:
    """The main way: one entry, one of each."""
    fired = news.entry("Shots at Movses", clock.now() - minutes(5), at_movses())
    assert await news.check(clock.now(), fired) == Ingested(1, 0, 1, 1)
    (incident,) = await news.incidents()
    ((alert, _),) = await news.alerts()
    assert alert.incident.code == incident.code
    assert alert.incident.id == incident.id
    assert incident.told_at == clock.now()
    assert await news.kinds() == ["new"]


async def test_what_is_no_violation_is_stored_and_not_told(news: Newsroom, clock: FakeClock) -> None:
    """A football match is a report and nothing else."""
    assert await news.check(clock.now(), news.entry("A match", clock.now())) == Ingested(1, 0, 0, 0)
    assert await news.incidents() == []


async def test_a_known_entry_leaves_no_trace(news: Newsroom, clock: FakeClock) -> None:
    """The same feed a hundred times, in any order, adds nothing."""
    entries = [
        news.entry("Shots at Movses", clock.now() - minutes(9), at_movses()),
        news.entry("Shots at Yeraskh", clock.now() - minutes(8), at_movses(places=(YERASKH,))),
        news.entry("A match", clock.now() - minutes(7)),
        news.entry("No date", None),
    ]
    assert await news.check(clock.now(), *entries) == Ingested(4, 0, 2, 2)
    luck = random.Random(7)
    for _ in range(100):
        luck.shuffle(entries)
        assert await news.check(clock.advance(minutes(1)), *entries) == Ingested()
    assert len(await news.alerts()) == 2


async def test_changed_text_is_a_revision_of_the_same_report(news: Newsroom, clock: FakeClock) -> None:
    """An article that is rewritten in place grows its incident."""
    url = "https://news.example/movses"
    first = news.entry("Shots at Movses", clock.now(), at_movses(wounded=3), url=url)
    await news.check(clock.now(), first)
    second = news.entry("Six hurt at Movses", clock.now(), at_movses(wounded=6), url=url)
    assert await news.check(clock.advance(HOUR), second) == Ingested(0, 1, 0, 1)
    (incident,) = await news.incidents()
    assert (incident.wounded, incident.changes, len(incident.claims)) == ((6, 6), 1, 1)
    assert await news.kinds() == ["new", "grown"]
    async with news.database.reading() as conn:
        stored = (await conn.execute(select(report.c.revision, report.c.incident_id))).one()
        former = (await conn.execute(select(func.count()).select_from(report_revision))).scalar_one()
    assert (stored.revision, stored.incident_id, former) == (2, incident.id, 1)


async def test_a_revision_stays_with_its_incident_however_old(news: Newsroom, clock: FakeClock) -> None:
    """An article that comes to name another day and place still corrects what it said."""
    url = "https://news.example/movses"
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses(), url=url))
    later = clock.advance(timedelta(days=9))
    other = at_movses(places=(YERASKH,), occurred=later.date())
    moved = news.entry("It was Yeraskh", later, other, url=url)
    assert (await news.check(later, moved)).incidents == 0
    (incident,) = await news.incidents()
    assert [place.name for place in incident.places] == ["Yeraskh"]


async def test_a_second_outlet_grows_the_incident_without_a_new_alert(
    news: Newsroom, clock: FakeClock
) -> None:
    """Whoever was told sees an edit; a mere copy changes nothing."""
    text = "Fire was opened at our posts near the village of Movses at dawn on Saturday, the ministry says"
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses(), text))
    now = clock.advance(minutes(10))
    copied = news.entry("Movses under fire", now, at_movses(), text, "https://copy.example/1")
    assert await news.check(now, copied, by=replace(FOREIGN, id="copy")) == Ingested(1, 0, 0, 0)
    own = news.entry(
        "Villagers tell", now, at_movses(wounded=1), "Villagers were woken", "https://own.example/1"
    )
    assert await news.check(now, own, by=FOREIGN) == Ingested(1, 0, 0, 1)
    assert await news.kinds() == ["new", "grown"]
    (incident,) = await news.incidents()
    assert [claim.is_copy for claim in incident.claims] == [False, True, False]


async def test_a_credited_wire_is_one_origin(news: Newsroom, clock: FakeClock) -> None:
    """An entry that says where it was taken from counts as of there."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    taken = news.entry(
        "They say",
        clock.now(),
        at_movses(stance=Stance.CONFIRMATION, accuser=("osce",)),
        origin="Ararat Wire",
    )
    await news.check(clock.now(), taken, by=FOREIGN)
    (incident,) = await news.incidents()
    assert {claim.origin for claim in incident.claims} == {"ararat-wire"}
    assert incident.status == "claimed"


async def test_what_matters_is_told_with_a_reply_and_an_edit(news: Newsroom, clock: FakeClock) -> None:
    """Denied, confirmed, deaths: the living message changes and a short answer sounds."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    denial = news.entry("Not us", clock.now(), at_movses(stance=Stance.DENIAL), url="https://baku.example/1")
    assert (await news.check(clock.advance(HOUR), denial, by=BAKU)).alerts == 1
    seen = news.entry("We saw it", clock.now(), at_movses(stance=Stance.CONFIRMATION, accuser=()))
    await news.check(clock.advance(HOUR), seen, by=WATCH)
    dead = news.entry("Two died", clock.now(), at_movses(stance=Stance.UPDATE, killed=2))
    await news.check(clock.advance(HOUR), dead, by=FOREIGN)
    assert await news.kinds() == [
        "new",
        *("denied by reply", "denied"),
        *("confirmed by reply", "confirmed"),
        *("deaths by reply", "deaths"),
    ]
    assert [alert.incident.changes for alert, _ in await news.alerts()] == [0, 1, 1, 2, 2, 3, 3]


async def test_several_reports_of_one_check_are_one_alert(news: Newsroom, clock: FakeClock) -> None:
    """A feed that brings claim, update and toll at once is told once."""
    entries = [
        news.entry(title, clock.now() - minutes(9 - n), at_movses(stance=stance, wounded=n), f"Text {title}")
        for n, (title, stance) in enumerate(
            [("One", Stance.CLAIM), ("Two", Stance.UPDATE), ("Three", Stance.UPDATE)]
        )
    ]
    assert await news.check(clock.now(), *entries) == Ingested(3, 0, 1, 1)
    ((alert, _),) = await news.alerts()
    assert alert.incident.wounded == (2, 2)


async def test_the_first_check_tells_only_the_last_two_hours(news: Newsroom, clock: FakeClock) -> None:
    """A new source's archive is stored; neither its old nor its undated entries are news."""
    entries = [
        news.entry("Old", clock.now() - 3 * HOUR, at_movses()),
        news.entry("Undated", None, at_movses(places=(YERASKH,))),
    ]
    assert await news.check(clock.now(), *entries, is_first=True) == Ingested(2, 0, 2, 0)
    fresh = news.entry(
        "Fresh", clock.now() - HOUR, at_movses(occurred=(clock.now() + timedelta(days=5)).date())
    )
    assert await news.check(clock.now(), fresh, by=FOREIGN, is_first=True) == Ingested(1, 0, 1, 1)


async def test_a_report_that_was_not_told_does_not_silence_a_later_one(
    news: Newsroom, clock: FakeClock
) -> None:
    """An old first report opens the incident; the first fresh one tells it, with all that is known."""
    await news.check(clock.now(), news.entry("Old", clock.now() - 30 * HOUR, at_movses(wounded=1)))
    assert await news.alerts() == []
    assert (
        await news.check(clock.now(), news.entry("Fresh", clock.now(), at_movses()), by=FOREIGN)
    ).alerts == 1
    ((alert, _),) = await news.alerts()
    assert (alert.kind, alert.incident.wounded, alert.incident.changes) == ("new", (1, 1), 0)


async def test_a_retouched_old_report_is_no_news(news: Newsroom, clock: FakeClock) -> None:
    """A typo mended in an article that was too old to tell does not make it fresh."""
    url = "https://news.example/old"
    old = clock.now() - 3 * HOUR
    await news.check(clock.now(), news.entry("Old", old, at_movses(), url=url), is_first=True)
    assert await news.check(clock.now(), news.entry("Older", old, at_movses(), url=url)) == Ingested(
        0, 1, 0, 0
    )


async def test_a_report_that_becomes_a_violation_is_told(news: Newsroom, clock: FakeClock) -> None:
    """A breaking headline without a word of fire is completed minutes later."""
    url = "https://news.example/breaking"
    await news.check(clock.now(), news.entry("Breaking", clock.now(), url=url))
    told = news.entry("Breaking: shots", clock.now(), at_movses(), url=url)
    assert await news.check(clock.advance(minutes(5)), told) == Ingested(0, 1, 1, 1)


async def test_a_withdrawn_report_is_retracted_for_those_who_were_told(
    news: Newsroom, clock: FakeClock
) -> None:
    """An article that takes itself back strikes the alert out; one that only turns quiet does not."""
    url = "https://news.example/movses"
    sorry = Finding(False, 0.0, "en", evidence=(Evidence("retract", "", 0, 5, "Sorry"),))
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses(), url=url))
    await news.check(clock.now(), news.entry("Nothing more to say", clock.now(), url=url))
    assert await news.kinds() == ["new"]
    taken_back = news.entry("We were wrong", clock.now(), sorry, url=url)
    assert await news.check(clock.advance(HOUR), taken_back) == Ingested(0, 1, 0, 1)
    assert await news.kinds() == ["new", "retracted by reply", "retracted"]
    again = news.entry("We were wrong indeed", clock.now(), sorry, url=url)
    assert (await news.check(clock.advance(HOUR), again)).alerts == 0


async def test_what_another_tells_survives_a_withdrawal(news: Newsroom, clock: FakeClock) -> None:
    """One of two sources takes its toll back within the check that brought the other's: a correction."""
    url = "https://news.example/movses"
    sorry = Finding(False, 0.0, "en", evidence=(Evidence("retract", "", 0, 5, "Sorry"),))
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses(killed=1), url=url))
    more = news.entry(
        "Shots heard", clock.now(), at_movses(stance=Stance.UPDATE), url="https://news.example/more"
    )
    await news.check(clock.now(), more, news.entry("We were wrong", clock.now() + minutes(1), sorry, url=url))
    (incident,) = await news.incidents()
    assert (incident.killed, incident.retraction, len(incident.claims)) == (None, None, 1)
    assert (await news.kinds())[1:] == ["corrected by reply", "corrected"]


async def test_a_date_from_the_future_is_stored_and_not_told(news: Newsroom, clock: FakeClock) -> None:
    """Nor does it keep the incident open until then."""
    ahead = news.entry("Tomorrow", clock.now() + minutes(11), at_movses())
    assert await news.check(clock.now(), ahead) == Ingested(1, 0, 1, 0)
    (incident,) = await news.incidents()
    assert incident.last_report_at == clock.now()


async def test_a_late_reference_attaches_in_silence(news: Newsroom, clock: FakeClock) -> None:
    """Four days later somebody recalls it: the report is kept with it, nobody is alerted."""
    await news.check(clock.now(), news.entry("Shots at Movses", clock.now(), at_movses()))
    later = clock.advance(96 * HOUR)
    recalled = news.entry("After the shots", later, at_movses(stance=Stance.UPDATE, wounded=9))
    assert await news.check(later, recalled, by=FOREIGN) == Ingested(1, 0, 0, 0)
    (incident,) = await news.incidents()
    assert len(incident.claims) == 2


async def test_keywords_are_found_in_text_and_in_every_spelling_of_the_place(
    news: Newsroom, clock: FakeClock
) -> None:
    """Whoever writes another spelling of the village still finds it."""
    movses = replace(at_movses().places[0], names=("Movsés", "Mosesgegh"))
    entry = news.entry(
        "Shots at dawn", clock.now(), at_movses(places=(movses,)), "Heavy  Artillery, they say"
    )
    await news.check(clock.now(), entry)
    async with news.database.reading() as conn:
        terms = set((await conn.execute(select(alert_term.c.term))).scalars())
    assert {"heavy artillery", "mosesgegh", "movses", "shots at dawn"} <= terms


async def test_two_incidents_never_share_a_code(news: Newsroom, clock: FakeClock) -> None:
    """Seventy villages under fire on one day have seventy codes."""
    entries = []
    for number in range(70):
        there = replace(
            YERASKH,
            name=f"V{number}",
            region=f"v{number}",
            path=(YERASKH.path[0], f"v{number}"),
            lat=float(number),
        )
        entries.append(news.entry(f"Shots {number}", clock.now(), at_movses(places=(there,))))
    await news.check(clock.now(), *entries)
    codes = [incident.code for incident in await news.incidents()]
    assert len(codes) == len(set(codes)) == 70


@pytest.mark.parametrize(
    ("age", "is_first", "max_age", "fresh"),
    [
        (timedelta(0), False, 24 * HOUR, True),
        (24 * HOUR, False, 24 * HOUR, True),
        (25 * HOUR, False, 24 * HOUR, False),
        (9_000 * HOUR, False, None, True),
        (-minutes(10), False, None, True),
        (-minutes(11), False, None, False),
        (2 * HOUR, True, 24 * HOUR, True),
        (3 * HOUR, True, 24 * HOUR, False),
        (3 * HOUR, True, None, False),
        (minutes(90), True, HOUR, False),
        (None, False, HOUR, True),
        (None, True, None, False),
    ],
)
def test_freshness(age: timedelta | None, is_first: bool, max_age: timedelta | None, fresh: bool) -> None:
    """Age, first checks, missing and future dates decide who may alert."""
    assert is_fresh(None if age is None else START - age, START, is_first, max_age) is fresh


async def test_an_operator_can_lift_the_limit_of_age(db: Database, clock: FakeClock) -> None:
    """ALERT_MAX_AGE_H=0 tells everything."""
    news = Newsroom(db, Limits(alert_max_age=None))
    old = news.entry("Old", clock.now() - 400 * HOUR, at_movses())
    assert (await news.check(clock.now(), old)).alerts == 1


@given(st.lists(st.integers(0, 5), max_size=20), st.data())
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
async def test_replays_add_nothing(db: Database, order: list[int], data: st.DataObject) -> None:
    """Checks that bring any of the entries again, in any order and after any restart, add nothing."""
    news = Newsroom(db)
    base = START + timedelta(days=40 * data.draw(st.integers(1, 10_000)))
    tag = base.isoformat()
    entries = [_numbered(news, tag, base, number) for number in range(6)]
    await news.check(base, *data.draw(st.permutations(entries)))
    incidents, alerts = await news.incidents(), await news.alerts()
    reopened = Newsroom(db)
    reopened.reader = news.reader
    for number in order:
        assert await reopened.check(base + HOUR, entries[number], entries[0]) == Ingested()
    assert (await news.incidents(), await news.alerts()) == (incidents, alerts)


def _numbered(news: Newsroom, tag: str, at: datetime, number: int) -> Entry:
    says = at_movses(occurred=at.date(), wounded=number) if number % 2 else None
    return news.entry(f"Entry {number} {tag}", at, says, f"Text {number} of {tag}")
