"""What becomes of those who were told, when an incident changes: merged, kept apart, in the chosen style."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, ChatStyle, DeliveryForm, DeliveryState, Severity
from bot.storage import alerts, deliveries
from bot.storage.chats import set_style
from bot.storage.database import Database
from bot.storage.deliveries import ClaimedDelivery, Recorded
from bot.storage.merging import count_told, merge_incidents
from bot.storage.states import SENT_ANEW
from bot.storage.tables import delivery
from tests.clock import START
from tests.storage.values import a_chat, an_incident, states, tell

MINUTE = timedelta(minutes=1)
EDIT, REPLY = DeliveryForm.EDIT, DeliveryForm.REPLY


async def send_due(conn: AsyncConnection, now: object = START) -> list[ClaimedDelivery]:
    """All that may leave at `now` leaves; returns it."""
    left: list[ClaimedDelivery] = []
    while claimed := await deliveries.claim_due(conn, now, 100):  # type: ignore[arg-type]
        sent = [Recorded(each.id, DeliveryState.SENT, now, message_id=1000 + each.id) for each in claimed]  # type: ignore[arg-type]
        await deliveries.record(conn, sent)
        left += claimed
    return left


async def test_waiting_edits_are_one_with_the_newest_state(db: Database) -> None:
    """Three changes before the first edit could leave are one edit."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        await send_due(conn)
        for _ in range(3):
            _, newest = await tell(conn, told, kind=AlertKind.GROWN)
        (edit,) = await send_due(conn)
        assert (edit.form, edit.alert_id) == (EDIT, newest)


async def test_a_message_that_waits_takes_the_newest_state(db: Database) -> None:
    """What was not sent yet needs no edit, and becomes as urgent as the incident has become."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        grave = replace(told, severity=Severity.GRAVE)
        await tell(conn, grave, kind=AlertKind.DEATHS, follow_up=REPLY)
        _, newest = await tell(conn, grave, kind=AlertKind.DEATHS)
        (message,) = await send_due(conn)
        assert (message.form, message.alert_id, message.priority) == (DeliveryForm.MESSAGE, newest, 0)


async def test_replies_keep_ten_minutes_apart_and_wait_as_one(db: Database) -> None:
    """The first sounds at once, all others of the next ten minutes together, telling each change."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        await send_due(conn)
        await tell(conn, told, kind=AlertKind.DENIED, follow_up=REPLY)
        assert [each.form for each in await send_due(conn)] == [REPLY]
        now = START + MINUTE
        for kind in (AlertKind.CONFIRMED, AlertKind.DEATHS):
            await tell(conn, told, kind=kind, follow_up=REPLY, now=now)
        both = (AlertKind.WIDER, AlertKind.DEATHS)
        _, newest = await tell(conn, told, kind=AlertKind.DEATHS, follow_up=REPLY, now=now, kinds=both)
        assert await send_due(conn, START + 9 * MINUTE) == []
        assert await deliveries.next_due(conn, now) == START + 10 * MINUTE
        assert not await deliveries.is_anything_due(conn, now)
        (reply,) = await send_due(conn, START + 10 * MINUTE)
        assert (reply.alert_id, reply.first_alert_id) == (newest, newest - 2)
        kinds = await alerts.told_kinds(conn, told.id or 0, newest - 2, newest)
        assert kinds == (AlertKind.CONFIRMED, AlertKind.DEATHS, AlertKind.WIDER)
        await tell(conn, told, kind=AlertKind.WIDER, follow_up=REPLY, now=START + 30 * MINUTE)
        assert [each.form for each in await send_due(conn, START + 30 * MINUTE)] == [REPLY]


@pytest.mark.parametrize(
    ("style", "expected"),
    [(ChatStyle.LIVING, [REPLY, EDIT]), (ChatStyle.EDITS, [EDIT]), (ChatStyle.EACH, [DeliveryForm.ANEW])],
)
async def test_styles(db: Database, style: ChatStyle, expected: list[DeliveryForm]) -> None:
    """A change that matters: an edit and a reply, an edit alone, or a whole new message."""
    async with db.writing() as conn:
        chat = await a_chat(conn, 1, "hill")
        await set_style(conn, chat.id, style)
        told, _ = await tell(conn, an_incident())
        await send_due(conn)
        for form in (REPLY, EDIT):
            await tell(conn, told, kind=AlertKind.CONFIRMED, follow_up=form)
        assert [each.form for each in await send_due(conn)] == expected


