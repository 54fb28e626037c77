"""Whom general words mean: by theatre, and by who speaks."""

from __future__ import annotations

from bot.reading.actors import actors_for
from tests.reading.conftest import Read

NOON = "2025-05-05T12:00:00+00:00"

ACTORS = {"regime": ["north"], "rebels": ["south"]}
ENEMIES = {"north": ["south"], "south": ["north"]}
FIGHTERS = {"north", "south"}


def test_nobody_calls_his_own_side_a_regime() -> None:
    """In the paper of the regime itself the word means the other side."""
    assert actors_for(ACTORS, ENEMIES, "south", FIGHTERS)["regime"] == ["north"]
    assert actors_for(ACTORS, ENEMIES, "north", FIGHTERS)["regime"] == ["south"]


def test_the_army_is_the_outlet_s_own_where_the_theatre_knows_no_other() -> None:
    """A neutral outlet means nobody by it, a theatre with one army always that."""
    assert actors_for(ACTORS, ENEMIES, "south", FIGHTERS)["army"] == ("south",)
    assert "army" not in actors_for(ACTORS, ENEMIES, "neutral", FIGHTERS)
    assert actors_for({"army": ["north"]}, ENEMIES, "south", FIGHTERS)["army"] == ["north"]


def test_the_enemy_is_that_of_the_speaker() -> None:
    """Who has none means nobody."""
    assert actors_for(ACTORS, ENEMIES, "north", FIGHTERS)["enemy"] == ["south"]
    assert actors_for(ACTORS, ENEMIES, "neutral", FIGHTERS)["enemy"] == ()


def test_militants_near_the_line_are_those_of_the_ground(read: Read) -> None:
    """A Ukrainian paper names no republic; the town stands under one."""
    found = read(
        "Militants fire at Marinka",
        "Militants fired grenade launchers at Marinka in Donetsk region, breaking the truce.",
        "2019-08-14T18:00:00+00:00",
        side="ukraine",
    )
    assert found.accused == ("dpr",)


def test_a_truce_s_own_date_tells_of_no_older_matter(read: Read) -> None:
    """`Ignores the ceasefire of 21 July` is today's news."""
    found = read(
        "Soldier hit at Marinka",
        'A soldier was hit by sniper fire. "The enemy ignores the ceasefire of 21 July," the staff said.',
        "2019-08-14T18:00:00+00:00",
        side="ukraine",
    )
    assert found.accused == ("russia",)


def test_parties_named_for_the_past_alone_are_still_named(read: Read) -> None:
    """A later toll says once, with `earlier`, who was accused."""
    found = read(
        "Toll in Khoznavar rises to three",
        "Three people have now died of the shelling at Khoznavar. Earlier Armenia blamed Azerbaijan.",
        NOON,
    )
    assert found.accused == ("azerbaijan",)


def test_who_arranged_the_truce_is_not_accused(read: Read) -> None:
    """A power that mediates or is told of a breach did nothing."""
    found = read(
        "Shots at Khoznavar",
        "Azerbaijani units opened fire at Khoznavar on Sunday. Russian peacekeepers were told of it; the "
        "ceasefire arranged by Moscow is three weeks old.",
        "2021-05-05T12:00:00+00:00",
        side="armenia",
    )
    assert found.accused == ("azerbaijan",)


def test_the_enemy_is_who_of_the_enemies_is_named(read: Read) -> None:
    """Where the text names an ally of the usual enemy, that one is meant."""
    found = read(
        "Shots at Shusha",
        "Nagorno-Karabakh forces fired at our positions near Shusha. The enemy was silenced by our units.",
        "2022-05-05T12:00:00+00:00",
        kind="mod",
        side="azerbaijan",
    )
    assert found.accused == ("nagorno-karabakh",)


def test_rebels_are_not_the_usual_ones_where_others_are_named(read: Read) -> None:
    """The National Salvation Front has rebels too."""
    found = read(
        "Army post raided at Nyori",
        "Rebels of the National Salvation Front attacked an army post at Nyori on Thursday. "
        "The army accused the rebels of breaking the Rome truce.",
        "2020-03-05T12:00:00+00:00",
    )
    assert "spla-io" not in found.accused
    assert "spla-io" not in {e.code for e in found.evidence}


def test_our_forces_are_the_outlet_s_own_side(read: Read) -> None:
    """Who says that ours struck names his side; in a paper that belongs to nobody nobody is meant."""
    text = "Our forces hit two posts near Khan Younis with mortars, the statement says."
    when = "2025-11-05T18:00:00+00:00"
    assert read("Statement on Khan Younis", text, when, kind="channel", side="hamas").accused == ("hamas",)
    assert read("Statement on Khan Younis", text, when, kind="channel", side="israel").accused == ("israel",)
