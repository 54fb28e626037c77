"""Places that no table lists are known by their capital and the words around them."""

from __future__ import annotations

import pytest

from bot.data import Facts
from bot.reading.unlisted import Romanizer
from tests.reading.conftest import Read

APRIL = "2025-04-14T08:00:00+00:00"
FIRED = "Azerbaijani forces opened fire with mortars on Sunday"


def names(read: Read, text: str, title: str = "Armenia reports fire from Azerbaijan") -> list[str]:
    """The places of a report from the Armenian border."""
    return [place.name for place in read(title, text, APRIL).places]


def test_a_village_that_no_table_lists_is_told_by_its_name(read: Read) -> None:
    """`the village of` can only be followed by a place."""
    found = read("Fire on the border of Armenia", f"{FIRED} at the village of Zorabert.", APRIL).places
    assert [(place.name, place.region, place.lat) for place in found] == [("Zorabert", None, None)]


def test_a_name_may_come_before_the_word(read: Read) -> None:
    """`Zorabert village`, in several words and with quotation marks."""
    assert names(read, f'{FIRED} at "Verin Zorabert" village.') == ["Verin Zorabert"]


def test_a_list_goes_on(read: Read) -> None:
    """What `and` joins to a place is one."""
    text = f"{FIRED} near Tegh, Zorabert, Yoghunk and Old Marants."
    assert names(read, text) == ["Tegh", "Zorabert", "Yoghunk", "Old Marants"]


def test_a_name_behind_in_counts_where_no_table_lists_another(read: Read) -> None:
    """`in Zorabert` may be a village; beside a listed one it is not; capitals elsewhere never are."""
    assert names(read, f"{FIRED} in Zorabert.") == ["Zorabert"]
    assert names(read, f"{FIRED} in Zorabert, at positions near Tegh.") == ["Tegh"]
    assert names(read, f"{FIRED} in Syunik province, in Zorabert.") == ["Zorabert", "Syunik"]
    assert names(read, f"{FIRED} in Geneva.") == []


@pytest.mark.parametrize(
    "words",
    [
        "near him and others",
        "near Tegh and other villages",
        "near UN headquarters",
        "near Ob",
        "near Monday's line",
        "near the line, in April",
        "near Armenian posts",
        "near Vazgen's house",
        "near, they said. (Village hit)",
        "in whose village nobody was hurt",
    ],
)
def test_other_words_are_no_names(read: Read, words: str) -> None:
    """Abbreviations, days, parties, owners and small letters name no place."""
    assert set(names(read, f"{FIRED} {words}.")) <= {"Tegh"}


def test_a_headline_in_capitals_shows_no_names(read: Read) -> None:
    """Where every word has a capital only the text tells names."""
    title = "Azerbaijan Opens Fire Near Border As Talks Stall"
    assert names(read, f"{FIRED} at Tegh.", title) == ["Tegh"]
    assert names(read, "Azerbaijan fired at night.", "Azerbaijan shells posts near Zorabert") == ["Zorabert"]


def test_an_unlisted_place_has_a_latin_name_and_its_own(read: Read) -> None:
    """Other alphabets are written as English does."""
    found = read(
        "Обстрел на границе Армении", "Азербайджанские военные обстреляли село Жорахкерт из миномётов.", APRIL
    ).places
    assert [(place.name, place.names) for place in found] == [("Zhorakhkert", ("Жорахкерт", "Zhorakhkert"))]


def test_letters_of_each_alphabet(facts: Facts) -> None:
    """Names of both sides of a front are spelt by their own languages' rules."""
    write = Romanizer(facts.languages["romanized"]).write
    assert write("Грушівка", "uk") == "Hrushivka"
    assert write("Грушевка", "ru") == "Grushevka"
    assert write("Χωριό", "el") == "Chorio"
    assert write("Խնածախ", "hy") == "Khnatsakh"
    assert write("İhsimçay", "tr") == "Ihsimchay"
    assert write("Ihsim", "en") == "Ihsim"


def test_words_of_short_towns_are_no_places(read: Read) -> None:
    """Persian `دو` is `two` and a spelling of a town."""
    found = read("آتش‌بس نقض شد", "ایران اعلام کرد دو موشک شلیک شد.", "2025-06-25T08:00:00+00:00")
    assert [place.name for place in found.places] == []
