"""A report joins the incident that it tells of, and no other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.incidents import Profile, grow, place, summarise
from bot.incidents.weighing import Weight, prepare
from bot.incidents.weighing import weigh as weigh_telling
from bot.model import Act, Finding, Report, SourceType, Stance
from tests.incidents.telling import (
    ALIBEYLI,
    AYGEPAR,
    DAY,
    MOVSES,
    YERASKH,
    finding,
    named_day,
    report,
    source,
)

HOUR = timedelta(hours=1)
NEXT_DAY = DAY + timedelta(days=1)
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")


@pytest.fixture
def movses() -> Profile:
    """Armenia says on the fifth that Azerbaijan fired at Movses."""
    return known(finding())


def known(says: Finding, number: int = 1) -> Profile:
    """An incident of one report, with the report's number."""
    return replace(summarise(grow(None, report(number), says)), id=number)


def weigh(told: Report, says: Finding, incident: Profile, *, is_copy: bool = False) -> Weight:
    return weigh_telling(prepare(told, says), incident, is_copy=is_copy)


def joins(told: Report, says: Finding, *incidents: Profile, copied: int | None = None) -> bool:
    return place(told, says, incidents, copied=copied).joined is not None


def test_without_incidents_everything_is_new() -> None:
    """Nothing to join, nothing weighed."""
    placement = place(report(1), finding(), [])
    assert (placement.joined, placement.weight) == (None, None)


def test_a_second_outlet_tells_the_same(movses: Profile) -> None:
    """Same day, place, parties and act are one incident whoever prints it."""
    assert joins(report(2, FOREIGN, HOUR), finding(), movses)


def test_the_next_village_on_the_same_day_stays_apart(movses: Profile) -> None:
    """The same ministry's formula about another village is another incident."""
    assert not joins(report(2, after=HOUR), finding(places=(AYGEPAR,)), movses)
    assert not joins(report(2, FOREIGN, HOUR), finding(places=(YERASKH,)), movses)


def test_the_next_days_bulletin_stays_apart(movses: Profile) -> None:
    """The same formula about the same village, a day later, is another incident."""
    tomorrow = finding(occurred=NEXT_DAY, evidence=named_day(NEXT_DAY))
    assert not joins(report(2, after=24 * HOUR), tomorrow, movses)
    assert not joins(report(2, FOREIGN, after=24 * HOUR), tomorrow, movses)


def test_a_near_copy_of_another_days_bulletin_stays_apart(movses: Profile) -> None:
    """A formula that is copied word for word with another day is no copy of the incident."""
    tomorrow = finding(occurred=NEXT_DAY, evidence=named_day(NEXT_DAY), places=(AYGEPAR,))
    assert not joins(report(2, after=24 * HOUR), tomorrow, movses, copied=1)


def test_another_side_that_goes_on_the_next_day_joins(movses: Profile) -> None:
    """A siege that lasts into the next day is one incident, told by somebody else."""
    says = finding(occurred=NEXT_DAY, accuser=("nagorno-karabakh",))
    assert joins(report(2, FOREIGN, after=26 * HOUR), says, movses)


def test_a_voice_that_goes_on_in_the_same_night_joins(movses: Profile) -> None:
    """The morning report of a night of fire belongs to the evening's; the one of a day later does not."""
    says = finding(occurred=NEXT_DAY, evidence=named_day(NEXT_DAY))
    assert joins(report(2, FOREIGN, 15 * HOUR), says, movses)
    assert not joins(report(2, FOREIGN, 17 * HOUR), says, movses)


def test_the_other_side_names_the_village_across_the_line(movses: Profile) -> None:
    """Accuser and accused are swapped, and so is the village."""
    says = finding(accused=("armenia",), accuser=("azerbaijan",), places=(ALIBEYLI,))
    assert joins(report(2, BAKU, HOUR), says, movses)


def test_a_denial_without_a_place_days_later_joins(movses: Profile) -> None:
    """The accused denies without saying where or when."""
    says = finding(stance=Stance.DENIAL, places=(), occurred=NEXT_DAY)
    assert joins(report(2, BAKU, 30 * HOUR), says, movses)


def test_a_foreign_update_two_days_later_joins(movses: Profile) -> None:
    """An update that names no day took the day of its own publication."""
    says = finding(stance=Stance.UPDATE, occurred=DAY + timedelta(days=2))
    assert joins(report(2, FOREIGN, 50 * HOUR), says, movses)


