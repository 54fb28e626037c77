"""The labelled corpus: its form, its splits, and that its labels speak of what the data know."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.model import Act, SourceType, Stance
from tests.ground import shared_facts

FILES = sorted((Path(__file__).parent.parent.parent / "corpus").glob("*.jsonl"))
FACTS = shared_facts()
ACTS, STANCES, TYPES = set(map(str, Act)), set(map(str, Stance)), set(map(str, SourceType))
EASTERNMOST = timedelta(hours=14)
"""Days are local."""


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


ROWS = [row for path in FILES for row in rows(path)]


def test_the_corpus_is_as_large_as_its_note_says() -> None:
    """Twenty-eight hundred reports in 26 languages, about a quarter of them held out."""
    assert (len(FILES), len(ROWS) >= 2_800) == (26, True)
    held_out = sum(row["split"] == "test" for row in ROWS)
    assert 0.2 < held_out / len(ROWS) < 0.3


def test_no_report_stands_twice() -> None:
    """Neither by its id nor by its words."""
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({(row["title"], row["text"]) for row in ROWS}) == len(ROWS)


def test_an_incident_lies_in_one_split() -> None:
    """Else a report of the test would be an echo of one that was fitted to."""
    splits = defaultdict(set)
    for row in ROWS:
        if row["label"].get("incident"):
            splits[row["label"]["incident"]].add(row["split"])
    assert {incident for incident, found in splits.items() if len(found) > 1} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_label_is_in_the_words_of_the_data(path: Path) -> None:
    """Parties, acts, stances, theatres, dates and numbers as the product knows them."""
    for row in rows(path):
        label, where = row["label"], row["id"]
        assert (row["lang"], row["split"] in {"train", "test"}) == (path.stem, True), where

        assert row["source"]["kind"] in TYPES, where
        assert datetime.fromisoformat(row["published"]).tzinfo is not None, where
        if not label["violation"]:
            continue
        assert label["stance"] in STANCES, where
        assert label["theatre"] in FACTS.theatres, where
        assert label["incident"], where
        assert set(label["acts"]) <= ACTS, where
        assert set(label["accused"]) | set(label["accuser"]) <= set(FACTS.parties), where
        latest = datetime.fromisoformat(row["published"]) + EASTERNMOST
        assert date.fromisoformat(label["occurred"]) <= latest.date(), where
        assert all(label[toll] is None or label[toll] >= 0 for toll in ("killed", "wounded")), where
