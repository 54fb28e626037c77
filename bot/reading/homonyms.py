"""Which of several regions a name means: what else the report names tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.atlas import RANKS, Atlas, apart_km
from bot.folding import fold
from bot.model import Region, RegionLevel
from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages

SAME_SPOT_KM = 30.0
"""Regions so near each other are one spot: a town, its district, a post that is called after it."""

NEIGHBOUR_KM = 150.0
"""A place farther away tells nothing about which village is meant."""


class Homonyms:
    """Tells villages of one name apart; asked for one mention at a time."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas

    def choose(self, passages: Passages, mention: Mention, regions: Sequence[Region]) -> list[Region]:
        """The regions that may be meant: one, or some of one spot. Their order is kept.

        A whole name goes before one with an ending. Far from each other, the one that lies in a named
        district is meant, else the nearest to another named place, else the widest and first.
        """
        left = _written_so(passages, mention, regions) or list(regions)
        if len(left) < 2 or _are_one_spot(left):
            return left
        others = list(self._others(passages, mention, self._atlas.path(left[0].id)[0]))
        sure = [regions[0] for regions in others if len(regions) == 1]
        named = {region.id: _rank(region) for regions in others for region in regions}
        meant = self._in_a_named(left, named) or _nearest(left, sure) or min(left, key=_rank)
        return [region for region in left if apart_km(region, meant) < SAME_SPOT_KM]

    def _others(self, passages: Passages, mention: Mention, theatre: str) -> Iterator[list[Region]]:
        """What other names of the report mean in the theatre, but the theatre itself."""
        for other in passages.places:
            found = [region for code in codes_of(other, "r") if (region := self._atlas.get(code))]
            if other.codes != mention.codes:
                yield [r for r in found if r.parent and self._atlas.path(r.id)[0] == theatre]

    def _in_a_named(self, regions: Sequence[Region], named: Mapping[str, int]) -> Region | None:
        """The one that lies in the narrowest of the other regions named."""
        depths = [
            max((named.get(holder, 0) for holder in self._atlas.path(region.id)[:-1]), default=0)
            for region in regions
        ]
        return regions[depths.index(max(depths))] if any(depths) else None


def _written_so(passages: Passages, mention: Mention, regions: Sequence[Region]) -> list[Region]:
    """Those whose name is the mention letter by letter, without an ending."""
    words = passages.text.folded[mention.start : mention.end]
    return [r for r in regions if any(fold(name) == words for name in r.spellings)]


def _are_one_spot(regions: Sequence[Region]) -> bool:
    return all(apart_km(regions[0], other) < SAME_SPOT_KM for other in regions[1:])


def _nearest(regions: Sequence[Region], others: Sequence[Region]) -> Region | None:
    """The one that lies nearest to another place named, when that is near."""
    narrow = [o for o in others if o.level in {RegionLevel.PLACE, RegionLevel.DISTRICT}]
    pairs = [(apart_km(region, other), n) for n, region in enumerate(regions) for other in narrow]
    if not pairs or min(pairs)[0] > NEIGHBOUR_KM:
        return None
    return regions[min(pairs)[1]]


def _rank(region: Region) -> int:
    return RANKS[region.level]
