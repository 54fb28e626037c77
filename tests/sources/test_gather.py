"""Further documents behind a source's answer, from real hosts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bot.errors import FetchError, ParseError
from bot.model import DEFAULT_OPTIONS, Entry, Source, SourceKind, SourceOptions, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetched, Fetcher
from bot.sources.gather import Gatherer
from bot.sources.kinds import ARTICLE as ARTICLE_TASK
from bot.sources.kinds import FEEDS_OF_PAGE
from bot.sources.messages import Job
from bot.sources.parser import Parser
from bot.sources.worker import run
from tests.clock import FakeClock
from tests.source_host import Item, SourceHost, feed, rss, status
from tests.sources.test_gdelt import event, head, zipped
from tests.sources.test_page import ARTICLE

NOW = datetime(2024, 12, 2, 12, 0, tzinfo=UTC)
FULL = SourceOptions(full_text=True)


class Here:
    """Reads in this process what the parser process would read: it is the same code, started sooner."""

    async def parse(
        self,
        task: str,
        body: bytes,
        content_type: str,
        base_url: str,
        options: SourceOptions = DEFAULT_OPTIONS,
    ) -> tuple[Entry, ...]:
        result = run(Job(task, body, content_type, base_url, options))
        if result.error is not None:
            raise ParseError(result.error)
        return result.entries


@dataclass
class Desk:
    """A host, the gatherer, and what time it is there."""

    host: SourceHost
    fetcher: Fetcher
    gatherer: Gatherer
    clock: FakeClock

    async def gather(
        self,
        path: str,
        kind: SourceKind = SourceKind.FEED,
        options: SourceOptions = DEFAULT_OPTIONS,
        since: datetime | None = None,
    ) -> tuple[Entry, ...]:
        source = Source("one", "One", kind, self.host.url(path), SourceType.AGENCY, options=options)
        answer = await self.fetcher.fetch(source.url)
        assert isinstance(answer, Fetched)
        return await self.gatherer.entries(source, answer, since)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with SourceHost() as host, Fetcher(read_exemptions(["127.0.0.1"])) as fetcher:
        clock = FakeClock(NOW)
        yield Desk(host, fetcher, Gatherer(fetcher, Here(), clock.now), clock)


def preview(*numbers: int) -> bytes:
    """A channel's page: post n was written n minutes after ten."""
    posts = "".join(
        f'<div class="tgme_widget_message" data-post="Front/{n}">'
        f'<div class="tgme_widget_message_text">Post {n}</div>'
        f'<time datetime="{NOW.replace(hour=10, minute=n).isoformat()}"></time></div>'
        for n in numbers
    )
    return f'<section class="tgme_channel_history">{posts}</section>'.encode()


def at(minute: int) -> datetime:
    return NOW.replace(hour=10, minute=minute)


async def test_earlier_posts_are_fetched_until_the_last_check_is_reached(desk: Desk) -> None:
    """Oldest first, each once, and no page more than needed."""
    desk.host.answer("/s/front", feed(preview(31, 32)), feed(preview(21, 30)), feed(preview(9, 10, 20)))
    found = await desk.gather("/s/front", SourceKind.CHANNEL, since=at(15))
    assert [e.title for e in found] == [f"Post {n}" for n in (9, 10, 20, 21, 30, 31, 32)]
    assert [a.path for a in desk.host.asked] == ["/s/front", "/s/front?before=31", "/s/front?before=21"]


@pytest.mark.parametrize("since", [None, at(33), at(50)])
async def test_no_page_more_is_asked_for_where_nothing_can_be_missing(
    desk: Desk, since: datetime | None
) -> None:
    """On the first check, and as long as the page reaches back far enough."""
    desk.host.answer("/s/front", feed(preview(31, 32)))
    assert len(await desk.gather("/s/front", SourceKind.CHANNEL, since=since)) == 2
    assert len(desk.host.asked) == 1