def test_an_update_that_names_another_day_stays_apart(movses: Profile) -> None:
    """A day that is told counts for more than one that is guessed."""
    other = DAY + timedelta(days=2)
    assert not joins(
        report(2, FOREIGN, 50 * HOUR),
        finding(stance=Stance.UPDATE, occurred=other, evidence=named_day(other)),
        movses,
    )


def test_weeks_apart_is_impossible(movses: Profile) -> None:
    """No other likeness makes good for four days."""
    weight = weigh(report(2), finding(occurred=date(2021, 7, 20)), movses)
    assert weight.total < -50


def test_a_report_without_a_day_goes_by_its_time(movses: Profile) -> None:
    """Soon after it may be the same; weeks later it is not."""
    assert joins(report(2, FOREIGN, HOUR), finding(occurred=None), movses)
    assert not joins(report(2, FOREIGN, 300 * HOUR), finding(occurred=None), movses)


def test_other_parties_stay_apart(movses: Profile) -> None:
    """Somebody else's fight at the same place is another incident."""
    says = finding(accused=("georgia",), accuser=("abkhazia",), acts=(Act.NAVAL,))
    assert not joins(report(2, FOREIGN, HOUR), says, movses)


def test_parties_in_another_role_count_less(movses: Profile) -> None:
    """Russia accusing somebody unnamed of an act against Armenia is less telling than the same accused."""
    same = weigh(report(2, FOREIGN), finding(), movses).total
    swapped = weigh(report(2, FOREIGN), finding(accused=("armenia",), accuser=("azerbaijan",)), movses).total
    silent = weigh(report(2, FOREIGN), finding(accused=(), accuser=()), movses).total
    assert same > swapped > silent


def test_a_toll_that_rises_is_compatible_and_other_counts_are_not() -> None:
    """Nine dead after seven is the same bus; 282 violations are not 47."""
    bus = known(finding(killed=7, wounded=2), 1)
    rising = weigh(report(2, FOREIGN), finding(killed=9, wounded=2), bus).total
    other = weigh(report(2, FOREIGN), finding(killed=300, wounded=90), bus).total
    none = weigh(report(2, FOREIGN), finding(killed=0), bus).total
    assert rising > none > other


def test_a_tally_is_no_incident_of_its_day(movses: Profile) -> None:
    """A count over the day and one shooting within it are two things."""
    assert not joins(report(2, FOREIGN, HOUR), finding(stance=Stance.TALLY, places=()), movses)
    tally = known(finding(stance=Stance.TALLY, places=()), 3)
    assert joins(report(4, FOREIGN, HOUR), finding(stance=Stance.TALLY, places=()), tally)


def test_acts_that_reporters_confuse_are_near(movses: Profile) -> None:
    """Mortar or shelling is one family; a ship is none of it."""
    shelled = known(finding(acts=(Act.SHELLING,)), 1)
    weights = [
        weigh(report(2, FOREIGN), finding(acts=(a,)), shelled).total
        for a in (Act.SHELLING, Act.MORTAR, Act.NAVAL)
    ]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3
    assert weigh(report(2, FOREIGN), finding(acts=(Act.OTHER,)), shelled).total < weights[0]


def test_a_near_copy_or_a_like_title_speaks_for_it(movses: Profile) -> None:
    """Text counts, a copy for more than a title."""
    plain = weigh(report(2, FOREIGN), finding(), movses).total
    titled = weigh(report(2, FOREIGN, title="Shots at dawn again"), finding(), movses).total
    copied = weigh(report(2, FOREIGN), finding(), movses, is_copy=True).total
    assert plain < titled < copied
    assert place(report(2, FOREIGN), finding(), [movses], copied=99).weight == weigh(
        report(2, FOREIGN), finding(), movses
    )


def test_another_theatre_is_never_joined(movses: Profile) -> None:
    """Incidents of one theatre alone are candidates."""
    assert not joins(report(2, FOREIGN), finding(theatre="georgia"), movses)


def test_the_heaviest_candidate_is_joined(movses: Profile) -> None:
    """Of two incidents of the day the one at the same village is meant."""
    yeraskh = known(finding(places=(YERASKH,)), 5)
    joined = place(report(2, FOREIGN, HOUR), finding(), [yeraskh, movses]).joined
    assert joined == movses


def test_a_new_revision_stays_with_its_incident(movses: Profile) -> None:
    """Whatever an article was changed into, it is the same article."""
    revised, says = report(1, revision=2), finding(places=(YERASKH,), theatre="georgia")
    assert place(revised, says, [], own=movses).joined == movses


