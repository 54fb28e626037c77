"""Names of parties in a text: their capitals, their neighbours, and everyday words that look like them."""

from __future__ import annotations

import pytest

from bot.data import Facts
from bot.reading.names import Names, codes_of
from bot.reading.text import Folder, read_text
from tests.reading.conftest import Read

EVERYDAY = {
    "ar": "عاد الهدوء مساء اليوم",
    "az": "Üç gün sonra hadisə ilə bağlı onu saxlayıblar. Gün ərzində sakitlik idi.",
    "en": "Absolute silence: no gun fired, barracks abandoned, smoke, crops trampled. Absurd. Baengnyeong.",
    "es": "Uno de ellos iba solo. Sana y salva, se irá mañana.",
    "fr": "Un seul obus, sam. 5 mai ; il agit comme un gun.",
    "ka": "სროლა საოკუპაციო ხაზთან",
    "km": "ខេត្តសៀមរាប",
    "pt": "Por sua vez, a ira do povo.",
    "ro": "Sunt absolut siguri.",
    "ru": "Проехали кпп у моря. Азовское море спокойно.",
    "th": "กระทรวงทราบเรื่องทองคำ",
    "tl": "Kabila sa mga kabilang panig, sana ay mapayapa. Ong.",
    "tr": "Üç gün sonra kabul edildi, hadi bakalım; hicri yılbaşı. Gün boyu sessizlik.",
    "ur": "شام کے وقت خاموشی رہی",
    "zh": "东北军分区北部",
}


@pytest.fixture(scope="module")
def names(facts: Facts) -> Names:
    """The names of all theatres."""
    return Names(facts, Folder())


def parties_in(names: Names, title: str, body: str = "") -> list[str]:
    """Every party that is found in a text."""
    found = names.find(read_text(Folder(), title, body))[1]
    return [party for mention in found for party in codes_of(mention, "p")]


@pytest.mark.parametrize("language", EVERYDAY)
def test_everyday_words_are_no_parties(names: Names, language: str) -> None:
    """A day is no government, barracks no envoy, an evening no country."""
    assert parties_in(names, "", EVERYDAY[language]) == []


def test_an_abbreviation_is_written_in_capitals(names: Names) -> None:
    """`le GUN` is the government in Tripoli."""
    assert parties_in(names, "", "Le GUN accuse") == ["gna"]


def test_who_writes_no_capitals_is_understood(names: Names) -> None:
    """Some channels write small letters only."""
    assert parties_in(names, "idf strikes gaza", "sua au lovit") == ["israel", "usa"]


@pytest.mark.parametrize(
    ("written", "party"),
    [("刚果（金）M23攻入乌维拉", "m23"), ("与ELN停火", "eln"), ("KNLAโจมตี", "knu"), ("M23 攻入", "m23")],
)
def test_a_latin_name_is_found_among_letters_without_spaces(names: Names, written: str, party: str) -> None:
    """Chinese and Thai put no space around it."""
    assert parties_in(names, written) == [party]


def test_a_latin_name_is_a_whole_word(names: Names) -> None:
    """Not the end of a longer one, in any script."""
    assert parties_in(names, "型号XM23攻击") == []


def test_a_regime_of_silence_is_no_regime(read: Read) -> None:
    """Russian calls a ceasefire so; the army of Syria is not named by it."""
    found = read(
        "Нарушен режим прекращения огня",
        "Боевики обстреляли посёлок Кабана в провинции Латакия, нарушив режим прекращения огня. Один ранен.",
        "2021-06-05T12:00:00+00:00",
    )
    assert found.accused == ("syrian-opposition",)
    assert not [e for e in found.evidence if e.code == "syria"]


@pytest.mark.parametrize(
    ("town", "party"), [("Stanytsia Luhanska in Luhansk region", "lpr"), ("Marinka in Donetsk region", "dpr")]
)
def test_separatists_are_those_of_the_ground(read: Read, town: str, party: str) -> None:
    """One word means both republics; the scene lies in one."""
    found = read(
        "Separatists shell a kindergarten",
        f"Separatists shelled a kindergarten at {town}, the Ukrainian army said, and broke the ceasefire.",
        "2019-08-14T18:00:00+00:00",
    )
    assert found.accused == (party,)


def test_separatists_who_are_named_are_meant_elsewhere_too(read: Read) -> None:
    """Those of Luhansk may fight beyond their region."""
    found = read(
        "Luhansk separatists shell Svitlodarsk",
        "Luhansk separatists shelled Svitlodarsk in Donetsk region, the army said, and broke the ceasefire.",
        "2019-08-14T18:00:00+00:00",
    )
    assert found.accused == ("lpr",)


def test_an_army_before_a_country_is_that_country_s(read: Read) -> None:
    """`El ejército ruandés` is no army of the theatre's own."""
    found = read(
        "El M23 ataca Rutshuru",
        "El M23, apoyado por el ejército ruandés, atacó el miércoles Rutshuru pese al alto el fuego.",
        "2025-07-30T12:00:00+00:00",
    )
    assert "fardc" not in {evidence.code for evidence in found.evidence}
    assert "rwanda" in {evidence.code for evidence in found.evidence}


def test_an_army_in_khartoum_is_not_colombia_s(read: Read) -> None:
    """`El Ejército` and `los paramilitares` are those of the place where they fight."""
    found = read(
        "Jartum: bombardeos pese a la tregua",
        "Los paramilitares acusan al Ejército de haber bombardeado Jartum pese a la tregua de 72 horas.",
        "2023-04-21T12:00:00+00:00",
    )
    assert found.theatre == "sudan"
    assert found.accused == ("saf",)
