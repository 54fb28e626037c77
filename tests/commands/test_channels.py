"""A channel's admin changes it from a private chat; who may change a group; which rights are missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.commands.stewards import MANAGES_FOR
from bot.storage.chats import find_chat
from bot.storage.subscriptions import filters_of
from tests.chat import Scene, Somebody

CHANNEL, GROUP = -1001234567890, -1007
POSTER = {"can_post_messages": True}


def make_channel(scene: Scene, leader: int = 7, *, may_post: bool = True) -> Somebody:
    """A channel with the bot and its leader in it."""
    channel = scene.channel(CHANNEL)
    scene.server.members[CHANNEL, leader] = "creator"
    me = scene.application.bot.id
    scene.server.members[CHANNEL, me] = "administrator"
    scene.server.rights[CHANNEL, me] = {"can_post_messages": may_post}
    return channel


async def regions_of(scene: Scene, telegram_id: int) -> tuple[str, ...]:
    async with scene.db.reading() as conn:
        chat = await find_chat(conn, telegram_id)
        return (await filters_of(conn, chat.id)).regions if chat else ()


async def test_a_channel_is_changed_from_a_private_chat(scene: Scene, anna: Somebody) -> None:
    """After proof of being its admin, what is said about settings is about the channel, and says so."""
    make_channel(scene)
    said = await anna.says(f"/channel {CHANNEL}")
    assert said.startswith("For the next hour /subscribe, /filters and the like change the channel Chat -100")
    assert (await anna.says("/subscribe Hadrut")).startswith(
        "📣 Chat -1001234567890 (/channel off ends this)\n"
    )
    assert await regions_of(scene, CHANNEL) == ("hadrut",)
    assert await regions_of(scene, 7) == ()
    assert scene.server.messages(CHANNEL) == []


async def test_places_that_are_written_or_sent_are_the_channels_too(scene: Scene, anna: Somebody) -> None:
    """A name alone and a pin, which the picker asks for; the answers say whom they are about."""
    make_channel(scene)
    await anna.says(f"/channel {CHANNEL}")
    assert (await anna.says("Hadrut")).startswith("📣 Chat -1001234567890")
    await anna.presses("Hadrut")
    assert await regions_of(scene, CHANNEL) == ("hadrut",)
    await anna.says("", location={"latitude": 39.5, "longitude": 47.0})
    assert anna.sees.startswith("📣 Chat -1001234567890")
    await anna.presses("10 km around")
    async with scene.db.reading() as conn:
        channel = await find_chat(conn, CHANNEL)
        assert channel is not None
        assert len((await filters_of(conn, channel.id)).circles) == 1
    assert not (await anna.filters()).has_place
    scene.server.members[CHANNEL, 7] = "member"
    assert "Telegram does not say that you are an admin" in await anna.says("Hadrut")


async def test_buttons_change_what_they_were_made_for(scene: Scene, anna: Somebody) -> None:
    """A screen of the person's own stays its own; one of the channel is old once the managing has ended."""
    make_channel(scene)
    await anna.says("/subscribe Hadrut")
    await anna.says("/unsubscribe")
    own = next(press for press in anna.button_data)
    await anna.says(f"/channel {CHANNEL}")
    await anna.says("/subscribe")
    await anna.presses("Sand & Land")
    assert anna.sees.startswith("📣")
    await anna.presses("All of Sand & Land")
    assert await regions_of(scene, CHANNEL) == ("sandland",)
    message, data = anna.button_data[-1]
    await anna.sends_press(*own)
    assert await regions_of(scene, CHANNEL) == ("sandland",)
    await anna.says("/channel off")
    assert "This button is old" in await anna.sends_press(message, data)


async def test_the_managing_ends_by_itself_and_by_a_word(scene: Scene, anna: Somebody) -> None:
    """After an hour, or at once, the person's own chat is meant again."""
    make_channel(scene)
    await anna.says(f"/channel {CHANNEL}")
    assert "about this chat again" in await anna.says("/channel off")
    assert "You were not changing a channel" in await anna.says("/channel off")
    await anna.says(f"/channel {CHANNEL}")
    scene.clock.advance(MANAGES_FOR + timedelta(seconds=1))
    await anna.says("/subscribe Hadrut")
    assert (await regions_of(scene, 7), await regions_of(scene, CHANNEL)) == (("hadrut",), ())


