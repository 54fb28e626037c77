"""An incident follows from its claims: figures, places, severity, and what a change is worth."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.incidents import (
    grow,
    judge_change,
    judge_changes,
    judge_severity,
    merge,
    opens_to_others,
    retract,
    withdraw,
)
from bot.incidents.changes import is_wider
from bot.model import (
    Act,
    AlertKind,
    FoundPlace,
    Incident,
    IncidentStatus,
    RegionLevel,
    Severity,
    SourceType,
    Stance,
)
from tests.incidents.telling import (
    ALIBEYLI,
    AYGEPAR,
    DAY,
    MOVSES,
    TAVUSH,
    THEATRE,
    YERASKH,
    finding,
    place,
    report,
    source,
    told,
)

HOUR = timedelta(hours=1)
YEREVAN = source("Ararat Wire")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")


@pytest.fixture
def movses() -> Incident:
    return told(grow(None, report(1, YEREVAN), finding(), code="AA-0705-K3"))


def test_the_first_report_opens_an_incident(movses: Incident) -> None:
    """Everything that is known follows from the one claim."""
    assert (movses.code, movses.theatre, movses.occurred) == ("AA-0705-K3", THEATRE, DAY)
    assert movses.opened_at == movses.last_report_at == report(1).reported_at
    assert movses.regions == (THEATRE, "tavush", "movses")
    assert (movses.accused, movses.acts) == (("azerbaijan",), (Act.SMALL_ARMS,))
    assert (movses.killed, movses.wounded, movses.severity) == (None, None, Severity.MINOR)


def test_an_incident_needs_a_theatre() -> None:
    """Nowhere is no theatre."""
    with pytest.raises(ValueError, match="without a theatre"):
        grow(None, report(1), finding(theatre=None))


def test_without_a_day_or_a_code_the_report_gives_both() -> None:
    """The day of the report, and a code that follows from it."""
    incident = grow(None, report(1), finding(occurred=None))
    assert incident.occurred == DAY
    assert incident.code.startswith("AA-0705-")


def test_figures_are_ranges_of_what_each_voice_said_last(movses: Incident) -> None:
    """Yerevan corrects itself from three to six; Baku says none."""
    grown = grow(movses, report(2, YEREVAN, HOUR), finding(wounded=3, truce="trilateral"))
    grown = grow(grown, report(3, FOREIGN, 2 * HOUR), finding(wounded=6))
    assert (grown.wounded, grown.truce, grown.severity) == ((6, 6), "trilateral", Severity.SERIOUS)
    other = finding(accused=("armenia",), accuser=("azerbaijan",), wounded=0, places=(ALIBEYLI,))
    grown = grow(grown, report(4, BAKU, 3 * HOUR), other)
    assert grown.wounded == (0, 6)
    assert grown.accused == ("azerbaijan", "armenia")
    assert grown.places == (MOVSES, ALIBEYLI)
    assert "tovuz" in grown.regions


def test_a_revision_replaces_what_it_said_before(movses: Incident) -> None:
    """The article is one report however often it is rewritten."""
    revised = grow(movses, report(1, YEREVAN, revision=2), finding(wounded=3, places=(MOVSES, AYGEPAR)))
    assert len(revised.claims) == 1
    assert revised.wounded == (3, 3)
    again = grow(revised, report(1, YEREVAN, revision=3), finding(wounded=2))
    assert again.wounded == (2, 2)
    assert judge_change(revised, again) is AlertKind.CORRECTED


def test_the_day_that_most_tell_is_the_day(movses: Incident) -> None:
    """One outlet that counts from another midnight does not move it."""
    later = finding(occurred=DAY + timedelta(days=1))
    assert grow(movses, report(2, FOREIGN, HOUR), later).occurred == DAY
    two = grow(grow(movses, report(2, FOREIGN, HOUR), later), report(3, WATCH, HOUR), later)
    assert two.occurred == DAY + timedelta(days=1)


def test_a_late_report_keeps_a_closed_incident_closed(movses: Incident) -> None:
    """Later references attach and do not reopen it."""
    late = grow(movses, report(2, FOREIGN, 100 * HOUR), finding(), is_late=True)
    assert late.last_report_at == movses.last_report_at
    assert len(late.claims) == 2
    assert grow(movses, report(2, FOREIGN, HOUR), finding()).last_report_at > movses.last_report_at


def test_a_place_outside_the_tree_has_its_theatre_alone(movses: Incident) -> None:
    """A town of the gazetteer is reached by who chose what holds it."""
    free = FoundPlace("Kvirily", (), None, (THEATRE,), RegionLevel.PLACE, None, None)
    assert grow(None, report(1), finding(places=(free,))).regions == (THEATRE,)


def test_merged_incidents_have_each_claim_once(movses: Incident) -> None:
    """The older survives with the claims of both."""
    younger = grow(None, report(2, FOREIGN, HOUR), finding(wounded=1))
    younger = grow(younger, report(1, YEREVAN), finding())
    both = merge(movses, younger)
    assert (both.code, both.id) == (movses.code, movses.id)
    assert [c.report_id for c in both.claims] == [1, 2]
    assert both.wounded == (1, 1)
    assert both.last_report_at == younger.last_report_at


def test_a_withdrawn_report_takes_its_claim_along(movses: Incident) -> None:
    """What others tell stays; what nobody tells is retracted."""
    grown = grow(movses, report(2, FOREIGN, HOUR), finding(killed=2))
    left = withdraw(grown, 2, "the source took it back")
    assert (left.killed, left.retraction) == (None, None)
    assert judge_change(grown, left) is AlertKind.CORRECTED
    gone = withdraw(left, 1, "the source took it back")
    assert (gone.status, gone.retraction) == (IncidentStatus.RETRACTED, "the source took it back")


def test_what_was_only_copied_is_retracted_with_its_original(movses: Incident) -> None:
    """Copies of a withdrawn text tell nothing of their own."""
    copied = grow(movses, report(2, FOREIGN, HOUR), finding(), copied_report=1)
    assert withdraw(copied, 1, "gone").retraction == "gone"


def test_a_retracted_incident_stays_so_when_reports_follow(movses: Incident) -> None:
    """An admin's word is not undone by a late copy."""
    late = grow(retract(movses, "a hoax"), report(2, FOREIGN, HOUR), finding())
    assert late.status is IncidentStatus.RETRACTED
    assert judge_change(retract(movses, "a hoax"), late) is None
    assert judge_change(movses, late) is AlertKind.RETRACTED


