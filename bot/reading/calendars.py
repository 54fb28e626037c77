"""Days from numbers: of the months of several calendars, and of the year or month that a report means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import jdatetime

BUDDHIST_OFFSET = 543

ETHIOPIAN_EPOCH = 2796
"""The ordinal of the first day of the Ethiopian year 1: 27 August of the year 8."""

ETHIOPIAN_YEARS = 7
"""How far the Ethiopian year lies behind from September to December; one more before."""


def make_day(published: date, day: int, month: int, year: int | None) -> date | None:
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


def latest_numbered(published: date, number: int) -> date | None:
    """The latest day with this number in its month."""
    last_month = published.replace(day=1) - timedelta(days=1)
    return make_day(published, number, published.month, published.year) or make_day(
        published, number, last_month.month, last_month.year
    )


def find_jalali(published: date, month: int, day: int) -> date | None:
    """The latest day of the Persian calendar with these numbers that is not after the report."""
    year = jdatetime.date.fromgregorian(date=published).year
    return _find_latest(published, year, lambda y: jdatetime.date(y, month, day).togregorian())


def find_ethiopian(published: date, month: int, day: int) -> date | None:
    """The latest day of the Ethiopian calendar with these numbers that is not after the report."""
    return _find_latest(published, published.year - ETHIOPIAN_YEARS, lambda y: from_ethiopian(y, month, day))


def from_ethiopian(year: int, month: int, day: int) -> date:
    """The day of twelve months of 30 days and one of five, or six in the year before a leap year.

    Raises ValueError for a day that does not exist.
    """
    last = 30 if month < 13 else 6 if year % 4 == 3 else 5
    if not 1 <= day <= last:
        raise ValueError(f"month {month} has no day {day}")
    return date.fromordinal(ETHIOPIAN_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1)


def _find_latest(published: date, year: int, make: Callable[[int], date]) -> date | None:
    """The day that `make` gives for this year or the one before, not after the report."""
    for candidate in (year, year - 1):
        try:
            made = make(candidate)
        except ValueError:
            continue
        if made <= published:
            return made
    return None
