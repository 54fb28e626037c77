"""What left just now, as the pace is told of it at the start."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, ChatKind, DeliveryForm, DeliveryState
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.storage.deliveries import ClaimedDelivery, Recorded, claim_due, record
from bot.storage.departures import Departure, latest_departures
from bot.storage.subscriptions import subscribe
from tests.clock import START
from tests.storage.values import a_chat, an_incident, tell

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


async def send(conn: AsyncConnection, at: datetime) -> None:
    """All that is due leaves."""
    while claimed := await claim_due(conn, at, 100):
        await record(conn, [Recorded(each.id, DeliveryState.SENT, at, message_id=7) for each in claimed])


async def answer(
    conn: AsyncConnection, claimed: ClaimedDelivery, at: datetime, *, is_uncertain: bool
) -> None:
    """It goes again in a second."""
    again = Recorded(claimed.id, DeliveryState.PENDING, at, not_before=at + SECOND, is_uncertain=is_uncertain)
    await record(conn, [again])


async def test_what_left_within_a_minute(db: Database) -> None:
    """Messages and edits, with the number and kind of their chat, in the order in which they left."""
    async with db.writing() as conn:
        group = await ensure_chat(conn, -100, ChatKind.SUPERGROUP, START)
        await subscribe(conn, group.id, ["hill"])
        await tell(conn, an_incident("N-1"))
        await send(conn, START)
        await a_chat(conn, 1, "sea")
        await tell(conn, an_incident("S-1", ("sea",)), now=START + 30 * SECOND)
        told, _ = await tell(conn, an_incident("N-2"), now=START + 30 * SECOND)
        await send(conn, START + 30 * SECOND)
        await tell(conn, told, kind=AlertKind.GROWN, now=START + 50 * SECOND)
        await send(conn, START + 90 * SECOND)
        left = await latest_departures(conn, START + 90 * SECOND, MINUTE)
        assert [each.at for each in left] == [START + 90 * SECOND]
        left = await latest_departures(conn, START + 89 * SECOND, MINUTE)
        message, edit = DeliveryForm.MESSAGE, DeliveryForm.EDIT
        assert left[2] == Departure(-100, ChatKind.SUPERGROUP, edit, START + 90 * SECOND)
        assert set(left[:2]) == {
            Departure(-100, ChatKind.SUPERGROUP, message, START + 30 * SECOND),
            Departure(1, ChatKind.PRIVATE, message, START + 30 * SECOND),
        }


async def test_what_may_have_left_counts_as_left_now(db: Database) -> None:
    """What was being sent and what got no answer; not what was refused, nor what was in doubt long ago."""
    async with db.writing() as conn:
        for number in range(1, 4):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident("N-1"))
        doubted, refused, _ = await claim_due(conn, START, 100)
        await answer(conn, doubted, START + SECOND, is_uncertain=True)
        await answer(conn, refused, START + SECOND, is_uncertain=False)
        now = START + 30 * SECOND
        left = {each.telegram_id: each.at for each in await latest_departures(conn, now, MINUTE)}
        assert left == {1: now, 3: now}
        later = await latest_departures(conn, START + 2 * MINUTE, MINUTE)
        assert [each.telegram_id for each in later] == [3]


async def test_what_was_told_in_another_message_did_not_leave(db: Database) -> None:
    """A roll-up of many incidents is one message."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(9):
            await tell(conn, an_incident(f"N-{number}"))
        before = len(await latest_departures(conn, START, MINUTE))
        await send(conn, START)
        left = await latest_departures(conn, START, MINUTE)
        assert before == 0
        assert [each.form for each in left].count(DeliveryForm.ROLLUP) == 1
        assert len(left) == 7
