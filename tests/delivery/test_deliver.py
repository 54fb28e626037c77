"""The outbox end to end: a real database, the real transport, a fake Telegram over HTTP."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.choices import Length
from bot.deliver import Rendered
from bot.deliver.outbox import IDLE_S
from bot.model import Alert, AlertKind, DeliveryForm, DeliveryState, Severity
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.chats import find_chat, restore
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, claim_due, hold_all, pauses, record
from bot.storage.states import ChatState
from tests.clock import PATIENCE_S
from tests.databases import sqlite_url
from tests.delivery.outbox import (
    JumpingClock,
    add_chats,
    claimed_before,
    delivering,
    follow_up,
    plain_render,
    rows,
    tell,
    wait_until_done,
)
from tests.telegram_server import Request, TelegramServer, delay, drop, flood, migrate, raw, refuse

GROUP = -1007
PARSE = refuse(400, "Bad Request: can't parse entities: unexpected end tag at offset 3")


async def test_everybody_gets_each_alert_once(db: Database) -> None:
    """Three alerts reach five chats once each, and the numbers of the messages are kept."""
    await add_chats(db, range(1, 6))
    for code in ("a", "b", "c"):
        await tell(db, code)
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        await wait_until_done(db)
        assert all(
            sorted(server.texts(chat)) == ["a message", "b message", "c message"] for chat in range(1, 6)
        )
        assert len(server.requests) == 15
    assert {row.state for row in await rows(db)} == {DeliveryState.SENT}
    assert all(row.message_id and row.sent_at and row.attempts == 1 for row in await rows(db))


async def test_a_commit_wakes_the_deliverer(db: Database) -> None:
    """What is committed while the outbox is idle leaves at once, not at its next look a minute later."""
    await add_chats(db, [1])
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        for code in ("first", "second", "third"):
            await asyncio.sleep(0.1)
            await tell(db, code)
            service.wake.set()
            await wait_until_done(db, 0.75 * IDLE_S)
        assert len(server.texts(1)) == 3


async def test_grave_ones_leave_first(db: Database) -> None:
    """Grave incidents overtake others that were committed before them."""
    await add_chats(db, range(1, 41))
    await tell(db, "serious")
    await tell(db, "grave", Severity.GRAVE)
    async with TelegramServer(is_strict=False) as server, delivering(db, server, rate=200):
        await wait_until_done(db)
    order = [r.parameters["text"] for r in server.requests]
    assert order[:40] == ["<b>grave message</b>"] * 40


async def test_what_is_more_urgent_leaves_first_in_each_chat(db: Database) -> None:
    """Grave incidents, new ones, replies, edits, whatever was committed before what."""
    await add_chats(db, range(1, 6))
    old = await tell(db, "old")
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server):
            await wait_until_done(db)
        await follow_up(db, old, DeliveryForm.EDIT, AlertKind.CONFIRMED)
        await follow_up(db, old, DeliveryForm.REPLY, AlertKind.DENIED)
        await tell(db, "new")
        await tell(db, "grave", Severity.GRAVE)
        before = len(server.requests)
        async with delivering(db, server):
            await wait_until_done(db)
        later = server.requests[before:]
        assert {request.chat_id for request in later} == set(range(1, 6))
        for chat in range(1, 6):
            assert [r.parameters["text"] for r in later if r.chat_id == chat] == [
                "<b>grave message</b>",
                "<b>new message</b>",
                "<b>old reply denied</b>",
                "<b>old edit confirmed</b>",
            ]


async def test_an_urgent_one_overtakes_a_long_queue(db: Database) -> None:
    """Of hundreds of deliveries that wait, only what was claimed before leaves before a grave incident."""
    await add_chats(db, range(1, 301))
    await tell(db, "crowd")
    async with TelegramServer(is_strict=False) as server, delivering(db, server, rate=30) as service:
        await server.wait_until(lambda: len(server.requests) >= 5)
        grave = await tell(db, "grave", Severity.GRAVE)
        service.wake.set()
        claimed = await claimed_before(db, grave)
        assert await sent_before(server, "grave") <= claimed < 300
    states = {row.state for row in await rows(db)}
    assert DeliveryState.SENDING not in states


@pytest.mark.parametrize(
    ("crowds", "news"),
    [
        (Severity.SERIOUS, Severity.GRAVE),
        (Severity.GRAVE, Severity.GRAVE),
        (Severity.SERIOUS, Severity.SERIOUS),
    ],
)
async def test_a_new_incident_overtakes_a_fan_out(tmp_path: Path, crowds: Severity, news: Severity) -> None:
    """While an alert is still being queued for 40,000 chats, one that is as urgent waits for none of them;
    from then on both leave."""
    path = tmp_path / "t.db"
    db = await Database.open(sqlite_url(path))
    with closing(sqlite3.connect(path)) as conn, conn:
        many = range(1, 40_001)
        conn.executemany(
            "INSERT INTO chat (id, telegram_id, topic_id, kind, state, created_at, settings)"
            " VALUES (?, ?, 0, 'private', 'active', 0, '{}')",
            ((chat, chat) for chat in many),
        )
        conn.executemany("INSERT INTO subscription VALUES (?, '*')", ((chat,) for chat in many))
    await tell(db, "crowd", crowds)
    async with TelegramServer(is_strict=False) as server, delivering(db, server, rate=30) as service:
        await server.wait_until(lambda: len(server.requests) >= 5)
        new = await tell(db, "new", news)
        service.wake.set()
        claimed = await claimed_before(db, new)
        before = await sent_before(server, "new")
        assert before <= claimed < 1_000
        await server.wait_until(lambda: len(server.requests) >= before + 60)
        arrived = sorted(server.requests, key=lambda request: request.at_s)[before:]
        assert {text_of(request) for request in arrived} >= ({"new", "crowd"} if crowds == news else {"new"})
    await db.close()


def text_of(request: Request) -> str:
    """The incident that a request tells."""
    return str(request.parameters["text"]).removeprefix("<b>").partition(" ")[0]


async def sent_before(server: TelegramServer, code: str) -> int:
    """How many other requests arrived before the first about an incident."""
    await server.wait_until(lambda: code in server.requests[-1].parameters["text"])
    arrived = sorted(server.requests, key=lambda request: request.at_s)
    return next(n for n, request in enumerate(arrived) if code in request.parameters["text"])


async def test_edits_and_replies_follow_their_message(db: Database) -> None:
    """An edit changes the living message, a reply answers it, and neither leaves before it."""
    await add_chats(db, [1])
    incident = await tell(db, "x")
    await follow_up(db, incident, DeliveryForm.EDIT)
    await follow_up(db, incident, DeliveryForm.REPLY)
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        await wait_until_done(db)
    assert server.requests[0].method == "sendMessage"
    assert server.texts(1) == ["x edit confirmed", "x reply confirmed"]
    assert server.messages(1)[1]["reply_to_message"]["message_id"] == server.messages(1)[0]["message_id"]


async def test_a_blocked_chat_costs_one_request(db: Database) -> None:
    """A chat that blocked the bot gets one request and then none; it keeps its row and can be restored."""
    await add_chats(db, [1, 2])
    for code in ("a", "b", "c"):
        await tell(db, code)
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        server.block(1)
        await wait_until_done(db)
        assert len(server.calls("sendMessage", 1)) == 1
        async with db.writing() as conn:
            chat = await find_chat(conn, 1)
            assert chat is not None
            assert chat.state is ChatState.GONE
            server.answer_always("sendMessage", None, 1)
            assert await restore(conn, chat.id, datetime.now(UTC) + timedelta(seconds=1))
        await tell(db, "d")
        service.wake.set()
        await wait_until_done(db)
        assert server.texts(1) == ["d message"]
    assert len(server.texts(2)) == 4


async def test_kicked_from_a_group_loses_all_its_topics(db: Database) -> None:
    """Removed from a forum, the bot asks its other topics nothing more; a deleted topic goes alone."""
    await add_chats(db, [-5], topic_id=7)
    await add_chats(db, [-5], topic_id=8)
    await tell(db, "a")
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        server.answer_next("sendMessage", refuse(400, "Bad Request: message thread not found"), chat_id=-5)
        await wait_until_done(db)
        async with db.reading() as conn:
            states = [c.state for c in (await find_chat(conn, -5, 7), await find_chat(conn, -5, 8)) if c]
        assert sorted(states) == [ChatState.ACTIVE, ChatState.GONE]
        server.answer_always("sendMessage", refuse(403, "Forbidden: bot was kicked from the supergroup chat"))
        await tell(db, "b")
        service.wake.set()
        await server.wait_until(lambda: len(server.requests) == 3)
        await wait_until_done(db)
        await tell(db, "c")
        service.wake.set()
        await wait_until_done(db)
    assert len(server.requests) == 3


async def test_a_migrated_group_gets_everything(db: Database) -> None:
    """A group that became a supergroup gets all that waited, under its new number, once."""
    await add_chats(db, [-5])
    for code in ("a", "b"):
        await tell(db, code)
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        server.answer_always("sendMessage", migrate(-1005), chat_id=-5)
        await wait_until_done(db)
        assert sorted(server.texts(-1005)) == ["a message", "b message"]
        assert len(server.calls("sendMessage", -5)) == 1


async def test_bad_markup_is_sent_once_more_as_plain_text(db: Database) -> None:
    """Markup that Telegram refuses goes out as plain text; refused again, the delivery has failed."""
    await add_chats(db, [1, 2])
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        server.answer_next("sendMessage", PARSE, chat_id=1)
        server.answer_always("sendMessage", PARSE, chat_id=2)
        await wait_until_done(db)
        assert server.texts(1) == ["x message"]
        assert "parse_mode" not in server.calls("sendMessage", 1)[1].parameters
        assert len(server.calls("sendMessage", 2)) == 2
    assert [row.state for row in await rows(db)] == [DeliveryState.SENT, DeliveryState.FAILED]


async def test_a_broken_rendering_harms_one_delivery(db: Database) -> None:
    """An alert that cannot be rendered fails alone and is logged without its text; no other waits for it."""
    await add_chats(db, [1])
    await tell(db, "bad")
    await tell(db, "good")

    def render(
        alert: Alert, language: str | None, form: DeliveryForm, length: Length = Length.FULL
    ) -> Rendered:
        if alert.incident.code == "bad":
            raise ValueError("secret text")
        return plain_render(alert, language, form)

    async with TelegramServer(is_strict=False) as server, delivering(db, server, rate=1, render=render):
        await wait_until_done(db)
        assert server.texts(1) == ["good message"]
    assert [row.reason for row in await rows(db)] == ["internal_error", None]


async def test_dropped_answers_double_exactly_the_dropped(db: Database) -> None:
    """Answers lost after acceptance: nothing is lost, and only those deliveries go out twice, marked."""
    chats = range(1, 61)
    await add_chats(db, chats)
    await tell(db, "x")
    dropped = {chat for chat in chats if chat % 10 == 0}
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        for chat in dropped:
            server.answer_next("sendMessage", drop(is_accepted=True), chat_id=chat)
        await wait_until_done(db)
        assert {chat: len(server.texts(chat)) for chat in chats} == {
            c: 2 if c in dropped else 1 for c in chats
        }
    assert {row.telegram_id for row in await rows(db) if row.is_uncertain} == dropped


async def test_a_delivery_is_repeated_once_at_most_when_unknown(db: Database) -> None:
    """Two lost answers in a row end a delivery: it may have arrived twice already."""
    await add_chats(db, [1])
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server):
        server.answer_always("sendMessage", raw(200, b"<html>"), chat_id=1)
        await wait_until_done(db)
        assert len(server.requests) == 2
    (row,) = await rows(db)
    assert (row.state, row.reason, row.is_uncertain) == (DeliveryState.FAILED, "unreadable_answer", True)


async def test_no_connection_is_no_duplicate(db: Database) -> None:
    """While Telegram cannot be reached nothing is lost; afterwards each delivery goes out once, unmarked."""
    await add_chats(db, range(1, 11))
    await tell(db, "x")
    server = TelegramServer(is_strict=False)
    async with server:
        pass
    clock = JumpingClock()
    async with delivering(db, server, clock=clock) as service:
        await asyncio.sleep(0.2)
        async with TelegramServer(is_strict=False, port=server.port) as again:
            clock.ahead_s += 4
            service.wake.set()
            await wait_until_done(db)
            assert all(len(again.texts(chat)) == 1 for chat in range(1, 11))
    assert not any(row.is_uncertain for row in await rows(db))


async def test_retry_after_holds_one_chat_over_restarts(db: Database) -> None:
    """A chat that must wait for hours delays no other, and gets nothing before its time after a restart.

    Then it gets in one message what has waited so long.
    """
    await add_chats(db, [1, 2])
    await tell(db, "a")
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server:
        server.answer_next("sendMessage", flood(43_837), chat_id=1)
        async with delivering(db, server, clock=clock):
            await server.wait_until(lambda: server.texts(2) and server.calls("sendMessage", 1))
        await tell(db, "b")
        async with delivering(db, server, clock=clock):
            await server.wait_until(lambda: len(server.texts(2)) == 2)
            assert len(server.calls("sendMessage", 1)) == 1
        clock.ahead_s += 43_838
        async with delivering(db, server, clock=clock):
            await wait_until_done(db)
        assert server.texts(1) == ["rollup a b"]


async def test_a_flood_of_all_pauses_all_over_restarts(db: Database) -> None:
    """When every chat is refused, sending pauses for everybody, also after a restart."""
    await add_chats(db, range(1, 101))
    await tell(db, "x")
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server:
        server.answer_always("sendMessage", flood(30))
        async with delivering(db, server, rate=100, clock=clock):
            await until_all_are_held(db)
        asked = len(server.requests)
        assert 10 <= asked < 100
        server.answer_always("sendMessage", None)
        async with delivering(db, server, clock=clock) as service:
            await asyncio.sleep(0.2)
            assert len(server.requests) == asked
            clock.ahead_s += 31
            service.wake.set()
            await wait_until_done(db)
        assert all(len(server.texts(chat)) == 1 for chat in range(1, 101))


async def until_all_are_held(db: Database) -> None:
    """Return when the pause of all is written down; the database has no signal of its own, so it is asked."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            async with db.reading() as conn:
                if (await pauses(conn, datetime.now(UTC))).everything is not None:
                    return
            await asyncio.sleep(0.02)


