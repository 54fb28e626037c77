"""Sources that answer and yet tell nothing, and clocks that are wrong: neither looks like calm."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.check import Checker, Failed, Taken, Unchanged
from bot.ingest import ingest
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.sources import get_check
from bot.watch.health import Diagnosis, Health, Why, diagnose
from tests.check.newsroom import PARSE_LIMIT, Calm, Newsroom
from tests.clock import START
from tests.source_host import Item, feed, rss, status

BODY = rss(Item("https://outlet.example/1", "Shots near Kut"), Item("https://outlet.example/2", "A derby"))
MORE = rss(Item("https://outlet.example/3", "A parade in Kut"))
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


async def judge(room: Newsroom, name: str) -> Diagnosis:
    async with room.database.reading() as conn:
        check = await get_check(conn, name)
    assert check is not None
    return diagnose(check, room.clock.now())


async def test_unchanged_means_nothing_where_nothing_was_read(room: Newsroom) -> None:
    """A host that answers 304 to whoever asks for the first time has told nothing."""
    room.host.answer("/wire", status(304))
    await room.list_sources("wire")
    for _ in range(2):
        (checked,) = (await room.check_after(2 * HOUR)).values()
        assert isinstance(checked.outcome, Failed)
    assert (await judge(room, "wire")).health is Health.FAILING


async def test_a_host_that_always_says_unchanged_is_asked_in_full_now_and_then(room: Newsroom) -> None:
    """Its mark stays the same whatever it publishes: what is new is found within hours all the same."""
    room.host.answer("/wire", feed(BODY, etag='"1"'))
    await room.list_sources("wire")
    await room.check_after(HOUR)
    room.host.answer("/wire", feed(MORE, etag='"1"'))
    outcomes = [(await room.check_after(HOUR))["wire"].outcome for _ in range(7)]
    assert any(isinstance(outcome, Taken) for outcome in outcomes)
    assert not isinstance(outcomes[0], Taken)


async def test_a_page_that_rewrites_itself_is_no_sign_of_life(room: Newsroom) -> None:
    """The same entries for a week, whose texts say at each look how old they are."""

    async def age(request: web.Request) -> web.Response:
        days = (room.clock.now() - START).days
        return web.Response(body=rss(Item("https://outlet.example/1", "A derby", f"{days} days ago")))

    room.host.answer("/wire", age)
    await room.list_sources("wire")
    async with Fetcher(read_exemptions(["127.0.0.1"])) as fetcher, Parser(limit=PARSE_LIMIT) as parser:
        take_in = partial(ingest, reader=Calm())
        checker = Checker(room.database, fetcher, parser, take_in, clock=room.clock.now)
        for _ in range(9):
            room.clock.advance(DAY)
            (checked,) = await checker.check_due()
            assert isinstance(checked.outcome, Taken)
        await checker.close()
    assert (await judge(room, "wire")).why is Why.SAME


async def test_a_hub_that_cries_wakes_no_source_that_fails(room: Newsroom) -> None:
    """What a host asks for after an error is obeyed, whoever tells of news; who is well is asked at once."""
    room.host.answer("/closed", status(503, Retry_After="7000"))
    room.host.answer("/wire", feed(BODY))
    await room.list_sources("closed", "wire")
    await room.check_after(HOUR)
    for _ in range(3):
        room.clock.advance(MINUTE / 4)
        await room.checker.check_again("closed")
        await room.checker.check_again("wire")
    assert (room.host.times_asked("/closed"), room.host.times_asked("/wire")) == (1, 4)


async def test_a_source_that_was_asked_too_often_is_not_for_a_hub_either(room: Newsroom) -> None:
    """It answers again after a 429; how long it seems to bear is waited for all the same."""
    room.host.answer("/wire", status(429), feed(BODY))
    await room.list_sources("wire")
    await room.check_after(HOUR)
    await room.check_after(HOUR)
    for seconds, asked in ((30, 2), (300, 3)):
        room.clock.advance(seconds)
        await room.checker.check_again("wire")
        assert room.host.times_asked("/wire") == asked


async def test_a_clock_that_is_set_back_stops_no_check(room: Newsroom) -> None:
    """What was planned by a time of day that never was is due."""
    room.host.answer("/wire", feed(BODY))
    await room.list_sources("wire")
    right = room.clock.now()
    room.clock.set_time_of_day(right + 30 * DAY)
    assert "wire" in await room.check_after(MINUTE)
    room.clock.set_time_of_day(right)
    assert "wire" in await room.check_after(MINUTE)
    assert await room.check_after(MINUTE / 2) == {}


async def test_when_the_network_is_back_nobody_waits_for_an_hour(room: Newsroom) -> None:
    """Nothing answered for hours, so the faults were not those of the sources: all are due with the first."""
    names = [f"s{n}" for n in range(5)]
    for name in names:
        room.host.answer(f"/{name}", feed(BODY))
    await room.list_sources(*names)
    await room.check_after(HOUR)
    await room.host.__aexit__()
    for _ in range(8):
        await room.check_after(HOUR + MINUTE)
    await room.host.__aenter__()
    (first,) = await room.checker.refresh("s0")
    assert isinstance(first.outcome, Unchanged)
    assert set(await room.check_after(MINUTE / 2)) == {*names} - {"s0"}


async def test_one_that_comes_back_hurries_nobody(room: Newsroom) -> None:
    """While others are heard, those that fail have their own reasons."""
    for name in ("good", "bad", "ugly"):
        room.host.answer(f"/{name}", status(500) if name == "bad" else feed(BODY))
    await room.list_sources("good", "bad", "ugly")
    for _ in range(6):
        await room.check_after(HOUR + MINUTE)
    assert "bad" not in await room.check_after(6 * MINUTE), "it answers, if only with an error"
