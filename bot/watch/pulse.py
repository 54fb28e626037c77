"""Whether the service moves: sources are checked, and what is due leaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.watch.state import SourceCheck

PATIENCE: Final = timedelta(minutes=10)
"""How long nothing may move before somebody should look: a router restarts in less."""
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


class Part(StrEnum):
    """What can stand still."""

    CHECKS = "checks"
    DELIVERIES = "deliveries"


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last signs of life. None times: never, or nothing is due.

    `is_checked`: some source has answered when it was to, or there is none to be checked.
    """

    is_checked: bool
    last_ok_at: datetime | None
    due_since: datetime | None
    last_sent_at: datetime | None


def are_checked(checks: Iterable[SourceCheck], now: datetime) -> bool:
    """Whether some source that is not paused has answered, and is not long due again; or there is none."""
    states = [check.state for check in checks if check.state.paused_at is None]
    alive = (
        now - state.last_ok_at <= PATIENCE
        or (not state.failures and state.next_check_at is not None and now - state.next_check_at <= PATIENCE)
        for state in states
        if state.last_ok_at is not None
    )
    return not states or any(alive)


def find_standstills(pulse: Pulse, started_at: datetime, now: datetime) -> dict[Part, datetime]:
    """What has not moved for longer than `PATIENCE`, and since when; a process has as long to begin."""
    found: dict[Part, datetime] = {}
    if not pulse.is_checked:
        found[Part.CHECKS] = max(pulse.last_ok_at or _LONG_AGO, started_at)
    if pulse.due_since is not None:
        found[Part.DELIVERIES] = max(pulse.due_since, pulse.last_sent_at or _LONG_AGO, started_at)
    return {part: since for part, since in found.items() if now - since > PATIENCE}


def is_moving(part: Part, pulse: Pulse, since: datetime) -> bool:
    """Whether what stood still since then moves again, or nothing is due any more."""
    if part is Part.CHECKS:
        return pulse.is_checked
    return pulse.due_since is None or (pulse.last_sent_at or _LONG_AGO) > since