async def test_a_gap_that_could_not_be_closed_is_closed_at_the_next_check(desk: Desk) -> None:
    """What the latest page holds is told at once."""
    desk.host.answer("/s/front", feed(preview(31)), status(500), feed(preview(31, 32)), feed(preview(9, 30)))
    assert len(await desk.gather("/s/front", SourceKind.CHANNEL, since=at(15))) == 1
    found = await desk.gather("/s/front", SourceKind.CHANNEL, since=at(32))
    assert [e.title for e in found] == ["Post 9", "Post 30", "Post 31", "Post 32"]


async def test_a_row_of_pictures_hides_no_post(desk: Desk) -> None:
    """Pages on which no post has words are passed over on the way back."""
    pictures = preview(30, 31).replace(b"tgme_widget_message_text", b"tgme_widget_message_photo")
    older = pictures.replace(b"Front/3", b"Front/2")
    desk.host.answer("/s/Front", feed(pictures), feed(older), feed(preview(18, 19)), feed(preview(8)))
    found = await desk.gather("/s/Front", SourceKind.CHANNEL, since=at(10))
    assert [entry.text for entry in found] == ["Post 8", "Post 18", "Post 19"]
    desk.host.answer("/s/Front", feed(pictures))
    before = len(desk.host.asked)
    assert await desk.gather("/s/Front", SourceKind.CHANNEL, since=at(33)) == ()
    assert len(desk.host.asked) == before + 1, "nothing can be missing"


async def test_a_channel_whose_numbers_lead_nowhere_ends(desk: Desk) -> None:
    """A host that shows the same page again and again is asked a few times, not for ever."""
    desk.host.answer("/s/front", feed(preview(31, 32)))
    found = await desk.gather("/s/front", SourceKind.CHANNEL, since=at(1))
    assert len(found) == 2
    assert len(desk.host.asked) == 2


async def test_teasers_are_told_with_the_text_of_their_articles(desk: Desk) -> None:
    """Headline, address and time as the feed has them; each article is fetched once."""
    desk.host.answer("/1", feed(ARTICLE.encode(), content_type="text/html"))
    body = rss(Item(desk.host.url("/1"), "Shots", "Read more", "Mon, 02 Dec 2024 11:50:00 GMT"))
    desk.host.answer("/feed", feed(body))
    for _ in range(2):
        (entry,) = await desk.gather("/feed", options=FULL)
        assert entry.title == "Shots"
        assert "One soldier was wounded" in entry.text
        assert entry.published_at == NOW - timedelta(minutes=10)
    assert desk.host.times_asked("/1") == 1


async def test_a_teaser_that_changes_at_every_look_fetches_no_article_each_time(desk: Desk) -> None:
    """Some say how often they were read; a change is followed up, but not each twenty seconds."""
    desk.host.answer("/1", feed(ARTICLE.encode(), content_type="text/html"))
    for look in range(31):
        item = Item(desk.host.url("/1"), "Shots", f"Read {look} times", "Mon, 02 Dec 2024 11:50:00 GMT")
        desk.host.answer("/feed", feed(rss(item)))
        (entry,) = await desk.gather("/feed", options=FULL)
        assert "One soldier was wounded" in entry.text
        desk.clock.advance(20)
    assert desk.host.times_asked("/1") == 2


async def test_a_feed_that_does_not_ask_for_it_gets_no_article(desk: Desk) -> None:
    """One request, as ever."""
    desk.host.answer("/feed", feed(rss(Item(desk.host.url("/1"), "Shots", "Read more"))))
    (entry,) = await desk.gather("/feed")
    assert (entry.text, len(desk.host.asked)) == ("Read more", 1)


@pytest.mark.parametrize(("published", "told"), [("11:50:00", 1), ("08:00:00", 0)])
async def test_a_fresh_teaser_does_not_wait_for_an_article_that_is_missing(
    desk: Desk, published: str, told: int
) -> None:
    """An old one does: it would look like a correction of what was read. After three tries it stands."""
    body = rss(Item(desk.host.url("/gone"), "Shots", "Read more", f"Mon, 02 Dec 2024 {published} GMT"))
    desk.host.answer("/feed", feed(body))
    counts = [len(await desk.gather("/feed", options=FULL)) for _ in range(4)]
    assert counts == [told, told, 1, 1]
    assert desk.host.times_asked("/gone") == 3


