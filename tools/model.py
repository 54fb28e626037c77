"""Fits the weights of bot/data/relevance.toml to labelled reports.

    python -m tools.model LABELLED.jsonl [--write]

Starts from the [prior] in the file, set by hand, and moves the weights only as far as the reports demand
(a Gaussian of PRIOR around each), never across zero: a part of the evidence keeps its meaning. Prints the F1
of the fit and of a five-fold cross-validation in which reports of one incident stay together.
"""

from __future__ import annotations

import argparse
import json
import math
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bot.analyse import make_report
from bot.data import load_facts
from bot.reading import Reader

TARGET = Path(__file__).parent.parent / "bot" / "data" / "relevance.toml"
PRIOR = 0.25
"""How many times a squared unit of change in a weight costs against the loss of one report."""

FOLDS = 5


def main() -> None:
    """Fits, measures and, with --write, saves."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("labelled", type=Path)
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    rows = [json.loads(line) for line in options.labelled.read_text(encoding="utf-8").splitlines() if line]
    facts = load_facts()
    names = list(facts.weights)
    prior = tomllib.loads(TARGET.read_text(encoding="utf-8"))["prior"]
    start = np.array([prior[name] for name in names])
    features = measure(Reader(facts), rows, names, facts.weights)
    truth = np.array([row["label"]["violation"] for row in rows], dtype=float)
    print(f"before: F1 {f1(features @ start, truth):.3f}")
    fitted = fit(features, truth, start)
    print(f"fitted: F1 {f1(features @ fitted, truth):.3f}")
    print(f"{FOLDS}-fold: F1 {cross_validate(features, truth, start, groups_of(rows)):.3f}")
    if options.write:
        save(names, fitted)


def measure(
    reader: Reader, rows: Sequence[dict[str, Any]], names: Sequence[str], weights: dict[str, float]
) -> Any:
    """One line of evidence a report."""
    matrix = np.zeros((len(rows), len(names)))
    matrix[:, names.index("base")] = 1.0
    for number, row in enumerate(rows):
        for reason in reader.read(make_report(row, number + 1)).reasons:
            matrix[number, names.index(reason.code)] = reason.weight / weights[reason.code]
    return matrix


def fit(features: Any, truth: Any, start: Any) -> Any:
    """Weights that lose least, each on its side of zero."""

    def loss(weights: Any) -> tuple[float, Any]:
        margin = features @ weights
        chance = 1.0 / (1.0 + np.exp(-margin))
        cost = np.logaddexp(0.0, margin) - truth * margin
        change = weights - start
        return float(cost.sum() + PRIOR * (change**2).sum()), features.T @ (
            chance - truth
        ) + 2 * PRIOR * change

    bounds = [(0.05, None) if value > 0 else (None, -0.05) for value in start]
    return minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x


def groups_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Reports of one incident share a group; others stand alone."""
    return [row["label"]["incident"] or row["id"] for row in rows]


def cross_validate(features: Any, truth: Any, start: Any, groups: Sequence[str]) -> float:
    """The F1 of reports that their fold's weights have not seen."""
    order = {group: number % FOLDS for number, group in enumerate(sorted(set(groups)))}
    folds = np.array([order[group] for group in groups])
    margins = np.zeros(len(truth))
    for fold in range(FOLDS):
        held = folds == fold
        margins[held] = features[held] @ fit(features[~held], truth[~held], start)
    return f1(margins, truth)


def f1(margins: Any, truth: Any) -> float:
    """Of the decision at zero."""
    judged = margins >= 0
    hits = float((judged * truth).sum())
    return 2 * hits / max(float(judged.sum() + truth.sum()), 1.0)


def save(names: Sequence[str], weights: Sequence[float]) -> None:
    """Writes the file, weights to two decimals."""
    head = TARGET.read_text(encoding="utf-8").split("[weights]")[0]
    lines = [f"{name} = {_rounded(weight)}" for name, weight in zip(names, weights, strict=True)]
    TARGET.write_text(head + "[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")


def _rounded(weight: float) -> float:
    return math.copysign(max(round(abs(weight), 2), 0.01), weight)


if __name__ == "__main__":
    main()
