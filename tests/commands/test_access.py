"""Who may say what: every cell of the table, and that the bot obeys it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from bot.commands.access import TABLE, Role, Verdict, is_admin_command, judge, needs_admin_check
from bot.commands.menu import ADMIN_MENU, MENU
from bot.commands.table import COMMANDS, LASTING, PRESSES
from bot.storage.subscriptions import EVERYTHING
from tests.chat import ADMIN, Scene, Somebody
from tests.telegram_server import person

GROUP, CHANNEL = -1001, -1002
READS = {
    "help",
    "status",
    "privacy",
    "latest",
    "filters",
    "why",
    "incident",
    "preview",
    "missed",
    "share",
    "export",
}
ALONE = {"channel"}
RULES = {
    "refresh",
    "stats",
    "sources",
    "addsource",
    "removesource",
    "pause",
    "resume",
    "retract",
    "merge",
    "split",
    "move",
    "announce",
    "admins",
    "mode",
    "audit",
    "review",
}
EVERY_COMMAND = sorted([*COMMANDS, *LASTING])
TAINTED = {Role.LINKED_CHANNEL, Role.FORWARDED, Role.EDITED, Role.VIA_BOT}


def expected(command: str, role: Role) -> Verdict:
    """The rules in words: what is not said here is silence."""
    if role in TAINTED:
        return Verdict.SILENT
    if command in READS:
        return Verdict.ALLOW
    if command in ALONE:
        told = {Role.PRIVATE, Role.CHAT_ADMIN, Role.ANONYMOUS_ADMIN}
        return Verdict.ALLOW if role in told else Verdict.SILENT
    if command in RULES:
        return Verdict.ALLOW if role is Role.BOT_ADMIN else Verdict.REFUSE
    return Verdict.REFUSE if role in {Role.MEMBER, Role.BOT_ADMIN} else Verdict.ALLOW


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("command", EVERY_COMMAND)
def test_every_cell(command: str, role: Role) -> None:
    """Readers read, chats' admins change, the bot's admins rule; words at second hand count for nothing."""
    assert judge(command, {role}) is expected(command, role)


REFUSALS = ("Only the admins of this chat can change", "for the people who run this bot")
ORIGIN = {"type": "user", "date": 1_600_000_000, "sender_user": person(8)}
OTHER_BOT = person(9) | {"is_bot": True}


@dataclass(frozen=True)
class Line:
    """Somebody who says every command: where, as whom, and which roles that is."""

    roles: frozenset[Role]
    chat_id: int
    user_id: int
    how: str = ""


LINES = [
    Line(frozenset({Role.PRIVATE}), 7, 7),
    Line(frozenset({Role.MEMBER}), GROUP, 20),
    Line(frozenset({Role.CHAT_ADMIN}), GROUP, 21),
    Line(frozenset({Role.ANONYMOUS_ADMIN}), GROUP, 1087968824, "as the group"),
    Line(frozenset({Role.LINKED_CHANNEL}), GROUP, 777000, "automatic forward"),
    Line(frozenset({Role.LINKED_CHANNEL}), GROUP, 136817688, "as a channel"),
    Line(frozenset({Role.CHANNEL_POST}), CHANNEL, 0),
    Line(frozenset({Role.PRIVATE, Role.BOT_ADMIN}), ADMIN, ADMIN),
    Line(frozenset({Role.MEMBER, Role.BOT_ADMIN}), GROUP, ADMIN),
    Line(frozenset({Role.FORWARDED}), ADMIN, ADMIN, "forwarded"),
    Line(frozenset({Role.FORWARDED}), GROUP, 21, "forwarded"),
    Line(frozenset({Role.EDITED}), ADMIN, ADMIN, "edited"),
    Line(frozenset({Role.EDITED}), GROUP, 21, "edited"),
    Line(frozenset({Role.EDITED}), CHANNEL, 0, "edited"),
    Line(frozenset({Role.VIA_BOT}), ADMIN, ADMIN, "via a bot"),
    Line(frozenset({Role.VIA_BOT}), GROUP, 21, "via a bot"),
]


async def say(scene: Scene, line: Line, text: str) -> None:
    """What Telegram sends when this is said in this way."""
    server = scene.server
    ways: dict[str, dict[str, Any]] = {
        "": {},
        "as the group": {"sender_chat": server.chats.get(line.chat_id)},
        "as a channel": {"sender_chat": server.chats[CHANNEL]},
        "automatic forward": {"sender_chat": server.chats[CHANNEL], "is_automatic_forward": True},
        "forwarded": {"forward_origin": ORIGIN},
        "via a bot": {"via_bot": OTHER_BOT},
        "edited": {"edit_date": 1_600_000_001},
    }
    message = server.say(line.chat_id, text, line.user_id, **ways[line.how])
    if line.how == "edited":
        server._updates.clear()
        kind = "edited_channel_post" if line.chat_id == CHANNEL else "edited_message"
        server.add_update(**{kind: message})
    await scene.settle()
    await scene.conversation.refresher.wait()


def verdict_of(answers: list[str]) -> Verdict:
    """What the bot's messages say about the command; a hint to write it anew is no obedience."""
    said = "".join(answers)
    if not said or "write that command anew" in said:
        return Verdict.SILENT
    return Verdict.REFUSE if any(refusal in said for refusal in REFUSALS) else Verdict.ALLOW


