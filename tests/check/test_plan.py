"""When a source is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.headers import read_max_age
from bot.watch.plan import Failed, Outcome, Seen, Taken, Unchanged, plan_next
from bot.watch.rhythm import FASTEST, FULLY_OBEYED, SLOWEST, Tempo, read_ttl
from bot.watch.state import SourceState
from bot.watch.vitals import Fault, Vitals

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
USUAL = Tempo(MINUTE)
TAKEN = Taken(entries=3, has_news=True, etag='"a"', last_modified="Mon", body_hash="h")

tempos = st.builds(
    Tempo, st.integers(5, 86_400).map(lambda s: timedelta(seconds=s)), st.booleans(), st.booleans()
)
luck = st.floats(-1, 1)
waits = st.none() | st.timedeltas(timedelta(), timedelta(days=900))
seen = st.builds(Seen, st.timedeltas(timedelta(), MINUTE), waits, st.none() | st.just(""))
failures = st.builds(Failed, st.text(max_size=20), waits, st.sampled_from(Fault))
taken = st.builds(
    Taken,
    st.integers(0, 200),
    st.booleans(),
    st.none() | st.text(),
    st.none() | st.text(),
    st.text(),
    st.none() | st.just(NOW - HOUR),
    st.just((MINUTE,)),
    seen,
)
outcomes: st.SearchStrategy[Outcome] = st.one_of(st.builds(Unchanged, seen), failures, taken)
steps = st.lists(st.tuples(outcomes, st.timedeltas(timedelta(seconds=1), timedelta(days=2))), max_size=12)


def _wait(state: SourceState, now: datetime = NOW) -> timedelta:
    assert state.next_check_at is not None
    return state.next_check_at - now


def _publishing(every: timedelta, silent: timedelta = timedelta(), **more: float) -> SourceState:
    """A source that has published in this rhythm until some time ago."""
    vitals = Vitals(rhythm_s=every.total_seconds(), news=20, **more)  # type: ignore[arg-type]
    return SourceState(
        first_checked_at=NOW - timedelta(days=9), last_new_at=NOW - silent, last_ok_at=NOW, vitals=vitals
    )


def test_a_source_that_answers_is_asked_again_after_its_interval() -> None:
    """With what was taken in, and without the errors of before."""
    before = SourceState(failures=4, last_error="answers 500")
    after = plan_next(before, TAKEN, NOW, USUAL)
    expected = SourceState('"a"', "Mon", "h", NOW + MINUTE, NOW, NOW, NOW, NOW, 0, None)
    assert replace(after, vitals=expected.vitals) == expected
    assert (after.vitals.entries, after.vitals.news) == (3, 0)


def test_nothing_new_changes_nothing_but_the_times() -> None:
    """What was remembered stays; so does the time of the last news."""
    before = plan_next(SourceState(), TAKEN, NOW - MINUTE, USUAL)
    after = plan_next(before, Unchanged(Seen(is_whole=False)), NOW, USUAL)
    assert after == replace(before, next_check_at=NOW + MINUTE, last_checked_at=NOW, last_ok_at=NOW)


def test_an_empty_feed_is_not_yet_a_first_check() -> None:
    """Else its archive would be news when it fills."""
    empty = plan_next(SourceState(), replace(TAKEN, entries=0, has_news=False), NOW, USUAL)
    assert empty.first_checked_at is None
    assert empty.last_ok_at == NOW


def test_failures_double_the_wait_to_an_hour() -> None:
    """2, 4, 8, 16, 32, 60, 60 minutes."""
    state, asked = SourceState(), []
    for _ in range(7):
        state = plan_next(state, Failed("answers 500"), NOW, USUAL)
        asked.append(_wait(state) / MINUTE)
    assert asked == [2, 4, 8, 16, 32, 60, 60]
    assert (state.failures, state.last_error) == (7, "answers 500")


def test_where_something_grave_goes_on_a_site_that_breaks_down_is_tried_often() -> None:
    """Every five minutes; one that refuses, or asks for patience, gets its hour."""
    tempo, failed = Tempo(MINUTE, is_urgent=True), SourceState(failures=9)
    waits = [
        _wait(plan_next(failed, Failed("x", None, fault), NOW, tempo)) / MINUTE for fault in Fault if fault
    ]
    told = dict(zip((fault for fault in Fault if fault), waits, strict=True))
    assert {fault for fault, minutes in told.items() if minutes == 5} == {Fault.OTHER, Fault.NO_ANSWER}
    assert {told[fault] for fault in (Fault.REFUSED, Fault.TOO_OFTEN, Fault.GONE, Fault.CHALLENGE)} == {60}
    assert _wait(plan_next(failed, Failed("x", HOUR), NOW, tempo)) == HOUR


def test_a_host_that_asks_for_patience_gets_it() -> None:
    """Retry-After counts where it is longer, and a day at the most."""
    for asked, waited in ((1, 120), (7_200, 7_200), (10**7, 86_400)):
        after = plan_next(SourceState(), Failed("answers 429", timedelta(seconds=asked)), NOW, USUAL)
        assert _wait(after).total_seconds() == waited


@pytest.mark.parametrize(
    ("every", "silent", "expected"),
    [
        (timedelta(minutes=1), timedelta(), FASTEST),
        (timedelta(minutes=5), timedelta(), FASTEST),
        (timedelta(minutes=30), timedelta(), 2 * MINUTE),
        (timedelta(hours=2), timedelta(), SLOWEST),
        (timedelta(minutes=5), timedelta(hours=1), MINUTE),
        (timedelta(minutes=5), timedelta(hours=9), SLOWEST),
    ],
)
def test_the_wait_follows_the_rhythm(every: timedelta, silent: timedelta, expected: timedelta) -> None:
    """Twenty seconds for who publishes often, five minutes for the quiet and for who fell silent."""
    assert _wait(plan_next(_publishing(every, silent), Unchanged(), NOW, USUAL)) == expected


def test_where_something_grave_goes_on_everybody_is_asked_often() -> None:
    """The quiet too; not against an operator's own interval, nor against what the source allows."""
    quiet = _publishing(timedelta(days=1))
    assert _wait(plan_next(quiet, Unchanged(), NOW, Tempo(MINUTE, is_urgent=True))) == FASTEST
    fixed = Tempo(10 * MINUTE, is_fixed=True, is_urgent=True)
    assert _wait(plan_next(quiet, Unchanged(), NOW, fixed)) == 10 * MINUTE
    modest = Unchanged(Seen(allowed=timedelta(minutes=2)))
    assert _wait(plan_next(quiet, modest, NOW, Tempo(MINUTE, is_urgent=True))) == 2 * MINUTE


