"""The claims of an incident by who makes them: a line for each side and observer, copies collapsed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.model import Claim


@dataclass(frozen=True, slots=True)
class Voice:
    """One side or observer of an incident: its newest claim, and how often and from where it was heard.

    `said` is all that it said, `own` what of that is no copy of another report, if anything.
    """

    speaker: str
    claim: Claim
    said: tuple[Claim, ...]
    own: tuple[Claim, ...]
    first_at: datetime
    last_at: datetime
    reports: int
    origins: frozenset[str]
    killed: int | None
    wounded: int | None


def collapse(claims: Iterable[Claim]) -> tuple[Voice, ...]:
    """One voice a speaker, in the order in which they were first heard; its numbers are its latest."""
    spoken: dict[str, list[Claim]] = {}
    for claim in claims:
        spoken.setdefault(claim.speaker, []).append(claim)
    return tuple(_voice(speaker, said) for speaker, said in spoken.items())


def _voice(speaker: str, said: Sequence[Claim]) -> Voice:
    originals = [claim for claim in said if not claim.is_copy] or list(said)
    return Voice(
        speaker=speaker,
        claim=originals[-1],
        said=tuple(said),
        own=tuple(originals),
        first_at=said[0].said_at,
        last_at=said[-1].said_at,
        reports=len(said),
        origins=frozenset(claim.origin for claim in said),
        killed=_latest([claim.killed for claim in originals]),
        wounded=_latest([claim.wounded for claim in originals]),
    )


def _latest(numbers: Sequence[int | None]) -> int | None:
    return next((number for number in reversed(numbers) if number is not None), None)
