"""Telegram's HTML: escaping, lengths as Telegram counts them, cutting, and the way back to plain text.

Every function takes any string at all; what feeds hold must never break a message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import accumulate, takewhile
from urllib.parse import quote, urlsplit

ELLIPSIS = "…"
LONGEST_URL = 1_000
"""Characters of an address beyond which no link is made: no page of news has one, and messages stay small."""

_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNWANTED = re.compile(
    f"[{_BIDI}\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_SPACES = re.compile(r"\s+")
_TAG = re.compile(r"<(/?)([a-z-]+)[^>]*>")
_TOKEN = re.compile(r"<(/?)([a-z-]+)[^>]*>|&(?:amp|lt|gt|quot|#\d+);|[^<&]|[<&]", re.DOTALL)
_ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"


def clean(text: str) -> str:
    """One line of what a stranger wrote: no bidi or control characters, no lone surrogates, single spaces."""
    return _SPACES.sub(" ", _UNWANTED.sub("", text)).strip()


def escape(text: str) -> str:
    """A stranger's text as one line that may stand in Telegram's HTML, in attributes too."""
    plain = clean(text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def bold(html: str) -> str:
    """`html` in bold; nothing for nothing, as Telegram refuses empty tags in places."""
    return f"<b>{html}</b>" if html else ""


def italic(html: str) -> str:
    """`html` in italics; nothing for nothing."""
    return f"<i>{html}</i>" if html else ""


def strike(html: str) -> str:
    """`html` struck through; nothing for nothing."""
    return f"<s>{html}</s>" if html else ""


def link(url: str, html: str) -> str:
    """`html` as a link when `url` is an http or https address with a host, else `html` alone."""
    address = safe_url(url)
    return f'<a href="{address}">{html}</a>' if address and html else html


def safe_url(url: str) -> str | None:
    """The address, quoted for an attribute; None unless it is http or https and has a host."""
    stripped = url.strip()
    if _UNWANTED.search(stripped):
        return None
    try:
        parts = urlsplit(stripped)
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        return None
    quoted = quote(stripped, safe=_URL_SAFE).replace("'", "%27")
    return quoted.replace("&", "&amp;") if len(quoted) <= LONGEST_URL else None


def length(text: str) -> int:
    """The length of plain text in UTF-16 units, which is how Telegram counts."""
    return len(text) + sum(1 for character in text if ord(character) > 0xFFFF)


def visible_length(html: str) -> int:
    """The length of what people see of Telegram's HTML, in UTF-16 units."""
    return length(to_plain(html))


def to_plain(html: str) -> str:
    """What people see of Telegram's HTML that this module made."""
    return "".join(seen for _, seen in _tokens(html))


def shorten(text: str, limit: int) -> str:
    """Plain text of at most `limit` UTF-16 units, with an ellipsis, cut between words where that is cheap."""
    if length(text) <= limit:
        return text
    kept = _head(text, limit - 1)
    space = kept.rfind(" ")
    if space > len(kept) * 2 // 3:
        kept = kept[:space]
    return _strip_ragged(kept) + ELLIPSIS if limit > 0 else ""


def cut(html: str, limit: int) -> str:
    """HTML of at most `limit` visible UTF-16 units, with no tag or entity broken and every tag closed."""
    if visible_length(html) <= limit:
        return html
    kept: list[str] = []
    open_tags: list[str] = []
    for token in _first_tokens(html, limit - 1):
        kept.append(token)
        _track(token, open_tags)
    kept.append(ELLIPSIS if limit > 0 else "")
    return "".join(kept) + "".join(f"</{tag}>" for tag in reversed(open_tags))


def _first_tokens(html: str, room: int) -> Iterator[str]:
    """Tags, entities and characters up to `room` visible units."""
    seen_lengths = ((token, length(seen)) for token, seen in _tokens(html))
    used = accumulate(((t, n) for t, n in seen_lengths), lambda done, new: (new[0], done[1] + new[1]))
    return (token for token, _ in takewhile(lambda each: each[1] <= room, used))


def _tokens(html: str) -> Iterator[tuple[str, str]]:
    """Each tag, entity or character with what is seen of it."""
    for match in _TOKEN.finditer(html):
        token = match.group()
        yield token, "" if match.group(2) else _ENTITIES.get(token, token)


def _track(token: str, open_tags: list[str]) -> None:
    tag = _TAG.fullmatch(token)
    if tag and tag.group(1):
        open_tags.pop()
    elif tag:
        open_tags.append(tag.group(2))


def _head(text: str, room: int) -> str:
    """The first `room` UTF-16 units, no character halved."""
    used = accumulate(2 if ord(character) > 0xFFFF else 1 for character in text)
    return text[: sum(1 for _ in takewhile(lambda units: units <= room, used))]


def _strip_ragged(text: str) -> str:
    """Without the joiners, marks and spaces that would be left dangling at a cut."""
    while text and (
        text[-1].isspace() or text[-1] in "\u200d\u200c,;:-–—(" or unicodedata.combining(text[-1])
    ):
        text = text[:-1]
    return text
