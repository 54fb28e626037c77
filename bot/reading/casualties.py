"""How many were killed and wounded, in this incident and by this text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bot.reading.counts import read_counts
from bot.reading.numbers import Number
from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.sums import Toll, add_up, is_of_before

REACH = 110
"""Folded letters between a number and the word that says what became of so many people."""

BACK_REACH = 36
"""The same when the word comes first: `killing at least eight`."""

IMPLIED_REACH = 60
IMPLIED_BACK_REACH = 20
"""For a person without a number, who may stand there for another reason."""


NONE_REACH = 12
"""Letters between `no` and the casualty word that it denies."""


_BOTH = frozenset({"killed", "wounded"})

DIED_REACH = 60
"""Letters between the wounds and the death of the same people."""

TOUCH = 3
"""Letters between a number and a word that stand side by side."""

OURS_REACH = 20
"""Letters between `no casualties` and whose they would be."""

NEGATION_REACH = 30
"""Letters before a word in the singular within which a negation is of it."""

_JOINED_AND = frozenset({"و", "ו", "ف"})
"""What Arabic and Hebrew write together with the next word: `and`, `so`."""

_UNSAID = ("stance.report", "casualties.unsaid")
"""Words of a clause that denies knowledge of casualties, not casualties."""


HOSPITAL_REACH = 45
"""Letters between the number of those who are in hospital and the hospital."""

_FIGURES = re.compile(" ?(?:figures|numbers|details|count|数字|數字)")
"""What is missing where `no casualty figures` are given."""


Item = tuple[int, int, str, Number | None]
"""A casualty word with its kind, or a number, from start to end."""


class Casualties(NamedTuple):
    """None where the text gives no number; `tolls` are the numbers it gives, by sentence."""

    killed: int | None
    wounded: int | None
    tolls: tuple[Toll, ...]


def read_casualties(passages: Passages) -> Casualties:
    """The numbers of the incident itself: not of older ones, totals, ages or weapons."""
    numbers = [n for n in read_counts(passages) if not passages.is_past(n.start)]
    words = _casualty_words(passages)
    told = [w for w in words if not _is_denied(passages, w) or _is_counted(w, numbers)]
    told = _without_former(passages, numbers, told)
    tolls = [t for t in _bind_all(passages, numbers, told) if not is_of_before(passages, t)]
    tolls += _in_hospital(passages, numbers, tolls)
    killed = add_up(passages, [t for t in tolls if t.kind == "killed"]) or _single(passages, "killed_one")
    wounded = add_up(passages, [t for t in tolls if t.kind == "wounded"]) or _single(passages, "wounded_one")
    none, only = _denied(passages, words)
    if killed is None and wounded is None and none:
        return Casualties(0, 0, ())
    if killed is None and "killed" in only:
        killed = 0
    if wounded is None and "wounded" in only:
        wounded = 0
    return Casualties(killed, wounded, tuple(tolls))


def _is_denied(passages: Passages, word: tuple[int, int, str]) -> bool:
    """Whether the word is negated, and not another one beside it: `two were wounded and nobody died`."""
    nones = [h for h in passages.found.of("casualties.none") if _kinds_in(passages, h)]
    if any(h.start <= word[0] < h.end for h in nones):
        return True
    return passages.is_denied(word[0], word[1], besides=nones)


def _kinds_in(passages: Passages, none: Hit) -> set[str]:
    """What a phrase says befell nobody, or the word behind it, where that is more than `no casualties`."""
    end = none.end + TOUCH
    return {kind for kind in _BOTH if passages.found.has(f"casualties.{kind}", none.start, end)}


def _without_former(
    passages: Passages, numbers: list[Number], words: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """Without the wounds of those who died of them: `a man wounded in the strike died`."""
    return [
        word
        for word, after in zip(words, [*words[1:], None], strict=False)
        if after is None or not _has_died(passages, numbers, word, after)
    ]


def _has_died(
    passages: Passages, numbers: list[Number], word: tuple[int, int, str], after: tuple[int, int, str]
) -> bool:
    """Whether a word for the dead tells of those whom the word before it calls wounded."""
    text, begin, end = passages.text, word[1], after[0]
    if (word[2], after[2]) != ("wounded", "killed") or end - begin > DIED_REACH:
        return False
    if text.clause_of(begin) != text.clause_of(end) or passages.found.has("casualties.and", begin, end):
        return False
    return not any(begin <= n.start < end and not n.is_implied for n in numbers)


def _is_counted(word: tuple[int, int, str], numbers: list[Number]) -> bool:
    """Whether a number touches the word, so that a negation near it denies something else."""
    return any(
        not n.is_implied and (0 <= word[0] - n.end <= 3 or 0 <= n.start - word[1] <= 3) for n in numbers
    )


def _denied(passages: Passages, words: list[tuple[int, int, str]]) -> tuple[frozenset[str], frozenset[str]]:
    """What befell nobody by this text, not only what nothing is reported of; `no casualties` is both.

    Then what of it the text says in so many words.
    """
    text = passages.text
    nones = [none for none in passages.found.of("casualties.none") if not passages.is_past(none.start)]
    unsaid = [none for none in nones if _FIGURES.match(text.folded, none.end) or _is_of_ours(passages, none)]
    nones = [none for none in nones if none not in unsaid]
    told = {text.clause_of(h.start) for code in _UNSAID for h in passages.found.of(code)}
    told |= {text.clause_of(none.start) for none in unsaid}
    near = [word for word in words if text.clause_of(word[0]) not in told]
    said = {kind for none in nones for kind in _kinds_in(passages, none)}
    only = said | {word[2] for word in near if _is_denied(passages, word)}
    denied = only | {word[2] for word in near if passages.is_denied(word[0], word[1])}
    if any(not _kinds_in(passages, none) for none in nones):
        denied |= _BOTH
    return frozenset(denied), frozenset(only)


def _is_of_ours(passages: Passages, none: Hit) -> bool:
    """Whether only the side that speaks had no casualties: `no casualties among our forces`."""
    return passages.found.has("casualties.ours", none.start - OURS_REACH, none.end + OURS_REACH)


def _single(passages: Passages, key: str) -> int | None:
    """One, where a word in the singular says what became of somebody, and not of nobody."""
    return 1 if any(_is_of_somebody(passages, h) for h in passages.found.of(f"casualties.{key}")) else None


def _is_of_somebody(passages: Passages, hit: Hit) -> bool:
    """Whether the news tells it, and neither a negation before it nor a word for the dead takes it back."""
    found, text = passages.found, passages.text
    taken = found.of("casualties.none") + [h for h in found.of("casualties.killed") if h.start < hit.start]
    if not passages.is_news(hit.start) or any(h.start <= hit.start < h.end for h in taken):
        return False
    clause = text.clause_of(hit.start)
    return not any(
        -NEGATION_REACH <= h.start - hit.start <= 0 or 0 <= h.start - hit.end <= TOUCH
        for h in found.of("scope.negation")
        if text.clause_of(h.start) == clause
    )


def _in_hospital(passages: Passages, numbers: list[Number], tolls: list[Toll]) -> list[Toll]:
    """Those who are counted in hospital and of whom nothing else is said: `three others remain there`."""
    found, text = passages.found, passages.text
    bound = [(toll.start, toll.end) for toll in tolls]
    counted = []
    for number in numbers:
        hospital = found.first("casualties.hospital", number.end, number.end + HOSPITAL_REACH)
        if hospital is None or number.is_implied or any(a <= number.start < b for a, b in bound):
            continue
        sentence = text.sentence_of(number.start)
        is_said = any(found.has(f"casualties.{kind}", number.end, hospital.start) for kind in _BOTH)
        if sentence == text.sentence_of(hospital.start) and not is_said:
            counted.append(Toll("wounded", number.value, number.start, hospital.end, sentence, number.end))
    return counted


def _casualty_words(passages: Passages) -> list[tuple[int, int, str]]:
    """Casualty words of the news, those that overlap or touch as one."""
    hits: list[tuple[Hit, str]] = [
        (h, kind) for kind in ("killed", "wounded") for h in passages.found.of(f"casualties.{kind}")
    ]
    truces = passages.found.of("truce.words")
    merged: list[tuple[int, int, str]] = []
    for hit, kind in sorted(hits):
        if passages.is_past(hit.start) or any(h.start <= hit.start < h.end for h in truces):
            continue
        if merged and merged[-1][2] == kind and _touch(passages, merged[-1][1], hit.start):
            merged[-1] = (merged[-1][0], max(hit.end, merged[-1][1]), kind)
        elif not merged or hit.start >= merged[-1][1]:
            merged.append((hit.start, hit.end, kind))
    return merged


def _touch(passages: Passages, end: int, start: int) -> bool:
    """Whether words stand side by side in one clause, or overlap."""
    clause_of = passages.text.clause_of
    return start < end or (start - end <= TOUCH and clause_of(start) == clause_of(end - 1))


def _bind_all(passages: Passages, numbers: list[Number], words: list[tuple[int, int, str]]) -> Iterator[Toll]:
    """Numbers bound to casualty words, sentence by sentence."""
    items: list[Item] = [(start, end, kind, None) for start, end, kind in words]
    items += [(n.start, n.end, "", n) for n in numbers]
    items.sort(key=lambda item: item[:2])
    for sentence, own in groupby(items, key=lambda item: passages.text.sentence_of(item[0])):
        yield from _bind(passages, sentence, list(own))


def _bind(passages: Passages, sentence: int, ordered: Sequence[Item]) -> list[Toll]:
    """Pairs numbers with casualty words of one sentence, left to right, each at most once."""
    start, end = passages.text.sentence_span(sentence)
    is_toll = passages.found.has("stance.update", start, end)
    tolls: list[Toll] = []
    number: Number | None = None
    word: tuple[int, int, str] | None = None
    for index, (begin, stop, kind, count) in enumerate(ordered):
        ahead = ordered[index + 1 : index + 3]
        if count is not None:
            if (
                word
                and not _is_before_word(passages, word, count, ahead)
                and _is_in_reach(passages, word, count, is_toll)
            ):
                tolls.append(Toll(word[2], count.value, word[0], stop, sentence, stop))
                number, word = None, None
            elif number is None or not count.is_implied:
                number = count
        elif number and not _reads_on(passages, number, (begin, stop), ahead) and _is_near(number, begin):
            tolls.append(Toll(kind, number.value, number.start, stop, sentence, number.end))
            number, word = None, None
        else:
            number, word = None, (begin, stop, kind)
    return tolls


def _is_near(number: Number, begin: int) -> bool:
    """Whether a number may belong to a word that begins so far behind it."""
    return begin - number.end <= (IMPLIED_REACH if number.is_implied else REACH)


def _is_before_word(
    passages: Passages, word: tuple[int, int, str], count: Number, ahead: Sequence[Item]
) -> bool:
    """Whether a casualty word of its own follows the number at once: `one martyr and 6 wounded`.

    Not one behind a comma or an `and` written with its word: Arabic `five were killed and-wounded six`.
    Behind `and` or `another` it may be farther: `one died and two villagers were wounded`.
    """
    joints = ("and", "another")
    is_next = any(passages.found.has(f"casualties.{key}", word[1], count.start) for key in joints)
    if is_next and _has_word_ahead(count, ahead, REACH):
        return ahead[0][2] != word[2]
    if not _has_word_ahead(count, ahead, TOUCH):
        return False
    text, begin = passages.text, ahead[0][0]
    is_joined = text.folded[count.end : begin].strip() in _JOINED_AND
    return not is_joined and text.clause_of(count.start) == text.clause_of(begin)


def _has_word_ahead(count: Number, ahead: Sequence[Item], reach: int) -> bool:
    """Whether what follows a number is a casualty word, so many letters behind it at most."""
    return bool(ahead) and ahead[0][3] is None and ahead[0][0] - count.end <= reach


def _reads_on(passages: Passages, number: Number, word: tuple[int, int], ahead: Sequence[Item]) -> bool:
    """Whether the word belongs to a number behind it rather than to a vaguer or farther one before it."""
    count = ahead[0][3] if ahead else None
    if count is None or word[0] - number.end <= TOUCH:
        return False
    if _has_word_ahead(count, ahead[1:], REACH):
        return False
    is_better = number.is_implied and not count.is_implied
    is_nearer = word[0] - number.end > BACK_REACH
    return (is_better or is_nearer) and _is_in_reach(passages, (*word, ""), count, False)


def _is_in_reach(passages: Passages, word: tuple[int, int, str], count: Number, is_toll: bool) -> bool:
    """Whether a number that follows a casualty word belongs to it: in its clause, close by.

    Where the sentence tells of a new toll (`is_toll`) the number may come late: `the dead ... rose to nine`.
    """
    text, distance = passages.text, count.start - word[1]
    if is_toll and not count.is_implied:
        return distance <= REACH
    reach = IMPLIED_BACK_REACH if count.is_implied and count.value == 1 else BACK_REACH
    return distance <= reach and text.clause_of(word[0]) == text.clause_of(count.start)