def test_a_closed_incident_takes_late_references_silently(movses: Profile) -> None:
    """After 72 hours without a report nobody is alerted of another."""
    says = finding(evidence=named_day(DAY))
    assert not place(report(2, FOREIGN, 71 * HOUR), says, [movses]).is_late
    late = place(report(2, FOREIGN, 73 * HOUR), says, [movses])
    assert late.joined == movses
    assert late.is_late


def test_a_source_that_speaks_again_means_another_day_or_village(movses: Profile) -> None:
    """However equal the tolls: one's own bulletins are alike."""
    many = known(finding(killed=12, wounded=30))
    tomorrow = finding(killed=12, wounded=30, occurred=NEXT_DAY)
    assert not joins(report(2, after=24 * HOUR), tomorrow, many)
    named = replace(tomorrow, stance=Stance.UPDATE, evidence=named_day(NEXT_DAY))
    assert not joins(report(2, after=24 * HOUR), named, many)
    assert joins(report(2, FOREIGN, after=24 * HOUR), named, many)
    assert not joins(report(2, after=HOUR), finding(killed=12, wounded=30, places=(AYGEPAR,)), many)


def test_a_day_that_is_guessed_around_midnight_says_little(movses: Profile) -> None:
    """Another outlet with the same ministry's word, three hours later and past midnight."""
    says = finding(occurred=NEXT_DAY)
    assert joins(report(2, FOREIGN, 13 * HOUR), says, movses)
    assert not joins(report(2, FOREIGN, 23 * HOUR), replace(says, places=(), acts=()), movses)


def test_a_rare_toll_counts_for_more() -> None:
    """Thirty-four dead are not told twice by chance; a number within a range is no equal one."""
    told = known(finding(killed=34))
    assert weigh(report(2, FOREIGN), finding(killed=34), told).total == pytest.approx(
        weigh(report(2, FOREIGN), finding(killed=None), told).total + 1.5
    )


def twins(says: Finding, one: Profile, other: Profile, after: timedelta = HOUR) -> bool:
    return place(report(9, FOREIGN, after), says, [one, other]).twin is not None


def test_two_incidents_that_one_report_fits_alike_are_one() -> None:
    """Told by others as by nobody in particular; not what lies apart, is counted, closed, or told by one."""
    both = finding(accused=("azerbaijan", "georgia"))
    vague = grow(None, report(2, source("Harbour Times")), finding(accused=("georgia",), accuser=()))
    one, other = known(finding()), replace(summarise(vague), id=2)
    assert twins(both, one, other)
    assert not twins(both, one, replace(other, heard=one.heard))
    assert not twins(both, one, replace(other, is_tally=True))
    assert not twins(both, one, replace(other, last_report_at=one.last_report_at - timedelta(days=9)))
    assert not twins(both, one, replace(other, days=(NEXT_DAY,)))
    assert not twins(finding(accused=()), one, other)
    near = replace(both, places=(MOVSES, AYGEPAR))
    assert not twins(near, one, replace(other, places=(AYGEPAR,)))


def test_incidents_across_the_line_are_one_when_the_sides_accuse_each_other() -> None:
    """Each names its own village; a summary names both."""
    theirs = finding(accused=("armenia",), accuser=("azerbaijan",), places=(ALIBEYLI,))
    one, other = known(finding()), replace(summarise(grow(None, report(2, BAKU), theirs)), id=2)
    both = finding(accused=("azerbaijan", "armenia"), accuser=(), places=(MOVSES, ALIBEYLI))
    assert twins(both, one, other)
    assert twins(both, other, one)


def test_what_was_taken_back_is_told_anew_by_who_tells_it_in_other_words(movses: Profile) -> None:
    """Its copies stay with it, the source's own too; it becomes one with nothing."""
    gone = replace(movses, is_retracted=True)
    again = report(2, FOREIGN, HOUR)
    assert not joins(again, finding(), gone)
    assert not joins(again, finding(), gone, copied=7)
    assert joins(again, finding(), gone, copied=1)
    own = place(report(2, after=HOUR), finding(), [gone], copied=1, is_own_copy=True)
    assert own.joined == gone
    vague = grow(None, report(2, source("Harbour Times")), finding(accused=("georgia",), accuser=()))
    both = finding(accused=("azerbaijan", "georgia"))
    other = replace(summarise(vague), id=2)
    assert place(report(9, FOREIGN, HOUR), both, [gone, other], copied=1).twin is None
