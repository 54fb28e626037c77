"""How many were killed and wounded, in this incident and by this text."""

from __future__ import annotations

from typing import NamedTuple

from bot.reading.lexicon import Hit
from bot.reading.numbers import Number, read_numbers
from bot.reading.passages import Passages

REACH = 110
"""Folded letters between a number and the word that says what became of so many people."""

BACK_REACH = 36
"""The same when the word comes first: `killing at least eight`."""

IMPLIED_REACH = 60
IMPLIED_BACK_REACH = 16
"""For a person without a number, who may stand there for another reason."""

JOINED = 40
"""Letters between two counts that are added up: `three soldiers and four civilians`."""


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
    numbers = [n for n in _join(passages, read_numbers(passages)) if not passages.is_past(n.start)]
    words = _casualty_words(passages)
    tolls: list[Toll] = []
    for sentence in range(len(passages.text.sentences)):
        tolls += _bind(passages, sentence, numbers, words)
    killed = _judge("killed", tolls) or _single(passages, "killed_one")
    wounded = _judge("wounded", tolls) or _single(passages, "wounded_one")
    if killed is None and wounded is None and not all(
        passages.is_past(h.start) for h in passages.found.of("casualties.none")
    ):
        return Casualties(0, 0, ())
    return Casualties(killed, wounded, tuple(tolls))


def _judge(kind: str, tolls: list[Toll]) -> int | None:
    """The highest sum that one sentence gives: a text repeats its numbers, headline first."""
    sums: dict[int, int] = {}
    for toll in tolls:
        if toll.kind == kind:
            sums[toll.sentence] = sums.get(toll.sentence, 0) + toll.value
    return max(sums.values(), default=None)


def _single(passages: Passages, key: str) -> int | None:
    """One, where a word in the singular says what became of somebody."""
    return 1 if any(passages.is_news(h.start) for h in passages.found.of(f"casualties.{key}")) else None


def _casualty_words(passages: Passages) -> list[tuple[int, int, str]]:
    """Casualty words of the news, those that overlap or touch as one."""
    hits: list[tuple[Hit, str]] = [
        (h, kind) for kind in ("killed", "wounded") for h in passages.found.of(f"casualties.{kind}")
    ]
    merged: list[tuple[int, int, str]] = []
    for hit, kind in sorted(hits):
        if passages.is_past(hit.start):
            continue
        if merged and merged[-1][2] == kind and hit.start - merged[-1][1] <= 3:
            merged[-1] = (merged[-1][0], max(hit.end, merged[-1][1]), kind)
        elif not merged or hit.start >= merged[-1][1]:
            merged.append((hit.start, hit.end, kind))
    return merged


def _join(passages: Passages, numbers: list[Number]) -> list[Number]:
    """Adds up counts that `and` joins before anything is said of the first alone."""
    joined: list[Number] = []
    for number in numbers:
        last = joined[-1] if joined else None
        if last and not number.is_implied and not last.is_implied and _are_joined(passages, last, number):
            joined[-1] = Number(last.start, number.end, last.value + number.value, False)
        else:
            joined.append(number)
    return joined


def _are_joined(passages: Passages, first: Number, second: Number) -> bool:
    found, text = passages.found, passages.text
    if second.start - first.end > JOINED or text.clause_of(first.start) != text.clause_of(second.start):
        return False
    span = (first.end, second.start)
    if any(found.has(f"casualties.{kind}", *span) for kind in ("killed", "wounded")):
        return False
    has_nouns = all(
        found.has("casualties.people", n.end, n.end + 20) or found.has("casualties.person", n.end, n.end + 20)
        for n in (first, second)
    )
    return has_nouns and found.has("casualties.and", *span)


def _bind(
    passages: Passages, sentence: int, numbers: list[Number], words: list[tuple[int, int, str]]
) -> list[Toll]:
    """Pairs numbers with casualty words of one sentence, left to right, each at most once."""
    start, end = passages.text.sentence_span(sentence)
    items: list[tuple[int, int, str, Number | None]] = [(b, e, k, None) for b, e, k in words if start <= b < end]
    items += [(n.start, n.end, "", n) for n in numbers if start <= n.start < end]
    tolls: list[Toll] = []
    number: Number | None = None
    word: tuple[int, int, str] | None = None
    for begin, stop, kind, count in sorted(items, key=lambda item: item[:2]):
        if count is not None:
            reach = IMPLIED_BACK_REACH if count.is_implied else BACK_REACH
            if word and begin - word[1] <= reach:
                tolls.append(Toll(word[2], count.value, word[0], stop, sentence))
                number, word = None, None
            elif number is None or not count.is_implied:
                number = count
        elif number and begin - number.end <= (IMPLIED_REACH if number.is_implied else REACH):
            tolls.append(Toll(kind, number.value, number.start, stop, sentence))
            number, word = None, None
        else:
            number, word = None, (begin, stop, kind)
    return tolls
