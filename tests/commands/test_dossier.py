"""/why, /incident, /style, and the buttons under alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.commands.buttons import buttons_under
from bot.commands.seal import Seal
from bot.model import ChatStyle
from bot.storage.incidents import is_code_taken, save_incident
from bot.storage.merging import merge_incidents
from tests.chat import ADMIN, Scene, Somebody
from tests.commands.test_rulings import happen

CHANNEL, GROUP = -1002, -1001


async def test_why_tells_words_and_the_filter(scene: Scene, anna: Somebody) -> None:
    """With a code, or in reply to the alert itself: quoted words, and which choice of this chat held it."""
    await anna.says("/subscribe karabakh")
    await anna.says("/keywords +drones -football")
    await happen(scene, "AA-1212-K3", 1)
    said = await anna.says("/why aa-1212-k3")
    assert "The Wire: act “shelled”" in said
    assert "Your choice: Nagorno-Karabakh (Armenia – Azerbaijan) · your words: drones" in said
    me = {"id": scene.application.bot.id, "is_bot": True, "first_name": "Trucewatch"}
    alert = {"message_id": 5, "date": 1, "chat": {"id": 7, "type": "private"}, "from": me}
    alert["text"] = "🟠 Hadrut\nreported 12:00 · AA-1212-K3"
    assert "Why this alert: AA-1212-K3" in await anna.says("/why", reply_to_message=alert)
    assert "AA-1212-K3" in await anna.says("/incident", reply_to_message=alert)
    person = alert | {"from": {"id": 9, "is_bot": False, "first_name": "B"}}
    assert "Answer an alert" in await anna.says("/why", reply_to_message=person)
    card = person | {"via_bot": me}
    assert "Why this alert: AA-1212-K3" in await anna.says("/why", reply_to_message=card)
    assert "I know no incident “AA-1”" in await anna.says("/incident AA-1")
    await anna.says("/unsubscribe all")
    assert "This chat's choice does not hold it now." in await anna.says("/why AA-1212-K3")


async def test_the_ledger_is_turned_by_pressing(scene: Scene, anna: Somebody) -> None:
    """In place; the numbers of reports are for those who may move them."""
    incident = await happen(scene, "AA-1212-K3", 1, reports=31)
    assert "#" not in await anna.says("/incident AA-1212-K3")
    assert anna.buttons == ["›", "Why"]
    await anna.presses("›")
    assert (len(anna.messages), anna.buttons) == (1, ["‹", "Why"])
    await anna.presses("‹")
    assert anna.buttons == ["›", "Why"]
    assert f"#{incident.claims[0].report_id}" in await scene.person(ADMIN).says("/incident AA-1212-K3")


async def test_the_ledger_tells_what_came_a_night_later(scene: Scene, anna: Somebody) -> None:
    """An outlet that tells of it long after the first report updates it."""
    incident = await happen(scene, "AA-1212-K3", 20, reports=2)
    first, second = incident.claims
    late = replace(second, said_at=first.said_at + timedelta(hours=15))
    async with scene.db.writing() as conn:
        await save_incident(conn, replace(incident, claims=(first, late)))
    assert "The Wire claims, updates" in await anna.says("/incident AA-1212-K3")


async def test_buttons_under_an_alert_answer_with_a_message(scene: Scene, anna: Somebody) -> None:
    """The alert itself stays as it is; what is no longer known says so."""
    incident = await happen(scene, "AA-1212-K3", 1)
    await anna.says("/latest")
    assert anna.buttons == ["AA-1212-K3"]
    await anna.presses("AA-1212-K3")
    assert len(anna.messages) == 2
    assert "The Wire claims" in anna.sees
    await anna.presses("Why")
    assert len(anna.messages) == 3
    assert "Why this alert" in anna.sees
    await anna.says("/incident AA-1212-K3")
    old = list(anna.button_data)
    async with scene.db.writing() as conn:
        await save_incident(conn, replace(incident, code="AA-1212-N9"))
    for pair in old:
        assert await anna.sends_press(*pair) == "This incident is no longer known."


async def test_readers_of_a_channel_get_a_notice(scene: Scene) -> None:
    """Pressing under a channel's post writes nothing into the channel."""
    incident = await happen(scene, "AA-1212-K3", 1)
    posts, reader = scene.channel(CHANNEL), scene.member(CHANNEL, 30)
    await posts.says("/latest")
    before = len(posts.messages)
    assert "AA-1212-K3" in await reader.presses("AA-1212-K3")
    rows = buttons_under([incident], scene.desk.words_for("en"), Seal(b"a key"), CHANNEL)
    message = posts.button_data[0][0]
    assert [label for label, _ in rows[0]] == ["Why", "Details"]
    for _, data in rows[0]:
        assert "AA-1212-K3" in await reader.sends_press(message, data)
    assert len(posts.messages) == before


async def test_several_incidents_have_a_button_each(scene: Scene) -> None:
    """Under a roll-up, the listed ones, three in a row."""
    incident = await happen(scene, "AA-1212-K3", 1)
    many = [replace(incident, code=f"AA-1212-K{n}") for n in range(9)]
    rows = buttons_under(many, scene.desk.words_for("en"), Seal(b"a key"), 7)
    assert [len(row) for row in rows] == [3, 3]


async def test_the_style_is_chosen_by_pressing(scene: Scene, anna: Somebody) -> None:
    """Three ways; in a group its admins choose."""
    assert "Living message: each alert changes" in await anna.says("/style")
    assert anna.buttons[0] == "✅ Living message"
    await anna.presses("Edits only")
    assert anna.buttons[1] == "✅ Edits only"
    chat = await anna.chat()
    assert chat is not None
    assert chat.style is ChatStyle.EDITS
    await anna.says("/style")
    await anna.presses("A new message each time")
    ada, mia = scene.member(GROUP, 21, "administrator"), scene.member(GROUP, 20)
    await ada.says("/style")
    assert "Only the admins" in await mia.presses("Edits only")
    assert await ada.chat() is None


async def test_the_code_of_what_became_part_of_another_leads_there(scene: Scene, anna: Somebody) -> None:
    """However often that happened; it is given to no other incident."""
    codes = ("AA-1212-K3", "AA-1212-L4", "AA-1212-M5")
    first, second, third = [
        await happen(scene, code, hours) for code, hours in zip(codes, (3, 2, 1), strict=True)
    ]
    async with scene.db.writing() as conn:
        await merge_incidents(conn, second.id or 0, third.id or 0, scene.clock.now())
        await merge_incidents(conn, first.id or 0, second.id or 0, scene.clock.now())
        assert [await is_code_taken(conn, code) for code in (*codes, "AA-1212-N6")] == [True] * 3 + [False]
    for code in codes:
        assert "AA-1212-K3" in (await anna.says(f"/incident {code}")).splitlines()[0]
