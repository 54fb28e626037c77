"""Whether a place that a report names may be where it happened: not whence, whither or who spoke there."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from bot.reading.names import Mention
from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.text import Text

LEAD_REACH = 6
"""Folded letters between `fired from` and the place that it speaks of."""

FIRST_REACH = 2
"""Letters before a place that begins the text, as a dateline does."""

AIM_REACH = 14
"""Letters before `positions at` within which `against` or `on` makes them the target."""

AND_REACH = 6
"""Letters between two places that `and` joins."""

CLINIC_BEFORE, CLINIC_AFTER = 16, 18
"""Letters around a place within which `hospital` makes it one's name or town."""

_DATELINE_MARKS = frozenset(":।")

_DISTANCE = re.compile(r"\d (?:km|км|كم|كلم|كيلومتر\w*|kilom\w+|километр\w*|кілометр\w*)(?= )")


def may_be_scene(passages: Passages, mention: Mention) -> bool:
    """Whether a place is neither the dateline nor led in by `fired from`, `said in` or `fled to`."""
    text = passages.text
    if _is_dateline(text, mention) or passages.is_past(mention.start):
        return False
    if text.raw[text.raw_span(mention.start, mention.end)[1] :].startswith("-based"):
        return False
    if _is_far(passages, mention):
        return False
    return not _is_clinic(passages, mention) and not _is_led_in(passages, mention)


def _is_dateline(text: Text, mention: Mention) -> bool:
    """Whether the text begins with the place and a mark that parts it from the news."""
    if text.body_start <= mention.start < text.dateline_end:
        return True
    _, end = text.raw_span(mention.start, mention.end)
    is_first = mention.start - text.body_start <= FIRST_REACH
    return is_first and text.raw[end : end + 2].lstrip()[:1] in _DATELINE_MARKS


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
        for code in ("scope.from_direction", "scope.said_in", "scope.fled_to")
        for hit in _within(passages.found.of(code), *span)
    )


def _within(hits: Sequence[Hit], start: int, end: int) -> Sequence[Hit]:
    """The hits that begin within a span."""
    return hits[bisect_left(hits, (start,)) : bisect_left(hits, (end,))]


def _leads_to(passages: Passages, hit: Hit, start: int) -> bool:
    """Whether nothing but parties' names stands between a phrase and what begins at `start`."""
    return 0 <= start - hit.end - _party_letters(passages, hit.end, start) <= LEAD_REACH


def _party_letters(passages: Passages, start: int, end: int) -> int:
    """How many letters of a span are parties' names: `from the positions of the army at`."""
    return sum(m.end - m.start for m in passages.parties if start <= m.start and m.end <= end)


def _starts_joined(passages: Passages, mention: Mention) -> list[int]:
    """Where a place begins that stands right before `and` and this one."""
    index = bisect_left(passages.places, mention)
    before = passages.places[index - 1] if index else mention
    is_near = 0 < mention.start - before.end <= AND_REACH
    is_joined = is_near and passages.found.has("casualties.and", before.end, mention.start)
    return [before.start] if is_joined else []


def _is_aimed_at(passages: Passages, hit: Hit) -> bool:
    """Whether `positions at` are what was fired at: `against positions at Luhanske`."""
    words = passages.text.folded[hit.start : hit.end]
    found, first = passages.found, hit.start - AIM_REACH
    return words.startswith("positions") and (
        found.has("roles.target", first, hit.start)
        or any(first <= act.start < hit.start for act in found.under("acts"))
    )


def _is_far(passages: Passages, mention: Mention) -> bool:
    """Whether the place only says how far away it happened: `70 km north of Goma`."""
    return _DISTANCE.search(passages.text.folded[max(0, mention.start - 24) : mention.start]) is not None
