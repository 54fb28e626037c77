"""The parts that find words: folding, phrases, languages, days and what is near a name."""

from __future__ import annotations

from datetime import date

import pytest

from bot.data import Facts
from bot.model import Act, Stance
from bot.reading import Reader
from bot.reading.casualties import read_casualties
from bot.reading.language import Detector
from bot.reading.lexicon import Lexicons
from bot.reading.passages import Passages
from bot.reading.phrases import Finder, Phrase, parse_phrase
from bot.reading.text import Folder, fold, is_spaceless, read_text, terms
from tests.reading.conftest import Read, make_report

NOON = "2025-05-05T12:00:00+00:00"


def find(phrases: dict[str, str], text: str) -> set[str]:
    """The codes of phrases found in a text."""
    finder = Finder((parse_phrase(phrase, code) for phrase, code in phrases.items()), {"arabic": ["و", "ب"]})
    return {hit.code for hit in finder.find(read_text(Folder(), "", text).folded)}


def test_terms_are_all_short_sequences_of_words() -> None:
    """Keyword filters compare with these."""
    assert terms("a b c", longest=2) == {"a", "b", "c", "a b", "b c"}
    assert fold("Ünïcode") == "unicode"
    assert is_spaceless("ไทย")
    assert not is_spaceless("Thai")


def test_phrases_end_where_words_end() -> None:
    """A star lets a word go on, and only a star."""
    phrases = {"cease* fire": "a", "truce": "b", "ยิง": "c", "نار": "d", "broke* the truce*": "e", "": "f"}
    assert find(phrases, "ceased fire; truces") == {"a"}
    assert find(phrases, "the truce") == {"b"}
    assert find(phrases, "ทหารยิงปืน") == {"c"}
    assert find(phrases, "ونار") == {"d"}
    assert find(phrases, "كنار") == set()
    assert find(phrases, "broken the truces") == {"e"}
    assert find(phrases, "broke a truce") == {"b"}


def test_one_literal_may_mean_several_things() -> None:
    """Each meaning is found, the same one once."""
    finder = Finder([parse_phrase("gori", c) for c in ("x", "y", "x")] + [Phrase((), "z")], {})
    assert [hit.code for hit in finder.find(" gori ")] == ["x", "y"]


def test_spans_lead_back_to_what_was_written() -> None:
    """Folding that changes lengths keeps the way back."""
    text = read_text(Folder(), "", "Straße und café’s  Ende.")
    start = text.folded.index("cafe")
    assert text.raw[slice(*text.raw_span(start, start + 4))] == "café"
    assert text.raw[slice(*text.raw_span(start + 5, start + 6))] == "s"
    assert text.folded_at(0) == 1
    assert text.folded[text.folded_at(text.raw.index("und")) :].startswith("und")
    assert text.raw_span(0, 3) == (1, 2)


def test_abbreviations_end_no_sentence() -> None:
    """`Lt. Gen.` stays in its sentence."""
    assert len(read_text(Folder(), "", "Lt. Gen. Doe spoke. He left.").sentences) == 4


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("В результаті обстрілу поранено двох", "uk"),
        ("日本の外務省は発表した", "ja"),
        ("12345", "en"),
        ("«1,5» – 2,5 …", "en"),
        ("نیروها از مرز گذشتند و این را رد کرد", "fa"),
        ("ههه", "ar"),
    ],
)
def test_languages_are_told_apart(facts: Facts, text: str, language: str) -> None:
    """By script, then by small words and letters."""
    folder = Folder()
    read = read_text(folder, "", text)
    assert Detector(facts.languages, folder).detect(read.raw, read.folded) == language


def test_a_language_without_a_lexicon_says_nothing() -> None:
    """Its reports are read by names alone."""
    assert Lexicons({}, {}, Folder()).read("xx", read_text(Folder(), "", "word")).under("acts") == []


def test_turkish_became_is_not_died(read: Read) -> None:
    """Folding makes one of oldu and öldü; the letters written tell them apart."""
    text = "Azerbaycan köyüne havan topu atıldı, iki sivil {}, Azerbaycan Savunma Bakanlığı bildirdi."
    assert read("", text.format("öldü"), NOON).killed == 2
    assert read("", text.format("tanık oldu"), NOON).killed is None


