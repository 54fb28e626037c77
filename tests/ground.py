"""What takes seconds to read and never changes: the facts, the reader and the words, once a process."""

from __future__ import annotations

from functools import cache

from bot.data import Facts, load_facts
from bot.data.messages import Words, load_words
from bot.knowledge import Knowledge
from bot.reading import Reader


@cache
def shared_facts() -> Facts:
    """All data files as values."""
    return load_facts()


@cache
def shared_reader() -> Reader:
    """The reader of those facts; reading leaves nothing behind in it."""
    return Reader(shared_facts())


@cache
def shared_words() -> dict[str, Words]:
    """The words of every language; whoever wants others makes a dictionary of their own."""
    return load_words()


@cache
def shared_knowledge() -> Knowledge:
    """All three, as a service is started with them."""
    return Knowledge(shared_facts(), shared_reader(), shared_words())
