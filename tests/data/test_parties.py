"""The parties of every theatre: known kinds, names in several languages, no repeats."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from bot.model import Act
from tests.data.files import PARTY_FILES, THEATRES, read_parties, read_theatres

KINDS = {"state", "group", "monitor", "other"}
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.fixture(params=PARTY_FILES)
def theatre(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_theatre_has_its_parties() -> None:
    """There is a file of parties for each theatre and for nothing else."""
    assert set(PARTY_FILES) == set(THEATRES)


def test_a_party_stands_once_in_a_file(theatre: str) -> None:
    """No id is given twice for one theatre."""
    counted = Counter(party["id"] for party in read_parties(theatre))
    assert [party for party, times in counted.items() if times > 1] == []


def test_parties_are_described(theatre: str) -> None:
    """Each has a plain id, a known kind, a name, and names in English."""
    for party in read_parties(theatre):
        assert SLUG.fullmatch(party["id"]), party["id"]
        assert party["kind"] in KINDS, party["id"]
        assert party["name"].strip(), party["id"]
        assert party["names"], party["id"]


def test_names_are_given_once_and_are_not_empty(theatre: str) -> None:
    """Within a party and a language no name is blank, untrimmed or repeated."""
    for party in read_parties(theatre):
        for language, names in party["names"].items():
            assert all(name == name.strip() and name.strip("* ") for name in names), (party["id"], language)
            assert len(names) == len(set(names)), (party["id"], language)


def test_stars_end_words(theatre: str) -> None:
    """A `*` stands at the end of a word, where any ending may follow."""
    names = [n for party in read_parties(theatre) for ns in party["names"].values() for n in ns]
    assert [name for name in names if re.search(r"\*\S", name) or re.search(r"(^|\s)\*", name)] == []


def test_a_party_is_of_one_kind_everywhere() -> None:
    """A state in one theatre is no monitor in another, except where it is both."""
    kinds: dict[str, set[str]] = {}
    for name in PARTY_FILES:
        for party in read_parties(name):
            kinds.setdefault(party["id"], set()).add(party["kind"])
    assert {party: kind for party, kind in kinds.items() if len(kind) > 1} == {}


def test_two_sides_at_least(theatre: str) -> None:
    """A truce has two sides: so has every file."""
    sides = [party for party in read_parties(theatre) if party["kind"] in {"state", "group"}]
    assert len(sides) >= 2


def test_arms_are_those_of_parties_and_for_acts() -> None:
    """Who has the arms for an act of the model is a party of the theatre."""
    for theatre, row in read_theatres().items():
        known = {party["id"] for party in read_parties(theatre)}
        for act, parties in row.get("arms", {}).items():
            assert Act(act), theatre
            assert parties, theatre
            assert set(parties) <= known, f"{theatre}: {act}"
