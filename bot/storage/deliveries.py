"""The outbox: pending, sending, sent, failed, expired. A committed delivery is never lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Select,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatKind, DeliveryForm, DeliveryState
from bot.storage.columns import Instant, from_microseconds, to_microseconds
from bot.storage.settings import get_setting, put_setting
from bot.storage.states import ChatState
from bot.storage.tables import IS_MESSAGE, IS_PENDING, IS_SENDING, chat, delivery, is_spelled

PAUSE_ALL = "sending_not_before"
"""The setting under which a pause of all sending outlives a restart, in microseconds."""


@dataclass(frozen=True, slots=True)
class ClaimedDelivery:
    """A delivery that is this process's to send, its chat's address, and what it follows up.

    `attempts` counts this one. `target_message_id` is the message that an edit changes or a reply answers;
    None when Telegram's number for it is not known.
    """

    id: int
    alert_id: int
    incident_id: int
    chat_id: int
    telegram_id: int
    topic_id: int
    chat_kind: ChatKind
    language: str | None
    form: DeliveryForm
    priority: int
    attempts: int
    queued_at: datetime
    is_uncertain: bool
    """It was being sent when the process died: it may have arrived."""
    target_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of a claimed delivery.

    state: SENT (with `message_id`), PENDING (again, from `not_before` on), FAILED or EXPIRED (with `reason`).
    `is_uncertain`: Telegram may have accepted it though no answer came.
    """

    delivery_id: int
    state: DeliveryState
    at: datetime
    message_id: int | None = None
    reason: str | None = None
    not_before: datetime | None = None
    is_uncertain: bool = False


@dataclass(frozen=True, slots=True)
class QueueSize:
    """Deliveries that wait and that are being sent."""

    pending: int
    sending: int


@dataclass(frozen=True, slots=True)
class Pauses:
    """Deadlines of the pace: before `everything` nothing may be sent; chats by Telegram's number."""

    everything: datetime | None
    chats: dict[int, datetime]


async def claim_due(conn: AsyncConnection, now: datetime, limit: int) -> list[ClaimedDelivery]:
    """Mark up to `limit` deliveries as being sent, the most urgent and longest waiting first.

    At most one for a chat, none for a chat that has one on its way, is gone, or must wait; an edit or
    reply only once its message has left. Commit before sending.
    """
    message = delivery.alias("message")
    is_followed = and_(
        delivery.c.form != DeliveryForm.MESSAGE,
        message.c.form == DeliveryForm.MESSAGE,
        message.c.incident_id == delivery.c.incident_id,
        message.c.chat_id == delivery.c.chat_id,
    )
    statement = (
        select(
            *(delivery.c[name] for name in _OWN),
            (delivery.c.attempts + 1).label("attempts"),
            *(chat.c[name] for name in ("telegram_id", "topic_id", "language")),
            chat.c.kind.label("chat_kind"),
            message.c.message_id.label("target_message_id"),
        )
        .join(chat, chat.c.id == delivery.c.chat_id)
        .outerjoin(message, is_followed)
        .where(_is_due(now), _is_first_of_chat(now))
        .order_by(delivery.c.priority, delivery.c.id)
        .limit(limit)
        .with_for_update(of=delivery, skip_locked=True)
    )
    claimed = [ClaimedDelivery(**row._asdict()) for row in await conn.execute(statement)]
    if claimed:
        ids = [each.id for each in claimed]
        taken = {"state": DeliveryState.SENDING, "attempts": delivery.c.attempts + 1, "claimed_at": now}
        await conn.execute(update(delivery).where(delivery.c.id.in_(ids)).values(**taken))
    return claimed


async def record(conn: AsyncConnection, outcomes: Sequence[Recorded]) -> None:
    """Keep what came of claimed deliveries, all at once; one that is no longer being sent is left alone.

    When a message came to nothing, what was to follow it up expires with it.
    """
    if not outcomes:
        return
    is_sending = delivery.c.state == DeliveryState.SENDING  # spelled out it would forbid a batch
    recorded = update(delivery).where(delivery.c.id == bindparam("of"), is_sending)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in _OUTCOME}
    values["is_uncertain"] = or_(delivery.c.is_uncertain, bindparam("new_is_uncertain", type_=Boolean()))
    await conn.execute(recorded.values(**values), [_row(outcome) for outcome in outcomes])
    closed = [o.delivery_id for o in outcomes if o.state in (DeliveryState.FAILED, DeliveryState.EXPIRED)]
    if closed:
        await _expire_followers(conn, delivery.c.id.in_(closed))


async def release_sending(conn: AsyncConnection, now: datetime) -> int:
    """At the start: what was being sent when the last process ended is uncertain and goes out once more."""
    again = {"state": DeliveryState.PENDING, "is_uncertain": True, "not_before": None, "claimed_at": None}
    return (await conn.execute(update(delivery).where(IS_SENDING).values(**again))).rowcount


async def expire(conn: AsyncConnection, now: datetime, max_age: timedelta) -> int:
    """Give up what has waited for longer than `max_age` (zero: never); returns how many."""
    if not max_age:
        return 0
    old = (IS_PENDING, delivery.c.queued_at < now - max_age)
    values = {"state": DeliveryState.EXPIRED, "reason": "it waited too long", "not_before": None}
    expired = (await conn.execute(update(delivery).where(*old).values(**values))).rowcount
    if expired:
        await _expire_followers(conn, delivery.c.state == DeliveryState.EXPIRED)
    return expired


