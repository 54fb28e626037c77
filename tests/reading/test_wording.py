"""Which words a report has at all, and what they weigh together."""

from __future__ import annotations

import pytest

from bot.data import Facts
from bot.reading import Reader
from tests.reading.conftest import make_report

NOON = "2025-05-05T12:00:00+00:00"


def test_every_kind_of_word_counts_once_and_all_acts_as_one(reader: Reader) -> None:
    """Two weapons are one word; months and weekdays are none."""
    text = (
        "Azerbaijani troops shelled Tegh with mortars on Monday, 5 May, breaking the ceasefire, Armenia said."
    )
    words = reader.work(make_report("", text, NOON))[1].words
    assert {"acts", "truce.words", "stance.report"} <= words
    assert not [word for word in words if word.startswith(("acts.", "month", "weekday"))]


def test_the_words_of_a_report_weigh_together(reader: Reader, facts: Facts) -> None:
    """One part of the evidence: the sum of what each is worth."""
    report = make_report("", "Armenia said that Azerbaijani troops shelled Tegh and wounded two.", NOON)
    workings = reader.work(report)[1]
    worth = sum(facts.weights.get(f"words.{word}", 0.0) for word in workings.words)
    assert workings.relevance["wording"] == pytest.approx(worth)
    assert worth != 0.0
    assert "wording" in {reason.code for reason in reader.read(report).reasons}


def test_a_report_without_a_theatre_has_words_too(reader: Reader) -> None:
    """They are learnt from as well."""
    workings = reader.work(
        make_report("Choir sings", "The choir accused nobody of breaking its vows.", NOON)
    )[1]
    assert "stance.accuse" in workings.words