DATES = {
    "Persian": ("ارتش پاکستان در ۱۲ اردیبهشت به ولایت پکتیکا افغانستان حمله هوایی کرد.", date(2025, 5, 2)),
    "Spanish": ("El Ejército atacó el pasado dia 3 al ELN en Colombia, dijo el grupo.", date(2025, 5, 3)),
    "ISO": ("Azerbaijani forces shelled Khoznavar (2025-05-02).", date(2025, 5, 2)),
    "a night between weekdays": (
        "Azerbaijani forces shelled Khoznavar in the night of Friday to Saturday.",
        date(2025, 5, 3),
    ),
    "of the truce": (
        "Azerbaijani forces shelled Khoznavar despite the ceasefire of May 2.",
        date(2025, 5, 5),
    ),
    "the dateline's": (
        "YEREVAN, May 2 (Agency) - Azerbaijani forces shelled Khoznavar on May 99.",
        date(2025, 5, 5),
    ),
    "Buddhist": ("ทหารกัมพูชายิงปืนใหญ่ใส่ทหารไทยที่ช่องบก เมื่อวันที่ 3 พฤษภาคม 2568", date(2025, 5, 3)),
    "a month without a day": ("Azerbaijani forces shelled Khoznavar in April.", date(2025, 5, 5)),
    "an impossible Persian day": (
        "ارتش پاکستان در ۳۹ اسفند و در اسفند به پکتیکا افغانستان حمله کرد.",
        date(2025, 5, 5),
    ),
    "an impossible figure": ("Azerbaijani forces shelled Khoznavar (39.13.2025).", date(2025, 5, 5)),
    "an impossible figure in Chinese": ("阿塞拜疆军队15月39日、39日向亚美尼亚阵地开火。", date(2025, 5, 5)),
    "an impossible day of the month": ("Azerbaijani forces: dia 39 shelled Khoznavar.", date(2025, 5, 5)),
}


@pytest.mark.parametrize("case", DATES)
def test_days_in_every_calendar(read_in_full: Read, case: str) -> None:
    """Named, numbered and impossible days."""
    text, expected = DATES[case]
    assert read_in_full("", text, NOON).occurred == expected


def test_people_killed_without_a_weapon_were_shot(read: Read) -> None:
    """An incursion in which people die keeps its name beside the shots."""
    found = read("", "Azerbaijani troops crossed into Armenia near Khoznavar and killed two people.", NOON)
    assert Act.SMALL_ARMS in found.acts
    assert Act.INCURSION in found.acts


def test_unnamed_rebels_and_armies_are_the_theatre_s(read: Read) -> None:
    """`The rebels` of eastern Congo are its rebels."""
    found = read("", "Rebels attacked the army near Kishishe in Congo, breaking the truce.", NOON)
    assert found.theatre == "drc"
    assert "m23" in found.accused


def test_a_town_of_the_gazetteer_is_found(read: Read) -> None:
    """A town that no tree holds is a scene where nothing else is."""
    found = read("", "Azerbaijani forces of Azerbaijan shelled the Armenian town of Spitak.", NOON)
    assert [place.name for place in found.places] == ["Spitak"]


def test_a_monitor_s_count_accuses_nobody(read: Read) -> None:
    """Numbers without a side stay without one."""
    found = read(
        "OSCE: 112 ceasefire violations in Donetsk region",
        "The mission in Ukraine recorded 112 ceasefire violations over the past 24 hours.",
        "2021-06-10T12:00:00+00:00",
        kind="monitor",
    )
    assert found.stance is Stance.TALLY
    assert found.accused == ()


def test_a_reader_without_towns_still_reads(facts: Facts) -> None:
    """The gazetteer is a help, not a need."""
    bare = Facts(
        facts.atlas,
        facts.parties,
        facts.truces,
        {},
        languages=facts.languages,
        theatres=facts.theatres,
        weights=facts.weights,
    )
    assert Reader(bare).read(make_report("Azerbaijan", "Armenia", NOON)).theatre == "armenia-azerbaijan"


def test_a_day_in_the_headline_weighs_more(read: Read) -> None:
    """The headline dates the incident."""
    found = read("Azerbaijani forces shell Khoznavar on May 2", "The attack of May 3 is another.", NOON)
    assert found.occurred == date(2025, 5, 2)


