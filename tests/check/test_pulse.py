"""Whether the service moves, and how delays are counted."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Alert, AlertKind, Source, SourceKind, SourceType
from bot.watch.counts import Counted, count_delays
from bot.watch.delays import BOUNDS_S, label_of, quantile, reported_at
from bot.watch.pulse import PATIENCE, Part, Pulse, are_checked, find_standstills
from bot.watch.state import SourceCheck, SourceState
from tests.storage.values import a_claim, an_incident

NOW = datetime(2020, 12, 12, 14, 15, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=9)
SECOND = timedelta(seconds=1)
SOURCE = Source("wire", "Wire", SourceKind.FEED, "https://wire.example/", SourceType.AGENCY)


def checked(**state: object) -> SourceCheck:
    return SourceCheck(SOURCE, SourceState(**state))  # type: ignore[arg-type]


GOOD = checked(last_ok_at=NOW - PATIENCE)
SLOW = checked(last_ok_at=LONG_AGO, next_check_at=NOW - PATIENCE)
BROKEN = checked(last_ok_at=NOW - PATIENCE - SECOND, next_check_at=NOW, failures=1)
FORGOTTEN = checked(last_ok_at=LONG_AGO, next_check_at=NOW - PATIENCE - SECOND)
NEVER = checked(next_check_at=NOW, failures=3)
PAUSED = checked(last_ok_at=LONG_AGO, paused_at=LONG_AGO)


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([], True),
        ([PAUSED], True),
        ([GOOD, BROKEN], True),
        ([SLOW, BROKEN], True),
        ([BROKEN], False),
        ([FORGOTTEN, NEVER, PAUSED], False),
        ([NEVER], False),
    ],
)
def test_one_source_in_its_time_is_enough(checks: list[SourceCheck], expected: bool) -> None:
    """Who answers is not due for long; failed, forgotten and never heard ones are no sign of life."""
    assert are_checked(checks, NOW) is expected


def pulse(**changes: object) -> Pulse:
    well = {"is_checked": True, "last_ok_at": NOW, "due_since": None, "last_sent_at": None}
    return Pulse(**(well | changes))  # type: ignore[arg-type]


def test_nothing_due_is_no_standstill() -> None:
    """A quiet day, with the last message of last week, is well."""
    assert find_standstills(pulse(last_sent_at=LONG_AGO), LONG_AGO, NOW) == {}


def test_due_work_stands_still_after_ten_minutes_without_a_message() -> None:
    """What counts is the latest of: the work became due, a message left, the process began."""
    late, now = NOW - PATIENCE - SECOND, NOW - PATIENCE
    for due, sent, began, is_still in (
        (late, None, LONG_AGO, True),
        (late, late, late, True),
        (now, None, LONG_AGO, False),
        (LONG_AGO, now, LONG_AGO, False),
        (LONG_AGO, LONG_AGO, now, False),
    ):
        found = find_standstills(pulse(due_since=due, last_sent_at=sent), began, NOW)
        assert found == ({Part.DELIVERIES: late} if is_still else {})


def test_no_check_stands_still_after_ten_minutes() -> None:
    """Since the last good check, or since the process began."""
    late = NOW - PATIENCE - SECOND
    silent = pulse(is_checked=False, last_ok_at=late)
    assert find_standstills(silent, LONG_AGO, NOW) == {Part.CHECKS: late}
    assert find_standstills(silent, NOW - PATIENCE, NOW) == {}
    assert find_standstills(pulse(is_checked=False, last_ok_at=None), late, NOW) == {Part.CHECKS: late}


delays = st.lists(st.floats(0, 200_000, allow_nan=False), min_size=1, max_size=60)


@given(delays, st.sampled_from([0.5, 0.95, 1.0]))
def test_a_percentile_is_a_quarter_too_high_at_most(seconds: list[float], share: float) -> None:
    """It is the bound above the true value, which is less than 1.29 times as much."""
    counts = Counter(float(label_of(each)) for each in seconds)
    told = quantile(counts, share)
    assert told is not None
    ordered = sorted(seconds)
    true_s = ordered[max(0, -(-len(ordered) * round(share * 100) // 100) - 1)]
    if BOUNDS_S[0] < true_s < BOUNDS_S[-1]:
        assert true_s - 1e-6 <= told.total_seconds() <= 1.29 * true_s
    elif true_s > BOUNDS_S[-1]:
        assert told.total_seconds() == BOUNDS_S[-1]


def test_bounds() -> None:
    """A delay that is a bound belongs to it; nothing measured, nothing told."""
    assert [label_of(delay_s) for delay_s in (0.0, 1.25, 1.26, 777_600.0)] == ["0.01", "1.25", "1.6", "inf"]
    assert quantile({}, 0.5) is None
    assert len({f"{bound:g}" for bound in BOUNDS_S}) == len(BOUNDS_S)


def test_what_a_message_adds() -> None:
    """One in a step and the milliseconds, of both delays; a date ahead of its time counts as none."""
    assert count_delays(NOW + SECOND, NOW - SECOND, NOW) == (
        (Counted.STORED_TO_SENT, "1", 1),
        (Counted.STORED_TO_SENT_MS, "", 1000),
        (Counted.REPORTED_TO_SENT, "0.01", 1),
        (Counted.REPORTED_TO_SENT_MS, "", 0),
    )


def test_which_report_made_an_alert() -> None:
    """A new incident's first; of a change the latest."""
    claims = tuple(a_claim(NOW - hours * timedelta(hours=1)) for hours in (2, 3, 1))
    incident = an_incident(claims=claims, last_report_at=NOW - timedelta(hours=1))
    new, grown = (Alert(None, incident, kind, NOW) for kind in (AlertKind.NEW, AlertKind.GROWN))
    assert reported_at(new) == NOW - timedelta(hours=3)
    assert reported_at(grown) == NOW - timedelta(hours=1)
