"""Sources are added, paused and removed in a chat, without anybody waiting for a source's host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.model import NEUTRAL, Finding, Party, Report, Source, SourceKind, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.database import Database
from bot.storage.sources import SourceCheck, SourceState, all_checks, save_state, upsert_catalogue
from bot.survey import Surveyor, make_id
from bot.watch.vitals import Vitals
from tests.chat import ADMIN, Somebody, open_bot, small_facts
from tests.source_host import Item, SourceHost, feed, rss, status, wait_for

CATALOGUE = Source("unifil", "UNIFIL", SourceKind.FEED, "https://un.example/feed", SourceType.MONITOR)
ITEMS = [Item(f"https://outlet.example/{n}", f"Shots near Hadrut {n}") for n in range(5)]


class Doubtful:
    """A reader for whom whatever names a place of the tests is a violation there."""

    def read(self, report: Report) -> Finding:
        is_there = "Hadrut 0" in report.title
        return Finding(is_there, 1.0, "en", theatre="armenia-azerbaijan" if is_there else None)


@dataclass
class Desk:
    """Who runs the bot, in a chat with it, and a host with whatever is to be added."""

    admin: Somebody
    host: SourceHost

    async def adds(self, text: str) -> str:
        await self.admin.says(f"/addsource {text}")
        await self.admin.scene.conversation.adder.wait()
        return self.admin.sees

    async def checks(self) -> dict[str, SourceCheck]:
        async with self.admin.scene.db.reading() as conn:
            return {check.source.id: check for check in await all_checks(conn)}


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    """One source is in the catalogue; two sides are known in one of the theatres."""
    theatre = ("armenia-azerbaijan",)
    parties = {name: Party(name, "state", name.title(), {}, theatre) for name in ("armenia", "azerbaijan")}
    facts = replace(small_facts(), parties=parties)
    async with SourceHost() as host, Fetcher(read_exemptions(["127.0.0.1"])) as fetcher, Parser() as parser:
        survey = Surveyor(fetcher, parser, Doubtful()).survey
        async with open_bot(db, facts=facts, survey=survey) as scene:
            async with db.writing() as conn:
                await upsert_catalogue(conn, [CATALOGUE])
            yield Desk(scene.person(ADMIN), host)


async def test_a_feed_is_added_with_its_side_and_type(desk: Desk) -> None:
    """The last three items with what would be made of them; then three questions; then it is due."""
    url = desk.host.answer("/feed", feed(rss(*ITEMS)))
    seen = (await desk.adds(url)).splitlines()
    assert seen[:2] == ["127.0.0.1: a feed, 5 items", url]
    assert seen[2].startswith("• Shots near Hadrut 0")
    assert seen[3] == "  → would be told: Armenia – Azerbaijan"
    assert [line for line in seen if "→" in line][1:] == ["  → no violation of a truce"] * 2
    await desk.admin.presses("Ministry or army")
    await desk.admin.presses("Armenia – Azerbaijan")
    assert desk.admin.buttons == ["Neutral", "Armenia", "Azerbaijan"]
    await desk.admin.presses("Azerbaijan")
    assert "is watched from now on" in desk.admin.sees
    added = (await desk.checks())["127-0-0-1"]
    told = (added.source.type, added.source.side, added.source.theatres, added.source.url)
    assert told == (SourceType.MOD, "azerbaijan", ("armenia-azerbaijan",), url)
    assert added.state.next_check_at is None
    assert "It is watched already" in await desk.adds(url)
    assert "It is watched already" in await desk.adds(f"{url}?utm_source=bot"), "the same in other words"


async def test_a_home_page_leads_to_its_feed(desk: Desk) -> None:
    """By its link; a source of the whole world has no side."""
    url = desk.host.answer("/news.xml", feed(rss(*ITEMS)))
    page = (
        b"<html><head><link rel=alternate type='application/rss+xml' title='Outlet' href='/news.xml'></head>"
    )
    home = desk.host.answer("/", feed(page + b"<body>Welcome</body></html>"))
    assert (await desk.adds(home)).splitlines()[:2] == ["Outlet: a feed, 5 items", url]
    await desk.admin.presses("Newspaper")
    await desk.admin.presses("The whole world")
    added = (await desk.checks())["outlet"].source
    assert (added.side, added.theatres, added.kind) == (NEUTRAL, (), SourceKind.FEED)


async def test_a_feed_that_is_gone_does_not_hide_the_next(desk: Desk) -> None:
    """A home page may name feeds that it has no longer."""
    url = desk.host.answer("/news.xml", feed(rss(*ITEMS)))
    names = b"".join(
        b"<link rel=alternate type='application/rss+xml' href='%s'>" % path
        for path in (b"/old", b"/news.xml")
    )
    home = desk.host.answer("/", feed(b"<html><head>" + names + b"</head><body>Welcome</body></html>"))
    assert (await desk.adds(home)).splitlines()[:2] == ["127.0.0.1: a feed, 5 items", url]


async def test_nobody_waits_for_a_slow_host(desk: Desk) -> None:
    """The conversation goes on; a second look has to wait its turn."""
    gate = asyncio.Event()
    url = desk.host.answer("/slow", wait_for(gate, feed(rss(*ITEMS))))
    await desk.admin.says(f"/addsource {url}")
    await desk.host.until_asked(1)
    assert "Looking at" in desk.admin.sees
    assert "Last check" in await desk.admin.says("/status")
    assert "another address" in await desk.admin.says(f"/addsource {url}")
    gate.set()
    await desk.admin.scene.conversation.adder.wait()
    assert "5 items" in desk.admin.messages[0]


async def test_what_cannot_be_watched_is_told(desk: Desk) -> None:
    """In words; nothing is added."""
    gone = desk.host.answer("/gone", status(404))
    assert (await desk.adds(gone)) == "That cannot be watched: answers 404 Not Found"
    empty = desk.host.answer("/page", feed(b"<html><body>Nothing to read</body></html>"))
    assert (await desk.adds(empty)).startswith("That cannot be watched: ")
    assert "not allowed" in await desk.adds("ftp://outlet.example/feed") or "only http" in desk.admin.sees
    assert "Give one address" in await desk.adds("")
    assert list(await desk.checks()) == ["unifil"]


async def test_an_added_source_survives_the_catalogue(desk: Desk) -> None:
    """And one that was removed does not come back with it, until somebody wants it back."""
    await desk.adds(desk.host.answer("/feed", feed(rss(*ITEMS))))
    await desk.admin.presses("Blog")
    await desk.admin.presses("The whole world")
    await desk.admin.says("/removesource UNIFIL")
    assert "UNIFIL is watched no more" in desk.admin.sees
    async with desk.admin.scene.db.writing() as conn:
        await upsert_catalogue(conn, [CATALOGUE])
    assert list(await desk.checks()) == ["127-0-0-1"]
    await desk.admin.presses("Watch it again")
    assert sorted(await desk.checks()) == ["127-0-0-1", "unifil"]
    await desk.admin.says("/removesource 127.0.0.1")
    async with desk.admin.scene.db.writing() as conn:
        await upsert_catalogue(conn, [CATALOGUE])
    assert list(await desk.checks()) == ["unifil"]


async def test_an_old_question_is_not_answered_twice(desk: Desk) -> None:
    """Its buttons say that it is done."""
    await desk.adds(desk.host.answer("/feed", feed(rss(*ITEMS))))
    old = desk.admin.button_data[0]
    await desk.admin.presses("News agency")
    await desk.admin.presses("The whole world")
    assert "begins anew" in await desk.admin.sends_press(*old)
    assert len(await desk.checks()) == 2


async def test_pause_and_resume_by_name(desk: Desk) -> None:
    """Whoever is not known is told so."""
    await desk.admin.says("/pause unifil")
    assert (await desk.checks())["unifil"].state.paused_at is not None
    await desk.admin.says("/resume UNIFIL")
    assert (await desk.checks())["unifil"].state.paused_at is None
    assert "I know no source" in await desk.admin.says("/pause reuters")
    assert "Say which" in await desk.admin.says("/removesource")


async def test_readers_press_none_of_this(desk: Desk) -> None:
    """The right is asked for at each press."""
    await desk.adds(desk.host.answer("/feed", feed(rss(*ITEMS))))
    stranger = Somebody(desk.admin.scene, ADMIN, 8)
    assert "people who run this bot" in await stranger.presses("News agency")
    assert list(await desk.checks()) == ["unifil"]


def test_identifiers_are_new_and_plain() -> None:
    """Whatever the name."""
    assert make_id("Outlet, the 1st!", frozenset()) == "outlet-the-1st"
    assert make_id("@outlet", frozenset({"outlet", "outlet-2"})) == "outlet-3"
    assert make_id("Вести", frozenset()) == "source"


async def test_status_tells_what_a_theatre_hears(desk: Desk) -> None:
    """Side by side; elsewhere that nothing is watched."""
    said = await desk.admin.says("/status Hadrut")
    assert said.splitlines() == [
        "Armenia – Azerbaijan: what is heard",
        "No source is mostly about it; only those of the whole world are heard.",
    ]
    local = replace(CATALOGUE, id="a", side="armenia", theatres=("armenia-azerbaijan",))
    async with desk.admin.scene.db.writing() as conn:
        await upsert_catalogue(conn, [local])
    desk.admin.scene.clock.advance(timedelta(minutes=1))
    assert "Armenia: 0 of 0 sources are heard" in await desk.admin.says("/status hadrut")


async def test_delays_are_told(desk: Desk) -> None:
    """From published to stored: of each source, of a theatre, and of all together."""
    local = replace(CATALOGUE, id="a", name="A", url="https://a.example/", theatres=("armenia-azerbaijan",))
    now = desk.admin.scene.clock.now()
    fine = SourceState(last_checked_at=now, last_ok_at=now, last_new_at=now, first_checked_at=now)
    async with desk.admin.scene.db.writing() as conn:
        await upsert_catalogue(conn, [CATALOGUE, local])
        await save_state(conn, "unifil", replace(fine, vitals=Vitals(lags_s=(10, 20, 300))))
        await save_state(conn, "a", replace(fine, vitals=Vitals(lags_s=(40, 40, 120))))
    own, every = "p50 40 seconds, p95 2 minutes", "p50 40 seconds, p95 5 minutes"
    told = [line for line in (await desk.admin.says("/sources")).splitlines() if "p50" in line]
    assert told == [f"from published to stored: {pair}" for pair in (own, "p50 20 seconds, p95 5 minutes")]
    assert f"From published to stored: {own}" in await desk.admin.says("/status hadrut")
    assert f"From published to stored: {every}" in await desk.admin.says("/status")
