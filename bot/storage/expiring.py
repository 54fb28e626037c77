"""What has waited for too long is given up: found by reading, which holds up nobody, and dropped in parts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState
from bot.storage.batches import in_slices
from bot.storage.deliveries import expire_followers
from bot.storage.outages import is_anything_older
from bot.storage.states import PRIORITY_DIGEST
from bot.storage.tables import IS_MESSAGE, IS_PENDING, delivery, is_spelled

FOUND_AT_ONCE: Final = 10_000
PART: Final = 500
"""Deliveries given up in one transaction, some twenty milliseconds."""
TOO_LATE: Final = "it waited too long"


@dataclass(frozen=True, slots=True)
class Expired:
    """Deliveries, by their ids; `is_told_within`: a roll-up that waits was to tell them, which stays."""

    ids: tuple[int, ...]
    is_told_within: bool = False


async def find_expired(conn: AsyncConnection, before: datetime, limit: int = FOUND_AT_ONCE) -> list[Expired]:
    """What was queued before then and waits still, each part for one transaction; up to `limit` of a kind."""
    roll = select(_ROLL.c.id).where(*_ROLL_WAITS)
    within = select(delivery.c.id).where(IS_MESSAGE, delivery.c.target_id.in_(roll))
    stale = (await conn.execute(within.where(delivery.c.queued_at < before).limit(limit))).scalars()
    parts = [Expired(tuple(ids), is_told_within=True) for ids in in_slices(list(stale), PART)]
    if not await is_anything_older(conn, before):
        return parts
    old = select(delivery.c.id).where(IS_PENDING, delivery.c.queued_at < before)
    first = old.order_by(delivery.c.priority, delivery.c.id).limit(limit)
    ids_of_old = list((await conn.execute(first)).scalars())
    return parts + [Expired(tuple(ids)) for ids in in_slices(ids_of_old, PART)]


async def give_up(conn: AsyncConnection, part: Expired) -> int:
    """Drop what waits still; returns how many. What is on its way meanwhile is let be.

    When a message came to nothing, what was to follow it up expires with it.
    """
    is_meant = delivery.c.id.in_(part.ids)
    if part.is_told_within:
        is_waiting = select(_ROLL.c.id).where(_ROLL.c.id == delivery.c.target_id, *_ROLL_WAITS).exists()
        return await _drop(conn, is_meant, is_waiting, target_id=None, sent_at=None)
    waiting = list((await conn.execute(select(delivery.c.id).where(is_meant, IS_PENDING))).scalars())
    dropped = await _drop(conn, delivery.c.id.in_(waiting), not_before=None)
    await expire_followers(conn, waiting)
    return dropped


_ROLL = delivery.alias("roll")
_ROLL_WAITS = (
    is_spelled(_ROLL.c.state, DeliveryState.PENDING),
    is_spelled(_ROLL.c.form, DeliveryForm.ROLLUP),
    _ROLL.c.priority == PRIORITY_DIGEST,
)


async def _drop(conn: AsyncConnection, *is_meant: ColumnElement[bool], **values: Any) -> int:
    gone = update(delivery).where(*is_meant)
    values |= {"state": DeliveryState.EXPIRED, "reason": TOO_LATE}
    return (await conn.execute(gone.values(**values))).rowcount
