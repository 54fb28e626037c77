"""When a source is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.check import Failed, Outcome, Taken, Unchanged, plan_next
from bot.storage.sources import SourceState

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TAKEN = Taken(entries=3, has_news=True, etag='"a"', last_modified="Mon", body_hash="h")

intervals = st.integers(5, 86_400).map(lambda s: timedelta(seconds=s))
luck = st.floats(-1, 1)
failures = st.builds(
    Failed, st.text(max_size=20), st.none() | st.timedeltas(timedelta(), timedelta(days=900))
)
taken = st.builds(
    Taken, st.integers(0, 200), st.booleans(), st.none() | st.text(), st.none() | st.text(), st.text()
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(st.just(Unchanged()), failures, taken)


def _wait(state: SourceState) -> timedelta:
    assert state.next_check_at is not None
    return state.next_check_at - NOW


def test_a_source_that_answers_is_asked_again_after_its_interval() -> None:
    """With what was taken in, and without the errors of before."""
    before = SourceState(failures=4, last_error="answers 500")
    after = plan_next(before, TAKEN, NOW, MINUTE)
    assert after == SourceState('"a"', "Mon", "h", NOW + MINUTE, NOW, NOW, NOW, NOW, 0, None)


def test_nothing_new_changes_nothing_but_the_times() -> None:
    """What was remembered stays; so does the time of the last news."""
    before = plan_next(SourceState(), TAKEN, NOW - MINUTE, MINUTE)
    after = plan_next(before, Unchanged(), NOW, MINUTE)
    assert after == replace(before, next_check_at=NOW + MINUTE, last_checked_at=NOW, last_ok_at=NOW)


def test_an_empty_feed_is_not_yet_a_first_check() -> None:
    """Else its archive would be news when it fills."""
    empty = plan_next(SourceState(), replace(TAKEN, entries=0, has_news=False), NOW, MINUTE)
    assert empty.first_checked_at is None
    assert empty.last_ok_at == NOW


def test_failures_double_the_wait_to_an_hour() -> None:
    """2, 4, 8, 16, 32, 60, 60 minutes."""
    state, waits = SourceState(), []
    for _ in range(7):
        state = plan_next(state, Failed("answers 500"), NOW, MINUTE)
        waits.append(_wait(state) / MINUTE)
    assert waits == [2, 4, 8, 16, 32, 60, 60]
    assert (state.failures, state.last_error) == (7, "answers 500")


def test_a_host_that_asks_for_patience_gets_it() -> None:
    """Retry-After counts where it is longer, and a day at the most."""
    for asked, waited in ((1, 120), (7_200, 7_200), (10**7, 86_400)):
        after = plan_next(SourceState(), Failed("answers 429", timedelta(seconds=asked)), NOW, MINUTE)
        assert _wait(after).total_seconds() == waited


@given(st.lists(outcomes, max_size=12), intervals, luck)
def test_whatever_happens_the_next_check_is_neither_early_nor_lost(
    history: list[Outcome], interval: timedelta, chance: float
) -> None:
    """At least nine tenths of the interval, at most a day or the interval and a tenth."""
    state = SourceState()
    for outcome in history:
        before, state = state, plan_next(state, outcome, NOW, interval, chance)
        longest = max(timedelta(days=1), interval * 1.1)
        assert interval * 0.89 <= _wait(state) <= longest
        assert state.failures == (before.failures + 1 if isinstance(outcome, Failed) else 0)
        if isinstance(outcome, Failed):
            kept = ("etag", "last_modified", "body_hash", "first_checked_at", "last_ok_at", "last_new_at")
            assert [getattr(state, k) for k in kept] == [getattr(before, k) for k in kept]


@given(failures, intervals, luck, st.integers(0, 60))
def test_a_further_failure_never_shortens_the_wait(
    failed: Failed, interval: timedelta, chance: float, count: int
) -> None:
    """And with more failures than a number of doublings can hold it is still an hour."""
    waits = [
        _wait(plan_next(SourceState(failures=n), failed, NOW, interval, chance)) for n in (count, count + 1)
    ]
    assert waits[0] <= waits[1]


@given(failures, intervals, st.floats(-1, 1), st.integers(0, 60))
def test_retry_after_is_never_undercut(
    failed: Failed, interval: timedelta, chance: float, count: int
) -> None:
    """Not by luck either."""
    wait = _wait(plan_next(SourceState(failures=count), failed, NOW, interval, chance))
    if failed.retry_after is not None:
        assert wait >= min(failed.retry_after, timedelta(days=1))
