"""Counts of people: which numbers are of somebody, and which of them belong together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from bot.reading.numbers import Number, written_numbers
from bot.reading.passages import Passages

UNIT_REACH = 14
"""Letters after a number within which a unit (mm, km, drones, year-old) makes it no count of people."""

PEOPLE_REACH = 24
"""Letters after a number within which a noun for people makes it a count of them."""

WORD_REACH = 16
"""Letters between a number and a casualty word that need no noun for people between them."""

BEFORE_REACH = 26
"""The same where the word comes first: `the number of those killed is nine`."""

TOLL_REACH = 3
"""Letters between a count and a casualty word that follows at once."""

ALONE_REACH = 6
"""The same for one alone, with room for a verb or an article: `one was wounded`."""

PART_REACH = 32
"""Letters between a part and the word after it that says so (Urdu, Hindi, Korean: `two women included`)."""

JOINED = 40
"""Letters between two counts that are added up: `three soldiers and four civilians`."""

NEAR = 24
"""Letters after a count within which a person is one of those counted."""

NOUN_REACH = 14
"""Letters between a count and `and`: room for a noun that no list has."""

PERSON_REACH = 6
"""Letters between `and` and one person more: room for an article."""

LONGEST_FIGURE = 12
"""Letters before a number in which another one that it belongs to ends."""

AGES_REACH = 24
"""Letters between an age word and the last of two ages."""

WITH_REACH = 10
"""Letters between a person and those counted right behind: room for `and her`."""

ONE_MORE_REACH = 80
"""Letters between a count and one person more."""

MOST = 5_000
"""Higher figures are of wars, not of incidents."""

_DAY_MARKS = ("일 ", "일에 ", "일부터 ", "日")
"""What follows a day of the month: `28일 밝혔다`."""

YEARS = range(1900, 2100)


def read_counts(passages: Passages) -> list[Number]:
    """Counts of people, by position: joined ones added up, parts of a count (`including two`) left out."""
    written = _merge_parts(passages, [n for n in written_numbers(passages) if n.value <= MOST])
    written = _resolve_ranges(passages, written)
    people = [
        n
        for n, following in zip(written, [*written[1:], None], strict=False)
        if n.value not in YEARS and _is_of_people(passages, n, following)
    ]
    counts = _join(passages, people)
    whole = [
        n for n, before in zip(counts, [None, *counts], strict=False) if not _is_part(passages, n, before)
    ]
    return _join_persons(passages, sorted(whole + _implied(passages, counts)))


def _merge_parts(passages: Passages, counts: list[Number]) -> list[Number]:
    """Of two numbers the first, for the dead of those counted before: `one of the two wounded died`."""
    merged: list[Number] = []
    for number in counts:
        last = merged[-1] if merged else None
        if last and _is_of_dead(passages, last, number):
            merged[-1] = Number(last.start, number.end, last.value, False)
        else:
            merged.append(number)
    return merged


def _is_of_dead(passages: Passages, part: Number, whole: Number) -> bool:
    """Whether only `of the` stands between two numbers in a sentence that tells of a death."""
    found, text = passages.found, passages.text
    between = (part.end + 1, whole.start - 1)
    is_part = any((h.start, h.end) == between for h in found.of("casualties.of_those"))
    return is_part and found.has("casualties.killed", *text.sentence_span(text.sentence_of(part.start)))


def _resolve_ranges(passages: Passages, counts: list[Number]) -> list[Number]:
    """Of `from two to four` the second stays, of `60 to 70` the first."""
    folded, found = passages.text.folded, passages.found
    dropped: set[Number] = set()
    for first, second in pairwise(counts):
        between = second.start - first.end
        if 0 < between <= 6 and len(folded[first.end : second.start].split()) == 1:
            is_change = any(0 <= first.start - h.end <= 2 for h in found.of("casualties.from_number"))
            is_range = found.has("casualties.to_number", first.end, second.start)
            dropped |= {first} if is_change else {second} if is_range else set()
    return [n for n in counts if n not in dropped]


def _is_of_people(passages: Passages, number: Number, following: Number | None) -> bool:
    """Whether people or a casualty word stand by the number, and no unit, date or age is nearer.

    Words behind the `following` number are that one's.
    """
    found, end = passages.found, number.end
    if _is_age_or_date(passages, number) or _is_name_of_a_unit(passages, number):
        return False
    limit = following.start if following else len(passages.text.folded)
    nouns = [
        found.first(f"casualties.{key}", _noun_start(passages, number), min(end + PEOPLE_REACH, limit))
        for key in ("people", "person")
    ]
    people = min((h.start for h in nouns if h and _may_be_its_noun(passages, number, h.start)), default=None)
    thing = found.first("casualties.not_people", end, min(end + UNIT_REACH, limit))
    if thing and (people is None or thing.start < people) and not _is_toll(passages, number):
        return False
    if number.value == 1 and people is None:
        return _has_fate(passages, end, end + ALONE_REACH)
    return people is not None or _has_casualty_word(passages, number)


def _noun_start(passages: Passages, number: Number) -> int:
    """Where its noun may begin: behind it, or within, as Persian `nine men` is found as one phrase."""
    return number.start + 1 if " " in passages.text.folded[number.start : number.end] else number.end


def _may_be_its_noun(passages: Passages, number: Number, noun: int) -> bool:
    """An article reaches no farther than its clause: `a patrol, whose men`."""
    clause_of = passages.text.clause_of
    return number.value > 1 or clause_of(noun) == clause_of(number.start)


def _is_name_of_a_unit(passages: Passages, number: Number) -> bool:
    """Whether it numbers a unit: `front 37`, `brigade 55`."""
    is_figure = passages.text.folded[number.start].isdigit()
    return is_figure and any(number.start - h.end == 1 for h in passages.found.of("casualties.unit"))


def _is_toll(passages: Passages, number: Number) -> bool:
    """Whether a casualty word follows at once: `200 dead`."""
    found, end = passages.found, number.end
    return any(found.has(f"casualties.{kind}", end, end + TOLL_REACH) for kind in ("killed", "wounded"))


def _has_casualty_word(passages: Passages, number: Number) -> bool:
    """Whether a casualty word stands close by, or in a sentence that tells of a new toll."""
    text, found = passages.text, passages.found
    start, end = text.sentence_span(text.sentence_of(number.start))
    words = found.of("casualties.killed") + found.of("casualties.wounded")
    if found.has("stance.update", start, end) and any(start <= h.start < end for h in words):
        return True
    if found.has("casualties.hospital", number.end, number.end + PART_REACH):
        return True
    return any(
        -BEFORE_REACH <= h.end - number.start <= 0 or 0 <= h.start - number.end <= WORD_REACH for h in words
    )


def _is_age_or_date(passages: Passages, number: Number) -> bool:
    found, folded = passages.found, passages.text.folded
    if _is_age(passages, number):
        return True
    if folded.startswith(_DAY_MARKS, number.end):
        return True
    is_figure = folded[number.start].isdigit()
    if any(
        0 <= h.start - number.end <= 4 or (is_figure and 0 <= number.start - h.end <= 2)
        for h in found.under("month")
    ):
        return True
    before = folded[max(0, number.start - LONGEST_FIGURE) : number.start].split()[-1:]
    after = folded[number.end : number.end + 4].split()[:1]
    return any(word.isdigit() for word in (*before, *after)) and number.value < 60


def _is_age(passages: Passages, number: Number) -> bool:
    """Whether it is an age: `aged 9 and 12`, `18-year-old`, `a woman, 52,`."""
    found, folded = passages.found, passages.text.folded
    for hit in found.of("casualties.age"):
        is_own = number.start == hit.start and hit.end <= number.end
        if (hit.start <= number.start < hit.end and not is_own) or 0 <= hit.start - number.end <= 3:
            return True
        if 0 <= number.start - hit.end <= AGES_REACH and _are_ages(folded[hit.end : number.start].split()):
            return True
    is_beside = any(2 <= number.start - h.end <= 3 for h in found.of("casualties.person"))
    return is_beside and folded.startswith("  ", number.end)


def _are_ages(words: Sequence[str]) -> bool:
    """Whether nothing but a number and `and` stands between an age word and an age."""
    return not words or (len(words) <= 2 and words[0].isdigit())


def _is_part(passages: Passages, number: Number, before: Number | None) -> bool:
    """Whether the number only counts some of those counted before: `including three`, `two of them`."""
    found, text = passages.found, passages.text
    if any(
        0 <= h.start - number.end <= PART_REACH and not _has_fate(passages, number.end, h.start)
        for h in found.of("casualties.included")
    ):
        return True
    if before is None or text.sentence_of(before.start) != text.sentence_of(number.start):
        return False
    clause = text.clause_of(number.start)
    return any(
        0 <= number.start - h.end <= 6
        or (0 <= h.start - number.end <= 2 and text.clause_of(h.start) == clause)
        for h in found.of("casualties.including")
    )


def _has_fate(passages: Passages, start: int, end: int) -> bool:
    """Whether the span says what became of somebody."""
    return any(passages.found.has(f"casualties.{kind}", start, end) for kind in ("killed", "wounded"))


def _join(passages: Passages, numbers: list[Number]) -> list[Number]:
    """Adds up counts that `and` joins before anything is said of the first alone."""
    joined: list[Number] = []
    for number in numbers:
        last = joined[-1] if joined else None
        if last and _are_joined(passages, last, number):
            joined[-1] = Number(last.start, number.end, last.value + number.value, False)
        else:
            joined.append(number)
    return joined


def _are_joined(passages: Passages, first: Number, second: Number) -> bool:
    found, text = passages.found, passages.text
    between = (first.end, second.start)
    if found.has("stance.update", *between) or _are_in_hospital(passages, second):
        return False
    if second.start - first.end > JOINED or text.clause_of(first.start) != text.clause_of(second.start):
        return False
    if found.has_under("acts", *between) or any(
        found.has(f"casualties.{key}", *between) for key in ("killed", "wounded", "included", "including")
    ):
        return False
    spans = ((_noun_start(passages, first), second.start), (second.end, second.end + PEOPLE_REACH))
    has_nouns = all(
        any(found.has(f"casualties.{key}", *span) for key in ("people", "person")) for span in spans
    )
    return has_nouns and found.has("casualties.and", *between)


def _are_in_hospital(passages: Passages, number: Number) -> bool:
    """Whether it is said of these alone that they are treated: `six died and five others are in hospital`."""
    hospital = passages.found.first("casualties.hospital", number.end, number.end + PEOPLE_REACH)
    return hospital is not None and not _has_fate(passages, number.end, hospital.start)


def _join_persons(passages: Passages, counts: list[Number]) -> list[Number]:
    """Adds persons without a number to others: `two soldiers and a trader`, `a mother and her two sons`."""
    joined: list[Number] = []
    for number in counts:
        last = joined[-1] if joined else None
        is_more = number.is_implied or (last is not None and _is_with_more(passages, last, number))
        if last and is_more and _is_one_more(passages, last, number):
            is_implied = last.is_implied and number.is_implied
            joined[-1] = Number(last.start, number.end, last.value + number.value, is_implied)
        else:
            joined.append(number)
    return joined


def _is_with_more(passages: Passages, first: Number, second: Number) -> bool:
    """Whether people are counted right behind somebody: `a mother and her two sons`."""
    if not first.is_implied or second.start - first.end > WITH_REACH:
        return False
    return passages.found.has("casualties.people", second.end, second.end + TOLL_REACH)


def _is_one_more(passages: Passages, first: Number, second: Number) -> bool:
    """Whether only `and` and an article stand between what is counted and one person more."""
    found, text = passages.found, passages.text
    if second.start - first.end > ONE_MORE_REACH or text.clause_of(first.start) != text.clause_of(
        second.start
    ):
        return False
    if _names_a_part(passages, first, second.start):
        return False
    nouns = [h.end for key in ("people", "person") for h in found.of(f"casualties.{key}")]
    last = max((end for end in nouns if first.start < end <= second.start), default=first.end)
    joint = found.first("casualties.and", last, second.start)
    if any(found.has(f"casualties.{kind}", first.end, second.start) for kind in ("killed", "wounded")):
        return False
    return joint is not None and joint.start - last <= NOUN_REACH and second.start - joint.end <= PERSON_REACH


def _implied(passages: Passages, counts: list[Number]) -> list[Number]:
    """Single persons, and pairs, without a number before them."""
    none, found = passages.found.of("casualties.none"), passages.found
    pairs = found.of("casualties.pair")
    alone = [h for h in found.of("casualties.person") if not any(p.start <= h.start < p.end for p in pairs)]
    return [
        Number(hit.start, hit.end, value, True)
        for hits, value in ((alone, 1), (pairs, 2))
        for hit in hits
        if not any(h.start <= hit.start < h.end for h in none)
        and not any(_covers(passages, n, hit.start) or hit.start < n.start < hit.end for n in counts)
    ]


def _covers(passages: Passages, number: Number, position: int) -> bool:
    """Whether a count already holds the person named at a position: `two soldiers`."""
    if number.start <= position < number.end:
        return True
    if not 0 <= position - number.end <= NEAR:
        return False
    if _has_fate(passages, number.end, position):
        return False
    is_joined = passages.found.has("casualties.and", number.end, position)
    return not is_joined or _names_a_part(passages, number, position)


def _names_a_part(passages: Passages, number: Number, position: int) -> bool:
    """Whether `including` stands between a count and a position."""
    return passages.found.has("casualties.including", number.end, position)
