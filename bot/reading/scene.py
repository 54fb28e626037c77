"""Whether a place that a report names may be where it happened: not whence, whither or who spoke there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from bot.reading.lexicon import LONGEST
from bot.reading.names import Mention
from bot.reading.passages import Passages
from bot.reading.phrases import Hit, within
from bot.reading.text import Folder

LEAD_REACH = 6
"""Folded letters between `fired from` and the place that it speaks of."""

FIRST_REACH = 2
"""Letters before a place that begins the text, as a dateline does."""

FOLLOW_REACH = 26
"""Letters between a place and the words behind it that tell whence or whither."""

LOOSE_LETTERS = 3
"""Letters of other words that may stand between."""

STRUCK_REACH = 24
"""Letters behind such words within which an act makes the place a target."""

VOICE_REACH = 2
"""Letters between `the governor of` and the place that he speaks for."""

AIM_REACH = 14
"""Letters before `positions at` within which `against` or `on` makes them the target."""

JOIN_REACH = 24
"""Letters between two places that `and`, or a word for an area, joins."""

PLAIN_WORDS = frozenset({"casualties.and", "roles.area", "roles.place_before", "roles.place_after"})
"""Words that stand beside places and tell nothing of what was done there."""

CLINIC_BEFORE, CLINIC_AFTER = 26, 18
"""Letters around a place within which `hospital` makes it one's name or town."""

CLINIC_HIT = 44
"""Letters before `hospital in` within which an act makes it the target."""

_DATELINE_MARKS = frozenset(":।")

_DISTANCE = re.compile(r"\d (?:km|км|كم|كلم|كيلومتر\w*|kilom\w+|километр\w*|кілометр\w*)(?= )")


CITY_BEFORE, CITY_AFTER = 24, 20
"""Letters before and behind a capital in which words tell that the city is meant."""

ENDING = 3
"""Letters of a name that may be its ending."""

Words = re.Pattern[str]


class Capitals:
    """Tells by the words around it whether a capital names the city or, as in `Kyiv said`, a government."""

    def __init__(self, languages: Mapping[str, Any], folder: Folder) -> None:
        self._before, self._after, self._in, self._in_after = (
            {code: compiled(folder, words) for code, words in languages.get(table, {}).items()}
            for table, compiled in (
                ("city_before", ending_with),
                ("city_after", beginning_with),
                ("city_in", ending_with),
                ("city_in_after", beginning_with),
            )
        )

    def is_city(self, passages: Passages, mention: Mention) -> bool:
        """Whether the city is surely meant, and its clause tells of an act or of casualties."""
        return self._is_marked(passages, mention, self._before, self._after)

    def may_be_city(self, passages: Passages, mention: Mention) -> bool:
        """Whether it may be meant: `in Kyiv`, where its clause tells of harm."""
        return self._is_marked(passages, mention, self._in, self._in_after)

    def _is_marked(
        self, passages: Passages, mention: Mention, befores: dict[str, Words], afters: dict[str, Words]
    ) -> bool:
        text, start, end = passages.text.folded, mention.start, mention.end
        before, after = befores.get(passages.language), afters.get(passages.language)
        lead, tail = text[max(0, start - CITY_BEFORE) : start], text[end - ENDING : end + CITY_AFTER]
        is_led = before is not None and before.search(f" {lead}") is not None
        is_followed = after is not None and after.match(tail) is not None
        return (is_led or is_followed) and _tells_of_harm(passages, start)


def ending_with(folder: Folder, words: Sequence[str]) -> re.Pattern[str]:
    """A pattern of text that ends with one of the words and a space."""
    return re.compile(f" (?:{'|'.join(re.escape(folder.fold_phrase(word)) for word in words)}) ?$")


def beginning_with(folder: Folder, words: Sequence[str]) -> re.Pattern[str]:
    """A pattern of text that begins with an ending of four letters at most and one of the words."""
    folded = (word[: len(word) - len(word.lstrip())] + folder.fold_phrase(word) for word in words)
    return re.compile(f".{{0,4}}?(?:{'|'.join(map(re.escape, folded))})")


def _tells_of_harm(passages: Passages, position: int) -> bool:
    """Whether the clause around a position tells of an armed act or of people killed or wounded."""
    text, found = passages.text, passages.found
    clause = text.clause_of(position)
    hits = chain(found.under("acts"), found.of("casualties.killed"), found.of("casualties.wounded"))
    return any(text.clause_of(hit.start) == clause for hit in hits)


def may_be_scene(passages: Passages, mention: Mention) -> bool:
    """Whether a place is neither the dateline nor led in by `fired from`, `said in` or `fled to`."""
    text = passages.text
    if _is_dateline(passages, mention) or passages.is_past(mention.start):
        return False
    if text.raw.startswith("-based", text.raw_span(mention.start, mention.end)[1]):
        return False
    if _is_far(passages, mention):
        return False
    if _is_clinic(passages, mention) or _is_led_in(passages, mention):
        return False
    return not _is_followed(passages, mention)


def is_voice(passages: Passages, mention: Mention) -> bool:
    """Whether the place stands for whoever speaks there: `the governor of`, `in Damascus they say`."""
    text, found = passages.text, passages.found
    clause = text.clause_of(mention.start)
    span = (max(text.clauses[clause], mention.start - LONGEST), mention.end + 2)
    for hit in within(found.of("scope.voice"), *span):
        if 0 <= mention.start - hit.end - _party_letters(passages, hit.end, mention.start) <= VOICE_REACH:
            return True
        if hit.start - mention.end >= 0:
            return True
    start, _ = text.sentence_span(text.sentence_of(mention.start))
    is_first = mention.start - start <= LEAD_REACH
    return is_first and found.has("scope.says", mention.end, mention.end + 2)


