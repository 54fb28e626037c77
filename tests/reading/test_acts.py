"""What was done: which words of war tell of an act, and which give way to others."""

from __future__ import annotations

import pytest

from bot.model import Act, Stance
from tests.reading.conftest import Read

MAY = "2025-05-05T08:00:00+00:00"

CASES = {
    "a party's drone is a drone": (
        "Un dron marroquí mató a un pastor cerca de Tifariti, una violación de la tregua, dijo el Polisario.",
        {Act.DRONE},
    ),
    "an attack that took a town": (
        "Israeli troops attacked Kfar Kila on Sunday and seized the village, violating the ceasefire.",
        {Act.GROUND_ASSAULT, Act.CAPTURE},
    ),
    "air defence is no raid": (
        "Israeli soldiers fired at an air defence battery near Kfar Kila, violating the ceasefire.",
        {Act.SMALL_ARMS},
    ),
    "a unit's name is no act": (
        "Warplanes hit the rocket unit of Hezbollah near Aitaroun on Sunday, in breach of the ceasefire.",
        {Act.AIR_STRIKE},
    ),
    "who watches from above does not attack": (
        "Armenian troops fired with small arms at a post near Tegh while the mission's UAVs looked on, a "
        "ceasefire violation, Azerbaijan said.",
        {Act.SMALL_ARMS},
    ),
    "rifles are no assault": (
        "Azerbaijani soldiers fired assault rifles at Khnatsakh in violation of the ceasefire, Armenia said.",
        {Act.SMALL_ARMS},
    ),
    "burned houses count beside shots": (
        "Israeli troops opened fire and set fire to two houses in Kfar Kila, violating the ceasefire.",
        {Act.SMALL_ARMS, Act.OTHER},
    ),
    "damage alone does not": (
        "Israeli troops fired mortars at Kfar Kila and two houses were hit, a violation of the ceasefire.",
        {Act.MORTAR},
    ),
    "the dead of an arson were shot": (
        "Israeli troops set fire to a farm near Kfar Kila and killed two people, violating the ceasefire.",
        {Act.SMALL_ARMS, Act.OTHER},
    ),
    "the dead of nothing more precise were shot": (
        "Israeli troops targeted a farm near Kfar Kila and killed two people, violating the ceasefire.",
        {Act.SMALL_ARMS},
    ),
    "an attack with fists is no assault": (
        "Turkish troops attacked UN peacekeepers in the buffer zone near Pyla: one was punched, two "
        "shoved, in breach of the status quo.",
        {Act.OTHER},
    ),
    "an ambush with shots is fire": (
        "Azerbaijani soldiers opened fire at a car near Tegh in an ambush, violating the ceasefire.",
        {Act.SMALL_ARMS},
    ),
    "a Russian shelling with rifles is fire": (
        "Азербайджанские военные обстреляли село Тех, стреляли из пулемётов, режим прекращения огня нарушен, "
        "сообщили в Ереване.",
        {Act.SMALL_ARMS},
    ),
    "a Russian shelling of which no more is said": (
        "Азербайджанские военные обстреляли село Тех, режим прекращения огня нарушен, сообщили в Ереване.",
        {Act.SHELLING},
    ),
    "fighting counts beside guns": (
        "Fighting broke out near Kfar Kila and artillery was used by Israel in violation of the ceasefire.",
        {Act.GROUND_ASSAULT, Act.SHELLING},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_acts(read: Read, case: str) -> None:
    """The acts of a report, in any order."""
    text, expected = CASES[case]
    assert set(read("", text, MAY).acts) == expected


def test_a_tally_does_not_count_strikes_beside_weapons(read: Read) -> None:
    """`Provocations` and `strikes` name no kind of act of their own; explosions do."""
    text = (
        "Azerbaijan violated the ceasefire 12 times over the past day near Tegh with mortars{}, the Armenian "
        "defence ministry said in its daily report."
    )
    assert read("", text.format(" in a series of provocations"), MAY).acts == (Act.MORTAR,)
    assert read("", text.format(", causing 20 explosions"), MAY).acts == (Act.MORTAR, Act.OTHER)


def test_a_denial_names_the_act_that_it_denies(read: Read) -> None:
    """What was not done is what the denial is about, beside what it charges the other side with."""
    text = (
        "Azerbaijan's units did not use mortars near Tegh, the defence ministry in Baku said, and called the "
        "Armenian report of a ceasefire violation false. It was Armenian soldiers who opened fire."
    )
    found = read("Baku denies shelling Tegh", text, MAY, kind="mod", side="azerbaijan")
    assert (found.stance, Act.MORTAR in found.acts) == (Stance.DENIAL, True)
