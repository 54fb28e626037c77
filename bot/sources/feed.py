"""Feeds: RSS 0.9x to 2.0, RDF, Atom and JSON Feed, from bytes in any charset.

Runs in the parser process. A quick parser reads what is well-formed, a lenient one the rest; neither is ever
given something that it might take for a path or an address.
"""

from __future__ import annotations

import io
import json
import re
import warnings
from calendar import timegm
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.parsers import expat

import fastfeedparser
import feedparser

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode, is_garbled
from bot.sources.doctype import without_dtd
from bot.sources.plain import to_line, to_plain

MAX_ENTRIES = 200
MAX_ADDRESS_CHARS = 2_000
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>", re.IGNORECASE)
_ROOT = re.compile(r"<(?:\w+:)?(rss|feed|rdf|channel|item|entry)\b", re.IGNORECASE)
_PAGE = re.compile(r"\A\s*(?:<!DOCTYPE\s+html|<html)", re.IGNORECASE)
_LANGUAGE = re.compile(
    r"""(?:<(?:dc:)?language>\s*|xml:lang\s*=\s*["']|"language"\s*:\s*")([a-z]{2,3}(?:-\w{2,8})?)\b""",
    re.IGNORECASE,
)
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def parse_feed(body: bytes, content_type: str = "", base_url: str = "") -> tuple[Entry, ...]:
    """At most 200 entries in the order of the feed; relative addresses are joined to `base_url`.

    Raises ParseError, and nothing else, for what is no feed or tries to declare entities. A feed without
    entries is no error.
    """
    text = decode(body, content_type).lstrip("\ufeff \t\r\n\x00")
    try:
        found = _parse_json(text) if text.startswith("{") else _parse_xml(text)
        entries = (_entry(raw, base_url, _language_of(text)) for raw in found)
        return tuple(entry for entry in entries if entry.title or entry.text)
    except ParseError:
        raise
    except (RecursionError, MemoryError) as error:
        raise ParseError("the feed is nested or large beyond reason") from error
    except Exception as error:  # noqa: BLE001,RUF100 - two parsers of others read what strangers wrote
        raise ParseError(f"the feed cannot be read ({type(error).__name__})") from error


def _parse_xml(text: str) -> list[dict[str, Any]]:
    if not text:
        raise ParseError("the answer is empty")
    if is_garbled(text):
        raise ParseError("the answer's letters cannot be read in any charset that it declares")
    text = without_dtd(_DECLARATION.sub("", text, count=1))
    if _PAGE.match(text) or not _ROOT.search(text, 0, 20_000):
        raise ParseError("the answer is a web page or something else, not a feed")
    body = text.encode("utf-8", "replace")
    if _is_well_formed(body):
        found = _parse_quickly(body)
        if found:
            return found
    return _parse_leniently(body)


def _is_well_formed(body: bytes) -> bool:
    try:
        expat.ParserCreate("utf-8").Parse(body, True)
    except expat.ExpatError:
        return False
    return True


def _parse_quickly(body: bytes) -> list[dict[str, Any]]:
    """An empty list when the quick parser stumbles: the lenient one is asked next."""
    # Where dateparser is installed it would be asked what "yesterday" means: another time at each check.
    fastfeedparser.main._slow_dateparser = _no_date
    try:
        with warnings.catch_warnings(action="ignore"):
            parsed = fastfeedparser.parse(
                body, include_tags=False, include_media=False, include_enclosures=False
            )
    except Exception:  # noqa: BLE001,RUF100 - whatever it is, the lenient parser decides
        return []
    return [_plain_dict(raw) for raw in islice(parsed.get("entries", ()), MAX_ENTRIES)]


def _no_date(written: str) -> None:
    """What is no date in any form of feeds is none."""


def _parse_leniently(body: bytes) -> list[dict[str, Any]]:
    with warnings.catch_warnings(action="ignore"):
        # A stream, because feedparser opens the file whose name it is given, in bytes too.
        parsed = feedparser.parse(io.BytesIO(body), sanitize_html=False, resolve_relative_uris=False)
    if not parsed.entries and not parsed.version:
        raise ParseError("the answer is no feed that can be recognised")
    return [_plain_dict(raw) for raw in parsed.entries[:MAX_ENTRIES]]


