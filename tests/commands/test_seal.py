"""Buttons: what they carry cannot be forged, cut, or taken to another chat."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from bot.commands.seal import LONGEST_BYTES, Press, Seal, short_hash
from bot.commands.table import PRESSES
from bot.storage.tables import metadata
from tests.chat import ADMIN, Scene, Somebody
from tests.ground import shared_facts

SEAL = Seal(b"a key")
GROUP = -1001
parts = st.text(st.characters(codec="ascii", exclude_characters="|", min_codepoint=33), max_size=15)


@given(st.integers(), st.sampled_from(sorted(PRESSES)), st.lists(parts, max_size=2))
def test_what_is_written_is_read(chat: int, action: str, arguments: list[str]) -> None:
    """Within 64 bytes, in its own chat."""
    data = SEAL.write(chat, action, *arguments)
    assert len(data.encode()) <= LONGEST_BYTES
    assert SEAL.read(chat, data) == Press(action, tuple(arguments))


@given(st.text(max_size=80), st.integers())
def test_foreign_data_say_nothing(data: str, chat: int) -> None:
    """Whatever a client sends, it is no button of this bot."""
    assert SEAL.read(chat, data) is None


@given(st.integers(), st.integers(min_value=0, max_value=30), st.characters(codec="utf-8"))
def test_no_character_can_be_changed_or_cut(chat: int, at: int, character: str) -> None:
    """Not one, not anywhere; nor does another chat or another key open it."""
    data = SEAL.write(chat, "on", "hadrut", ".", "0")
    at %= len(data)
    changed = data[:at] + character + data[at + 1 :]
    assert changed == data or SEAL.read(chat, changed) is None
    assert SEAL.read(chat, data[:at]) is None
    assert SEAL.read(chat + 1, data) is None
    assert Seal(b"another key").read(chat, data) is None


def test_what_does_not_fit_is_refused() -> None:
    """Too long for Telegram, or not to be told apart."""
    with pytest.raises(ValueError, match="longer than 64 bytes"):
        SEAL.write(1, "on", "x" * 60)
    with pytest.raises(ValueError, match="separator"):
        SEAL.write(1, "on", "a|b")


def test_every_region_fits_a_button() -> None:
    """The longest action with each region of the data."""
    for region in shared_facts().atlas:
        SEAL.write(-1009999999999, "covered", region.id)
        SEAL.write(-1009999999999, "open", region.id, "999")
    assert len(short_hash("any text at all")) == 8


OLD = "This button is old. /filters shows the new ones."


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
async def test_forged_presses_change_nothing_and_are_answered(scene: Scene, anna: Somebody) -> None:
    """Hundreds of cut, mutated, foreign, outdated, invented presses: all answered, none does anything."""
    ben = scene.person(8)
    for somebody in (anna, ben):
        await somebody.says("/subscribe Hadrut")
        await somebody.says("/subscribe")
    before = (await anna.filters(), anna.messages, anna.buttons)
    chance = random.Random(7)
    genuine = [data for _, data in anna.button_data]
    foreign = [data for _, data in ben.button_data]
    message_id = anna.button_data[-1][0]
    for _ in range(400):
        data = chance.choice(genuine)
        kind = chance.randrange(5)
        forged = [
            data[: chance.randrange(len(data))],
            data[:9] + data[9:][::-1] + "x",
            chance.choice(foreign),
            "0" + data[1:],
            "".join(chr(chance.randrange(32, 0x2FF)) for _ in range(chance.randrange(30))),
        ][kind]
        scene.server.press(7, message_id, forged)
    await scene.settle()
    assert (await anna.filters(), anna.messages, anna.buttons) == before
    answers = scene.server.calls("answerCallbackQuery")
    assert len(answers) == 400
    assert {answer.parameters["text"] for answer in answers} == {OLD}


async def test_a_button_of_another_message_or_time_that_is_genuine(scene: Scene, anna: Somebody) -> None:
    """What was done once is not done again: forgetting, an announcement, a choice that was taken back."""
    admin = scene.person(ADMIN)
    await admin.says("/announce hello")
    await admin.says("/forgetme")
    await admin.says("/subscribe Hadrut")
    await admin.says("/forgetme")
    used = admin.button_data
    await admin.presses("Yes, forget")
    await admin.presses("Yes, send it")
    scene.clock.advance(timedelta(hours=1))
    before = (await admin.filters(), await count_rows(scene))
    for pair in used * 3:
        if "|open" not in "|" + pair[1][9:]:
            await admin.sends_press(*pair)
    assert (await admin.filters(), await count_rows(scene)) == before


async def count_rows(scene: Scene) -> list[int]:
    """How many rows each table has that a press could fill."""
    tables = ("notice", "subscription", "keyword", "chat_filter", "circle", "verdict", "applicant", "admin")
    async with scene.db.reading() as conn:
        return [
            (await conn.execute(select(func.count()).select_from(metadata.tables[name]))).scalar_one()
            for name in tables
        ]


async def test_genuine_buttons_in_others_hands(scene: Scene) -> None:
    """A group's member presses everything that its admin was shown: refused, answered, nothing changed."""
    ada, mia = scene.member(GROUP, 21, "administrator"), scene.member(GROUP, 20)
    await ada.says("/subscribe Hadrut")
    for command in ("/subscribe", "/filters", "/style", "/unsubscribe", "/forgetme"):
        await ada.says(command)
    before = (await ada.filters(), await count_rows(scene))
    reading = ("filters", "preview", "missed")
    presses = [pair for pair in ada.button_data if pair[1][9:].partition("|")[0] not in reading]
    for pair in presses:
        assert "Only the admins" in await mia.sends_press(*pair), pair
    assert len(presses) > 10
    assert (await ada.filters(), await count_rows(scene)) == before


async def test_a_replayed_press_does_what_it_says_once(scene: Scene, anna: Somebody) -> None:
    """A button names what shall be, so pressing the same one again changes nothing more."""
    await anna.says("/subscribe")
    await anna.presses("Sand & Land")
    message_id, data = next(pair for pair in anna.button_data if "|on|" in "|" + pair[1][9:])
    for _ in range(3):
        await anna.sends_press(message_id, data)
    assert (await anna.filters()).regions == ("sandland",)
