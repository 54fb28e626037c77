"""The outbox: pending, sending, sent, failed, expired. A committed delivery is never lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Boolean,
    and_,
    bindparam,
    func,
    literal_column,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Length, Sound
from bot.model import ChatKind, DeliveryForm, DeliveryState
from bot.storage.batches import execute_rows
from bot.storage.claiming import DUE, HEAD, Fresh
from bot.storage.columns import Instant, from_microseconds, to_microseconds
from bot.storage.functions import Numbers, is_among
from bot.storage.settings import get_setting, put_setting
from bot.storage.states import SENT_ANEW
from bot.storage.tables import (
    IS_FOLLOW_UP,
    IS_MESSAGE,
    IS_PENDING,
    IS_SENDING,
    alert,
    chat,
    delivery,
    is_spelled,
)

CROWD = 500
"""A few seconds' or a quarter of a minute's work; a flood of incidents in a small service keeps its order."""
PAUSE_ALL = "sending_not_before"
"""The setting under which a pause of all sending outlives a restart, in microseconds."""


class ClaimedDelivery(NamedTuple):
    """A delivery that is this process's to send, its chat's address, and what it follows up.

    A tuple, as `Recorded` is: to make a frozen dataclass of so many fields costs ten times as much.

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
    target_id: int | None = None
    """The delivery whose message that is."""
    rollup_id: int | None = None
    """The delivery of the roll-up that is sent or changed by this."""
    is_renewed: bool = False
    """Its target was gone before, and has been sent anew."""
    first_alert_id: int | None = None
    """The earliest of the alerts that a reply tells, where several waited."""
    is_digest: bool = False
    """What `rollup_id` names is a digest."""
    sound: Sound = Sound.ALL
    length: Length = Length.FULL


class Recorded(NamedTuple):
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
    renewed_id: int | None = None
    """The delivery whose message was gone and is `message_id` from now on."""


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


