"""How many were killed and wounded, in this incident and by this text."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.reading.passages import Passages

_DIGITS = re.compile(r"(?<![\d])\d{1,3}(?: \d{3})+(?! ?\d)|\d+")
REACH = 70
"""Folded letters between a number and the word that says what became of so many people."""

BACK_REACH = 34
"""The same when the word comes first: `killing at least eight`."""

UNIT_REACH = 14
"""Letters after a number within which a unit (mm, km, drones, year-old) makes it no count of people."""

MOST = 5_000
"""Higher figures are of wars, not of incidents."""


class Number(NamedTuple):
    """A count in the text; a person without a number is one, `is_implied`."""

    start: int
    end: int
    value: int
    is_implied: bool


class Toll(NamedTuple):
    """A number bound to what became of the people, "killed" or "wounded", and the words it rests on."""

    kind: str
    value: int
    start: int
    end: int
    sentence: int


class Casualties(NamedTuple):
    """None where the text gives no number; `tolls` are the numbers it gives, by sentence."""

    killed: int | None
    wounded: int | None
    tolls: tuple[Toll, ...]


def read_casualties(passages: Passages) -> Casualties:
    """The numbers of the incident itself: not of older ones, totals, ages or weapons."""
    numbers = _read_numbers(passages)
    tolls: list[Toll] = []
    for sentence in range(len(passages.text.sentences)):
        tolls += _bind(passages, sentence, numbers)
    killed, wounded = _judge("killed", tolls), _judge("wounded", tolls)
    if killed is None and wounded is None and passages.found.of("casualties.none"):
        if not all(passages.is_past(h.start) for h in passages.found.of("casualties.none")):
            return Casualties(0, 0, ())
    return Casualties(killed, wounded, tuple(tolls))


def _judge(kind: str, tolls: list[Toll]) -> int | None:
    """The highest sum that one sentence gives: a text repeats its numbers, headline first."""
    sums: dict[int, int] = {}
    for toll in tolls:
        if toll.kind == kind:
            sums[toll.sentence] = sums.get(toll.sentence, 0) + toll.value
    return max(sums.values(), default=None)


def _read_numbers(passages: Passages) -> list[Number]:
    """Counts that may be of people, by position."""
    folded = passages.text.folded
    counts = [
        Number(m.start(), m.end(), int(m.group().replace(" ", "")), False) for m in _DIGITS.finditer(folded)
    ]
    counts += _number_words(passages)
    counts.sort()
    counts = [n for n in counts if n.value <= MOST and not _is_of_things(passages, n)]
    taken = {n.end for n in counts}
    for hit in passages.found.of("casualties.person"):
        if not any(hit.start - 24 <= end <= hit.start for end in taken) and not any(
            n.start <= hit.start < n.end for n in counts
        ):
            counts.append(Number(hit.start, hit.end, 1, True))
    return sorted(counts)


def _number_words(passages: Passages) -> list[Number]:
    """Number words, those that stand together added up (twenty-seven), the longest phrase first."""
    words: list[Number] = []
    for hit in sorted(passages.found.under("number"), key=lambda h: (h.start, -h.end)):
        value = int(hit.code.split(".")[1])
        last = words[-1] if words else None
        if last and hit.start < last.end:
            continue
        if last and hit.start - last.end <= 1 and last.value >= 20 and last.value % 10 == 0 and value < 10:
            words[-1] = Number(last.start, hit.end, last.value + value, False)
        else:
            words.append(Number(hit.start, hit.end, value, False))
    return words


def _is_of_things(passages: Passages, number: Number) -> bool:
    """Whether the number counts things, or is an age, a date, a time, a calibre or a name."""
    found, folded, end = passages.found, passages.text.folded, number.end
    if found.has("casualties.people", number.start, end + UNIT_REACH) and not found.has("casualties.age", end, end + 3):
        first_person = found.first("casualties.people", number.start, end + UNIT_REACH)
        first_thing = found.first("casualties.not_people", end, end + UNIT_REACH)
        if first_person and (not first_thing or first_person.start < first_thing.start):
            return False
    before = folded[max(0, number.start - 6) : number.start].split()
    if before and before[-1].isdigit() and folded[number.start - 1] == " " and number.value < 60:
        return True
    return any(
        found.has(code, end, end + UNIT_REACH) for code in ("casualties.not_people", "casualties.age")
    ) or _is_date(passages, number)


def _is_date(passages: Passages, number: Number) -> bool:
    months = passages.found.under("month")
    return any(0 <= h.start - number.end <= 4 or 0 <= number.start - h.end <= 2 for h in months)


def _bind(passages: Passages, sentence: int, numbers: list[Number]) -> list[Toll]:
    """Pairs numbers with casualty words of one sentence, left to right, each at most once."""
    start, end = passages.text.sentence_span(sentence)
    words = [
        (h.start, h.end, kind, None)
        for kind in ("killed", "wounded")
        for h in passages.found.of(f"casualties.{kind}")
        if start <= h.start < end and not passages.is_past(h.start)
    ]
    counts = [
        (n.start, n.end, "", n) for n in numbers if start <= n.start < end and not passages.is_past(n.start)
    ]
    tolls: list[Toll] = []
    number: Number | None = None
    word: tuple[int, int, str] | None = None
    for begin, stop, kind, count in sorted(words + counts, key=lambda item: item[:2]):  # type: ignore[operator]
        if count is None:
            if number and begin - number.end <= REACH:
                tolls.append(Toll(kind, number.value, number.start, stop, sentence))
                number, word = None, None
            else:
                number, word = None, (begin, stop, kind)
        elif word and begin - word[1] <= BACK_REACH and not (count.is_implied and begin - word[1] > 16):
            tolls.append(Toll(word[2], count.value, word[0], stop, sentence))
            number, word = None, None
        elif number is None or (not count.is_implied and count.value > number.value):
            number = count
    return tolls
