"""Which part each report plays in its incident, beside what it says by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.incidents.profiles import FOLLOWING
from bot.model import Claim, Incident, SourceType, Stance

OVERNIGHT = timedelta(hours=15)
"""An outlet that tells of an incident a night after it was first told brings what has become of it."""

PARTIES_OWN = frozenset({SourceType.MOD, SourceType.CHANNEL})
"""Kinds of sources through which a party itself speaks: what it holds against another stays a claim."""


def tell_roles(incident: Incident) -> Incident:
    """The incident as people are told of it: with `update` for an outlet's claim long after the first report.

    A side that was accused and accuses for the first time makes a claim, however late. An answer that names
    no day but its own gets the incident's. This is for telling alone: how far an incident is established
    rests on the stances as they were read.
    """
    return replace(incident, claims=tuple(_tell(claim, incident) for claim in incident.claims))


def names_a_day(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether the claim's day may be the incident's: not that of an answer to reports of an earlier day."""
    day = claim.occurred
    if day is None or day < claim.said_at.date() or _role(claim, claims) not in FOLLOWING:
        return day is not None
    return not any(each.occurred and each.occurred < day for each in _before(claim, claims))


def _tell(claim: Claim, incident: Incident) -> Claim:
    day = claim.occurred if names_a_day(claim, incident.claims) else incident.occurred
    return replace(claim, stance=_role(claim, incident.claims), occurred=day)


def _role(claim: Claim, claims: Sequence[Claim]) -> Stance:
    if claim.stance is not Stance.CLAIM or claim.is_copy or claim.speaker_type in PARTIES_OWN:
        return claim.stance
    is_late = any(claim.said_at - each.said_at >= OVERNIGHT for each in claims)
    return Stance.UPDATE if is_late and not _answers(claim, claims) else Stance.CLAIM


def _before(claim: Claim, claims: Sequence[Claim]) -> list[Claim]:
    return [each for each in claims if each.said_at < claim.said_at]


def _answers(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether the speaker was accused by those who spoke before, and has not spoken itself."""
    before = _before(claim, claims)
    is_accused = any(claim.speaker in each.accused for each in before)
    return is_accused and all(each.speaker != claim.speaker for each in before)
