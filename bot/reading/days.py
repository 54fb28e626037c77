"""The days that a report names: dates of several calendars, weekdays, `yesterday`, `24日`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from bot.reading.calendars import find_ethiopian, find_jalali, latest_numbered, make_day
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

OLDEST = timedelta(days=60)
"""Days further back are history, not news."""

_DAY = r"(\d{1,2})(?:st|nd|rd|th|er|ой|го|е|º|°)?"
_SPAN = rf"{_DAY}(?: (?:(?:a|to|al|au|and|i|и|та|до|по|bis|ve|və|ile|si|ի լույս) )?{_DAY})?"
_BEFORE = re.compile(rf"(?<!\d){_SPAN}(?: (?:de|of|d|di|[בלמ]))? ?$")
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

ORDINAL_REACH = 5
"""Letters between a day in words and its month: room for `of`."""

AND_REACH, TO_REACH = 6, 4
"""Letters between two weekdays that `and` joins, and between those of one night."""

_EAST_ASIAN_LANGUAGES = frozenset({"ko", "zh", "ja"})
_DAY_ONLY = re.compile(
    r"(?<= )dia (\d{1,2})(?= )(?! de )|(?<= )(\d{1,2}) го(?= )"
    r"|(?<= on the | of the |nce the )(\d{1,2})(?:st|nd|rd|th)"
    r"(?=  | (?:and|in|at|near|that|when|by|but|with) )"
)
"""A day of the current month: Spanish and Portuguese `dia 24`, Russian `13-го`, English `on the 21st`."""

_NUMBERED = re.compile("[0-9](?:st|nd|rd|th)")
"""Quickly found in every text with such an English day."""

_LAST_MONTH = re.compile(r"(?:지난 ?달|上个?月|上個月)\s?$")
_LISTED = re.compile(r"\s?(?:[和与與及、,，]|과|와)\s?")
_RANGED = re.compile(r".{0,3}(?:부터|至|到|[-~–])\s?")

_NEXT_BEFORE = re.compile(
    r" (?:next|coming|proximo|prochain|следующ\w+|будущ\w+|ближайш\w+|наступн\w+|gelecek|onumuzdeki|gələn"
    r"|आगामी|အလာမည့်|다음 주|下个?|下個)(?: (?:on|the|el|le))? ?$"
)
_NEXT_AFTER = re.compile(
    r"^ (?:next|que viene|proxim[oa]|prochaine?|viitoare|viitor|urmatoare|القادم|المقبل|القادمه|المقبله"
    r"|הבא|הקרוב|آینده|ijayo)\b"
)
"""`next Tuesday` is no day that has been."""

_SMALL_WEEKDAYS = frozenset({"es", "pt", "fr", "ro", "ru", "uk", "tr"})
"""Languages that write weekdays without a capital."""

_EVE = re.compile("vispera|vespera|veille")
_OF = (" de ", " del ", " da ", " do ", " du ", " des ", " d ")
"""The eve of something is no day of its own: `en la víspera del Eid`."""


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


def _named(passages: Passages) -> Iterator[Day]:
    """Days of named months, and weekdays."""
    folded = passages.text.folded
    for hit in passages.found.under("month"):
        month = int(hit.code.split(".")[1])
        yield from _month_days(passages, folded, hit.start, hit.end, month)
    for table, find in (("jalali", find_jalali), ("ethiopian", find_ethiopian)):
        for hit in passages.found.under(table):
            yield from _foreign_days(passages, hit, find)
    weekdays = [hit for hit in passages.found.under("weekday") if not _is_within_a_name(passages, hit)]
    for hit in _one_of_each(passages, weekdays):
        back = (passages.published.weekday() - int(hit.code.split(".")[1])) % 7
        yield Day(hit.start, passages.published - timedelta(days=back), "weekday", hit.end)


def _is_within_a_name(passages: Passages, hit: Hit) -> bool:
    """Whether a place is called so (Urdu `Haji Pir`), or by its capital somebody (`Juan Domingo`)."""
    if any(m.start < hit.start < m.end for m in passages.places):
        return True
    text = passages.text
    begin = text.raw_span(hit.start, hit.end)[0]
    is_capital = passages.language in _SMALL_WEEKDAYS and text.raw[begin].isupper()
    return is_capital and hit.start >= text.body_start and not _begins(text.raw, begin)


def _begins(raw: str, position: int) -> bool:
    """Whether a sentence, a quotation or a line begins there."""
    before = raw[:position].rstrip(" \t")
    return not (before[-1].isalnum() or before[-1] in "-,")


def _one_of_each(passages: Passages, weekdays: list[Hit]) -> Iterator[Hit]:
    """Without coming ones, the first of `Monday to Tuesday` and the second of `Friday and Saturday`."""
    folded, kept = passages.text.folded, list[Hit]()
    for hit in weekdays:
        if _NEXT_BEFORE.search(folded[: hit.start][-24:]) or _NEXT_AFTER.search(folded[hit.end :][:16]):
            continue
        last = kept[-1] if kept else None
        if last and 0 < hit.start - last.end <= AND_REACH and hit.code != last.code:
            if passages.found.has("casualties.and", last.end, hit.start):
                continue
            if hit.start - last.end <= TO_REACH:
                kept.pop()
        kept.append(hit)
    yield from kept


def _month_days(passages: Passages, folded: str, start: int, end: int, month: int) -> Iterator[Day]:
    match = _BEFORE.search(folded[max(0, start - 16) : start]) or _AFTER.search(folded[end : end + 14])
    if not match:
        yield from _ordinal_days(passages, start, end, month)
        return
    number = int(match.group(2) or match.group(1))
    is_after = match.re is _AFTER
    year = _YEAR.search(folded[end + (match.end() if is_after else 0) :][:14])
    day = make_day(passages.published, number, month, int(year.group(1)) if year else None)
    if day:
        first = start if is_after else max(0, start - 16) + match.start()
        yield Day(first, day, "date", end + (match.end() if is_after else 0))


def _ordinal_days(passages: Passages, start: int, end: int, month: int) -> Iterator[Day]:
    """The day in words before a month: Arabic `the twenty-sixth of May`."""
    for hit in passages.found.under("ordinal"):
        day = make_day(passages.published, int(hit.code.split(".")[1]), month, None)
        if day and 0 <= start - hit.end <= ORDINAL_REACH:
            yield Day(hit.start, day, "date", end)


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
        folded = passages.text.folded
        if _EVE.search(folded, hit.start, hit.end) and folded.startswith(_OF, hit.end):
            continue
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
    yield from _east_asian_numbers(passages)


def _east_asian_numbers(passages: Passages) -> Iterator[Day]:
    """24日; of a list the first, and of a range both in the month of the first."""
    raw, text, published = passages.text.raw, passages.text, passages.published
    last_month = published.replace(day=1) - timedelta(days=1)
    end, latest = 0, published
    for match in _EAST_ASIAN_DAY.finditer(raw):
        between = raw[end : match.start()] if end else ""
        is_listed = bool(end) and bool(_LISTED.fullmatch(between))
        if not (end and _RANGED.fullmatch(between)):
            latest = last_month if _LAST_MONTH.search(raw, 0, match.start()) else published
        end = match.end()
        day = latest_numbered(latest, int(match[1]))
        if day and not is_listed:
            yield Day(text.folded_at(match.start()), day, "number", text.folded_at(match.end()))


def _days_of_this_month(passages: Passages) -> Iterator[Day]:
    folded = passages.text.folded
    if not (" dia " in folded or " го " in folded or _NUMBERED.search(folded)):
        return
    for match in _DAY_ONLY.finditer(folded):
        day = latest_numbered(passages.published, int(match[match.lastindex or 1]))
        if day:
            yield Day(match.start(), day, "number", match.end())
