"""Sources are checked on their own: what one does is nothing to the others."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from bot.check import Checker, Failed, Progress, Taken, Unchanged
from bot.errors import StorageError
from bot.ingest import Ingested, ingest
from bot.model import Finding, Incident, Report, Severity, Source, SourceKind, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.incidents import add_incident
from bot.storage.sources import SourceState, all_checks, get_check, pause, upsert_catalogue
from bot.watch.health import Why, diagnose
from tests.check.newsroom import PARSE_LIMIT, Calm, Newsroom
from tests.clock import PATIENCE_S
from tests.ground import shared_reader
from tests.source_host import Item, SourceHost, feed, hang, rss, status, wait_for

BODY = rss(Item("https://outlet.example/1", "Shots near Kut"), Item("https://outlet.example/2", "A derby"))
CHANGED = rss(Item("https://outlet.example/1", "Shots near Kut, three wounded"))


class CountingReader:
    """Tells how many reports it has read since it was last set to none."""

    in_this_turn = 0

    def read(self, report: Report) -> Finding:
        self.in_this_turn += 1
        return shared_reader().read(report)


HOUR = timedelta(hours=1)


async def test_a_due_source_is_taken_in_with_its_state(room: Newsroom) -> None:
    """Entries and state are there together, the first check is said to be one."""
    room.host.answer("/wire", feed(BODY, etag='"1"'))
    await room.list_sources("wire")
    checked = (await room.check_after(HOUR))["wire"]
    assert isinstance(checked.outcome, Taken)
    assert checked.found == Ingested(new_reports=2)
    keys = ["url:https://outlet.example/1", "url:https://outlet.example/2"]
    assert room.intake.given == [("wire", keys, True)]
    state = await room.state("wire")
    assert (state.etag, state.failures) == ('"1"', 0)
    assert state.first_checked_at == state.last_new_at == room.clock.now()


async def test_a_source_is_left_alone_until_its_time(room: Newsroom) -> None:
    """Not before nine tenths of the interval, and at its end at the latest plus a tenth."""
    room.host.answer("/wire", feed(BODY))
    await room.list_sources("wire")
    await room.check_after(HOUR)
    assert await room.check_after(timedelta(seconds=53)) == {}
    assert "wire" in await room.check_after(timedelta(seconds=14))


async def test_what_has_not_changed_is_not_parsed(room: Newsroom) -> None:
    """Neither after a 304 nor when the very same bytes come again."""
    room.host.answer("/tagged", feed(BODY, etag='"1"'))
    room.host.answer("/plain", feed(BODY))
    await room.list_sources("tagged", "plain")
    await room.check_after(HOUR)
    again = await room.check_after(HOUR)
    assert [checked.outcome for checked in again.values()] == [Unchanged(), Unchanged()]
    assert len(room.intake.given) == 2


async def test_a_changed_document_is_taken_in_again(room: Newsroom) -> None:
    """No first check this time."""
    room.host.answer("/wire", feed(BODY, etag='"1"'), feed(CHANGED, etag='"2"'))
    await room.list_sources("wire")
    await room.check_after(HOUR)
    await room.check_after(HOUR)
    assert [is_first for _, _, is_first in room.intake.given] == [True, False]


async def test_a_failing_source_is_asked_less_and_less(room: Newsroom) -> None:
    """It says why, and its wait doubles."""
    room.host.answer("/wire", status(500))
    await room.list_sources("wire")
    for failures in (1, 2, 3):
        checked = (await room.check_after(HOUR * 2))["wire"]
        assert checked.outcome == Failed("answers 500 Internal Server Error")
        state = await room.state("wire")
        assert state.failures == failures
        assert state.next_check_at is not None
        wait = (state.next_check_at - room.clock.now()) / timedelta(minutes=1)
        assert 2**failures * 0.89 <= wait <= 2**failures


async def test_a_source_recovers(room: Newsroom) -> None:
    """One good answer and its errors are forgotten."""
    room.host.answer("/wire", status(503, Retry_After="7000"), feed(BODY))
    await room.list_sources("wire")
    await room.check_after(HOUR)
    assert await room.check_after(timedelta(seconds=6_900)) == {}
    assert (await room.check_after(timedelta(seconds=200)))["wire"].found == Ingested(new_reports=2)
    state = await room.state("wire")
    assert (state.failures, state.last_error) == (0, None)


async def test_a_web_page_instead_of_a_feed_is_a_failure(room: Newsroom) -> None:
    """The document is asked for in full again next time."""
    room.host.answer("/wire", feed(b"<html>Are you a robot?</html>", etag='"1"'), feed(BODY, etag='"1"'))
    await room.list_sources("wire")
    first = (await room.check_after(HOUR))["wire"].outcome
    assert isinstance(first, Failed)
    assert "not a feed" in first.reason
    assert isinstance((await room.check_after(HOUR))["wire"].outcome, Taken)


@pytest.mark.parametrize("error", [StorageError("disk is full"), ValueError("a bug")])
async def test_what_is_not_stored_is_found_again(room: Newsroom, error: Exception) -> None:
    """The state of a check whose entries were lost does not say that they were taken in."""
    room.host.answer("/wire", feed(BODY, etag='"1"'))
    await room.list_sources("wire")
    room.intake.errors["wire"] = error
    assert isinstance((await room.check_after(HOUR))["wire"].outcome, Failed)
    assert (await room.state("wire")).etag is None
    room.intake.errors.clear()
    assert (await room.check_after(HOUR))["wire"].found == Ingested(new_reports=2)
    assert [is_first for _, _, is_first in room.intake.given] == [True, True]


async def test_an_error_in_one_source_is_nothing_to_the_others(room: Newsroom) -> None:
    """Bugs included."""
    names = [f"s{n}" for n in range(6)]
    for name in names:
        room.host.answer(f"/{name}", feed(BODY))
    await room.list_sources(*names)
    room.intake.errors = {"s0": ValueError("a bug"), "s3": StorageError("refused")}
    ended = await room.check_after(HOUR)
    assert sorted(n for n, c in ended.items() if isinstance(c.outcome, Failed)) == ["s0", "s3"]


async def test_a_hundred_sources_that_hang_delay_nobody(room: Newsroom) -> None:
    """Each of them on a host of its own, all due at once with one that answers."""
    hosts = [SourceHost(f"127.0.1.{n}") for n in range(1, 101)]
    async with asyncio.TaskGroup() as group:
        for host in hosts:
            group.create_task(host.__aenter__())
    sources = [
        Source(f"a-hanging-{n}", "H", SourceKind.FEED, host.answer("/", hang()), SourceType.BLOG)
        for n, host in enumerate(hosts)
    ]
    room.host.answer("/wire", feed(BODY))
    async with room.database.writing() as conn:
        await upsert_catalogue(conn, [*sources, room.source("wire")])
    async with Fetcher(read_exemptions(["127.0.0.0/8"])) as patient, Parser(limit=PARSE_LIMIT) as parser:
        heard = asyncio.Event()
        checker = Checker(
            room.database, patient, parser, room.intake, clock=room.clock.now, on_found=lambda _: heard.set()
        )
        assert await checker.start_due() == 101
        async with asyncio.timeout(PATIENCE_S):
            await heard.wait()
        async with room.database.reading() as conn:
            assert not any(check.state.failures for check in await all_checks(conn)), "one was given up first"
        assert await checker.start_due() == 0, "those that hang are not asked twice"
        await checker.close()
    for host in hosts:
        await host.__aexit__(None)


async def test_a_refresh_checks_at_once_and_tells_how_far_it_is(room: Newsroom) -> None:
    """Whatever the plan says; paused sources are left out."""
    for name in ("one", "two", "three", "paused"):
        room.host.answer(f"/{name}", feed(BODY))
    room.host.answer("/three", status(404))
    await room.list_sources("one", "two", "three", "paused")
    async with room.database.writing() as conn:
        await pause(conn, "paused", room.clock.now())
    told: list[Progress] = []

    async def tell(progress: Progress) -> None:
        told.append(progress)

    ended = await room.checker.refresh(tell=tell)
    assert {checked.source.id for checked in ended} == {"one", "two", "three"}
    assert (told[-1].total, told[-1].failed, told[-1].is_done) == (3, 1, True)
    assert len(await room.checker.refresh()) == 3


async def test_one_source_is_refreshed_by_its_name(room: Newsroom) -> None:
    """A paused one too; an unknown one gives nothing."""
    room.host.answer("/wire", feed(BODY))
    await room.list_sources("wire", "other")
    (checked,) = await room.checker.refresh("wire")
    assert checked.source.id == "wire"
    assert await room.checker.refresh("nobody") == ()


async def test_a_source_is_checked_once_at_a_time(room: Newsroom) -> None:
    """A refresh during a check waits for that check."""
    gate = asyncio.Event()
    room.host.answer("/wire", wait_for(gate, feed(BODY)))
    await room.list_sources("wire")
    await room.checker.start_due()
    await room.host.until_asked(1)
    refresh = asyncio.create_task(room.checker.refresh("wire"))
    await asyncio.sleep(0)
    gate.set()
    assert len(await refresh) == 1
    assert room.host.times_asked("/wire") == 1


async def test_stopping_in_the_middle_leaves_the_source_due(room: Newsroom) -> None:
    """Nothing half done."""
    room.host.answer("/wire", hang())
    await room.list_sources("wire")
    await room.checker.start_due()
    await room.host.until_asked(1)
    await room.checker.close()
    assert await room.state("wire") == SourceState()


async def test_many_quiet_checks_share_their_transactions(room: Newsroom) -> None:
    """All states are kept though there are far fewer commits than checks."""
    names = [f"s{n}" for n in range(30)]
    for name in names:
        room.host.answer(f"/{name}", feed(BODY, etag='"1"'))
    await room.list_sources(*names)
    await room.check_after(HOUR)
    ended = await room.check_after(HOUR)
    assert {type(checked.outcome) for checked in ended.values()} == {Unchanged}
    for name in names:
        assert (await room.state(name)).last_checked_at == room.clock.now()


async def test_a_source_is_not_asked_more_often_than_it_allows(room: Newsroom) -> None:
    """By Cache-Control, also of a 304, or by the ttl of its document."""
    room.host.answer("/kept", feed(BODY, etag='"1"', cache_control="public, max-age=240"))
    room.host.answer("/ttl", feed(BODY.replace(b"<channel>", b"<channel><ttl>4</ttl>")))
    await room.list_sources("kept", "ttl")
    for _ in range(3):
        assert set(await room.check_after(HOUR)) == {"kept", "ttl"}
        assert await room.check_after(timedelta(seconds=239)) == {}


async def test_what_comes_instead_of_a_feed_is_remembered(room: Newsroom) -> None:
    """A riddle, a refusal, another address: each is evidence of its own."""
    riddle = b"<html><title>Just a moment...</title>Are you a robot? <script>captcha()</script></html>"
    room.host.answer("/riddle", feed(riddle))
    room.host.answer("/closed", status(403))
    room.host.answer("/gone", status(410))
    new = room.host.answer("/new", feed(BODY))
    room.host.answer("/old", status(301, Location=new))
    await room.list_sources("riddle", "closed", "gone", "old")
    await room.check_after(HOUR)
    await room.check_after(2 * HOUR)
    found = {}
    async with room.database.reading() as conn:
        for name in ("riddle", "closed", "gone", "old"):
            check = await get_check(conn, name)
            assert check is not None
            found[name] = diagnose(check, room.clock.now())
    assert {name: d.why for name, d in found.items()} == {
        "riddle": Why.CHALLENGE,
        "closed": Why.REFUSED,
        "gone": Why.GONE,
        "old": Why.ELSEWHERE,
    }
    assert found["old"].detail == new


async def test_where_something_grave_is_open_sources_are_asked_often(room: Newsroom) -> None:
    """At once, though they had been planned for later or gave no answer; elsewhere nothing changes."""
    for name in ("near", "far"):
        room.host.answer(f"/{name}", feed(BODY))
    near = replace(room.source("near"), theatres=("sandland",))
    away = replace(near, id="away", url="http://away.invalid/feed")
    async with room.database.writing() as conn:
        await upsert_catalogue(conn, [near, away, room.source("far")])
    for _ in range(8):
        assert set(await room.check_after(HOUR + timedelta(minutes=7))) == {"near", "far", "away"}
    now = room.clock.now()
    grave = Incident(
        None,
        "SL1",
        "sandland",
        now.date(),
        now,
        now,
        claims=(),
        severity=Severity.GRAVE,
        regions=("sandland",),
    )
    async with room.database.writing() as conn:
        await add_incident(conn, grave)
    assert set(await room.check_after(timedelta(seconds=25))) == {"near", "away"}
    assert set(await room.check_after(timedelta(seconds=25))) == {"near"}


async def test_delays_from_published_to_stored_are_kept(room: Newsroom) -> None:
    """Of what is new after the first check, by the real intake."""
    dated = room.clock.now() + HOUR + HOUR - timedelta(seconds=90)
    fresh = Item(
        "https://outlet.example/9", "A parade in Kut", published=dated.strftime("%a, %d %b %Y %H:%M:%S GMT")
    )
    room.host.answer("/wire", feed(BODY), feed(rss(fresh)))
    await room.list_sources("wire")
    async with Fetcher(read_exemptions(["127.0.0.1"])) as fetcher, Parser(limit=PARSE_LIMIT) as parser:
        take_in = partial(ingest, reader=Calm())
        checker = Checker(room.database, fetcher, parser, take_in, clock=room.clock.now)
        for _ in range(2):
            room.clock.advance(HOUR)
            await checker.check_due()
        await checker.close()
    assert (await room.state("wire")).vitals.lags_s == (90,)


async def test_commands_are_answered_while_a_large_feed_is_taken_in(room: Newsroom) -> None:
    """Everybody has a turn between any two reports that are read."""
    shelled = "Azerbaijan shelled the village of Khtsaberd in Hadrut; three soldiers were wounded. "
    items = (Item(f"https://outlet.example/{n}", f"Khtsaberd shelled {n}", shelled * 100) for n in range(30))
    room.host.answer("/wire", feed(rss(*items)))
    await room.list_sources("wire")
    reader = CountingReader()
    take_in = partial(ingest, reader=reader)
    async with Fetcher(read_exemptions(["127.0.0.1"])) as fetcher, Parser(limit=PARSE_LIMIT) as parser:
        checker = Checker(room.database, fetcher, parser, take_in, clock=room.clock.now)
        room.clock.advance(HOUR)
        task = asyncio.create_task(checker.check_due())
        most_in_a_turn = 0
        while not task.done():
            reader.in_this_turn = 0
            await asyncio.sleep(0)
            most_in_a_turn = max(most_in_a_turn, reader.in_this_turn)
        await checker.close()
    (checked,) = await task
    assert checked.found is not None
    assert checked.found.new_reports == 30
    assert most_in_a_turn == 1
