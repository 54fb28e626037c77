"""/announce: shown, confirmed, delivered after everything else, and its result told."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select, update

from bot.commands.crier import Crier
from bot.model import DeliveryState
from bot.storage.acts import latest_acts
from bot.storage.deliveries import claim_due
from bot.storage.states import PRIORITIES
from bot.storage.tables import delivery
from tests.chat import ADMIN, Scene, Somebody
from tests.commands.outbox import delivering


@pytest.fixture
async def admin(scene: Scene) -> Somebody:
    """Who runs the bot, with three chats: of Hadrut, of the whole theatre, and of another one."""
    for who, what in ((7, "Hadrut"), (8, "armenia-azerbaijan"), (9, "Sand & Land")):
        await scene.person(who).says(f"/subscribe {what}")
    return scene.person(ADMIN)


async def cry(scene: Scene) -> None:
    """What the service does every few seconds."""
    await Crier(scene.desk, scene.application.bot).look()


async def deliver_all(scene: Scene, *chats: int) -> None:
    """The announcement arrives at these chats, and its outcome is told."""
    async with delivering(scene):
        for chat in chats:
            await scene.server.wait_until(partial(is_announced, scene, chat))
    await cry(scene)


def is_announced(scene: Scene, chat: int) -> bool:
    return "📢" in "".join(scene.server.texts(chat))


async def priorities(scene: Scene) -> set[int]:
    async with scene.db.reading() as conn:
        return set((await conn.execute(select(delivery.c.priority))).scalars())


async def test_it_is_shown_then_sent_to_everybody(scene: Scene, admin: Somebody) -> None:
    """Nothing leaves before it was confirmed; the message of the confirmation tells the result."""
    said = await admin.says("/announce We move to a new server.\nExpect <10> minutes of silence.")
    assert said.startswith("📢 From the people who run this bot:\n\nWe move to a new server.\nExpect <10>")
    assert said.endswith("This goes to all 3 chats.")
    await cry(scene)
    assert await priorities(scene) == set()
    await admin.presses("Yes, send it")
    await cry(scene)
    assert "Wait for it: 3" in admin.sees
    assert await priorities(scene) == {max(PRIORITIES)}
    await deliver_all(scene, 7, 8, 9)
    assert admin.sees.splitlines() == [
        "The announcement was sent.",
        "Got it: 3",
        "Left or blocked the bot: 0",
        "Failed: 0",
    ]
    assert len(scene.server.texts(7)) == 2
    edits = len(scene.server.calls("editMessageText"))
    await cry(scene)
    assert len(scene.server.calls("editMessageText")) == edits, "what is finished is told once"


async def test_a_region_has_those_who_chose_it_what_holds_it_or_a_part(scene: Scene, admin: Somebody) -> None:
    """Hadrut's own chat and the theatre's, not the other theatre's; a part counts for the whole."""
    said = await admin.says("/announce гадрут: a meeting")
    assert said.endswith("This goes to 2 chats that chose Hadrut (Armenia – Azerbaijan) or a part of it.")
    assert "\n\na meeting\n\n" in said
    await admin.says("/announce Karabakh: a meeting")
    assert "This goes to 2 chats" in (await admin.says("/announce Nagorno-Karabakh: a meeting"))
    await admin.presses("Yes, send it")
    await cry(scene)
    await deliver_all(scene, 7, 8)
    assert "Got it: 2" in admin.sees
    assert "📢" not in "".join(scene.server.texts(9))


async def test_what_is_nearly_a_region_is_asked_about(admin: Somebody) -> None:
    """A slip must not reach everybody; other words before a colon are part of the text."""
    assert "Did you mean Hadrut" in await admin.says("/announce Hadrud: a meeting")
    assert "Hadrud: a meeting\n\nThis goes to all" in await admin.says("/announce all: Hadrud: a meeting")
    assert "Please note: x\n\nThis goes to all" in await admin.says("/announce Please note: x")
    assert "Write what to say" in await admin.says("/announce")
    assert "Write what to say" in await admin.says("/announce Hadrut:")
    assert "At most 3,500 characters" in await admin.says("/announce " + "x" * 3_501)


