"""Fitting the weights: what is learnt from, and that nothing old is left behind."""

from __future__ import annotations

from typing import Any

from bot.reading.relevance import highest_score, weigh
from tools.fitting import names_of, often
from tools.model import flatten, late_updates, training_rows


def test_only_training_reports_are_learnt_from() -> None:
    """Reports held out for testing never reach the weights."""
    assert {row["split"] for row in training_rows()} == {"train"}


def test_a_table_fitted_anew_replaces_the_old_one() -> None:
    """A weight that came to nothing is gone; tables not fitted stay."""
    old = {"scene": 1.0, "accused.by": 1.0, "accused.gone": 1.0}
    assert flatten({"accused": {"by": 2.0}}, old) == {"scene": 1.0, "accused.by": 2.0}
    assert flatten({"weights": {"tally": 1.0}}, old) == {"tally": 1.0, "accused.by": 1.0, "accused.gone": 1.0}


def test_rare_parts_need_a_prior() -> None:
    """What few reports show gets no weight unless it was given one by hand."""
    seen = [{"common": 1.0, "rare": 1.0}, {"common": 1.0}, {"common": 1.0}]
    assert names_of(seen) == ["base", "common"]
    assert names_of(seen, ["base", "rare"]) == ["base", "common", "rare"]


def told(number: int, hour: int, stance: str, kind: str = "newspaper", **label: Any) -> dict[str, Any]:
    """A labelled report of one incident, so many hours after midnight of the fifth of May."""
    published = f"2025-05-{5 + hour // 24:02}T{hour % 24:02}:00:00Z"
    labels = {"violation": True, "stance": stance, "incident": "one", **label}
    return {"id": str(number), "published": published, "source": {"kind": kind}, "label": labels}


def test_what_only_the_ledger_knows_is_not_learnt() -> None:
    """An outlet's update a night after the first report is told by its hour, not by its words."""
    rows = [
        told(1, 2, "claim"),
        told(2, 16, "update"),
        told(3, 17, "update"),
        told(4, 18, "update", "mod"),
        told(5, 30, "denial"),
        told(6, 30, "update", incident="another"),
        told(7, 40, "update", violation=False),
    ]
    assert late_updates(rows) == {"3"}


def test_a_score_grows_no_higher_than_hoped() -> None:
    """Of what comes later counts what speaks for a violation, and one stance; a denial negates by itself."""
    weights = {
        "base": -1.0,
        "armed_act": 1.5,
        "breach_negated": -0.5,
        "scene": 1.0,
        "tally": 1.0,
        "denial": 2.0,
    }
    weights |= {"outsider": -1.0}
    known = {"armed_act": 1.0, "breach_negated": 1.0}
    full = weigh({"armed_act": 1.0, "scene": 1.0, "denial": 1.0}, weights)[0]
    assert highest_score(known, weights, ["scene", "outsider", "accused"]) == full


def test_what_many_reports_have_is_told_once_each() -> None:
    """A name twice in one report counts for that report alone."""
    assert often([["b", "a", "a"], ["a"], ["c", "b"]], 2) == ["a", "b"]
