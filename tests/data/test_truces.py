"""The truces of every theatre: dated to the hour and offset, binding known parties in known regions."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from bot.model import Truce
from tests.data.files import PARTY_FILES, THEATRES, TRUCE_FILES, read_parties, read_regions, read_truces
from tests.ground import shared_facts

STATUSES = {"in force", "disputed", "lapsed", "suspended"}


@pytest.fixture(params=TRUCE_FILES)
def theatre(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def truces() -> dict[str, Truce]:
    return {truce.id: truce for truce in shared_facts().truces}


def known_parties() -> set[str]:
    return {party["id"] for name in PARTY_FILES for party in read_parties(name)}


def test_every_theatre_has_its_truces() -> None:
    """A theatre without a truce would have nothing to watch."""
    assert set(TRUCE_FILES) == set(THEATRES)
    assert all(read_truces(name) for name in TRUCE_FILES)


def test_no_two_truces_share_an_id() -> None:
    """An id means one truce, whichever theatre it lies in."""
    counted = Counter(truce["id"] for name in TRUCE_FILES for truce in read_truces(name))
    assert [truce for truce, times in counted.items() if times > 1] == []


def test_truces_bind_known_parties(theatre: str) -> None:
    """Parties are such as the party files describe, each named once."""
    known = known_parties()
    for truce in read_truces(theatre):
        assert set(truce["parties"]) <= known, truce["id"]
        assert len(set(truce["parties"])) == len(truce["parties"]) > 0, truce["id"]


def test_truces_hold_in_regions_of_their_theatre(theatre: str) -> None:
    """The area names regions of the same theatre."""
    regions = {row["id"] for row in read_regions(theatre)}
    for truce in read_truces(theatre):
        assert truce["area"], truce["id"]
        assert set(truce["area"]) <= regions, truce["id"]


def test_times_are_aware_and_in_order(theatre: str) -> None:
    """`since` and `until` carry an offset, and a truce ends after it begins."""
    for truce in read_truces(theatre):
        since = datetime.fromisoformat(truce["since"])
        assert since.tzinfo is not None, truce["id"]
        assert since.astimezone(UTC).year >= 1949, truce["id"]
        if truce["until"]:
            until = datetime.fromisoformat(truce["until"])
            assert until.tzinfo is not None, truce["id"]
            assert since < until, truce["id"]


def test_truces_say_where_they_are_written_down(theatre: str) -> None:
    """Each has a name, a known status and a reference."""
    for truce in read_truces(theatre):
        assert truce["name"].strip(), truce["id"]
        assert truce["reference"].strip(), truce["id"]
        assert truce["status"] in STATUSES, truce["id"]


def test_what_is_in_force_has_no_past_end(theatre: str) -> None:
    """A truce that is said to be in force has no end, or one that is said to have lapsed has one."""
    for truce in read_truces(theatre):
        if truce["status"] == "lapsed":
            assert truce["until"], truce["id"]


@pytest.mark.parametrize(
    ("truce", "moment", "holds"),
    [
        ("armistice-1953", "2020-05-03T07:41+09:00", True),
        ("minsk-2015", "2021-08-29T12:00+03:00", True),
        ("minsk-2015", "2022-03-01T12:00+02:00", False),
        ("twelve-day-2025", "2025-06-24T06:30+03:00", False),
        ("twelve-day-2025", "2025-06-24T10:30+03:00", True),
        ("karabakh-2020-10-10", "2020-10-10T11:59+04:00", False),
        ("karabakh-2020-10-10", "2020-10-10T12:05+04:00", True),
        ("gaza-2023-11-24", "2023-11-25T08:00+02:00", True),
        ("gaza-2025-10", "2025-10-19T10:00+03:00", True),
        ("lebanon-2024", "2024-10-30T10:00+02:00", False),
        ("idlib-2020", "2020-11-04T08:00+02:00", True),
        ("stockholm-2018", "2021-01-01T20:00+03:00", True),
    ],
)
def test_the_table_tells_war_from_breach(
    truces: dict[str, Truce], truce: str, moment: str, holds: bool
) -> None:
    """The same blow is war or a breach by the hour at which it falls."""
    struck_at = datetime.fromisoformat(moment)
    found = truces[truce]
    assert (found.since <= struck_at and (found.until is None or struck_at < found.until)) is holds