async def queue_size(conn: AsyncConnection) -> QueueSize:
    """How much waits and how much is being sent."""
    pending = (await conn.execute(select(func.count()).select_from(delivery).where(IS_PENDING))).scalar_one()
    sending = (await conn.execute(select(func.count()).select_from(delivery).where(IS_SENDING))).scalar_one()
    return QueueSize(pending, sending)


async def hold_chat(conn: AsyncConnection, chat_id: int, until: datetime) -> None:
    """Telegram asked to send nothing to the chat before `until`; a later deadline that is known stays."""
    is_longer = or_(chat.c.not_before.is_(None), chat.c.not_before < until)
    await conn.execute(update(chat).where(chat.c.id == chat_id, is_longer).values(not_before=until))


async def hold_all(conn: AsyncConnection, until: datetime | None) -> None:
    """Telegram asked to send nothing at all before `until`; None lifts it."""
    await put_setting(conn, PAUSE_ALL, None if until is None else to_microseconds(until))


async def pauses(conn: AsyncConnection, now: datetime) -> Pauses:
    """The deadlines that still lie ahead."""
    held = select(chat.c.telegram_id, func.max(chat.c.not_before, type_=Instant()).label("until"))
    held = held.where(chat.c.not_before > now).group_by(chat.c.telegram_id)
    chats = {row.telegram_id: row.until for row in await conn.execute(held)}
    microseconds = await get_setting(conn, PAUSE_ALL)
    everything = None if microseconds is None else from_microseconds(microseconds)
    return Pauses(everything if everything is not None and everything > now else None, chats)


_OWN = ("id", "alert_id", "incident_id", "chat_id", "form", "priority", "queued_at", "is_uncertain")
_OUTCOME = ("state", "sent_at", "message_id", "reason", "not_before")


def _row(outcome: Recorded) -> dict[str, Any]:
    return {
        "of": outcome.delivery_id,
        "new_state": outcome.state,
        "new_sent_at": outcome.at if outcome.state is DeliveryState.SENT else None,
        "new_message_id": outcome.message_id,
        "new_reason": outcome.reason,
        "new_not_before": outcome.not_before,
        "new_is_uncertain": outcome.is_uncertain,
    }


def _is_due(now: datetime) -> ColumnElement[bool]:
    """Whether a delivery may leave now, apart from others that wait for the same chat."""
    in_flight = delivery.alias("in_flight")
    is_busy = exists(
        _one(in_flight).where(
            _is(in_flight, DeliveryState.SENDING), in_flight.c.chat_id == delivery.c.chat_id
        )
    )
    return and_(
        _is_ready(delivery, now),
        chat.c.state == ChatState.ACTIVE,
        or_(chat.c.not_before.is_(None), chat.c.not_before <= now),
        ~is_busy,
    )


def _is_first_of_chat(now: datetime) -> ColumnElement[bool]:
    """Whether nothing else that is ready goes to the same chat before it."""
    earlier = delivery.alias("earlier")
    is_before = tuple_(earlier.c.priority, earlier.c.id) < tuple_(delivery.c.priority, delivery.c.id)
    return ~exists(
        _one(earlier).where(earlier.c.chat_id == delivery.c.chat_id, is_before, _is_ready(earlier, now))
    )


def _is_ready(table: FromClause, now: datetime) -> ColumnElement[bool]:
    """Pending, its own deadline past, and what it follows up is no longer waiting or on its way."""
    told = delivery.alias(f"told_of_{table.description}")
    is_open = told.c.state.in_((DeliveryState.PENDING, DeliveryState.SENDING))
    is_its_message = and_(told.c.incident_id == table.c.incident_id, told.c.chat_id == table.c.chat_id)
    waits = exists(_one(told).where(is_spelled(told.c.form, DeliveryForm.MESSAGE), is_its_message, is_open))
    return and_(
        _is(table, DeliveryState.PENDING),
        or_(table.c.not_before.is_(None), table.c.not_before <= now),
        or_(table.c.form == DeliveryForm.MESSAGE, ~waits),
    )


def _is(table: FromClause, state: DeliveryState) -> ColumnElement[bool]:
    return is_spelled(table.c.state, state)


def _one(table: FromClause) -> Select[Any]:
    return select(literal(1)).select_from(table)


async def _expire_followers(conn: AsyncConnection, is_closed: ColumnElement[bool]) -> None:
    """Edits and replies whose message came to nothing have nothing to change or answer."""
    follower = delivery.alias("follower")
    orphans = (
        select(follower.c.id)
        .join(
            delivery,
            and_(delivery.c.incident_id == follower.c.incident_id, delivery.c.chat_id == follower.c.chat_id),
        )
        .where(
            is_closed,
            IS_MESSAGE,
            _is(follower, DeliveryState.PENDING),
            follower.c.form != DeliveryForm.MESSAGE,
        )
    )
    values = {"state": DeliveryState.EXPIRED, "reason": "its message was not sent"}
    await conn.execute(update(delivery).where(delivery.c.id.in_(orphans)).values(**values))


async def next_due(conn: AsyncConnection, now: datetime) -> datetime | None:
    """When the first delivery that waits for a time, or held chat, may go on; None: none waits for a time."""
    own = select(func.min(delivery.c.not_before, type_=Instant())).where(
        IS_PENDING, delivery.c.not_before > now
    )
    held = select(func.min(chat.c.not_before, type_=Instant())).where(chat.c.not_before > now)
    times = [(await conn.execute(statement)).scalar() for statement in (own, held)]
    return min((time for time in times if time is not None), default=None)