async def test_a_kept_pause_of_all_is_honoured_at_the_start(db: Database) -> None:
    """A pause that another run was told of holds until its time."""
    await add_chats(db, [1])
    await tell(db, "x")
    clock = JumpingClock()
    async with db.writing() as conn:
        await hold_all(conn, clock.now() + timedelta(hours=1))
    async with TelegramServer(is_strict=False) as server, delivering(db, server, clock=clock) as service:
        async with asyncio.timeout(PATIENCE_S):
            while service.pacer.paused_until_s <= clock.monotonic():  # noqa: ASYNC110 - a pacer has no signal
                await asyncio.sleep(0.02)
        paused_until_s = service.pacer.paused_until_s
        clock.ahead_s += 3_600
        service.wake.set()
        await wait_until_done(db)
        assert service.pacer.left_s[0] >= paused_until_s


async def test_what_was_being_sent_goes_once_more(db: Database) -> None:
    """Rows that a dead process left in `sending` are sent once more and marked."""
    await add_chats(db, [1, 2])
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server):
            await wait_until_done(db)
        await tell(db, "y")
        async with db.writing() as conn:
            for alert_id in await unqueued_alerts(conn):
                await queue_next_chunk(conn, alert_id, datetime.now(UTC))
            claimed = await claim_due(conn, datetime.now(UTC), 1)
        async with delivering(db, server):
            await wait_until_done(db)
    marked = [row.id for row in await rows(db) if row.is_uncertain]
    assert marked == [each.id for each in claimed]


