"""Which module reads which kind of source. A new kind is one module and one line here.

A kind's module has `parse(body, content_type, base_url, options)`, which gives entries or raises ParseError.
It is named, not imported, because only the parser process needs it: the service itself stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from bot.model import Entry, SourceKind, SourceOptions

MODULES: dict[str, str] = {
    SourceKind.FEED: "bot.sources.feed",
    SourceKind.CHANNEL: "bot.sources.channel",
    SourceKind.PAGE: "bot.sources.page",
    SourceKind.GDELT: "bot.sources.gdelt",
    SourceKind.RELIEFWEB: "bot.sources.reliefweb",
}
FEEDS_OF_PAGE = "feeds of a page"
ARTICLE = "article"
HUB_OF_FEED = "hub of a feed"
OTHER_MODULES: dict[str, str] = {
    FEEDS_OF_PAGE: "bot.sources.discovery",
    ARTICLE: "bot.sources.article",
    HUB_OF_FEED: "bot.sources.hub",
}
"""What the parser process reads besides the answers of sources."""


class KindModule(Protocol):
    """What a kind's module offers."""

    def parse(
        self, body: bytes, content_type: str, base_url: str, options: SourceOptions
    ) -> tuple[Entry, ...]:
        """The entries of one answer, in its order; raises ParseError."""
        ...


def load_kind(task: str) -> KindModule:
    """The module of a kind, or of another task; raises KeyError for what cannot be read."""
    name = MODULES.get(task) or OTHER_MODULES[task]
    return cast("KindModule", import_module(name))


def is_supported(kind: SourceKind) -> bool:
    """Whether sources of this kind can be checked."""
    return kind in MODULES
