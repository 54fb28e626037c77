"""Places that only say where another one lies: its district, the town that it stands north of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from bot.atlas import RANKS, Atlas
from bot.choices import distance_km
from bot.data import Town
from bot.model import FoundPlace, Region, RegionLevel
from bot.reading.names import Mention
from bot.reading.passages import Passages
from bot.reading.scene import ENDING, beginning_with, ending_with, letters_between
from bot.reading.text import Folder

TOWN_DEGREES = 0.15
"""Latitude and longitude together: some 15 km."""


BEHIND_LETTERS = 5
"""Letters of other words there, such as `to the`."""

BEARING_REACH, BEHIND_REACH = 26, 60
"""Letters of `to the north of`, and between the place of the incident and the one that it lies by."""

DISTRICT_DEPTH = 4
"""How many names lead to a place in a district: theatre, province, district, place."""

AHEAD_REACH = 24
"""Letters between words such as `yakınlarındaki` and the place that lies there."""


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


class Bearings:
    """Tells by words such as `north of` that a place only says where another one lies."""

    def __init__(self, languages: Mapping[str, Any], folder: Folder) -> None:
        self._before = {code: ending_with(folder, words) for code, words in languages["bearing"].items()}
        self._after = {
            code: beginning_with(folder, words) for code, words in languages["bearing_after"].items()
        }

    def drop_beside(self, passages: Passages, places: list[Named]) -> list[Named]:
        """Without places that only say where another one lies: `Shumy, north of Horlivka`."""
        kept = [item for item in places if not self._lies_by(passages, item, places)]
        return kept or places

    def _lies_by(self, passages: Passages, item: Named, places: Sequence[Named]) -> bool:
        """Whether each mention of it only tells where another place lies, and no quarter of its own."""
        apart = [other for other in places if not _are_of_a_city(item.place, other.place)]
        others = [mention for other in apart for mention in other.mentions]
        return all(self._is_beside(passages, mention, others) for mention in item.mentions)

    def _is_beside(self, passages: Passages, mention: Mention, others: Sequence[Mention]) -> bool:
        """Whether it stands after `north of` just behind another place, or before such words and one."""
        text, language = passages.text.folded, passages.language
        before, after = self._before.get(language), self._after.get(language)
        lead = text[max(0, mention.start - BEARING_REACH) : mention.start]
        led = before.search(lead) if before else None
        start = mention.start - len(lead) + led.start() if led else 0
        if led and any(_touches(passages, other.end, start) for other in others):
            return True
        found = after.match(text, mention.end - ENDING) if after else None
        return found is not None and any(0 <= m.start - found.end() <= AHEAD_REACH for m in others)


def _are_of_a_city(one: FoundPlace, other: FoundPlace) -> bool:
    """Whether two places share a district: a town and its quarter, of which both are told."""
    return len(one.path) == len(other.path) == DISTRICT_DEPTH and one.path[:-1] == other.path[:-1]


def _touches(passages: Passages, end: int, start: int) -> bool:
    """Whether nothing but words for an area, and no `and`, stands between a place and what follows it."""
    return (
        0 <= start - end <= BEHIND_REACH
        and letters_between(passages, end, start) <= BEHIND_LETTERS
        and not passages.found.has("casualties.and", end, start + 1)
    )


def drop_wider(
    passages: Passages, places: Sequence[Named], atlas: Atlas, is_town: Callable[[Passages, Mention], bool]
) -> list[Named]:
    """Without provinces and districts that only say where a named place lies; narrow places first.

    A town with the name of its province is dropped where another place of the province is named. A district
    stays where words tell that its town is meant: `outskirts of Tskhinvali`.
    """
    holders = {region for item in places for region in item.place.path[:-1]}
    kept = [
        item
        for item in places
        if (
            item.place.region not in holders
            or item.place.level is RegionLevel.PLACE
            or _is_counted(passages, item, places)
            or _is_joined(passages, item, places)
            or (item.place.level is RegionLevel.DISTRICT and any(is_town(passages, m) for m in item.mentions))
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


def _is_joined(passages: Passages, area: Named, places: Sequence[Named]) -> bool:
    """Whether `and` joins the area to a place in it: the town of its name is meant."""
    inside = [m for other in places if area.place.region in other.place.path[:-1] for m in other.mentions]
    return any(
        _is_and(passages, other.end, mention.start) or _is_and(passages, mention.end, other.start)
        for mention in area.mentions
        for other in inside
    )


def _is_and(passages: Passages, start: int, end: int) -> bool:
    """Whether nothing but `and`, and no word for an area, stands between two places next to each other."""
    found = passages.found
    has_and = found.has("casualties.and", start, end) or passages.text.folded[end - 1] == ARABIC_AND
    return (
        0 <= end - start <= ADDRESS_REACH
        and has_and
        and not found.has("roles.area", start, end)
        and not any(start < m.start < end for m in passages.places)
        and letters_between(passages, start, end) <= 1
    )


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