async def test_old_deliveries_expire_unsent(db: Database) -> None:
    """What waited longer than the age limit is not news any more."""
    await add_chats(db, [1])
    await tell(db, "x")
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server:
        server.answer_always("sendMessage", flood(7_200))
        async with delivering(db, server, clock=clock, max_age=timedelta(hours=1)):
            await server.wait_until(lambda: server.requests)
        clock.ahead_s += 7_300
        async with delivering(db, server, clock=clock, max_age=timedelta(hours=1)):
            await wait_until_done(db)
        assert len(server.requests) == 1
    assert [row.state for row in await rows(db)] == [DeliveryState.EXPIRED]


async def test_stop_under_load_loses_and_doubles_nothing(db: Database) -> None:
    """Stopped with requests in flight: they end and are recorded; a new run sends only the rest."""
    await add_chats(db, range(1, 201))
    await tell(db, "x")
    async with TelegramServer(is_strict=False, latency_s=0.1) as server:
        async with delivering(db, server, rate=400) as service:
            await server.wait_until(lambda: len(server.requests) >= 20)
            await service.deliverer.stop(grace_s=PATIENCE_S)
        states = [row.state for row in await rows(db)]
        assert states.count(DeliveryState.SENT) == len(server.requests) < 200
        assert states.count(DeliveryState.PENDING) == 200 - len(server.requests)
        async with delivering(db, server):
            await wait_until_done(db)
        assert all(len(server.texts(chat)) == 1 for chat in range(1, 201))


