"""The mark of an incident, as docs/incidents.md tabulates it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.model import Act, FoundPlace, RegionLevel, Severity

HEAVY = frozenset(
    {
        Act.SHELLING,
        Act.MORTAR,
        Act.ROCKET_MISSILE,
        Act.DRONE,
        Act.AIR_STRIKE,
        Act.GROUND_ASSAULT,
        Act.MINE_IED,
        Act.NAVAL,
    }
)
"""Weapons and operations beyond rifles."""

TAKING = frozenset({Act.CAPTURE, Act.ABDUCTION})
"""Ground or people taken."""

MANY_PLACES = 5
"""Villages under fire at once that make an incident more than a local one."""

OFFENSIVE_PLACES = 3
"""Villages attacked on the ground at once that make an attack an offensive."""


def judge_severity(
    acts: Collection[Act],
    killed: tuple[int, int] | None,
    wounded: tuple[int, int] | None,
    places: Sequence[FoundPlace],
) -> Severity:
    """Grave when people were killed or much ground is attacked, serious when hurt or shelled, else minor."""
    spots = sum(place.level is RegionLevel.PLACE for place in places)
    is_offensive = Act.GROUND_ASSAULT in acts and spots >= OFFENSIVE_PLACES
    if (killed and killed[1]) or is_offensive or spots >= MANY_PLACES:
        return Severity.GRAVE
    if (wounded and wounded[1]) or HEAVY & set(acts) or TAKING & set(acts):
        return Severity.SERIOUS
    return Severity.MINOR