async def test_it_is_sent_once_and_not_when_that_is_long_ago(scene: Scene, admin: Somebody) -> None:
    """A second press, one eleven minutes later, and a no send nothing."""
    await admin.says("/announce hello")
    button = next(pair for pair in admin.button_data if "announce" in pair[1])
    await admin.presses("Yes, send it")
    await admin.sends_press(*button)
    assert "Nothing was sent" in admin.sees
    await admin.says("/announce hello again")
    scene.clock.advance(timedelta(minutes=11))
    await admin.presses("Yes, send it")
    assert "Nothing was sent" in admin.sees
    await admin.says("/announce hello once more")
    await admin.presses("No, leave it")
    assert admin.sees == "Nothing was sent."
    async with scene.db.reading() as conn:
        acts = await latest_acts(conn, 0, 10)
    assert [(act.admin_id, act.what, act.detail) for act in acts] == [(ADMIN, "announce", "hello")]


async def test_the_result_tells_who_has_gone(scene: Scene, admin: Somebody) -> None:
    """Who blocked the bot, whom Telegram refused for another reason, and whom it reached."""
    from tests.telegram_server import refuse

    scene.server.block(7)
    scene.server.answer_always("sendMessage", refuse(400, "Bad Request: CHAT_RESTRICTED"), 8)
    await admin.says("/announce hello")
    await admin.presses("Yes, send it")
    await cry(scene)
    await deliver_all(scene, 9)
    assert admin.sees.splitlines()[1:] == ["Got it: 1", "Left or blocked the bot: 1", "Failed: 1"]


async def test_a_restart_goes_on_where_it_was(scene: Scene, admin: Somebody) -> None:
    """Another crier, after one that died between queueing and telling, ends the work."""
    await admin.says("/announce hello")
    await admin.presses("Yes, send it")
    await cry(scene)
    async with scene.db.writing() as conn:
        claimed = await claim_due(conn, scene.clock.now(), 1)
    assert len(claimed) == 1, "one was being sent when the process died"
    await deliver_all(scene, 7, 8, 9)
    assert "Got it: 3" in admin.sees


async def test_quiet_hours_are_kept(scene: Scene, admin: Somebody) -> None:
    """Who wants quiet gets it when the quiet ends; until then it is told as waiting."""
    anna = scene.person(7)
    await anna.says("/quiet 08:00-12:00 UTC")
    await admin.says("/announce hello")
    await admin.presses("Yes, send it")
    await cry(scene)
    await deliver_all(scene, 8, 9)
    assert admin.sees.splitlines()[1:3] == ["Got it: 2", "Wait for it: 1"]
    scene.clock.advance(timedelta(hours=3, minutes=1))
    await deliver_all(scene, 7)
    assert admin.sees.splitlines()[:2] == ["The announcement was sent.", "Got it: 3"]


async def test_what_waits_goes_first(scene: Scene, admin: Somebody) -> None:
    """Anything else that is due for a chat is claimed before the announcement."""
    await admin.says("/announce hello")
    await admin.presses("Yes, send it")
    await cry(scene)
    async with scene.db.writing() as conn:
        newest = select(delivery.c.id).order_by(delivery.c.id.desc()).limit(1)
        last = (await conn.execute(newest)).scalar_one()
        await conn.execute(update(delivery).where(delivery.c.id == last).values(priority=PRIORITIES[-2]))
        assert [c.id for c in await claim_due(conn, scene.clock.now(), 1)] == [last]
        await conn.execute(update(delivery).values(state=DeliveryState.SENT))


async def test_others_cannot(scene: Scene, anna: Somebody) -> None:
    """A stranger is refused, and so is their press on the admin's button."""
    assert "for the people who run this bot" in await anna.says("/announce hello")
    admin = scene.person(ADMIN)
    await admin.says("/announce hello")
    stranger = Somebody(scene, ADMIN, 8)
    assert "people who run this bot" in await stranger.presses("Yes, send it")
    await cry(scene)
    assert await priorities(scene) == set()
