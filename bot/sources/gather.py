"""From a source's first answer to its entries: the further documents that some kinds need.

A channel's earlier pages when posts may have slipped by, the two files that GDELT's index names, the articles
behind teasers. Each goes out through the fetcher with all its bounds, and is read in the parser process.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from bot.errors import FetchError, ParseError, SourceError
from bot.model import DEFAULT_OPTIONS, Entry, Source, SourceKind, SourceOptions
from bot.sources.fetch import Fetched, NotModified
from bot.sources.identity import canonical_url, content_hash
from bot.sources.kinds import ARTICLE

MOST_EARLIER_PAGES = 12
"""Of sixteen posts each: what the busiest channels publish in a night."""
GAP_SLACK = timedelta(minutes=2)
"""A post may appear so much later than it is dated."""
MOST_ARTICLES = 30
"""Of one answer: those further down a list, or older, have been read at earlier checks."""
MOST_REMEMBERED = 3_000
"""Articles in memory, some 2 KB each when packed; what was forgotten is fetched again."""
MOST_TRIES = 3
REREAD_AFTER = timedelta(minutes=10)
"""Of an article whose teaser has changed: some say at each look how old or how often read they are."""
YOUNG = timedelta(hours=1)
"""A teaser this young is told without its article; an older one waits, or it would undo what was read."""
MOST_ZIPPED_BYTES = 16 * 1024 * 1024
"""Of one of GDELT's files: the articles of a busy quarter of an hour weigh 8 MB."""
_GDELT_FILE = re.compile(
    r"https?://(?P<host>[\w.:-]+)/gdeltv2/\d{14}\.(?:translation\.)?(?P<what>export\.CSV|gkg\.csv)\.zip",
    re.ASCII,
)
_UNDATED = datetime.max.replace(tzinfo=UTC)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_INDEX_CHARS = 4_000
_POSTS = re.compile(rb"""data-post=["']\w{3,40}/(\d{1,12})["']""")
_DATES = re.compile(rb"""<time[^>]{0,200}?\sdatetime=["']([\d:T+-]{10,40})["']""", re.ASCII)
_POST = re.compile(r"\w+/(\d+)", re.ASCII)


class Asks(Protocol):
    """What asks hosts: `bot.sources.fetch.Fetcher`, or the samples."""

    async def fetch(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        most_bytes: int | None = None,
    ) -> Fetched | NotModified:
        """Raises FetchError alone."""
        ...


class Reads(Protocol):
    """What reads answers: `bot.sources.parser.Parser`."""

    async def parse(
        self,
        task: str,
        body: bytes,
        content_type: str,
        base_url: str,
        options: SourceOptions = DEFAULT_OPTIONS,
    ) -> tuple[Entry, ...]:
        """Raises ParseError alone."""
        ...


@dataclass(slots=True)
class _Article:
    """What is known of a page: packed text once it was read, else how often that failed."""

    teaser: str
    asked_at: datetime
    tries: int = 0
    text: bytes | None = None
    title: str = ""
    published_at: datetime | None = None
    language: str | None = None


