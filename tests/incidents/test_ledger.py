"""Incidents in memory: the whole way of a stream of reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import Ledger
from bot.model import SourceType, Stance
from tests.incidents.telling import AYGEPAR, DAY, MOVSES, YERASKH, finding, report, source

HOUR = timedelta(hours=1)
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
LONG = "The ministry said that its posts near the village came under fire for an hour on Monday evening"


def test_one_incident_told_three_times_is_one() -> None:
    """A claim, a copy of it and an update make one incident with three reports."""
    ledger = Ledger()
    first = ledger.add(report(1, text=LONG), finding())
    copy = ledger.add(report(2, FOREIGN, HOUR, text=f"{LONG}, an agency reports"), finding())
    more = ledger.add(report(3, FOREIGN, 2 * HOUR), finding(stance=Stance.UPDATE, wounded=2))
    assert first is not None
    assert copy is not None
    assert more is not None
    assert (first.before, copy.before) == (None, first.after)
    assert copy.after.claims[1].is_copy
    assert [i.id for i in ledger.incidents] == [1]
    assert ledger.incidents[0].wounded == (2, 2)


def test_what_is_no_violation_leaves_no_trace() -> None:
    """Nor does a violation of nowhere."""
    ledger = Ledger()
    assert ledger.add(report(1), finding(is_violation=False)) is None
    assert ledger.add(report(1), finding(theatre=None)) is None
    assert ledger.incidents == ()


def test_reports_without_ids_get_them_in_order() -> None:
    """A file of reports has no database to number them."""
    ledger = Ledger()
    for number in (1, 2):
        ledger.add(replace(report(number), id=None), finding(places=(MOVSES, YERASKH)[number - 1 : number]))
    assert [i.claims[0].report_id for i in ledger.incidents] == [1, 2]


def test_codes_of_one_day_differ() -> None:
    """A hundred incidents of one day can each be called by their own code."""
    ledger = Ledger()
    for number in range(100):
        where = replace(MOVSES, name=f"V{number}", region=f"v{number}", lat=number % 80.0, lon=float(number))
        ledger.add(
            report(number + 1),
            finding(places=(replace(where, path=(where.path[0], f"d{number}", f"v{number}")),)),
        )
    assert len({i.code for i in ledger.incidents}) == len(ledger.incidents) == 100


def test_old_days_are_no_candidates() -> None:
    """The same formula more than a week later is weighed against nothing."""
    ledger = Ledger()
    ledger.add(report(1), finding(occurred=None))
    week = ledger.add(report(2, after=192 * HOUR), finding(occurred=DAY + timedelta(days=8)))
    assert week is not None
    assert week.placement.weight is None


@given(
    st.lists(
        st.tuples(
            st.integers(1, 6),
            st.sampled_from([MOVSES, AYGEPAR, YERASKH]),
            st.sampled_from(Stance),
            st.dates(date(2021, 7, 3), date(2021, 7, 8)),
            st.none() | st.integers(0, 50),
        ),
        max_size=12,
    )
)
def test_every_report_stands_in_exactly_one_incident(stream: list[tuple]) -> None:
    """Whatever is told in whatever order, no claim is lost or doubled, and ranges hold."""
    ledger = Ledger()
    for number, where, stance, day, killed in stream:
        ledger.add(
            report(number, after=HOUR * number),
            finding(places=(where,), stance=stance, occurred=day, killed=killed),
        )
    claimed = [c.report_id for i in ledger.incidents for c in i.claims]
    assert sorted(claimed) == sorted({number for number, *_ in stream})
    for incident in ledger.incidents:
        assert incident.killed is None or incident.killed[0] <= incident.killed[1]
        assert incident.regions[0] == incident.theatre
