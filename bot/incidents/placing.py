"""Whether a report belongs to an incident that is known already, or tells of a new one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.incidents.weighing import Weight, weigh
from bot.model import Finding, Incident, Report

CLOSED_AFTER = timedelta(hours=72)
"""After its last report an incident is closed: later references attach to it and alert nobody."""

JOIN_AT = 2.5
"""The weight at which a report joins an incident."""

CANDIDATE_DAYS = timedelta(days=7)
"""How far before a finding's day an incident may have begun to be worth weighing."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The incident that a report joins, or None when it is new, with the weight of the best candidate."""

    incident: Incident | None
    weight: Weight | None = None
    is_late: bool = False
    """True when the incident was closed: the report is kept with it, and nobody is alerted."""


def place(
    report: Report,
    finding: Finding,
    open_incidents: Collection[Incident],
    *,
    copied_report: int | None = None,
) -> Placement:
    """Weigh the report against each incident (of any theatre) and join the heaviest that is heavy enough.

    `copied_report` is the id of a report of which this one is a near-copy.
    """
    known = [i for i in open_incidents if any(c.report_id == report.id for c in i.claims)]
    if known:
        return Placement(known[0], None, _is_closed(known[0], report))
    best = max(
        (
            (weigh(report, finding, i, copied_report), i)
            for i in open_incidents
            if i.theatre == finding.theatre
        ),
        key=lambda pair: (pair[0].total, pair[1].last_report_at),
        default=None,
    )
    if best is None:
        return Placement(None)
    weight, incident = best
    if weight.total < JOIN_AT:
        return Placement(None, weight)
    return Placement(incident, weight, _is_closed(incident, report))


def _is_closed(incident: Incident, report: Report) -> bool:
    return report.reported_at - incident.last_report_at > CLOSED_AFTER
