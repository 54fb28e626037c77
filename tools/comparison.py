"""Compares ways of telling violations from other reports: rules, a model of letters, and both.

    python -m tools.comparison [LABELLED.jsonl ...]

All learn from the training reports of corpus/ alone and are measured on its test reports and on the files
named. "hand" weighs the reader's evidence as the priors say, "fitted" as the shipped weights do; "letters"
is logistic regression over character n-grams (one to four letters, TF-IDF) and knows nothing of theatres,
parties or truces; "both" adds its verdict to the reader's evidence.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from bot.data import load_facts
from tools.fitting import Row, f1, groups_of, matrix_of, minimize_logistic
from tools.model import CORPUS, RELEVANCE_PRIOR, TARGET, read_rows, training_rows, work


def main() -> None:
    """Prints a line for each way and set: F1 and false alarms per 100 negatives."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("labelled", type=Path, nargs="*")
    options = arguments.parse_args()
    test = [row for row in read_rows(sorted(CORPUS.glob("*.jsonl"))) if row["split"] == "test"]
    sets = {"corpus test": test} | {path.name: read_rows([path]) for path in options.labelled}
    train = training_rows()
    judges = learn(train)
    for name, rows in sets.items():
        truth = truth_of(rows)
        for way, margins in judges(rows).items():
            alarms = 100 * float(((margins >= 0) & (truth == 0)).sum()) / max(float((truth == 0).sum()), 1.0)
            print(f"{name:12} {way:8} F1 {f1(margins, truth):.3f}  false alarms {alarms:.1f}")


def learn(train: Sequence[Row]) -> Any:
    """A function from reports to the margins of every way, learnt from `train`."""
    tables = tomllib.loads(TARGET.read_text(encoding="utf-8"))
    names, facts, truth = list(tables["prior"]), load_facts(), truth_of(train)
    start = np.array([tables["prior"][name] for name in names])
    shipped = np.array([tables["weights"].get(name, 0.0) for name in names])
    letters = make_pipeline(
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), min_df=2, sublinear_tf=True),
        LogisticRegression(C=30.0, max_iter=2000),
    )
    folds = list(GroupKFold(5).split(train, truth, groups_of(train)))
    unseen = cross_val_predict(letters, texts_of(train), truth, cv=folds, method="decision_function")
    letters.fit(texts_of(train), truth)
    evidence = matrix_of([w.relevance for w in work(facts, train)], names)
    joint = minimize_logistic(
        np.column_stack([evidence, unseen]), truth, np.append(start, 0.0), RELEVANCE_PRIOR
    )

    def judge(rows: Sequence[Row]) -> dict[str, Any]:
        seen = [w.relevance for w in work(facts, rows)]
        told, wording = matrix_of(seen, names), matrix_of(seen, ["wording"])[:, 0]
        verdict = letters.decision_function(texts_of(rows))
        return {
            "hand": told @ start,
            "fitted": told @ shipped + wording,
            "letters": verdict,
            "both": np.column_stack([told, verdict]) @ joint,
        }

    return judge


def truth_of(rows: Sequence[Row]) -> Any:
    """1 where a report tells of a violation."""
    return np.array([row["label"]["violation"] for row in rows], dtype=float)


def texts_of(rows: Sequence[Row]) -> list[str]:
    """What a model of letters sees."""
    return [f"{row['title']}\n{row['text']}" for row in rows]


if __name__ == "__main__":
    main()
