"""Which module reads which kind of source. A new kind is one module and one line here.

A kind's module has `parse(body, content_type, base_url) -> tuple[Entry, ...]`, raising ParseError alone.
It is named, not imported, because only the parser process needs it: the service itself stays small.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from bot.model import Entry, SourceKind

MODULES: dict[SourceKind, str] = {
    SourceKind.FEED: "bot.sources.feed",
    SourceKind.CHANNEL: "bot.sources.channel",
}


class KindModule(Protocol):
    """What a kind's module offers."""

    def parse(self, body: bytes, content_type: str, base_url: str) -> tuple[Entry, ...]:
        """The entries of one answer, in its order; raises ParseError."""
        ...


def load_kind(kind: SourceKind) -> KindModule:
    """The module of a kind; raises KeyError for a kind that cannot be checked."""
    return cast("KindModule", import_module(MODULES[kind]))


def is_supported(kind: SourceKind) -> bool:
    """Whether sources of this kind can be checked."""
    return kind in MODULES