async def test_of_a_long_list_the_latest_are_read(desk: Desk) -> None:
    """Some feeds begin with the oldest."""
    dates = [NOW - timedelta(minutes=60 - n) for n in range(50)]
    items = [
        Item(desk.host.url(f"/{n}"), f"Item {n}", "", f"{date:%a, %d %b %Y %H:%M:%S} GMT")
        for n, date in enumerate(dates)
    ]
    desk.host.answer("/feed", feed(rss(*items)))
    found = await desk.gather("/feed", options=FULL)
    assert {entry.title for entry in found} == {f"Item {n}" for n in range(20, 50)}


async def test_the_articles_of_a_page_are_read_and_date_its_items(desk: Desk) -> None:
    """A page always has them read."""
    desk.host.answer("/n/1", feed(ARTICLE.encode(), content_type="text/html"))
    links = "".join(f'<a href="/n/{n}">Shots near Kut were reported today</a>' for n in (1, 2, 3))
    desk.host.answer("/", feed(links.encode(), content_type="text/html"))
    entry, *_ = await desk.gather("/", SourceKind.PAGE)
    assert entry.title == "Shots near Kut were reported today"
    assert entry.published_at == NOW - timedelta(hours=2)
    assert "One soldier" in entry.text


async def test_gdelt_is_read_from_the_two_files_of_its_list(desk: Desk) -> None:
    """Files of other hosts are not asked for."""
    names = [desk.host.url(f"/gdeltv2/20250109101500.{what}.zip") for what in ("export.CSV", "gkg.csv")]
    desk.host.answer("/gdeltv2/lastupdate.txt", feed("\n".join(f"1 ab {name}" for name in names).encode()))
    desk.host.answer("/gdeltv2/20250109101500.export.CSV.zip", feed(zipped(event("https://a.example/1"))))
    desk.host.answer(
        "/gdeltv2/20250109101500.gkg.csv.zip", feed(zipped(head("https://a.example/1", "A strike")))
    )
    (entry,) = await desk.gather("/gdeltv2/lastupdate.txt", SourceKind.GDELT)
    assert (entry.title, entry.origin) == ("A strike", "a.example")
    lie = b"1 ab http://elsewhere.example/gdeltv2/20250109101500.export.CSV.zip\n" * 2
    desk.host.answer("/gdeltv2/lastupdate.txt", feed(lie))
    with pytest.raises(ParseError, match="no list"):
        await desk.gather("/gdeltv2/lastupdate.txt", SourceKind.GDELT)


async def test_a_missing_file_of_gdelt_is_a_failure_that_is_tried_again(desk: Desk) -> None:
    """Half of a quarter of an hour is none."""
    names = [desk.host.url(f"/gdeltv2/20250109101500.{what}.zip") for what in ("export.CSV", "gkg.csv")]
    desk.host.answer("/gdeltv2/lastupdate.txt", feed("\n".join(names).encode()))
    with pytest.raises(FetchError):
        await desk.gather("/gdeltv2/lastupdate.txt", SourceKind.GDELT)


async def test_all_of_it_is_read_behind_closed_doors_too() -> None:
    """What a kind loads on demand was loaded before the parser process could open nothing any more."""
    pair = msgspec.msgpack.encode(
        (zipped(event("https://a.example/1")), zipped(head("https://a.example/1", "A")))
    )
    links = "".join(f"<a href='/n/{n}'>Обстрел под Мартуни, ранен один солдат</a>" for n in (1, 2, 3))
    told = (
        b'{"data": [{"id": 1, "fields": {"title": "A", "date": {"created": "2025-01-09T10:00:00+00:00"}}}]}'
    )
    bodies = {
        SourceKind.GDELT: pair,
        SourceKind.PAGE: links.encode("cp1251"),
        SourceKind.RELIEFWEB: told,
        FEEDS_OF_PAGE: b"<link rel=alternate type='application/rss+xml' href='/feed'>",
        ARTICLE_TASK: ARTICLE.encode(),
    }
    async with Parser() as parser:
        for task, body in bodies.items():
            found = await parser.parse(task, body, "text/html; charset=windows-1251", "https://a.example/")
            assert len(found) == (3 if task is SourceKind.PAGE else 1), task
