"""Sources are tried against real hosts, and what came of it is printed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.model import Source, SourceKind, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.tending import check_sources, list_sources
from tests.source_host import Item, SourceHost, feed, redirect, rss, status

BODY = rss(Item("https://outlet.example/1", "Shots near Kut", "", "Mon, 02 Dec 2024 10:00:00 GMT"))
NOW = datetime(2024, 12, 2, 12, 0, tzinfo=UTC)
HOME = b'<html><link rel="alternate" type="application/rss+xml" href="/new/feed"></html>'


@pytest.fixture
async def host() -> AsyncIterator[SourceHost]:
    async with SourceHost() as one:
        yield one


def source(host: SourceHost, path: str, kind: SourceKind = SourceKind.FEED) -> Source:
    return Source(path.strip("/").replace("/", "-"), "One", kind, host.url(path), SourceType.AGENCY)


async def tried(*sources: Source) -> tuple[int, str]:
    out = StringIO()
    code = await check_sources(sources, read_exemptions(["127.0.0.1"]), out, NOW)
    return code, out.getvalue()


async def test_a_table_says_of_each_source_what_came_of_it(host: SourceHost) -> None:
    """What needs mending first: dead, found elsewhere, redirected; then the sum."""
    host.answer("/good", feed(BODY))
    host.answer("/moved", redirect("/here"))
    host.answer("/here", feed(BODY))
    host.answer("/page", feed(HOME, content_type="text/html"))
    host.answer("/new/feed", feed(BODY))
    host.answer("/dead", status(410))
    code, table = await tried(*(source(host, f"/{name}") for name in ("good", "moved", "page", "dead")))
    lines = [line.split() for line in table.splitlines()]
    assert code == 1
    assert lines[0][:3] == ["dead", "feed", "dead"]
    assert "410" in lines[0]
    assert lines[1][:5] == ["page", "feed", "found", "elsewhere", "1"]
    assert lines[1][-1] == host.url("/new/feed")
    assert lines[2][:3] == ["moved", "feed", "redirects"]
    assert lines[2][-1] == host.url("/here")
    assert lines[3] == ["good", "feed", "works", "1", "2024-12-02", "10:00"]
    assert table.endswith("1 dead, 1 found elsewhere, 1 redirects, 1 works\n")


async def test_the_front_page_is_asked_where_the_feed_is_gone(host: SourceHost) -> None:
    """A redesign moves feeds and leaves the front page."""
    host.answer("/old/feed", status(404))
    host.answer("/", feed(HOME, content_type="text/html"))
    host.answer("/new/feed", feed(BODY))
    code, table = await tried(source(host, "/old/feed"))
    assert code == 1
    assert "found elsewhere" in table
    assert host.url("/new/feed") in table


async def test_a_catalogue_that_works_is_a_success(host: SourceHost) -> None:
    """An empty feed and one that its outlet has left are told, and are no failures."""
    host.answer("/good", feed(BODY))
    host.answer("/left", feed(BODY.replace(b"Dec 2024", b"Aug 2024")))
    host.answer("/empty", feed(rss()))
    code, table = await tried(*(source(host, f"/{name}") for name in ("good", "left", "empty")))
    assert code == 0
    assert table.endswith("1 empty, 1 old, 1 works\n")


async def test_without_a_network_that_is_said_once() -> None:
    """Instead of leaving it to be guessed from a hundred lines."""
    nowhere = Source("a", "A", SourceKind.FEED, "https://no-such-host.invalid/", SourceType.AGENCY)
    code, table = await tried(nowhere)
    assert code == 1
    assert "no network here" in table


def test_the_list_has_a_line_a_source() -> None:
    """With kind, side, type, language, theatres and address."""
    out = StringIO()
    list_sources([Source("a", "A", SourceKind.FEED, "https://a.example/", SourceType.BLOG)], out)
    assert out.getvalue().split() == ["a", "feed", "neutral", "blog", "-", "all", "https://a.example/"]


def test_the_command_line_does_all_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Check, list, OPML out and in, on the file that is named."""
    monkeypatch.chdir(tmp_path)  # where no .env is
    mine = Path("mine.toml")
    mine.write_text(
        '[[source]]\nid="a"\nname="A"\nkind="feed"\nurl="https://no-such-host.invalid/"\ntype="blog"\n'
    )
    assert main(["sources", "list", "--file", "mine.toml"]) == 0
    assert capsys.readouterr().out.startswith("a ")
    assert main(["sources", "export-opml", "out.opml", "--file", "mine.toml"]) == 0
    assert main(["sources", "import-opml", "out.opml"]) == 0
    assert 'id = "a"' in capsys.readouterr().out
    assert asyncio.run(asyncio.to_thread(main, ["sources", "check", "--file", "mine.toml"])) == 1
    assert "1 dead" in capsys.readouterr().out
    assert main(["sources", "import-opml", "gone.opml"]) == 78
