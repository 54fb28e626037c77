"""Short codes of incidents that can be said aloud: AA-1207-K3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import blake2b
from itertools import count

LETTERS = "ACEFHJKLMNPRTUVWXY"
"""Letters that are not taken for a digit or for each other when written or said."""

DIGITS = "2345679"
"""Digits that are not taken for a letter."""

_TRIES_A_LENGTH = 12
"""Codes of one length that are tried before the code grows by a letter."""


def theatre_letters(theatre: str) -> str:
    """Two capital letters: the initials of the first two words of the id, or its first two letters."""
    words = [word for word in theatre.split("-") if word]
    initials = words[0][0] + words[1][0] if len(words) > 1 else "".join(words)[:2]
    return initials.upper().ljust(2, "X")


def code_candidates(theatre: str, occurred: date, seed: str) -> Iterator[str]:
    """Codes for an incident in the order in which to try them, always the same for the same arguments.

    `seed` is anything that tells the incident from others, such as its first report's address. The codes
    never end: after a few tries they grow longer.
    """
    stem = f"{theatre_letters(theatre)}-{occurred:%m%d}-"
    return (stem + _ending(f"{theatre} {occurred} {seed}", attempt) for attempt in count())


def free_code(theatre: str, occurred: date, seed: str, is_taken: Callable[[str], bool]) -> str:
    """The first candidate that is not taken."""
    return next(code for code in code_candidates(theatre, occurred, seed) if not is_taken(code))


def _ending(seed: str, attempt: int) -> str:
    told = f"{seed} {attempt}".encode("utf-8", "surrogatepass")
    number = int.from_bytes(blake2b(told, digest_size=64).digest(), "big")
    ending = ""
    for _ in range(1 + attempt // _TRIES_A_LENGTH):
        number, index = divmod(number, len(LETTERS))
        ending += LETTERS[index]
    return ending + DIGITS[number % len(DIGITS)]
