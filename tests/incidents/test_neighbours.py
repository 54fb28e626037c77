"""Incidents that look alike are not swallowed, and the morning after is not a new one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from functools import cache

import pytest

from bot.incidents import Ledger, Profile, grow, place, search_for, summarise
from bot.model import Finding, RegionLevel, Report, SourceType, Stance
from tests.incidents.labelled import (
    Labelled,
    a_day_later,
    a_village_further,
    incidents_of,
    villages_of,
)
from tests.incidents.telling import (
    ALIBEYLI,
    DAY,
    MOVSES,
    TAVUSH,
    finding,
    named_day,
    report,
    source,
)
from tests.incidents.telling import place as make_place

HOUR = timedelta(hours=1)
NEXT_DAY = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
OBSERVER = source("Border Observer", SourceType.NEWSPAPER, "neutral")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
BOTH = ("azerbaijan", "armenia")


def known(*told: tuple[Report, Finding]) -> Profile:
    """An incident of these reports, with the first one's number."""
    incident = None
    for each, says in told:
        incident = grow(incident, each, says)
    assert incident is not None
    return replace(summarise(incident), id=told[0][0].id)


def joins(told: Report, says: Finding, *incidents: Profile) -> bool:
    return place(told, says, incidents).joined is not None


@cache
def originals() -> dict[str, list[Labelled]]:
    return incidents_of("train")


def is_mixed(rows: Iterable[Labelled], clones: Iterable[Labelled]) -> bool:
    """True when a report of either joins an incident of the other."""
    ledger, own = Ledger(), {row.report.id for row in rows}
    codes: dict[bool, set[str]] = {True: set(), False: set()}
    for row in sorted((*rows, *clones), key=lambda row: row.report.reported_at):
        placed = ledger.add(row.report, row.finding)
        assert placed is not None
        codes[row.report.id in own].add(placed.after.code)
    return bool(codes[True] & codes[False])


def test_the_same_again_a_day_later_is_another_incident() -> None:
    """The sources of 480 incidents tell word for word the same of the next day, and name no day."""
    mixed = [name for name, rows in originals().items() if is_mixed(rows, a_day_later(rows))]
    assert len(originals()) > 400
    assert len(mixed) <= 0.07 * len(originals()), mixed


def test_the_same_again_a_village_further_is_another_incident() -> None:
    """The sources of 150 incidents tell word for word the same of the nearest other village."""
    clones = {
        name: a_village_further(rows, villages_of(rows[0].finding.theatre or ""))
        for name, rows in originals().items()
    }
    cloned = [name for name, rows in clones.items() if rows]
    mixed = [name for name in cloned if is_mixed(originals()[name], clones[name])]
    assert len(cloned) > 100
    assert len(mixed) <= 0.04 * len(cloned), mixed


def test_who_blames_both_is_no_other_side() -> None:
    """An observer that blames both sides for another village tells of another incident."""
    both = known((report(1, FOREIGN), finding(accused=BOTH, accuser=())))
    near = finding(accused=BOTH, accuser=(), places=(ALIBEYLI,))
    assert not joins(report(2, OBSERVER, HOUR), near, both)


def test_the_other_side_may_blame_both_and_name_its_village() -> None:
    """Whoever is accused speaks for the other side, whatever it says of whom."""
    says = finding(accused=BOTH, accuser=("azerbaijan",), places=(ALIBEYLI,))
    assert joins(report(2, BAKU, HOUR), says, known((report(1), finding())))


def test_the_other_sides_village_of_another_day_is_another_incident() -> None:
    """An admission that names another village a day later is of something else."""
    admits = finding(stance=Stance.CONFIRMATION, accuser=(), places=(ALIBEYLI,), occurred=NEXT_DAY)
    assert not joins(report(2, BAKU, 30 * HOUR), admits, known((report(1), finding())))
    assert joins(report(2, BAKU, HOUR), replace(admits, occurred=DAY), known((report(1), finding())))


def test_a_side_that_spoke_names_no_village_across() -> None:
    """It denied for one village; what it denies of another is another incident."""
    denies = finding(stance=Stance.DENIAL)
    incident = known((report(1), finding()), (report(2, BAKU), denies))
    assert not joins(report(3, BAKU, HOUR), replace(denies, places=(ALIBEYLI,)), incident)


