"""Names that sound like a listed place's are that place, in whatever script and spelling."""

from __future__ import annotations

import pytest

from bot.data import Facts
from bot.reading.sounds import Sounds
from tests.reading.conftest import Read

MAY = "2025-05-05T08:00:00+00:00"


@pytest.fixture(scope="module")
def sounds(facts: Facts) -> Sounds:
    """The places of the bundled facts by sound."""
    return Sounds(facts.atlas, facts.languages["sounds"])


@pytest.mark.parametrize(
    ("name", "language", "other"),
    [
        ("Kefr Nuran", "tr", "Kafr Nuran"),
        ("كفر نوران", "ar", "Kafr Nuran"),
        ("Καφρ Νουράν", "el", "Kafr Nuran"),
        ("Verin Chorja", "fr", "Verin Shorzha"),
        ("Cebel Şeyh", "tr", "Jabal Sheikh"),
        ("ባባኑሳ", "am", "Babanusa"),
        ("בית חאנון", "he", "Beit Hanoun"),
        ("Ντεμπάλτσεβε", "el", "Debaltseve"),
        ("नौशेरा", "hi", "Nowshera"),
    ],
)
def test_spellings_of_one_name_sound_alike(sounds: Sounds, name: str, language: str, other: str) -> None:
    """Consonants that scripts mix up are one, and vowels are not heard."""
    assert sounds.sound(name, language) == sounds.sound(other, "en")


@pytest.mark.parametrize(("name", "other"), [("Minsk", "Umanske"), ("Lipa", "Liba Sar"), ("Ras", "Rasht")])
def test_other_names_do_not(sounds: Sounds, name: str, other: str) -> None:
    """A first vowel is heard, and so is every further consonant."""
    assert sounds.sound(name) != sounds.sound(other)


@pytest.mark.parametrize(
    ("name", "is_led", "region"),
    [
        ("Verin Chorja", False, "Verin Shorzha"),
        ("Karmiravan", False, None),
        ("Dokh", True, None),
    ],
)
def test_one_place_is_found_by_its_sound(sounds: Sounds, name: str, is_led: bool, region: str | None) -> None:
    """Too few consonants, another name of the same sound, or no such name: nothing is found."""
    found = sounds.find(name, "en", "armenia-azerbaijan", is_led)
    assert (found.name if found else None) == region


def test_latin_names_share_most_letters(sounds: Sounds) -> None:
    """A Latin name with the right consonants and other vowels is another."""
    assert sounds.find("Vuraino Shorujo", "en", "armenia-azerbaijan", False) is None


def test_a_name_in_another_spelling_is_the_listed_place(read: Read) -> None:
    """`near Verin Chorja` needs no word for a village to be known, nor a capital behind `in`."""
    text = "Les forces azerbaïdjanaises ont tiré dimanche en direction de Verin Chorja."
    assert [p.name for p in read("Tirs en Arménie", text, MAY).places] == ["Verin Shorzha"]
    led = "Les forces azerbaïdjanaises ont tiré dimanche près de Verin Chorja."
    assert [p.name for p in read("Tirs en Arménie", led, MAY).places] == ["Verin Shorzha"]
