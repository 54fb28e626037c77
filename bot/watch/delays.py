"""How long news takes to its readers: kept as counts in fixed steps, which add up over days and processes."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from bot.model import Alert, AlertKind

_STEPS: Final = (1.0, 1.25, 1.6, 2.0, 2.5, 3.2, 4.0, 5.0, 6.3, 8.0)
BOUNDS_S: Final = tuple(float(f"{step * 10**power:.4g}") for power in range(-2, 5) for step in _STEPS)
"""Upper bounds from 10 ms to 22 hours, each a quarter above the one before: a percentile is that exact."""
_LABELS: Final = (*(f"{bound_s:g}" for bound_s in BOUNDS_S), "inf")


def label_of(delay_s: float) -> str:
    """The smallest bound that the delay does not exceed, as it is written; "inf" above all of them."""
    return _LABELS[bisect_left(BOUNDS_S, delay_s)]


def quantile(counts: Mapping[float, int], share: float) -> timedelta | None:
    """What `share` (0 to 1) of the delays did not exceed; None without any. `counts`: how many by bound.

    Whatever was beyond the last bound is told as that bound.
    """
    left = share * sum(counts.values())
    for bound_s in sorted(counts):
        left -= counts[bound_s]
        if left <= 0 and counts[bound_s]:
            return timedelta(seconds=min(bound_s, BOUNDS_S[-1]))
    return None


def reported_at(alert: Alert) -> datetime:
    """When the report came out that made the alert: the first of a new incident, the latest of another."""
    said = [claim.said_at for claim in alert.incident.claims]
    if alert.kind is AlertKind.NEW and said:
        return min(said)
    return alert.incident.last_report_at
