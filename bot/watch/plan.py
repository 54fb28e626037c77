"""The state of a source after a check: when it is asked again, and what was observed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.watch.rhythm import Tempo, allowed_wait, choose_wait
from bot.watch.state import SourceState
from bot.watch.vitals import Fault, Vitals, note_answer, note_document, note_failure

LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_IN_A_HURRY = timedelta(minutes=5)
"""The same where a grave incident is open: sites break down in the very hours that are told of."""
_PASSING = frozenset({Fault.NO_ANSWER, Fault.OTHER})
"""Faults that say nothing against asking again."""
LONGEST_RETRY_AFTER = timedelta(days=1)
"""A host that asks for more is asked once a day: it may have meant milliseconds."""
JITTER = 0.1
"""Share of the wait: sources that start together do not stay together."""
MOST_ERROR_CHARS = 300
BELIEVED_FOR = timedelta(hours=6)
"""How long a source is believed that nothing has changed: some hosts say so whatever they publish."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an answer showed besides its content.

    `allowed`: how long the source asks to be left alone. `found_at`: where it answers from, when that is
    another page than the one that was asked for; None: a 304 does not tell. `is_whole`: it was no 304.
    """

    elapsed: timedelta = timedelta()
    allowed: timedelta | None = None
    found_at: str | None = None
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source has nothing new: 304, or the very bytes of last time."""

    seen: Seen = field(default=Seen(), compare=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """Entries were read and are in the database. `lags`: from published to stored, of those that are new."""

    entries: int
    has_news: bool
    etag: str | None
    last_modified: str | None
    body_hash: str
    newest_at: datetime | None = None
    lags: tuple[timedelta, ...] = ()
    seen: Seen = field(default=Seen(), compare=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was taken in; `reason` is for an admin."""

    reason: str
    retry_after: timedelta | None = None
    fault: Fault = field(default=Fault.OTHER, compare=False)


Outcome = Unchanged | Taken | Failed


def plan_next(
    state: SourceState, outcome: Outcome, now: datetime, tempo: Tempo, luck: float = 0.0
) -> SourceState:
    """The state after a check that ended `now`: all decisions on when a source is asked again.

    `luck` from -1 to 1 spreads the checks by up to a tenth of the wait, never below what the source allows.
    Failures double the wait, to at most an hour, or five minutes where a grave incident is open and the
    source does not refuse; a longer Retry-After counts, to at most a day. What was remembered for conditional
    requests changes only together with what was taken in.
    """
    if isinstance(outcome, Failed):
        return _plan_retry(state, outcome, now, tempo, luck)
    fine = replace(_take_note(state, outcome, now), last_checked_at=now, last_ok_at=now, failures=0)
    fine = replace(fine, last_error=None)
    wait = max(choose_wait(fine, now, tempo) * (1 + JITTER * luck), allowed_wait(fine))
    return replace(fine, next_check_at=now + wait)


def is_doubtful(state: SourceState, now: datetime) -> bool:
    """Whether the source is to be asked without conditions, because it has not answered in full for long."""
    whole_at = state.vitals.whole_at
    return whole_at is None or not timedelta() <= now - whole_at <= BELIEVED_FOR


def is_left_alone(state: SourceState, now: datetime) -> bool:
    """Whether not even a hub that tells of news makes the source be asked before its time.

    It fails, and may have said for how long; or it lately answered 429 to whoever came so soon.
    """
    if state.next_check_at is None or state.next_check_at <= now:
        return False
    floor = timedelta(seconds=state.vitals.floor_s)
    return state.failures > 0 or (state.last_checked_at is not None and now - state.last_checked_at < floor)


def is_cut_off(state: SourceState) -> bool:
    """Whether the last check got no answer at all, which may have been the fault of our own network."""
    return state.failures > 0 and state.vitals.fault is Fault.NO_ANSWER


def _take_note(state: SourceState, outcome: Unchanged | Taken, now: datetime) -> SourceState:
    seen = outcome.seen
    found_at = state.vitals.found_at if seen.found_at is None else seen.found_at
    vitals = note_answer(
        state.vitals,
        elapsed=seen.elapsed,
        allowed=seen.allowed,
        found_at=found_at,
        whole_at=now if seen.is_whole else None,
    )
    if isinstance(outcome, Unchanged):
        return replace(state, vitals=vitals)
    return replace(
        state,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_hash=outcome.body_hash,
        first_checked_at=state.first_checked_at or (now if outcome.entries else None),
        last_new_at=now if outcome.has_news else state.last_new_at,
        vitals=_note_news(vitals, state, outcome, now),
    )


def _note_news(vitals: Vitals, state: SourceState, outcome: Taken, now: datetime) -> Vitals:
    is_rhythm = outcome.has_news and state.last_new_at is not None  # the first time it is the archive
    return note_document(
        vitals,
        now=now,
        entries=outcome.entries,
        newest_at=outcome.newest_at,
        news_after=now - state.last_new_at if is_rhythm and state.last_new_at else None,
        lags=outcome.lags if state.first_checked_at else (),
    )


def _plan_retry(state: SourceState, outcome: Failed, now: datetime, tempo: Tempo, luck: float) -> SourceState:
    noted = replace(state, vitals=note_failure(state.vitals, outcome.fault, now, _last_wait(state, tempo)))
    doublings = min(state.failures + 1, 20)  # beyond that the hour holds anyway
    is_hurried = tempo.is_urgent and outcome.fault in _PASSING
    longest = max(LONGEST_IN_A_HURRY if is_hurried else LONGEST_BACKOFF, tempo.usual)
    wait = min(tempo.usual * 2**doublings, longest) * (1 + JITTER * min(luck, 0.0))
    wait = max(wait, allowed_wait(noted))
    if outcome.retry_after is not None:
        wait = max(wait, min(outcome.retry_after, LONGEST_RETRY_AFTER))
    return replace(
        noted,
        next_check_at=now + wait,
        last_checked_at=now,
        failures=state.failures + 1,
        last_error=outcome.reason[:MOST_ERROR_CHARS],
    )


def _last_wait(state: SourceState, tempo: Tempo) -> timedelta:
    """How long the source had been left alone; the floor that a 429 raises rests on it."""
    if state.next_check_at is None or state.last_checked_at is None:
        return tempo.usual
    return max(state.next_check_at - state.last_checked_at, timedelta(seconds=1))
