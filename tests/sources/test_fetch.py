"""Asking sources: conditional, polite, bounded."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FetchError
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetched, Fetcher, Limits, NotModified
from bot.sources.headers import read_retry_after
from bot.sources.inflate import BodyReader
from tests.source_host import (
    Item,
    RawHost,
    SourceHost,
    after,
    bomb,
    endless,
    feed,
    hang,
    packed,
    redirect,
    rss,
    status,
    wait_for,
)

BODY = rss(Item("https://outlet.example/1", "One"))
LOOPBACK = read_exemptions(["127.0.0.1", "localhost"])
IMPATIENT = Limits(total=timedelta(seconds=0.3))


@pytest.fixture
async def host() -> AsyncIterator[SourceHost]:
    async with SourceHost() as one:
        yield one


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(LOOPBACK) as one:
        yield one


async def _refused(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url)
    return str(caught.value)


async def test_a_document_is_fetched_with_what_its_next_request_needs(
    host: SourceHost, fetcher: Fetcher
) -> None:
    """Body, type and both validators come back, and the project names itself."""
    url = host.answer("/feed", feed(BODY, etag='"a"', last_modified="Mon, 02 Dec 2024 10:00:00 GMT"))
    answer = await fetcher.fetch(url)
    assert isinstance(answer, Fetched)
    assert (answer.body, answer.content_type, answer.final_url) == (BODY, "application/rss+xml", url)
    assert (answer.etag, answer.last_modified) == ('"a"', "Mon, 02 Dec 2024 10:00:00 GMT")
    assert host.asked[0].headers["User-Agent"].startswith("Trucewatch/")
    assert host.asked[0].headers["Accept-Encoding"] == "gzip, identity"


async def test_an_etag_saves_the_second_answer(host: SourceHost, fetcher: Fetcher) -> None:
    """The host is told the ETag and answers 304."""
    url = host.answer("/feed", feed(BODY, etag='"a"'))
    assert isinstance(await fetcher.fetch(url, '"a"'), NotModified)
    assert isinstance(await fetcher.fetch(url, '"b"'), Fetched)


async def test_a_date_saves_the_second_answer(host: SourceHost, fetcher: Fetcher) -> None:
    """The same with Last-Modified."""
    moment = "Mon, 02 Dec 2024 10:00:00 GMT"
    url = host.answer("/feed", feed(BODY, last_modified=moment))
    assert isinstance(await fetcher.fetch(url, None, moment), NotModified)


async def test_a_stored_validator_cannot_smuggle_headers(host: SourceHost, fetcher: Fetcher) -> None:
    """A validator with line breaks is left out."""
    url = host.answer("/feed", feed(BODY))
    await fetcher.fetch(url, '"a"\r\nX-Smuggled: 1')
    assert "X-Smuggled" not in host.asked[0].headers
    assert "If-None-Match" not in host.asked[0].headers


async def test_packed_answers_are_unpacked(host: SourceHost, fetcher: Fetcher) -> None:
    """gzip, whatever its old name."""
    for encoding in ("gzip", "x-gzip", "GZIP"):
        answer = await fetcher.fetch(host.answer("/feed", packed(BODY, encoding)))
        assert isinstance(answer, Fetched)
        assert answer.body == BODY


async def test_broken_packing_is_said_in_words(host: SourceHost, fetcher: Fetcher) -> None:
    """Cut short, no gzip at all, or packed in a way that was not offered."""
    assert "stops in the middle" in await _refused(fetcher, host.answer("/a", packed(BODY, cut=9)))
    assert "not offered" in await _refused(fetcher, host.answer("/b", packed(BODY, "br")))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain"
    async with RawHost(head) as raw:
        assert "is not" in await _refused(fetcher, raw.url)


async def test_a_bomb_is_stopped_while_it_unpacks(host: SourceHost, fetcher: Fetcher) -> None:
    """200 MiB in 200 KB end at 5 MiB."""
    assert "larger than 5 MiB" in await _refused(fetcher, host.answer("/bomb", bomb(200)))


async def test_an_endless_answer_is_cut(host: SourceHost, fetcher: Fetcher) -> None:
    """Nothing is read beyond 2 MiB on the wire."""
    assert "larger than 2 MiB" in await _refused(fetcher, host.answer("/endless", endless()))


async def test_a_trickling_answer_ends_with_the_time_in_all(host: SourceHost) -> None:
    """A byte now and then does not buy more time: the limit is not per read."""
    async with Fetcher(LOOPBACK, limits=IMPATIENT) as fetcher:
        url = host.answer("/slow", endless(b"x", pause_s=0.02))
        assert "within 0.3 s" in await _refused(fetcher, url)


async def test_redirects_buy_no_time(host: SourceHost) -> None:
    """The limit is for all of them together, for what is asked and for what is sent."""
    first = host.answer("/1", after(0.2, redirect("/2", 307)))
    host.answer("/2", after(0.2, redirect("/3", 307)))
    host.answer("/3", feed(BODY))
    async with Fetcher(LOOPBACK, limits=IMPATIENT) as fetcher:
        for ask in (fetcher.fetch(first), fetcher.submit(first, {"hub.mode": "subscribe"})):
            with pytest.raises(FetchError, match=r"within 0\.3 s"):
                await ask
    assert host.times_asked("/3") == 0


def test_no_more_of_a_bomb_is_unpacked_than_may_be_held() -> None:
    """Nothing else runs meanwhile: one byte over the limit is the last, however much has come at once."""
    reader = BodyReader("gzip", wire_limit=2**21, decoded_limit=2**20)
    with pytest.raises(FetchError, match="larger than 1 MiB"):
        reader.take(gzip.compress(bytes(100 * 2**20)))
    assert len(reader._body) == 2**20 + 1


async def test_a_host_that_never_answers_is_given_up(host: SourceHost) -> None:
    """Time out in words."""
    async with Fetcher(LOOPBACK, limits=IMPATIENT) as fetcher:
        assert "no complete answer" in await _refused(fetcher, host.answer("/hang", hang()))


@pytest.mark.parametrize(
    "flood",
    [
        b"".join(b"X-%d: a\r\n" % n for n in range(500)),
        b"X-Long: " + b"a" * 100_000 + b"\r\n",
        b"X-Folded: a\r\n" + b" a\r\n" * 50_000,
    ],
    ids=["many", "long", "folded"],
)
async def test_a_flood_of_headers_is_refused(flood: bytes, fetcher: Fetcher) -> None:
    """Headers are bounded in number and in length."""
    async with RawHost(b"HTTP/1.1 200 OK\r\n" + flood + b"Content-Length: 0\r\n\r\n") as raw:
        await _refused(fetcher, raw.url)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 999999 x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_a_fetch_error(answer: bytes, fetcher: Fetcher) -> None:
    """Whatever a host says, only FetchError leaves."""
    async with RawHost(answer) as raw:
        await _refused(fetcher, raw.url)


async def test_redirects_are_followed_with_the_last_address(host: SourceHost, fetcher: Fetcher) -> None:
    """Relative ones too; entries are later joined to where the document was."""
    host.answer("/new/feed", feed(BODY))
    host.answer("/mid", redirect("new/feed", 308))
    answer = await fetcher.fetch(host.answer("/old", redirect("/mid#part", 301)))
    assert isinstance(answer, Fetched)
    assert answer.final_url == host.url("/new/feed")


async def test_a_link_header_that_is_none_costs_nothing_else(host: SourceHost, fetcher: Fetcher) -> None:
    """A wrong address of a hub is no reason to lose the news."""
    url = host.answer("/feed", status(200, Link='<http://[::1>; rel="hub", <http://x:99999999/>; rel=self'))
    found = await fetcher.fetch(url)
    assert isinstance(found, Fetched)
    assert (found.hub, found.topic) == (None, None)


async def test_a_redirect_loop_ends_after_five(host: SourceHost, fetcher: Fetcher) -> None:
    """Six requests, then no more."""
    assert "more than 5 redirects" in await _refused(fetcher, host.answer("/loop", redirect("/loop")))
    assert host.times_asked("/loop") == 6


@pytest.mark.parametrize(
    "target", ["", "file:///etc/passwd", "ftp://a.example/", "http://", "http://[", "javascript:1", "//"]
)
async def test_a_redirect_to_nowhere_is_refused(target: str, host: SourceHost, fetcher: Fetcher) -> None:
    """Only http and https addresses with a host are followed."""
    await _refused(fetcher, host.answer("/out", redirect(target)))


async def test_statuses_are_told_with_the_wait_they_ask_for(host: SourceHost, fetcher: Fetcher) -> None:
    """429 with seconds; 404 without."""
    with pytest.raises(FetchError) as busy:
        await fetcher.fetch(host.answer("/busy", status(429, Retry_After="120")))
    assert (busy.value.status, busy.value.retry_after_s) == (429, 120.0)
    with pytest.raises(FetchError) as gone:
        await fetcher.fetch(host.url("/missing"))
    assert (gone.value.status, gone.value.retry_after_s) == (404, None)
    assert str(gone.value) == "answers 404 Not Found"


def test_retry_after_is_read_in_both_forms() -> None:
    """Seconds or a date; what is neither says nothing."""
    now = datetime(2024, 12, 2, 10, 0, tzinfo=UTC)
    assert read_retry_after("17", now) == 17
    assert read_retry_after("Mon, 02 Dec 2024 10:01:00 GMT", now) == 60
    assert read_retry_after("Mon, 02 Dec 2024 09:00:00 GMT", now) == 0
    for nothing in ("", "soon", "-5", "²"):
        assert read_retry_after(nothing, now) is None


async def test_a_refused_connection_is_said_in_words(fetcher: Fetcher) -> None:
    """The closed port of a host that is up."""
    async with SourceHost() as host:
        url = host.url("/feed")
    assert "cannot connect to 127.0.0.1" in await _refused(fetcher, url)


async def test_a_name_that_does_not_exist_is_said_in_words() -> None:
    """The resolver's answer, not a stack trace."""

    async def nobody(host: str, port: int) -> list[str]:
        raise OSError("no such name")

    async with Fetcher(lookup=nobody) as fetcher:
        assert "cannot be found" in await _refused(fetcher, "http://nowhere.example/feed")


