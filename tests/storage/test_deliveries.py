"""The outbox: claiming, recording, giving up, going on after a crash."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, ChatKind, DeliveryForm, DeliveryState, Severity
from bot.storage import deliveries, status
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.chats import ensure_chat, mark_gone, restore
from bot.storage.claiming import Fresh, begin_fresh
from bot.storage.database import Database
from bot.storage.deliveries import ClaimedDelivery, Pauses, QueueSize, Recorded
from bot.storage.incidents import add_incident
from bot.storage.sources import SourceState, pause, save_state, upsert_catalogue
from bot.storage.subscriptions import subscribe
from bot.storage.tables import delivery
from tests.clock import START, FakeClock
from tests.storage.values import WIRE, a_chat, an_alert, an_incident, expire, states, tell

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def claim(conn: AsyncConnection, now: datetime = START, limit: int = 100) -> list[ClaimedDelivery]:
    return await deliveries.claim_due(conn, now, limit)


async def claimed_chats(conn: AsyncConnection, now: datetime = START, limit: int = 100) -> list[int]:
    return [each.telegram_id for each in await claim(conn, now, limit)]


async def sent(conn: AsyncConnection, *claimed: ClaimedDelivery, message_id: int | None = 77) -> None:
    outcomes = [Recorded(each.id, DeliveryState.SENT, START, message_id=message_id) for each in claimed]
    await deliveries.record(conn, outcomes)


async def test_a_claimed_delivery_carries_its_address(db: Database) -> None:
    """Chat, topic, kind and language, the alert, and how often it was tried."""
    async with db.writing() as conn:
        made = await ensure_chat(conn, -100, ChatKind.SUPERGROUP, START, topic_id=5, language="hy")
        await subscribe(conn, made.id, ["hill"])
        told, alert_id = await tell(conn, an_incident(), now=START + MINUTE)
        (claimed,) = await claim(conn)
        assert told.id is not None
        assert claimed == ClaimedDelivery(
            claimed.id, alert_id, told.id, made.id, -100, 5, ChatKind.SUPERGROUP, "hy",
            DeliveryForm.MESSAGE, 10, 1, START + MINUTE, is_uncertain=False, target_message_id=None,
        )  # fmt: skip


async def test_half_of_the_turns_are_the_fresh_alerts(db: Database) -> None:
    """It comes first where a crowd stands before it; a chat gets one of both at a time."""
    async with db.writing() as conn:
        for number in range(1, 9):
            await a_chat(conn, number, "hill", *(["sea"] if number > 4 else []))
        await tell(conn, an_incident("N-1"))
        fresh = {10: await told_fresh(conn, "N-2", ("sea",))}
        for crowd, limit, chats in ((8, 2, [1, 2]), (4, 4, [5, 6, 3, 4]), (4, 8, [7, 8])):
            claimed = await deliveries.claim_due(conn, START, limit, fresh, crowd)
            assert [each.telegram_id for each in claimed] == chats


async def told_fresh(conn: AsyncConnection, code: str, regions: tuple[str, ...] = ("hill",)) -> Fresh:
    """An alert that is queued now."""
    incident = await add_incident(conn, an_incident(code, regions))
    alert_id = await add_alert(conn, an_alert(incident))
    fresh = await begin_fresh(conn, alert_id)
    assert fresh is not None
    await queue_next_chunk(conn, alert_id, START)
    return fresh


async def test_a_fresh_alert_gives_way_to_what_is_more_urgent(db: Database) -> None:
    """Whatever it has of turns, it has among its equals; an alert about a change has none."""
    async with db.writing() as conn:
        for number in range(1, 5):
            await a_chat(conn, number, "hill")
        told, _ = await tell(conn, an_incident("N-1", severity=Severity.GRAVE))
        fresh = await told_fresh(conn, "N-2")
        claimed = await deliveries.claim_due(conn, START, 4, {fresh.priority: fresh}, 0)
        assert [each.alert_id == fresh.alert_id for each in claimed] == [False] * 4
        change = await add_alert(conn, an_alert(told, kind=AlertKind.CONFIRMED))
        assert await begin_fresh(conn, change) is None


async def test_urgent_ones_first_then_those_that_waited_longest(db: Database) -> None:
    """A grave incident overtakes what was queued before it."""
    async with db.writing() as conn:
        for number in range(3):
            await a_chat(conn, number, "hill")
        await a_chat(conn, 9, "sea")
        await tell(conn, an_incident("N-1"))
        await tell(conn, an_incident("N-2", ("sea",), severity=Severity.GRAVE))
        assert await claimed_chats(conn, limit=2) == [9, 0]
        assert await claimed_chats(conn) == [1, 2]
        assert await claimed_chats(conn) == []


async def test_one_at_a_time_to_a_chat(db: Database) -> None:
    """The next one leaves when the first is settled, whatever it came to."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "hill")
        for number in range(3):
            await tell(conn, an_incident(f"N-{number}"))
        first, other = await claim(conn)
        assert (first.telegram_id, other.telegram_id) == (1, 2)
        assert await claim(conn) == []
        await sent(conn, first)
        (second,) = await claim(conn)
        assert (second.telegram_id, second.incident_id) == (1, first.incident_id + 1)