async def claim_due(
    conn: AsyncConnection,
    now: datetime,
    limit: int,
    fresh: Mapping[int, Fresh] | None = None,
    crowd: int = CROWD,
) -> list[ClaimedDelivery]:
    """Mark up to `limit` deliveries as being sent, the most urgent and longest waiting first.

    Where some `crowd` stands before those of the alert that is `fresh` in a priority, half of what is claimed
    is of that alert, and comes first.
    At most one for a chat, none for a chat that has one on its way, is gone, or must wait; an edit or
    reply only once its message has left. Commit before sending.
    """
    claimed = await _find_due(conn, now, limit)
    one = fresh.get(claimed[0].priority) if fresh and claimed else None
    if one is not None and one.after_id - claimed[0].id >= crowd:
        found = await _find_due(conn, now, (limit + 1) // 2, (one.priority, one.after_id))
        early = [each for each in found if (each.priority, each.alert_id) == (one.priority, one.alert_id)]
        chats = {each.chat_id for each in early}
        claimed = [*early, *(each for each in claimed if each.chat_id not in chats)][:limit]
    if claimed:
        await conn.execute(_TAKE, {"taken": [each.id for each in claimed], "now": now})
    return claimed


async def _find_due(
    conn: AsyncConnection, now: datetime, limit: int, after: tuple[int, int] = (-1, 0)
) -> list[ClaimedDelivery]:
    """Up to `limit`, each for another chat, behind a priority and a number."""
    found: dict[int, ClaimedDelivery] = {}
    page: dict[str, Any] = {"now": now, "most": limit, "priority": after[0], "id": after[1]}
    is_more = limit > 0
    while is_more and len(found) < limit:
        rows = (await conn.execute(DUE, page | {"taken": list(found)})).all()
        for each in map(ClaimedDelivery._make, rows):
            if len(found) < limit:
                found.setdefault(each.chat_id, each)
        if rows:
            page |= {"priority": rows[-1].priority, "id": rows[-1].id}
        is_more = len(rows) == limit
    return list(found.values())


async def record(conn: AsyncConnection, outcomes: Sequence[Recorded]) -> None:
    """Keep what came of claimed deliveries, all at once; one that is no longer being sent is left alone.

    When a message came to nothing, what was to follow it up expires with it.
    """
    if not outcomes:
        return
    others = [outcome for outcome in outcomes if not _is_plainly_sent(outcome)]
    await execute_rows(conn, _SENT, [_sent_row(outcome) for outcome in outcomes if _is_plainly_sent(outcome)])
    if not others:
        return
    await conn.execute(_RECORD, [_row(outcome) for outcome in others])
    for renewed in (o for o in others if o.renewed_id is not None):
        anew = {"message_id": renewed.message_id, "reason": SENT_ANEW}
        await conn.execute(update(delivery).where(delivery.c.id == renewed.renewed_id).values(**anew))
    closed = [o.delivery_id for o in others if o.state in (DeliveryState.FAILED, DeliveryState.EXPIRED)]
    if closed:
        await expire_followers(conn, closed)


async def release_sending(conn: AsyncConnection, now: datetime) -> int:
    """At the start: what was being sent when the last process ended is uncertain and goes out once more."""
    again = {"state": DeliveryState.PENDING, "is_uncertain": True, "not_before": None, "claimed_at": None}
    return (await conn.execute(update(delivery).where(IS_SENDING).values(**again))).rowcount


async def queue_size(conn: AsyncConnection) -> QueueSize:
    """How much waits and how much is being sent."""
    pending = (await conn.execute(select(func.count()).select_from(delivery).where(IS_PENDING))).scalar_one()
    sending = (await conn.execute(select(func.count()).select_from(delivery).where(IS_SENDING))).scalar_one()
    return QueueSize(pending, sending)


async def is_anything_due(conn: AsyncConnection, now: datetime) -> bool:
    """Whether a delivery is being sent, or waits and not for a later time."""
    is_now = or_(delivery.c.not_before.is_(None), delivery.c.not_before <= now)
    for due in ((IS_SENDING,), (IS_PENDING, is_now)):
        if (await conn.execute(select(delivery.c.id).where(*due).limit(1))).first() is not None:
            return True
    return False


async def due_since(conn: AsyncConnection, now: datetime) -> datetime | None:
    """Since when what leaves next could have left, is being sent, or waits to be queued; None: nothing is.

    Nothing is, either, before the time that Telegram asked to send nothing at all.
    """
    ordered = (await pauses(conn, now)).everything
    head = (await conn.execute(HEAD, {"now": now})).first()
    sending = select(func.min(delivery.c.claimed_at, type_=Instant())).where(IS_SENDING)
    oldest = (await conn.execute(sending)).scalar()
    times = [oldest] if oldest else []
    if head is not None and ordered is None:
        times.append(max(time for time in head if time is not None))
    unqueued = select(func.min(alert.c.created_at, type_=Instant())).where(alert.c.queued_at.is_(None))
    stored = (await conn.execute(unqueued)).scalar() if ordered is None else None
    if stored is not None:
        times.append(stored)
    return min(times, default=None)


async def queue_by_priority(conn: AsyncConnection) -> dict[int, int]:
    """How many deliveries wait, by their priority."""
    waiting = select(delivery.c.priority, func.count().label("many")).where(IS_PENDING)
    return {row.priority: row.many for row in await conn.execute(waiting.group_by(delivery.c.priority))}


async def next_due(conn: AsyncConnection, now: datetime) -> datetime | None:
    """When the first delivery that waits for a time, or held chat, may go on; None: none waits for a time."""
    waits = (IS_PENDING, delivery.c.not_before.is_not(None), delivery.c.not_before > now)
    own = select(func.min(delivery.c.not_before, type_=Instant())).where(*waits)
    held = select(func.min(chat.c.not_before, type_=Instant())).where(chat.c.not_before > now)
    times = [(await conn.execute(statement)).scalar() for statement in (own, held)]
    return min((time for time in times if time is not None), default=None)


async def hold_chat(conn: AsyncConnection, chat_id: int, until: datetime) -> None:
    """Telegram asked to send nothing to the chat before `until`; a later deadline that is known stays."""
    is_longer = or_(chat.c.not_before.is_(None), chat.c.not_before < until)
    await conn.execute(update(chat).where(chat.c.id == chat_id, is_longer).values(not_before=until))


async def hold_all(conn: AsyncConnection, until: datetime | None) -> None:
    """Telegram asked to send nothing at all before `until`; None lifts it."""
    await put_setting(conn, PAUSE_ALL, None if until is None else to_microseconds(until))


async def pauses(conn: AsyncConnection, now: datetime) -> Pauses:
    """The deadlines that still lie ahead."""
    held = select(chat.c.telegram_id, chat.c.not_before).where(chat.c.not_before > now)
    # Grouped by the database, every chat would be read; in this order the latest of a chat comes last.
    rows = await conn.execute(held.order_by(chat.c.not_before))
    chats = {row.telegram_id: row.not_before for row in rows}
    microseconds = await get_setting(conn, PAUSE_ALL)
    everything = None if microseconds is None else from_microseconds(microseconds)
    return Pauses(everything if everything is not None and everything > now else None, chats)


_TAKE = (
    update(delivery)
    .where(is_among(delivery.c.id, bindparam("taken", type_=Numbers())))
    .values(state=DeliveryState.SENDING, attempts=delivery.c.attempts + 1, claimed_at=bindparam("now"))
)
_SENT = (
    update(delivery)
    .where(delivery.c.id == bindparam("of"), delivery.c.state == literal_column(f"'{DeliveryState.SENDING}'"))
    .values(
        state=literal_column(f"'{DeliveryState.SENT}'"),
        sent_at=bindparam("at", type_=BigInteger()),
        message_id=bindparam("message", type_=BigInteger()),
        reason=null(),
        not_before=null(),
    )
)
"""By far the most outcomes: only what differs between them is bound, as it is stored."""
_RECORD = (
    update(delivery)
    # the state as a parameter: spelled out it would forbid a batch
    .where(delivery.c.id == bindparam("of"), delivery.c.state == DeliveryState.SENDING)
    .values(
        **{
            name: bindparam(f"new_{name}")
            for name in ("state", "sent_at", "message_id", "reason", "not_before")
        },
        is_uncertain=or_(delivery.c.is_uncertain, bindparam("new_is_uncertain", type_=Boolean())),
    )
)


def _is_plainly_sent(outcome: Recorded) -> bool:
    """Whether it says nothing else, but what its row says already."""
    is_all = outcome.reason is None and not outcome.is_uncertain and outcome.renewed_id is None
    return is_all and outcome.state is DeliveryState.SENT


def _sent_row(outcome: Recorded) -> dict[str, Any]:
    return {"of": outcome.delivery_id, "at": to_microseconds(outcome.at), "message": outcome.message_id}


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


async def expire_followers(conn: AsyncConnection, closed: Sequence[int]) -> None:
    """Edits and replies whose message came to nothing have nothing to change or answer.

    What was told in a roll-up that came to nothing was not told.
    """
    message = delivery.alias("message")
    is_same = (delivery.c.incident_id == message.c.incident_id, delivery.c.chat_id == message.c.chat_id)
    orphans = (
        select(delivery.c.id)
        .join(message, and_(*is_same))
        .where(message.c.id.in_(closed), is_spelled(message.c.form, DeliveryForm.MESSAGE))
        .where(IS_FOLLOW_UP, delivery.c.state == DeliveryState.PENDING)
    )
    ids = list((await conn.execute(orphans)).scalars())
    is_within = or_(IS_MESSAGE, delivery.c.state == DeliveryState.PENDING)
    aimed = select(delivery.c.id).where(delivery.c.target_id.in_(closed), is_within)
    ids += list((await conn.execute(aimed)).scalars())
    if ids:
        values = {"state": DeliveryState.EXPIRED, "reason": "its message was not sent"}
        await conn.execute(update(delivery).where(delivery.c.id.in_(ids)).values(**values))
