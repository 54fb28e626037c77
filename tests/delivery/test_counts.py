"""What is counted of deliveries, end to end: in the transaction of what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model import DeliveryForm, Severity
from bot.storage.alerts import latest_times
from bot.storage.database import Database
from bot.storage.deliveries import claim_due
from bot.storage.tallies import Totals, totals
from bot.watch.counts import Counted
from tests.delivery.outbox import (
    JumpingClock,
    add_chats,
    delivering,
    follow_up,
    tell,
    wait_until_done,
)
from tests.telegram_server import TelegramServer, drop, flood, refuse

DELAYS = {
    *(Counted.STORED_TO_SENT, Counted.STORED_TO_SENT_MS),
    *(Counted.REPORTED_TO_SENT, Counted.REPORTED_TO_SENT_MS),
}


async def counted(db: Database) -> Totals:
    """All but the delays."""
    async with db.reading() as conn:
        return {key: many for key, many in (await totals(conn)).items() if key[0] not in DELAYS}


async def test_answers_are_counted_by_kind(db: Database) -> None:
    """Forms that left, refusals for now, failures for good, and what may have come twice."""
    await add_chats(db, range(1, 7))
    incident = await tell(db, "x")
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server, delivering(db, server, clock=clock) as service:
        server.answer_next("sendMessage", flood(60), chat_id=1)
        server.answer_next("sendMessage", drop(is_accepted=True), chat_id=2)
        server.block(3)
        server.answer_next("sendMessage", refuse(400, "Bad Request: can't parse entities: x"), chat_id=4)
        await server.wait_until(lambda: all(server.texts(chat) for chat in (2, 4, 5, 6)))
        clock.ahead_s += 61
        service.wake.set()
        await wait_until_done(db)
        await follow_up(db, incident, DeliveryForm.EDIT)
        service.wake.set()
        await wait_until_done(db)
    assert await counted(db) == {
        (Counted.SENT, "message"): 5,
        (Counted.SENT, "edit"): 5,
        (Counted.RETRIED, "too_many_requests"): 1,
        (Counted.RETRIED, "no_answer"): 1,
        (Counted.UNCERTAIN, "answer"): 1,
        (Counted.FAILED, "blocked"): 1,
    }


async def test_what_a_crash_leaves_and_what_is_too_old_are_counted(db: Database) -> None:
    """Rows that a dead process was sending, and rows that no one wants any more."""
    await add_chats(db, [1, 2, 3])
    await tell(db, "x")
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server):
            await wait_until_done(db)
        server.answer_always("sendMessage", flood(7_200))
        await tell(db, "y")
        async with delivering(db, server):
            await server.wait_until(lambda: len(server.requests) == 6)
        later = JumpingClock(7_300)
        async with db.writing() as conn:
            assert len(await claim_due(conn, later.now(), 1)) == 1
        async with delivering(db, server, clock=later, max_age=timedelta(hours=1)):
            await wait_until_done(db)
    found = await counted(db)
    assert found[Counted.UNCERTAIN, "crash"] == 1
    assert found[Counted.EXPIRED, "too_old"] == 3


async def test_delays_of_first_messages_are_counted(db: Database) -> None:
    """One for each message, none for edits; and the alert's own times are kept."""
    await add_chats(db, range(1, 11))
    began = datetime.now(UTC)
    incident = await tell(db, "x", Severity.GRAVE, created_at=began - timedelta(seconds=30))
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await wait_until_done(db)
        await follow_up(db, incident, DeliveryForm.EDIT)
        service.wake.set()
        await wait_until_done(db)
    async with db.reading() as conn:
        found = await totals(conn)
        (times,) = await latest_times(conn, 5)
    for steps in (Counted.STORED_TO_SENT, Counted.REPORTED_TO_SENT):
        many = {label: n for (name, label), n in found.items() if name is steps}
        assert sum(many.values()) == 10
        assert set(many) <= {"32", "40", "50"}
    assert found[Counted.STORED_TO_SENT_MS, ""] >= 300_000
    assert times.many == 10
    assert times.queued_at is not None
    assert times.first_sent_at is not None
    assert times.last_sent_at is not None
    assert times.stored_at < began <= times.queued_at <= times.first_sent_at <= times.last_sent_at