def test_a_429_is_remembered_after_the_source_answers_again() -> None:
    """Who complained of twenty seconds is not asked every twenty seconds again, until long after."""
    often = replace(
        _publishing(MINUTE), last_checked_at=NOW - FASTEST, next_check_at=NOW, vitals=Vitals(rhythm_s=60.0)
    )
    complained = plan_next(often, Failed("answers 429", MINUTE, Fault.TOO_OFTEN), NOW, USUAL)
    assert _wait(complained) >= MINUTE
    state, found = complained, []
    for _ in range(60):
        state = replace(plan_next(state, Unchanged(), NOW, USUAL), last_new_at=NOW)
        found.append(_wait(state))
    assert found[0] == timedelta(seconds=36)
    assert found == sorted(found, reverse=True)
    assert found[-1] == FASTEST


@given(steps, tempos, luck)
def test_whatever_happens_the_next_check_is_neither_early_nor_lost(
    history: list[tuple[Outcome, timedelta]], tempo: Tempo, chance: float
) -> None:
    """Never within nine tenths of the shortest wait, never later than a day or the interval and a tenth."""
    state, now = SourceState(), NOW
    shortest = tempo.usual if tempo.is_fixed else min(FASTEST, tempo.usual)
    longest = max(timedelta(days=1), tempo.usual * 1.1)
    for outcome, passed in history:
        now += passed
        before, state = state, plan_next(state, outcome, now, tempo, chance)
        assert shortest * 0.89 <= _wait(state, now) <= longest
        assert state.failures == (before.failures + 1 if isinstance(outcome, Failed) else 0)
        if isinstance(outcome, Failed):
            kept = ("etag", "last_modified", "body_hash", "first_checked_at", "last_ok_at", "last_new_at")
            assert [getattr(state, k) for k in kept] == [getattr(before, k) for k in kept]


@given(steps, tempos, luck, seen)
def test_no_source_is_asked_more_often_than_it_allows(
    history: list[tuple[Outcome, timedelta]], tempo: Tempo, chance: float, wish: Seen
) -> None:
    """Whatever its rhythm, the urgency and the luck; what asks for more than an hour gets an hour."""
    state, now = SourceState(), NOW
    for outcome, passed in [*history, (Unchanged(wish), MINUTE)]:
        now += passed
        state = plan_next(state, outcome, now, tempo, chance)
        if not isinstance(outcome, Failed) and outcome.seen.allowed is not None:
            assert _wait(state, now) >= min(outcome.seen.allowed, FULLY_OBEYED) - timedelta(microseconds=1)


@given(failures, tempos, luck, st.integers(0, 60))
def test_a_further_failure_never_shortens_the_wait(
    failed: Failed, tempo: Tempo, chance: float, count: int
) -> None:
    """And with more failures than a number of doublings can hold it is still an hour."""
    found = [
        _wait(plan_next(SourceState(failures=n), failed, NOW, tempo, chance)) for n in (count, count + 1)
    ]
    assert found[0] <= found[1]


@given(failures, tempos, st.floats(-1, 1), st.integers(0, 60))
def test_retry_after_is_never_undercut(failed: Failed, tempo: Tempo, chance: float, count: int) -> None:
    """Not by luck either."""
    wait = _wait(plan_next(SourceState(failures=count), failed, NOW, tempo, chance))
    if failed.retry_after is not None:
        assert wait >= min(failed.retry_after, timedelta(days=1))


@pytest.mark.parametrize(
    ("header", "age", "seconds"),
    [
        ("public, max-age=300", "", 300),
        ("max-age=300", "100", 200),
        ("max-age=5", "100", 0),
        ("s-maxage=900, max-age = 60", "x", 60),
        ("private, no-cache, max-age=300", "", None),
        ("s-maxage=900", "", None),
        ("", "", None),
    ],
)
def test_cache_control_is_read(header: str, age: str, seconds: int | None) -> None:
    """What is left of max-age; nothing where nothing may be kept."""
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert read_max_age(header, age) == expected


def test_ttl_is_minutes() -> None:
    """As RSS has it, and nowhere but near the top."""
    assert read_ttl(b"<rss><channel><title>a</title><ttl> 15 </ttl>") == 15 * MINUTE
    assert read_ttl(b"<rss><channel><ttl>soon</ttl>") is None


@given(st.binary())
def test_no_document_breaks_the_ttl(body: bytes) -> None:
    """Whatever stands there."""
    found = read_ttl(body)
    assert found is None or found >= timedelta()