async def test_a_host_gets_two_requests_at_a_time(host: SourceHost, fetcher: Fetcher) -> None:
    """The third waits until one has ended; all get their answer."""
    gate = asyncio.Event()
    url = host.answer("/feed", wait_for(gate, feed(BODY)))
    tasks = [asyncio.create_task(fetcher.fetch(url)) for _ in range(6)]
    await host.until_asked(2)
    gate.set()
    await asyncio.gather(*tasks)
    assert (host.most_at_once, len(host.asked)) == (2, 6)


async def test_nobody_waits_for_a_turn_for_ever(host: SourceHost) -> None:
    """Who stands behind others at a host that hangs has not been heard either; nor is a place lost so."""
    url = host.answer("/hang", hang())
    async with Fetcher(LOOPBACK, limits=Limits(per_host=1, turn=timedelta(seconds=0.2))) as crowded:
        first = asyncio.create_task(crowded.fetch(url))
        await host.until_asked(1)
        assert "waiting" in await _refused(crowded, url)
        first.cancel()
        await asyncio.wait([first])
        assert isinstance(await crowded.fetch(host.answer("/feed", feed(BODY))), Fetched)


async def test_proxies_of_the_environment_are_ignored(
    host: SourceHost, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy would connect where the guard cannot see."""
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(await fetcher.fetch(host.answer("/feed", feed(BODY))), Fetched)


async def test_cookies_are_not_kept(host: SourceHost, fetcher: Fetcher) -> None:
    """Sources need not recognise us."""
    url = host.answer("/feed", status(200, Set_Cookie="id=1"), feed(BODY))
    await fetcher.fetch(url)
    await fetcher.fetch(url)
    assert "Cookie" not in host.asked[1].headers


async def test_a_cancelled_fetch_frees_its_place(host: SourceHost, fetcher: Fetcher) -> None:
    """After a stop nothing waits for ever."""
    url = host.answer("/hang", hang())
    tasks = [asyncio.create_task(fetcher.fetch(url)) for _ in range(4)]
    await host.until_asked(2)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(await fetcher.fetch(host.answer("/feed", feed(BODY))), Fetched)