async def test_a_chat_with_much_to_hear_does_not_hide_the_others(db: Database) -> None:
    """However long one chat's queue is, a claim fills up with other chats."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill", "sea")
        await a_chat(conn, 2, "sea")
        for number in range(30):
            await tell(conn, an_incident(f"N-{number}"))
        await tell(conn, an_incident("S-1", ("sea",)))
        assert await claimed_chats(conn, limit=5) == [1, 2]


async def test_a_message_is_sent_once(db: Database) -> None:
    """Sent with its number and time; the same outcome recorded again changes nothing."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await tell(conn, an_incident())
        (claimed,) = await claim(conn)
        await sent(conn, claimed, message_id=77)
        await deliveries.record(conn, [Recorded(claimed.id, DeliveryState.FAILED, START, reason="late")])
        await deliveries.record(conn, [])
        row = (await conn.execute(select(delivery))).one()
        assert (row.state, row.message_id, row.sent_at, row.reason) == (DeliveryState.SENT, 77, START, None)
        assert await claim(conn) == []


async def test_trying_again_later(db: Database, clock: FakeClock) -> None:
    """Nothing leaves before its deadline; the attempts are counted."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await tell(conn, an_incident())
        (claimed,) = await claim(conn)
        again = Recorded(claimed.id, DeliveryState.PENDING, START, reason="429", not_before=START + MINUTE)
        await deliveries.record(conn, [again])
        assert await claim(conn, clock.advance(59)) == []
        (second,) = await claim(conn, clock.advance(1))
        assert (second.id, second.attempts) == (claimed.id, 2)


async def test_a_later_one_may_pass_one_that_waits_for_its_deadline(db: Database) -> None:
    """A deadline of one delivery holds up that one alone."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await tell(conn, an_incident("N-1"))
        (claimed,) = await claim(conn)
        again = Recorded(claimed.id, DeliveryState.PENDING, START, not_before=START + HOUR)
        await deliveries.record(conn, [again])
        other, _ = await tell(conn, an_incident("N-2"))
        assert [each.incident_id for each in await claim(conn)] == [other.id]


async def test_a_held_chat_waits_and_no_other(db: Database, clock: FakeClock) -> None:
    """What Telegram asked of one chat counts for all its deliveries; the longer deadline wins."""
    async with db.writing() as conn:
        held = await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "hill")
        await tell(conn, an_incident())
        await deliveries.hold_chat(conn, held.id, START + HOUR)
        await deliveries.hold_chat(conn, held.id, START + MINUTE)
        assert await claimed_chats(conn) == [2]
        assert await claimed_chats(conn, clock.advance(HOUR)) == [1]


async def test_deadlines_outlive_a_restart(db: Database, db_url: str, clock: FakeClock) -> None:
    """A process that starts knows which chats, and whether all of them, must wait."""
    async with db.writing() as conn:
        held = await a_chat(conn, 1)
        await deliveries.hold_chat(conn, held.id, START + HOUR)
        await deliveries.hold_all(conn, START + MINUTE)
    reopened = await Database.open(db_url)
    try:
        async with reopened.writing() as conn:
            assert await deliveries.pauses(conn, START) == Pauses(START + MINUTE, {1: START + HOUR})
            assert await deliveries.pauses(conn, START + MINUTE) == Pauses(None, {1: START + HOUR})
            assert await deliveries.pauses(conn, START + HOUR) == Pauses(None, {})
            await deliveries.hold_all(conn, None)
            assert (await deliveries.pauses(conn, START)).everything is None
    finally:
        await reopened.close()


async def test_an_edit_waits_for_its_message(db: Database, clock: FakeClock) -> None:
    """It knows the number of the message that it changes, and never overtakes it."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident("N-1"))
        (message,) = await claim(conn)
        await tell(conn, told, kind=AlertKind.GROWN)
        assert await claim(conn) == []
        later = Recorded(message.id, DeliveryState.PENDING, START, not_before=START + MINUTE)
        await deliveries.record(conn, [later])
        assert await claim(conn) == []
        (message,) = await claim(conn, clock.advance(MINUTE))
        assert message.form is DeliveryForm.MESSAGE
        await sent(conn, message, message_id=77)
        (edit,) = await claim(conn, clock.now())
        assert (edit.form, edit.target_message_id) == (DeliveryForm.EDIT, 77)


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED])
async def test_an_edit_of_nothing_expires(db: Database, state: DeliveryState) -> None:
    """When the message comes to nothing, so does what was to follow it up."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "hill")
        told, _ = await tell(conn, an_incident("N-1"))
        first, second = await claim(conn)
        await tell(conn, told, kind=AlertKind.GROWN)
        await deliveries.record(conn, [Recorded(first.id, state, START, reason="closed")])
        await sent(conn, second)
        assert await states(conn) == [
            (1, "message", str(state)),
            (2, "message", "sent"),
            (1, "edit", "expired"),
            (2, "edit", "pending"),
        ]


