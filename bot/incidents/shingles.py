"""Near-copies: the smallest hashes of a text's word sequences; the table of them is storage's."""

from __future__ import annotations

from collections.abc import Collection
from hashlib import blake2b

from bot.folding import fold

KEPT = 16
"""Hashes kept of a text: enough to find one that had a fifth of its words changed."""

SHINGLE_WORDS = 3
"""Words of a sequence: with longer ones a few edits destroy most of them."""

SHINGLE_LETTERS = 9
"""Letters of a sequence in scripts that write no spaces; about three words of Thai or Chinese."""

LEAST_SHARED = 4
"""Hashes that two texts must share at least; unrelated news share none or one."""

LEAST_SHARE = 0.25
"""Part of the smaller text's hashes that must be shared at least."""

_LONG_WORD = 24
"""Folded words beyond this mean on average are no words but lines without spaces."""


def shingle_hashes(text: str) -> tuple[int, ...]:
    """The 16 smallest hashes (63 bits, ascending, distinct) of the text; fewer when it is short."""
    sequences = set(_sequences(fold(text)))
    return tuple(sorted(map(_hash, sequences))[:KEPT])


def is_copy(hashes: Collection[int], shared: int) -> bool:
    """True when a text with these hashes shares so many with another that one is copied from the other."""
    return shared >= LEAST_SHARED and shared >= LEAST_SHARE * len(hashes)


def _sequences(folded: str) -> list[str]:
    words = folded.split()
    if words and len(folded) / len(words) > _LONG_WORD:
        letters = "".join(words)
        return [letters[i : i + SHINGLE_LETTERS] for i in range(max(1, len(letters) - SHINGLE_LETTERS + 1))]
    return [" ".join(words[i : i + SHINGLE_WORDS]) for i in range(len(words) - SHINGLE_WORDS + 1)]


def _hash(sequence: str) -> int:
    digest = blake2b(sequence.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
