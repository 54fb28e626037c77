"""Regions that are no more: nobody loses what they chose."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.atlas import Atlas
from bot.errors import ConfigurationError
from bot.model import Region, RegionLevel
from bot.storage.database import Database
from bot.storage.filters import mute, mutes_of
from bot.storage.renaming import rename_regions
from bot.storage.subscriptions import filters_of
from bot.storage.tables import subscription
from tests.clock import START
from tests.ground import shared_facts
from tests.storage.values import a_chat

SHIPPED = (Path(__file__).parent / "shipped_regions.txt").read_text(encoding="ascii").split()
FORMER = {"old": ("north", "south"), "older": ("north",)}


def test_every_region_that_was_ever_shipped_leads_somewhere() -> None:
    """An id that leaves the data stands in former.toml; new ids are added to the list with a release."""
    atlas = shared_facts().atlas
    lost = [each for each in SHIPPED if atlas.get(each) is None and each not in atlas.former]
    assert lost == [], "add them to bot/data/former.toml"


def test_a_former_id_is_still_understood() -> None:
    """A link that somebody shared years ago opens what holds that ground now."""
    atlas = shared_facts().atlas
    found = atlas.find("south-ossetian-boundary-line")
    assert found is not None
    assert found.id == "south-ossetia"
    assert atlas.get("south-ossetian-boundary-line") is None


@pytest.mark.parametrize(
    ("former", "fault"),
    [
        ({"gone": ["nowhere"]}, "the former region gone leads to nowhere"),
        ({"gone": []}, "the former region gone leads to nothing"),
        ({"here": ["here"]}, "region here is former and present"),
    ],
)
def test_a_table_that_loses_somebody_is_refused(former: dict[str, list[str]], fault: str) -> None:
    """The service does not start with it."""
    here = Region("here", RegionLevel.THEATRE, None, "Here", {})
    with pytest.raises(ConfigurationError) as refused:
        Atlas([here], former)
    assert fault in str(refused.value)


async def test_choices_and_mutes_move_to_the_regions_of_today(db: Database) -> None:
    """Merged and split regions, with what was chosen already; a second start changes nothing."""
    async with db.writing() as conn:
        one = await a_chat(conn, 1, "old", "elsewhere")
        two = await a_chat(conn, 2, "old", "older", "north")
        three = await a_chat(conn, 3, "elsewhere")
        until = START + timedelta(hours=8)
        await mute(conn, one.id, "old", until)
        assert await rename_regions(conn, FORMER) == 3
        assert await rename_regions(conn, FORMER) == 0
        regions = [(await filters_of(conn, each.id)).regions for each in (one, two, three)]
        assert regions == [("elsewhere", "north", "south"), ("north", "south"), ("elsewhere",)]
        assert await mutes_of(conn, one.id, START) == {"north": until, "south": until}
        assert len((await conn.execute(select(subscription))).all()) == 6
