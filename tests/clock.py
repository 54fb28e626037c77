"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

START = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
PATIENCE_S = 120.0
"""How long a test waits for what must come before it says that it hangs, however busy the machine is."""


class FakeClock:
    """Plays both clocks of the service: the time of day and the monotonic one."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._monotonic_s = 1_000.0

    def now(self) -> datetime:
        """The aware UTC time."""
        return self._now

    def monotonic(self) -> float:
        """Seconds since some time in the past, untouched by changes of the time of day."""
        return self._monotonic_s

    def advance(self, by: timedelta | float) -> datetime:
        """Let time pass (a duration, or seconds); returns the new time."""
        passed = by if isinstance(by, timedelta) else timedelta(seconds=by)
        self._now += passed
        self._monotonic_s += passed.total_seconds()
        return self._now

    def set_time_of_day(self, now: datetime) -> None:
        """The time of day is changed by hand or from the network; the monotonic clock does not notice."""
        self._now = now
