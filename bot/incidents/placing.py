"""Whether a report belongs to an incident that is known already, or tells of a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.incidents.profiles import Profile, prepare
from bot.incidents.weighing import JOIN_AT, Weight, weigh
from bot.model import Finding, Report

CLOSED_AFTER = timedelta(hours=72)
"""After its last report an incident is closed: later references attach to it and alert nobody."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The incident that a report joins, or None when it is new, with the weight of the best candidate."""

    joined: Profile | None
    weight: Weight | None = None
    is_late: bool = False
    """True when the incident was closed: the report is kept with it, and nobody is alerted."""


def place(
    report: Report,
    finding: Finding,
    candidates: Iterable[Profile],
    *,
    own: Profile | None = None,
    copied: int | None = None,
) -> Placement:
    """Weigh the report against each candidate of its theatre and join the heaviest that is heavy enough.

    `own` is the incident in which the report stands already: a new revision stays there. `copied` is the
    id of the incident that holds the report of another source of which this one is a near-copy.
    """
    if own is not None:
        return Placement(own, None, _is_closed(own, report))
    telling = prepare(report, finding)
    weighed = [
        (weigh(telling, each, is_copy=copied is not None and each.id == copied), each)
        for each in candidates
        if each.theatre == finding.theatre
    ]
    if not weighed:
        return Placement(None)
    weight, best = max(weighed, key=lambda pair: (pair[0].total, pair[1].last_report_at))
    if weight.total < JOIN_AT:
        return Placement(None, weight)
    return Placement(best, weight, _is_closed(best, report))


def _is_closed(incident: Profile, report: Report) -> bool:
    return report.reported_at - incident.last_report_at > CLOSED_AFTER