def test_casualty_words_that_touch_are_one(read: Read) -> None:
    """`Fatally wounded` kills once; a person already counted is not counted again."""
    text = (
        "Azerbaijani shelling near Khoznavar: one soldier, a sergeant, a sergeant was killed, "
        "killed; two hurt."
    )
    found = read("", text, NOON)
    assert (found.killed, found.wounded) == (1, 2)


def test_compound_numbers_and_parts(read: Read) -> None:
    """A part is told by words before or after it, in any order of words."""
    text = "حويلی سیکٹر میں بھارتی فوج کی گولہ باری سے دو بچوں سمیت پانچ شہری شہید ہوئے۔"
    assert read("", text, NOON).killed == 5
    assert read("", "Shelling by Azerbaijan killed two and three of them died.", NOON).killed == 2


def test_allies_do_not_accuse_each_other(read: Read) -> None:
    """Words of mutual blame make no enemies of one bloc."""
    found = read(
        "", "Azerbaijan's neighbours Armenia and Artsakh accused each other after shots at Tegh.", NOON
    )
    assert not {"armenia", "nagorno-karabakh"} <= set(found.accused)


def test_the_accused_before_a_verb_that_stands_last(read: Read) -> None:
    """In Turkish who is accused stands before the verb."""
    found = read("", "Azerbaycan, Ermenistan'ı Tegh yakınlarında ateş açmakla suçladı.", NOON)
    assert found.accused == ("armenia",)


def test_two_counts_of_different_fates_are_not_added(read: Read) -> None:
    """The dead and the wounded stay apart, whatever joins them."""
    text = "Shells of Azerbaijan hit Khoznavar: two soldiers killed and three soldiers wounded."
    found = read("", text, NOON)
    assert (found.killed, found.wounded) == (2, 3)


def test_numbers_within_nobody_are_none(read: Read) -> None:
    """`No one was hurt` counts nobody."""
    found = read("", "Azerbaijani forces fired at Khoznavar. No one was hurt.", NOON)
    assert (found.killed, found.wounded) == (0, 0)


def test_a_persian_month_not_yet_come_is_last_year_s(read_in_full: Read) -> None:
    """Early in the year the last month was the old year's."""
    text = "ارتش پاکستان در ۲۹ اسفند به پکتیکا افغانستان حمله کرد."
    assert read_in_full("", text, "2025-03-25T12:00:00+00:00").occurred == date(2025, 3, 19)


def test_white_space_is_no_evidence() -> None:
    """A span is trimmed to its words."""
    read = read_text(Folder(), "", "   a  ")
    assert read.raw_span(0, 8) == (4, 5)


def test_overlapping_words_and_implied_persons() -> None:
    """The first of two overlapping casualty words counts; a person never replaces a number before."""
    facts = {
        "en": {
            "casualties": {
                "killed": ["dead shot"],
                "wounded": ["shot"],
                "person": ["man"],
                "people": ["men"],
            },
            "numbers": {"2": 2},
        }
    }
    folder = Folder()
    text = read_text(folder, "", "2 men by the long river that runs there and a man lay dead shot")
    found = Lexicons(facts, {}, folder).read("en", text)
    casualties = read_casualties(Passages(text, "en", found, [], [], date(2025, 5, 5)))
    assert (casualties.killed, casualties.wounded) == (2, None)


def test_a_day_long_past_is_none(reader: Reader) -> None:
    """A day of an older matter does not date the report."""
    report = make_report("", "On Saturday, years ago, Azerbaijani forces shelled Khoznavar.", NOON)
    assert reader.work(report)[0].occurred == date(2025, 5, 5)


def test_letters_of_another_script_do_not_count(facts: Facts) -> None:
    """A Spanish name in a Russian text leaves it Russian."""
    folder = Folder()
    read = read_text(folder, "", "газета «Mañana» сообщила, что это было")
    assert Detector(facts.languages, folder).detect(read.raw, read.folded) == "ru"


def test_words_of_another_script_do_not_count(facts: Facts) -> None:
    """An English name in a Russian text leaves it Russian."""
    folder = Folder()
    read = read_text(folder, "", "газета the of сообщила, что это было")
    assert Detector(facts.languages, folder).detect(read.raw, read.folded) == "ru"