async def test_stop_does_not_wait_for_an_answer_that_never_comes(db: Database) -> None:
    """A request that hangs is cut off after the grace; it is uncertain and goes out once more."""
    await add_chats(db, [1])
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server:
        server.answer_next("sendMessage", delay(2 * PATIENCE_S), chat_id=1)
        async with delivering(db, server, read_timeout_s=2 * PATIENCE_S) as service:
            await server.wait_until(lambda: server.messages(1))
            async with asyncio.timeout(PATIENCE_S):
                await service.deliverer.stop(grace_s=0.2)
        assert not server.requests, "the server has answered"
        (row,) = await rows(db)
        assert (row.state, row.is_uncertain) == (DeliveryState.PENDING, True)


async def test_one_chat_never_has_two_in_flight(db: Database) -> None:
    """Several alerts for one chat go one after the other, at most three of them at once in a second."""
    await add_chats(db, [1])
    for number in range(4):
        await tell(db, f"n{number}")
    async with TelegramServer(is_strict=False, latency_s=0.05) as server, delivering(db, server) as service:
        await wait_until_done(db)
    arrivals, left = [r.at_s for r in server.requests], service.pacer.left_s
    assert all(later - sooner >= 0.05 for sooner, later in pairwise(arrivals))
    assert all(arrived >= at for arrived, at in zip(arrivals, left, strict=True))
    assert left[3] - left[2] >= 1.0


