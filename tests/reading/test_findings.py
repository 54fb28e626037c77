"""What a finding holds: places, parties, numbers, days and the words they rest on."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import Act, Stance
from bot.reading import Reader
from tests.reading.conftest import Read, make_report

MAY = "2025-05-05T08:00:00+00:00"


def test_the_scene_is_not_where_the_statement_was_made(read: Read) -> None:
    """A dateline and a press conference are no scenes."""
    found = read(
        "Shots at Khoznavar",
        "YEREVAN, May 5. /AGENCY/. Azerbaijani forces opened fire at Khoznavar on Sunday, the "
        "spokesman said in Goris.",
        MAY,
    )
    assert [place.name for place in found.places] == ["Khoznavar"]


def test_a_spelling_of_the_other_side_is_the_same_place(read: Read) -> None:
    """Both names lead to one region."""
    first = read("Fire at Hin Tagher", "Azerbaijani troops attacked Hin Tagher.", "2020-12-13T08:00:00+00:00")
    second = read(
        "Бой у Кёхне-Тагляра", "Азербайджанские войска атаковали Хин Тахер.", "2020-12-13T08:00:00+00:00"
    )
    assert first.theatre == second.theatre == "armenia-azerbaijan"
    assert {p.region for p in first.places} == {p.region for p in second.places}


def test_who_accuses_whom(read: Read) -> None:
    """The object of `accused` is accused, its subject the accuser."""
    found = read(
        "Pakistan accuses India of firing across the line",
        "Pakistan accused India of opening fire with mortars at villages in the Tatta Pani sector on Sunday.",
        "2020-05-05T08:00:00+00:00",
    )
    assert found.accused == ("india",)
    assert found.accuser == ("pakistan",)
    assert Act.MORTAR in found.acts


def test_both_sides_of_a_mutual_accusation(read: Read) -> None:
    """Each side blames the other: both are accused."""
    found = read(
        "Thailand and Cambodia accuse each other of breaking truce",
        "Thailand and Cambodia accused each other on Sunday of opening fire with mortars near Ta Muen Thom.",
        "2025-09-29T08:00:00+00:00",
    )
    assert set(found.accused) == {"thailand", "cambodia"}


def test_an_own_outlet_that_denies(read: Read) -> None:
    """A ministry that rejects a report is the accused."""
    found = read(
        "Ministry rejects claim",
        "The claim that our units fired at the village of Khnatsakh is baseless, Azerbaijan's "
        "defence ministry said.",
        MAY,
        kind="mod",
        side="azerbaijan",
    )
    assert found.stance is Stance.DENIAL
    assert "azerbaijan" in found.accused


NUMBERS = {
    "a toll beside ages and calibres": (
        "Two boys aged 9 and 12 were killed and a woman, 52, was wounded when 120 mm shells hit the village.",
        (2, 1),
    ),
    "nobody": ("Troops fired at a post with small arms. No casualties were reported.", (0, 0)),
    "no number": ("Troops fired at a post with small arms.", (None, None)),
    "a part is no second number": ("Shelling killed five people, including three children.", (5, None)),
    "two sides joined": ("Three soldiers and four fighters were killed in the clash.", (7, None)),
    "words for numbers": ("Twenty-seven people were killed by shelling.", (27, None)),
    "a corrected number": (
        "The number of people wounded by the shelling has risen from two to four.",
        (None, 4),
    ),
    "displaced people": ("Shelling killed two people and 50,000 displaced people fled.", (2, None)),
    "a person without a number": ("A soldier was killed by a sniper.", (1, None)),
    "an older toll": ("Shelling wounded two people. Last year 40 people were killed there.", (None, 2)),
}


@pytest.mark.parametrize("case", NUMBERS)
def test_killed_and_wounded(read: Read, case: str) -> None:
    """Only the people of this incident count."""
    text, expected = NUMBERS[case]
    found = read("Azerbaijani shelling near Khoznavar", text, MAY)
    assert (found.killed, found.wounded) == expected


DAYS = {
    "a weekday": ("en", "Azerbaijani forces shelled Khoznavar on Saturday.", date(2025, 5, 3)),
    "a named month": ("en", "Azerbaijani forces shelled Khoznavar on May 2.", date(2025, 5, 2)),
    "yesterday": ("en", "Azerbaijani forces shelled Khoznavar yesterday.", date(2025, 5, 4)),
    "no day": ("en", "Azerbaijani forces shelled Khoznavar.", date(2025, 5, 5)),
    "the last of several": ("ru", "1-3 мая азербайджанские силы обстреляли Хознавар.", date(2025, 5, 3)),
    "in figures": ("en", "Azerbaijani forces shelled Khoznavar (03.05.2025).", date(2025, 5, 3)),
    "a day that does not exist": ("en", "Azerbaijani forces shelled Khoznavar on May 31.", date(2025, 5, 5)),
    "a day of this month": (
        "ru",
        "Стрельба шла с вечера 3-го, азербайджанские силы обстреляли Хознавар.",
        date(2025, 5, 3),
    ),
    "an east asian day": (
        "ko",
        "아제르바이잔군이 지난 3일 아르메니아 진지에 사격했다고 밝혔다.",
        date(2025, 5, 3),
    ),
    "an east asian date": ("zh", "阿塞拜疆军队5月3日向亚美尼亚阵地开火。", date(2025, 5, 3)),
}


@pytest.mark.parametrize("case", DAYS)
def test_the_day(read: Read, case: str) -> None:
    """The day of the act, as the place counts it."""
    language, text, expected = DAYS[case]
    found = read("", text, "2025-05-05T12:00:00+00:00", side="armenia")
    assert found.language == language
    assert found.occurred == expected


def test_an_update_comes_days_later(read: Read) -> None:
    """A neutral outlet that writes days later brings news of a known incident."""
    found = read(
        "Death toll of Khoznavar shelling rises to four",
        "Azerbaijani forces shelled Khoznavar on May 1. The death toll rose to four.",
        "2025-05-05T12:00:00+00:00",
    )
    assert found.stance is Stance.UPDATE


def test_evidence_stands_in_the_text(read: Read) -> None:
    """Each piece of evidence is the words at its place, and reasons name the truce."""
    title, text = "Огонь у Хознавара", "Азербайджанские силы открыли огонь у Хознавара, ранены двое."
    found = read(title, text, MAY, side="armenia")
    raw = f"{title}\n{text}"
    assert found.evidence
    assert all(raw[e.start : e.end] == e.words for e in found.evidence)
    assert any(r.code == "truce_in_force" and r.detail for r in found.reasons)


def test_what_is_surely_no_violation_is_judged_no_further(read: Read, read_in_full: Read) -> None:
    """Its theatre, the evidence against it and what it takes back are told; the rest is not asked for."""
    report = (
        "Armenia wins football match in the World Cup",
        "This article has been retracted: Azerbaijan lost the football match in Yerevan, not the tournament.",
        MAY,
    )
    dismissed, full = read(*report), read_in_full(*report)
    assert not dismissed.is_violation
    assert dismissed.theatre == full.theatre == "armenia-azerbaijan"
    assert {each.what for each in dismissed.evidence} == {"retract"}
    assert (dismissed.stance, dismissed.occurred) == (None, None)
    assert set(dismissed.reasons) < set(full.reasons)
    assert full.stance is Stance.CLAIM


def test_no_truce_on_the_day_decides_early(read: Read, read_in_full: Read) -> None:
    """Fighting in a war without a truce is told as such before its scene is looked for."""
    report = ("", "Russian forces attacked Huliaipole in Ukraine.", "2023-05-05T12:00:00+00:00")
    dismissed, full = read(*report), read_in_full(*report)
    assert "no_truce" in {reason.code for reason in dismissed.reasons}
    assert not dismissed.is_violation
    assert not full.is_violation
    assert dismissed.places == ()
    assert full.places


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("We apologise", "This article has been retracted: it rested on a report that was not true."),
        ("Сообщение снято", "Редакция отозвала сообщение: сведения оказались ошибочными."),
        ("Düzeltme", "Bu haber geri çekildi, okurlarımızdan özür dileriz."),
        ("تصحيح", "تم سحب الخبر لعدم صحته، نعتذر من القراء."),
    ],
)
def test_a_notice_that_takes_back_is_known_without_any_place(read: Read, title: str, text: str) -> None:
    """What stands in place of an article names nothing of it."""
    found = read(title, text, MAY)
    assert not found.is_violation
    assert found.theatre is None
    assert {each.what for each in found.evidence} == {"retract"}


@pytest.mark.parametrize(
    "text",
    [
        "За прошедшие сутки Азербайджан сорок раз обстрелял позиции у села Tegh и семь раз у Шурнуха.",
        "In the past day Azerbaijan opened fire eleven times at Tegh and nine times at Shurnukh.",
    ],
)
def test_acts_that_are_counted_are_evidence_of_a_tally(reader: Reader, text: str) -> None:
    """Numbers in words count as figures do, and so do acts counted without a word for violations."""
    report = make_report("", text, "2025-05-05T12:00:00+00:00", kind="mod", side="armenia")
    assert reader.work(report)[1].stance["times"] == 2
