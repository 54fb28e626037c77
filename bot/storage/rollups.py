"""Busy hours: what comes after a chat's sixth alert of a theatre in an hour is told in one message.

A rolled incident has a message's row, which was never a message: it is aimed at the roll-up's row. So the
incident counts as told, and whatever becomes of it changes the roll-up.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import ScalarSelect

from bot.model import DeliveryForm, DeliveryState, Incident
from bot.storage.columns import Instant
from bot.storage.matches import Match, Window
from bot.storage.states import PRIORITY_DIGEST, PRIORITY_EDIT, PRIORITY_NEW
from bot.storage.tables import IS_MESSAGE, alert, delivery, incident, is_spelled

MOST_ALONE: Final = 6
"""Alerts of one theatre in an hour that a chat gets as messages of their own."""
BUSY_HOUR: Final = timedelta(hours=1)

_LIVE = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.SENT)
_LEFT = (DeliveryState.SENDING, DeliveryState.SENT)


async def roll_up(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> None:
    """Put the messages just queued for a window into roll-ups, in chats for which the hour is busy.

    Late news goes into one roll-up a chat, of all theatres, from the first on.
    """
    if not match.is_late and not await _is_busy(conn, match, now):
        return
    await conn.execute(_begin(match, window, now))
    await conn.execute(_grow(match, window, now))
    roll = _open_roll(delivery, match, now)
    inside = {"state": DeliveryState.SENT, "sent_at": now, "target_id": roll}
    await conn.execute(
        update(delivery).where(*_just_queued(delivery, match, window), roll.is_not(None)).values(**inside)
    )


async def members_of(conn: AsyncConnection, roll_id: int) -> list[Incident]:
    """The incidents that a roll-up tells, as they are now, in the order in which they came."""
    rows = await conn.execute(
        select(incident.c.id, incident.c.snapshot)
        .join_from(delivery, incident, incident.c.id == delivery.c.incident_id)
        .where(delivery.c.target_id == roll_id, IS_MESSAGE)
        .order_by(delivery.c.id)
    )
    return [row.snapshot for row in rows]


async def _is_busy(conn: AsyncConnection, match: Match, now: datetime) -> bool:
    """Whether some chat may have had its six alerts or have a roll-up: a look at few rows in quiet hours."""
    asked = {"since": now - 2 * BUSY_HOUR, "theatre": match.theatre, "incident": match.incident_id}
    return int((await conn.execute(_MANY_RECENT, asked)).scalar_one()) >= MOST_ALONE


def _recent(
    since: ColumnElement[datetime], theatre: ColumnElement[str], incident_id: ColumnElement[int]
) -> Select[Any]:
    """The other incidents of a theatre that alerts were made of."""
    return (
        select(alert.c.incident_id)
        .distinct()
        .join_from(alert, incident, incident.c.id == alert.c.incident_id)
        .where(alert.c.created_at > since, incident.c.theatre == theatre)
        .where(alert.c.incident_id != incident_id)
    )


_MANY_RECENT: Final = select(func.count()).select_from(
    _recent(
        bindparam("since", type_=Instant()), bindparam("theatre"), bindparam("incident", type_=BigInteger())
    )
    .limit(MOST_ALONE)
    .subquery()
)
"""Built once: it runs with every chunk."""


def _begin(match: Match, window: Window, now: datetime) -> Any:
    """A roll-up for every chat that had its six and has none open."""
    new, other = delivery.alias("new"), delivery.alias("other")
    since = literal(now - 2 * BUSY_HOUR, alert.c.created_at.type)
    recent = _recent(since, literal(match.theatre), literal(match.incident_id))
    few = (
        select(literal(1))
        .select_from(other)
        .where(is_spelled(other.c.form, DeliveryForm.MESSAGE), other.c.chat_id == new.c.chat_id)
        .where(other.c.incident_id.in_(recent))
        .where(other.c.queued_at > now - BUSY_HOUR, other.c.target_id.is_(None), other.c.state.in_(_LIVE))
        .limit(MOST_ALONE)
        .correlate(new)
        .subquery("few")
    )
    had = select(func.count()).select_from(few).scalar_subquery()
    priority = PRIORITY_DIGEST if match.is_late else PRIORITY_NEW
    columns = _columns(match, now, new.c.chat_id, DeliveryForm.ROLLUP, priority, cast(null(), BigInteger()))
    chosen = (
        select(*columns.values())
        .select_from(new)
        .where(*_just_queued(new, match, window), _open_roll(new, match, now).is_(None))
    )
    if not match.is_late:
        chosen = chosen.where(had >= MOST_ALONE)
    return insert(delivery).from_select(list(columns), chosen)


def _grow(match: Match, window: Window, now: datetime) -> Any:
    """An edit of every open roll-up that has left, unless one waits."""
    new, roll, edit = delivery.alias("new"), delivery.alias("grown"), delivery.alias("edit")
    columns = _columns(match, now, new.c.chat_id, DeliveryForm.EDIT, PRIORITY_EDIT, roll.c.id)
    waiting = (edit.c.target_id == roll.c.id, edit.c.state == DeliveryState.PENDING)
    is_edit_waiting = exists(
        select(literal(1)).select_from(edit).where(*waiting, edit.c.form == DeliveryForm.EDIT)
    )
    chosen = (
        select(*columns.values())
        .join_from(new, roll, roll.c.id == _open_roll(new, match, now))
        .where(*_just_queued(new, match, window), roll.c.state.in_(_LEFT), ~is_edit_waiting)
    )
    return insert(delivery).from_select(list(columns), chosen)


def _just_queued(table: Any, match: Match, window: Window) -> tuple[ColumnElement[bool], ...]:
    """The messages that this alert has just brought to chats of the window."""
    of_chat = table.c.chat_id
    is_inside = (of_chat > match.cursor, of_chat <= window.last_chat_id)
    is_new = (table.c.alert_id == match.alert_id, table.c.state == DeliveryState.PENDING)
    is_message = is_spelled(table.c.form, DeliveryForm.MESSAGE)
    return is_message, table.c.incident_id == match.incident_id, *is_inside, *is_new, table.c.attempts == 0


def _open_roll(table: Any, match: Match, now: datetime) -> ScalarSelect[Any]:
    """The roll-up of the theatre that the chat of a row of `table` has had for less than an hour.

    For late news the one that holds such, of all theatres; fresh news never disappears in that.
    """
    roll, first = delivery.alias("roll"), incident.alias("first")
    is_fitting = (
        (roll.c.priority == PRIORITY_DIGEST)
        if match.is_late
        else and_(roll.c.priority != PRIORITY_DIGEST, first.c.theatre == match.theatre)
    )
    return (
        select(func.max(roll.c.id))
        .join_from(roll, first, first.c.id == roll.c.incident_id)
        .where(is_spelled(roll.c.form, DeliveryForm.ROLLUP), roll.c.chat_id == table.c.chat_id)
        .where(roll.c.queued_at > now - BUSY_HOUR, roll.c.state.in_(_LIVE), is_fitting)
        .correlate(table)
        .scalar_subquery()
    )


def _columns(
    match: Match,
    now: datetime,
    chat_id: ColumnElement[int],
    form: DeliveryForm,
    priority: int,
    target_id: ColumnElement[Any],
) -> dict[str, ColumnElement[Any]]:
    return {
        "alert_id": literal(match.alert_id),
        "incident_id": literal(match.incident_id),
        "chat_id": chat_id,
        "form": literal(form, delivery.c.form.type),
        "state": literal(DeliveryState.PENDING, delivery.c.state.type),
        "priority": literal(priority),
        "attempts": literal(0),
        "queued_at": literal(now, delivery.c.queued_at.type),
        "is_uncertain": literal(False),
        "target_id": target_id,
    }


__all__ = ["BUSY_HOUR", "MOST_ALONE", "members_of", "roll_up"]
