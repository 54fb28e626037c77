"""The day on which it happened: the dates and days that a report names, weighed against each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from bot.reading.calendars import find_ethiopian, find_jalali, latest_numbered, make_day
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

OLDEST = timedelta(days=60)
"""Days further back are history, not news."""

LEAST_WEIGHT = 0.4
"""Less likely days tell nothing: then the day of the report is the best guess."""

VERB_LAST = frozenset({"tr", "az", "hi", "ur", "fa", "ps", "am", "ko", "my", "ka", "hy", "ja"})
"""Languages whose verb stands at the end, and whose truces follow the day of their beginning."""

SAID_REACH = 16
"""Letters between a day and the verb of saying that it belongs to."""

OF_REACH, SINCE_REACH = 4, 30
"""Letters between a truce and the day on which it was made: `of 9 November`, `in force since 1 October`."""

EFFECT_REACH = 24
"""Letters between words like `took effect` and the day on which a truce began."""

BEGUN_REACH = 34
"""Letters between the day on which a truce began and the truce: Turkish `dün başlayan ateşkes`."""

BREACH_REACH = 20
"""Letters between `violation` and the truce that it is of: such a day is the violation's."""

_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|ой|го|е|º|°)?"
_SPAN = rf"{_DAY}(?: (?:(?:a|to|al|au|and|i|и|та|до|по|bis|ve|və|ile|si) )?{_DAY})?"
_BEFORE = re.compile(rf"(?<!\d){_SPAN}(?: (?:de|of|d|di))? ?$")
_AFTER = re.compile(rf"^ ?(?:the )?{_SPAN}(?!\d)")
_YEAR = re.compile(r"^\W?(?: (?:de|del|of|г|года|року|m|h))? ?(\d{4})(?!\d)")
_EAST_ASIAN = re.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_EAST_ASIAN_DAY = re.compile(
    r"(?:(?<![\d월月])(?<![월月]\s)|(?<=本月)|(?<=上月))(\d{1,2})(?:日(?![間内])|일(?!간|째|\s?동안))"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(\d{1,2})[./](\d{1,2})[./](\d{4})(?!\d)|(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"
)
_MARKED = re.compile("[./-][0-9]{2}")
"""Quickly found in every text with such a date."""

_EAST_ASIAN_LANGUAGES = frozenset({"ko", "zh", "ja"})
_DAY_ONLY = re.compile(r"(?<= )dia (\d{1,2})(?= )(?! de )|(?<= )(\d{1,2}) го(?= )")
"""A day of the current month: Spanish and Portuguese `dia 24`, Russian `13-го`."""

_KIND_WEIGHTS = {"date": 3.3, "relative": 2.6, "today": 0.8, "weekday": 2.8, "number": 2.4}
"""`today` says no more than the date of the report."""


SENTENCE_PENALTY = 0.25
"""News stands at the top."""

AND_REACH, NIGHT_REACH = 6, 18
"""Letters between the weekday on which a night began and the one on which it ended, more than for `and`."""

MORNING_PENALTY = 0.3

PAST_PENALTY, TRUCE_PENALTY, NAME_PENALTY = 4.0, 3.5, 1.0
"""For days of older matters, of the agreement itself, and more for one that is the agreement's name."""

TODAY_PENALTIES = {"weekday": 0.7, "number": 0.7, "date": 0.3}
"""A day that is the report's own more often tells when something was said."""

_SINCE = re.compile(
    r" (?:since|until|till|as of|as at|с|со|до|по состоянию на|з|із|станом на|depuis|jusqu a|desde|hasta|din"
    r"|ate|منذ|حتي|מאז|עד)"
    r"(?: (?:the|le|la|el|o|a))? (?:\d\d \d\d )?(?:\d{1,2} )?(?:de )?$"
)
"""`since Monday`, `until 5 May`: bounds of a longer time."""

_LAST = re.compile(r"(?:지난 ?|本月|上月|이달 ?)$")
"""Korean and Chinese: of the days named, the last one is told of, the other is when it was said."""

EARLY = timedelta(hours=2)
"""A report from the small hours tells of the day that has just ended."""


class Day(NamedTuple):
    """A day that the text names at a folded position."""

    position: int
    day: date
    kind: str
    end: int


def day_of_report(moment: datetime, zone: tzinfo) -> date:
    """The local day that a report made at this moment tells of where it names none."""
    return (moment.astimezone(zone) - EARLY).date()


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
    recent = [d for d in days if passages.published - d.day <= OLDEST]
    weighed = [
        (_weight(passages, day) - MORNING_PENALTY * _ends_a_night(before, day), -day.position, day)
        for before, day in zip([None, *recent], recent, strict=False)
    ]
    best = max(weighed, default=None)
    return best[2] if best and best[0] >= LEAST_WEIGHT else None


def _ends_a_night(before: Day | None, day: Day) -> bool:
    """Whether the day only ends what began on the one before: `from Tuesday night to Wednesday morning`."""
    return (
        before is not None
        and before.kind == day.kind == "weekday"
        and AND_REACH < day.position - before.end <= NIGHT_REACH
        and day.day - before.day == timedelta(days=1)
    )


def _weight(passages: Passages, day: Day) -> float:
    text, found = passages.text, passages.found
    sentence = text.sentence_of(day.position)
    start, end = text.sentence_span(sentence)
    is_today = day.day == passages.published
    weight = _KIND_WEIGHTS["today" if day.kind == "relative" and is_today else day.kind]
    if found.has_under("acts", start, end):
        weight += 1.5
    weight -= TODAY_PENALTIES.get(day.kind, 0.0) * is_today
    if passages.is_past(day.position):
        weight -= PAST_PENALTY
    if day.kind == "date" and text.body_start <= day.position < text.dateline_end:
        weight -= 4.0
    if _is_of_the_truce(passages, day):
        weight -= TRUCE_PENALTY
    weight -= NAME_PENALTY * any(0 <= day.position - h.end <= OF_REACH for h in found.of("truce.words"))
    if day.position < text.body_start and not (is_today and day.kind == "relative"):
        weight += 0.8
    if _is_said_then(passages, day):
        weight -= 0.6 if is_today else 1.4
    before = text.folded[max(0, day.position - 24) : day.position]
    if _SINCE.search(before):
        weight -= 1.5
    weight += 0.8 * bool(_LAST.search(before))
    weight -= SENTENCE_PENALTY * sentence + 0.08 * (passages.published - day.day).days
    return weight


def _is_of_the_truce(passages: Passages, day: Day) -> bool:
    """Whether the day is the agreement's own: `the ceasefire of 27 November`, `signed on Tuesday`."""
    found = passages.found
    clause = passages.text.clause_of(day.position)
    acts, breaches = found.under("acts"), found.of("truce.breach")
    dated = any(
        0 <= day.position - h.end <= OF_REACH
        or (
            day.kind == "date"
            and (0 <= day.position - h.end <= SINCE_REACH or 0 <= h.start - day.end <= 3)
            and passages.text.clause_of(h.start) == clause
            and not any(h.end <= act.start < day.position for act in acts)
            and not any(-BREACH_REACH <= breach.start - h.start <= BREACH_REACH for breach in breaches)
        )
        for h in found.of("truce.words")
    )
    if passages.language in VERB_LAST and day.kind in {"relative", "weekday"}:
        dated = dated or any(
            0 <= h.start - day.end <= BEGUN_REACH
            and passages.text.clause_of(h.start) == clause
            and not any(day.end <= act.start < h.start for act in acts)
            and not any(0 <= breach.start - h.start <= BEGUN_REACH for breach in breaches)
            for h in found.of("truce.words")
        )
    dated = dated or _is_of_the_beginning(passages, day)
    return dated or any(0 <= day.position - h.end <= 14 for h in found.of("truce.talks"))


def _is_of_the_beginning(passages: Passages, day: Day) -> bool:
    """Whether a truce took effect on that day: `in force from Wednesday`, Turkish `Friday begun truce`."""
    text = passages.text
    clause, acts = text.clause_of(day.position), passages.found.under("acts")
    for hit in passages.found.of("truce.began"):
        is_behind = passages.language in VERB_LAST and 0 <= hit.start - day.end <= EFFECT_REACH
        is_before = 0 <= day.position - hit.end <= EFFECT_REACH
        if not (is_behind or is_before) or text.clause_of(hit.start) != clause:
            continue
        first, last = sorted((hit.start, day.position))
        if not any(first <= act.start < last for act in acts):
            return True
    return False


def _is_said_then(passages: Passages, day: Day) -> bool:
    """Whether the day tells when something was said: a verb of saying beside it.

    Where verbs stand last the day of saying comes before the verb, and what follows is what was said.
    """
    is_verb_last = passages.language in VERB_LAST
    return any(
        0 <= hit.start - day.end <= (SAID_REACH if is_verb_last else 3)
        or (not is_verb_last and 0 <= day.position - hit.end <= SAID_REACH)
        for code in ("stance.report", "stance.accuse", "stance.deny", "stance.confirm")
        for hit in passages.found.of(code)
    )


def _named(passages: Passages) -> Iterator[Day]:
    """Days of named months, and weekdays."""
    folded = passages.text.folded
    for hit in passages.found.under("month"):
        month = int(hit.code.split(".")[1])
        yield from _month_days(passages, folded, hit.start, hit.end, month)
    for table, find in (("jalali", find_jalali), ("ethiopian", find_ethiopian)):
        for hit in passages.found.under(table):
            yield from _foreign_days(passages, hit, find)
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
    day = make_day(passages.published, number, month, int(year.group(1)) if year else None)
    if day:
        first = start if is_after else max(0, start - 16) + match.start()
        yield Day(first, day, "date", end + (match.end() if is_after else 0))


def _foreign_days(
    passages: Passages, hit: Hit, find: Callable[[date, int, int], date | None]
) -> Iterator[Day]:
    """The day of a month of another calendar, whose number stands before it or after."""
    folded = passages.text.folded
    match = _BEFORE.search(folded[max(0, hit.start - 12) : hit.start])
    match = match or _AFTER.search(folded[hit.end : hit.end + 8])
    day = find(passages.published, int(hit.code.split(".")[1]), int(match.group(1))) if match else None
    if day:
        yield Day(hit.start, day, "date", hit.end)


def _relative(passages: Passages) -> Iterator[Day]:
    for hit in passages.found.under("day"):
        offset = int(hit.code.split(".")[1])
        yield Day(hit.start, passages.published + timedelta(days=min(offset, 0)), "relative", hit.end)


def _numbered(passages: Passages) -> Iterator[Day]:
    """Dates in figures: 19.10.2025, 2025-10-19, 10월 19일, 24日."""
    raw, text, published = passages.text.raw, passages.text, passages.published
    for match in _NUMERIC.finditer(raw) if _MARKED.search(raw) else ():
        a, b, c, d, e, f = match.groups()
        day = make_day(published, *((int(a), int(b), int(c)) if a else (int(f), int(e), int(d))))
        if day:
            yield Day(text.folded_at(match.start()), day, "date", text.folded_at(match.end()))
    if passages.language in _EAST_ASIAN_LANGUAGES:
        yield from _east_asian(passages)


def _east_asian(passages: Passages) -> Iterator[Day]:
    """10월 19일, 24日."""
    raw, text, published = passages.text.raw, passages.text, passages.published
    for match in _EAST_ASIAN.finditer(raw):
        day = make_day(published, int(match[3]), int(match[2]), int(match[1]) if match[1] else None)
        if day:
            yield Day(text.folded_at(match.start()), day, "date", text.folded_at(match.end()))
    for match in _EAST_ASIAN_DAY.finditer(raw):
        day = latest_numbered(published, int(match[1]))
        if day:
            yield Day(text.folded_at(match.start()), day, "number", text.folded_at(match.end()))


def _days_of_this_month(passages: Passages) -> Iterator[Day]:
    folded = passages.text.folded
    if " dia " not in folded and " го " not in folded:
        return
    for match in _DAY_ONLY.finditer(folded):
        day = latest_numbered(passages.published, int(match[1] or match[2]))
        if day:
            yield Day(match.start(), day, "number", match.end())
