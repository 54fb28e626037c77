"""Fits the weights of bot/data/relevance.toml to labelled reports.

    python -m tools.model [LABELLED.jsonl ...] [--write]

Without files it takes the reports of corpus/ that are marked for training. Three judgements are fitted one
after the other, for each rests on the one before: the stance (a softmax over what speaks for each), the
blame (each party a report could mean, yes or no) and the relevance (a logistic sum of named evidence).
Weights start from the [prior] in the file, set by hand, or from zero, and move only as far as the reports
demand (a Gaussian around the start); those of the relevance never cross zero, so that a part of the evidence
keeps its meaning. Prints how the fit does and how a five-fold cross-validation does in which the reports of
one incident stay together.
"""

from __future__ import annotations

import argparse
import json
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from bot.analyse import make_report
from bot.data import Facts, load_facts
from bot.incidents.roles import OVERNIGHT, PARTIES_OWN
from bot.model import Stance
from bot.reading import Reader
from bot.reading.reader import Workings
from bot.reading.stance import OTHERS
from tools.blame import fit_blame
from tools.fitting import (
    Row,
    Tables,
    cross_validate,
    f1,
    groups_of,
    matrix_of,
    minimize_logistic,
    minimize_softmax,
    named,
    names_of,
    often,
    scores_of,
)

ROOT = Path(__file__).parent.parent
TARGET = ROOT / "bot" / "data" / "relevance.toml"
CORPUS = ROOT / "corpus"

RELEVANCE_PRIOR, WORDS_PRIOR = 0.5, 3.0
"""How many times a squared unit of change in a weight costs against the loss of one report: chosen by
cross-validation on the training reports."""

LEAST_WORDS = 30
"""A word that fewer training reports have gets no weight."""