async def test_only_its_admins_change_a_channel(scene: Scene, anna: Somebody) -> None:
    """A stranger is refused at once, and a former admin at the next word."""
    make_channel(scene, leader=8)
    refused = "Telegram does not say that you are an admin of that channel"
    assert refused in await anna.says(f"/channel {CHANNEL}")
    scene.server.members[CHANNEL, 7] = "administrator"
    await anna.says(f"/channel {CHANNEL}")
    scene.server.members[CHANNEL, 7] = "member"
    assert refused in await anna.says("/subscribe Hadrut")
    assert await regions_of(scene, CHANNEL) == ()
    await anna.says("/subscribe Hadrut")
    assert await regions_of(scene, 7) == ("hadrut",)


async def test_a_channel_is_named_in_several_ways(scene: Scene, anna: Somebody) -> None:
    """By number, by a forwarded post; what is no channel, or is unknown, is said so."""
    make_channel(scene)
    post: dict[str, Any] = {
        "type": "channel",
        "chat": scene.server.chats[CHANNEL],
        "message_id": 5,
        "date": 1,
    }
    assert "For the next hour" in await anna.says("News of the day", forward_origin=post)
    assert "is no channel's name" in await anna.says("/channel what is this")
    assert "I cannot see “@nowhere_at_all”" in await anna.says("/channel @nowhere_at_all")
    assert "I cannot see" in await anna.says("/channel https://t.me/nowhere_at_all")
    scene.server.add_chat(-1005555555, "supergroup")
    assert "is no channel" in await anna.says("/channel -1005555555")
    assert "Then write /channel @name here" in await anna.says("/channel")


async def test_a_missing_right_is_told_with_its_mending(scene: Scene, anna: Somebody) -> None:
    """The channel can be prepared; until the bot may post, the person knows why nothing comes."""
    make_channel(scene, may_post=False)
    assert "with the right “Post messages”" in await anna.says(f"/channel {CHANNEL}")


async def test_who_adds_the_bot_to_a_channel_hears_what_is_next(scene: Scene, anna: Somebody) -> None:
    """Privately, as nothing can or should be posted yet."""
    scene.channel(CHANNEL)
    await scene.bot_becomes(CHANNEL, "administrator", was="left", rights={"can_post_messages": True})
    assert anna.sees == "I am in Chat -1001234567890. /channel chooses what I tell there."
    await scene.bot_becomes(CHANNEL, "administrator", was="administrator")
    assert "make me an admin with the right “Post messages”" in anna.sees


async def test_who_silences_the_bot_in_a_group_hears_of_it(scene: Scene, anna: Somebody) -> None:
    """Once, privately; a right that does not matter is not mentioned."""
    scene.member(GROUP, 7, "administrator")
    await scene.bot_becomes(GROUP, "restricted", rights={"can_send_messages": False})
    assert anna.sees == "I may not write in Chat -1007: let me send messages there again."
    await scene.bot_becomes(GROUP, "restricted", rights={"can_send_messages": True})
    assert len(anna.messages) == 1


async def test_a_group_may_be_opened_to_its_members(scene: Scene) -> None:
    """Its admins decide; members then change everything but that, and cannot make the bot forget."""
    leader, member = scene.member(GROUP, 20, "administrator"), scene.member(GROUP, 30)
    assert "Only the admins of this chat can change" in await member.says("/subscribe Hadrut")
    await leader.says("/editors")
    await leader.presses("All members")
    assert "All members may change what I tell here" in leader.sees
    await member.says("/subscribe Hadrut")
    assert (await member.filters()).regions == ("hadrut",)
    assert "Only the admins" in await member.says("/forgetme")
    assert "Only the admins" in await member.says("/editors")
    topic = scene.member(GROUP, 30, topic_id=4)
    await topic.says("/subscribe Shusha")
    assert (await topic.filters()).regions == ("shusha",)
    await leader.says("/editors")
    await leader.presses("Admins only")
    assert "Only the admins" in await member.says("/unsubscribe Hadrut")


async def test_editors_and_channels_are_said_where_they_belong(scene: Scene, anna: Somebody) -> None:
    """Elsewhere one sentence says so."""
    assert "/editors is for groups" in await anna.says("/editors")
    leader, member = scene.member(GROUP, 20, "administrator"), scene.member(GROUP, 30)
    assert await member.says("/channel @name") == ""
    assert await leader.says("/channel @name") == "/channel works in your private chat with me."


async def test_forgetting_a_channel_ends_its_managing(scene: Scene, anna: Somebody) -> None:
    """No row of the channel is left, and the next word is about the private chat."""
    make_channel(scene)
    await anna.says(f"/channel {CHANNEL}")
    await anna.says("/subscribe Hadrut")
    await anna.says("/forgetme")
    await anna.presses("Yes, forget everything")
    async with scene.db.reading() as conn:
        assert await find_chat(conn, CHANNEL) is None
    await anna.says("/subscribe Hadrut")
    assert await regions_of(scene, 7) == ("hadrut",)
