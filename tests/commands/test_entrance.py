"""/mode: open to everybody, by approval, or closed; whoever is known goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.commands.entrance import MOST_TOLD_AN_HOUR
from bot.storage.acts import latest_acts
from bot.storage.applicants import drop_old_applicants, waiting_applicants
from tests.chat import ADMIN, Scene, Somebody

GROUP = -1001


@pytest.fixture
async def admin(scene: Scene) -> Somebody:
    """Who runs the bot and has started it; Anna is known."""
    await scene.person(7).says("/subscribe Hadrut")
    boss = scene.person(ADMIN)
    await boss.says("/start")
    return boss


async def applicants(scene: Scene) -> list[int]:
    async with scene.db.reading() as conn:
        return [each.telegram_id for each in await waiting_applicants(conn)]


async def test_a_closed_bot_takes_in_nobody_new(scene: Scene, admin: Somebody) -> None:
    """One sentence for whatever they say or press; those who are known notice nothing."""
    ben, anna = scene.person(8), scene.person(7)
    await ben.says("/status")
    await ben.says("/latest Hadrud")
    await admin.says("/mode closed")
    for said in ("/start", "/subscribe Hadrut", "/latest", "hadrut", "/nonsense"):
        assert await ben.says(said) == "This bot takes in nobody new at the moment."
    assert await ben.presses("Hadrut") == "This bot takes in nobody new at the moment."
    assert "I store" in await ben.says("/privacy")
    assert await ben.says("/forgetme") == "I know nothing about this chat."
    assert await ben.chat() is None
    assert "You now get alerts" in await anna.says("/subscribe Shusha")
    assert await applicants(scene) == []
    await admin.says("/mode open")
    assert "You now get alerts" in await ben.says("/subscribe Hadrut")


async def test_a_new_chat_asks_and_is_let_in(scene: Scene, admin: Somebody) -> None:
    """The admins are asked once, with the name; the chat is told, and then goes on as any other."""
    await admin.says("/mode approval")
    before = len(admin.messages)
    ben = scene.person(8)
    assert "open by approval" in await ben.says("/start")
    assert "You have asked already" in await ben.says("/subscribe Hadrut")
    assert admin.messages[before:] == ["Person 8 (a person, 8) asks to be let in."]
    assert await applicants(scene) == [8]
    await admin.presses("Let in")
    assert admin.sees == "8 is let in."
    assert ben.sees == "You are let in. /start begins."
    assert await applicants(scene) == []
    assert "You now get alerts" in await ben.says("/subscribe Hadrut")


async def test_a_new_chat_is_turned_away(scene: Scene, admin: Somebody) -> None:
    """It is told, stays out without asking again, and may be let in later; two decisions do not clash."""
    await admin.says("/mode approval")
    ben = scene.person(8)
    await ben.says("/start")
    let_in, turn_away = admin.button_data[-2:]
    await admin.presses("Turn away")
    assert ben.sees == "The people who run this bot have not let this chat in."
    assert await ben.says("/start") == "The people who run this bot have not let this chat in."
    assert await applicants(scene) == []
    await admin.sends_press(*turn_away)
    assert "decided already" in admin.sees
    await admin.sends_press(*let_in)
    assert ben.sees == "You are let in. /start begins."
    await admin.sends_press(*let_in)
    assert "decided already" in admin.sees
    assert await ben.chat() is not None
    async with scene.db.reading() as conn:
        acts = [(act.what, act.subject, act.detail) for act in await latest_acts(conn, 0, 9)]
    assert acts == [
        ("mode", "private", "let in"),
        ("mode", "private", "turned away"),
        ("mode", "approval", ""),
    ], "whoever is forgotten is forgotten here, too"


async def test_a_group_asks_too(scene: Scene, admin: Somebody) -> None:
    """Once for all its topics; its members' commands ask, its talk does not."""
    await admin.says("/mode approval")
    mia = scene.member(GROUP, 20, "creator")
    assert await mia.says("hello") == ""
    assert "open by approval" in await mia.says("/subscribe Hadrut")
    assert admin.sees == "Chat -1001 (a group, -1001) asks to be let in."
    topic = scene.member(GROUP, 20, "creator", topic_id=5)
    assert "You have asked already" in await topic.says("/subscribe Hadrut")
    await admin.presses("Let in")
    assert "You now get alerts" in await topic.says("/subscribe Hadrut")


async def test_a_bot_that_is_added_to_a_group_asks_at_once(scene: Scene, admin: Somebody) -> None:
    """The greeting is the same sentence."""
    await admin.says("/mode approval")
    mia = scene.member(GROUP, 20)
    await scene.bot_becomes(GROUP, "member", was="left", by=20)
    assert "open by approval" in mia.sees
    assert await applicants(scene) == [GROUP]


async def test_mode_shows_who_waits(scene: Scene, admin: Somebody) -> None:
    """With buttons for each; a crowd does not flood the admins."""
    await admin.says("/mode approval")
    before = len(admin.messages)
    for number in range(1_000, 1_000 + MOST_TOLD_AN_HOUR + 3):
        await scene.person(number).says("/start")
    assert len(admin.messages) - before == MOST_TOLD_AN_HOUR
    said = await admin.says("/mode")
    assert said.splitlines()[0] == "By approval"
    assert said.splitlines()[-1] == f"{MOST_TOLD_AN_HOUR + 3} chats ask to be let in."
    assert "Turn away: 1000" in admin.buttons
    await admin.presses("Let in: 1001")
    assert 1_001 not in await applicants(scene)
    await admin.says("/mode")
    await admin.presses("Open")
    assert "✅ Open" in admin.buttons
    assert "I know open, approval and closed, not “ajar”." in await admin.says("/mode ajar")


async def test_what_is_kept_of_who_asked_goes(scene: Scene, admin: Somebody) -> None:
    """With /forgetme at once, else after a month."""
    await admin.says("/mode approval")
    for number in (8, 9):
        await scene.person(number).says("/start")
    await scene.person(8).says("/forgetme")
    assert await applicants(scene) == [9]
    async with scene.db.writing() as conn:
        assert await drop_old_applicants(conn, scene.clock.now() + timedelta(days=31)) == 1
    assert await applicants(scene) == []


async def test_a_channel_is_not_let_in_by_the_back_door(scene: Scene, admin: Somebody) -> None:
    """Who is known may not bring in a channel that is not."""
    await admin.says("/mode closed")
    scene.server.add_chat(-100_555_555, "channel", username="harbour")
    scene.server.members[-100_555_555, 7] = "administrator"
    anna = scene.person(7)
    assert await anna.says("/channel -100555555") == "This bot takes in nobody new at the moment."
    assert await scene.channel(-100_555_555).chat() is None
