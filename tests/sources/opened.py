"""Watches what is opened while strangers' documents are read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_opened() -> Iterator[list[str]]:
    """Collects every file and connection that is opened meanwhile."""
    opened: list[str] = []
    is_watching = [True]

    def watch(name: str, args: tuple[object, ...]) -> None:
        if is_watching[0] and (name == "open" or name.startswith(("socket.", "urllib.", "subprocess."))):
            opened.append(f"{name} {args[:1]}")

    sys.addaudithook(watch)
    try:
        yield opened
    finally:
        is_watching[0] = False