async def test_after_a_crash(db: Database, clock: FakeClock) -> None:
    """What was being sent goes out once more, marked; what was sent and what waits is untouched."""
    async with db.writing() as conn:
        for number in range(3):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
        first, second = await claim(conn, limit=2)
        await sent(conn, first)
        assert await deliveries.release_sending(conn, clock.advance(MINUTE)) == 1
        assert await deliveries.release_sending(conn, clock.now()) == 0
        again, third = await claim(conn, clock.now())
        assert (again.id, again.is_uncertain, again.attempts) == (second.id, True, 2)
        assert (third.is_uncertain, third.attempts) == (False, 1)
        await sent(conn, again, third)
        marks = list((await conn.execute(select(delivery.c.is_uncertain).order_by(delivery.c.id))).scalars())
        assert marks == [False, True, False]


async def test_old_deliveries_are_given_up(db: Database, clock: FakeClock) -> None:
    """What waited too long expires, though it was brought up to date."""
    async with db.writing() as conn:
        for number in range(2):
            await a_chat(conn, number, "hill")
        told, _ = await tell(conn, an_incident("N-1"))
        (first,) = await claim(conn, limit=1)
        await sent(conn, first)
        clock.advance(HOUR)
        await tell(conn, told, kind=AlertKind.GROWN, now=clock.now())
        clock.advance(HOUR)
        assert await expire(conn, clock.now() - 3 * HOUR) == 0
        assert await expire(conn, clock.now() - 90 * MINUTE) == 1
        assert await states(conn) == [
            (0, "message", "sent"),
            (1, "message", "expired"),
            (0, "edit", "pending"),
        ]


async def test_nothing_goes_to_a_chat_that_is_gone(db: Database) -> None:
    """What waits expires, what comes back from a send under way waits for ever; its return starts afresh."""
    async with db.writing() as conn:
        gone = await a_chat(conn, 1, "hill")
        for number in range(3):
            await tell(conn, an_incident(f"N-{number}"))
        (claimed,) = await claim(conn)
        assert await mark_gone(conn, gone.id, START) == 2
        await deliveries.record(conn, [Recorded(claimed.id, DeliveryState.PENDING, START)])
        assert await claim(conn) == []
        await mark_gone(conn, gone.id, START)
        assert await restore(conn, gone.id, START)
        assert await claim(conn) == []
        assert [state for _, _, state in await states(conn)] == ["expired"] * 3


async def test_two_claims_at_once_never_share_a_delivery(db: Database, db_url: str) -> None:
    """Two processes on one database take different deliveries."""
    async with db.writing() as conn:
        for number in range(40):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
    other = await Database.open(db_url)

    async def take(database: Database) -> list[int]:
        async with database.writing() as conn:
            return await claimed_chats(conn, limit=10)

    try:
        taken = await asyncio.gather(*(take(database) for database in (db, other, db, other)))
    finally:
        await other.close()
    everyone = [chat for part in taken for chat in part]
    assert len(everyone) == len(set(everyone)) <= 40


async def test_how_the_service_stands(db: Database, clock: FakeClock) -> None:
    """Sources that answer among all, the last check and alert, and what waits."""
    async with db.writing() as conn:
        assert await status.service_status(conn, START) == status.ServiceStatus(0, 0, None, None, 0)
        await upsert_catalogue(conn, [WIRE])
        assert (await status.service_status(conn, START)).sources_alive == 0
        await save_state(conn, "wire", SourceState(last_checked_at=START, last_ok_at=START))
        for number in range(3):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
        (claimed,) = await claim(conn, limit=1)
        assert await deliveries.queue_size(conn) == QueueSize(pending=2, sending=1)
        assert await status.service_status(conn, START) == status.ServiceStatus(1, 1, START, START, 3)
        await sent(conn, claimed)
        assert await deliveries.queue_size(conn) == QueueSize(pending=2, sending=0)
        assert (await status.service_status(conn, clock.advance(2 * HOUR))).sources_alive == 0
        await save_state(conn, "wire", SourceState(last_ok_at=clock.now()))
        await pause(conn, "wire", clock.now())
        assert (await status.service_status(conn, clock.now())).sources_alive == 0
