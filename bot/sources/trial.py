"""Every source of a catalogue is tried once: an operator sees in a minute which lines need mending."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from bot.errors import SourceError
from bot.model import DEFAULT_OPTIONS, Entry, Source, SourceKind
from bot.sources.fetch import Fetched, NotModified
from bot.sources.gather import Asks, Gatherer, Reads
from bot.sources.identity import canonical_url
from bot.sources.kinds import FEEDS_OF_PAGE

MOST_CANDIDATES = 3
"""Feeds of a page that are tried in place of one that does not answer."""
OLD_AFTER = timedelta(days=90)
"""Many a feed goes on answering after its outlet has left it."""


class Verdict(StrEnum):
    """What came of one source."""

    WORKS = "works"
    EMPTY = "empty"
    OLD = "old"
    REDIRECTS = "redirects"
    FOUND = "found elsewhere"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Trial:
    """One source tried; `address` is where it answers now, `reason` why it does not."""

    source: Source
    verdict: Verdict
    entries: int = 0
    newest: datetime | None = None
    address: str = ""
    reason: str = ""


def judge_age(trial: Trial, now: datetime) -> Trial:
    """Of what works and has had nothing for three months it is said."""
    is_old = trial.newest is not None and now - trial.newest > OLD_AFTER
    return replace(trial, verdict=Verdict.OLD) if is_old and trial.verdict is Verdict.WORKS else trial


async def try_sources(sources: Sequence[Source], fetcher: Asks, parser: Reads) -> AsyncIterator[Trial]:
    """Trials as they end; the fetcher bounds how many go out at a time. Raises nothing for a bad source."""
    tasks = [asyncio.create_task(try_source(source, fetcher, parser)) for source in sources]
    try:
        for ended in asyncio.as_completed(tasks):
            yield await ended
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def try_source(source: Source, fetcher: Asks, parser: Reads) -> Trial:
    """Ask once; where no feed answers, look for one on the page that does, and on the site's front page."""
    answer: Fetched | None = None
    try:
        answer = await _get(source.url, fetcher)
        entries = await _entries(source, answer, fetcher, parser)
    except SourceError as error:
        found = await _elsewhere(source, answer, fetcher, parser)
        return found or Trial(source, Verdict.DEAD, reason=str(error))
    has_moved = canonical_url(answer.final_url) != canonical_url(source.url)
    good = Verdict.WORKS if entries else Verdict.EMPTY
    address = answer.final_url if has_moved else ""
    return _told(source, Verdict.REDIRECTS if has_moved else good, entries, address)


def _told(source: Source, verdict: Verdict, entries: Sequence[Entry], address: str) -> Trial:
    newest = max((e.published_at for e in entries if e.published_at is not None), default=None)
    return Trial(source, verdict, len(entries), newest, address)


async def _get(url: str, fetcher: Asks) -> Fetched:
    answer = await fetcher.fetch(url)
    if isinstance(answer, NotModified):
        raise SourceError("answers 304 Not Modified to a question without conditions")
    return answer


async def _entries(source: Source, answer: Fetched, fetcher: Asks, parser: Reads) -> tuple[Entry, ...]:
    """Without the articles behind: whether they can be read is seen in service."""
    if source.kind is SourceKind.GDELT:
        lean = replace(source, options=replace(source.options, full_text=False))
        return await Gatherer(fetcher, parser).entries(lean, answer, None)
    return await parser.parse(source.kind, answer.body, answer.content_type, answer.final_url, source.options)


async def _elsewhere(source: Source, answer: Fetched | None, fetcher: Asks, parser: Reads) -> Trial | None:
    """A feed that reads, named by the page that answered or by the front page; for feeds and pages alone."""
    if source.kind not in {SourceKind.FEED, SourceKind.PAGE}:
        return None
    parts = urlsplit(source.url)
    pages: list[Fetched | str] = [f"{parts.scheme}://{parts.netloc}/"]
    for page in [answer, *pages] if answer is not None else pages:
        for address in await _feeds_of(page, fetcher, parser):
            if canonical_url(address) == canonical_url(source.url):
                continue
            trial = await _try_feed(source, address, fetcher, parser)
            if trial is not None:
                return trial
    return None


async def _feeds_of(page: Fetched | str, fetcher: Asks, parser: Reads) -> list[str]:
    try:
        answer = await _get(page, fetcher) if isinstance(page, str) else page
        found = await parser.parse(
            FEEDS_OF_PAGE, answer.body, answer.content_type, answer.final_url, DEFAULT_OPTIONS
        )
    except SourceError:
        return []
    return [feed.url for feed in found[:MOST_CANDIDATES]]


async def _try_feed(source: Source, address: str, fetcher: Asks, parser: Reads) -> Trial | None:
    feed = replace(source, kind=SourceKind.FEED, url=address, options=DEFAULT_OPTIONS)
    try:
        entries = await _entries(feed, await _get(address, fetcher), fetcher, parser)
    except SourceError:
        return None
    return _told(source, Verdict.FOUND, entries, address) if entries else None
