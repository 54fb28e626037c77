"""Fitting the weights: what is learnt from, and that nothing old is left behind."""

from __future__ import annotations

from tools.model import flatten, names_of, training_rows


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