def test_every_reason_to_tell_has_its_kind(movses: Incident) -> None:
    """New, grown, confirmed, denied, deaths, wider: the strongest counts."""
    deny = grow(movses, report(2, BAKU, HOUR), finding(stance=Stance.DENIAL))
    confirm = grow(deny, report(3, WATCH, HOUR), finding(stance=Stance.CONFIRMATION, accuser=(), killed=1))
    death = grow(movses, report(2, FOREIGN, HOUR), finding(killed=1))
    doubled = grow(death, report(3, FOREIGN, HOUR), finding(killed=2))
    more = grow(doubled, report(4, FOREIGN, HOUR), finding(killed=3))
    wide = grow(movses, report(2, FOREIGN, HOUR), finding(places=(MOVSES, YERASKH)))
    assert judge_change(None, movses) is AlertKind.NEW
    assert judge_change(movses, movses) is None
    assert judge_change(movses, deny) is AlertKind.DENIED
    assert judge_change(deny, confirm) is AlertKind.CONFIRMED
    assert judge_change(movses, death) is AlertKind.DEATHS
    assert judge_change(death, doubled) is AlertKind.DEATHS
    assert judge_change(doubled, more) is AlertKind.GROWN
    assert judge_change(movses, wide) is AlertKind.WIDER
    assert judge_change(movses, grow(movses, report(2, FOREIGN, HOUR), finding())) is AlertKind.GROWN


def test_a_mere_copy_is_not_worth_telling(movses: Incident) -> None:
    """The tenth site with the same text changes nothing that people see."""
    assert judge_change(movses, grow(movses, report(2, FOREIGN, HOUR), finding(), copied_report=1)) is None


