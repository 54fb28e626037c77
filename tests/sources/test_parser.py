"""The parser process: separate, bounded, replaceable."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ParseError
from bot.model import SourceKind
from bot.sources.feed import parse_feed
from bot.sources.identity import content_hash
from bot.sources.messages import Job
from bot.sources.parser import Parser
from bot.sources.worker import run
from tests.clock import PATIENCE_S
from tests.source_host import Item, rss

FEED = SourceKind.FEED
BODY = rss(Item("https://outlet.example/1", "One", "Shots near Kut", "Mon, 02 Dec 2024 10:00:00 GMT"))
SLOW = rss(*(Item(f"https://outlet.example/{n}", "&amp;lt;b&amp;gt;" * 1_500) for n in range(200)))


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with Parser(limit=timedelta(seconds=PATIENCE_S)) as one:
        yield one


async def test_entries_arrive_as_they_were_parsed(parser: Parser) -> None:
    """The same as in this process, dates and all, with their digests."""
    (entry,) = await parser.parse(FEED, BODY, "", "")
    (plain,) = parse_feed(BODY)
    assert entry == replace(plain, digest=content_hash(plain))


async def test_the_process_stays_for_the_next_answer(parser: Parser) -> None:
    """Its start is paid once."""
    for _ in range(3):
        await parser.parse(FEED, BODY, "", "")
        pids = set(_children())
    assert len(pids) == 1


async def test_what_cannot_be_parsed_is_a_parse_error_with_the_reason(parser: Parser) -> None:
    """And the process goes on."""
    with pytest.raises(ParseError, match="not a feed"):
        await parser.parse(FEED, b"<html>", "", "")
    assert await parser.parse(FEED, BODY, "", "")


async def test_a_parse_without_end_is_killed_and_replaced() -> None:
    """Whoever comes next gets a new process."""
    async with Parser(limit=timedelta(milliseconds=1)) as parser:
        with pytest.raises(ParseError, match="too long"):
            await parser.parse(FEED, SLOW, "", "")
        assert _children() == []
    async with Parser() as parser:
        assert await parser.parse(FEED, BODY, "", "")


async def test_a_process_that_dies_is_replaced(parser: Parser) -> None:
    """One source loses one check by it."""
    await parser.parse(FEED, BODY, "", "")
    for pid in _children():
        os.kill(pid, signal.SIGKILL)
    try:
        await parser.parse(FEED, BODY, "", "")
    except ParseError:
        assert await parser.parse(FEED, BODY, "", "")


async def test_a_cancelled_parse_delays_nobody_for_long(parser: Parser) -> None:
    """The next one is served as usual."""
    await parser.parse(FEED, BODY, "", "")
    task = asyncio.create_task(parser.parse(FEED, BODY, "", ""))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert await parser.parse(FEED, BODY, "", "")


async def test_closing_in_the_middle_leaves_no_process() -> None:
    """Whoever waits is cancelled."""
    parser = Parser()
    await parser.parse(FEED, BODY, "", "")
    tasks = [asyncio.create_task(parser.parse(FEED, SLOW, "", "")) for _ in range(3)]
    for _ in range(5):  # turns of the loop: the first answer is on its way to the process
        await asyncio.sleep(0)
    await parser.close()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert all(task.cancelled() for task in tasks)
    assert _children() == []


async def test_a_spare_process_helps_while_the_first_is_stuck() -> None:
    """Whoever waits behind a slow answer is served by another process, which then goes away."""
    limit = timedelta(seconds=PATIENCE_S)
    async with Parser(limit=limit, spare_after=timedelta(milliseconds=1)) as parser:
        await parser.parse(FEED, BODY, "", "")
        slow = asyncio.create_task(parser.parse(FEED, SLOW, "", ""))
        assert await parser.parse(FEED, BODY, "", "")
        await slow
        assert len(await parser.parse(FEED, BODY, "", "")) == 1
        assert len(_children()) <= 2
    assert _children() == []


async def test_a_crowd_is_served_by_one_process(parser: Parser) -> None:
    """Waiting in a row is no reason to start another."""
    results = await asyncio.gather(*(parser.parse(FEED, BODY, "", "") for _ in range(200)))
    assert len(set(results)) == 1
    assert len(_children()) == 1


async def test_it_ends_with_the_service(parser: Parser) -> None:
    """Closing twice is fine."""
    await parser.parse(FEED, BODY, "", "")
    await parser.close()
    await parser.close()
    assert _children() == []


async def test_it_knows_no_secret_and_can_open_nothing(parser: Parser) -> None:
    """Its environment is empty, and its open files are its pipes."""
    await parser.parse(FEED, BODY, "", "")
    (pid,) = _children()
    process = Path(f"/proc/{pid}")
    assert (process / "environ").read_bytes() == b""
    limits = (process / "limits").read_text().splitlines()
    allowed = next(line.split()[3] for line in limits if line.startswith("Max open files"))
    assert int(allowed) == len(list((process / "fd").iterdir()))


async def test_every_charset_is_read_behind_closed_doors(parser: Parser) -> None:
    """What is loaded on demand was loaded before."""
    for charset in ("koi8-r", "windows-1251", "utf-16"):
        body = BODY.decode().replace("One", "Обстрел").replace("utf-8", charset).encode(charset)
        (entry,) = await parser.parse(FEED, body, "", "")
        assert entry.title == "Обстрел"
    broken = BODY.replace(b"Shots", "Обстрел & <b>".encode())
    assert await parser.parse(FEED, broken, "", "")


async def test_the_service_goes_on_while_a_large_feed_is_read(parser: Parser) -> None:
    """It is read elsewhere and comes in pieces: between any two of them everybody else has a turn."""
    await parser.parse(FEED, BODY, "", "")
    large = rss(*(Item(f"https://outlet.example/{n}", "One", "words " * 4_000) for n in range(200)))
    task = asyncio.create_task(parser.parse(FEED, large, "", ""))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert len(await task) == 200
    assert turns > 20


def test_failures_are_answers() -> None:
    """The process itself never ends by an error of a kind."""
    assert run(Job(FEED, b"", "", "")).error == "the answer is empty"
    assert len(run(Job(FEED, BODY, "", "")).entries) == 1


def _children() -> list[int]:
    """Parser processes that this one has started and that still live."""
    return [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit() and _is_ours(path)]


def _is_ours(process: Path) -> bool:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == os.getpid() and "bot.sources.worker" in (process / "cmdline").read_text()
    except OSError:
        return False
