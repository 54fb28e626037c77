"""Links that bring others to a region."""

from __future__ import annotations

import re

from tests.chat import Scene, Somebody
from tests.ground import shared_facts

BOT = "https://t.me/trucewatch_test_bot"


async def test_a_region_is_shared_and_the_link_chooses_it(scene: Scene, anna: Somebody) -> None:
    """What the link says to /start subscribes whoever opens it, in one step."""
    said = await anna.says("/share Hadrut")
    assert f"Hadrut (Armenia – Azerbaijan)\n{BOT}?start=hadrut · for a group" in said
    ben = scene.person(8)
    await ben.says("/start hadrut")
    assert (await ben.filters()).regions == ("hadrut",)


async def test_without_a_name_the_chats_own_regions_are_shared(scene: Scene, anna: Somebody) -> None:
    """Or the bot itself, where none is chosen."""
    assert (await anna.says("/share")).endswith(BOT)
    await anna.says("/subscribe Hadrut, Sand & Land")
    said = await anna.says("/share")
    assert f"{BOT}?start=hadrut" in said
    assert f"{BOT}?start=sandland" in said
    await anna.says("/subscribe all")
    assert "start=*" not in await anna.says("/share")


async def test_a_mistyped_name_is_asked_about(anna: Somebody) -> None:
    """And the button shows the links of what was meant."""
    assert "Did you mean Hadrut" in await anna.says("/share Hadrud")
    await anna.presses("Hadrut")
    assert f"{BOT}?start=hadrut" in anna.sees


def test_every_region_fits_into_a_link() -> None:
    """Telegram allows 64 letters, digits, _ and - after start=."""
    atlas = shared_facts().atlas
    ids = {region_id for theatre in atlas.theatres() for region_id in atlas.subtree(theatre.id)}
    assert len(ids) > 4_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", region_id) for region_id in ids)