class Gatherer:
    """One for all sources; it remembers articles it has read and gaps that could not be closed yet."""

    def __init__(
        self, fetcher: Asks, parser: Reads, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._clock = clock
        self._articles: OrderedDict[str, _Article] = OrderedDict()
        self._open_gaps: dict[str, datetime] = {}

    async def entries(self, source: Source, answer: Fetched, since: datetime | None) -> tuple[Entry, ...]:
        """What `answer` and the documents behind it hold; `since` is the last successful check.

        Raises SourceError when the answer itself cannot be used; a further document that is missing costs no
        more than what it holds.
        """
        if source.kind is SourceKind.GDELT:
            answer = await self._open_index(answer)
        found = await self._parse(source, answer)
        if source.kind is SourceKind.CHANNEL:
            found = await self._earlier_posts(source, answer, since) + found
        if source.options.full_text or source.kind is SourceKind.PAGE:
            found = await self._with_articles(found)
        return found

    async def _parse(self, source: Source, answer: Fetched) -> tuple[Entry, ...]:
        return await self._parser.parse(
            source.kind, answer.body, answer.content_type, answer.final_url, source.options
        )

    async def _get(self, url: str, most_bytes: int | None = None) -> Fetched:
        answer = await self._fetcher.fetch(url, most_bytes=most_bytes)
        if isinstance(answer, NotModified):
            raise FetchError("answers 304 Not Modified to a question without conditions")
        return answer

    async def _open_index(self, index: Fetched) -> Fetched:
        """Both files of the quarter of an hour as one body. Raises ParseError for what is no index."""
        text = index.body[:_INDEX_CHARS].decode("ascii", "replace")
        host = urlsplit(index.final_url).netloc
        named = {m["what"]: m[0] for m in _GDELT_FILE.finditer(text) if m["host"] == host}
        if len(named) < 2:
            raise ParseError("the answer is no list of GDELT's latest files")
        events, articles = await asyncio.gather(
            self._get(named["export.CSV"], MOST_ZIPPED_BYTES), self._get(named["gkg.csv"], MOST_ZIPPED_BYTES)
        )
        return replace(index, body=msgspec.msgpack.encode((events.body, articles.body)))

    async def _earlier_posts(
        self, source: Source, preview: Fetched, since: datetime | None
    ) -> tuple[Entry, ...]:
        """Posts between the last check and the oldest that the preview shows, oldest first.

        Posts without words count where the next page begins, so that a row of pictures hides nothing.
        """
        since = self._open_gaps.pop(source.id, since)
        found: tuple[Entry, ...] = ()
        before, reached = _first_post(preview), None
        for _ in range(MOST_EARLIER_PAGES):
            if since is None or before in (None, reached) or not _is_all_after(preview, since - GAP_SLACK):
                break
            try:
                preview = await self._get(f"{source.url}?before={before}")
                posts = await self._parse(source, preview)
            except SourceError:  # the next check tries again, from where this one should have come to
                self._open_gaps[source.id] = since
                break
            older = (post for post in posts if before is not None and (_number(post) or before) < before)
            found = (*older, *found)
            reached, before = before, _first_post(preview)
        return found

    async def _with_articles(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """The thirty latest with the texts of their articles; what has no date counts as it is listed."""
        latest = sorted(entries, key=lambda entry: entry.published_at or _UNDATED, reverse=True)
        full = await asyncio.gather(*(self._with_article(entry) for entry in latest[:MOST_ARTICLES]))
        return tuple(entry for entry in full if entry is not None)

    async def _with_article(self, teaser: Entry) -> Entry | None:
        """None for a teaser that is better left out until its article can be read."""
        key, digest = canonical_url(teaser.url), content_hash(teaser)
        known = self._articles.get(key)
        if not key:
            return teaser
        now = self._clock()
        if known is None or (known.teaser != digest and abs(now - known.asked_at) >= REREAD_AFTER):
            known = self._articles[key] = _Article(digest, now)
        self._articles.move_to_end(key)
        if known.text is None and known.tries < MOST_TRIES:
            await self._read(teaser.url, known)
        while len(self._articles) > MOST_REMEMBERED:
            self._articles.popitem(last=False)
        if known.text is not None:
            return _joined(teaser, known)
        is_young = teaser.published_at is None or now - teaser.published_at < YOUNG
        return teaser if is_young or known.tries >= MOST_TRIES else None

    async def _read(self, url: str, article: _Article) -> None:
        article.tries += 1
        try:
            answer = await self._get(url)
            (found,) = await self._parser.parse(ARTICLE, answer.body, answer.content_type, answer.final_url)
        except SourceError:
            return
        article.text = zlib.compress(found.text.encode("utf-8", "replace"), 1)
        article.title, article.published_at, article.language = (
            found.title,
            found.published_at,
            found.language,
        )


def _joined(teaser: Entry, article: _Article) -> Entry:
    """The article's text under the headline, address and time that the source gave it, where it gave any."""
    text = zlib.decompress(article.text or b"").decode("utf-8", "replace")
    full = replace(
        teaser,
        title=teaser.title or article.title,
        text=text,
        published_at=teaser.published_at or article.published_at,
        language=teaser.language or article.language,
        digest="",
    )
    return replace(full, digest=content_hash(full))


def _number(post: Entry) -> int | None:
    match = _POST.fullmatch(post.guid)
    return int(match[1]) if match else None


def _first_post(preview: Fetched) -> int | None:
    return min((int(number) for number in _POSTS.findall(preview.body)), default=None)


def _is_all_after(preview: Fetched, moment: datetime) -> bool:
    """Whether even the oldest post is younger: then there may be more between."""
    dates = [_date(written.decode()) for written in _DATES.findall(preview.body)]
    return bool(dates) and min(dates) > moment


def _date(written: str) -> datetime:
    """What is no time, or none with a zone, lies so far back that no further page is asked for."""
    try:
        date = datetime.fromisoformat(written)
    except ValueError:
        return _LONG_AGO
    return date if date.tzinfo is not None else _LONG_AGO
