"""Markup to plain text: words as a reader sees them, one paragraph a line."""

from __future__ import annotations

import html
import re

from selectolax.lexbor import LexborHTMLParser

MAX_CHARS = 20_000
"""Of one text: an article's news stands far above, and what follows costs only time."""
MAX_MARKUP_CHARS = 400_000
"""Of one text's markup before it is taken apart."""
MAX_DEPTH_HINT = 2_000
"""Elements never closed beyond this are an attack on recursion, not an article."""

_MARKUP = re.compile(r"<[a-zA-Z!/?]|&[#a-zA-Z]")
_BLOCK = re.compile(
    r"(?i)<(?=/?(?:p|div|br|li|ul|ol|tr|td|th|table|h[1-6]|blockquote|figure|figcaption|section|article|pre|hr)\b)"
)
_UNSEEN = "script, style, noscript, template, iframe, svg, head > title"
_SPACE = re.compile(r"[^\S\n]+")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_OPENING = re.compile(r"<[a-zA-Z]")


def to_plain(markup: str, limit: int = MAX_CHARS) -> str:
    """Plain text of at most `limit` characters; text without markup passes as it is. Never raises."""
    text = markup[:MAX_MARKUP_CHARS]
    if _MARKUP.search(text):
        text = _strip(text)
    return tidy(text)[:limit].rstrip()


def to_line(markup: str, limit: int = 1_000) -> str:
    """The same in one line, for titles."""
    return " ".join(to_plain(markup, limit).split())


def tidy(text: str) -> str:
    """Single spaces, no empty lines, no control characters."""
    lines = (_SPACE.sub(" ", line).strip() for line in _CONTROL.sub(" ", text).splitlines())
    return "\n".join(line for line in lines if line)


def _strip(markup: str) -> str:
    if len(_OPENING.findall(markup)) > MAX_DEPTH_HINT * 10:
        return html.unescape(re.sub(r"<[^<>]*>", " ", markup))
    tree = LexborHTMLParser(_BLOCK.sub("\n<", markup))
    for node in tree.css(_UNSEEN):
        node.decompose()
    return tree.root.text(separator="") if tree.root is not None else ""
