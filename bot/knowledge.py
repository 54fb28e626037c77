"""What the service knows before it asks anybody: the facts, the reader made of them, the words.

To make the reader takes tens of megabytes more than it keeps. Whoever starts a service makes it before the
large libraries are loaded: they then take what is free again, and the process never becomes so large.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.data import Facts, load_facts
from bot.data.messages import Words, load_words
from bot.reading import Reader


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that is read from the data files, and nothing that depends on settings."""

    facts: Facts
    reader: Reader
    words: dict[str, Words]


def gather_knowledge() -> Knowledge:
    """Read all data files. Raises ConfigurationError when the facts cannot be used."""
    facts = load_facts()
    return Knowledge(facts, Reader(facts), load_words())
