"""How near the places of two reports are, with regard to how precisely each is named."""

from __future__ import annotations

from collections.abc import Sequence

from bot.choices import distance_km
from bot.folding import fold
from bot.model import FoundPlace, RegionLevel

SAME_PLACE_KM = 2.5
"""Two names this close are one spot: a village and its hill, an airport and its quarter."""

ACROSS_KM = 25.0
"""The other side names its own village, which lies as far from the line as guns reach."""

APART_KM = 60.0
"""Nobody who tells of one incident names places farther apart than this and nothing else."""

_SAME = {
    RegionLevel.PLACE: 2.5,
    RegionLevel.DISTRICT: 1.6,
    RegionLevel.PROVINCE: 0.9,
    RegionLevel.THEATRE: 0.0,
}
_WITHIN = {
    RegionLevel.PLACE: 2.0,
    RegionLevel.DISTRICT: 1.4,
    RegionLevel.PROVINCE: 1.0,
    RegionLevel.THEATRE: 0.0,
}
FACING = 1.2
"""What two names of one spot weigh, or two villages that face each other across the line."""

_NEXT_PLACE = -1.5
_FAR = -2.5
_UNKNOWN = -1.5


def apart_km(a: FoundPlace, b: FoundPlace) -> float | None:
    """Kilometres between two places; None when a coordinate is missing."""
    if a.lat is None or a.lon is None or b.lat is None or b.lon is None:
        return None
    return distance_km(a.lat, a.lon, b.lat, b.lon)


def narrow(places: Sequence[FoundPlace]) -> tuple[FoundPlace, ...]:
    """The places without those that hold another of them: a village and its province are the village."""
    holding = {region for place in places for region in place.path if region != place.region}
    return tuple(place for place in places if place.region is None or place.region not in holding)


def weigh_places(one: Sequence[FoundPlace], other: Sequence[FoundPlace], *, is_other_side: bool) -> float:
    """From -2.5 (far apart) over 0 (one names none) to 3 (several places are the same).

    `is_other_side` is true when the two are told by opposing sides: then a place across the line is near.
    """
    if not one or not other:
        return 0.0
    weights = [max([weigh_pair(a, b, is_other_side=is_other_side) for b in other]) for a in one]
    if len(weights) == 1:
        return weights[0]
    weights.sort(reverse=True)
    shared = sum(1 for weight in weights[:3] if weight >= 1.4)
    return weights[0] + (0.5 if shared > 1 else 0.0)


def weigh_pair(a: FoundPlace, b: FoundPlace, *, is_other_side: bool) -> float:
    """How much two places speak for one incident; the more precise they are, the more."""
    if _is_same(a, b):
        return _SAME[a.level]
    if b.region is not None and b.region in a.path:
        return _WITHIN[b.level]
    if a.region is not None and a.region in b.path:
        return _WITHIN[a.level]
    return _weigh_distance(a, b, is_other_side)


def _is_same(a: FoundPlace, b: FoundPlace) -> bool:
    if a.region is not None or b.region is not None:
        return a.region == b.region
    return fold(a.name) == fold(b.name)


def _weigh_distance(a: FoundPlace, b: FoundPlace, is_other_side: bool) -> float:
    distance = apart_km(a, b)
    if distance is None:
        return _UNKNOWN
    if distance <= SAME_PLACE_KM:
        return FACING
    if distance <= ACROSS_KM:
        return FACING if is_other_side else _NEXT_PLACE
    if is_wide(a) or is_wide(b):
        return _NEXT_PLACE if distance <= 2 * APART_KM else _FAR
    return _NEXT_PLACE if is_other_side and distance <= APART_KM else _FAR


def is_wide(place: FoundPlace) -> bool:
    """True for a province or a theatre: its point on the map says little."""
    return place.level in (RegionLevel.THEATRE, RegionLevel.PROVINCE)
