"""When a chat is told: digests, quiet hours, midnight and summer time, in any zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.choices import Digest, Rhythm
from bot.hours import Hold, is_quiet, minutes_of, next_hold

ZONES = st.sampled_from(
    ("UTC", "Europe/Kyiv", "Asia/Yerevan", "Asia/Tehran", "America/New_York", "Australia/Lord_Howe",
     "Asia/Kathmandu", "America/Santiago", "Africa/Casablanca", "Pacific/Apia", None)
)  # fmt: skip
MINUTES = st.integers(0, 24 * 60 - 1)
MOMENTS = st.integers(1_577_836_800, 1_893_456_000).map(lambda s: datetime.fromtimestamp(s, UTC))
ANY = st.sampled_from(Digest)


def utc(*parts: int) -> datetime:
    """A moment of 2024."""
    return datetime(2024, *parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


@st.composite
def rhythms(draw: st.DrawFn, digests: st.SearchStrategy[Digest] = ANY) -> Rhythm:
    """Any rhythm that can be asked for."""
    quiet = draw(st.none() | st.tuples(MINUTES, MINUTES).filter(lambda pair: pair[0] != pair[1]))
    begins, ends = quiet or (None, None)
    return Rhythm(draw(digests), draw(MINUTES), begins, ends, draw(ZONES))


def clock(rhythm: Rhythm, moment: datetime) -> int:
    """What the clocks of the zone show."""
    return minutes_of(moment.astimezone(ZoneInfo(rhythm.zone or "UTC")).time())


def changes_clocks(rhythm: Rhythm, moment: datetime) -> bool:
    """Whether the zone's clocks are changed within a day of the moment."""
    zone, day = ZoneInfo(rhythm.zone or "UTC"), timedelta(days=1.5)
    return len({(moment + way).astimezone(zone).utcoffset() for way in (-day, day)}) > 1


@given(rhythms(), MOMENTS)
def test_a_hold_is_ahead_and_the_next_one_follows(rhythm: Rhythm, now: datetime) -> None:
    """Going from release to release time goes on, by two days at most, and no release is in quiet hours."""
    for _ in range(4):
        hold = next_hold(rhythm, now)
        if hold is None:
            assert (rhythm.digest, rhythm.quiet_from) == (Digest.OFF, None)
            return
        assert hold.begins < hold.ends
        assert now < hold.ends <= now + timedelta(hours=50)
        assert not is_quiet(rhythm, hold.ends)
        now = hold.ends


@given(rhythms(st.just(Digest.OFF)), MOMENTS)
def test_quiet_is_what_the_clock_on_the_wall_says(rhythm: Rhythm, now: datetime) -> None:
    """A moment is held exactly when the clocks show a time in the quiet hours, over midnight too."""
    assume(rhythm.quiet_from is not None and not changes_clocks(rhythm, now))
    hold = next_hold(rhythm, now)
    assert hold is not None
    assert rhythm.quiet_from is not None
    assert rhythm.quiet_until is not None
    shown, length = clock(rhythm, now), (rhythm.quiet_until - rhythm.quiet_from) % (24 * 60)
    is_within = (shown - rhythm.quiet_from) % (24 * 60) < length
    assert (hold.begins <= now) is is_within is is_quiet(rhythm, now)
    assert (clock(rhythm, hold.begins), clock(rhythm, hold.ends)) == (rhythm.quiet_from, rhythm.quiet_until)


@given(rhythms(st.just(Digest.DAILY)), MOMENTS)
def test_a_daily_digest_comes_at_its_hour_every_day(rhythm: Rhythm, now: datetime) -> None:
    """Once a day by the wall clock, at its time or at the end of the quiet hours in which that lies."""
    assume(not changes_clocks(rhythm, now + timedelta(days=1)) and not changes_clocks(rhythm, now))
    first = next_hold(rhythm, now)
    assert first is not None
    assert first.begins == now
    second = next_hold(rhythm, first.ends)
    assert second is not None
    assert second.ends - first.ends == timedelta(days=1)
    assert clock(rhythm, first.ends) in (rhythm.digest_at, rhythm.quiet_until)


@given(rhythms(st.just(Digest.HOURLY)), MOMENTS)
def test_an_hourly_digest_comes_at_the_full_hour(rhythm: Rhythm, now: datetime) -> None:
    """By the clocks of the zone, whatever its offset, or at the end of the quiet hours."""
    assume(not changes_clocks(rhythm, now))
    hold = next_hold(rhythm, now)
    assert hold is not None
    assert clock(rhythm, hold.ends) % 60 == 0 or clock(rhythm, hold.ends) == rhythm.quiet_until


@pytest.mark.parametrize(
    ("begins", "ends", "now", "expected"),
    [
        # Kyiv's clocks go from 03:00 to 04:00 on 31 March 2024, and back on 27 October.
        ((22, 0), (7, 0), utc(3, 30, 23), (utc(3, 30, 20), utc(3, 31, 4))),
        ((22, 0), (7, 0), utc(10, 27), (utc(10, 26, 19), utc(10, 27, 5))),
        ((3, 30), (6, 0), utc(3, 31), (utc(3, 31, 1, 30), utc(3, 31, 3))),
        ((3, 10), (3, 50), utc(10, 27), (utc(10, 27, 0, 10), utc(10, 27, 0, 50))),
    ],
)
def test_summer_time(
    begins: tuple[int, int], ends: tuple[int, int], now: datetime, expected: tuple[datetime, datetime]
) -> None:
    """Nights are an hour shorter or longer; a time that is skipped or comes twice counts once."""
    quiet_from, quiet_until = (hour * 60 + minute for hour, minute in (begins, ends))
    rhythm = Rhythm(quiet_from=quiet_from, quiet_until=quiet_until, zone="Europe/Kyiv")
    assert next_hold(rhythm, now) == Hold(*expected)


def test_the_digest_of_a_quiet_hour_waits_for_its_end() -> None:
    """Daily at 23:00 with quiet from 22:00 to 07:00 comes at 07:00."""
    rhythm = Rhythm(Digest.DAILY, 23 * 60, 22 * 60, 7 * 60, "UTC")
    assert next_hold(rhythm, utc(5, 1, 12)) == Hold(utc(5, 1, 12), utc(5, 2, 7))