def test_an_accusation_that_falls_away_is_a_correction(movses: Incident) -> None:
    """Who was blamed wrongly has a right to be cleared."""
    cleared = grow(movses, report(1, YEREVAN, revision=2), finding(accused=()))
    assert judge_change(movses, cleared) is AlertKind.CORRECTED


def test_several_reasons_are_all_named(movses: Incident) -> None:
    """The strongest first; of what is retracted nothing else is told."""
    says = finding(stance=Stance.CONFIRMATION, accuser=(), killed=1, places=(MOVSES, YERASKH))
    much = grow(movses, report(2, WATCH, HOUR), says)
    kinds = (AlertKind.CONFIRMED, AlertKind.DEATHS, AlertKind.WIDER, AlertKind.GROWN)
    assert judge_changes(movses, much) == kinds
    assert judge_changes(movses, retract(much, "a hoax")) == (AlertKind.RETRACTED,)


def test_a_choice_may_be_met_only_by_what_it_became(movses: Incident) -> None:
    """Graver, elsewhere, by others: whoever wants that hears of it then. A lower toll is no news."""
    dead = grow(movses, report(1, YEREVAN, revision=2), finding(killed=1))
    moved = grow(movses, report(1, YEREVAN, revision=2), finding(places=(YERASKH,)))
    nearer = replace(movses, places=(replace(MOVSES, lat=41.2),))
    others = grow(movses, report(1, YEREVAN, revision=2), finding(accused=("georgia",)))
    assert opens_to_others(movses, dead)
    assert not opens_to_others(dead, movses)
    assert opens_to_others(movses, moved)
    assert opens_to_others(movses, nearer)
    assert opens_to_others(movses, others)


def test_a_neighbouring_village_or_a_more_precise_place_is_not_wider() -> None:
    """Only another district makes the area wider."""
    district = place("Berd", path=(THEATRE, "tavush"), level=RegionLevel.DISTRICT)
    assert not is_wider((), (MOVSES,))
    assert not is_wider((MOVSES,), (MOVSES, AYGEPAR))
    assert not is_wider((TAVUSH,), (TAVUSH, MOVSES))
    assert not is_wider((MOVSES,), (MOVSES, TAVUSH))
    assert not is_wider(
        (MOVSES,), (MOVSES, replace(TAVUSH, level=RegionLevel.THEATRE, region=THEATRE, path=(THEATRE,)))
    )
    assert is_wider((MOVSES,), (MOVSES, YERASKH))
    assert is_wider((YERASKH,), (YERASKH, district))
    nowhere = FoundPlace("X", (), None, (), RegionLevel.PLACE, None, None)
    assert is_wider((MOVSES,), (nowhere,))


SPOTS = tuple(place(f"Village {n}") for n in range(6))


@pytest.mark.parametrize(
    ("acts", "killed", "wounded", "places", "severity"),
    [
        ((Act.SMALL_ARMS,), None, None, 1, Severity.MINOR),
        ((Act.INCURSION,), (0, 0), (0, 0), 1, Severity.MINOR),
        ((Act.AIRSPACE,), None, None, 4, Severity.MINOR),
        ((Act.SMALL_ARMS,), None, (0, 1), 1, Severity.SERIOUS),
        ((Act.MORTAR,), None, None, 1, Severity.SERIOUS),
        ((Act.CAPTURE,), None, None, 1, Severity.SERIOUS),
        ((Act.ABDUCTION,), None, None, 0, Severity.SERIOUS),
        ((Act.GROUND_ASSAULT,), None, None, 2, Severity.SERIOUS),
        ((Act.GROUND_ASSAULT,), None, None, 3, Severity.GRAVE),
        ((Act.SMALL_ARMS,), None, None, 5, Severity.GRAVE),
        ((Act.SNIPER,), (0, 1), None, 1, Severity.GRAVE),
    ],
)
def test_severity_follows_the_table(
    acts: tuple[Act, ...],
    killed: tuple[int, int] | None,
    wounded: tuple[int, int] | None,
    places: int,
    severity: Severity,
) -> None:
    """Killed or an offensive is grave; wounded, heavy weapons or capture serious; shots alone minor."""
    assert judge_severity(acts, killed, wounded, SPOTS[:places]) is severity
