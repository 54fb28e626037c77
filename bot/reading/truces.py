"""Which truce binds these parties at that place and hour."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from bot.atlas import Atlas
from bot.model import Truce

SUSPENDED = frozenset({"suspended", "lapsed"})


class TruceTable:
    """All truces by theatre."""

    def __init__(self, truces: Iterable[Truce], atlas: Atlas) -> None:
        self._atlas = atlas
        self._by_theatre: dict[str, list[Truce]] = {}
        for truce in truces:
            self._by_theatre.setdefault(truce.theatre, []).append(truce)

    def has_theatre(self, theatre: str) -> bool:
        """Whether any truce of the theatre is known."""
        return theatre in self._by_theatre

    def parties_of(self, theatre: str) -> frozenset[str]:
        """Every party that some truce of the theatre binds or bound."""
        return frozenset(p for truce in self._by_theatre.get(theatre, ()) for p in truce.parties)

    def in_force(self, theatre: str, day: date, reported_at: datetime) -> list[Truce]:
        """Truces of the theatre that ran on some hour of `day` and had begun when the report was written."""
        dawn = datetime.combine(day, datetime.min.time(), tzinfo=reported_at.tzinfo)
        return [
            truce
            for truce in self._by_theatre.get(theatre, ())
            if truce.status not in SUSPENDED
            and truce.since <= max(reported_at, dawn)
            and truce.since < dawn + timedelta(hours=38)
            and (truce.until is None or truce.until > dawn - timedelta(hours=12))
        ]

    def binding(
        self, theatre: str, day: date, reported_at: datetime, parties: Sequence[str], regions: Sequence[str]
    ) -> Truce | None:
        """The truce in force that binds the most of the parties; None when none of them is bound."""
        rated = [
            (self._rate(truce, parties, regions), truce.since.timestamp(), truce.id, truce)
            for truce in self.in_force(theatre, day, reported_at)
        ]
        best = max(rated, default=None)
        return best[3] if best and best[0] > 0 else None

    def _rate(self, truce: Truce, parties: Sequence[str], regions: Sequence[str]) -> float:
        bound = len(set(parties) & set(truce.parties))
        area = {ancestor for region in regions for ancestor in self._atlas.path(region)}
        is_inside = not regions or not truce.area or bool(area & set(truce.area))
        return bound + (0.5 if is_inside else -1.0)
