"""What people judge of incidents after the fact, and the precision that follows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

FEWEST = 30
"""Judged incidents below which a share says nothing: one verdict more would move it by three points."""
LOOKS_BACK = timedelta(days=90)
"""Older verdicts tell of a bot that judged otherwise."""


class Judgement(StrEnum):
    """What an admin says of an incident that was alerted."""

    RIGHT = "right"
    NO_VIOLATION = "no_violation"
    DUPLICATE = "duplicate"
    WRONG_PLACE = "wrong_place"


class Reviewing(StrEnum):
    """What an admin's chat reviews: every new incident, those that it hears of anyway, or none."""

    ALL = "all"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One admin's judgement of an incident; `reports` are the ids of those that it told of then."""

    code: str
    judge: str
    judgement: Judgement
    judged_at: datetime
    reports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Precision:
    """How many of the judged incidents were right, and when the first and the last of them was judged."""

    right: int
    judged: int
    first_at: datetime
    last_at: datetime

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.right / self.judged


def measure_precision(verdicts: Iterable[Verdict], now: datetime) -> Precision | None:
    """Of each incident the latest verdict counts; None while they are fewer than `FEWEST`."""
    recent = sorted(
        (v for v in verdicts if now - v.judged_at <= LOOKS_BACK), key=lambda v: (v.judged_at, v.judge)
    )
    latest = {verdict.code: verdict for verdict in recent}
    if len(latest) < FEWEST:
        return None
    times = [verdict.judged_at for verdict in latest.values()]
    right = sum(v.judgement is Judgement.RIGHT for v in latest.values())
    return Precision(right, len(latest), min(times), max(times))
