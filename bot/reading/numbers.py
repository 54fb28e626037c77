"""Counts of people in a text: figures and number words that are no ages, dates, calibres or counts of things."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.reading.passages import Passages

_DIGITS = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?! ?\d)|\d+")
_ALPHABETIC = re.compile("[a-z\u00c0-\u024f\u0400-\u04ff]")

UNIT_REACH = 14
"""Letters after a number within which a unit (mm, km, drones, year-old) makes it no count of people."""

PEOPLE_REACH = 24
"""Letters after a number within which a noun for people makes it a count of them."""

WORD_REACH = 16
"""Letters between a number and a casualty word that need no noun for people between them."""

MOST = 5_000
"""Higher figures are of wars, not of incidents."""

YEARS = range(1900, 2100)


class Number(NamedTuple):
    """A count in the text; a person named without a number is one, `is_implied`."""

    start: int
    end: int
    value: int
    is_implied: bool


def read_numbers(passages: Passages) -> list[Number]:
    """Counts that may be of people, by position; parts of a count (`including two`) are left out."""
    counts = [n for n in _written(passages) if n.value <= MOST and n.value not in YEARS]
    counts = _resolve_ranges(passages, counts)
    counts = [n for n in counts if _is_of_people(passages, n) and not _is_part(passages, n)]
    return sorted(counts + _implied(passages, counts))


def _written(passages: Passages) -> list[Number]:
    folded = passages.text.folded
    figures = [
        Number(m.start(), m.end(), int(m.group().replace(" ", "")), False)
        for m in _DIGITS.finditer(folded)
        if m.end() - m.start() < 9 and not _is_glued(folded, m.start(), m.end())
    ]
    return sorted(figures + _number_words(passages))


def _is_glued(folded: str, start: int, end: int) -> bool:
    """Whether letters of an alphabet touch the figures (3R, M23, T72)."""
    return bool(_ALPHABETIC.match(folded[start - 1]) or _ALPHABETIC.match(folded[end]))


def _number_words(passages: Passages) -> list[Number]:
    """Number words, those that stand together added up (twenty-seven), the longest phrase first."""
    none = passages.found.of("casualties.none")
    words: list[Number] = []
    for hit in sorted(passages.found.under("number"), key=lambda h: (h.start, -h.end)):
        value = int(hit.code.split(".")[1])
        last = words[-1] if words else None
        if (last and hit.start < last.end) or any(h.start <= hit.start < h.end for h in none):
            continue
        if last and hit.start - last.end <= 3 and last.value >= 20 and last.value % 10 == 0 and value < 10:
            words[-1] = Number(last.start, hit.end, last.value + value, False)
        else:
            words.append(Number(hit.start, hit.end, value, False))
    return words


def _resolve_ranges(passages: Passages, counts: list[Number]) -> list[Number]:
    """Of `from two to four` the second stays, of `60 to 70` the first."""
    folded, found = passages.text.folded, passages.found
    dropped: set[Number] = set()
    for first, second in zip(counts, counts[1:], strict=False):
        between = second.start - first.end
        if 0 < between <= 6 and len(folded[first.end : second.start].split()) == 1:
            is_change = any(0 <= first.start - h.end <= 2 for h in found.of("casualties.from_number"))
            is_range = found.has("casualties.to_number", first.end, second.start)
            dropped |= {first} if is_change else {second} if is_range else set()
    return [n for n in counts if n not in dropped]


def _is_of_people(passages: Passages, number: Number) -> bool:
    """Whether people or a casualty word stand by the number, and no unit, date or age is nearer."""
    found, end = passages.found, number.end
    if _is_age_or_date(passages, number):
        return False
    nouns = [found.first(f"casualties.{key}", end, end + PEOPLE_REACH) for key in ("people", "person")]
    people = min((h.start for h in nouns if h), default=None)
    thing = found.first("casualties.not_people", end, end + UNIT_REACH)
    if thing and (people is None or thing.start < people):
        return False
    return people is not None or any(
        -WORD_REACH <= h.end - number.start <= 0 or 0 <= h.start - end <= WORD_REACH
        for kind in ("killed", "wounded")
        for h in found.of(f"casualties.{kind}")
    )


def _is_age_or_date(passages: Passages, number: Number) -> bool:
    found, folded = passages.found, passages.text.folded
    if any(0 <= h.start - number.end <= 3 or 0 <= number.start - h.end <= 2 for h in found.of("casualties.age")):
        return True
    if any(0 <= h.start - number.end <= 4 or 0 <= number.start - h.end <= 2 for h in found.under("month")):
        return True
    before, after = folded[: number.start].rsplit(None, 1)[-1:], folded[number.end : number.end + 4].split()[:1]
    return any(word.isdigit() for word in (*before, *after)) and number.value < 60


def _is_part(passages: Passages, number: Number) -> bool:
    """Whether the number only counts some of those counted before: `including three`, `two of them`."""
    including = passages.found.of("casualties.including")
    return any(0 <= number.start - h.end <= 6 or 0 <= h.start - number.end <= 10 for h in including)


def _implied(passages: Passages, counts: list[Number]) -> list[Number]:
    """Single persons without a number before them."""
    return [
        Number(hit.start, hit.end, 1, True)
        for hit in passages.found.of("casualties.person")
        if not any(hit.start - 24 <= n.end <= hit.start or n.start <= hit.start < n.end for n in counts)
    ]
