"""The trees of regions, and how a region is found by whatever somebody calls it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.choices import distance_km
from bot.errors import ConfigurationError
from bot.folding import fold
from bot.model import UNSOUGHT, Region, RegionLevel

LIKENESS = 0.66
"""The least likeness (0 to 1, edits against length) of a mistyped name to one that is suggested."""

REACHES_KM = {
    RegionLevel.PLACE: (3.0, 3.0),
    RegionLevel.DISTRICT: (10.0, 60.0),
    RegionLevel.PROVINCE: (30.0, 150.0),
    RegionLevel.THEATRE: (100.0, 800.0),
}
"""The least and the most that a region of each level is taken to reach from its point."""

RANKS = {level: rank for rank, level in enumerate(RegionLevel)}
"""How narrow a region of each level is: the higher the narrower."""


class Atlas:
    """Every region of every theatre; immutable once built.

    Raises ConfigurationError when two regions share an id, a parent is unknown or a tree has a circle.
    """

    def __init__(self, regions: Sequence[Region], former: Mapping[str, Sequence[str]] | None = None) -> None:
        """`former`: ids that were regions once, and what holds their ground now."""
        self.former = dict(former or {})
        self._regions = {region.id: region for region in regions}
        self._children: dict[str | None, list[Region]] = {}
        for region in regions:
            self._children.setdefault(region.parent, []).append(region)
        self._refuse_faults(regions)
        self._refuse_lost(self.former)
        self._paths = {region.id: self._climb(region) for region in regions}
        self._spellings = _index(regions)
        for old, present in self.former.items():
            self._spellings.setdefault(fold(old), [self._regions[each] for each in present])
        self._reaches_km: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._regions)

    def __iter__(self) -> Iterator[Region]:
        return iter(self._regions.values())

    def get(self, region_id: str) -> Region | None:
        """The region with this id."""
        return self._regions.get(region_id)

    def path(self, region_id: str) -> tuple[str, ...]:
        """Ids from the theatre down to the region itself; empty when there is no such region."""
        return self._paths.get(region_id, ())

    def children(self, region_id: str) -> tuple[Region, ...]:
        """The regions directly below, in the order of the file."""
        return tuple(self._children.get(region_id, ()))

    def theatres(self) -> tuple[Region, ...]:
        """The tops of the trees."""
        return tuple(self._children.get(None, ()))

    def subtree(self, region_id: str) -> tuple[str, ...]:
        """Ids of the region and of everything below it, parents first; empty when there is no such region."""
        if region_id not in self._regions:
            return ()
        return tuple(self._descend(region_id))

    def reach_km(self, region_id: str) -> float:
        """How far from its point a region reaches: to the farthest place known in it, within bounds."""
        if region_id not in self._reaches_km:
            region = self._regions[region_id]
            least, most = REACHES_KM[region.level]
            inside = (self._regions[each] for each in self._descend(region_id))
            farthest = max((apart_km(region, each) for each in inside), default=0.0)
            self._reaches_km[region_id] = round(min(max(farthest, least), most), 1)
        return self._reaches_km[region_id]

    def nearest(self, lat: float, lon: float, level: RegionLevel, limit: int) -> list[tuple[float, Region]]:
        """The regions of a level whose points are nearest, with the distance in kilometres."""
        placed = (r for r in self if r.level is level and r.lat is not None and r.lon is not None)
        near = ((distance_km(lat, lon, r.lat or 0.0, r.lon or 0.0), r) for r in placed)
        return nsmallest(limit, near, key=lambda each: each[0])

    def find(self, text: str) -> Region | None:
        """The region that is spelled like this in any language or has this id; the widest of several."""
        regions = self._spellings.get(fold(text))
        return regions[0] if regions else None

    def search(self, text: str, limit: int) -> list[Region]:
        """Regions whose name is `text`, begins with it or has a word that does: in this order, wide first."""
        folded = fold(text)
        if not folded:
            return []
        ranked = [
            (_nearness(spelling, folded), RANKS[region.level], len(spelling), region)
            for spelling, regions in self._spellings.items()
            if spelling.startswith(folded) or f" {folded}" in spelling
            for region in regions
        ]
        ranked.sort(key=lambda row: row[:3])
        return _first_of_each((row[3] for row in ranked), limit)

    def suggest(self, text: str, limit: int = 3) -> list[Region]:
        """Regions spelled most like a mistyped `text`, the nearest first; none when nothing is like it."""
        folded = fold(text)
        if not folded:
            return []
        nearest = process.extract(
            folded,
            self._spellings.keys(),
            scorer=DamerauLevenshtein.normalized_similarity,
            score_cutoff=LIKENESS,
            limit=limit * 4,
        )
        return _first_of_each(
            (region for spelling, _, _ in nearest for region in self._spellings[spelling]), limit
        )

    def _descend(self, region_id: str) -> Iterator[str]:
        yield region_id
        for child in self._children.get(region_id, ()):
            yield from self._descend(child.id)

    def _climb(self, region: Region) -> tuple[str, ...]:
        path = [region.id]
        while region.parent is not None:
            region = self._regions[region.parent]
            if region.id in path:
                raise ConfigurationError([f"region {region.id} lies within itself"])
            path.append(region.id)
        return tuple(reversed(path))

    def _refuse_lost(self, former: Mapping[str, Sequence[str]]) -> None:
        faults = [f"region {old} is former and present" for old in former if old in self._regions]
        for old, present in former.items():
            lost = [each for each in present if each not in self._regions]
            if lost or not present:
                faults.append(f"the former region {old} leads to {', '.join(lost) or 'nothing'}")
        if faults:
            raise ConfigurationError(faults)

    def _refuse_faults(self, regions: Sequence[Region]) -> None:
        seen: set[str] = set()
        faults = []
        for region in regions:
            if region.id in seen:
                faults.append(f"region {region.id} stands twice in the data")
            if region.parent is not None and region.parent not in self._regions:
                faults.append(f"region {region.id} lies in {region.parent}, which does not exist")
            seen.add(region.id)
        if faults:
            raise ConfigurationError(faults)


def _index(regions: Iterable[Region]) -> dict[str, list[Region]]:
    """Folded spelling -> the regions that are called so, widest first; those seldom called so last."""
    index: dict[str, list[Region]] = {}
    ordered = sorted(regions, key=lambda region: RANKS[region.level])
    everyday = ((region, region.names[UNSOUGHT]) for region in ordered if UNSOUGHT in region.names)
    for region, names in chain(((region, _names_of(region)) for region in ordered), everyday):
        for folded in dict.fromkeys(map(fold, names)):
            if folded:
                index.setdefault(folded, []).append(region)
    return index


def _names_of(region: Region) -> tuple[str, ...]:
    """The names that mean this region wherever they stand, and its id."""
    return (region.name, *chain.from_iterable(region.sought.values()), region.id)


def apart_km(one: Region, other: Region) -> float:
    """Kilometres between two regions; zero where one of them is nowhere on the map."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return 0.0
    return distance_km(one.lat, one.lon, other.lat, other.lon)


def _nearness(spelling: str, folded: str) -> int:
    if spelling == folded:
        return 0
    return 1 if spelling.startswith(folded) else 2


def _first_of_each(regions: Iterable[Region], limit: int) -> list[Region]:
    return list({region.id: region for region in regions}.values())[:limit]
