"""The day on which it happened: the dates and days that a report names, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import jdatetime

from bot.reading.passages import Passages
from bot.reading.phrases import Hit

OLDEST = timedelta(days=60)
"""Days further back are history, not news."""

LEAST_WEIGHT = 1.6
"""Less likely days tell nothing: then the day of the report is the best guess."""

OF_REACH, SINCE_REACH = 4, 24
"""Letters between a truce and the day on which it was made: `of 9 November`, `in force since 1 October`."""

BREACH_REACH = 20
"""Letters between `violation` and the truce that it is of: such a day is the violation's."""

_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|ой|го|е|º|°)?"
_SPAN = rf"{_DAY}(?: (?:(?:a|to|al|au|and|i|и|та|до|по|bis|ve|və|ile|si) )?{_DAY})?"
_BEFORE = re.compile(rf"(?<!\d){_SPAN}(?: (?:de|of|d|di))? ?$")
_AFTER = re.compile(rf"^ ?(?:the )?{_SPAN}(?!\d)")
_YEAR = re.compile(r"^\W?(?: (?:de|del|of|г|года|року|m|h))? ?(\d{4})(?!\d)")
_EAST_ASIAN = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_EAST_ASIAN_DAY = re.compile(r"(?<![\d월月])(?<![월月]\s)(\d{1,2})(?:日(?![間内])|일(?!간|째|\s?동안))")
_NUMERIC = re.compile(
    r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"
)
_EAST_ASIAN_LANGUAGES = frozenset({"ko", "zh", "ja"})
_DAY_ONLY = re.compile(r"(?<= )dia (\d{1,2})(?= )(?! de )|(?<= )(\d{1,2}) го(?= )")
"""A day of the current month: Spanish and Portuguese `dia 24`, Russian `13-го`."""

BUDDHIST_OFFSET = 543
_KIND_WEIGHTS = {"date": 3.0, "relative": 2.6, "today": 1.2, "weekday": 2.2, "number": 2.4}
"""`today` says no more than the date of the report."""


class Day(NamedTuple):
    """A day that the text names at a folded position."""

    position: int
    day: date
    kind: str
    end: int


def read_days(passages: Passages) -> list[Day]:
    """Every day that the report names, in the order of the text, none after it was published."""
    days = [
        *_named(passages),
        *_relative(passages),
        *_numbered(passages),
        *_days_of_this_month(passages),
    ]
    latest = passages.published
    return sorted(d for d in days if latest - OLDEST * 40 <= d.day <= latest)


def judge_day(passages: Passages, days: list[Day]) -> Day | None:
    """The day of the incident; None when no day that could be it is named."""
    weighed = [(_weight(passages, d), -d.position, d) for d in days if passages.published - d.day <= OLDEST]
    best = max(weighed, default=None)
    return best[2] if best and best[0] >= LEAST_WEIGHT else None


def _weight(passages: Passages, day: Day) -> float:
    text, found = passages.text, passages.found
    sentence = text.sentence_of(day.position)
    start, end = text.sentence_span(sentence)
    weight = _KIND_WEIGHTS["today" if day.kind == "relative" and day.day == passages.published else day.kind]
    if any(start <= h.start < end for h in found.under("acts")):
        weight += 1.5
    if passages.is_past(day.position):
        weight -= 2.5
    if day.position < text.dateline_end and day.position >= text.body_start:
        weight -= 3.0
    if _is_of_the_truce(passages, day):
        weight -= 2.5
    if day.position < text.body_start:
        weight += 0.8
    if _is_said_then(passages, day):
        weight -= 0.6 if day.day == passages.published else 1.4
    weight -= 0.25 * sentence + 0.08 * (passages.published - day.day).days
    return weight


def _is_of_the_truce(passages: Passages, day: Day) -> bool:
    """Whether the day is the agreement's own: `the ceasefire of 27 November`, `signed on Tuesday`."""
    found = passages.found
    clause = passages.text.clause_of(day.position)
    acts, breaches = found.under("acts"), found.of("truce.breach")
    dated = any(
        0 <= day.position - h.end <= OF_REACH
        or (
            day.kind != "weekday"
            and (0 <= day.position - h.end <= SINCE_REACH or 0 <= h.start - day.end <= 3)
            and passages.text.clause_of(h.start) == clause
            and not any(h.end <= act.start < day.position for act in acts)
            and not any(-BREACH_REACH <= breach.start - h.start <= BREACH_REACH for breach in breaches)
        )
        for h in found.of("truce.words")
    )
    return dated or any(0 <= day.position - h.end <= 14 for h in found.of("truce.talks"))


def _is_said_then(passages: Passages, day: Day) -> bool:
    """Whether the day tells when something was said: a verb of saying beside it."""
    return any(
        0 <= day.position - hit.end <= 16 or 0 <= hit.start - day.end <= 3
        for code in ("stance.report", "stance.accuse", "stance.deny", "stance.confirm")
        for hit in passages.found.of(code)
    )


