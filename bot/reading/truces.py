"""Which truce binds these parties at that place and hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from bot.atlas import Atlas
from bot.model import Truce

GRACE = timedelta(hours=12)
"""An act in the night in which a truce ends is still told as its breach."""

DAY_END = timedelta(hours=38)
"""From midnight UTC of a day to its end wherever it is counted."""


class TruceTable:
    """All truces by theatre. An entry is one period: `suspended` means that none held then in that area."""

    def __init__(self, truces: Iterable[Truce], atlas: Atlas) -> None:
        self._atlas = atlas
        self._by_theatre: dict[str, list[Truce]] = {}
        for truce in truces:
            self._by_theatre.setdefault(truce.theatre, []).append(truce)

    def parties_of(self, theatre: str) -> frozenset[str]:
        """Every party that some truce of the theatre binds or bound."""
        return frozenset(p for truce in self._by_theatre.get(theatre, ()) for p in truce.parties)

    def in_force(self, theatre: str, day: date, reported_at: datetime, regions: Sequence[str]) -> list[Truce]:
        """Truces of the theatre that ran at some hour of `day` and had begun when the report was written.

        Where the report names `regions`, those that hold elsewhere or were suspended there do not count.
        """
        dawn = datetime.combine(day, datetime.min.time(), tzinfo=UTC)
        running = [
            truce
            for truce in self._by_theatre.get(theatre, ())
            if truce.since < min(dawn + DAY_END, max(reported_at, dawn))
            and (truce.until > dawn - GRACE if truce.until else truce.status != "lapsed")
        ]
        area = self._ancestors(regions)
        broken = [t for t in running if t.status == "suspended" and (not t.area or area & set(t.area))]
        return [
            t
            for t in running
            if t.status != "suspended"
            and self._reaches(t, regions, area)
            and not any(set(t.parties) == set(b.parties) for b in broken)
        ]

    def _reaches(self, truce: Truce, regions: Sequence[str], area: set[str]) -> bool:
        """Whether a truce holds in one of the regions, in what they lie in, or in a part of one."""
        if not regions or not truce.area or area & set(truce.area):
            return True
        return any(region in self._atlas.path(each) for each in truce.area for region in regions)

    def binding(
        self, truces: Sequence[Truce], accused: Sequence[str], named: Sequence[str], regions: Sequence[str]
    ) -> Truce | None:
        """The truce that binds the accused and the most of the others named; None when it binds nobody."""
        area = self._ancestors(regions)
        rated = [(self._rate(t, accused, named, area), t.since.timestamp(), t.id, t) for t in truces]
        best = max(rated, default=None)
        return best[3] if best and best[0] >= 1 else None

    def _rate(self, truce: Truce, accused: Sequence[str], named: Sequence[str], area: set[str]) -> float:
        bound = set(truce.parties)
        is_inside = not area or not truce.area or bool(area & set(truce.area))
        return 2 * len(set(accused) & bound) + len(set(named) & bound) + (0.5 if is_inside else -1.0)

    def _ancestors(self, regions: Iterable[str]) -> set[str]:
        return {ancestor for region in regions for ancestor in self._atlas.path(region)}


def free_hours(truces: Sequence[Truce], day: date, zone: tzinfo, told_at: datetime) -> tuple[float, float]:
    """The shares of the hours of `day` in `zone`, up to `told_at`, before the first truce and after the last.

    Nothing is free where there are no truces, nor where the report is older than the day.
    """
    dawn = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
    end = min(dawn + timedelta(days=1), told_at)
    if not truces or end <= dawn:
        return 0.0, 0.0
    since, until = min(t.since for t in truces), max(t.until or end for t in truces)
    return _share(dawn, since, end), 1.0 - _share(dawn, until, end)


def _share(start: datetime, moment: datetime, end: datetime) -> float:
    """How far a moment lies from start to end, from 0 to 1."""
    return min(max((moment - start) / (end - start), 0.0), 1.0)