@pytest.mark.parametrize(
    "line", LINES, ids=lambda line: " ".join([*sorted(r.value for r in line.roles), str(line.chat_id)])
)
async def test_every_cell_is_obeyed(scene: Scene, line: Line) -> None:
    """Each command, said by each kind of author where they may be, through all that an update passes."""
    scene.channel(CHANNEL)
    scene.person(ADMIN)
    scene.member(GROUP, 21, "administrator")
    scene.member(GROUP, 20)
    scene.person(7)
    for command in EVERY_COMMAND:
        before = len(scene.server.texts(line.chat_id))
        await say(scene, line, f"/{command}")
        answers = scene.server.texts(line.chat_id)[before:]
        wanted = max(expected(command, role) for role in line.roles)
        assert verdict_of(answers) is wanted, f"/{command}: {answers}"


def test_every_command_and_button_has_a_row() -> None:
    """Nothing can be said or pressed that the table does not know, and the menu shows nothing else."""
    assert set(TABLE) == set(EVERY_COMMAND)
    assert {pressable.command for pressable in PRESSES.values()} <= set(TABLE)
    assert set(MENU) | set(ADMIN_MENU) == set(TABLE) - {"start"}
    assert {command for command in TABLE if is_admin_command(command)} == RULES


def test_what_has_no_row_or_role_is_silence() -> None:
    """Default deny."""
    assert judge("obey", set(Role)) is Verdict.SILENT
    assert judge("help", set()) is Verdict.SILENT


def test_telegram_is_asked_only_where_it_matters() -> None:
    """Whether a member leads the group is asked for changes, not for reading nor for the sources."""
    member = frozenset({Role.MEMBER})
    assert [c for c in EVERY_COMMAND if needs_admin_check(c, member)] == sorted(set(TABLE) - READS - RULES)
    assert not needs_admin_check("subscribe", frozenset({Role.PRIVATE}))


async def test_members_of_a_group_read_and_its_admins_change(scene: Scene) -> None:
    """A member is refused politely, an admin obeyed, and the settings are the group's."""
    mia, ada = scene.member(GROUP, 20), scene.member(GROUP, 21, "administrator")
    assert "Only the admins of this chat" in await mia.says("/subscribe Hadrut")
    assert (await mia.filters()).regions == ()
    assert "You now get alerts" in await ada.says("/subscribe@trucewatch_test_bot Hadrut")
    assert (await mia.filters()).regions == ("hadrut",)
    assert "Hadrut" in await mia.says("/filters")
    assert "Only the admins" in await mia.presses("Regions")
    await ada.presses("Regions")
    assert "Only the admins" in await mia.presses("Everything")
    await ada.presses("Everything")
    assert (await ada.filters()).regions == (EVERYTHING, "hadrut")


async def test_an_admin_of_the_bot_is_nobody_special_in_a_group(scene: Scene) -> None:
    """The group's own admins decide there; the sources are the bot's business everywhere."""
    boss = scene.member(GROUP, ADMIN)
    assert "Only the admins of this chat" in await boss.says("/subscribe Hadrut")
    assert "Sources that answer" in await boss.says("/sources")


