"""Telegram's HTML as the Bot API takes it, strictly: what a lenient parser forgives is refused here."""

from __future__ import annotations

import re

TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "span", "blockquote"}
TAGS |= {"tg-spoiler", "tg-emoji"}
ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
TOKEN = re.compile(r"<(?P<end>/?)(?P<tag>[a-z-]+)(?P<rest>[^<>]*)>|&(?P<entity>[a-z]+|#\d+|#x[0-9a-f]+);")
ATTRIBUTES = {
    "a": re.compile(r' href="[^"<>]+"'),
    "span": re.compile(r' class="tg-spoiler"'),
    "blockquote": re.compile(r"( expandable)?"),
    "code": re.compile(r'( class="language-[^"<>]+")?'),
    "tg-emoji": re.compile(r' emoji-id="\d+"'),
}


class MarkupError(ValueError):
    """Telegram would answer "can't parse entities"; the message says why."""


def visible_text(html: str) -> str:
    """What a reader sees of `html`; raises MarkupError where Telegram would refuse it."""
    seen: list[str] = []
    opened: list[str] = []
    position = 0
    for token in TOKEN.finditer(html):
        seen.append(_plain(html[position : token.start()], position))
        seen.append(_take(token, opened))
        position = token.end()
    seen.append(_plain(html[position:], position))
    if opened:
        raise MarkupError(f'can\'t find end tag corresponding to start tag "{opened[-1]}"')
    return "".join(seen)


def length(text: str) -> int:
    """Telegram's count: UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _plain(text: str, position: int) -> str:
    if bad := re.search(r"[<>&]", text):
        raise MarkupError(f'unescaped "{bad[0]}" at offset {position + bad.start()}')
    return text


def _take(token: re.Match[str], opened: list[str]) -> str:
    if entity := token["entity"]:
        if entity.startswith("#"):
            return chr(int(entity[2:], 16) if entity[1] == "x" else int(entity[1:]))
        if entity not in ENTITIES:
            raise MarkupError(f'unknown entity "&{entity};"')
        return ENTITIES[entity]
    tag = token["tag"]
    if token["end"]:
        if not opened or opened.pop() != tag or token["rest"]:
            raise MarkupError(f'unexpected end tag at offset {token.start()}, "{tag}"')
        return ""
    if tag not in TAGS:
        raise MarkupError(f'unsupported start tag "{tag}" at offset {token.start()}')
    if not ATTRIBUTES.get(tag, re.compile("")).fullmatch(token["rest"]):
        raise MarkupError(f'wrong attributes of "{tag}" at offset {token.start()}')
    opened.append(tag)
    return ""
