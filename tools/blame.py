"""Fits what the blame weighs: a party's parts of the evidence and what stands around its mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from bot.reading.contexts import SHARPNESS, Context
from bot.reading.reader import Workings
from tools.fitting import Row, Tables, cross_validate, f1, groups_of, matrix_of, named, names_of, often

BLAME_PRIOR, CONTEXT_PRIOR = 6.0, 8.0
"""How many times a squared unit of change in a weight costs against the loss of one party judged wrongly:
chosen by cross-validation on the training reports."""

LEAST_CONTEXTS = 30
"""What stands around fewer parties of the training reports gets no weight."""


@dataclass(frozen=True)
class Told:
    """What is told of N parties: `parts` (N, names), `words` (mentions, words), `owner` the party of each."""

    parts: Any
    words: Any
    owner: Any

    def __getitem__(self, kept: Any) -> Told:
        """Those parties alone for which the mask is true."""
        mentions, number = kept[self.owner], np.cumsum(kept) - 1
        return Told(self.parts[kept], self.words[mentions], number[self.owner[mentions]])


def fit_blame(rows: Sequence[Row], workings: Sequence[Workings], tables: Tables) -> Tables:
    """Two tables of weights, the same for every party: of its evidence and of what stands around it."""
    told = [
        (row, party, features, w.contexts.get(party, []))
        for row, w in zip(rows, workings, strict=True)
        if row["label"]["violation"]
        for party, features in w.blame.items()
    ]
    prior = tables["prior_accused"]
    names = names_of([features for _, _, features, _ in told], prior)
    words = _words_of([contexts for _, _, _, contexts in told])
    evidence = Told(
        matrix_of([features for _, _, features, _ in told], names),
        *_mentions([contexts for _, _, _, contexts in told], words),
    )
    truth = np.array([party in row["label"]["accused"] for row, party, _, _ in told], dtype=float)
    start = np.array([*(prior.get(name, 0.0) for name in names), *(0.0 for _ in words)])
    price = np.array([*(BLAME_PRIOR for _ in names), *(CONTEXT_PRIOR for _ in words)])

    def learn(evidence: Told, truth: Any) -> Any:
        return _minimize(evidence, truth, start, price)

    weights = learn(evidence, truth)
    held = cross_validate(evidence, truth, groups_of([row for row, *_ in told]), learn, margins)
    print(
        f"blame     fitted F1 {f1(margins(evidence, weights), truth):.3f}, held out F1 {f1(held, truth):.3f}"
    )
    return {
        "accused": named(names, weights[: len(names)]),
        "context": named(list(words), weights[len(names) :]),
    }


def margins(told: Told, weights: Any) -> Any:
    """How surely each party is accused, as bot.reading.blame reckons it."""
    return _forward(told, weights)[0]


def _forward(told: Told, weights: Any) -> tuple[Any, Any]:
    """The margin of each party, and the share that each mention has in its party's leaning."""
    count, parts = told.parts.shape
    scaled = SHARPNESS * (told.words @ weights[parts:])
    most = np.full(count, -np.inf)
    np.maximum.at(most, told.owner, scaled)
    each = np.exp(scaled - most[told.owner])
    total = np.bincount(told.owner, each, count)
    times = np.bincount(told.owner, minlength=count)
    named_ = times > 0
    lean = np.zeros(count)
    lean[named_] = (most[named_] + np.log(total[named_] / times[named_])) / SHARPNESS
    return told.parts @ weights[:parts] + lean, each / total[told.owner]


def _minimize(told: Told, truth: Any, start: Any, price: Any) -> Any:
    """Weights that lose least, near `start`; changes cost what `price` says."""

    def loss(weights: Any) -> tuple[float, Any]:
        margin, share = _forward(told, weights)
        wrong = 1.0 / (1.0 + np.exp(-margin)) - truth
        change = weights - start
        gradient = np.concatenate([told.parts.T @ wrong, told.words.T @ (share * wrong[told.owner])])
        cost = (np.logaddexp(0.0, margin) - truth * margin).sum() + (price * change**2).sum()
        return float(cost), gradient + 2 * price * change

    return minimize(loss, start, jac=True, method="L-BFGS-B").x


def _words_of(contexts: Sequence[Sequence[Context]]) -> Mapping[str, int]:
    """What stands around parties often enough, with its column."""
    names = often((chain.from_iterable(own) for own in contexts), LEAST_CONTEXTS)
    return {name: column for column, name in enumerate(names)}


def _mentions(contexts: Sequence[Sequence[Context]], words: Mapping[str, int]) -> tuple[Any, Any]:
    """A line of zeros and ones for each mention, and whose it is."""
    owner = [party for party, own in enumerate(contexts) for _ in own]
    lines = [[words[name] for name in context if name in words] for own in contexts for context in own]
    rows = np.repeat(np.arange(len(lines)), [len(line) for line in lines])
    columns = np.array([column for line in lines for column in line], dtype=int)
    shape = (len(lines), len(words))
    return csr_array((np.ones(len(columns)), (rows, columns)), shape=shape), np.array(owner, dtype=int)
