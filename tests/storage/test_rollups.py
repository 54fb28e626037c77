"""Busy hours: after six alerts of a theatre in an hour the rest is told in one message that grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState, Incident, Severity
from bot.storage import deliveries
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.incidents import add_incident
from bot.storage.rollups import MOST_ALONE, members_of
from tests.clock import START
from tests.storage.test_following import send_due
from tests.storage.values import a_chat, an_alert, an_incident, states

MINUTE = timedelta(minutes=1)


async def happen(conn: AsyncConnection, number: int, now: datetime = START, **changes: object) -> Incident:
    """An incident on the hill, alerted at `now`."""
    new = await add_incident(conn, replace(an_incident(f"N-{number}"), **changes))  # type: ignore[arg-type]
    alert_id = await add_alert(conn, replace(an_alert(new), created_at=now))
    while not (await queue_next_chunk(conn, alert_id, now)).is_done:
        pass
    return new


async def change(
    conn: AsyncConnection, incident: Incident, kind: AlertKind, form: DeliveryForm = DeliveryForm.EDIT
) -> None:
    """It changes, and whoever knows it hears of that."""
    alert_id = await add_alert(conn, an_alert(incident, kind=kind), form)
    await queue_next_chunk(conn, alert_id, START)


async def forms(conn: AsyncConnection) -> list[str]:
    """The forms of what leaves now."""
    return [str(each.form) for each in await send_due(conn)]


async def test_the_seventh_alert_begins_a_roll_up_that_grows(db: Database) -> None:
    """Six alone; then one message; then edits of it, those that wait as one."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(MOST_ALONE):
            await happen(conn, number)
        assert await forms(conn) == ["message"] * MOST_ALONE
        await happen(conn, 6)
        await happen(conn, 7)
        (roll,) = await send_due(conn)
        assert (roll.form, roll.rollup_id) == (DeliveryForm.ROLLUP, roll.id)
        assert [each.code for each in await members_of(conn, roll.id)] == ["N-6", "N-7"]
        for number in (8, 9, 10):
            await happen(conn, number)
        (edit,) = await send_due(conn)
        assert (edit.form, edit.rollup_id) == (DeliveryForm.EDIT, roll.id)
        assert edit.target_message_id == 1000 + roll.id
        assert len(await members_of(conn, roll.id)) == 5


async def test_grave_ones_come_alone(db: Database) -> None:
    """However busy the hour is; and what becomes grave comes out of the roll-up."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(MOST_ALONE):
            await happen(conn, number)
        rolled = await happen(conn, 6)
        await send_due(conn)
        await happen(conn, 7, severity=Severity.GRAVE)
        assert await forms(conn) == ["message"]
        await change(conn, replace(rolled, severity=Severity.GRAVE), AlertKind.DEATHS, DeliveryForm.REPLY)
        await change(conn, replace(rolled, severity=Severity.GRAVE), AlertKind.DEATHS)
        assert sorted(await forms(conn)) == ["edit", "message"]


async def test_each_chat_and_theatre_counts_for_itself(db: Database) -> None:
    """Who had fewer than six gets messages; so does another theatre, and the next hour."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill", "south")
        for number in range(MOST_ALONE):
            await happen(conn, number)
        await a_chat(conn, 2, "hill")
        await send_due(conn)
        await happen(conn, 6)
        await happen(conn, 7, theatre="south", regions=("south",))
        assert sorted((n, form) for n, form, state in await states(conn) if state == "pending") == [
            (1, "message"),
            (1, "rollup"),
            (2, "message"),
        ]
        await send_due(conn)
        await happen(conn, 8, START + 61 * MINUTE)
        left = await send_due(conn, START + 61 * MINUTE)
        assert [str(each.form) for each in left] == ["message", "message"]


async def test_changes_and_retractions_of_what_was_rolled(db: Database) -> None:
    """The roll-up changes; a retraction also answers it."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(MOST_ALONE):
            await happen(conn, number)
        rolled = await happen(conn, 6)
        (*_, roll) = await send_due(conn)
        await change(conn, rolled, AlertKind.CONFIRMED, DeliveryForm.REPLY)
        await change(conn, rolled, AlertKind.CONFIRMED)
        await change(conn, rolled, AlertKind.GROWN)
        (edit,) = await send_due(conn)
        assert (edit.form, edit.rollup_id) == (DeliveryForm.EDIT, roll.id)
        await change(conn, rolled, AlertKind.RETRACTED, DeliveryForm.REPLY)
        await change(conn, rolled, AlertKind.RETRACTED)
        left = await send_due(conn)
        assert [(str(each.form), each.target_message_id) for each in left] == [
            ("reply", 1000 + roll.id),
            ("edit", 1000 + roll.id),
        ]


async def test_a_roll_up_that_never_left_told_nothing(db: Database) -> None:
    """What it held counts as not sent, and its edits go with it."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(MOST_ALONE):
            await happen(conn, number)
        await send_due(conn)
        await happen(conn, 6)
        (roll,) = await deliveries.claim_due(conn, START, 10)
        await happen(conn, 7)
        await deliveries.record(conn, [Recorded(roll.id, DeliveryState.FAILED, START, reason="closed")])
        assert [state for _, _, state in (await states(conn))[MOST_ALONE:]].count("expired") == 3
