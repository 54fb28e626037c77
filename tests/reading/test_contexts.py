"""What stands around a party's mentions, and what it weighs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_array

from bot.reading import Reader
from bot.reading.contexts import Context, weigh_contexts
from tests.reading.conftest import make_report
from tools.blame import Told, margins

NOON = "2025-05-05T12:00:00+00:00"


def contexts_of(reader: Reader, text: str) -> dict[str, list[Context]]:
    """The contexts of each party in a report without a headline."""
    return reader.work(make_report("", text, NOON))[1].contexts


def test_words_before_and_behind_a_name_are_told_apart(reader: Reader) -> None:
    """Who is named before an act and who behind it."""
    told = contexts_of(reader, "Azerbaijan shelled Armenian positions.")
    (azerbaijan,), (armenia,) = told["azerbaijan"], told["armenia"]
    assert "behind acts" in azerbaijan
    assert "before acts" not in azerbaijan
    assert "before acts" in armenia
    assert "behind foe" in azerbaijan
    assert "before foe" in armenia


def test_what_stands_in_another_clause_is_marked(reader: Reader) -> None:
    """A comma parts who speaks from who acts; what lies beyond is told so."""
    told = contexts_of(reader, "Azerbaijan rejected the report, Armenian troops shelled Tegh.")
    (azerbaijan,), (armenia,) = told["azerbaijan"], told["armenia"]
    assert "behind clause" in azerbaijan
    assert "before foe apart" in armenia


def test_other_sentences_say_nothing(reader: Reader) -> None:
    """Only the words of the mention's own sentence stand around it."""
    told = contexts_of(reader, "Azerbaijan met envoys. Armenian troops shelled Tegh.")
    (azerbaijan,) = told["azerbaijan"]
    assert "behind acts" not in azerbaijan
    assert "behind foe" not in azerbaijan


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        ("Azerbaijan", "self"),
        ("Armenia", "foe"),
        ("the OSCE", "outsider"),
        ("Tegh", "place"),
    ],
)
def test_names_are_related_to_the_party_in_question(reader: Reader, other: str, relation: str) -> None:
    """Itself once more, its enemy, who does not fight there, a place."""
    told = contexts_of(reader, f"Azerbaijan and {other}: shots at Khoznavar.")
    assert f"behind {relation}" in told["azerbaijan"][0]


def test_an_ally_s_name_is_told_from_an_enemy_s(reader: Reader) -> None:
    """Two parties of one bloc."""
    told = contexts_of(reader, "Armenia and Nagorno-Karabakh: shots at Khoznavar.")
    assert "behind ally" in told["armenia"][0]


def test_the_mention_that_tells_most_counts_most() -> None:
    """One plain charge among other mentions is heard above their mean, and never above itself."""
    weights = {"plain": 2.0}
    alone = weigh_contexts([("plain",)], weights)
    among = weigh_contexts([("plain",), ("unknown",), ("unknown",)], weights)
    assert alone == pytest.approx(2.0)
    assert 2.0 / 3 < among < 2.0


def test_who_is_not_named_leans_nowhere() -> None:
    """Without a mention nothing is added."""
    assert weigh_contexts([], {"plain": 2.0}) == 0.0


def test_what_is_fitted_is_what_the_reader_reckons() -> None:
    """The fit's margins are the sums of the parts and the leaning of the contexts, also of a half of them."""
    lines = csr_array(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    told = Told(np.array([[1.0, 3.0], [1.0, 0.0], [1.0, 1.0]]), lines, np.array([0, 2, 2]))
    weights = np.array([-1.0, 0.5, 0.7, -0.2])
    names = {"a": 0.7, "b": -0.2}
    expected = [
        -1.0 + 3 * 0.5 + weigh_contexts([("a",)], names),
        -1.0,
        -1.0 + 0.5 + weigh_contexts([("b",), ("a", "b")], names),
    ]
    assert margins(told, weights) == pytest.approx(expected)
    half = told[np.array([False, True, True])]
    assert margins(half, weights) == pytest.approx(expected[1:])
