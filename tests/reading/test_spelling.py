"""Letters written otherwise: Zawgyi Burmese, Arabic without hamza, missing accents."""

from __future__ import annotations

import pytest

from bot.reading.text import Folder, read_text
from bot.reading.zawgyi import convert, is_zawgyi
from tests.ground import shared_facts
from tests.reading.conftest import Read

MAY = "2025-05-05T08:00:00+00:00"

BURMESE = {
    "shoot": ("ပစ္ခတ္", "ပစ်ခတ်"),
    "attack": ("တိုက္ခိုက္", "တိုက်ခိုက်"),
    "die": ("ေသဆံုး", "သေဆုံး"),
    "the country": ("ျမန္မာ", "မြန်မာ"),
    "declare": ("ေၾကညာ", "ကြေညာ"),
    "violate": ("ခ်ိဳးေဖာက္", "ချိုးဖောက်"),
    "Tuesday": ("အဂၤါ", "အင်္ဂါ"),
    "aircraft": ("ေလယာဥ္", "လေယာဉ်"),
    "be wounded": ("ဒဏ္ရာရ", "ဒဏ်ရာရ"),
}


@pytest.mark.parametrize("word", BURMESE)
def test_zawgyi_becomes_unicode(word: str) -> None:
    """Each syllable takes Unicode's order; the number of parts stays that of the letters."""
    zawgyi, expected = BURMESE[word]
    parts = convert(zawgyi)
    assert "".join(parts) == expected
    assert len(parts) == len(zawgyi)


def test_only_zawgyi_is_converted() -> None:
    """Unicode Burmese and other scripts are left alone."""
    zawgyi = " ".join(pair[0] for pair in BURMESE.values())
    assert is_zawgyi(zawgyi)
    assert not is_zawgyi(" ".join(pair[1] for pair in BURMESE.values()))
    assert not is_zawgyi("truce")


def test_both_encodings_fold_alike_and_lead_back() -> None:
    """The same words are searched, and spans stand in the text as it was written."""
    written = "ေလယာဥ္ ဗံုး အရပ္သား ၃ ဦး ေသဆံုး"
    text = read_text(Folder(), "", written)
    assert text.folded == read_text(Folder(), "", "လေယာဉ် ဗုံး အရပ်သား ၃ ဦး သေဆုံး").folded
    start = text.folded.index("3")
    assert text.raw[slice(*text.raw_span(start, start + 1))] == "၃"


def test_a_zawgyi_report_is_read(read: Read) -> None:
    """A raid told in the older encoding has its act, its dead and its language."""
    text = "စစ္ေကာင္စီ ေလယာဥ္က TNLA ထိန္းခ်ဳပ္နယ္ေျမကို ဗံုးႀကဲခဲ့လို႔ အရပ္သား ၃ ဦး ေသဆံုးခဲ့တယ္။ အပစ္ရပ္ သေဘာတူညီခ်က္ကို ခ်ိဳးေဖာက္တာ ျဖစ္တယ္။"
    found = read("", text, "2024-06-20T08:00:00+00:00")
    assert found.language == "my"
    assert found.theatre == "myanmar"
    assert found.killed == 3
    assert "air_strike" in found.acts


SAME = {
    "Arabic without hamza": (
        "أطلقت القوات الإسرائيلية النار على مواطنين شرق حولا وأصيب ثلاثة أشخاص في خرق لوقف إطلاق النار.",
        "اطلقت القوات الاسرائيلية النار على مواطنين شرق حولا واصيب ثلاثة اشخاص في خرق لوقف اطلاق النار.",
    ),
    "French without accents": (
        "L'armée israélienne a tiré un obus sur Nabatiyé, tuant deux personnes, malgré la trêve.",
        "L'armee israelienne a tire un obus sur Nabatiye, tuant deux personnes, malgre la treve.",
    ),
    "Turkish without its letters": (
        "Ermenistan ordusu ateşkesi bozarak Ağdam'a ateş açtı, 2 asker yaralandı, valilik bu sabah bildirdi.",
        "Ermenistan ordusu ateskesi bozarak Agdam'a ates acti, 2 asker yaralandi, valilik bu sabah bildirdi.",
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_missing_marks_change_nothing(read: Read, case: str) -> None:
    """People type the plain letter: the finding is the same."""
    first, second = (read("", text, MAY) for text in SAME[case])
    assert first.acts == second.acts
    assert (first.killed, first.wounded) == (second.killed, second.wounded)
    assert [p.name for p in first.places] == [p.name for p in second.places]
    assert first.places


def test_a_name_that_is_an_everyday_word_is_not_sought(read: Read) -> None:
    """Azat is a village where `село` says so, and is called so then; a man of that name is none."""
    when = "2021-08-05T08:00:00+00:00"
    title, text = "Обстрел села", "Азербайджанские силы обстреляли село Азат из миномётов."
    assert ["Azat" in place.names for place in read(title, text, when).places] == [True]
    title, text = "Shots near Kut", "Azat, a soldier, was wounded by sniper fire from Azerbaijan near Kut."
    assert [place.name for place in read(title, text, when).places] == ["Kut village"]


@pytest.mark.parametrize(
    ("title", "text", "written"),
    [
        ("Shelling of Latamna", "The Syrian army shelled Latamna with mortars, residents said.", "Latamna"),
        ("Shelling", "The Syrian army shelled the village of Latamnah with mortars.", "Latamnah"),
        ("Latamna'ya saldırı", "Rejim güçleri Latamna'yı havan topuyla vurdu.", ""),
        ("Обстрел Латамны", "Сирийская армия обстреляла из миномётов Латамну.", ""),
    ],
)
def test_a_place_is_called_as_the_report_calls_it(read: Read, title: str, text: str, written: str) -> None:
    """Without its article, or in a spelling of the report's own; not with an ending or in other letters."""
    place = read(title, text, "2021-02-17T08:00:00+00:00").places[0]
    listed = next(region for region in shared_facts().atlas if region.id == "al-latamna")
    assert place.region == listed.id
    assert set(place.names) - set(listed.spellings) == {written} - {""}
