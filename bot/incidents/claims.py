"""The claim that a report adds to an incident's ledger: who says it, for whom, and whose text it repeats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.model import NEUTRAL, Claim, Finding, Report, SourceType, Stance


@dataclass(frozen=True, slots=True)
class Sides:
    """What the data knows of parties: ids of monitors, and with which other a party counts as one side."""

    observers: Collection[str] = frozenset()
    blocs: Mapping[str, str] = field(default_factory=dict)


NOBODY = Sides()
"""No monitors and no allies."""


def make_claim(
    report: Report,
    finding: Finding,
    *,
    sides: Sides = NOBODY,
    origin: str | None = None,
) -> Claim:
    """The claim that a report adds to an incident's ledger.

    `origin` is whom the text credits, if anybody. The report must have an id; raises ValueError otherwise.
    """
    if report.id is None:
        raise ValueError("a report without an id cannot stand in a ledger")
    speaker, side = name_speaker(report, finding, sides.observers)
    return Claim(
        speaker=speaker,
        speaker_type=report.source.type,
        side=side,
        origin=origin or report.source.origin_id,
        stance=finding.stance or Stance.CLAIM,
        report_id=report.id,
        source_id=report.source.id,
        source_name=report.source.name,
        url=report.url,
        title=report.title,
        language=finding.language,
        said_at=report.seen_at if report.revision > 1 else report.reported_at,
        accused=finding.accused,
        accuser=finding.accuser,
        acts=finding.acts,
        places=finding.places,
        killed=finding.killed,
        wounded=finding.wounded,
        truce=finding.truce,
        occurred=finding.occurred,
        bloc=sides.blocs.get(speaker, speaker),
    )


def mark_copy(claim: Claim, copied: Claim | None) -> Claim:
    """The claim with the origin of the report whose text it copies, if it copies one.

    A copy that says something new (other numbers, another stance) is heard, though as of the same origin.
    """
    if copied is None or copied.source_id == claim.source_id:
        return claim
    says = (claim.killed, claim.wounded, claim.stance)
    return replace(
        claim, origin=copied.origin, is_copy=says == (copied.killed, copied.wounded, copied.stance)
    )


def name_speaker(report: Report, finding: Finding, observers: Collection[str]) -> tuple[str, str]:
    """Who speaks in the report, and for which side: a party, or the source for itself."""
    source = report.source
    if speaks_for_itself(report, finding, observers):
        return source.origin_id, source.side
    watching = tuple(party for party in finding.accuser if party in observers)
    own_blame, own_word = _own(source.side, finding.accused), _own(source.side, finding.accuser)
    ranks: tuple[tuple[str, ...], ...] = (own_word, finding.accuser, own_blame)
    if finding.stance is Stance.DENIAL:
        ranks = (own_blame, finding.accused, finding.accuser)
    elif finding.stance is Stance.CONFIRMATION:
        ranks = (own_blame, own_word, watching, finding.accuser, finding.accused)
    for parties in ranks:
        if parties:
            return parties[0], NEUTRAL if parties[0] in observers else parties[0]
    return source.origin_id, source.side


def speaks_for_itself(report: Report, finding: Finding, observers: Collection[str]) -> bool:
    """True for a monitor that tells what it saw, and not what a side says."""
    if report.source.type is not SourceType.MONITOR or finding.stance is Stance.DENIAL:
        return False
    if finding.stance in (Stance.CONFIRMATION, Stance.TALLY) or not finding.accuser:
        return True
    return all(p in observers or p == report.source.side for p in finding.accuser)


def _own(side: str, parties: Sequence[str]) -> tuple[str, ...]:
    return (side,) if side in parties else ()
