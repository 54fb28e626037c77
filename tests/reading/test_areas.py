"""A truce of one province binds nobody in another."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.data import Facts
from bot.reading.truces import TruceTable

JUNE = date(2023, 6, 15)
LOCAL = "sudan-el-fasher-2023"


@pytest.mark.parametrize(
    ("regions", "holds"),
    [([], True), (["north-darfur"], True), (["el-fasher"], True), (["sudan"], True), (["omdurman"], False)],
)
def test_a_local_truce_holds_in_its_area(facts: Facts, regions: list[str], holds: bool) -> None:
    """It counts in its province, in a town of it, in all of the country, and where no place is named."""
    table = TruceTable(facts.truces, facts.atlas)
    found = table.in_force("sudan", JUNE, datetime(2023, 6, 16, tzinfo=UTC), regions)
    assert (LOCAL in [truce.id for truce in found]) is holds