def main() -> None:
    """Fits, measures and, with --write, saves."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("labelled", type=Path, nargs="*")
    arguments.add_argument("--write", action="store_true")
    options = arguments.parse_args()
    rows = read_rows(options.labelled) if options.labelled else training_rows()
    tables = tomllib.loads(TARGET.read_text(encoding="utf-8"))
    facts = load_facts()
    fitted: Tables = {}
    for fit_one in (fit_stance, fit_blame, fit_relevance):
        fitted |= fit_one(rows, work(facts, rows), tables)
        facts = replace(facts, weights=flatten(fitted, facts.weights))
    if options.write:
        save(fitted)


def read_rows(paths: Iterable[Path]) -> list[Row]:
    """The labelled reports of JSON-lines files."""
    lines = (line for path in paths for line in path.read_text(encoding="utf-8").splitlines())
    return [json.loads(line) for line in lines if line.strip()]


def training_rows() -> list[Row]:
    """The corpus's own training reports, in the order of the files' names."""
    return [row for row in read_rows(sorted(CORPUS.glob("*.jsonl"))) if row["split"] == "train"]


def work(facts: Facts, rows: Sequence[Row]) -> list[Workings]:
    """The evidence of each report under the weights of `facts`."""
    reader = Reader(facts)
    return [reader.work(make_report(row, number))[1] for number, row in enumerate(rows, start=1)]


def flatten(tables: Tables, otherwise: dict[str, float]) -> dict[str, float]:
    """The tables as the reader takes them; what has not been fitted yet stays."""
    flat = {key: value for key, value in otherwise.items() if _table_of(key) not in tables}
    for name, table in tables.items():
        flat |= {key if name == "weights" else f"{name}.{key}": value for key, value in table.items()}
    return flat


def fit_stance(rows: Sequence[Row], workings: Sequence[Workings], tables: Tables) -> Tables:
    """A table of weights for each stance but the claim, which is what the others are held against.

    Left out are updates that only the ledger can tell from claims: by when they come (bot.incidents.roles).
    """
    late = late_updates(rows)
    told = [
        (r, w.stance)
        for r, w in zip(rows, workings, strict=True)
        if r["label"]["violation"] and w.stance and r["id"] not in late
    ]
    names = names_of([features for _, features in told])
    matrix = matrix_of([features for _, features in told], names)
    stances = [Stance.CLAIM, *OTHERS]
    truth = np.array([stances.index(Stance(row["label"]["stance"])) for row, _ in told])
    start = np.array([[tables[f"prior_{stance}"].get(name, 0.0) for stance in OTHERS] for name in names])

    def learn(matrix: Any, truth: Any) -> Any:
        return minimize_softmax(matrix, truth, start.ravel(), len(stances))

    def judge(matrix: Any, weights: Any) -> Any:
        return scores_of(matrix, weights, len(stances)).argmax(axis=1)

    groups = groups_of([row for row, _ in told])
    weights = learn(matrix, truth)
    held = cross_validate(matrix, truth, groups, learn, judge)
    right = np.mean(judge(matrix, weights) == truth)
    print(f"stance    fitted {right:.3f}, held out {np.mean(held == truth):.3f}")
    table = weights.reshape(len(names), len(OTHERS))
    return {stance: named(names, table[:, column]) for column, stance in enumerate(OTHERS)}


def fit_relevance(rows: Sequence[Row], workings: Sequence[Workings], tables: Tables) -> Tables:
    """Weights of the evidence, each on its side of zero, and of the words that a report has at all."""
    prior = tables["prior"]
    names, words = list(prior), often([w.words for w in workings], LEAST_WORDS)
    matrix = matrix_of([w.relevance | dict.fromkeys(w.words, 1.0) for w in workings], [*names, *words])
    truth = np.array([row["label"]["violation"] for row in rows], dtype=float)
    start = np.array([*prior.values(), *(0.0 for _ in words)])
    price = np.array([*(RELEVANCE_PRIOR for _ in names), *(WORDS_PRIOR for _ in words)])
    lowest = [0.05 if value > 0 else None for value in prior.values()] + [None] * len(words)
    highest = [None if value > 0 else -0.05 for value in prior.values()] + [None] * len(words)

    def learn(matrix: Any, truth: Any) -> Any:
        return minimize_logistic(matrix, truth, start, price, list(zip(lowest, highest, strict=True)))

    weights = learn(matrix, truth)
    held = cross_validate(matrix, truth, groups_of(rows), learn, np.matmul)
    print(f"relevance prior F1 {f1(matrix @ start, truth):.3f}", end=", ")
    print(f"fitted F1 {f1(matrix @ weights, truth):.3f}, held out F1 {f1(held, truth):.3f}")
    return {"weights": named(names, weights[: len(names)]), "words": named(words, weights[len(names) :])}


def _table_of(key: str) -> str:
    """The table in which a weight of the reader stands."""
    return key.partition(".")[0] if "." in key else "weights"


def late_updates(rows: Sequence[Row]) -> set[str]:
    """Ids of the outlets' updates that come a night or more after their incident's first report."""
    told = [row for row in rows if row["label"]["violation"] and row["label"]["incident"]]
    first: dict[str, datetime] = {}
    for row in told:
        incident, moment = row["label"]["incident"], datetime.fromisoformat(row["published"])
        first[incident] = min(first.get(incident, moment), moment)
    return {
        row["id"]
        for row in told
        if row["label"]["stance"] == Stance.UPDATE
        and row["source"]["kind"] not in PARTIES_OWN
        and datetime.fromisoformat(row["published"]) - first[row["label"]["incident"]] >= OVERNIGHT
    }


def save(tables: Tables) -> None:
    """Writes the tables that were fitted behind what the file says by hand."""
    head = TARGET.read_text(encoding="utf-8").partition("\n[weights]\n")[0]
    order = ["weights", "words", "accused", "context", *OTHERS]
    parts = [
        "\n".join((f"[{name}]", *(f"{_key(k)} = {v}" for k, v in tables[name].items()))) for name in order
    ]
    TARGET.write_text(head + "\n" + "\n\n".join(parts) + "\n", encoding="utf-8")


def _key(name: str) -> str:
    """As TOML writes it."""
    return name if name.isidentifier() else f'"{name}"'


if __name__ == "__main__":
    main()
