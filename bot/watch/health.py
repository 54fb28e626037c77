"""How a source is, judged from what was observed of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.watch.state import SourceCheck, SourceState
from bot.watch.vitals import Fault, percentile

FAILURES_IN_A_ROW = 2
"""One failure is weather."""
LONGEST_SILENCE = timedelta(days=7)
"""The same entries for so long are no sign of life, whatever the source's habit."""
SHORTEST_SILENCE = timedelta(hours=8)
"""Newsrooms sleep: less is never too long."""
MUCH_LONGER = 12
"""Times its habit."""
HABIT_AFTER = 8
"""Pieces of news before which there is no habit to speak of."""
SLOW_ANSWER = timedelta(seconds=10)
SLOW_NEWS = timedelta(minutes=30)
LAGS_TO_JUDGE = 5


class Health(StrEnum):
    """ok, slow, moved: reports still come; stale: it answers without any; failing, blocked: none come."""

    UNKNOWN = "unknown"
    PAUSED = "paused"
    OK = "ok"
    SLOW = "slow"
    MOVED = "moved"
    STALE = "stale"
    FAILING = "failing"
    BLOCKED = "blocked"


class Why(StrEnum):
    """The evidence, to be said in words."""

    NOTHING = ""
    ERROR = "error"
    PAGE = "page"
    CHALLENGE = "challenge"
    REFUSED = "refused"
    GONE = "gone"
    TOO_OFTEN = "too_often"
    EMPTY = "empty"
    SAME = "same"
    SILENT = "silent"
    SLOW_ANSWER = "slow_answer"
    SLOW_NEWS = "slow_news"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How a source is and why. `since`: from when on; `span`: what is long; `detail`: error or address."""

    health: Health
    why: Why = Why.NOTHING
    since: datetime | None = None
    span: timedelta | None = None
    detail: str = ""

    @property
    def is_heard(self) -> bool:
        """Whether something that it published just now would be heard."""
        return self.health in {Health.OK, Health.SLOW} or self.why is Why.ELSEWHERE

    @property
    def is_broken(self) -> bool:
        """Whether somebody should look at it."""
        return self.health in {Health.STALE, Health.FAILING, Health.BLOCKED, Health.MOVED}


_FAULTS = {
    Fault.PAGE: (Health.BLOCKED, Why.PAGE),
    Fault.CHALLENGE: (Health.BLOCKED, Why.CHALLENGE),
    Fault.REFUSED: (Health.BLOCKED, Why.REFUSED),
    Fault.GONE: (Health.MOVED, Why.GONE),
    Fault.TOO_OFTEN: (Health.FAILING, Why.TOO_OFTEN),
}


def diagnose(check: SourceCheck, now: datetime) -> Diagnosis:
    """How the source is at `now`; the gravest of what the evidence says."""
    state = check.state
    if state.paused_at is not None:
        return Diagnosis(Health.PAUSED, since=state.paused_at)
    if state.last_checked_at is None:
        return Diagnosis(Health.UNKNOWN)
    if state.failures >= FAILURES_IN_A_ROW or (state.failures and state.last_ok_at is None):
        return _say_fault(state)
    return _say_silence(state, now) or _say_slowness(state) or _say_address(state)


def _say_fault(state: SourceState) -> Diagnosis:
    health, why = _FAULTS.get(state.vitals.fault, (Health.FAILING, Why.ERROR))
    since = state.last_ok_at or state.vitals.failing_since
    return Diagnosis(health, why, since, detail=state.last_error or "")


def _say_silence(state: SourceState, now: datetime) -> Diagnosis | None:
    vitals = state.vitals
    if vitals.entries == 0:
        return Diagnosis(Health.STALE, Why.EMPTY, state.last_new_at)
    heard_at = state.last_new_at or state.first_checked_at
    dated_at = vitals.newest_at if not vitals.news else None  # its archive at the first sight may be old
    silent_since = dated_at or heard_at
    if silent_since is None:
        return None
    silence = now - silent_since
    if silence > LONGEST_SILENCE:
        return Diagnosis(Health.STALE, Why.SAME, silent_since, silence)
    if vitals.rhythm_s is None or vitals.news < HABIT_AFTER:
        return None
    habit = timedelta(seconds=vitals.rhythm_s)
    if silence > max(SHORTEST_SILENCE, MUCH_LONGER * habit):
        return Diagnosis(Health.STALE, Why.SILENT, silent_since, habit)
    return None


def _say_slowness(state: SourceState) -> Diagnosis | None:
    vitals = state.vitals
    if vitals.answer_s is not None and vitals.answer_s > SLOW_ANSWER.total_seconds():
        return Diagnosis(Health.SLOW, Why.SLOW_ANSWER, span=timedelta(seconds=vitals.answer_s))
    lag = percentile(vitals.lags_s, 0.5)
    if lag is not None and len(vitals.lags_s) >= LAGS_TO_JUDGE and lag > SLOW_NEWS.total_seconds():
        return Diagnosis(Health.SLOW, Why.SLOW_NEWS, span=timedelta(seconds=lag))
    return None


def _say_address(state: SourceState) -> Diagnosis:
    if state.vitals.found_at:
        return Diagnosis(Health.MOVED, Why.ELSEWHERE, detail=state.vitals.found_at)
    return Diagnosis(Health.OK)
