"""The region tree, and finding a region whatever somebody calls it."""

from __future__ import annotations

import pytest

from bot.atlas import Atlas
from bot.errors import ConfigurationError
from tests.chat import region, small_facts

ATLAS = small_facts().atlas


def ids(regions: list) -> list[str]:
    return [found.id for found in regions]


def test_the_tree() -> None:
    """Paths lead from the theatre down, subtrees hold the region and all below it."""
    assert ATLAS.path("khtsaberd") == ("armenia-azerbaijan", "karabakh", "hadrut", "khtsaberd")
    assert ids(list(ATLAS.theatres())) == ["armenia-azerbaijan", "sandland"]
    assert ids(list(ATLAS.children("karabakh"))) == ["hadrut", "shusha"]
    assert ATLAS.subtree("karabakh") == ("karabakh", "hadrut", "khtsaberd", "shusha")
    assert len(ATLAS) == len(list(ATLAS)) == 38


def test_what_is_not_there() -> None:
    """An unknown id has no region, no path, nothing below."""
    assert (ATLAS.get("atlantis"), ATLAS.path("atlantis"), ATLAS.subtree("atlantis")) == (None, (), ())
    assert ATLAS.children("atlantis") == ()


@pytest.mark.parametrize(
    "text",
    ["Hadrut", "HADRUT", "  hadrut ", "Гадрут", "гадрут!", "Հադրութ", "Xocavənd", "xocavend", "hadrut."],
)
def test_found_in_any_spelling(text: str) -> None:
    """Case, accents, punctuation and script do not matter."""
    found = ATLAS.find(text)
    assert found is not None
    assert found.id == "hadrut"


def test_found_by_id() -> None:
    """Links carry ids."""
    found = ATLAS.find("armenia-azerbaijan")
    assert found is not None
    assert found.id == "armenia-azerbaijan"


def test_of_two_of_one_name_the_wider_is_found() -> None:
    """A district before the town that it is named after, whatever their order."""
    atlas = Atlas(
        [region("t", None, "T", "theatre"), region("town", "t", "Mor", "place"), region("dist", "t", "Mor")]
    )
    found = atlas.find("mor")
    assert found is not None
    assert found.id == "dist"
    assert ids(atlas.search("mor", 5)) == ["dist", "town"]


def test_an_everyday_word_is_understood_and_gives_way() -> None:
    """Whoever asks for Most finds the village, unless a region has that name wherever it stands."""
    village = region("most-village", "t", "Most village", "place", und="Most|Lipa")
    atlas = Atlas([region("t", None, "T", "theatre"), village, region("lipa", "t", "Lipa", "place")])
    assert [atlas.find(name) for name in ("Most", "Lipa")] == [village, atlas.get("lipa")]
    assert "Most" in village.spellings


def test_search_goes_from_exact_to_inside() -> None:
    """The whole name, then its beginning, then the beginning of a word in it; each region once."""
    assert ids(ATLAS.search("zone 1", 3)) == ["zone-10", "zone-11", "zone-12"]
    assert ids(ATLAS.search("sand", 9)) == ["sandland", "sandland-east"]
    assert ids(ATLAS.search("азербайджан", 9)) == ["armenia-azerbaijan"]
    assert ids(ATLAS.search("shush", 9)) == ["shusha"]
    assert ATLAS.search("and land nowhere", 9) == []
    assert ATLAS.search(" -- ", 9) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [("Hadrud", "hadrut"), ("Gadrut", "hadrut"), ("Гадрит", "hadrut"), ("Sushha", "shusha")],
)
def test_a_mistyped_name_is_guessed(text: str, first: str) -> None:
    """The nearest spelling first."""
    assert ids(ATLAS.suggest(text))[:1] == [first]


def test_nothing_is_guessed_from_nothing() -> None:
    """Neither from punctuation nor from what is like no name."""
    assert ATLAS.suggest("!?") == []
    assert ATLAS.suggest("qwertyuiop") == []
    assert len(ATLAS.suggest("Zone 99", 2)) == 2


def test_faults_of_the_data_are_all_told() -> None:
    """Twice the same id, and a parent that is not there."""
    with pytest.raises(ConfigurationError) as raised:
        Atlas([region("a", None, "A", "theatre"), region("a", None, "B", "theatre"), region("c", "x", "C")])
    assert raised.value.faults == (
        "region a stands twice in the data",
        "region c lies in x, which does not exist",
    )


def test_a_tree_has_no_circles() -> None:
    """A region that lies within itself is refused."""
    with pytest.raises(ConfigurationError, match="lies within itself"):
        Atlas([region("a", "b", "A"), region("b", "a", "B")])
