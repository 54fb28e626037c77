"""What a theatre still hears: its sources' health, weighed by type and kind, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.model import NEUTRAL, SourceKind, SourceType
from bot.watch.health import Diagnosis, Health, Why
from bot.watch.state import SourceCheck

EVERYWHERE = "*"
"""The theatre of a loss that hits them all: then it is most likely this service that hears nothing."""
MOST = "*"
"""What is lost when no single side is: most of the sources."""
MOST_LOST_BELOW = 0.5
"""Share of the weight that is still heard."""
ALL_LOST_BELOW = 0.1
PATIENCE = timedelta(minutes=10)
"""A loss must last so long before anybody is told: hosts restart."""
CALM = timedelta(minutes=5)
"""And its end: a source that answers once in a while is not back."""
STALE_COUNTS = 0.25
"""A source that falls silent for hours may do so because nothing happens."""
_MUTE = frozenset({Why.EMPTY, Why.SAME})
"""No entries, or none that is new for a week: that it answers tells nothing."""
_WEIGHT: dict[SourceType, float] = {
    SourceType.MOD: 3.0,
    SourceType.MONITOR: 3.0,
    SourceType.AGENCY: 3.0,
    SourceType.BROADCASTER: 2.0,
    SourceType.NEWSPAPER: 2.0,
    SourceType.CHANNEL: 1.5,
    SourceType.BLOG: 1.0,
}
_FIRST_HAND = frozenset({SourceKind.FEED, SourceKind.CHANNEL, SourceKind.PAGE})
_SECOND_HAND_COUNTS = 0.3
"""Collections that point to others' articles come later and lean on the same outlets."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of some sources' weight still answers, and when the last of the others did."""

    heard: float = 0.0
    total: float = 0.0
    sources: int = 0
    heard_sources: int = 0
    last_ok_at: datetime | None = None

    @property
    def ratio(self) -> float:
        """0 (nothing is heard) to 1; 1 where nothing is known."""
        return self.heard / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """What one theatre hears, in all and by side (the neutral ones among them)."""

    theatre: str
    whole: Share
    sides: tuple[tuple[str, Share], ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """A side of a theatre, or most of its sources, of which nothing is heard since `since`."""

    theatre: str
    what: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Gap:
    """A loss over time, as it is kept: first seen, told, well again since, over."""

    theatre: str
    what: str
    since: datetime
    seen_at: datetime
    told_at: datetime | None = None
    well_since: datetime | None = None
    over_at: datetime | None = None
    id: int = 0


Judged = tuple[SourceCheck, Diagnosis]


def cover(theatre: str, judged: Iterable[Judged]) -> Coverage:
    """Coverage by the sources that are mostly about this theatre; those of the whole world hide no loss."""
    own = [pair for pair in judged if theatre in pair[0].source.theatres]
    sides = sorted({check.source.side for check, _ in own}, key=lambda side: (side == NEUTRAL, side))
    shares = ((side, measure(p for p in own if p[0].source.side == side)) for side in sides)
    return Coverage(theatre, measure(own), tuple(shares))


def measure(judged: Iterable[Judged]) -> Share:
    """The share of the weight that is heard; what is paused or was never checked counts for nothing."""
    known = [p for p in judged if p[1].health not in {Health.UNKNOWN, Health.PAUSED}]
    answered = [moment for pair in known if (moment := _last_heard(*pair))]
    return Share(
        heard=sum(_weigh(check) * _count(found) for check, found in known),
        total=sum(_weigh(check) for check, _ in known),
        sources=len(known),
        heard_sources=sum(found.is_heard for _, found in known),
        last_ok_at=max(answered, default=None),
    )


def find_losses(covered: Sequence[Coverage], whole: Share) -> tuple[Loss, ...]:
    """All that is lost now. Where all is lost, or most of a theatre, its parts are not told singly."""
    if whole.total and whole.ratio < ALL_LOST_BELOW:
        return (Loss(EVERYWHERE, MOST, whole.last_ok_at),)
    return tuple(loss for coverage in covered for loss in _losses(coverage))


def _losses(coverage: Coverage) -> tuple[Loss, ...]:
    whole = coverage.whole
    if whole.total and whole.ratio < MOST_LOST_BELOW:
        return (Loss(coverage.theatre, MOST, whole.last_ok_at),)
    return tuple(
        Loss(coverage.theatre, side, share.last_ok_at)
        for side, share in coverage.sides
        if side != NEUTRAL and share.total and not share.heard
    )


def step_gaps(gaps: Iterable[Gap], losses: Iterable[Loss], now: datetime) -> tuple[Gap, ...]:
    """The gaps after a look at `now`; those with `told_at` or `over_at` equal to `now` are news.

    A gap that ended before anybody was told is left out; one that was first seen at a time yet to come, by a
    clock that was wrong, begins anew.
    """
    lost = {(loss.theatre, loss.what): loss for loss in losses}
    open_ = (gap for gap in gaps if gap.over_at is None and (gap.told_at or gap.seen_at <= now))
    known = {(gap.theatre, gap.what): gap for gap in open_}
    stepped = [_step(gap, key in lost, now) for key, gap in known.items()]
    fresh = [
        Gap(theatre, what, loss.since or now, seen_at=now)
        for (theatre, what), loss in lost.items()
        if (theatre, what) not in known
    ]
    return tuple(gap for gap in (*stepped, *fresh) if gap is not None)


def _step(gap: Gap, is_lost: bool, now: datetime) -> Gap | None:
    if is_lost:
        told_at = gap.told_at or (now if now - gap.seen_at >= PATIENCE else None)
        return replace(gap, told_at=told_at, well_since=None)
    if gap.told_at is None:
        return None
    well_since = min(gap.well_since or now, now)
    return replace(gap, well_since=well_since, over_at=now if now - well_since >= CALM else None)


def _weigh(check: SourceCheck) -> float:
    factor = 1.0 if check.source.kind in _FIRST_HAND else _SECOND_HAND_COUNTS
    return _WEIGHT[check.source.type] * factor


def _count(found: Diagnosis) -> float:
    if found.is_heard:
        return 1.0
    return STALE_COUNTS if found.health is Health.STALE and found.why not in _MUTE else 0.0


def _last_heard(check: SourceCheck, found: Diagnosis) -> datetime | None:
    """When it last answered, or said anything where its answers are empty."""
    return found.since if found.why in _MUTE else check.state.last_ok_at
