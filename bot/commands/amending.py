"""What admins of the bot set right: an incident taken back, two made one, a report placed elsewhere.

Each is one transaction; whoever was told learns of it through the outbox, and nobody else does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.errors import TrucewatchError
from bot.incidents import code_candidates, derive, judge_change, merge, retract
from bot.ingest import tell_change
from bot.model import Alert, AlertKind, Claim, DeliveryForm, Incident
from bot.storage.alerts import add_alert
from bot.storage.findings import text_of
from bot.storage.incidents import add_incident, incident_by_code, is_code_taken, save_incident
from bot.storage.merging import merge_incidents
from bot.storage.reports import link_report

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""

TOLD_WITHIN = timedelta(hours=24)
"""A report that becomes an incident of its own is told if it is no older: later it is no news."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """What an admin asked for: `what` is a command, `code` its incident, `other` and `report_id` the rest."""

    what: str
    code: str
    other: str = ""
    report_id: int = 0
    reason: str = ""
    asked_at: int = 0

    def to_row(self) -> dict[str, Any]:
        """As it is kept until it is confirmed."""
        return asdict(self)


class MootError(TrucewatchError):
    """The ruling no longer fits what is stored: an incident or a report went elsewhere meanwhile."""


async def carry_out(conn: Connection, ruling: Ruling, now: datetime) -> Incident:
    """Do it; returns the incident as it is then. Raises MootError."""
    incident = await _need(conn, ruling.code)
    if ruling.what == "retract":
        return await _retract(conn, incident, ruling.reason, now)
    if ruling.what == "split":
        return await _split(conn, incident, ruling.report_id, now)
    other = await _need(conn, ruling.other)
    if ruling.what == "merge":
        return await _merge(conn, *order_by_age(incident, other), now)
    return await _move(conn, incident, other, ruling.report_id, now)


def order_by_age(one: Incident, other: Incident) -> tuple[Incident, Incident]:
    """The older first, which survives."""
    first, second = sorted((one, other), key=lambda each: (each.opened_at, each.id or 0))
    return first, second


def claim_of(incident: Incident, report_id: int) -> Claim | None:
    """What a report says in an incident."""
    return next((claim for claim in incident.claims if claim.report_id == report_id), None)


async def _retract(conn: Connection, incident: Incident, reason: str, now: datetime) -> Incident:
    if incident.retraction is not None:
        raise MootError
    return await _tell(conn, incident, retract(incident, reason), now)


async def _merge(conn: Connection, kept: Incident, gone: Incident, now: datetime) -> Incident:
    """Nobody is alerted: messages about either change to what is known of both."""
    if kept.id is None or gone.id is None or kept.id == gone.id:
        raise MootError
    await merge_incidents(conn, kept.id, gone.id, now)
    told = [each.told_at for each in (kept, gone) if each.told_at is not None]
    merged = merge(replace(kept, told_at=min(told, default=None)), gone)
    if not told:
        await save_incident(conn, merged)
        return merged
    merged = replace(merged, changes=merged.changes + 1)
    await save_incident(conn, merged)
    await add_alert(conn, Alert(None, merged, AlertKind.MERGED, now), DeliveryForm.EDIT)
    return merged


async def _split(conn: Connection, incident: Incident, report_id: int, now: datetime) -> Incident:
    claim = claim_of(incident, report_id)
    if claim is None or len(incident.claims) < 2:
        raise MootError
    await _tell(conn, incident, _without(incident, report_id), now)
    own = replace(claim, is_copy=False)
    begun = replace(
        incident,
        id=None,
        code=await _free_code(conn, incident, claim),
        occurred=claim.occurred or claim.said_at.date(),
        opened_at=claim.said_at,
        last_report_at=claim.said_at,
        claims=(own,),
        truce=claim.truce or incident.truce,
        changes=0,
        retraction=None,
        told_at=None,
    )
    new = await add_incident(conn, derive(begun))
    await link_report(conn, report_id, new.id)
    if incident.told_at is None or now - claim.said_at > TOLD_WITHIN:
        return new
    return await tell_change(conn, None, new, now, [await text_of(conn, report_id)])


async def _move(
    conn: Connection, source: Incident, target: Incident, report_id: int, now: datetime
) -> Incident:
    claim = claim_of(source, report_id)
    if claim is None or source.id == target.id:
        raise MootError
    if len(source.claims) == 1:
        return await _merge(conn, target, source, now)
    await link_report(conn, report_id, target.id)
    await _tell(conn, source, _without(source, report_id), now)
    grown = merge(target, replace(source, claims=(claim,), last_report_at=claim.said_at))
    return await _tell(conn, target, grown, now)


async def _tell(conn: Connection, before: Incident, after: Incident, now: datetime) -> Incident:
    """Whoever was told of it sees the change; an incident that nobody was told of stays untold."""
    if before.told_at is None or judge_change(before, after) is None:
        await save_incident(conn, after)
        return after
    return await tell_change(conn, before, after, now)


def _without(incident: Incident, report_id: int) -> Incident:
    """The incident without a report; a copy of it speaks for itself from now on when nothing else does."""
    left = tuple(claim for claim in incident.claims if claim.report_id != report_id)
    if all(claim.is_copy for claim in left):
        left = (replace(left[0], is_copy=False), *left[1:])
    return derive(replace(incident, claims=left))


async def _free_code(conn: Connection, incident: Incident, claim: Claim) -> str:
    day = claim.occurred or claim.said_at.date()
    codes: Iterator[str] = code_candidates(incident.theatre, day, f"{incident.code} {claim.report_id}")
    for code in codes:
        if not await is_code_taken(conn, code):
            return code
    raise MootError


async def _need(conn: Connection, code: str) -> Incident:
    found: Incident | None = await incident_by_code(conn, code)
    if found is None:
        raise MootError
    return found
