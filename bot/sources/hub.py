"""The hub that a feed names: where to ask to be told of news instead of asking again and again.

Runs in the parser process.
"""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator

import feedparser

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode
from bot.sources.doctype import without_dtd
from bot.sources.page import join_address

_LONGEST_URL = 2_000
_NAMED_FIRST = 20_000
"""Characters of a document: a feed speaks of itself before it comes to its entries."""


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """One entry whose address is the first hub's and whose guid is what the feed calls itself; none without.

    Raises ParseError, and nothing else.
    """
    text = decode(body, content_type).lstrip("\ufeff \t\r\n\x00")
    try:
        links = list(_of_json(text) if text.startswith("{") else _of_xml(text))
    except ParseError:
        raise
    except Exception as error:  # noqa: BLE001,RUF100 - a parser of others reads what strangers wrote
        raise ParseError(f"the feed's links cannot be read ({type(error).__name__})") from error
    hubs, topics = ([a for relation, a in links if relation == wanted] for wanted in ("hub", "self"))
    hub = join_address(hubs[0], base_url) if hubs else ""
    if not hub or len(hub) > _LONGEST_URL:
        return ()
    return (Entry(hub, (join_address(topics[0], base_url) if topics else "") or base_url, "", ""),)


def _of_xml(text: str) -> Iterator[tuple[str, str]]:
    head = without_dtd(text)[:_NAMED_FIRST].encode("utf-8", "replace")
    with warnings.catch_warnings(action="ignore"):
        # A stream, because feedparser opens the file whose name it is given, in bytes too.
        feed = feedparser.parse(io.BytesIO(head), sanitize_html=False, resolve_relative_uris=False).feed
    yield from ((str(link.get("rel", "")), str(link.get("href", ""))) for link in feed.get("links", ()))


def _of_json(text: str) -> Iterator[tuple[str, str]]:
    document = json.loads(text)
    for hub in document.get("hubs") or ():
        if str(hub.get("type", "")).lower() == "websub":
            yield "hub", str(hub.get("url", ""))
    yield "self", str(document.get("feed_url") or "")
