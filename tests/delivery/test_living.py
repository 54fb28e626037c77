"""Living messages end to end: edits, replies, roll-ups and messages that are gone, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.choices import Length
from bot.deliver import Author, Rendered
from bot.model import AlertKind, DeliveryForm, DeliveryState, Incident, Severity
from bot.sender import Buttons
from bot.storage.database import Database
from tests.delivery.outbox import (
    JumpingClock,
    add_chats,
    claimed_before,
    delivering,
    follow_up,
    plain_render,
    plain_rollup,
    rows,
    tell,
    wait_until_done,
)
from tests.telegram_server import TelegramServer, refuse

EDIT, REPLY = DeliveryForm.EDIT, DeliveryForm.REPLY
GONE = refuse(400, "Bad Request: message to edit not found")
TOO_OLD = refuse(400, "Bad Request: message can't be edited")


async def test_a_message_that_is_gone_is_sent_anew_once(db: Database) -> None:
    """The first edit of a deleted message becomes a silent new one, which lives on; then no more."""
    await add_chats(db, [1])
    incident = await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:

        async def change() -> None:
            await follow_up(db, incident, EDIT)
            service.wake.set()
            await wait_until_done(db)

        await wait_until_done(db)
        server.answer_next("editMessageText", GONE)
        await change()
        assert [r.method for r in server.requests] == ["sendMessage", "editMessageText", "sendMessage"]
        assert server.requests[-1].parameters["disable_notification"]
        await change()
        assert server.requests[-1].method == "editMessageText"
        assert server.requests[-1].parameters["message_id"] == server.messages(1)[-1]["message_id"]
        server.answer_next("editMessageText", TOO_OLD)
        await change()
        assert len(server.calls("sendMessage")) == 2
    last = (await rows(db))[-1]
    assert (last.state, last.reason) == (DeliveryState.FAILED, "message_not_editable")


async def test_not_modified_is_success(db: Database) -> None:
    """An edit that changes nothing has arrived."""
    await add_chats(db, [1])
    incident = await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await wait_until_done(db)
        server.answer_next("editMessageText", refuse(400, "Bad Request: message is not modified: same"))
        await follow_up(db, incident, EDIT)
        service.wake.set()
        await wait_until_done(db)
    assert {row.state for row in await rows(db)} == {DeliveryState.SENT}


async def test_replies_wait_and_are_merged_over_restarts(db: Database) -> None:
    """Ten minutes of quiet after a reply; what happened meanwhile is one reply, restarted or not."""
    told: list[tuple[AlertKind, ...]] = []

    def render(
        alert: object, language: str | None, form: DeliveryForm, length: Length = Length.FULL
    ) -> Rendered:
        if form is REPLY:
            told.append(alert.kinds or (alert.kind,))  # type: ignore[attr-defined]
        return plain_render(alert, language, form)  # type: ignore[arg-type]

    await add_chats(db, [1])
    incident, clock = await tell(db, "x"), JumpingClock()
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server, clock=clock, render=render) as service:
            await wait_until_done(db)
            await follow_up(db, incident, REPLY, AlertKind.DENIED)
            service.wake.set()
            await wait_until_done(db)
            for kind in (AlertKind.CONFIRMED, AlertKind.DEATHS):
                await follow_up(db, incident, REPLY, kind)
            await follow_up(db, incident, EDIT, AlertKind.GROWN)
            service.wake.set()
            await server.wait_until(lambda: server.calls("editMessageText"))
        clock.ahead_s += 601
        async with delivering(db, server, clock=clock, render=render):
            await wait_until_done(db)
    assert told == [(AlertKind.DENIED,), (AlertKind.CONFIRMED, AlertKind.DEATHS)]


async def test_edits_give_way_to_new_incidents(db: Database) -> None:
    """Of a crowd of edits only those that were claimed before leave before a new incident."""
    await add_chats(db, range(1, 101))
    incident = await tell(db, "x")
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server):
            await wait_until_done(db)
        await follow_up(db, incident, EDIT)
        async with delivering(db, server, rate=100) as service:
            await server.wait_until(lambda: len(server.calls("editMessageText")) >= 3)
            new = await tell(db, "y")
            service.wake.set()
            claimed = await claimed_before(db, new) - 100  # the messages
            free = 100 - claimed  # a chat whose edit was claimed gets that one first
            await server.wait_until(lambda: len(server.calls("sendMessage")) >= 100 + free)
            assert len(server.calls("editMessageText")) <= claimed < 100
            await wait_until_done(db)


async def test_a_busy_hour_is_one_message_that_grows(db: Database) -> None:
    """Six alone, the rest in a roll-up that is edited; a grave one comes alone."""
    await add_chats(db, [1])
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server, delivering(db, server, clock=clock) as service:

        async def happen(code: str, severity: Severity = Severity.SERIOUS) -> Incident:
            clock.ahead_s += 61  # beyond the pace of one chat, within the hour
            told = await tell(db, code, severity, clock.now())
            service.wake.set()
            await wait_until_done(db)
            return told

        for number in range(8):
            await happen(f"n{number}")
        assert server.texts(1)[5:] == ["n5 message", "rollup n6 n7"]
        assert [r.method for r in server.requests[-2:]] == ["sendMessage", "editMessageText"]
        await happen("grave", Severity.GRAVE)
        assert server.texts(1)[-1] == "grave message"
        await happen("n8")
        assert server.texts(1)[6] == "rollup n6 n7 n8"
        assert len(server.texts(1)) == 8


async def test_a_flood_of_incidents_is_seven_messages(db: Database) -> None:
    """However many incidents one theatre brings, a chat gets six messages and one that grows."""
    await add_chats(db, [1, 2])
    for number in range(60):
        await tell(db, f"n{number}")
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        service.wake.set()
        await wait_until_done(db)
        assert {len(server.texts(chat)) for chat in (1, 2)} == {7}
        assert len(server.texts(1)[6].split()) == 55


async def test_buttons_are_each_chats_own(db: Database) -> None:
    """Messages and edits carry them, replies do not."""

    def make_buttons(incidents: object, language: str | None, telegram_id: int) -> Buttons:
        return ((("Why", f"why-{telegram_id}"),),)

    await add_chats(db, [1, 2])
    incident = await tell(db, "x")
    author = Author(plain_render, plain_rollup, make_buttons)
    async with TelegramServer(is_strict=False) as server, delivering(db, server, author=author) as service:
        await wait_until_done(db)
        await follow_up(db, incident, EDIT)
        await follow_up(db, incident, REPLY)
        service.wake.set()
        await wait_until_done(db)
        for chat in (1, 2):
            message, reply = server.messages(chat)
            assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == f"why-{chat}"
            assert "reply_markup" not in reply


async def test_a_retraction_reaches_every_message(db: Database) -> None:
    """In exactly the chats that have one."""
    await add_chats(db, [1, 2])
    incident = await tell(db, "x", created_at=datetime.now(UTC) - timedelta(minutes=1))
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await wait_until_done(db)
        await add_chats(db, [3])
        for form in (REPLY, EDIT):
            await follow_up(db, incident, form, AlertKind.RETRACTED)
        service.wake.set()
        await wait_until_done(db)
        assert [server.texts(chat) for chat in (1, 2, 3)] == [
            ["x edit retracted", "x reply retracted"],
            ["x edit retracted", "x reply retracted"],
            [],
        ]
