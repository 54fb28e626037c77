"""Places that only say where another one lies: its district, the town that it stands north of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from bot.atlas import RANKS, Atlas
from bot.choices import distance_km
from bot.data import Town
from bot.model import FoundPlace, Region, RegionLevel
from bot.reading.names import Mention
from bot.reading.passages import Passages
from bot.reading.scene import letters_between

TOWN_DEGREES = 0.15
"""Latitude and longitude together: some 15 km."""


BEARING_REACH, BEHIND_REACH = 26, 60
"""Letters of `to the north of`, and between the place of the incident and the one that it lies by."""

_BEARING = re.compile(
    r" (?:(?:north|south|east|west)(?:\w*) of|outside|close to|(?:nord|sud|est|ouest) (?:de|d|du)"
    r"|(?:norte|sur|este|oeste|leste|sul) de|cerca de|perto de|pres de|(?:север|юг|восток|запад)\w* (?:от )?"
    r"|(?:північ|півд|схід|схо|захід|захо)\w* (?:від )?)"
    r"(?: (?:the|la|el|city of|ville de|города|міста))? ?$"
)


ADDRESS_REACH = 24
"""Letters between a village and the province that follows it: `Kitaotao, in the province of Bukidnon`."""

ADDRESS_LETTERS, ADDRESS_OF_AREA = 3, 8
"""Letters of them that are no word for an area, where there is none and where there is one."""

LIST_REACH = 4
"""Letters between the places of a list."""

ARABIC_AND = "\u0648"
"""It is written together with the name behind it."""

ADDRESS_KM = 100.0
"""The farthest that a province's middle lies from a village in it."""

AREAS = frozenset({RegionLevel.PROVINCE, RegionLevel.DISTRICT})

Position = FoundPlace | Region | Town
"""What has a latitude and a longitude."""


class Named(NamedTuple):
    """A place with every mention of it that may be the scene."""

    place: FoundPlace
    mentions: list[Mention]


def drop_beside(passages: Passages, places: list[Named]) -> list[Named]:
    """Without places that only say where another one lies: `Shumy, north of Horlivka`."""
    starts = sorted(m.end for item in places for m in item.mentions)
    beside = [
        item for item in places if all(_is_bearing(passages, mention, starts) for mention in item.mentions)
    ]
    return [item for item in places if item not in beside] or places


def _is_bearing(passages: Passages, mention: Mention, ends: Sequence[int]) -> bool:
    """Whether a place stands after `north of` or `near`, just behind another place."""
    lead = passages.text.folded[max(0, mention.start - BEARING_REACH) : mention.start]
    return _BEARING.search(lead) is not None and any(0 < mention.start - end <= BEHIND_REACH for end in ends)


def drop_wider(passages: Passages, places: Sequence[Named], atlas: Atlas) -> list[Named]:
    """Without provinces and districts that only say where a named place lies; narrow places first.

    A town with the name of its province is dropped where another place of the province is named.
    """
    holders = {region for item in places for region in item.place.path[:-1]}
    kept = [
        item
        for item in places
        if (
            item.place.region not in holders
            or item.place.level is RegionLevel.PLACE
            or _is_counted(passages, item, places)
        )
        and not _is_address(passages, item, places)
        and not any(_is_namesake(item.place, other.place, atlas) for other in places)
    ]
    return sorted(kept, key=lambda item: (-RANKS[item.place.level], item.mentions[0].start))


def _is_address(passages: Passages, area: Named, places: Sequence[Named]) -> bool:
    """Whether a province or district is only told right behind narrower places: `Kitaotao, Bukidnon`."""
    if area.place.level not in AREAS:
        return False
    ends = [m.end for other in places if _may_lie_in(other.place, area.place) for m in other.mentions]
    return all(any(_follows(passages, end, mention) for end in ends) for mention in area.mentions)


def _may_lie_in(place: FoundPlace, area: FoundPlace) -> bool:
    """Whether a place is narrower than an area and near it; one without a position may lie anywhere."""
    is_narrower = place.region is None or RANKS[place.level] > RANKS[area.level]
    if None in {place.lat, place.lon, area.lat, area.lon}:
        return is_narrower
    far_km = distance_km(place.lat or 0.0, place.lon or 0.0, area.lat or 0.0, area.lon or 0.0)
    return is_narrower and far_km < ADDRESS_KM


def _follows(passages: Passages, end: int, mention: Mention) -> bool:
    """Whether a mention stands right behind a place that ends there, and in no list."""
    if not 0 < mention.start - end <= ADDRESS_REACH:
        return False
    most = ADDRESS_OF_AREA if passages.found.has("roles.area", end, mention.start) else ADDRESS_LETTERS
    is_bare = letters_between(passages, end, mention.start) <= most
    return is_bare and not _is_listed(passages, end, mention)


def _is_listed(passages: Passages, end: int, mention: Mention) -> bool:
    """Whether `and` joins a mention to the place before it, or another place follows it."""
    is_joined = passages.found.has("casualties.and", end, mention.start)
    is_joined |= passages.text.folded[mention.start - 1] == ARABIC_AND
    return is_joined or any(0 < other.start - mention.end <= LIST_REACH for other in passages.places)


def _is_counted(passages: Passages, area: Named, places: Sequence[Named]) -> bool:
    """Whether violations are counted for the area as a whole, in a sentence that names no place of it."""
    text, breaches = passages.text, passages.found.of("truce.breach")
    inside = {
        text.sentence_of(m.start)
        for other in places
        if area.place.region in other.place.path[:-1]
        for m in other.mentions
    }
    for mention in area.mentions:
        sentence = text.sentence_of(mention.start)
        start, end = text.sentence_span(sentence)
        is_told = sentence not in inside and any(start <= h.start < end for h in breaches)
        if is_told and start >= text.body_start and any(c.isdigit() for c in text.folded[start:end]):
            return True
    return False


def _is_namesake(town: FoundPlace, other: FoundPlace, atlas: Atlas) -> bool:
    """Whether a town is called as the province, `Idlib Province`, in which another place lies far off."""
    if town.level is not RegionLevel.PLACE or town.region in other.path or are_close(town, other):
        return False
    areas = [r.name for i in other.path[:-1] if (r := atlas.get(i)) and r.level in AREAS]
    return any(name == town.name or name.startswith(f"{town.name} ") for name in areas)


def are_close(one: Position, other: Position) -> bool:
    """Whether two places lie within a town's reach of each other; one without a position lies far off."""
    north = (one.lat or 0.0) - (other.lat or 0.0)
    east = (one.lon or 0.0) - (other.lon or 0.0)
    return abs(north) + abs(east) < TOWN_DEGREES
