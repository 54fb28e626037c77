"""The table of severities in docs/incidents.md is what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.incidents import judge_severity
from bot.incidents.severity import MANY_PLACES, OFFENSIVE_PLACES
from bot.model import Act, Severity
from tests.incidents.telling import place

DOCUMENT = Path(__file__).parents[2] / "docs" / "incidents.md"
SAID = {
    Act.SHELLING: "shelling",
    Act.MORTAR: "mortars",
    Act.ROCKET_MISSILE: "rockets or missiles",
    Act.DRONE: "drones",
    Act.AIR_STRIKE: "air strikes",
    Act.GROUND_ASSAULT: "a ground attack",
    Act.MINE_IED: "mines",
    Act.NAVAL: "an act at sea",
    Act.CAPTURE: "ground or people were taken",
    Act.ABDUCTION: "ground or people were taken",
    Act.SMALL_ARMS: "shots",
    Act.SNIPER: "a sniper",
    Act.INCURSION: "an incursion",
    Act.AIRSPACE: "an aircraft",
}
NUMBERS = {3: "three", 5: "five"}
VILLAGES = tuple(place(f"Village {number}") for number in range(6))


def row(severity: Severity) -> str:
    """What the table says of a severity."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if line.startswith("| ") and f" {severity} | " in line)


@pytest.mark.parametrize("act", sorted(set(Act) - {Act.OTHER}))
def test_each_act_stands_in_its_row(act: Act) -> None:
    """As one village and nobody hurt: heavy weapons and taking are serious, the rest is minor."""
    assert SAID[act] in row(judge_severity((act,), None, None, VILLAGES[:1]))


def test_the_hurt_the_dead_and_many_villages() -> None:
    """Killed is grave, wounded serious; numbers of villages are those of the table."""
    assert judge_severity((), (0, 1), None, ()) is Severity.GRAVE
    assert "somebody was killed" in row(Severity.GRAVE)
    assert judge_severity((), None, (0, 1), ()) is Severity.SERIOUS
    assert "somebody was wounded" in row(Severity.SERIOUS)
    assert judge_severity((), (0, 0), (0, 0), ()) is Severity.MINOR
    for acts, many in (((Act.GROUND_ASSAULT,), OFFENSIVE_PLACES), ((Act.SMALL_ARMS,), MANY_PLACES)):
        assert judge_severity(acts, None, None, VILLAGES[:many]) is Severity.GRAVE
        assert judge_severity(acts, None, None, VILLAGES[: many - 1]) is not Severity.GRAVE
        assert f"{NUMBERS[many]} or more villages" in row(Severity.GRAVE)
