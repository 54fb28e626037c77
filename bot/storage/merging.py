"""Two incidents that turned out to be one: what was sent about the younger belongs to the older."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState
from bot.storage.tables import IS_FOLLOW_UP, IS_MESSAGE, alert, delivery, former_code, incident, report

MERGED: Final = "merged into another incident"

_REACHED = (DeliveryState.SENDING, DeliveryState.SENT)


async def merge_incidents(conn: AsyncConnection, older_id: int, younger_id: int, now: datetime) -> None:
    """Reports, alerts and deliveries move to the older; the younger incident is no more.

    A chat that has both messages keeps both, and both change from now on. What of the younger still waits
    for a chat that has the older is not sent.
    """
    await conn.execute(update(report).where(report.c.incident_id == younger_id).values(incident_id=older_id))
    await _merge_messages(conn, older_id, younger_id)
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        moved = update(delivery).where(form, delivery.c.incident_id == younger_id)
        await conn.execute(moved.values(incident_id=older_id))
    of_younger = alert.c.incident_id == younger_id
    await conn.execute(
        update(alert)
        .where(of_younger)
        .values(incident_id=older_id, queued_at=func.coalesce(alert.c.queued_at, _at(now)))
    )
    await _keep_codes(conn, older_id, younger_id)
    await conn.execute(delete(incident).where(incident.c.id == younger_id))


async def _keep_codes(conn: AsyncConnection, older_id: int, younger_id: int) -> None:
    """Codes of the younger lead to the older: they were said aloud and stand in messages."""
    of_younger = former_code.c.incident_id == younger_id
    await conn.execute(update(former_code).where(of_younger).values(incident_id=older_id))
    own = select(incident.c.code, literal(older_id)).where(incident.c.id == younger_id)
    await conn.execute(insert(former_code).from_select(["code", "incident_id"], own))


async def count_told(conn: AsyncConnection, incident_id: int) -> int:
    """How many chats have, or are about to have, a message about the incident."""
    told = (IS_MESSAGE, delivery.c.incident_id == incident_id, delivery.c.state.in_(_REACHED))
    return int((await conn.execute(select(func.count()).select_from(delivery).where(*told))).scalar_one())


async def _merge_messages(conn: AsyncConnection, older_id: int, younger_id: int) -> None:
    """A chat has one message of an incident: the one that got there stays, a second becomes a copy."""
    mine, never_left = (IS_MESSAGE, delivery.c.incident_id == younger_id), delivery.c.state.not_in(_REACHED)
    unsent = (IS_MESSAGE, delivery.c.incident_id == older_id, never_left, _has_message(younger_id, *_REACHED))
    await conn.execute(delete(delivery).where(*unsent))
    has_older = _has_message(older_id)
    is_rolled = delivery.c.target_id.is_not(None)
    await conn.execute(delete(delivery).where(*mine, has_older, never_left | is_rolled))
    waiting = (IS_FOLLOW_UP, delivery.c.incident_id == younger_id, delivery.c.state == DeliveryState.PENDING)
    closed = {"state": DeliveryState.EXPIRED, "reason": MERGED, "not_before": None}
    await conn.execute(update(delivery).where(*waiting, delivery.c.target_id.is_(None)).values(**closed))
    await conn.execute(update(delivery).where(*mine, has_older).values(form=DeliveryForm.ANEW))


def _has_message(incident_id: int, *states: DeliveryState) -> ColumnElement[bool]:
    """Whether the chat of a delivery has a message about another incident."""
    other = delivery.alias("other")
    is_message = other.c.form == literal(DeliveryForm.MESSAGE, other.c.form.type, literal_execute=True)
    found = select(literal(1)).select_from(other).where(is_message, other.c.incident_id == incident_id)
    found = found.where(other.c.chat_id == delivery.c.chat_id)
    return exists((found.where(other.c.state.in_(states)) if states else found).correlate(delivery))


def _at(now: datetime) -> ColumnElement[datetime]:
    return literal(now, alert.c.queued_at.type)
