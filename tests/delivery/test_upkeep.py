"""Looking after what waits for too long: others write meanwhile."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import func, insert, select

from bot.deliver.upkeep import Upkeep
from bot.model import ChatKind, DeliveryForm, DeliveryState
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.expiring import PART
from bot.storage.tables import delivery
from bot.storage.tallies import totals
from bot.watch.counts import Counted
from tests.clock import START, FakeClock

DAY, MANY = timedelta(days=1), 4 * PART


async def add_waiting(db: Database) -> None:
    """Many messages of one chat that were queued at the start."""
    async with db.writing() as conn:
        chat = await ensure_chat(conn, 1, ChatKind.PRIVATE, START)
        row = {"alert_id": 1, "chat_id": chat.id, "form": DeliveryForm.MESSAGE, "priority": 10}
        row |= {"state": DeliveryState.PENDING, "attempts": 0, "queued_at": START, "is_uncertain": False}
        await conn.execute(insert(delivery), [row | {"incident_id": number} for number in range(MANY)])


async def watch(db: Database) -> list[int]:
    """How many have expired, each time that another writer gets its turn, until all have."""
    expired, seen = delivery.c.state == DeliveryState.EXPIRED, [0]
    while seen[-1] < MANY:
        async with db.writing() as conn:
            seen.append(int(await conn.scalar(select(func.count()).where(expired)) or 0))
    return seen


async def test_giving_up_keeps_no_other_writer_waiting(db: Database, clock: FakeClock) -> None:
    """Between two small parts others write; all is given up, and counted, in one go."""
    await add_waiting(db)
    clock.advance(2 * DAY)
    upkeep = Upkeep(db, DAY, clock.now, clock.monotonic)
    seen, _ = await asyncio.gather(watch(db), upkeep.run_due(lambda: False))
    assert max(later - sooner for sooner, later in pairwise(seen)) <= PART
    async with db.reading() as conn:
        assert (await totals(conn))[Counted.EXPIRED, "too_old"] == MANY


async def test_a_stop_ends_it_between_two_parts(db: Database, clock: FakeClock) -> None:
    """Begun is one part at most when the service stops; the rest goes another time."""
    await add_waiting(db)
    clock.advance(2 * DAY)
    answers = iter([False, True, True])
    await Upkeep(db, DAY, clock.now, clock.monotonic).run_due(lambda: next(answers))
    async with db.reading() as conn:
        assert (await totals(conn))[Counted.EXPIRED, "too_old"] == PART


async def test_without_a_limit_nothing_is_given_up(db: Database, clock: FakeClock) -> None:
    """However long it waits."""
    await add_waiting(db)
    clock.advance(400 * DAY)
    await Upkeep(db, timedelta(0), clock.now, clock.monotonic).run_due(lambda: True)
    async with db.reading() as conn:
        assert (Counted.EXPIRED, "too_old") not in await totals(conn)
