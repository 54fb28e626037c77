"""What left for which chat just now: Telegram's limits do not begin anew with the process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatKind, DeliveryForm
from bot.storage.tables import IS_PENDING, IS_SENDING, chat, delivery

CLAIMED_AHEAD: Final = timedelta(seconds=10)
"""A delivery leaves so long after it was claimed, at most."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Something that left for a chat, or may have left."""

    telegram_id: int
    chat_kind: ChatKind
    form: DeliveryForm
    at: datetime


async def latest_departures(conn: AsyncConnection, now: datetime, within: timedelta) -> list[Departure]:
    """What left within so long before `now`, in the order of time; ask before `release_sending`.

    What was being sent when the process ended may have arrived: it counts as sent at `now`, lest a limit be
    overstepped. What was told inside another message did not leave by itself.
    """
    since = now - within
    rows = await conn.execute(_select(delivery.c.sent_at > since, _is_own()).order_by(delivery.c.sent_at))
    left = [Departure(*row) for row in rows]
    for doubt in (IS_SENDING, _is_in_doubt(since)):
        rows = await conn.execute(_select(doubt))
        left += [Departure(row.telegram_id, row.kind, row.form, now) for row in rows]
    return left


def _select(*is_meant: ColumnElement[bool]) -> Select[Any]:
    columns = (chat.c.telegram_id, chat.c.kind, delivery.c.form, delivery.c.sent_at)
    return select(*columns).join_from(delivery, chat, chat.c.id == delivery.c.chat_id).where(*is_meant)


def _is_own() -> ColumnElement[bool]:
    return or_(delivery.c.form != DeliveryForm.MESSAGE, delivery.c.target_id.is_(None))


def _is_in_doubt(since: datetime) -> ColumnElement[bool]:
    """Whether it waits for a time because no answer came to a request of late."""
    is_late = delivery.c.claimed_at > since - CLAIMED_AHEAD
    return and_(IS_PENDING, delivery.c.not_before.is_not(None), delivery.c.is_uncertain, is_late)