def _named(passages: Passages) -> Iterator[Day]:
    """Days of named months, and weekdays."""
    folded = passages.text.folded
    for hit in passages.found.under("month"):
        month = int(hit.code.split(".")[1])
        yield from _month_days(passages, folded, hit.start, hit.end, month)
    for hit in passages.found.under("jalali"):
        yield from _jalali_days(passages, folded, hit.start, hit.end, int(hit.code.split(".")[1]))
    for hit in _last_of_each(passages.found.under("weekday")):
        back = (passages.published.weekday() - int(hit.code.split(".")[1])) % 7
        yield Day(hit.start, passages.published - timedelta(days=back), "weekday", hit.end)


def _last_of_each(weekdays: list[Hit]) -> Iterator[Hit]:
    """Without the first of `the night of Monday to Tuesday`."""
    for hit, following in zip(weekdays, [*weekdays[1:], None], strict=False):
        if following is None or not 0 < following.start - hit.end <= 4 or following.code == hit.code:
            yield hit


def _month_days(passages: Passages, folded: str, start: int, end: int, month: int) -> Iterator[Day]:
    match = _BEFORE.search(folded[max(0, start - 16) : start]) or _AFTER.search(folded[end : end + 14])
    if not match:
        return
    number = int(match.group(2) or match.group(1))
    is_after = match.re is _AFTER
    year = _YEAR.search(folded[end + (match.end() if is_after else 0) :][:14])
    day = _make_day(passages.published, number, month, int(year.group(1)) if year else None)
    if day:
        yield Day(start, day, "date", end + (match.end() if is_after else 0))


def _jalali_days(passages: Passages, folded: str, start: int, end: int, month: int) -> Iterator[Day]:
    match = _BEFORE.search(folded[max(0, start - 12) : start])
    if not match:
        return
    year = jdatetime.date.fromgregorian(date=passages.published).year
    for candidate in (year, year - 1):
        try:
            day = jdatetime.date(candidate, month, int(match.group(1))).togregorian()
        except ValueError:
            continue
        if day <= passages.published:
            yield Day(start, day, "date", end)
            return


def _make_day(published: date, day: int, month: int, year: int | None) -> date | None:
    """The day with this number; without a year, the latest that is not after the report."""
    if year is not None and year > published.year + 400:
        year -= BUDDHIST_OFFSET
    for candidate in (year,) if year is not None else (published.year, published.year - 1):
        try:
            made = date(candidate, month, day)
        except ValueError:
            continue
        if made <= published:
            return made
    return None


def _relative(passages: Passages) -> Iterator[Day]:
    for hit in passages.found.under("day"):
        offset = int(hit.code.split(".")[1])
        yield Day(hit.start, passages.published + timedelta(days=min(offset, 0)), "relative", hit.end)


def _numbered(passages: Passages) -> Iterator[Day]:
    """Dates in figures: 19.10.2025, 2025-10-19, 10월 19일, 24日."""
    raw, text, published = passages.text.raw, passages.text, passages.published
    for match in _NUMERIC.finditer(raw) if "20" in raw else ():
        a, b, c, d, e, f = match.groups()
        day = _make_day(published, *((int(a), int(b), int(c)) if a else (int(f), int(e), int(d))))
        if day:
            yield Day(text.folded_at(match.start()), day, "date", text.folded_at(match.end()))
    if passages.language in _EAST_ASIAN_LANGUAGES:
        yield from _east_asian(passages)


def _east_asian(passages: Passages) -> Iterator[Day]:
    """10월 19일, 24日."""
    raw, text, published = passages.text.raw, passages.text, passages.published
    for match in _EAST_ASIAN.finditer(raw):
        day = _make_day(published, int(match[3]), int(match[2]), int(match[1]) if match[1] else None)
        if day:
            yield Day(text.folded_at(match.start()), day, "date", text.folded_at(match.end()))
    for match in _EAST_ASIAN_DAY.finditer(raw):
        day = _latest_numbered(published, int(match[1]))
        if day:
            yield Day(text.folded_at(match.start()), day, "number", text.folded_at(match.end()))


def _days_of_this_month(passages: Passages) -> Iterator[Day]:
    folded = passages.text.folded
    if " dia " not in folded and " го " not in folded:
        return
    for match in _DAY_ONLY.finditer(folded):
        day = _latest_numbered(passages.published, int(match[1] or match[2]))
        if day:
            yield Day(match.start(), day, "number", match.end())


def _latest_numbered(published: date, number: int) -> date | None:
    """The latest day with this number in its month."""
    last_month = published.replace(day=1) - timedelta(days=1)
    return _make_day(published, number, published.month, published.year) or _make_day(
        published, number, last_month.month, last_month.year
    )
