"""Public Telegram channels, through the preview that t.me shows to anybody: https://t.me/s/NAME.

Runs in the parser process. An edited post keeps its address, so it becomes a new revision.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode
from bot.sources.plain import to_plain

MAX_POSTS = 200
MAX_TITLE_CHARS = 200
_POST = re.compile(r"(\w{3,40})/(\d{1,12})", re.ASCII)
_CHANNEL = re.compile(r"https?://t\.me/(?:s/)?(\w{3,40})(?:/|\Z)", re.ASCII | re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?։。؟।])\s")


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """The posts of the preview, oldest first as the page has them; those without words are left out.

    `origin` is the channel that a post was forwarded from. Raises ParseError, and nothing else, for a page
    that is no preview: the channel has switched it off, or does not exist.
    """
    tree = LexborHTMLParser(decode(body, content_type))
    messages = tree.css(".tgme_widget_message[data-post]")
    if not messages and tree.css_first(".tgme_channel_info, .tgme_channel_history") is None:
        raise ParseError(_why_not(tree))
    entries = (_entry(message) for message in messages[-MAX_POSTS:])
    return tuple(entry for entry in entries if entry is not None)


def _why_not(tree: LexborHTMLParser) -> str:
    if tree.css_first(".tgme_page") is not None:
        return "the channel shows no public preview, or there is no such channel"
    return "the answer is not a channel's preview"


def _entry(message: LexborNode) -> Entry | None:
    post = _POST.fullmatch(message.attributes.get("data-post") or "")
    text = _words(message)
    if post is None or not text or "service_message" in (message.attributes.get("class") or ""):
        return None
    return Entry(
        url=f"https://t.me/{post[1]}/{post[2]}",
        guid=f"{post[1].lower()}/{post[2]}",
        title=_headline(text),
        text=text,
        published_at=_time(message),
        origin=_forwarded_from(message),
    )


def _words(message: LexborNode) -> str:
    """The post's own words, captions included; what it answers to is another post's."""
    for quoted in message.css(".tgme_widget_message_reply, .tgme_widget_message_link_preview"):
        quoted.decompose()
    found = message.css(".tgme_widget_message_text")
    texts = dict.fromkeys(to_plain(node.html or "") for node in found if not _is_within(node, found))
    return "\n".join(text for text in texts if text)


def _is_within(node: LexborNode, others: list[LexborNode]) -> bool:
    """A text block may wrap another of the same class: its words count once."""
    parent = node.parent
    return parent is not None and any(parent.mem_id == other.mem_id for other in others)


def _headline(text: str) -> str:
    """The first line, or its first sentence where the line is a paragraph."""
    line = text.partition("\n")[0]
    if len(line) <= MAX_TITLE_CHARS:
        return line
    sentence = _SENTENCE_END.split(line, maxsplit=1)[0]
    if len(sentence) <= MAX_TITLE_CHARS:
        return sentence
    return f"{sentence[:MAX_TITLE_CHARS].rpartition(' ')[0] or sentence[:MAX_TITLE_CHARS]}…"


def _time(message: LexborNode) -> datetime | None:
    node = message.css_first(".tgme_widget_message_date time[datetime]") or message.css_first(
        "time[datetime]"
    )
    try:
        moment = datetime.fromisoformat(node.attributes["datetime"] or "") if node else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _forwarded_from(message: LexborNode) -> str:
    """The name of the channel in its address, else as it calls itself."""
    node = message.css_first(".tgme_widget_message_forwarded_from_name")
    if node is None:
        return ""
    address = _CHANNEL.match(node.attributes.get("href") or "")
    return address[1].lower() if address else to_plain(node.text(), 200)
