"""After an outage a chat is not told everything one by one: what comes late is told in one message.

Two things come late. Deliveries that waited, because Telegram or the network was away, are merged here.
News that sources published while this service was away is found and alerted all at once: it waits a minute
for more of its kind, and is rolled up when it is queued (`bot.storage.rollups`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState
from bot.storage.batches import in_slices
from bot.storage.columns import MICROSECOND, Instant, from_microseconds
from bot.storage.settings import LAST_SENT_AT, get_setting
from bot.storage.states import PRIORITIES, PRIORITY_DIGEST
from bot.storage.tables import IS_PENDING, alert, chat, delivery, is_spelled, tally
from bot.watch.counts import Counted

LATE: Final = timedelta(minutes=30)
"""A message that waited so long is merged with others that did."""
LATE_NEWS: Final = timedelta(hours=1)
"""What was published so long before it was found is late news, if no source could be asked meanwhile."""
SETTLING: Final = timedelta(minutes=1)
"""So long late news waits for more of its kind: the sources are all asked at once."""
CATCHING_UP: Final = timedelta(hours=3)
HOUR: Final = timedelta(hours=1)
PART: Final = 500
"""Deliveries merged in one transaction, some twenty milliseconds."""
MERGED: Final = "merged into one message after an outage"


@dataclass(frozen=True, slots=True)
class Late:
    """A message or a roll-up that has waited for long."""

    id: int
    chat_id: int
    alert_id: int
    incident_id: int
    form: DeliveryForm
    queued_at: datetime


async def is_catching_up(conn: AsyncConnection, now: datetime) -> bool:
    """Whether one of the last whole hours went by without any good check, and there was one before it."""
    this_hour = now.replace(minute=0, second=0, microsecond=0)
    good = select(tally.c.hour).where(tally.c.name == Counted.CHECKS, tally.c.label == "ok")
    first = (await conn.execute(good.order_by(tally.c.hour).limit(1))).scalar()
    if first is None:
        return False
    recent = set((await conn.execute(good.where(tally.c.hour >= this_hour - CATCHING_UP))).scalars())
    hours = [this_hour - back * HOUR for back in range(1, CATCHING_UP // HOUR + 1)]
    return any(first < hour and hour not in recent for hour in hours)


def is_late_news(table: FromClause = alert) -> ColumnElement[bool]:
    """Whether an alert's first report is much older than the alert."""
    created, reported = (type_coerce(table.c[name], BigInteger()) for name in ("created_at", "reported_at"))
    return and_(table.c.kind == AlertKind.NEW, created - reported > LATE_NEWS // MICROSECOND)


def was_late(kind: AlertKind, created_at: datetime, reported_at: datetime | None) -> bool:
    """What `is_late_news` asks, of values."""
    return kind is AlertKind.NEW and reported_at is not None and created_at - reported_at > LATE_NEWS


async def is_one_of_many_late(conn: AsyncConnection, alert_id: int, now: datetime) -> bool:
    """Whether an alert is late news after an outage, and others of about the same time are, too."""
    own, other = alert, alert.alias("other")
    found = (
        await conn.execute(select(own.c.created_at).where(own.c.id == alert_id, is_late_news(own)))
    ).first()
    if found is None or not await is_catching_up(conn, now):
        return False
    near = (other.c.created_at > found.created_at - LATE, other.c.created_at < found.created_at + LATE)
    others = select(other.c.id).where(*near, other.c.id != alert_id, is_late_news(other)).limit(1)
    return (await conn.execute(others)).first() is not None


async def is_anything_older(conn: AsyncConnection, than: datetime) -> bool:
    """Whether the first of any priority, which waited longest, is older: that spares reading all of them."""
    priority = delivery.c.priority
    heads = (
        select(delivery.c.queued_at).where(IS_PENDING, priority == each).order_by(delivery.c.id).limit(1)
        for each in PRIORITIES
    )
    oldest = [(await conn.execute(head)).scalar() for head in heads]
    return any(queued_at is not None and queued_at < than for queued_at in oldest)


async def was_silent(conn: AsyncConnection, now: datetime) -> bool:
    """Whether nothing at all has left for long; else what waits may wait for its turn in a long queue."""
    sent = await get_setting(conn, LAST_SENT_AT)
    return sent is None or from_microseconds(sent) < now - LATE


async def find_late(
    conn: AsyncConnection, now: datetime, limit: int = PART, *, is_after_outage: bool = True
) -> list[Late]:
    """What should have left long ago, of up to `limit` chats that have two such; a chat's together.

    Without an outage of all, of those chats alone that Telegram asked to leave alone since then.
    """
    if not await is_anything_older(conn, now - LATE):
        return []
    late, same = delivery, delivery.alias("same")
    twice = select(same.c.chat_id).where(*_is_late(same, now)).group_by(same.c.chat_id)
    if not is_after_outage:
        twice = twice.join(chat, chat.c.id == same.c.chat_id).where(chat.c.not_before > same.c.queued_at)
    chats = twice.having(func.count() > 1).order_by(same.c.chat_id).limit(limit)
    columns = (late.c[name] for name in ("id", "chat_id", "alert_id", "incident_id", "form", "queued_at"))
    found = select(*columns).where(*_is_late(late, now), late.c.chat_id.in_(chats))
    return [Late(*row) for row in await conn.execute(found.order_by(late.c.chat_id, late.c.id))]


def in_parts(found: Sequence[Late]) -> Iterator[list[Late]]:
    """Whole chats together, each part for one transaction."""
    part: list[Late] = []
    for _, of_chat in groupby(found, key=lambda each: each.chat_id):
        part.extend(of_chat)
        if len(part) >= PART:
            yield part
            part = []
    if part:
        yield part


async def merge_late(conn: AsyncConnection, part: Sequence[Late], now: datetime) -> int:
    """One message for each chat; what has begun to be sent meanwhile is let be. Returns how many were merged.

    The message is a roll-up that leaves after all fresh news; it is as old as the newest that it tells, and
    what is too old by then is not told (`bot.storage.expiring`).
    """
    waiting = await _still_waiting(conn, [each.id for each in part])
    chats: dict[int, list[Late]] = {}
    for each in part:
        if each.id in waiting:
            chats.setdefault(each.chat_id, []).append(each)
    chats = {chat_id: late for chat_id, late in chats.items() if len(late) > 1}
    rolls = await _rolls_for(conn, chats, now)
    aims = [{"of": each.id, "roll": rolls[each.chat_id]} for late in chats.values() for each in late]
    aims = [aim for aim in aims if aim["of"] != aim["roll"]]
    if aims:
        await _put_inside(conn, aims, {each.id: each for each in part}, now)
        newest = [{"of": rolls[c], "at": max(each.queued_at for each in late)} for c, late in chats.items()]
        await conn.execute(_AS_OLD_AS, newest)
    return len(aims)


def _is_late(table: Any, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        is_spelled(table.c.state, DeliveryState.PENDING),
        table.c.form.in_((DeliveryForm.MESSAGE, DeliveryForm.ROLLUP)),
        table.c.target_id.is_(None),
        ~table.c.is_uncertain,  # it may have arrived
        table.c.queued_at < now - LATE,
        or_(table.c.not_before.is_(None), table.c.not_before <= now),
    )


async def _still_waiting(conn: AsyncConnection, ids: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for part in in_slices(ids):
        waits = select(delivery.c.id).where(delivery.c.id.in_(part), IS_PENDING)
        found.update((await conn.execute(waits)).scalars())
    return found


async def _rolls_for(conn: AsyncConnection, chats: dict[int, list[Late]], now: datetime) -> dict[int, int]:
    """The roll-up of each chat: its newest that waits, or a new one."""
    rolls = {
        chat_id: max(each.id for each in late if each.form is DeliveryForm.ROLLUP)
        for chat_id, late in chats.items()
        if any(each.form is DeliveryForm.ROLLUP for each in late)
    }
    for chat_id, late in chats.items():
        if chat_id not in rolls:
            made = await conn.execute(insert(delivery).values(_roll(late[-1], now)).returning(delivery.c.id))
            rolls[chat_id] = int(made.scalar_one())
    return rolls


def _roll(newest: Late, now: datetime) -> dict[str, Any]:
    return {
        "alert_id": newest.alert_id,
        "incident_id": newest.incident_id,
        "chat_id": newest.chat_id,
        "form": DeliveryForm.ROLLUP,
        "state": DeliveryState.PENDING,
        "priority": PRIORITY_DIGEST,
        "attempts": 0,
        "queued_at": now,
        "is_uncertain": False,
    }


async def _put_inside(
    conn: AsyncConnection, aims: list[dict[str, int]], late: dict[int, Late], now: datetime
) -> None:
    """Messages count as told in the roll-up; what other roll-ups held moves over, and they are no more."""
    messages = [aim for aim in aims if late[aim["of"]].form is DeliveryForm.MESSAGE]
    emptied = [aim for aim in aims if late[aim["of"]].form is DeliveryForm.ROLLUP]
    if messages:
        await conn.execute(_INTO_ROLL, [aim | {"now": now} for aim in messages])
        told = [{"incident": late[a["of"]].incident_id, "chat": late[a["of"]].chat_id} for a in messages]
        await conn.execute(_DROP_FOLLOW_UPS, told)
    if emptied:
        await conn.execute(_MOVE_MEMBERS, emptied)
        await conn.execute(_DROP_EDITS, [{"of": aim["of"]} for aim in emptied])
        await conn.execute(_DROP_ROLL, [{"of": aim["of"]} for aim in emptied])


_OF, _ROLL = bindparam("of", type_=BigInteger()), bindparam("roll", type_=BigInteger())
_GIVEN_UP: Final = {"state": DeliveryState.EXPIRED, "reason": MERGED, "not_before": None}
_INTO_ROLL: Final = (
    update(delivery)
    .where(delivery.c.id == _OF)
    .values(
        state=DeliveryState.SENT, sent_at=bindparam("now", type_=Instant()), target_id=_ROLL, not_before=None
    )
)
_DROP_FOLLOW_UPS: Final = (
    update(delivery)
    # written out otherwise than elsewhere: a batch takes no spelled parameter, the partial index no bound one
    .where(delivery.c.form != literal_column(f"'{DeliveryForm.MESSAGE}'"))
    .where(delivery.c.incident_id == bindparam("incident", type_=BigInteger()))
    .where(delivery.c.chat_id == bindparam("chat", type_=BigInteger()), delivery.c.target_id.is_(None))
    .where(delivery.c.form != DeliveryForm.ROLLUP, delivery.c.state == DeliveryState.PENDING)
    .values(**_GIVEN_UP)
)
"""The roll-up tells how an incident stands when it leaves: there is nothing to change or answer."""
_MOVE_MEMBERS: Final = (
    update(delivery)
    .where(delivery.c.target_id == _OF, delivery.c.form == DeliveryForm.MESSAGE)
    .values(target_id=_ROLL)
)
_DROP_EDITS: Final = (
    update(delivery)
    .where(delivery.c.target_id == _OF, delivery.c.form != DeliveryForm.MESSAGE)
    .where(delivery.c.state == DeliveryState.PENDING)
    .values(**_GIVEN_UP)
)
_DROP_ROLL: Final = update(delivery).where(delivery.c.id == _OF).values(**_GIVEN_UP)
_AS_OLD_AS: Final = (
    update(delivery)
    .where(delivery.c.id == _OF)
    .values(queued_at=bindparam("at", type_=Instant()), priority=PRIORITY_DIGEST)
)
