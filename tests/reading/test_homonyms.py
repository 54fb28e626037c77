"""Villages of one name: which is meant is told by what else the report names."""

from __future__ import annotations

from datetime import date

import pytest

from bot.atlas import Atlas
from bot.model import Region, RegionLevel
from bot.reading.homonyms import Homonyms
from bot.reading.lexicon import Findings
from bot.reading.names import Mention
from bot.reading.passages import Passages
from bot.reading.text import Folder, read_text
from tests.reading.conftest import Read

TOVUZ = "2014-10-06T18:00:00+00:00"


def test_the_village_lies_in_the_district_that_is_named(read: Read) -> None:
    """Alibeyli of the Tovuz district is not the one of the Aghdam district."""
    text = "Armenian forces shelled the village of Alibeyli in the {} district with mortars on Monday."
    for district, expected in (("Tovuz", "Alibeyli Tovuz"), ("Aghdam", "Alibeyli Aghdam")):
        found = read("Azerbaijan reports shelling", text.format(district), TOVUZ).places
        assert expected in [place.name for place in found]


def _region(name: str, parent: str, level: str, *where: float, **names: str) -> Region:
    spelled: dict[str, tuple[str, ...]] = {language: (spelling,) for language, spelling in names.items()}
    lat, lon = where or (None, None)
    return Region(name.lower().replace(" ", "-"), RegionLevel(level), parent, name, spelled, lat, lon)


LAND = Region("land", RegionLevel.THEATRE, None, "Land", {}, 45.0, 45.0)
NORTH = _region("North", "land", "province", 47.0, 45.0)
SOUTH = _region("South", "land", "province", 43.0, 45.0)
NORTH_TOWN = _region("Lipa Town", "north", "district", 47.0, 45.0, en="Lipa")
SOUTH_FARM = _region("Lipa Farm", "south", "place", 43.0, 45.0, en="Lipa")
NORTH_POST = _region("Lipa Post", "lipa-town", "place", 47.1, 45.0, en="Lipa")
LOST = _region("Lipa Nowhere", "south", "place", en="Lipa")
LIPAS = _region("Lipas", "south", "place", 43.5, 45.0)
MOST = _region("Most", "south", "place", 43.1, 45.1)
FAR = _region("Far", "land", "place", 45.0, 60.0)
ATLAS = Atlas([LAND, NORTH, SOUTH, NORTH_TOWN, SOUTH_FARM, NORTH_POST, LOST, LIPAS, MOST, FAR])


@pytest.mark.parametrize(
    ("text", "asked", "meant"),
    [
        ("Lipa was shelled.", [NORTH_TOWN, NORTH_POST], [NORTH_TOWN, NORTH_POST]),
        ("Lipa was shelled.", [NORTH_TOWN, LIPAS], [NORTH_TOWN]),
        ("Lipa was shelled.", [SOUTH_FARM, NORTH_TOWN], [NORTH_TOWN]),
        ("Lipa in Land was shelled.", [SOUTH_FARM, NORTH_TOWN], [NORTH_TOWN]),
        ("Lipa in South was shelled.", [NORTH_TOWN, SOUTH_FARM], [SOUTH_FARM]),
        ("Lipa near Most was shelled.", [NORTH_TOWN, SOUTH_FARM], [SOUTH_FARM]),
        ("Lipa and Far were shelled.", [SOUTH_FARM, NORTH_TOWN], [NORTH_TOWN]),
        ("Lipa near Lipa was shelled.", [SOUTH_FARM, NORTH_TOWN], [NORTH_TOWN]),
        ("Lipa was shelled.", [NORTH_TOWN, SOUTH_FARM, LOST], [NORTH_TOWN, LOST]),
    ],
)
def test_what_else_is_named_tells(text: str, asked: list[Region], meant: list[Region]) -> None:
    """A named district, else the nearest place named, else the widest region; near ones stay together."""
    read = read_text(Folder(), "", text)
    mentions = []
    for word in ("lipa", "land", "south", "most", "far"):
        start = read.folded.find(f" {word} ") + 1
        while start:
            codes = tuple(f"r:{region.id}" for region in (asked if word == "lipa" else [_named(word)]))
            mentions.append(Mention(start, start + len(word), codes))
            start = read.folded.find(f" {word} ", start) + 1
    passages = Passages(read, "en", Findings(()), sorted(mentions), [], date(2020, 1, 1))
    assert Homonyms(ATLAS).choose(passages, min(mentions), asked) == meant


def _named(word: str) -> Region:
    region = ATLAS.find(word)
    assert region is not None
    return region
