"""Numbers as a text writes them, in figures or words, whatever they count."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.text import Text

_DIGITS = re.compile("[0-9][0-9]*")

_THOUSANDS = re.compile(r"[0-9]{1,3}(?: [0-9]{3})+(?! ?[0-9])")

_HYPHENS = "-\u2010\u2011"
_LAST_WORD = re.compile(r"\w{1,4}$")

_ALPHABETIC = re.compile("[a-z\u00c0-\u024f\u0370-\u058f\u10a0-\u10ff]")


class Number(NamedTuple):
    """A count in the text; a person named without a number is one, `is_implied`."""

    start: int
    end: int
    value: int
    is_implied: bool


def written_numbers(passages: Passages) -> list[Number]:
    """Every number of the text in figures or words, whatever it counts, by position."""
    folded = passages.text.folded
    figures = [
        Number(start, end, int(folded[start:end].replace(" ", "")), False)
        for start, end in _figures(folded)
        if end - start < 9 and not _is_glued(folded, start, end) and not _is_model(passages.text, start, end)
    ]
    return sorted(figures + _number_words(passages))


def _figures(folded: str) -> Iterator[tuple[int, int]]:
    """Where figures stand; `12 500` is one."""
    last = 0
    for match in _DIGITS.finditer(folded):
        if match.start() >= last:
            whole = _THOUSANDS.match(folded, match.start()) or match
            last = whole.end()
            yield whole.span()


def _is_glued(folded: str, start: int, end: int) -> bool:
    """Whether letters of an alphabet touch the figures (3R, M23, T72)."""
    return bool(_ALPHABETIC.match(folded[start - 1]) or _ALPHABETIC.match(folded[end]))


def _is_model(text: Text, start: int, end: int) -> bool:
    """Whether a capital and a hyphen stand before the figures: Mi-24, S-300."""
    begin = text.raw_span(start, end)[0]
    return begin > 1 and text.raw[begin - 1] in _HYPHENS and _is_name(text.raw[: begin - 1])


def _is_name(before: str) -> bool:
    """Whether the last word begins with a capital."""
    word = _LAST_WORD.search(before)
    return word is not None and word.group()[0].isupper()


def _number_words(passages: Passages) -> list[Number]:
    """Number words, those that stand together added up (twenty-seven), the longest phrase first.

    The second in the name of a weekday is none: Arabic and Portuguese Monday.
    """
    taken = passages.found.of("casualties.none") + passages.found.under("weekday")
    words: list[Number] = []
    for hit in sorted(passages.found.under("number"), key=lambda h: (h.start, -h.end)):
        value = int(hit.code.split(".")[1])
        last = words[-1] if words else None
        if (last and hit.start < last.end) or any(h.start <= hit.start < h.end for h in taken):
            continue
        if last and (_is_tens_and_units(last, hit, value) or _is_units_and_tens(passages, last, hit, value)):
            words[-1] = Number(last.start, hit.end, last.value + value, False)
        else:
            words.append(Number(hit.start, hit.end, value, False))
    return words


def _is_tens_and_units(last: Number, hit: Hit, value: int) -> bool:
    """Twenty-seven."""
    return hit.start - last.end <= 3 and last.value >= 20 and last.value % 10 == 0 and value < 10


def _is_units_and_tens(passages: Passages, last: Number, hit: Hit, value: int) -> bool:
    """Arabic `seven and-twenty`, `a hundred and-four`."""
    if passages.text.folded[last.end : hit.start].strip() != "و":
        return False
    is_unit = last.value < 10 and value >= 20 and value % 10 == 0
    return is_unit or (last.value >= 100 and last.value % 100 == 0 and value < 100)
