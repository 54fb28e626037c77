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
    return Sounds(facts.atlas, facts.languages)


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
    assert sounds.find("Varuna Shuruju", "en", "armenia-azerbaijan", False) is None


def test_a_name_in_another_spelling_is_the_listed_place(read: Read) -> None:
    """`near Verin Chorja` needs no word for a village to be known, nor a capital behind `in`."""
    text = "Les forces azerbaïdjanaises ont tiré dimanche en direction de Verin Chorja."
    assert [p.name for p in read("Tirs en Arménie", text, MAY).places] == ["Verin Shorzha"]
    led = "Les forces azerbaïdjanaises ont tiré dimanche près de Verin Chorja."
    assert [p.name for p in read("Tirs en Arménie", led, MAY).places] == ["Verin Shorzha"]


FORMS = {
    "Hindi, with its vowels": ("मरकाबा", "hi", "israel-lebanon", "Markaba"),
    "Hindi, nasal and without a vowel at the end": ("बेंदर", "hi", "moldova-transnistria", "Bender"),
    "Greek, three consonants": ("Σοτκ", "el", "armenia-azerbaijan", "Sotk"),
    "Armenian, with an ending": ("Սոթքից", "hy", "armenia-azerbaijan", "Sotk"),
    "Amharic, with a particle and an ending": ("በአላማጣን", "am", "ethiopia", "Alamata"),
    "Georgian, with an ending": ("ვარნიცასთან", "ka", "moldova-transnistria", "Varnita"),
    "Pashto, without vowels": ("دته خېلو", "ps", "afghanistan-pakistan", "Datta Khel"),
    "too few consonants without vowels": ("کرم", "ps", "afghanistan-pakistan", None),
    "too short for an ending": ("Սո", "hy", "armenia-azerbaijan", None),
    "other vowels": ("सुतुकू", "hi", "armenia-azerbaijan", None),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_name_that_a_word_leads_in_is_found_by_its_forms(sounds: Sounds, case: str) -> None:
    """Without a particle and an ending; few consonants do where the vowels are those of the place too."""
    name, language, theatre, region = FORMS[case]
    found = sounds.find_form(name, language, theatre)
    assert (found.name if found else None) == region


LED = {
    "a word before it": (
        "Οι ισραηλινές δυνάμεις άνοιξαν πυρ στο Μαρκάμπι, παραβιάζοντας την εκεχειρία στον Λίβανο.",
        ["Markaba"],
    ),
    "a word behind it": (
        "इजरायली सेना ने रविवार को मारकाबा गांव पर गोलाबारी की और लेबनान में युद्धविराम का उल्लंघन किया।",
        ["Markaba"],
    ),
    "two words of one name": (
        "इजरायली सेना ने रविवार को गाजा में बीत हनुन गांव पर गोलाबारी की और युद्धविराम का उल्लंघन किया।",
        ["Beit Hanoun"],
    ),
    "nothing that it could be": (
        "इजरायली सेना ने रविवार को टाउनहाल गांव पर गोलाबारी की और लेबनान में युद्धविराम का उल्लंघन किया। गांव",
        [],
    ),
    "no name behind the word": (
        "Οι ισραηλινές δυνάμεις άνοιξαν πυρ την Κυριακή στο «Χ» και παραβίασαν την εκεχειρία στον Λίβανο.",
        [],
    ),
}


@pytest.mark.parametrize("case", LED)
def test_words_for_places_lead_names_in(read: Read, case: str) -> None:
    """In scripts that have no capitals too, beside `village`, `near` or `in`."""
    text, expected = LED[case]
    assert [place.name for place in read("", text, MAY).places] == expected


def test_a_particle_leads_a_name_in(read: Read) -> None:
    """Amharic writes `in` together with the name."""
    text = "የፌዴራል ጦር እሁድ በአላመጣ የትግራይ ኃይሎችን በድሮን ደበደበ፤ የተኩስ አቁም ስምምነቱ ተጣሰ።"
    assert [place.name for place in read("", text, MAY).places] == ["Alamata"]


def test_a_word_without_a_capital_is_no_village(read: Read) -> None:
    """`у границы` (at the border) has the consonants of Kirants and is no name."""
    found = read(
        "Обстрел у границы", "Азербайджанские войска обстреляли позиции армянской армии у границы.", MAY
    )
    assert "Kirants" not in {place.name for place in found.places}