async def test_anonymous_admins_and_their_like(scene: Scene) -> None:
    """Who speaks as the group leads it; who speaks as some channel does not."""
    ghost = scene.member(GROUP, 1087968824)
    await ghost.says("/subscribe Hadrut", sender_chat=scene.server.chats[GROUP])
    assert (await ghost.filters()).regions == ("hadrut",)
    scene.server.add_chat(CHANNEL, "channel")
    before = len(ghost.messages)
    await ghost.says("/subscribe Shusha", sender_chat=scene.server.chats[CHANNEL])
    await ghost.says("/subscribe Shusha", sender_chat=scene.server.chats[CHANNEL], is_automatic_forward=True)
    assert ((await ghost.filters()).regions, len(ghost.messages)) == (("hadrut",), before)


async def test_words_at_second_hand_change_nothing(scene: Scene, anna: Somebody) -> None:
    """Forwarded, via another bot: a hint in a private chat, silence in a group."""
    origin = {"type": "user", "date": 1_600_000_000, "sender_user": person(8)}
    assert "write that command anew" in await anna.says("/subscribe Hadrut", forward_origin=origin)
    assert "write that command anew" in await anna.says(
        "/subscribe Hadrut", via_bot=person(8) | {"is_bot": True}
    )
    ada = scene.member(GROUP, 21, "creator")
    assert await ada.says("/subscribe Hadrut", forward_origin=origin) == ""
    assert (await anna.filters(), await ada.chat()) == ((await ada.filters()), None)


async def test_edited_commands_change_nothing(scene: Scene, anna: Somebody) -> None:
    """A command is what was sent, not what it became."""
    message = scene.server.say(7, "/subscribe Hadrut")
    scene.server._updates.clear()
    scene.server.add_update(edited_message=message | {"edit_date": 1_600_000_001})
    await scene.settle()
    assert "write that command anew" in anna.sees
    assert (await anna.filters()).regions == ()


async def test_a_channel_is_led_by_its_posts(scene: Scene) -> None:
    """Posts are commands; other posts are left alone; a reader's press is refused, an admin's obeyed."""
    posts = scene.channel(CHANNEL)
    assert "You now get alerts" in await posts.says("/subscribe Hadrut")
    before = len(posts.messages)
    await posts.says("Good morning, dear readers")
    await posts.says("/nonsense")
    assert len(posts.messages) == before
    assert "people who run this bot" in await posts.says("/refresh")
    await posts.says("/filters")
    reader, chief = scene.member(CHANNEL, 30), scene.member(CHANNEL, 31, "administrator")
    assert "Only the admins" in await reader.presses("Regions")
    await chief.presses("Regions")
    assert "Everything, everywhere" in chief.buttons


async def test_when_telegram_does_not_say_who_leads_nothing_changes(scene: Scene) -> None:
    """A failed question counts as no."""
    from tests.telegram_server import refuse

    ada = scene.member(GROUP, 21, "administrator")
    scene.server.answer_next("getChatMember", refuse(400, "Bad Request: CHAT_ADMIN_REQUIRED"))
    assert "Only the admins" in await ada.says("/subscribe Hadrut")
    assert await ada.chat() is None


async def test_each_topic_has_its_own_settings(scene: Scene) -> None:
    """A forum's topics are chats of their own, and are answered where they ask."""
    general = scene.member(GROUP, 21, "creator")
    topic = scene.member(GROUP, 21, "creator", topic_id=5)
    await general.says("/subscribe Shusha")
    await topic.says("/subscribe Hadrut")
    assert ((await general.filters()).regions, (await topic.filters()).regions) == (("shusha",), ("hadrut",))
    sent = scene.server.calls("sendMessage")
    assert [call.parameters.get("message_thread_id") for call in sent] == [None, 5]
    await topic.says("/filters")
    await topic.presses("Regions")
    assert "✅" not in "".join(topic.buttons[:2])


async def test_groups_hear_nothing_unasked(scene: Scene) -> None:
    """Talk, and commands of other bots, go unanswered; a command to this bot by name does not."""
    mia = scene.member(GROUP, 20)
    for text in ("hello", "hadrut", "/roll", "/help@another_bot", "/roll@another_bot"):
        assert await mia.says(text) == ""
    assert "I do not know “/roll@trucewatch_test_bot”" in await mia.says("/roll@trucewatch_test_bot")
    assert "/subscribe Hadrut, Lebanon" in await mia.says("/help")
    assert "Here only the admins of this chat" in mia.sees
