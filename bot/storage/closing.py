"""Incidents of long ago: the record of what happened stays, what only served to deliver it goes.

A closed incident tells nobody anything any more: who was told of it is forgotten, and must not be told of it
as of something new.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState
from bot.storage.batches import in_slices
from bot.storage.tables import IS_FOLLOW_UP, IS_MESSAGE, alert, delivery, incident

AT_ONCE: Final = 2_000
"""Deliveries removed in one transaction: some twenty milliseconds, so that no other writer waits long."""
_FINISHED = (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED)
_SEVERAL = (DeliveryForm.ROLLUP, DeliveryForm.DIGEST)


async def closable(conn: AsyncConnection, before: datetime, after_id: int = 0, limit: int = 100) -> list[int]:
    """Ids above `after_id` of incidents of which nothing was reported or alerted since `before`, in order.

    Those of which nothing is left to drop are none; the incident that was alerted last is never one.
    """
    later = alert.alias("later")
    is_living = or_(later.c.created_at >= before, later.c.queued_at.is_(None))
    lives = exists(
        select(literal(1)).select_from(later).where(later.c.incident_id == alert.c.incident_id, is_living)
    )
    latest = select(alert.c.incident_id).order_by(alert.c.id.desc()).limit(1).scalar_subquery()
    statement = (
        select(alert.c.incident_id)
        .distinct()
        .join(incident, incident.c.id == alert.c.incident_id)
        .where(alert.c.created_at < before, incident.c.last_report_at < before, ~lives)
        .where(alert.c.incident_id > after_id, alert.c.incident_id != latest)
        .order_by(alert.c.incident_id)
        .limit(limit)
    )
    return list((await conn.execute(statement)).scalars())


async def close(conn: AsyncConnection, incident_id: int, now: datetime) -> None:
    """From now on nobody is told of the incident who was not told before."""
    first = func.coalesce(incident.c.closed_at, literal(now, incident.c.closed_at.type))
    await conn.execute(update(incident).where(incident.c.id == incident_id).values(closed_at=first))


async def drop_deliveries(conn: AsyncConnection, incident_id: int, limit: int = AT_ONCE) -> int:
    """Remove up to `limit` finished deliveries of a closed incident; returns how many, 0: none is left.

    A roll-up or a digest stays for as long as it tells of an incident that is not closed.
    """
    found: dict[int, int | None] = {}
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        columns = select(delivery.c.id, delivery.c.target_id).where(form, *_is_droppable(incident_id))
        rows = await conn.execute(columns.limit(limit - len(found)))
        found |= {row.id: row.target_id for row in rows}
    await _delete(conn, list(found))
    gathered = sorted({target for target in found.values() if target is not None})
    for part in in_slices(gathered):
        await conn.execute(delete(delivery).where(*_is_emptied(part)))
    return len(found)


async def drop_alerts(conn: AsyncConnection, incident_id: int) -> bool:
    """Remove the alerts of an incident once none of its own deliveries is left; False while some are."""
    own = (delivery.c.incident_id == incident_id, delivery.c.form.not_in(_SEVERAL))
    for form in (IS_MESSAGE, IS_FOLLOW_UP):
        if (await conn.execute(select(delivery.c.id).where(form, *own).limit(1))).first() is not None:
            return False
    await conn.execute(delete(alert).where(alert.c.incident_id == incident_id))
    return True


def _is_droppable(incident_id: int) -> tuple[ColumnElement[bool], ...]:
    is_alone = or_(delivery.c.form.not_in(_SEVERAL), ~exists(_members()))
    return delivery.c.incident_id == incident_id, delivery.c.state.in_(_FINISHED), is_alone


def _is_emptied(ids: Collection[int]) -> tuple[ColumnElement[bool], ...]:
    """Roll-ups and digests whose own incident was closed before the last one that they told of."""
    closed = select(incident.c.id).where(incident.c.id == delivery.c.incident_id)
    is_closed = exists(closed.where(incident.c.closed_at.is_not(None)))
    is_gathered = (delivery.c.id.in_(ids), delivery.c.form.in_(_SEVERAL), delivery.c.state.in_(_FINISHED))
    return *is_gathered, is_closed, ~exists(_members())


def _members() -> Select[Any]:
    """What was told in a roll-up or a digest, and the edits of it."""
    member = delivery.alias("member")
    return select(literal(1)).select_from(member).where(member.c.target_id == delivery.c.id)


async def _delete(conn: AsyncConnection, ids: list[int]) -> None:
    for part in in_slices(ids):
        await conn.execute(delete(delivery).where(delivery.c.id.in_(part)))
