"""Which part a report plays in its incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.incidents import grow, tell_roles
from bot.model import Incident, IncidentStatus, Source, SourceType, Stance
from tests.incidents.telling import DAY, finding, report, source

WIRE = source("Ararat Wire")
PAPER = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
MINISTRY = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
THEIR_WIRE = source("Caspian Wire", SourceType.AGENCY, "azerbaijan")


def told(later: Source, hours: float, copied: int | None = None, **changes: Any) -> Incident:
    """An incident of which one outlet tells, and another so many hours later."""
    incident = grow(None, report(1, WIRE), finding())
    return grow(incident, report(2, later, timedelta(hours=hours)), finding(**changes), copied_report=copied)


def roles(incident: Incident) -> list[Stance]:
    return [claim.stance for claim in tell_roles(incident).claims]


@pytest.mark.parametrize(
    ("later", "hours", "changes", "role"),
    [
        (PAPER, 15, {}, Stance.UPDATE),
        (PAPER, 14.9, {}, Stance.CLAIM),
        (MINISTRY, 30, {"accused": ("armenia",), "accuser": ("azerbaijan",)}, Stance.CLAIM),
        (THEIR_WIRE, 30, {"accused": ("armenia",), "accuser": ("azerbaijan",)}, Stance.CLAIM),
        (THEIR_WIRE, 30, {"stance": Stance.DENIAL}, Stance.DENIAL),
        (PAPER, 30, {"stance": Stance.CONFIRMATION}, Stance.CONFIRMATION),
        (PAPER, 30, {"stance": Stance.TALLY}, Stance.TALLY),
    ],
)
def test_an_outlet_that_tells_a_night_later_brings_an_update(
    later: Source, hours: float, changes: dict[str, Any], role: Stance
) -> None:
    """A claim becomes an update; what a party itself says, and every other stance, stays."""
    assert roles(told(later, hours, **changes)) == [Stance.CLAIM, role]


def test_a_side_that_has_answered_updates_later() -> None:
    """Only the first accusation by an accused side is its claim, however late."""
    back: dict[str, Any] = {"accused": ("armenia",), "accuser": ("azerbaijan",)}
    incident = told(MINISTRY, 2, **back)
    incident = grow(incident, report(3, THEIR_WIRE, timedelta(hours=20)), finding(**back))
    assert roles(incident) == [Stance.CLAIM, Stance.CLAIM, Stance.UPDATE]


def test_a_copy_brings_nothing_new() -> None:
    """The same text in another outlet a day later stays what it was."""
    assert roles(told(PAPER, 20, copied=1)) == [Stance.CLAIM, Stance.CLAIM]


DENIES: dict[str, Any] = {"stance": Stance.DENIAL, "occurred": DAY + timedelta(days=1)}


def test_an_answer_that_names_no_day_but_its_own_is_of_the_incidents_day() -> None:
    """A denial made on the morning after tells of the day before, and makes the incident no younger."""
    incident = told(THEIR_WIRE, 20, **DENIES)
    incident = grow(incident, report(3, MINISTRY, timedelta(hours=21)), finding(**DENIES))
    assert incident.occurred == DAY
    assert [claim.occurred for claim in tell_roles(incident).claims] == [DAY, DAY, DAY]


@pytest.mark.parametrize(
    ("hours", "changes", "day"),
    [
        (20, {**DENIES, "stance": Stance.TALLY}, DAY + timedelta(days=1)),
        (50, DENIES, DAY + timedelta(days=1)),
        (20, {**DENIES, "occurred": None}, DAY),
        (10, {**DENIES, "occurred": DAY}, DAY),
    ],
)
def test_a_day_that_is_told_stays(hours: float, changes: dict[str, Any], day: date) -> None:
    """What is no answer has its own day, and so has an answer that names a day before its own."""
    assert tell_roles(told(THEIR_WIRE, hours, **changes)).claims[1].occurred == day


def test_the_ledger_keeps_what_was_read() -> None:
    """Roles are for telling: neither stances nor the status of the incident itself change."""
    incident = told(PAPER, 20)
    assert [claim.stance for claim in incident.claims] == [Stance.CLAIM, Stance.CLAIM]
    assert tell_roles(incident) == replace(incident, claims=tell_roles(incident).claims)
    assert incident.status is IncidentStatus.CLAIMED
