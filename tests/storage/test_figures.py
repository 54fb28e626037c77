"""Counts and signs of life, kept in rows."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from bot.model import AlertKind, DeliveryState, Severity
from bot.storage import deliveries
from bot.storage.alerts import latest_times, note_sent
from bot.storage.chats import ChatCount, mark_gone
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, due_since, hold_all, hold_chat
from bot.storage.figures import read_figures, read_pulse
from bot.storage.outcomes import Settled, settle
from bot.storage.sources import SourceState, save_state, upsert_catalogue
from bot.storage.states import PRIORITY_GRAVE, PRIORITY_NEW
from bot.storage.tables import alert, tally
from bot.storage.tallies import KEEP_HOURS, add_counts, fold_hours, totals
from bot.watch.counts import Counted
from bot.watch.pulse import Pulse
from tests.clock import START, FakeClock
from tests.storage.values import WIRE, a_chat, an_incident, tell

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


async def test_counts_add_up_by_the_hour(db: Database, clock: FakeClock) -> None:
    """The same name and label add up; nothing is kept of nothing; an hour can be asked for."""
    async with db.writing() as conn:
        await add_counts(conn, [(Counted.SENT, "message", 2), (Counted.SENT, "edit", 1)], START)
        await add_counts(conn, [(Counted.SENT, "message", 3), (Counted.FAILED, "blocked", 0)], START + MINUTE)
        await add_counts(conn, [(Counted.SENT, "message", 4)], clock.advance(HOUR))
        assert await totals(conn) == {(Counted.SENT, "message"): 9, (Counted.SENT, "edit"): 1}
        assert await totals(conn, clock.now()) == {(Counted.SENT, "message"): 4}


async def test_old_hours_become_one_and_the_totals_stay(db: Database, clock: FakeClock) -> None:
    """A counter never goes back, and the table does not grow for ever."""
    async with db.writing() as conn:
        for _ in range(3):
            await add_counts(conn, [(Counted.SENT, "message", 1)], clock.advance(HOUR))
        now = clock.advance(KEEP_HOURS - HOUR / 2)
        await add_counts(conn, [(Counted.SENT, "message", 5)], now)
        for _ in range(2):
            await fold_hours(conn, now)
            assert await totals(conn) == {(Counted.SENT, "message"): 8}
            assert (await conn.execute(select(func.count()).select_from(tally))).scalar() == 3


async def test_since_when_something_could_leave(db: Database, clock: FakeClock) -> None:
    """The latest of queued, its own deadline and its chat's; nothing while Telegram asked for silence."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [])
        assert await due_since(conn, START) is None
        chat = await a_chat(conn, 1, "hill")
        await tell(conn, an_incident())
        assert await due_since(conn, START) == START
        await hold_chat(conn, chat.id, START + MINUTE)
        assert await due_since(conn, START) is None
        assert await due_since(conn, clock.advance(HOUR)) == START + MINUTE
        await hold_all(conn, clock.now() + MINUTE)
        assert await due_since(conn, clock.now()) is None
        assert await due_since(conn, clock.now() + MINUTE) == START + MINUTE
        (claimed,) = await deliveries.claim_due(conn, clock.now(), 9)
        assert await due_since(conn, clock.now() + HOUR) == clock.now()
        again = Recorded(claimed.id, DeliveryState.PENDING, clock.now(), not_before=clock.now() + HOUR)
        await deliveries.record(conn, [again])
        assert await due_since(conn, clock.now()) is None
        assert await due_since(conn, clock.advance(2 * HOUR)) == clock.now() - HOUR


async def test_an_alert_that_is_never_queued_is_due(db: Database, clock: FakeClock) -> None:
    """From its commit on: nothing in the outbox tells that the outbox is not being filled."""
    async with db.writing() as conn:
        _, alert_id = await tell(conn, an_incident(), now=START)
        assert await due_since(conn, START + HOUR) is None  # queued for nobody
        await conn.execute(update(alert).where(alert.c.id == alert_id).values(queued_at=None))
        assert await due_since(conn, START + HOUR) == START
        await hold_all(conn, START + 2 * HOUR)
        assert await due_since(conn, START + HOUR) is None


async def test_the_figures(db: Database) -> None:
    """What waits by priority, what is being sent, alerts not yet queued, chats, checks, signs of life."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        await save_state(conn, "wire", SourceState(last_checked_at=START, last_ok_at=START))
        await save_state(conn, "wire", SourceState(last_checked_at=START, last_ok_at=START, failures=1))
        for number in range(3):
            await a_chat(conn, number, "hill")
        gone = await a_chat(conn, 4, "sea")
        await mark_gone(conn, gone.id, START)
        _, first = await tell(conn, an_incident())
        await tell(conn, an_incident("N-2", severity=Severity.GRAVE))
        await conn.execute(update(alert).where(alert.c.id == first).values(queued_at=None))
        (claimed,) = await deliveries.claim_due(conn, START, 1)
        seen = await read_figures(conn, START)
        assert seen.waiting == {PRIORITY_GRAVE: 2, PRIORITY_NEW: 3}
        assert (seen.sending, seen.unqueued_alerts) == (1, 1)
        assert seen.chats == ChatCount(3, 1)
        assert seen.counted == {(Counted.CHECKS, "ok"): 1, (Counted.CHECKS, "failed"): 1}
        assert seen.pulse == Pulse(True, START, START, None) == await read_pulse(conn, START)
        done = Recorded(claimed.id, DeliveryState.SENT, START + MINUTE, message_id=1)
        await settle(conn, [Settled(done, claimed.chat_id, claimed.telegram_id)], START + MINUTE)
        assert (await read_pulse(conn, START)).last_sent_at == START + MINUTE


async def test_the_times_of_an_alert(db: Database) -> None:
    """Occurred, reported, stored, queued, first and last sent, and how many left."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, alert_id = await tell(conn, an_incident(), now=START + MINUTE)
        await tell(conn, told, kind=AlertKind.GROWN)
        (before,) = await latest_times(conn, 9)
        assert (before.first_sent_at, before.last_sent_at, before.many) == (None, None, 0)
        await note_sent(conn, alert_id, START + 2 * MINUTE, 3)
        await note_sent(conn, alert_id, START + 3 * MINUTE, 4)
        (times,) = await latest_times(conn, 9)
        assert (times.code, times.occurred, times.reported_at) == ("N-1", told.occurred, START)
        assert (times.stored_at, times.queued_at) == (START, START + MINUTE)
        assert (times.first_sent_at, times.last_sent_at) == (START + 2 * MINUTE, START + 3 * MINUTE)
        assert times.many == 7