def test_the_morning_after_another_voice_tells_the_same() -> None:
    """It names no day, so the day of publication was taken."""
    shots = finding(accused=("armenia",), accuser=("azerbaijan",), acts=(), occurred=NEXT_DAY, places=())
    told = replace(shots, places=(MOVSES,), acts=())
    incident = known((report(1, after=9 * HOUR), finding(acts=())))
    assert (
        place(report(2, BAKU, 16 * HOUR), told, [incident]).weight
        != place(report(2, BAKU, 34 * HOUR), told, [incident]).weight
    )
    assert joins(report(2, BAKU, 16 * HOUR), told, incident)


@pytest.mark.parametrize(
    ("killed", "wounded", "is_same"), [(2, 5, True), (2, 7, True), (1, 5, False), (None, None, False)]
)
def test_a_toll_told_again_a_day_later_is_the_same(
    killed: int | None, wounded: int | None, is_same: bool
) -> None:
    """Another outlet repeats who died, and the day was read wrongly; fewer dead are other dead."""
    incident = known((report(1), finding(killed=2, wounded=5)))
    says = finding(killed=killed, wounded=wounded, occurred=NEXT_DAY, evidence=named_day(NEXT_DAY))
    assert joins(report(2, FOREIGN, 30 * HOUR), says, incident) is is_same


def test_a_source_that_answers_again_speaks_of_something_else() -> None:
    """It denied yesterday; a denial that names no day is of today. Within the night it is the same."""
    denies = finding(stance=Stance.DENIAL, accuser=())
    incident = known((report(1), finding()), (report(2, BAKU), denies))
    again = replace(denies, occurred=NEXT_DAY)
    assert not joins(report(3, BAKU, 24 * HOUR), again, incident)
    assert joins(report(3, BAKU, 15 * HOUR), again, incident)
    assert joins(report(3, FOREIGN, 24 * HOUR), again, incident)


def test_a_source_may_raise_the_toll_a_day_later() -> None:
    """An update that counts more is of the same incident; one that counts the same is a new bulletin."""
    incident = known((report(1), finding(killed=1, wounded=2)))
    update = finding(stance=Stance.UPDATE, killed=2, occurred=NEXT_DAY)
    assert joins(report(2, after=24 * HOUR), update, incident)
    assert joins(report(2, after=24 * HOUR), replace(update, killed=None, wounded=3), incident)
    assert not joins(report(2, after=24 * HOUR), replace(update, killed=1), incident)


def test_a_day_that_others_gave_the_incident_does_not_open_it() -> None:
    """A foreign paper dated it a day later; the first source's bulletin of that day is another incident."""
    other = finding(occurred=NEXT_DAY, killed=2)
    incident = known((report(1), finding(killed=2)), (report(2, FOREIGN, 20 * HOUR), other))
    assert not joins(report(3, after=24 * HOUR), finding(occurred=NEXT_DAY), incident)
    named = finding(occurred=NEXT_DAY, evidence=named_day(NEXT_DAY))
    assert joins(report(3, after=24 * HOUR), named, incident)
    assert joins(report(3, after=24 * HOUR), finding(), incident)
    assert joins(report(3, after=24 * HOUR), replace(named, evidence=(), stance=Stance.UPDATE), incident)


def test_two_counts_of_one_day_are_one() -> None:
    """Each side counts the breaches in a province; the counts of the day before are another incident."""
    count = finding(stance=Stance.TALLY, places=(TAVUSH,), accused=(), accuser=(), acts=())
    counted = known((report(1), count))
    theirs = replace(count, accused=("armenia",))
    assert not joins(report(2, BAKU, HOUR), theirs, known((report(1), replace(count, stance=Stance.CLAIM))))
    assert joins(report(2, BAKU, HOUR), replace(theirs, evidence=named_day(DAY)), counted)
    assert not joins(report(2, BAKU, HOUR), replace(theirs, occurred=BEFORE), counted)


def test_a_count_is_no_single_incident_unless_it_names_the_village() -> None:
    """A count over the province swallows no village; an observer's note of the village joins."""
    movses = known((report(1), finding()))
    count = finding(stance=Stance.TALLY, places=(TAVUSH,))
    assert not joins(report(2, FOREIGN, HOUR), count, movses)
    assert joins(report(2, FOREIGN, HOUR), replace(count, places=(MOVSES,)), movses)


def test_a_district_is_searched_as_far_as_it_reaches() -> None:
    """A village lies farther from the middle of its district than guns reach."""
    district = make_place("Noyemberyan", 41.17, 44.99, ("armenia-azerbaijan", "tavush"), RegionLevel.DISTRICT)
    incident = known((report(1), finding()))
    search = search_for(report(2), finding(places=(district,), evidence=named_day(DAY)))
    assert search.admits(incident)
    assert not search_for(report(2), finding(places=(replace(district, level=RegionLevel.PLACE),))).admits(
        incident
    )
