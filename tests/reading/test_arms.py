"""Who has the arms for what is told: one side's aircraft, another's buried mines."""

from __future__ import annotations

from bot.reading.arms import ArmedAct, arms_features
from bot.reading.parts import Sides
from tests.reading.conftest import Read


def test_who_flies_has_bombed_though_nobody_says_so(read: Read) -> None:
    """Of two parties that are named and not blamed, the one that has aircraft."""
    found = read(
        "Two killed near Khan Younis",
        "Warplanes bombed a house east of Khan Younis, killing two people, medics said. Hamas and "
        "Israel have not commented.",
        "2025-11-05T18:00:00+00:00",
    )
    assert found.accused == ("israel",)


def test_who_has_no_aircraft_is_not_to_blame_for_a_strike(read: Read) -> None:
    """Whose people are named first were hit."""
    found = read(
        "Air strike near Khan Younis",
        "Two Hamas fighters were killed in an air strike east of Khan Younis, medics said. Israel "
        "had no comment.",
        "2025-11-05T18:00:00+00:00",
    )
    assert found.accused == ("israel",)


def test_arms_that_both_have_say_nothing(read: Read) -> None:
    """Shots tell of nobody; who is named as acting is accused."""
    found = read(
        "Two hurt near Khan Younis",
        "Hamas fighters opened fire at a patrol east of Khan Younis, wounding two people, medics said.",
        "2025-11-05T18:00:00+00:00",
    )
    assert found.accused == ("hamas",)


def test_an_air_strike_that_is_denied_is_nobody_s(read: Read) -> None:
    """There was none; what was told besides counts."""
    found = read(
        "Shots near Khan Younis",
        "There were no air strikes near Khan Younis, but Hamas fighters opened fire at a patrol, "
        "wounding two people, the Israeli army said.",
        "2025-11-05T18:00:00+00:00",
        side="israel",
    )
    assert found.accused == ("hamas",)


def test_an_ally_of_who_flies_is_neither_meant_nor_cleared() -> None:
    """Only foes are told apart by arms."""
    sides = Sides(frozenset("abc"), frozenset("abc"), [["a", "b"]])
    armed = [ArmedAct(frozenset("a"), "lead")]
    told = {party: arms_features(party, armed, sides) for party in "abc"}
    assert told == {"a": {"arms_lead": 1.0}, "b": {}, "c": {"foe_arms_lead": 1.0}}
