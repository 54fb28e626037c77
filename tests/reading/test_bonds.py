"""Whether a truce binds those between whom a report tells of an act, at the hour of the act."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.model import Truce
from bot.reading import Reader
from bot.reading.truces import free_hours
from tests.reading.conftest import make_report

JANUARY_2026 = "2026-01-20T12:00:00+00:00"

BETWEEN = {
    "enemies of one truce": (
        "Thai soldiers fired at Cambodian troops near Chong Bok on Monday.",
        "foes_bound",
    ),
    "a group that no truce binds": (
        "Philippine soldiers shelled positions of the BIFF in Maguindanao on Monday.",
        "foes_unbound",
    ),
    "a group alone that no truce binds": (
        "The BIFF fired mortars at a village in Maguindanao on Monday.",
        "lone_unbound",
    ),
}


def relevance(reader: Reader, text: str, when: str = JANUARY_2026, title: str = "") -> dict[str, float]:
    """The evidence for a violation in a report."""
    return reader.work(make_report(title, text, when))[1].relevance


@pytest.mark.parametrize("case", BETWEEN)
def test_an_act_is_judged_by_those_whom_it_is_between(reader: Reader, case: str) -> None:
    """One truce binds both, none binds both, or none binds the only one."""
    text, kind = BETWEEN[case]
    evidence = relevance(reader, text)
    assert [k for k in ("foes_bound", "foes_unbound", "lone_unbound") if evidence[k]] == [kind]


def test_whom_another_clause_names_has_no_part_in_an_act(reader: Reader) -> None:
    """The group with a truce that stands by does not make the other's fight a breach."""
    text = (
        "Philippine soldiers shelled positions of the BIFF in Maguindanao on Monday; "
        "the MILF kept its ceasefire with the army."
    )
    evidence = relevance(reader, text)
    assert evidence["foes_unbound"] == 1.0
    assert evidence["foes_bound"] == 0.0


def test_acts_of_the_headline_and_the_lead_are_asked_first(reader: Reader) -> None:
    """What the rest tells of other fights does not count."""
    text = (
        "Philippine soldiers shelled positions of the BIFF in Maguindanao on Monday. "
        "The town is quiet again. On Sunday MILF fighters shot at an army post."
    )
    assert relevance(reader, text)["foes_unbound"] == 1.0


def test_one_party_of_a_truce_alone_says_nothing(reader: Reader) -> None:
    """Whom it fought is open."""
    evidence = relevance(reader, "Thai troops opened fire near Chong Bok on Monday.")
    assert not evidence["foes_bound"] + evidence["foes_unbound"] + evidence["lone_unbound"]


STRANGERS = {
    "en": "Islamic State militants opened fire at a checkpoint near Palmyra on Monday, killing two guards.",
    "ar": "قتل حارسان في هجوم شنته خلية تابعة لتنظيم الدولة على حاجز في ريف دير الزور.",
    "ru": "Боевики «Исламского государства» в понедельник обстреляли блокпост у Пальмиры, убиты двое.",
    "fr": "Des hommes de l'État islamique ont ouvert le feu lundi sur un poste près de Palmyre.",
    "tr": "IŞİD'liler pazartesi günü Deyrizor kırsalındaki kontrol noktasına ateş açtı, iki kişi öldü.",
}


@pytest.mark.parametrize("language", STRANGERS)
def test_an_attack_by_those_whom_no_truce_binds_is_no_violation(reader: Reader, language: str) -> None:
    """However certain the act and the place are."""
    report = make_report("", STRANGERS[language], JANUARY_2026)
    assert reader.work(report)[1].relevance["strange"] == 1.0
    assert not reader.read(report).is_violation


def test_strangers_of_another_sentence_have_no_part_in_an_act(reader: Reader) -> None:
    """A truce was broken, whoever else is about."""
    text = (
        "Thai soldiers fired at Cambodian troops near Chong Bok on Monday, breaking the ceasefire. "
        "Smugglers used the night to cross."
    )
    evidence = relevance(reader, text)
    assert (evidence["strange"], evidence["foes_bound"]) == (0.0, 1.0)


LEFT_BEHIND = {
    "en": "A farmer lost a leg near Aghdam on Monday when he stepped on an old landmine left from the war.",
    "az": "Ağdamda traktorçu müharibədən qalmış köhnə minaya düşüb yaralanıb.",
    "ka": "ერგნეთთან ომიდან დარჩენილი ძველი ნაღმი აფეთქდა, დაშავდა გლეხი.",
    "uk": "Біля Ізюма тракторист підірвався на старій міні, що лежала в полі ще з часів війни.",
}


@pytest.mark.parametrize("language", LEFT_BEHIND)
def test_what_an_older_war_left_behind_breaks_no_truce(reader: Reader, language: str) -> None:
    """Nobody laid it now."""
    assert not reader.read(make_report("", LEFT_BEHIND[language], JANUARY_2026)).is_violation


def test_words_of_one_act_count_once(reader: Reader) -> None:
    """`Artillery fire` is one act, though `artillery` is one too."""
    one = relevance(reader, "Thai artillery fire hit a village near Chong Bok.")
    two = relevance(reader, "Thai artillery fire and a drone hit a village near Chong Bok.")
    assert one["armed_act"] < two["armed_act"]


ZONE = ZoneInfo("Asia/Bangkok")
DAY = date(2025, 12, 27)


def make_truce(since: datetime, until: datetime | None) -> Truce:
    """A truce of which only the hours matter."""
    return Truce("t", "thailand-cambodia", "T", ("cambodia", "thailand"), (), since, until, "in force", "")


HOURS = {
    "begun at noon": ((5, None), 23, (0.5, 0.0)),
    "ended at six in the evening": ((-48, 11), 23, (0.0, 0.25)),
    "told before the day is over": ((5, None), 9, (0.75, 0.0)),
    "held all day": ((-48, None), 23, (0.0, 0.0)),
    "begun after the day": ((30, None), 40, (1.0, 0.0)),
    "told before the day began": ((5, None), -20, (0.0, 0.0)),
}


@pytest.mark.parametrize("case", HOURS)
def test_hours_of_a_day_without_truce(case: str) -> None:
    """Hours are counted from midnight at the place, which is five in the evening of UTC's day before."""
    (since, until), told, expected = HOURS[case]

    def at(hour: int) -> datetime:
        return datetime.fromtimestamp(datetime(2025, 12, 27, tzinfo=UTC).timestamp() + hour * 3600, UTC)

    truce = make_truce(at(since), at(until) if until is not None else None)
    assert free_hours([truce], DAY, ZONE, at(told)) == pytest.approx(expected)


def test_no_truces_leave_no_hours_to_count() -> None:
    """Whether any truce binds is asked elsewhere."""
    assert free_hours([], DAY, ZONE, datetime(2025, 12, 27, 12, tzinfo=UTC)) == (0.0, 0.0)


def test_a_fight_before_the_hour_of_the_truce_weighs_less(reader: Reader) -> None:
    """The same words, told of the morning of the first day and of the day after."""
    text = "Cambodian artillery hit a Thai village near Chong Bok on {}, the army said."
    first = reader.read(make_report("", text.format("Saturday"), "2025-12-27T23:00:00+00:00"))
    second = reader.read(make_report("", text.format("Sunday"), "2025-12-28T23:00:00+00:00"))
    assert first.score < second.score
