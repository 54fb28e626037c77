"""An incident follows from its claims: it is opened by a report, grows, is merged, withdrawn, retracted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from bot.incidents.claims import NOBODY, Sides, make_claim, mark_copy
from bot.incidents.codes import code_candidates
from bot.incidents.roles import names_a_day
from bot.incidents.severity import judge_severity
from bot.incidents.status import judge_status, rests_on
from bot.model import Claim, Finding, FoundPlace, Incident, IncidentStatus, Report
from bot.voices import collapse

T = TypeVar("T", bound=Hashable)


def grow(
    incident: Incident | None,
    report: Report,
    finding: Finding,
    *,
    code: str = "",
    sides: Sides = NOBODY,
    origin: str | None = None,
    copied_report: int | None = None,
    is_late: bool = False,
) -> Incident:
    """The incident with this report's claim; a new one when there was none.

    A report that stands in the ledger already (a new revision) replaces its own claim. `code` is for a new
    incident; by default it is the first candidate. `origin` is whom the text credits, `copied_report` the id
    of a report of which it is a near-copy. `is_late` keeps a closed incident closed. Raises ValueError when
    a new incident's finding has no theatre or the report no id.
    """
    claim = make_claim(report, finding, sides=sides, origin=origin)
    if incident is None:
        return derive(_begin(report, finding, claim, code))
    claims = [c for c in incident.claims if c.report_id != claim.report_id]
    claims.append(mark_copy(claim, next((c for c in claims if c.report_id == copied_report), None)))
    last = incident.last_report_at if is_late else max(incident.last_report_at, report.reported_at)
    return derive(replace(incident, claims=_sorted(claims), last_report_at=last))


def merge(older: Incident, younger: Incident) -> Incident:
    """The older incident with the claims of the younger: they turned out to be one."""
    known = {claim.report_id for claim in older.claims}
    claims = (*older.claims, *(c for c in younger.claims if c.report_id not in known))
    last = max(older.last_report_at, younger.last_report_at)
    return derive(replace(older, claims=_sorted(claims), last_report_at=last))


def withdraw(incident: Incident, report_id: int, reason: str) -> Incident:
    """The incident without a report that its source took back; retracted when no other tells of it."""
    left = tuple(c for c in incident.claims if c.report_id != report_id)
    if all(claim.is_copy for claim in left):
        return retract(incident, reason)
    return derive(replace(incident, claims=left))


def retract(incident: Incident, reason: str) -> Incident:
    """The incident struck out, with the reason that people are told."""
    return replace(incident, status=IncidentStatus.RETRACTED, retraction=reason)


def derive(incident: Incident) -> Incident:
    """The incident with every value that follows from its claims."""
    claims = incident.claims
    told = [claim for claim in claims if not claim.is_copy] or list(claims)
    places = _places(told)
    acts = _by_count(act for claim in told for act in claim.acts)
    killed, wounded = (_range(v.killed for v in collapse(told)), _range(v.wounded for v in collapse(told)))
    is_retracted = incident.retraction is not None
    return replace(
        incident,
        occurred=_day(told, incident.occurred),
        truce=next((claim.truce for claim in told if claim.truce), incident.truce),
        status=IncidentStatus.RETRACTED if is_retracted else judge_status(claims),
        severity=judge_severity(acts, killed, wounded, places),
        places=places,
        regions=_regions(incident.theatre, places),
        rests_on=rests_on(claims),
        accused=_by_count(party for claim in told for party in claim.accused),
        acts=acts,
        killed=killed,
        wounded=wounded,
    )


def _begin(report: Report, finding: Finding, claim: Claim, code: str) -> Incident:
    if finding.theatre is None:
        raise ValueError("a finding without a theatre opens no incident")
    occurred = finding.occurred or report.reported_at.date()
    seed = f"{report.source.id} {report.key}"
    return Incident(
        id=None,
        code=code or next(code_candidates(finding.theatre, occurred, seed)),
        theatre=finding.theatre,
        occurred=occurred,
        opened_at=report.reported_at,
        last_report_at=report.reported_at,
        claims=(claim,),
    )


def _sorted(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    return tuple(sorted(claims, key=lambda claim: (claim.said_at, claim.report_id)))


def _day(claims: Sequence[Claim], otherwise: date) -> date:
    days = _by_count(claim.occurred for claim in claims if claim.occurred and names_a_day(claim, claims))
    return days[0] if days else otherwise


def _by_count(values: Iterable[T]) -> tuple[T, ...]:
    """Distinct values, the most frequent first, equals in the order of their first mention."""
    return tuple(value for value, _ in Counter(values).most_common())


def _places(claims: Sequence[Claim]) -> tuple[FoundPlace, ...]:
    """Distinct places, those that most claims name first."""
    first: dict[str, FoundPlace] = {}
    for claim in claims:
        for place in claim.places:
            first.setdefault(_key(place), place)
    order = _by_count(_key(place) for claim in claims for place in claim.places)
    return tuple(first[key] for key in order)


def _key(place: FoundPlace) -> str:
    return place.region or f"{place.path} {place.name}"


def _regions(theatre: str, places: Iterable[FoundPlace]) -> tuple[str, ...]:
    ids = [theatre, *(region for place in places for region in (*place.path, place.region) if region)]
    return tuple(dict.fromkeys(ids))


def _range(numbers: Iterable[int | None]) -> tuple[int, int] | None:
    given = [number for number in numbers if number is not None]
    return (min(given), max(given)) if given else None
