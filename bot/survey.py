"""A first look at an address that somebody wants to be watched: what it is, and what would be read there."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from bot.errors import ParseError, SourceError
from bot.model import Entry, Finding, Report, Source, SourceKind, SourceType
from bot.sources.fetch import Fetched, NotModified
from bot.sources.gather import Asks
from bot.sources.gather import Reads as Parses
from bot.sources.identity import report_key
from bot.sources.kinds import FEEDS_OF_PAGE

SHOWN = 3
"""Items of a survey: enough to see what a source is about."""
FEEDS_TRIED = 3
LONGEST_NAME = 60
_CHANNEL = re.compile(
    r"(?:https?://)?(?:t\.me|telegram\.me)/(?:s/)?(\w{3,40})(?:/\d+)?/?(?:\?\S*)?", re.ASCII | re.IGNORECASE
)
_HANDLE = re.compile(r"@(\w{3,40})", re.ASCII)


class Reads(Protocol):
    """What judges reports: `bot.reading.Reader`."""

    def read(self, report: Report) -> Finding:
        """What the report says; never raises for any text."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """One of the latest items with what the reader makes of it."""

    title: str
    url: str
    published_at: datetime | None
    finding: Finding


@dataclass(frozen=True, slots=True)
class Survey:
    """What stands at an address: the kind it is to be checked as, where, under which name, its last items."""

    url: str
    kind: SourceKind
    name: str
    entries: int
    items: tuple[Item, ...]


class Surveyor:
    """Surveys addresses through the same fetcher, parser process and reader as every check."""

    def __init__(
        self,
        fetcher: Asks,
        parser: Parses,
        reader: Reads,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._reader = reader
        self._clock = clock

    async def survey(self, text: str) -> Survey:
        """Recognises a feed, a channel (t.me/name, @name), a page that names a feed, or a page of headlines.

        Raises SourceError with the reason in words when it is none of them or cannot be fetched.
        """
        channel = _CHANNEL.fullmatch(text) or _HANDLE.fullmatch(text)
        if channel:
            url = f"https://t.me/s/{channel[1]}"
            entries = await self._parse(SourceKind.CHANNEL, await self._get(url))
            return self._tell(url, SourceKind.CHANNEL, f"@{channel[1]}", entries)
        url = text if "://" in text else f"https://{text}"
        answer = await self._get(url)
        try:
            entries = await self._parse(SourceKind.FEED, answer)
        except ParseError as error:
            return await self._look_into_page(answer, error)
        return self._tell(answer.final_url, SourceKind.FEED, host_of(answer.final_url), entries)

    async def _look_into_page(self, page: Fetched, error: ParseError) -> Survey:
        for feed in (await self._parse(FEEDS_OF_PAGE, page))[:FEEDS_TRIED]:
            try:
                answer = await self._get(feed.url)
                entries = await self._parse(SourceKind.FEED, answer)
            except SourceError:
                continue
            name = feed.title or host_of(feed.url)
            return self._tell(answer.final_url, SourceKind.FEED, name, entries)
        try:
            entries = await self._parse(SourceKind.PAGE, page)
        except ParseError:
            raise ParseError("it is neither a feed, nor names one, nor lists news") from error
        return self._tell(page.final_url, SourceKind.PAGE, host_of(page.final_url), entries)

    async def _get(self, url: str) -> Fetched:
        answer = await self._fetcher.fetch(url)
        if isinstance(answer, NotModified):
            raise ParseError("it answers 304 Not Modified to a question without conditions")
        return answer

    async def _parse(self, task: str, answer: Fetched) -> tuple[Entry, ...]:
        return await self._parser.parse(task, answer.body, answer.content_type, answer.final_url)

    def _tell(self, url: str, kind: SourceKind, name: str, entries: Sequence[Entry]) -> Survey:
        source = Source("survey", name[:LONGEST_NAME], kind, url, SourceType.BLOG)
        oldest = datetime.min.replace(tzinfo=UTC)
        latest = sorted(entries, key=lambda entry: entry.published_at or oldest, reverse=True)
        items = tuple(self._read(source, entry) for entry in latest[:SHOWN])
        return Survey(url, kind, source.name, len(entries), items)

    def _read(self, source: Source, entry: Entry) -> Item:
        report = Report(
            source,
            report_key(entry),
            entry.url,
            entry.title,
            entry.text,
            entry.published_at,
            self._clock(),
        )
        return Item(entry.title or entry.text[:100], entry.url, entry.published_at, self._reader.read(report))


def host_of(url: str) -> str:
    """The host's name without its `www`, which names a source well enough until somebody does better."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def make_id(name: str, taken: frozenset[str]) -> str:
    """An identifier of small letters, digits and hyphens that is not taken."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower().removeprefix("@")).strip("-")[:50] or "source"
    free = (slug if n == 1 else f"{slug}-{n}" for n in range(1, len(taken) + 2))
    return next(each for each in free if each not in taken)