@pytest.mark.parametrize("style", ChatStyle)
async def test_a_retraction_is_told_aloud_in_every_style(db: Database, style: ChatStyle) -> None:
    """Every whole message that a chat has is struck through, and one reply says so; nobody else hears."""
    async with db.writing() as conn:
        chat = await a_chat(conn, 1, "hill")
        await set_style(conn, chat.id, style)
        told, _ = await tell(conn, an_incident())
        first = await send_due(conn)
        await tell(conn, told, kind=AlertKind.GROWN)
        more = await send_due(conn)
        await a_chat(conn, 2, "hill")
        for form in (REPLY, EDIT):
            await tell(conn, told, kind=AlertKind.RETRACTED, follow_up=form)
        last = await send_due(conn)
        wholes = [each for each in (*first, *more) if each.form in (DeliveryForm.MESSAGE, DeliveryForm.ANEW)]
        edited = [each.target_message_id for each in last if each.form is EDIT]
        assert sorted(edited, key=str) == sorted((1000 + each.id for each in wholes), key=str)
        assert [each.form for each in last].count(REPLY) == 1
        assert {each.telegram_id for each in last} == {1}


async def test_what_is_retracted_before_it_leaves_is_not_sent(db: Database) -> None:
    """Nobody is told of it, not even that it is taken back."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        for form in (REPLY, EDIT):
            await tell(conn, told, kind=AlertKind.RETRACTED, follow_up=form)
        assert await states(conn) == [(1, "message", "expired")]


async def test_a_message_that_was_sent_anew_is_the_living_one(db: Database) -> None:
    """Its number replaces the lost one, and it is remembered that this was done."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        await send_due(conn)
        await tell(conn, told, kind=AlertKind.GROWN)
        (edit,) = await deliveries.claim_due(conn, START, 10)
        assert not edit.is_renewed
        renewed = Recorded(edit.id, DeliveryState.SENT, START, message_id=77, renewed_id=edit.target_id)
        await deliveries.record(conn, [renewed])
        await tell(conn, told, kind=AlertKind.GROWN)
        (again,) = await deliveries.claim_due(conn, START, 10)
        assert (again.target_message_id, again.is_renewed) == (77, True)
        reasons = list((await conn.execute(select(delivery.c.reason).order_by(delivery.c.id))).scalars())
        assert reasons[0] == SENT_ANEW


async def test_merged_incidents_alert_nobody_again(db: Database) -> None:
    """Who has both messages keeps both, who has one keeps it, and all of them change; nobody else hears."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "valley")
        await a_chat(conn, 3, "hill", "valley")
        older, _ = await tell(conn, an_incident("N-1", ("north", "hill")))
        younger, _ = await tell(conn, an_incident("N-2", ("north", "valley")))
        first = await send_due(conn)
        await a_chat(conn, 4, "north")
        assert await count_told(conn, older.id or 0) == 2
        await merge_incidents(conn, older.id or 0, younger.id or 0, START)
        merged = replace(older, regions=("north", "hill", "valley"))
        await tell(conn, merged, kind=AlertKind.MERGED)
        edits = await send_due(conn)
        assert {each.form for each in edits} == {EDIT}
        assert {each.target_message_id for each in edits} == {1000 + each.id for each in first}
        assert sorted(each.telegram_id for each in edits) == [1, 2, 3, 3]


async def test_a_merged_incident_that_waits_is_not_sent_twice(db: Database) -> None:
    """Of two messages that wait the older's stays; one that got there wins over one that waits."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        older, _ = await tell(conn, an_incident("N-1"))
        younger, _ = await tell(conn, an_incident("N-2"))
        await merge_incidents(conn, older.id or 0, younger.id or 0, START)
        assert [each.form for each in await send_due(conn)] == [DeliveryForm.MESSAGE]
        await a_chat(conn, 2, "sea")
        third, _ = await tell(conn, an_incident("N-3", ("sea",)))
        await send_due(conn)
        fourth, _ = await tell(conn, an_incident("N-4", ("sea",)))
        await merge_incidents(conn, fourth.id or 0, third.id or 0, START)
        assert await send_due(conn) == []
        assert await count_told(conn, fourth.id or 0) == 1
