"""A chat's settings as a file, and back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.choices import Circle, Rhythm
from bot.commands.settings_file import FORMAT, LARGEST_BYTES, SettingsFile, read_settings, write_settings
from bot.model import Act, Severity
from bot.storage.digests import rhythm_of
from bot.storage.subscriptions import Filters
from tests.chat import Scene, Somebody, small_facts

FACTS = small_facts()
LANGUAGES = ("en", "ru")
GROUP = -1001


async def set_up(anna: Somebody) -> None:
    """A chat that has chosen something of everything."""
    await anna.says("/subscribe Hadrut, Sand & Land")
    await anna.says("/keywords +drone -football")
    await anna.says("/severity serious")
    await anna.says("/confirmed on")
    await anna.says("/acts shelling, drone")
    await anna.says("/quiet 22:00-07:00 Europe/Kyiv grave")
    await anna.says("/language ru")


def newest_file(scene: Scene, chat_id: int) -> dict[str, Any]:
    message = scene.server.messages(chat_id)[-1]
    found: dict[str, Any] = json.loads(scene.server.files[message["document"]["file_id"]])
    return found


async def rhythm(scene: Scene, somebody: Somebody) -> Rhythm:
    chat = await somebody.chat()
    assert chat is not None
    async with scene.db.reading() as conn:
        return await rhythm_of(conn, chat.id)


async def test_settings_move_to_another_chat(scene: Scene, anna: Somebody) -> None:
    """Everything that was chosen, in its language; the answer speaks it already."""
    await set_up(anna)
    await anna.says("/export")
    file = newest_file(scene, 7)
    assert (file["filters"]["regions"], file["rhythm"]["zone"]) == (["hadrut", "sandland"], "Europe/Kyiv")
    ben = scene.person(8)
    scene.server.send_file(8, json.dumps(file).encode())
    await scene.settle()
    assert ben.sees.startswith("Готово: чат настроен так, как записано в файле.")
    assert await ben.filters() == await anna.filters()
    assert await rhythm(scene, ben) == await rhythm(scene, anna)
    assert (await ben.chat()).language == "ru"  # type: ignore[union-attr]


async def test_an_import_can_be_undone(scene: Scene, anna: Somebody) -> None:
    """What stood before comes back as a file, and that file brings it back."""
    await set_up(anna)
    before = await anna.filters()
    scene.server.send_file(7, write_settings(SettingsFile(FORMAT, "en", filters=Filters(("shusha",)))))
    await scene.settle()
    assert (await anna.filters()) == Filters(("shusha",))
    assert anna.sees.startswith("Done: this chat is set as the file says.")
    scene.server.send_file(7, json.dumps(newest_file(scene, 7)).encode())
    await scene.settle()
    assert await anna.filters() == before


async def test_in_a_group_an_admin_answers_the_file(scene: Scene) -> None:
    """A file alone is nothing to the bot there, and members may not."""
    leader, member = scene.member(GROUP, 20, "administrator"), scene.member(GROUP, 30)
    message = scene.server.send_file(
        GROUP, write_settings(SettingsFile(FORMAT, filters=Filters(("hadrut",)))), 30
    )
    await scene.settle()
    assert member.messages == []
    assert "Only the admins" in await member.says("/import", reply_to_message=message)
    assert (await leader.says("/import", reply_to_message=message)).startswith("Done")
    assert (await leader.filters()).regions == ("hadrut",)


async def test_what_is_no_such_file_changes_nothing(scene: Scene, anna: Somebody) -> None:
    """A picture, a larger file, another format, a file that Telegram does not give, no file at all."""
    await set_up(anna)
    await anna.says("/language en")
    before = await anna.filters()
    refused = "This is no file that /export made, so nothing was changed."
    for content in (b"\x89PNG", b"{}", b'{"format": "other"}', b" " * (LARGEST_BYTES + 1), b"\xff{"):
        scene.server.send_file(7, content)
        await scene.settle()
        assert anna.sees == refused
    scene.server.send_file(7, b"{}")
    scene.server.files.clear()
    await scene.settle()
    assert "please send it again" in anna.sees
    assert "Send me a file that /export made" in await anna.says("/import")
    assert await anna.says("/import nonsense") == refused
    assert await anna.filters() == before


async def test_what_is_unknown_here_is_left_out_and_counted(scene: Scene, anna: Somebody) -> None:
    """A file of a later version, or from another bot, is used as far as it goes."""
    file = SettingsFile(FORMAT, "tlh", filters=Filters(("hadrut", "atlantis"), acts=("shelling", "magic")))
    said = await anna.says(f"/import {write_settings(file).decode()}")
    assert "2 entries are unknown here and were left out." in said
    chosen = await anna.filters()
    assert (chosen.regions, chosen.acts) == (("hadrut",), ("shelling",))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (Rhythm(quiet_from=60, quiet_until=60), Rhythm()),
        (Rhythm(quiet_from=60), Rhythm()),
        (Rhythm(quiet_from=-1, quiet_until=2_000), Rhythm()),
        (Rhythm(digest_at=1_440), Rhythm()),
        (Rhythm(zone="Europe/Atlantis"), Rhythm()),
        (Rhythm(zone="../../etc/passwd"), Rhythm()),
        (Rhythm(zone="Europe/Kyiv"), Rhythm(zone="Europe/Kyiv")),
    ],
)
def test_odd_hours_are_left_out(given: Rhythm, kept: Rhythm) -> None:
    """What no command would take, no file brings in."""
    read = read_settings(write_settings(SettingsFile(FORMAT, rhythm=given)), FACTS, LANGUAGES)
    assert read is not None
    assert read[0].rhythm == kept


def test_limits_hold_for_files_too() -> None:
    """Fifty keywords, two hundred regions, circles on earth, a word on one side only."""
    filters = Filters(
        regions=("hadrut",) * 3,
        include=tuple(f"word{n}" for n in range(60)),
        exclude=("word1", "x" * 65, "!!!"),
        circles=(Circle(91, 0, 5), Circle(40, 45, 5_000), Circle(40, 45, 10)),
    )
    read = read_settings(write_settings(SettingsFile(FORMAT, filters=filters)), FACTS, LANGUAGES)
    assert read is not None
    kept, left_out = read[0].filters, read[1]
    assert (kept.regions, len(kept.include), kept.exclude) == (("hadrut",), 50, ())
    assert (kept.circles, left_out) == ((Circle(40, 45, 10),), 2 + 10 + 3 + 2)


async def test_circles_of_a_file_are_like_those_of_a_chat(scene: Scene, anna: Somebody) -> None:
    """Rounded, so that nobody's house is stored, and twenty at most; each can be taken off again."""
    circles = tuple(Circle(39.123456 + number / 10, 46.7, 5) for number in range(25))
    file = SettingsFile(FORMAT, filters=Filters(circles=(Circle(39.1234, 46.7, 10), *circles)))
    scene.server.send_file(7, write_settings(file))
    await scene.settle()
    assert "6 entries are unknown here and were left out." in anna.sees
    kept = (await anna.filters()).circles
    assert (kept[0], len(kept)) == (Circle(39.12, 46.7, 5), 20)
    await anna.says("/around")
    await anna.presses("✖ 5 km around 39.12, 46.70")
    assert (await anna.filters()).circles == kept[1:]


words = st.text(st.characters(categories=["L"]), min_size=1, max_size=9)


@given(
    st.lists(st.sampled_from(["hadrut", "shusha", "*"]), unique=True).map(tuple),
    st.none() | st.sampled_from(list(Severity)),
    st.lists(st.sampled_from([str(act) for act in Act]), unique=True).map(tuple),
    st.booleans(),
)
def test_every_choice_survives_the_file(
    regions: tuple[str, ...], least: Severity | None, acts: tuple[str, ...], confirmed: bool
) -> None:
    """Written and read again it is the same."""
    chosen = SettingsFile(FORMAT, "ru", filters=Filters(regions, least=least, acts=acts))
    chosen = replace(chosen, filters=replace(chosen.filters, is_confirmed_only=confirmed))
    assert read_settings(write_settings(chosen), FACTS, LANGUAGES) == (chosen, 0)


@given(st.binary(max_size=300) | words.map(str.encode))
def test_any_bytes_are_no_settings(content: bytes) -> None:
    """Nothing but a file is taken for one, and nothing raises."""
    assert read_settings(content, FACTS, LANGUAGES) is None