def _plain_dict(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an entry by one set of names, whichever parser found them."""
    bodies = [_text(c.get("value")) for c in _mappings(raw.get("content"))]
    summary = _text(raw.get("summary") or raw.get("description"))
    source = raw.get("source")
    return {
        "url": _page_link(raw.get("links")) or _text(raw.get("link")),
        "guid": _text(raw.get("id")),
        "title": _text(raw.get("title")),
        "text": max((*bodies, summary), key=len),
        "published": _date(raw, "published") or _date(raw, "updated"),
        "language": _text(raw.get("language")),
        "origin": _text(source.get("title")) if isinstance(source, Mapping) else "",
    }


def _page_link(links: object) -> str:
    """An Atom entry may name its own interface before the page for people."""
    pages = (_text(link.get("href")) for link in _mappings(links) if link.get("rel") in (None, "alternate"))
    return next(pages, "")


def _parse_json(text: str) -> list[dict[str, Any]]:
    try:
        feed = json.loads(text)
    except ValueError as error:
        raise ParseError("the answer is broken JSON") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ParseError("the answer is JSON but no JSON Feed")
    items = (i for i in feed["items"] if isinstance(i, dict))
    return [_json_item(item) for item in islice(items, MAX_ENTRIES)]


def _json_item(item: Mapping[str, Any]) -> dict[str, Any]:
    published = item.get("date_published") or item.get("date_modified")
    return {
        "url": _text(item.get("url")) or _text(item.get("external_url")),
        "guid": _text(item.get("id")),
        "title": _text(item.get("title")),
        "text": _text(item.get("content_text"))
        or _text(item.get("content_html"))
        or _text(item.get("summary")),
        "published": _from_iso(_text(published)),
        "language": _text(item.get("language")),
        "origin": "",
    }


def _language_of(text: str) -> str:
    """What the feed claims for all its entries, in any of its forms."""
    match = _LANGUAGE.search(text, 0, 5_000)
    return match[1] if match else ""


def _entry(raw: Mapping[str, Any], base_url: str, language: str) -> Entry:
    guid = raw["guid"].strip()
    text = to_plain(raw["text"])
    return Entry(
        url=_address(raw["url"], base_url) or _address(guid, ""),
        guid=guid[:MAX_ADDRESS_CHARS],
        title=to_line(raw["title"]) or text.partition("\n")[0][:140],
        text=text,
        published_at=raw["published"],
        language=(raw["language"] or language).strip()[:35].lower() or None,
        origin=to_line(raw["origin"], 200),
    )


def _address(written: str, base_url: str) -> str:
    """An absolute http(s) address, or an empty string."""
    written = written.strip()
    if not written or len(written) > MAX_ADDRESS_CHARS:
        return ""
    try:
        joined = urljoin(base_url, written)
        urlsplit(joined)
    except ValueError:
        return ""
    return joined if re.match(r"(?i)https?://[^\s/]", joined) else ""


def _date(raw: Mapping[str, Any], name: str) -> datetime | None:
    """Both parsers' forms: a UTC struct_time, or text in ISO 8601."""
    parts = raw.get(f"{name}_parsed")
    if parts:
        return _plausible(lambda: datetime.fromtimestamp(timegm(parts), UTC))
    return _from_iso(_text(raw.get(name)))


def _from_iso(written: str) -> datetime | None:
    def read() -> datetime:
        moment = datetime.fromisoformat(written.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

    return _plausible(read) if written else None


def _plausible(read: Any) -> datetime | None:
    """None for what is no date or lies where no feed's items do."""
    try:
        moment: datetime = read()
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def _text(value: object) -> str:
    """Values of the wrong type count as missing; numbers as guids are common."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _mappings(value: object) -> Iterable[Mapping[str, Any]]:
    return (v for v in value if isinstance(v, Mapping)) if isinstance(value, list) else ()


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """`parse_feed` by the name that `bot.sources.kinds` knows; no option changes how a feed is read."""
    return parse_feed(body, content_type, base_url)
