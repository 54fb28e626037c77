"""Which deliveries may leave now, as one statement built once: building it costs more than running it."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState
from bot.storage.columns import Instant
from bot.storage.states import SENT_ANEW, ChatState
from bot.storage.tables import IS_PENDING, alert, chat, delivery, is_spelled


class Fresh(NamedTuple):
    """A new alert: its deliveries have this priority and higher numbers than `after_id`."""

    alert_id: int
    priority: int
    after_id: int


async def begin_fresh(conn: AsyncConnection, alert_id: int) -> Fresh | None:
    """To be asked before the first of an alert's deliveries is queued; None when it is about a change."""
    new = select(alert.c.priority).where(alert.c.id == alert_id, alert.c.kind == AlertKind.NEW)
    priority = (await conn.execute(new)).scalar()
    if priority is None:
        return None
    newest = (await conn.execute(select(func.max(delivery.c.id)))).scalar()
    return Fresh(alert_id, priority, newest or 0)


_NOW = bindparam("now", type_=Instant())
_AFTER = (bindparam("priority", type_=Integer()), bindparam("id", type_=BigInteger()))


def _select_due() -> Select[Any]:
    """Rows in the order of the fields of `ClaimedDelivery`.

    Bind `now`, `most`, the `priority` and `id` after which to go on, and the chats `taken` already.
    """
    message, aimed = delivery.alias("message"), delivery.alias("aimed")
    is_aimed = delivery.c.target_id.is_not(None)
    several = (DeliveryForm.ROLLUP, DeliveryForm.DIGEST)
    is_rollup = or_(delivery.c.form.in_(several), aimed.c.form.in_(several))
    is_followed = and_(
        delivery.c.form != DeliveryForm.MESSAGE,
        is_spelled(message.c.form, DeliveryForm.MESSAGE),
        message.c.incident_id == delivery.c.incident_id,
        message.c.chat_id == delivery.c.chat_id,
    )
    return (
        select(
            *(delivery.c[name] for name in ("id", "alert_id", "incident_id", "chat_id")),
            *(chat.c[name] for name in ("telegram_id", "topic_id", "kind", "language")),
            *(delivery.c[name] for name in ("form", "priority")),
            (delivery.c.attempts + 1).label("attempts"),
            *(delivery.c[name] for name in ("queued_at", "is_uncertain")),
            case((is_aimed, aimed.c.message_id), else_=message.c.message_id).label("target_message_id"),
            func.coalesce(delivery.c.target_id, message.c.id).label("target_id"),
            case((is_rollup, func.coalesce(delivery.c.target_id, delivery.c.id))).label("rollup_id"),
            (func.coalesce(case((is_aimed, aimed.c.reason), else_=message.c.reason), "") == SENT_ANEW).label(
                "is_renewed"
            ),
            delivery.c.first_alert_id,
            or_(
                delivery.c.form == DeliveryForm.DIGEST, func.coalesce(aimed.c.form, "") == DeliveryForm.DIGEST
            ).label("is_digest"),
            *(chat.c[name] for name in ("sound", "length")),
        )
        .join(chat, chat.c.id == delivery.c.chat_id)
        .outerjoin(message, is_followed)
        .outerjoin(aimed, aimed.c.id == delivery.c.target_id)
        .where(_is_ready(), _may_be_written_to(), ~_is_busy())
        .where(tuple_(delivery.c.priority, delivery.c.id) > tuple_(*_AFTER))
        .where(delivery.c.chat_id.not_in(bindparam("taken", expanding=True)))
        .order_by(delivery.c.priority, delivery.c.id)
        .limit(bindparam("most", type_=Integer()))
        .with_for_update(of=delivery, skip_locked=True)
    )


def _may_be_written_to() -> ColumnElement[bool]:
    return and_(chat.c.state == ChatState.ACTIVE, or_(chat.c.not_before.is_(None), chat.c.not_before <= _NOW))


def _is_busy() -> ColumnElement[bool]:
    """Whether something is on its way to the same chat."""
    in_flight = delivery.alias("in_flight")
    is_sending = is_spelled(in_flight.c.state, DeliveryState.SENDING)
    return exists(_one(in_flight).where(is_sending, in_flight.c.chat_id == delivery.c.chat_id))


def _is_ready() -> ColumnElement[bool]:
    """Pending, its own deadline past, and what it follows up is no longer waiting or on its way."""
    told, target = delivery.alias("told"), delivery.alias("target")
    open_states = (DeliveryState.PENDING, DeliveryState.SENDING)
    is_open = told.c.state.in_(open_states)
    is_target = and_(target.c.id == delivery.c.target_id, target.c.state.in_(open_states))
    is_its_message = and_(told.c.incident_id == delivery.c.incident_id, told.c.chat_id == delivery.c.chat_id)
    waits = exists(_one(told).where(is_spelled(told.c.form, DeliveryForm.MESSAGE), is_its_message, is_open))
    return and_(
        IS_PENDING,
        or_(delivery.c.not_before.is_(None), delivery.c.not_before <= _NOW),
        or_(delivery.c.form == DeliveryForm.MESSAGE, ~waits),
        or_(delivery.c.target_id.is_(None), ~exists(_one(target).where(is_target))),
    )


def _one(table: FromClause) -> Select[Any]:
    return select(literal(1)).select_from(table)


def _select_head() -> Select[Any]:
    """The delivery that would leave next; since when it could is the latest of its times. Bind `now`."""
    return (
        select(delivery.c.queued_at, delivery.c.not_before, chat.c.not_before.label("held_until"))
        .join(chat, chat.c.id == delivery.c.chat_id)
        .where(_is_ready(), _may_be_written_to(), ~_is_busy())
        .order_by(delivery.c.priority, delivery.c.id)
        .limit(1)
    )


HEAD = _select_head()
"""The first delivery that may leave now, or no row."""
DUE = _select_due()
"""Deliveries that may leave now, the most urgent and longest waiting first; several may go to one chat."""
