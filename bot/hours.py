"""When a chat is told: from one digest to the next, and the hours in which it wants quiet, in its zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from bot.choices import Digest, Rhythm

DAY_MINUTES = 24 * 60
_DAYS_SEEN = 3
"""Days looked through for the next time of something that is due every day."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Alerts from `begins` on are kept and told at `ends`, all in one digest. UTC."""

    begins: datetime
    ends: datetime


def next_hold(rhythm: Rhythm, now: datetime) -> Hold | None:
    """The hold that `now` lies in, else the next one; None where everything is told at once.

    A digest that would fall into the quiet hours comes at their end.
    """
    if rhythm.digest is Digest.OFF:
        return next((quiet for quiet in _quiets(rhythm, now) if quiet.ends > now), None)
    due = _next_hour(rhythm, now) if rhythm.digest is Digest.HOURLY else _next_day(rhythm, now)
    return Hold(now, next((q.ends for q in _quiets(rhythm, due) if q.begins <= due < q.ends), due))


def is_quiet(rhythm: Rhythm, moment: datetime) -> bool:
    """Whether a moment lies in the quiet hours."""
    return any(quiet.begins <= moment < quiet.ends for quiet in _quiets(rhythm, moment))


def minutes_of(moment: time) -> int:
    """A time of day as minutes after midnight."""
    return moment.hour * 60 + moment.minute


def time_of(minutes: int) -> time:
    """Minutes after midnight as a time of day."""
    return time(minutes // 60, minutes % 60)


def _quiets(rhythm: Rhythm, around: datetime) -> Iterator[Hold]:
    """The quiet hours from the day before until some days later, in order."""
    if rhythm.quiet_from is None or rhythm.quiet_until is None:
        return
    wraps = rhythm.quiet_until <= rhythm.quiet_from
    for day in _days(rhythm, around - timedelta(days=1)):
        ends = day + timedelta(days=1) if wraps else day
        hold = Hold(_at(rhythm, day, rhythm.quiet_from), _at(rhythm, ends, rhythm.quiet_until))
        if hold.begins < hold.ends:  # an hour that summer time skips is no hour
            yield hold


def _next_hour(rhythm: Rhythm, now: datetime) -> datetime:
    local = now.astimezone(_zone(rhythm))
    gone = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
    return now - gone + timedelta(hours=1)


def _next_day(rhythm: Rhythm, now: datetime) -> datetime:
    times = (_at(rhythm, day, rhythm.digest_at) for day in _days(rhythm, now))
    return next(moment for moment in times if moment > now)


def _days(rhythm: Rhythm, since: datetime) -> Iterator[date]:
    first = since.astimezone(_zone(rhythm)).date()
    return (first + timedelta(days=number) for number in range(_DAYS_SEEN + 1))


def _at(rhythm: Rhythm, day: date, minutes: int) -> datetime:
    """The first moment at which the clocks of the zone show this time; a skipped one comes an hour later."""
    return datetime.combine(day, time_of(minutes), _zone(rhythm)).astimezone(UTC)


def _zone(rhythm: Rhythm) -> tzinfo:
    return ZoneInfo(rhythm.zone) if rhythm.zone else UTC
