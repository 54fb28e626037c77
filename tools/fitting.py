"""What all fits of `tools.model` share: matrices of evidence, losses near a start, cross-validation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize

STANCE_PRIOR = 5.0
"""As RELEVANCE_PRIOR, for every class of the softmax."""

FOLDS = 5
LEAST_USES = 3
"""A part of the evidence that fewer training reports show gets no weight: chance would set it."""

Row = dict[str, Any]
Tables = dict[str, dict[str, float]]


def names_of(features: Sequence[dict[str, float]], known: Iterable[str] = ()) -> list[str]:
    """The parts of the evidence that are seen often enough or have a prior, "base" first."""
    return ["base", *sorted({*often(features, LEAST_USES), *known} - {"base"})]


def often(seen: Iterable[Iterable[str]], least: int) -> list[str]:
    """What stands in at least so many of the collections."""
    times = Counter(name for names in seen for name in set(names))
    return sorted(name for name, count in times.items() if count >= least)


def matrix_of(features: Sequence[dict[str, float]], names: Sequence[str]) -> Any:
    """One line of evidence each, with 1 for "base"."""
    return np.array([[1.0 if n == "base" else row.get(n, 0.0) for n in names] for row in features])


def minimize_logistic(matrix: Any, truth: Any, start: Any, prior: Any, bounds: Any = None) -> Any:
    """Weights that lose least, near `start`; `prior` is what a change costs, for all or for each weight."""

    def loss(weights: Any) -> tuple[float, Any]:
        margin = matrix @ weights
        chance = 1.0 / (1.0 + np.exp(-margin))
        cost = np.logaddexp(0.0, margin) - truth * margin
        change = weights - start
        gradient = matrix.T @ (chance - truth) + 2 * prior * change
        return float(cost.sum() + (prior * change**2).sum()), gradient

    return minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x


def minimize_softmax(matrix: Any, truth: Any, start: Any, classes: int) -> Any:
    """Weights of every class but the first, flattened, that lose least, near `start`."""
    wanted = np.eye(classes)[truth]

    def loss(weights: Any) -> tuple[float, Any]:
        scores = scores_of(matrix, weights, classes)
        scores -= scores.max(axis=1, keepdims=True)
        total = np.log(np.exp(scores).sum(axis=1, keepdims=True))
        chance = np.exp(scores - total)
        cost = -((scores - total) * wanted).sum() + STANCE_PRIOR * ((weights - start) ** 2).sum()
        gradient = (matrix.T @ (chance - wanted))[:, 1:].ravel() + 2 * STANCE_PRIOR * (weights - start)
        return float(cost), gradient

    return minimize(loss, start, jac=True, method="L-BFGS-B").x


def scores_of(matrix: Any, weights: Any, classes: int) -> Any:
    """One column a class, the first of zeros."""
    scores = matrix @ weights.reshape(matrix.shape[1], classes - 1)
    return np.hstack([np.zeros((len(matrix), 1)), scores])


def groups_of(rows: Sequence[Row]) -> list[str]:
    """Reports of one incident share a group; others stand alone."""
    return [row["label"]["incident"] or row["id"] for row in rows]


def cross_validate(
    matrix: Any,
    truth: Any,
    groups: Sequence[str],
    learn: Callable[[Any, Any], Any],
    judge: Callable[[Any, Any], Any],
) -> Any:
    """What is judged of each line by weights that have not seen its group."""
    order = {group: number % FOLDS for number, group in enumerate(sorted(set(groups)))}
    folds = np.array([order[group] for group in groups])
    judged = np.zeros(len(truth))
    for fold in range(FOLDS):
        held = folds == fold
        judged[held] = judge(matrix[held], learn(matrix[~held], truth[~held]))
    return judged


def f1(margins: Any, truth: Any) -> float:
    """Of the decision at zero."""
    judged = margins >= 0
    hits = float((judged * truth).sum())
    return 2 * hits / max(float(judged.sum() + truth.sum()), 1.0)


def named(names: Sequence[str], weights: Sequence[float]) -> dict[str, float]:
    """Weights to two decimals by name, without those that came to nothing."""
    rounded = {name: round(float(weight), 2) for name, weight in zip(names, weights, strict=True)}
    return {name: weight for name, weight in rounded.items() if weight}
