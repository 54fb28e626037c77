"""The number of an incident from the tolls that its report gives: repeated, split by sides, or risen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.text import is_spaceless

RECENT = timedelta(days=20)
"""A month that so short a time ago ran is no past one."""

MONTH_REACH = 45
"""Letters between a toll and the month that it is of."""

TRUCE_REACH = 30
"""Letters between a month and the truce that it may be the name of."""

SINCE_REACH = 24
"""Letters between a toll and `since`."""

TROOPS_REACH = 14
"""Letters around a toll within which it says that it is of soldiers."""

NOUN_REACH = 24
"""Letters behind a number within which a noun tells who was counted."""

ADJECTIVE_REACH = 14
"""Letters behind a number within which a party names whose people they were: `three Indian soldiers`."""

RISEN_REACH = 12
"""Letters between a toll and the words that say that it is the new one: `has climbed to seven`."""


class Toll(NamedTuple):
    """A number bound to what became of the people, "killed" or "wounded", and the words it rests on.

    `counted` is where the number ends.
    """

    kind: str
    value: int
    start: int
    end: int
    sentence: int
    counted: int


def add_up(passages: Passages, tolls: Sequence[Toll]) -> int | None:
    """The number that tolls of one kind come to: the highest sum of a sentence, or of both sides.

    A text repeats its numbers, headline first. Where it says to what the number has risen, that is it.
    """
    by_sentence: defaultdict[int, list[Toll]] = defaultdict(list)
    for toll in tolls:
        by_sentence[toll.sentence].append(toll)
    if not by_sentence:
        return None
    sums = {sentence: _sum_of(passages, own) for sentence, own in by_sentence.items()}
    if any(_is_risen(passages, toll) for toll in tolls):
        own = [value for sentence, value in sums.items() if _tells_a_new_toll(passages, sentence)]
    else:
        own = list(sums.values())
    return max(*own, _of_both_sides(passages, tolls, sums), _of_two_parties(passages, tolls, sums))


def _sum_of(passages: Passages, tolls: Sequence[Toll]) -> int:
    """What the tolls of one sentence come to; one that the others split up is the sum already.

    A sentence that tells of a new toll gives it as one number, and may name those who were counted before.
    """
    values = [toll.value for toll in tolls]
    is_split = len(values) > 2 and sum(values[1:]) == values[0]
    return max(values) if is_split or _tells_a_new_toll(passages, tolls[0].sentence) else sum(values)


def _tells_a_new_toll(passages: Passages, sentence: int) -> bool:
    return passages.found.has("stance.update", *passages.text.sentence_span(sentence))


def _is_risen(passages: Passages, toll: Toll) -> bool:
    """Whether words of a rising number stand by a toll of more than one."""
    start, end = passages.text.sentence_span(toll.sentence)
    return (
        toll.kind == "killed"
        and toll.value > 1
        and any(
            0 <= toll.counted - hit.end <= RISEN_REACH or 0 <= hit.start - toll.counted <= RISEN_REACH
            for hit in passages.found.of("stance.update")
            if start <= hit.start < end
        )
    )


def _of_both_sides(passages: Passages, tolls: Sequence[Toll], sums: dict[int, int]) -> int:
    """The sum where one sentence of the body counts soldiers alone, another people who are none.

    A smaller number without a noun, `seven died`, is of those counted before.
    """
    troops: dict[int, set[bool]] = {}
    unnamed: set[int] = set()
    for toll in _in_body(passages, tolls):
        is_soldiers = _is_of_soldiers(passages, toll)
        if is_soldiers or not _tells_a_new_toll(passages, toll.sentence):
            troops.setdefault(toll.sentence, set()).add(is_soldiers)
        if not _has_noun(passages, toll):
            unnamed.add(toll.sentence)
    ours = max((sums[sentence] for sentence, kinds in troops.items() if kinds == {True}), default=0)
    others = [
        sums[sentence]
        for sentence, kinds in troops.items()
        if kinds == {False} and (sentence not in unnamed or sums[sentence] > ours)
    ]
    return ours + max(others) if ours and others and ours != max(others) else 0


def _has_noun(passages: Passages, toll: Toll) -> bool:
    found, end = passages.found, toll.counted + NOUN_REACH
    return any(found.has(f"casualties.{key}", toll.start, end) for key in ("people", "person"))


def _of_two_parties(passages: Passages, tolls: Sequence[Toll], sums: dict[int, int]) -> int:
    """The sum where sentences of the body count people of two parties, more than one of each."""
    highest: dict[str, int] = {}
    for toll in _in_body(passages, tolls):
        party = _party_of(passages, toll)
        if party or _is_of_soldiers(passages, toll):
            highest[party] = max(sums[toll.sentence], highest.get(party, 0))
    values = sorted(value for value in highest.values() if value > 1)
    return sum(values[-2:]) if len(set(values)) > 1 else 0


def _in_body(passages: Passages, tolls: Sequence[Toll]) -> list[Toll]:
    text = passages.text
    return [toll for toll in tolls if text.sentence_span(toll.sentence)[0] >= text.body_start]


def _party_of(passages: Passages, toll: Toll) -> str:
    """Whose people were counted, where that is said between the number and the noun."""
    near = [m for m in passages.parties if 0 <= m.start - toll.counted <= ADJECTIVE_REACH]
    is_theirs = near and not passages.found.has("casualties.killed", toll.counted, near[0].start)
    return near[0].codes[0] if is_theirs else ""


def _is_of_soldiers(passages: Passages, toll: Toll) -> bool:
    """Whether soldiers are counted, and no part of others: `nine people, among them a soldier`."""
    start, end = passages.text.sentence_span(toll.sentence)
    span = (max(start, toll.start - TROOPS_REACH), min(end, toll.end + TROOPS_REACH))
    soldiers = passages.found.first("casualties.troops", *span)
    behind = (toll.start, span[1])
    parts = [passages.found.first(f"casualties.{key}", *behind) for key in ("including", "included")]
    return soldiers is not None and all(part is None or soldiers.start < part.start for part in parts)


def is_of_before(passages: Passages, toll: Toll) -> bool:
    """Whether the number is of a longer time, or of a month gone by."""
    return _is_total(passages, toll) or _is_of_another_month(passages, toll)


def _is_of_another_month(passages: Passages, toll: Toll) -> bool:
    """Whether a sentence behind the lead tells of a month gone by: `in July one soldier was wounded`.

    Where words are not parted, names of months are found within others.
    """
    text, now = passages.text, passages.published
    start, end = text.sentence_span(toll.sentence)
    if start <= text.body_start or is_spaceless(text.folded[start:end]):
        return False
    recent = {f"month.{day.month}" for day in (now, now - RECENT)}
    truces = passages.found.of("truce.words")
    return any(
        max(start, toll.start - MONTH_REACH) <= hit.start < min(end, toll.end + MONTH_REACH)
        and hit.code not in recent
        and not _has_day(text.folded, hit)
        and not any(-TRUCE_REACH <= h.start - hit.start <= TRUCE_REACH for h in truces)
        for hit in passages.found.under("month")
    )


def _has_day(folded: str, month: Hit) -> bool:
    """Whether figures of a day stand by a month."""
    around = folded[max(0, month.start - 6) : month.start] + folded[month.end : month.end + 4]
    return any(letter.isdigit() for letter in around)


def _is_total(passages: Passages, toll: Toll) -> bool:
    """Whether the number is one of a longer time, `241 dead since October`, in a text that is no tally."""
    found = passages.found
    start, end = passages.text.sentence_span(toll.sentence)
    if found.of("stance.tally") or found.has("stance.update", start, end):
        return False
    return any(
        -SINCE_REACH <= hit.end - toll.start <= 0 or 0 <= hit.start - toll.end <= SINCE_REACH
        for hit in found.of("casualties.since")
        if start <= hit.start < end
    )
