"""How long to wait until a source is asked again."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.watch.state import SourceState

FASTEST = timedelta(seconds=20)
"""For sources that publish often, and where a grave incident is open."""
SLOWEST = timedelta(minutes=5)
"""For quiet ones: what the first report of a quiet source may be late by."""
CHECKS_A_PIECE = 15
"""Checks between two pieces of news: one each five minutes is looked for every 20 seconds."""
SILENCE_SHARE = 4
"""A source that falls silent is asked less and less: a silence counts as a rhythm four times as quick."""
FULLY_OBEYED = timedelta(hours=1)
"""A longer max-age or ttl was meant for files that never change; the source is asked once an hour then."""
_TTL = re.compile(rb"<ttl>\s*(\d{1,5})\s*</ttl>", re.IGNORECASE)
_LOOKED_AT = 20_000


@dataclass(frozen=True, slots=True)
class Tempo:
    """What decides the wait besides the source itself.

    `usual` is for sources that nothing is known of; `is_fixed`: the operator set just this wait for this
    source; `is_urgent`: a grave incident is open where it reports from.
    """

    usual: timedelta
    is_fixed: bool = False
    is_urgent: bool = False


def choose_wait(state: SourceState, now: datetime, tempo: Tempo) -> timedelta:
    """The wait after an answer, before luck; never below what the source allows."""
    return max(_wanted(state, now, tempo), allowed_wait(state))


def allowed_wait(state: SourceState) -> timedelta:
    """The shortest wait that the source bears: its max-age or ttl, and what it answered 429 to."""
    asked = min(timedelta(seconds=state.vitals.allowed_s), FULLY_OBEYED)
    return max(asked, timedelta(seconds=state.vitals.floor_s))


def read_ttl(body: bytes) -> timedelta | None:
    """The minutes that an RSS document asks to be left alone for."""
    found = _TTL.search(body[:_LOOKED_AT])
    return timedelta(minutes=int(found[1])) if found else None


def _wanted(state: SourceState, now: datetime, tempo: Tempo) -> timedelta:
    if tempo.is_fixed:
        return tempo.usual
    fastest, slowest = min(FASTEST, tempo.usual), max(SLOWEST, tempo.usual)
    if tempo.is_urgent:
        return fastest
    since = state.last_new_at or state.first_checked_at or now
    silence = max(now - since, timedelta())
    if state.vitals.rhythm_s is None:
        return min(max(tempo.usual, silence / CHECKS_A_PIECE), slowest)
    rhythm = max(timedelta(seconds=state.vitals.rhythm_s), silence / SILENCE_SHARE)
    return min(max(rhythm / CHECKS_A_PIECE, fastest), slowest)
