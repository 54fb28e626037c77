"""The bot comes, goes, comes back; groups become supergroups."""

from __future__ import annotations

from datetime import timedelta

from bot.storage.states import ChatState
from tests.chat import Scene, Somebody

GROUP, SUPERGROUP = -5, -1005


async def test_who_blocks_the_bot_is_gone_and_comes_back(scene: Scene, anna: Somebody) -> None:
    """Settings wait 48 hours, are restored with a word, and deliveries are woken."""
    await anna.says("/subscribe Hadrut")
    await scene.bot_becomes(7, "kicked")
    assert (await anna.chat()).state is ChatState.GONE  # type: ignore[union-attr]
    scene.clock.advance(timedelta(hours=47))
    await scene.bot_becomes(7, "member", was="kicked")
    assert "your settings are as they were" in anna.sees
    assert (await anna.chat()).state is ChatState.ACTIVE  # type: ignore[union-attr]
    assert (await anna.filters()).regions == ("hadrut",)
    assert len(scene.woken) == 1


async def test_after_48_hours_everything_is_new(scene: Scene, anna: Somebody) -> None:
    """Though the nightly cleaning has not come by, what was too long away is forgotten."""
    await anna.says("/subscribe Hadrut")
    await scene.bot_becomes(7, "kicked")
    scene.clock.advance(timedelta(hours=49))
    before = len(anna.messages)
    await scene.bot_becomes(7, "member", was="kicked")
    assert (await anna.chat(), len(anna.messages)) == (None, before)


async def test_writing_restores_too(scene: Scene, anna: Somebody) -> None:
    """Whoever speaks to the bot is there, whatever a delivery was told."""
    await anna.says("/subscribe Hadrut")
    await scene.bot_becomes(7, "kicked")
    await anna.says("/start")
    assert (await anna.chat()).state is ChatState.ACTIVE  # type: ignore[union-attr]
    assert "• Hadrut" in anna.sees


async def test_a_group_is_greeted_and_a_channel_is_not(scene: Scene) -> None:
    """One line, for those who can change something; a change of rights says nothing."""
    mia = scene.member(GROUP, 20)
    await scene.bot_becomes(GROUP, "member", was="left")
    assert "Admins of this chat choose what I tell here" in mia.sees
    await scene.bot_becomes(GROUP, "member", was="member")
    assert len(mia.messages) == 1
    posts = scene.channel(-1009)
    await scene.bot_becomes(-1009, "member", was="left")
    await posts.says("/subscribe Hadrut")
    await scene.bot_becomes(-1009, "left")
    await scene.bot_becomes(-1009, "member", was="left")
    assert len(posts.messages) == 1
    assert (await posts.filters()).regions == ("hadrut",)


async def test_a_group_moves_with_everything(scene: Scene) -> None:
    """Both groups say so, in any order; what was chosen is under the new number."""
    ada = scene.member(GROUP, 21, "creator")
    await ada.says("/subscribe Hadrut")
    await ada.says("/keywords +drone")
    moved = scene.member(SUPERGROUP, 21, "creator")
    scene.server.say(GROUP, "", 21, migrate_to_chat_id=SUPERGROUP)
    scene.server.say(SUPERGROUP, "", 21, migrate_from_chat_id=GROUP)
    await scene.settle()
    assert await ada.chat() is None
    found = await moved.filters()
    assert (found.regions, found.include) == (("hadrut",), ("drone",))
    assert len(scene.woken) == 1
