"""Whether a report belongs to an incident that is known already, or tells of a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from bot.incidents.nearness import FACING, weigh_places
from bot.incidents.profiles import Profile
from bot.incidents.weighing import JOIN_AT, Weight, prepare, weigh
from bot.model import Finding, Report

CLOSED_AFTER = timedelta(hours=72)
"""After its last report an incident is closed: later references attach to it and alert nobody."""


SAME_AT = 5.0
"""The weight at which a report is certainly of an incident: of two such, both are one."""


@dataclass(frozen=True, slots=True)
class Placement:
    """The incident that a report joins, or None when it is new, with the weight of the best candidate."""

    joined: Profile | None
    weight: Weight | None = None
    is_late: bool = False
    """True when the incident was closed: the report is kept with it, and nobody is alerted."""
    twin: Profile | None = None
    """Another open incident that turns out to be the same one; None nearly always."""


def place(
    report: Report,
    finding: Finding,
    candidates: Iterable[Profile],
    *,
    own: Profile | None = None,
    copied: int | None = None,
    is_own_copy: bool = False,
) -> Placement:
    """Weigh the report against each candidate of its theatre and join the heaviest that is heavy enough.

    `own` is the incident in which the report stands already: a new revision stays there. `copied` is the
    id of the incident that holds the report of which this one is a near-copy, `is_own_copy`: of the same
    source. What was taken back is joined by copies alone: whoever tells it in other words tells it anew.
    """
    if own is not None:
        return Placement(own, None, _is_closed(own, report))
    telling = prepare(report, finding)
    weighed = [
        (weigh(telling, each, is_copy=_holds(each, copied) and not is_own_copy), each)
        for each in candidates
        if each.theatre == finding.theatre and (not each.is_retracted or _holds(each, copied))
    ]
    if not weighed:
        return Placement(None)
    weight, best = max(weighed, key=lambda pair: (pair[0].total, pair[1].last_report_at))
    if weight.total < JOIN_AT:
        return Placement(None, weight)
    twins = (each for sum_, each in weighed if each is not best and _is_certain(sum_))
    twin = next((each for each in twins if _is_certain(weight) and _is_same(best, each, report)), None)
    return Placement(best, weight, _is_closed(best, report), twin)


def _holds(incident: Profile, copied: int | None) -> bool:
    return copied is not None and incident.id == copied


def _is_certain(weight: Weight) -> bool:
    """True for the same day, place and accused, and not for a count over a period."""
    return weight.total >= SAME_AT and min(reason.weight for reason in weight.reasons[:2]) >= 1.0


def _is_same(one: Profile, other: Profile, report: Report) -> bool:
    """True when nothing but the way of telling kept two incidents apart.

    Whoever told of both knew two, and villages that only a summary names together stay two.
    """
    if any(each.is_tally or each.is_retracted or _is_closed(each, report) for each in (one, other)):
        return False
    ours, theirs = {h.source_id for h in one.heard}, {h.source_id for h in other.heard}
    if ours & theirs or not set(one.days) & set(other.days):
        return False
    is_across = _accuses(one, other) or _accuses(other, one)
    return weigh_places(one.places, other.places, is_other_side=is_across) >= FACING


def _accuses(one: Profile, other: Profile) -> bool:
    accusers = {party for heard in one.heard for party in heard.accuser}
    return any(not accusers.isdisjoint(heard.accused) for heard in other.heard)


def _is_closed(incident: Profile, report: Report) -> bool:
    return report.reported_at - incident.last_report_at > CLOSED_AFTER
