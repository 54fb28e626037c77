"""How an outlet of one side tells: proud of its own deeds, or aggrieved by the other's."""

from __future__ import annotations

import pytest

from bot.model import Stance
from bot.reading import Reader
from tests.reading.conftest import Read, make_report

WHEN = "2025-11-05T18:00:00+00:00"


def tone_of(reader: Reader, title: str, text: str, side: str = "israel") -> dict[str, float]:
    """What the tone adds to the evidence of the stance, by its name without `tone_`."""
    told = reader.work(make_report(title, text, WHEN, side=side))[1].stance
    return {name.removeprefix("tone_"): value for name, value in told.items() if name.startswith("tone_")}


def test_words_are_counted_by_place_and_only_twice(reader: Reader) -> None:
    """Headline, first sentence and the rest are told apart; a third word adds nothing."""
    text = "Khan Younis was calm. Homes, houses, villagers and farmers in Khan Younis were shelled by Hamas."
    told = tone_of(reader, "Hideouts near Khan Younis", text)
    assert told["prey_title"] == 1
    assert told["hurt_rest"] == 2
    assert "hurt_lead" not in told


def test_our_forces_under_fire_are_no_boast(reader: Reader) -> None:
    """What stands within a longer grievance is part of it alone."""
    told = tone_of(reader, "Khan Younis", "Terrorists fired at our forces near Khan Younis.")
    assert told["hurt_lead"] == 1
    told = tone_of(reader, "Khan Younis", "Our forces struck a Hamas post near Khan Younis.")
    assert told["ours_lead"] == 1
    assert "hurt_lead" not in told


def test_a_grievance_undoes_the_boast(reader: Reader) -> None:
    """Who answered what villagers suffered does not only boast; who names no own deed does not at all."""
    boast = "Troops eliminated two terrorists near Khan Younis."
    assert tone_of(reader, "", boast)["boast_only"] == 1
    told = tone_of(reader, "Villagers hurt by Hamas mortar fire", boast)
    assert told["boast"] == 1
    assert "boast_only" not in told
    assert tone_of(reader, "", "Hamas mortar fire hurt two villagers near Khan Younis.")["hurt_only"] == 1


def test_only_a_side_s_own_outlet_has_a_tone(reader: Reader) -> None:
    """An agency that belongs to nobody tells of either side's deeds."""
    assert not tone_of(reader, "", "Troops eliminated two terrorists near Khan Younis.", side="neutral")


@pytest.mark.parametrize(
    ("text", "stance", "accused"),
    [
        (
            "Our forces struck a weapons depot near Khan Younis and eliminated two Hamas terrorists.",
            Stance.CONFIRMATION,
            "israel",
        ),
        (
            "Hamas terrorists fired mortars at our forces near Khan Younis; nobody was hurt.",
            Stance.CLAIM,
            "hamas",
        ),
    ],
)
def test_who_boasts_admits_and_who_grieves_accuses(
    read: Read, text: str, stance: Stance, accused: str
) -> None:
    """An army that tells of its own strike is the one that acted."""
    found = read("Army statement on the area of Khan Younis", text, WHEN, kind="mod", side="israel")
    assert (found.stance, found.accused) == (stance, (accused,))


def test_words_of_the_tone_may_stand_in_a_name(reader: Reader) -> None:
    """A village is no less a name because it is written like a common word."""
    found = reader.read(
        make_report(
            "Shelling in the south",
            "Israeli artillery shelled the village of Mujahideen Hideout near Khan Younis, medics said.",
            WHEN,
        )
    )
    assert any("Hideout" in place.name for place in found.places)
