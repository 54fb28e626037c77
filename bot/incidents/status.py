"""How far an incident is established, counted by independent origins and never by outlets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.model import Claim, IncidentStatus, SourceType, Stance

OPEN_TO_ALL = frozenset({SourceType.BLOG, SourceType.CHANNEL})
"""Kinds of outlet that anybody can open under any name: what they quote confirms nothing."""


def judge_status(claims: Sequence[Claim]) -> IncidentStatus:
    """Confirmed, disputed (both accuse each other), denied by somebody, or claimed; see docs/incidents.md.

    Retraction is no matter of claims: whoever retracts sets it on the incident.
    """
    if confirmations(claims):
        return IncidentStatus.CONFIRMED
    if is_mutual(claims):
        return IncidentStatus.DISPUTED
    if any(claim.stance is Stance.DENIAL for claim in claims):
        return IncidentStatus.DENIED
    return IncidentStatus.CLAIMED


def confirmations(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    """The claims on which "confirmed" rests; none when it is not confirmed.

    A monitor's own report is enough. The accused's admission or another side's word needs a second,
    independent origin that tells of the incident, so that one outlet alone never confirms anything; an ally
    of who accuses is no other side, and what a blog or a channel quotes confirms nothing.
    """
    originals = [claim for claim in claims if not claim.is_copy]
    return tuple(
        claim for claim in originals if is_monitors_own(claim) or _is_backed_confirmation(claim, originals)
    )


def rests_on(claims: Sequence[Claim]) -> tuple[int, ...]:
    """Ids of the reports that confirm the incident, else of those that deny it."""
    resting = confirmations(claims) or tuple(c for c in claims if c.stance is Stance.DENIAL)
    return tuple(claim.report_id for claim in resting)


def is_monitors_own(claim: Claim) -> bool:
    """True when a monitor itself tells what it established."""
    return claim.speaker_type is SourceType.MONITOR and claim.speaker == claim.origin


def is_mutual(claims: Sequence[Claim]) -> bool:
    """True when two parties accuse each other."""
    pairs = {pair for claim in claims for pair in _accusations(claim)}
    return any((accused, accuser) in pairs for accuser, accused in pairs)


def _is_backed_confirmation(claim: Claim, originals: Sequence[Claim]) -> bool:
    if claim.stance is not Stance.CONFIRMATION or claim.speaker_type in OPEN_TO_ALL:
        return False
    if _speaks_for_accuser(claim, originals):
        return False
    return any(
        other.origin != claim.origin and other.speaker != claim.speaker and other.stance is not Stance.DENIAL
        for other in originals
    )


def _speaks_for_accuser(claim: Claim, originals: Sequence[Claim]) -> bool:
    """True when the speaker, no party to the blame itself, is of one side with somebody who accuses."""
    if claim.speaker in claim.accused:
        return False
    return any(
        _bloc(other) == _bloc(claim)
        for other in originals
        if other.stance is not Stance.CONFIRMATION and other.stance is not Stance.DENIAL and other.accused
    )


def _bloc(claim: Claim) -> str:
    return claim.bloc or claim.speaker


def _accusations(claim: Claim) -> Iterator[tuple[str, str]]:
    for accuser in (claim.speaker, *claim.accuser):
        for accused in claim.accused:
            if accused != accuser:
                yield accuser, accused
