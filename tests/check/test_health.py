"""How a source is, from what was observed of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Source, SourceKind, SourceType
from bot.watch.health import Diagnosis, Health, Why, diagnose
from bot.watch.state import SourceCheck, SourceState
from bot.watch.vitals import (
    LAGS_KEPT,
    Fault,
    Vitals,
    fault_of_document,
    fault_of_status,
    note_document,
    percentile,
)

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WIRE = Source("wire", "Wire", SourceKind.FEED, "https://wire.example/feed", SourceType.AGENCY)
LIVELY = Vitals(entries=20, newest_at=NOW - HOUR, rhythm_s=600.0, news=30, answer_s=0.4)


def judge(vitals: Vitals = LIVELY, **state: Any) -> Diagnosis:
    """A source that has been checked for a month and answered just now, save for what is said otherwise."""
    usual: dict[str, Any] = {
        "first_checked_at": NOW - 30 * DAY,
        "last_checked_at": NOW,
        "last_ok_at": NOW,
        "last_new_at": NOW - timedelta(minutes=10),
    }
    return diagnose(SourceCheck(WIRE, SourceState(**(usual | state), vitals=vitals)), NOW)


def test_a_source_that_publishes_is_well() -> None:
    """And one failure is weather."""
    assert judge() == Diagnosis(Health.OK)
    assert judge(failures=1, last_error="timed out").health is Health.OK
    assert judge().is_heard
    assert not judge().is_broken


@pytest.mark.parametrize(
    ("fault", "health", "why"),
    [
        (Fault.OTHER, Health.FAILING, Why.ERROR),
        (Fault.TOO_OFTEN, Health.FAILING, Why.TOO_OFTEN),
        (Fault.PAGE, Health.BLOCKED, Why.PAGE),
        (Fault.CHALLENGE, Health.BLOCKED, Why.CHALLENGE),
        (Fault.REFUSED, Health.BLOCKED, Why.REFUSED),
        (Fault.GONE, Health.MOVED, Why.GONE),
    ],
)
def test_failures_are_told_apart(fault: Fault, health: Health, why: Why) -> None:
    """Each with the last good answer and the error; nothing is heard of any of them."""
    found = judge(replace(LIVELY, fault=fault), failures=2, last_ok_at=NOW - HOUR, last_error="answers 4xx")
    assert found == Diagnosis(health, why, NOW - HOUR, detail="answers 4xx")
    assert found.is_broken
    assert not found.is_heard


def test_no_entries_are_no_sign_of_life() -> None:
    """Though the answer is 200 each time."""
    found = judge(replace(LIVELY, entries=0))
    assert (found.health, found.why) == (Health.STALE, Why.EMPTY)


def test_the_same_entries_for_a_week_are_none_either() -> None:
    """Whether it fell silent while it was watched, or was silent when it was first seen."""
    week = timedelta(days=7, hours=1)
    found = judge(last_new_at=NOW - week)
    assert (found.health, found.why, found.span) == (Health.STALE, Why.SAME, week)
    archive = Vitals(entries=20, newest_at=NOW - 40 * DAY)
    fresh = judge(archive, first_checked_at=NOW - HOUR, last_new_at=NOW - HOUR)
    assert (fresh.health, fresh.why) == (Health.STALE, Why.SAME)


def test_silence_is_measured_by_habit() -> None:
    """Nine hours are long for who speaks every ten minutes, and nothing for who speaks daily."""
    assert judge(last_new_at=NOW - 9 * HOUR).why is Why.SILENT
    assert judge(last_new_at=NOW - 7 * HOUR).health is Health.OK
    daily = replace(LIVELY, rhythm_s=DAY.total_seconds())
    assert judge(daily, last_new_at=NOW - 5 * DAY).health is Health.OK
    unknown = replace(LIVELY, news=3)
    assert judge(unknown, last_new_at=NOW - 9 * HOUR).health is Health.OK


def test_slowness_is_told() -> None:
    """Of the answers, and of the news."""
    assert judge(replace(LIVELY, answer_s=14.0)).why is Why.SLOW_ANSWER
    assert judge(replace(LIVELY, lags_s=(2400,) * 5)).why is Why.SLOW_NEWS
    assert judge(replace(LIVELY, lags_s=(2400,) * 4)).health is Health.OK


def test_who_answers_from_elsewhere_has_moved_and_is_heard() -> None:
    """The reports still come; the catalogue should be mended."""
    found = judge(replace(LIVELY, found_at="https://new.example/feed"))
    assert found == Diagnosis(Health.MOVED, Why.ELSEWHERE, detail="https://new.example/feed")
    assert found.is_heard


def test_paused_and_unchecked_sources_are_no_trouble() -> None:
    """Nothing is known of them."""
    assert judge(paused_at=NOW).health is Health.PAUSED
    assert judge(Vitals(), last_checked_at=None).health is Health.UNKNOWN


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"\n<!DOCTYPE html><html><body>Our news</body></html>", Fault.PAGE),
        (b"<html><title>Just a moment...</title><script src=/cdn-cgi/challenge-platform/x>", Fault.CHALLENGE),
        (b"<HTML><form>Please solve this CAPTCHA</form>", Fault.CHALLENGE),
        (b"<rss><channel><title>captcha", Fault.OTHER),
        (b"\x00\x01", Fault.OTHER),
        (b"", Fault.OTHER),
    ],
)
def test_what_stands_instead_of_a_feed_is_recognised(body: bytes, fault: Fault) -> None:
    """A page, a riddle, or something broken."""
    assert fault_of_document(SourceKind.FEED, body) is fault


def test_a_page_is_no_fault_where_pages_are_expected() -> None:
    """Only the riddle is."""
    assert fault_of_document(SourceKind.PAGE, b"<html>news") is Fault.OTHER
    assert fault_of_document(SourceKind.CHANNEL, b"<html>captcha") is Fault.CHALLENGE


def test_statuses_are_told_apart() -> None:
    """No status: nobody answered."""
    statuses = (403, 451, 404, 410, 429, 500, None)
    found = [fault_of_status(status).value for status in statuses]
    assert found == ["refused", "refused", "gone", "gone", "too_often", "other", "other"]


@given(st.lists(st.integers(0, 10**6), min_size=1), st.floats(0, 1))
def test_percentiles_are_values_that_were_measured(values: list[int], share: float) -> None:
    """The least is the 0th, the greatest the 100th; at least so many are not above."""
    found = percentile(values, share)
    assert found in values
    assert sum(v <= found for v in values) >= round(share * 100) / 100 * len(values) - 1e-6
    assert (percentile(values, 0), percentile(values, 1)) == (min(values), max(values))
    assert percentile([], share) is None


@given(st.lists(st.timedeltas(timedelta(-1), timedelta(days=9)), max_size=120))
def test_delays_are_kept_within_bounds(lags: list[timedelta]) -> None:
    """The latest fifty, never negative, nothing that was merely dated long ago."""
    noted = note_document(Vitals(), now=NOW, entries=1, newest_at=NOW, news_after=None, lags=lags)
    assert len(noted.lags_s) <= LAGS_KEPT
    assert all(0 <= lag <= 2 * 86_400 for lag in noted.lags_s)
