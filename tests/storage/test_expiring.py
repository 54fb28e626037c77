"""Giving up what is too old, in parts, beside others that claim and send."""

from __future__ import annotations

from datetime import timedelta

from bot.model import DeliveryState
from bot.storage.database import Database
from bot.storage.deliveries import claim_due
from bot.storage.expiring import PART, Expired, find_expired, give_up
from bot.storage.outages import find_late, in_parts, merge_late
from tests.clock import START
from tests.storage.values import a_chat, an_incident, states, tell

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


async def test_what_is_claimed_meanwhile_is_sent(db: Database) -> None:
    """Between finding and giving up one has begun to be sent: it is let be, and is not counted."""
    async with db.writing() as conn:
        for number in range(2):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
        (part,) = await find_expired(conn, START + MINUTE)
        assert len(part.ids) == 2
        await claim_due(conn, START + MINUTE, 1)
        assert await give_up(conn, part) == 1
        assert await states(conn) == [(0, "message", "sending"), (1, "message", "expired")]
        assert await give_up(conn, part) == 0


async def test_what_a_roll_up_tells_that_leaves_meanwhile_stays_told(db: Database) -> None:
    """Members are dropped from a roll-up that waits, not from one that is being sent."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(2):
            await tell(conn, an_incident(f"N-{number}"))
        for late in in_parts(await find_late(conn, START + HOUR)):
            await merge_late(conn, late, START + HOUR)
        (within, alone) = await find_expired(conn, START + MINUTE)
        assert (within.is_told_within, len(within.ids)) == (True, 2)
        assert (alone.is_told_within, len(alone.ids)) == (False, 1)
        (roll,) = await claim_due(conn, START + HOUR, 10)
        assert await give_up(conn, within) == 0
        assert {state for _, _, state in await states(conn)} == {"sending", "sent"}
        assert roll.id in alone.ids


async def test_parts_are_small(db: Database) -> None:
    """So many as one short transaction can drop; together they are all, and never more than asked for."""
    async with db.writing() as conn:
        for number in range(PART + 3):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
        parts = await find_expired(conn, START + MINUTE)
        assert [len(part.ids) for part in parts] == [PART, 3]
        assert [len(part.ids) for part in await find_expired(conn, START + MINUTE, 5)] == [5]
        assert await find_expired(conn, START) == []
        assert sum([await give_up(conn, part) for part in parts]) == PART + 3
        assert {state for _, _, state in await states(conn)} == {DeliveryState.EXPIRED}
        assert await give_up(conn, Expired(())) == 0