def _is_dateline(passages: Passages, mention: Mention) -> bool:
    """Whether the text or a headline that tells of no act there begins with the place and a mark."""
    text = passages.text
    if text.body_start <= mention.start < text.dateline_end:
        return True
    _, end = text.raw_span(mention.start, mention.end)
    if text.raw[end : end + 2].lstrip()[:1] not in _DATELINE_MARKS:
        return False
    if FIRST_REACH < mention.start < text.body_start:
        clause = text.clause_of(mention.start)
        return not any(text.clause_of(act.start) == clause for act in passages.found.under("acts"))
    return mention.start - text.body_start <= FIRST_REACH


def _is_clinic(passages: Passages, mention: Mention) -> bool:
    """Whether it is where the wounded were taken: a hospital's name or town, and nothing done there."""
    text, found = passages.text, passages.found
    first, last = mention.start - CLINIC_BEFORE, mention.end + CLINIC_AFTER
    clause = text.clause_of(mention.start)
    is_clinic = any(
        first <= hit.start < last and text.clause_of(hit.start) == clause
        for hit in found.of("casualties.hospital")
    )
    return is_clinic and not any(text.clause_of(act.start) == clause for act in found.under("acts"))


def _is_led_in(passages: Passages, mention: Mention) -> bool:
    """Whether `fired from`, `said in` or `fled to` speaks of the place, or of one joined to it by `and`."""
    text = passages.text
    clause = text.clause_of(mention.start)
    starts = [mention.start, *_starts_joined(passages, mention)]
    span = (text.clauses[clause], mention.start)
    return any(
        any(_leads_to(passages, hit, start) for start in starts)
        and not (code == "scope.from_direction" and _is_aimed_at(passages, hit))
        and not _is_struck_clinic(passages, hit)
        for code in ("scope.from_direction", "scope.said_in", "scope.fled_to")
        for hit in within(passages.found.of(code), *span)
    )


def _is_followed(passages: Passages, mention: Mention) -> bool:
    """Whether words behind the place tell that fire came from there, or people were brought there."""
    text, found = passages.text, passages.found
    clause = text.clause_of(mention.start)
    for code in ("scope.from_after", "scope.fled_after", "scope.said_after"):
        for hit in within(found.of(code), mention.end, mention.end + FOLLOW_REACH):
            is_near = letters_between(passages, mention.end, hit.start) <= LOOSE_LETTERS
            if is_near and text.clause_of(hit.start) == clause and not _is_struck(passages, mention, hit):
                return True
    return False


def _is_struck(passages: Passages, mention: Mention, hit: Hit) -> bool:
    """Whether an act is told of right there: `a hospital in Atarib was hit`."""
    return passages.found.has_under("acts", mention.end, hit.end + STRUCK_REACH)


def letters_between(passages: Passages, start: int, end: int) -> int:
    """How many letters of a span are no places, no words for areas and no `and`."""
    found, letters = passages.found, list(passages.text.folded[start:end])
    spans = [m for m in passages.places if m.start < end and start < m.end]
    spans += [Mention(*hit[:2], ()) for hit in found.over(start, end) if hit.code in PLAIN_WORDS]
    for span in spans:
        for index in range(max(span.start, start), min(span.end, end)):
            letters[index - start] = " "
    return sum(not letter.isspace() for letter in letters)


def _leads_to(passages: Passages, hit: Hit, start: int) -> bool:
    """Whether nothing but parties' names stands between a phrase and what begins at `start`."""
    return 0 <= start - hit.end - _party_letters(passages, hit.end, start) <= LEAD_REACH


def _party_letters(passages: Passages, start: int, end: int) -> int:
    """How many letters of a span are parties' names: `from the positions of the army at`."""
    return sum(m.end - m.start for m in passages.parties if start <= m.start and m.end <= end)


def _starts_joined(passages: Passages, mention: Mention) -> list[int]:
    """Where places begin that `and`, or a word for an area, joins one after the other to this one."""
    starts: list[int] = []
    index = bisect_left(passages.places, mention)
    while index:
        before, mention = passages.places[index - 1], passages.places[index] if starts else mention
        if not 0 < mention.start - before.end <= JOIN_REACH or not _is_joined(passages, before, mention):
            break
        starts.append(before.start)
        index -= 1
    return starts


def _is_joined(passages: Passages, one: Mention, other: Mention) -> bool:
    """Whether nothing but `and`, or `village of the`, stands between two places."""
    between = {hit.code for hit in passages.found.over(one.end, other.start)} & PLAIN_WORDS
    loose = letters_between(passages, one.end, other.start)
    return bool(between) and loose <= (0 if between == {"casualties.and"} else LOOSE_LETTERS)


def _is_aimed_at(passages: Passages, hit: Hit) -> bool:
    """Whether `positions at` are what was fired at: `against positions at Luhanske`."""
    words = passages.text.folded[hit.start : hit.end]
    found, first = passages.found, hit.start - AIM_REACH
    return words.startswith("positions") and (
        found.has("roles.target", first, hit.start)
        or any(first <= act.start < hit.start for act in found.under("acts"))
    )


def _is_struck_clinic(passages: Passages, hit: Hit) -> bool:
    """Whether words such as `hospital in` tell of what an act just before them hit."""
    found = passages.found
    clinic = found.first("casualties.hospital", hit.start, hit.end)
    return clinic is not None and any(
        clinic.start - CLINIC_HIT <= act.start < clinic.start for act in found.under("acts")
    )


def _is_far(passages: Passages, mention: Mention) -> bool:
    """Whether the place only says how far away it happened: `70 km north of Goma`."""
    return _DISTANCE.search(passages.text.folded[max(0, mention.start - 24) : mention.start]) is not None