async def test_an_edit_without_a_number_is_told_anew(db: Database) -> None:
    """When the number of the message is lost with a migration, the change comes as a silent message."""
    await add_chats(db, [-5])
    incident = await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await server.wait_until(lambda: server.texts(-5))
        await wait_until_done(db)
        server.answer_always("editMessageText", migrate(-1005), chat_id=-5)
        await follow_up(db, incident, DeliveryForm.EDIT, AlertKind.DENIED)
        service.wake.set()
        await server.wait_until(lambda: server.texts(-1005))
        assert server.texts(-1005) == ["x edit denied"]
        assert server.calls("sendMessage", -1005)[0].parameters["disable_notification"] is True


async def test_the_rate_is_kept_at_the_receiving_end(db: Database) -> None:
    """At 100 a second each is counted when it leaves, not when it was let go or answered; no second has more.

    How much of the rate is used, bench/delivery.py measures.
    """
    await add_chats(db, range(1, 161))
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server, delivering(db, server, rate=100) as service:
        await wait_until_done(db)
    arrivals, left = sorted(r.at_s for r in server.requests), service.pacer.left_s
    assert len(left) == 160
    assert all(arrived >= at for arrived, at in zip(arrivals, left, strict=True))
    assert all(left[i + 100] - left[i] >= 1.0 for i in range(60))


async def test_a_group_gets_twenty_a_minute_over_restarts(db: Database) -> None:
    """What another run sent to a group half a minute ago counts: the twenty-first waits."""
    await add_chats(db, [GROUP])
    clock = JumpingClock(ahead_s=-30)
    for number in range(20):
        await tell(db, f"early {number}", Severity.GRAVE)
        await send_past_the_pacer(db, clock.now())
    clock.ahead_s = 0
    await tell(db, "late", Severity.GRAVE)
    async with TelegramServer(is_strict=False) as server, delivering(db, server, clock=clock) as service:
        began_s = clock.monotonic()
        async with asyncio.timeout(PATIENCE_S):
            while not server.texts(GROUP) and not await is_held(db):  # noqa: ASYNC110 - asked, as elsewhere
                await asyncio.sleep(0.02)
        clock.ahead_s += 32
        service.wake.set()
        await wait_until_done(db)
        assert server.texts(GROUP) == ["late message"]
        assert service.pacer.left_s[0] > began_s + 30


async def send_past_the_pacer(db: Database, at: datetime) -> None:
    """The newest alert is told, as by a run that has ended."""
    async with db.writing() as conn:
        for alert_id in await unqueued_alerts(conn):
            await queue_next_chunk(conn, alert_id, at)
        claimed = await claim_due(conn, at, 100)
        await record(
            conn, [Recorded(each.id, DeliveryState.SENT, at, message_id=each.id) for each in claimed]
        )


async def is_held(db: Database) -> bool:
    """Whether a chat has to wait for longer than a moment."""
    async with db.reading() as conn:
        return bool((await pauses(conn, datetime.now(UTC))).chats)
