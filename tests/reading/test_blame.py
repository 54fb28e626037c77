"""Who is accused, by whom, and which part a report plays: texts of our own in several languages."""

from __future__ import annotations

import pytest

from bot.model import Stance
from bot.reading.parts import Sides
from tests.reading.conftest import Read

NOON = "2025-05-05T12:00:00+00:00"


def test_who_fired_from_his_posts_is_accused_not_who_says_so(read: Read) -> None:
    """The ministry that tells of it speaks; its neighbour acted."""
    found = read(
        "Shots at Khoznavar",
        "Armenia's defence ministry said Azerbaijani forces opened fire at Khoznavar on Sunday night.",
        NOON,
    )
    assert found.accused == ("azerbaijan",)
    assert "armenia" in found.accuser


def test_an_outlet_s_own_ally_is_seldom_accused(read: Read) -> None:
    """A paper of one side that names its own posts tells where shells fell."""
    found = read(
        "",
        "Turkish Cypriot police and Turkish troops were near when Greek Cypriot guards fired at a patrol.",
        NOON,
        side="north-cyprus",
    )
    assert found.accused == ("cyprus",)


def test_a_denial_that_accuses_in_return_names_both(read: Read) -> None:
    """The ministry rejects one report and brings another."""
    found = read(
        "Baku rejects claim of shelling",
        "Azerbaijan's defence ministry denied that its units had fired at Khoznavar and said it was Armenian "
        "forces that opened fire at its positions.",
        NOON,
        kind="mod",
        side="azerbaijan",
    )
    assert found.stance is Stance.DENIAL
    assert set(found.accused) == {"armenia", "azerbaijan"}


def test_a_denial_without_a_name_is_of_the_outlet_s_own_side(read: Read) -> None:
    """`Our units did not open fire` speaks for the side whose page it is."""
    found = read(
        "On the false report about Khoznavar",
        "The report that Khoznavar was shelled is false. Our units did not open fire; Armenia invents.",
        NOON,
        kind="mod",
        side="azerbaijan",
    )
    assert found.stance is Stance.DENIAL
    assert "azerbaijan" in found.accused


def test_a_monitor_s_own_word_confirms(read: Read) -> None:
    """An observer that saw the traces reports no claim."""
    found = read(
        "UN mission confirms shots near Avlona",
        "The peacekeeping force confirmed that Turkish soldiers fired two shots into the buffer zone.",
        NOON,
        kind="monitor",
        side="un",
    )
    assert found.stance is Stance.CONFIRMATION


def test_a_word_for_several_allies_means_those_of_the_place(read: Read) -> None:
    """Separatists near Donetsk are not those of Luhansk."""
    found = read(
        "Separatists shell Marinka",
        "Separatists fired mortars at Marinka in Donetsk region, breaking the truce, Ukraine's army said.",
        "2019-08-14T18:00:00+00:00",
    )
    assert "dpr" in found.accused
    assert "lpr" not in found.accused


def test_a_state_from_outside_breaks_no_truce_of_others(read: Read) -> None:
    """India is no party to the ceasefire between Armenia and Azerbaijan."""
    text = "{} forces opened fire with mortars at Khoznavar in Armenia, near Azerbaijan."
    inside, outside = read("", text.format("Azerbaijani"), NOON), read("", text.format("Indian"), NOON)
    assert outside.score < inside.score
    assert "outsider" in {reason.code for reason in outside.reasons}


def test_a_truce_that_has_ended_is_none(read: Read) -> None:
    """Fighting after the end of a truce is told as such."""
    text = "Azerbaijani forces shelled Khoznavar in Armenia{}."
    plain = read("", text.format(""), NOON)
    ended = read("", text.format(" after the ceasefire expired and was not extended"), NOON)
    assert ended.score < plain.score


@pytest.mark.parametrize(
    "text", ["No violation of the ceasefire was seen.", "停火线平静，未发现违反停火的情况。"]
)
def test_a_breach_that_was_not_is_none(read: Read, text: str) -> None:
    """`Nothing was violated` speaks against a violation."""
    found = read("Armenia and Azerbaijan", f"Khoznavar, Armenia, Azerbaijan. {text}", NOON)
    assert not found.is_violation


def test_warning_shots_are_no_mere_warning(read: Read) -> None:
    """A month called May and warning shots leave the act in the news."""
    found = read(
        "Warning shots at Khoznavar",
        "Azerbaijani troops crossed the line on 2 May and Armenian soldiers fired warning shots.",
        NOON,
    )
    assert found.is_violation


def test_turkish_and_azerbaijani_are_told_apart(read: Read) -> None:
    """Both write dotless i; only one writes the schwa."""
    assert (
        read("", "Ermənistan silahlıları Tərtərin kəndini atəşə tutub, sakin yaralanıb.", NOON).language
        == "az"
    )
    assert read("", "Azerbaycan, Ermenistan'ı ateş açmakla suçladı.", NOON).language == "tr"


def test_allies_are_of_one_bloc() -> None:
    """A party is its own ally, and that of its bloc."""
    sides = Sides(frozenset("abc"), frozenset("abc"), [["a", "b"]])
    assert sides.are_allies("a", "a")
    assert sides.are_allies("a", "b")
    assert not sides.are_allies("a", "c")


def test_what_observers_count_blames_nobody(read: Read) -> None:
    """An agency retells their figures; the names of the sides only say where."""
    found = read(
        "OSCE counts 212 ceasefire violations in a day",
        "The mission recorded 148 ceasefire violations in Donetsk region and 64 in Luhansk region over the "
        "past 24 hours, among them 70 explosions. The week before it had counted half as many.",
        "2021-03-05T12:00:00+00:00",
        side="ukraine",
    )
    assert found.stance is Stance.TALLY
    assert found.accused == ()


def test_who_watches_over_the_truce_does_not_accuse_itself(read: Read) -> None:
    """A ministry of peacekeepers notes a violation and names nobody: nothing tells which enemy is meant."""
    found = read(
        "Бюллетень российских миротворцев",
        "5 мая отмечен один случай нарушения режима прекращения огня у села Тагавард в Нагорном Карабахе, "
        "сообщило министерство обороны России.",
        "2021-05-05T12:00:00+00:00",
        kind="mod",
        side="russia",
    )
    assert found.stance is Stance.CONFIRMATION
    assert found.accused == ()
    assert found.accuser == ("russia",)
