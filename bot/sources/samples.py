"""The bundled sample feeds as a fetcher: answers without a network, with dates set relative to the start."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.resources import files
from typing import Any
from xml.sax.saxutils import escape

from bot.errors import FetchError
from bot.sources.catalogue import SAMPLE_SCHEME
from bot.sources.fetch import Fetched, NotModified
from bot.sources.identity import body_hash

_NAME = re.compile(r"[a-z][a-z-]*")
_OFFSET = re.compile(r"([+-]\d+)([smh])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}


class SampleFetcher:
    """Answers `sample:` addresses alone: no door to this machine opens for other sources."""

    def __init__(
        self, started_at: datetime, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Entries with an offset above zero appear that long after `started_at`."""
        self._started_at = started_at
        self._clock = clock

    async def fetch(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        most_bytes: int | None = None,
    ) -> Fetched | NotModified:
        """An RSS document; 304 while nothing in it has changed. Raises FetchError for every other address."""
        body = serve_sample(url.removeprefix(SAMPLE_SCHEME), self._started_at, self._clock())
        tag = f'"{body_hash(body)}"'
        if tag == etag:
            return NotModified(timedelta())
        return Fetched(body, "application/rss+xml; charset=utf-8", url, tag, None, timedelta())

    async def submit(self, url: str, form: Mapping[str, str]) -> None:
        """Raises FetchError: samples have no hub."""
        raise FetchError(f"there is no sample hub {url[:80]!r}")

    async def close(self) -> None:
        """Nothing is held open."""


def serve_sample(name: str, started_at: datetime, now: datetime) -> bytes:
    """The sample feed `name` as it stands at `now` when it was first asked at `started_at`, in RSS 2.0."""
    feed = _read_feed(name)
    since = now - started_at
    items = "".join(
        _item(entry, started_at, since) for entry in feed["entry"] if _offset(entry["published"]) <= since
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0">'
        f"<channel><title>{escape(feed['title'])}</title>{items}</channel></rss>"
    ).encode()


def _read_feed(name: str) -> dict[str, Any]:
    path = files("bot.data") / "samples" / "feeds" / f"{name}.toml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise FetchError(f"there is no sample feed {name[:80]!r}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _item(entry: Mapping[str, Any], started_at: datetime, since: timedelta) -> str:
    """The entry with the texts of its latest revision that has appeared."""
    shown = [entry, *(r for r in entry.get("revision", ()) if _offset(r["changed"]) <= since)][-1]
    published = format_datetime(started_at + _offset(entry["published"]))
    return (
        f"<item><title>{escape(shown['title'])}</title><link>{escape(entry['link'])}</link>"
        f"<pubDate>{published}</pubDate><description>{escape(_in_paragraph(shown['text']))}</description></item>"
    )


def _in_paragraph(text: str) -> str:
    return f"<p>{escape(' '.join(text.split()))}</p>"


def _offset(written: str) -> timedelta:
    """`-12m`, `+8s`, `-5h`."""
    match = _OFFSET.fullmatch(written)
    if match is None:
        raise ValueError(f"{written!r} is no offset such as -12m or +8s")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})
