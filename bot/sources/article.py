"""The text of an article out of its page.

Runs in the parser process that has the extractor: trafilatura finds the text, the page says the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import trafilatura
from selectolax.lexbor import LexborHTMLParser

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode
from bot.sources.page import open_page, zoned_time
from bot.sources.plain import tidy, to_line

MAX_ARTICLE_CHARS = 8_000
"""An article's news stands in its first paragraphs."""
SHORTEST_ARTICLE = 80
"""Characters: less is a notice about cookies."""
_TIMES = (
    "meta[property='article:published_time']",
    "meta[itemprop='datePublished']",
    "meta[name='pubdate']",
    "meta[name='date']",
    "[itemprop='datePublished'][datetime]",
    "article time[datetime]",
    "time[datetime]",
)
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_]\w{2,8})*")
_DEEPEST_DATA = 100_000
"""Characters of one block of structured data."""


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """The one article of the page: headline, text, time and language as it declares them.

    Raises ParseError, and nothing else, for a page without one.
    """
    tree = open_page(body, content_type)
    try:
        text = tidy(_extract(decode(body, content_type)))[:MAX_ARTICLE_CHARS]
        entry = Entry(base_url, "", _headline(tree), text, _published(tree), _language(tree))
    except (RecursionError, MemoryError) as error:
        raise ParseError("the page is nested or large beyond reason") from error
    except Exception as error:  # noqa: BLE001,RUF100 - an extractor of others reads what strangers wrote
        raise ParseError(f"the page cannot be read ({type(error).__name__})") from error
    if len(entry.text) < SHORTEST_ARTICLE:
        raise ParseError("the page holds no article")
    return (entry,)


def _extract(markup: str) -> str:
    """No metadata: looking for dates in texts would load files of locales."""
    found = trafilatura.extract(
        markup, fast=True, include_comments=False, include_tables=False, with_metadata=False
    )
    return found or ""


def _headline(tree: LexborHTMLParser) -> str:
    told = tree.css_first("meta[property='og:title'][content]")
    if told is not None and (title := to_line(told.attributes.get("content") or "")):
        return title
    shown = tree.css_first("h1") or tree.css_first("title")
    return to_line(shown.text(separator=" ")) if shown is not None else ""


def _published(tree: LexborHTMLParser) -> datetime | None:
    for selector in _TIMES:
        node = tree.css_first(selector)
        written = (node.attributes.get("content") or node.attributes.get("datetime") or "") if node else ""
        if found := zoned_time(written):
            return found
    return next((moment for moment in map(zoned_time, _told_in_data(tree)) if moment), None)


def _told_in_data(tree: LexborHTMLParser) -> Iterator[str]:
    """`datePublished` of the page's structured data."""
    for node in tree.css("script[type='application/ld+json']"):
        try:
            content: Any = json.loads(node.text()[:_DEEPEST_DATA])
        except ValueError:
            continue
        pending = content if isinstance(content, list) else [content]
        for item in pending[:50]:
            graph = item.get("@graph") if isinstance(item, dict) else None
            for one in (item, *(graph[:50] if isinstance(graph, list) else ())):
                if isinstance(one, dict) and isinstance(one.get("datePublished"), str):
                    yield one["datePublished"]


def _language(tree: LexborHTMLParser) -> str | None:
    root = tree.css_first("html[lang]")
    match = _LANGUAGE.fullmatch((root.attributes.get("lang") or "").strip()) if root is not None else None
    return match[1].lower() if match else None
