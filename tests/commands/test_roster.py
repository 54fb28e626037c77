"""/admins and /audit: who runs the bot, and what they did."""

from __future__ import annotations

from datetime import timedelta

from bot.model import ChatKind
from bot.storage.acts import KEEP_ACTS, Act, count_acts, drop_acts, note_act
from bot.storage.chats import ensure_chat
from tests.chat import ADMIN, Scene
from tests.telegram_server import person

GROUP = -1001
BEN = 8


def menus(scene: Scene, method: str) -> list[int]:
    """The chats whose own command menu was set or removed."""
    scopes = [call.parameters["scope"] for call in scene.server.calls(method)]
    return [scope["chat_id"] for scope in scopes if scope["type"] == "chat"]


async def test_an_admin_is_added_and_removed_by_number(scene: Scene) -> None:
    """At once: rights, and the menu in every language."""
    boss, ben = scene.person(ADMIN), scene.person(BEN)
    assert "people who run this bot" in await ben.says("/sources")
    assert await boss.says(f"/admins add {BEN}") == f"{BEN} is an admin of this bot now."
    assert "Sources that answer" in await ben.says("/sources")
    assert menus(scene, "setMyCommands") == [BEN] * len(scene.desk.words)
    assert f"{BEN}: added by {ADMIN}" in await boss.says("/admins")
    assert f"{BEN} is an admin already." in await boss.says(f"/admins Add  {BEN}")
    await boss.says("/admins")
    await boss.presses(f"✖ {BEN}")
    assert str(BEN) not in boss.sees
    assert "people who run this bot" in await ben.says("/sources")
    assert menus(scene, "deleteMyCommands") == [BEN] * len(scene.desk.words)
    assert f"{BEN} is no admin." in await boss.says(f"/admins remove {BEN}")


async def test_an_admin_is_added_in_answer_to_a_message(scene: Scene) -> None:
    """In a group to a person's message, in private to one that was forwarded; never a bot or a hidden one."""
    boss = scene.member(GROUP, ADMIN)
    message = scene.server.say(GROUP, "hello", BEN)
    assert "8 is an admin" in await boss.says("/admins add", reply_to_message=message)
    assert "8 is an admin no more" in await boss.says("/admins remove", reply_to_message=message)
    alone = scene.person(ADMIN)
    origin = {"type": "user", "date": 1_600_000_000, "sender_user": person(9)}
    forwarded = scene.server.say(ADMIN, "hello", ADMIN, forward_origin=origin)
    assert "9 is an admin" in await alone.says("/admins add", reply_to_message=forwarded)
    hidden = {"type": "hidden_user", "date": 1_600_000_000, "sender_user_name": "Somebody"}
    veiled = scene.server.say(ADMIN, "hello", ADMIN, forward_origin=hidden)
    assert "Answer a person's message" in await alone.says("/admins add", reply_to_message=veiled)
    robot = scene.server.say(GROUP, "hello", 10) | {"from": person(10) | {"is_bot": True}}
    assert "Answer a person's message" in await boss.says("/admins add", reply_to_message=robot)
    assert sorted(scene.desk.admins.ids) == [9, ADMIN]


async def test_those_of_the_settings_stay(scene: Scene) -> None:
    """They cannot be removed in a chat; what is no number is said."""
    boss = scene.person(ADMIN)
    assert "stands in the settings" in await boss.says(f"/admins remove {ADMIN}")
    assert "“@ben” is no Telegram number" in await boss.says("/admins add @ben")
    assert "“99999999999999999” is no Telegram number" in await boss.says("/admins add 99999999999999999")
    assert "Answer a person's message" in await boss.says("/admins promote 8")
    assert sorted(scene.desk.admins.ids) == [ADMIN]


async def test_the_list_is_not_shown_in_a_group(scene: Scene) -> None:
    """Who runs the bot, and what they did, is nobody's business there."""
    boss = scene.member(GROUP, ADMIN)
    for command in ("/admins", "/audit"):
        assert await boss.says(command) == "Say this in your private chat with me."


async def test_every_act_is_written_down(scene: Scene) -> None:
    """Who did what to what, the newest first, ten on a page."""
    boss = scene.person(ADMIN)
    assert await boss.says("/audit") == "No admin has done anything yet."
    await boss.says(f"/admins add {BEN}")
    await boss.says("/mode closed")
    lines = (await boss.says("/audit")).splitlines()
    assert lines[0] == "What admins did"
    assert lines[1].endswith(f"{ADMIN} · /mode closed")
    assert lines[2].endswith(f"{ADMIN} · /admins {BEN} add")
    async with scene.db.writing() as conn:
        for n in range(12):
            await note_act(conn, Act(scene.clock.now(), BEN, "retract", f"AA-{n}", "<b>a hoax</b>" * 99))
    await boss.says("/audit")
    assert "AA-11 <b>a hoax" in boss.sees
    assert len(boss.sees.splitlines()) == 11
    await boss.presses("›")
    assert boss.sees.splitlines()[-1].endswith(f"/admins {BEN} add")
    await boss.presses("‹")
    assert "AA-11" in boss.sees


async def test_acts_are_kept_for_a_year(scene: Scene) -> None:
    """Not a day longer."""
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        for age in (KEEP_ACTS, KEEP_ACTS + timedelta(days=1)):
            await note_act(conn, Act(now - age, ADMIN, "pause", "unifil"))
        assert await drop_acts(conn, now) == 1
        assert await count_acts(conn) == 1


async def test_stats_count_the_chats(scene: Scene) -> None:
    """By language and region, with what is new in a week and a month, and who has gone."""
    boss = scene.person(ADMIN)
    for who, days, region in ((1, 40, "Hadrut"), (2, 20, "Hadrut"), (3, 3, "Syunik"), (4, 1, "Syunik")):
        async with scene.db.writing() as conn:
            then = scene.clock.now() - timedelta(days=days)
            await ensure_chat(conn, who, ChatKind.PRIVATE, then, language="ru" if who == 1 else None)
        await scene.person(who).says(f"/subscribe {region}")
    await scene.person(4).says("/unsubscribe all")
    await scene.bot_becomes(3, "kicked")
    lines = (await boss.says("/stats")).splitlines()
    assert lines[-4:] == [
        "Chats: 3, of which 2 chose something; left or blocked: 1",
        "New in 7 days: 1, in 30 days: 2",
        "By language: ? 2, ru 1",
        "Most chosen: Hadrut (Armenia – Azerbaijan) 2",
    ]
