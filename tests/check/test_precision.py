"""The published precision: nothing is claimed of few verdicts, and the latest of each incident counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.watch.verdicts import FEWEST, LOOKS_BACK, Judgement, Precision, Verdict, measure_precision

NOW = datetime(2020, 12, 12, 9, 0, tzinfo=UTC)


def verdicts(count: int, judgement: Judgement, start: int = 0, days_ago: int = 0) -> list[Verdict]:
    at = NOW - timedelta(days=days_ago)
    return [Verdict(f"AA-{n}", "anna", judgement, at) for n in range(start, start + count)]


def test_few_verdicts_say_nothing() -> None:
    """One fewer than enough, or enough of which one is too old."""
    assert measure_precision(verdicts(FEWEST - 1, Judgement.RIGHT), NOW) is None
    old = [Verdict("AA-99", "anna", Judgement.RIGHT, NOW - LOOKS_BACK - timedelta(hours=1))]
    assert measure_precision(old + verdicts(FEWEST - 1, Judgement.RIGHT), NOW) is None


def test_what_is_not_right_counts_against() -> None:
    """A duplicate or a wrong place is no right alert; the span is that of the verdicts that count."""
    judged = verdicts(27, Judgement.RIGHT, days_ago=9)
    judged += verdicts(1, Judgement.NO_VIOLATION, 27) + verdicts(1, Judgement.DUPLICATE, 28)
    judged += verdicts(1, Judgement.WRONG_PLACE, 29, days_ago=3)
    measured = measure_precision(judged, NOW)
    assert measured == Precision(27, 30, NOW - timedelta(days=9), NOW)
    assert measured is not None
    assert measured.share == 0.9


def test_the_latest_verdict_of_an_incident_counts() -> None:
    """Whoever gave it; thirty verdicts about one incident are one."""
    judged = verdicts(FEWEST, Judgement.RIGHT, days_ago=2)
    later = [Verdict("AA-0", "ben", Judgement.NO_VIOLATION, NOW)]
    for order in (judged + later, later + judged):
        measured = measure_precision(order, NOW)
        assert measured is not None
        assert (measured.right, measured.judged) == (FEWEST - 1, FEWEST)
    same = [Verdict("AA-0", f"judge {n}", Judgement.RIGHT, NOW) for n in range(FEWEST)]
    assert measure_precision(same, NOW) is None
