"""Gaps of coverage and the notices about them; and where something grave is going on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState, IncidentStatus, Severity
from bot.storage.holding import quiet_end
from bot.storage.states import EVERYTHING, PRIORITY_ANNOUNCEMENT, PRIORITY_REPLY, ChatState
from bot.storage.tables import IS_FOLLOW_UP, chat, coverage_gap, delivery, incident, report, subscription
from bot.storage.tables import notice as table
from bot.watch.coverage import EVERYWHERE, Gap
from bot.watch.notices import Notice, NoticeKind

GRAVE_FOR = timedelta(hours=6)
"""A grave incident counts as going on for so long after its last report."""
NOTICE_CHATS = 5_000
"""Chats looked at in one transaction: alerts are more urgent, so no writer waits long for a notice."""
DROPPED_AT_ONCE = 2_000
_REACHED = (DeliveryState.SENDING, DeliveryState.SENT)


async def grave_theatres(conn: AsyncConnection, now: datetime) -> frozenset[str]:
    """Theatres where a grave incident is open."""
    statement = (
        select(incident.c.theatre)
        .distinct()
        .where(incident.c.last_report_at > now - GRAVE_FOR, incident.c.severity == Severity.GRAVE)
        .where(incident.c.status != IncidentStatus.RETRACTED)
    )
    return frozenset((await conn.execute(statement)).scalars())


async def new_lags(conn: AsyncConnection, source_id: str, seen_at: datetime) -> tuple[timedelta, ...]:
    """From published to stored, for the reports of a source that were first seen at `seen_at`."""
    statement = select(report.c.published_at).where(
        report.c.seen_at == seen_at,
        report.c.source_id == source_id,
        report.c.revision == 1,
        report.c.published_at.is_not(None),
    )
    return tuple(seen_at - published for published in (await conn.execute(statement)).scalars())


async def open_gaps(conn: AsyncConnection) -> list[Gap]:
    """Gaps that are not over, told or not, the oldest first."""
    statement = select(coverage_gap).where(coverage_gap.c.over_at.is_(None)).order_by(coverage_gap.c.id)
    return [Gap(**row._asdict()) for row in await conn.execute(statement)]


async def save_gaps(conn: AsyncConnection, gaps: Iterable[Gap]) -> list[Gap]:
    """Make the open gaps equal these, of which some may be over now; returns them with their ids."""
    kept = [gap if gap.id else await _add(conn, gap) for gap in gaps]
    for gap in kept:
        values = {"told_at": gap.told_at, "well_since": gap.well_since, "over_at": gap.over_at}
        await conn.execute(update(coverage_gap).where(coverage_gap.c.id == gap.id).values(**values))
    passed = (coverage_gap.c.over_at.is_(None), coverage_gap.c.id.not_in([gap.id for gap in kept]))
    await conn.execute(delete(coverage_gap).where(*passed))
    return kept


async def add_notice(conn: AsyncConnection, new: Notice, gap_id: int | None = None) -> int:
    """Store a notice for the subscribers of its theatre, to be queued; returns its id."""
    return await _insert(conn, new, gap_id, queued_at=None)


async def tell_chats(conn: AsyncConnection, new: Notice, chat_ids: Collection[int]) -> int:
    """Store a notice for just these chats and queue it; returns its id."""
    notice_id = await _insert(conn, new, None, queued_at=new.created_at)
    chosen = _chats().where(chat.c.id.in_(chat_ids))
    await _queue(conn, notice_id, new.created_at, chosen, PRIORITY_REPLY)
    return notice_id


async def get_notice(conn: AsyncConnection, notice_id: int) -> Notice | None:
    """The notice as it was made."""
    found = (await conn.execute(select(table.c.snapshot).where(table.c.id == notice_id))).scalar()
    return None if found is None else replace(found, id=notice_id)


async def unqueued_notices(conn: AsyncConnection) -> list[int]:
    """Ids of the notices about sources not yet queued for everybody, the oldest first."""
    is_own = table.c.kind != NoticeKind.ANNOUNCEMENT
    waiting = select(table.c.id).where(table.c.queued_at.is_(None), is_own).order_by(table.c.id)
    return list((await conn.execute(waiting)).scalars())


async def queue_notice(
    conn: AsyncConnection,
    notice_id: int,
    regions: Collection[str],
    now: datetime,
    size: int = NOTICE_CHATS,
) -> bool:
    """Queue a notice for its next chats; the cursor moves along. Returns whether it is queued for all.

    `regions`: all of the theatre's; of an announcement its audience's. The end of a gap is told to whom the
    gap was told; where that still waits it expires instead.
    """
    row = (
        await conn.execute(select(table).where(table.c.id == notice_id, table.c.queued_at.is_(None)))
    ).first()
    if row is None:
        return True
    is_end = row.kind is NoticeKind.BACK
    if is_end and not row.cursor:
        await _expire_waiting(conn, row.gap_id)
    next_ids = select(chat.c.id).where(chat.c.id > row.cursor).order_by(chat.c.id).limit(size).subquery()
    last, many = (await conn.execute(select(func.max(next_ids.c.id), func.count()))).one()
    if many:
        is_next = (chat.c.id > row.cursor, chat.c.id <= last)
        if row.kind is NoticeKind.ANNOUNCEMENT:
            chosen, priority = audience(regions), PRIORITY_ANNOUNCEMENT
        else:
            wanted = _was_told(row.gap_id) if is_end else _subscribes(row.snapshot.theatre, regions)
            chosen, priority = _chats().where(wanted), PRIORITY_REPLY
        await _queue(conn, notice_id, now, chosen.where(*is_next), priority)
    is_done = bool(many < size)
    values = {"cursor": last or row.cursor, "queued_at": now if is_done else None}
    await conn.execute(update(table).where(table.c.id == notice_id).values(**values))
    return is_done


def audience(regions: Collection[str]) -> Select[Any]:
    """Chats that an announcement concerns: those that chose one of the regions, or all (none: all chats)."""
    return _chats().where(_subscribes("", regions)) if regions else _chats()


async def drop_notices(conn: AsyncConnection, before: datetime, limit: int = DROPPED_AT_ONCE) -> int:
    """Forget notices that were queued before a time, with their deliveries and the gaps that ended.

    Up to `limit` deliveries, or what is left besides; returns how many rows, 0: nothing is left.
    """
    numbers = list((await conn.execute(select(table.c.id).where(table.c.queued_at < before))).scalars())
    of_them = (IS_FOLLOW_UP, delivery.c.incident_id.in_([-number for number in numbers]))
    told = select(delivery.c.id).where(*of_them).limit(limit)
    if dropped := (await conn.execute(delete(delivery).where(delivery.c.id.in_(told)))).rowcount:
        return dropped
    await conn.execute(delete(table).where(table.c.id.in_(numbers)))
    in_use = select(table.c.gap_id).where(table.c.gap_id.is_not(None))
    over = (coverage_gap.c.over_at < before, coverage_gap.c.id.not_in(in_use))
    return len(numbers) + (await conn.execute(delete(coverage_gap).where(*over))).rowcount


async def _add(conn: AsyncConnection, gap: Gap) -> Gap:
    values = {name: getattr(gap, name) for name in ("theatre", "what", "since", "seen_at")}
    added = insert(coverage_gap).values(**values).returning(coverage_gap.c.id)
    return replace(gap, id=int((await conn.execute(added)).scalar_one()))


async def _insert(conn: AsyncConnection, new: Notice, gap_id: int | None, queued_at: datetime | None) -> int:
    values = {"gap_id": gap_id, "kind": new.kind, "snapshot": new, "cursor": 0, "queued_at": queued_at}
    return int((await conn.execute(insert(table).values(**values).returning(table.c.id))).scalar_one())


def _chats() -> Select[Any]:
    """Chats that can be written to."""
    return select(chat.c.id.label("chat_id")).where(
        chat.c.state == ChatState.ACTIVE, chat.c.gone_at.is_(None)
    )


def _subscribes(theatre: str, regions: Collection[str]) -> ColumnElement[bool]:
    """Whether a chat chose anything there."""
    own = select(literal(1)).select_from(subscription).where(subscription.c.chat_id == chat.c.id)
    if theatre != EVERYWHERE:
        chosen = subscription.c.region_id.concat("")  # else SQLite seeks each of 300 regions for each chat
        own = own.where(chosen.in_(sorted({*regions, theatre, EVERYTHING})))
    return exists(own.correlate(chat))


def _was_told(gap_id: int) -> ColumnElement[bool]:
    """Whether the beginning of the gap has reached a chat that still subscribes to anything."""
    begun = select(-table.c.id).where(table.c.gap_id == gap_id, table.c.kind == NoticeKind.LOST)
    reached = (
        select(literal(1))
        .select_from(delivery)
        .where(IS_FOLLOW_UP, delivery.c.incident_id.in_(begun), delivery.c.chat_id == chat.c.id)
        .where(delivery.c.state.in_(_REACHED))
        .correlate(chat)
    )
    return and_(exists(reached), _subscribes(EVERYWHERE, ()))


async def _expire_waiting(conn: AsyncConnection, gap_id: int) -> None:
    begun = select(-table.c.id).where(table.c.gap_id == gap_id, table.c.kind == NoticeKind.LOST)
    waiting = (IS_FOLLOW_UP, delivery.c.incident_id.in_(begun), delivery.c.state == DeliveryState.PENDING)
    values = {"state": DeliveryState.EXPIRED, "reason": "it is over"}
    await conn.execute(update(delivery).where(*waiting).values(**values))


async def _queue(
    conn: AsyncConnection, notice_id: int, now: datetime, chats: Select[Any], priority: int
) -> None:
    chosen = chats.subquery("chosen")
    columns: dict[str, ColumnElement[Any]] = {
        "alert_id": literal(notice_id),
        "incident_id": literal(-notice_id),
        "chat_id": chosen.c.chat_id,
        "form": literal(DeliveryForm.NOTICE, delivery.c.form.type),
        "state": literal(DeliveryState.PENDING, delivery.c.state.type),
        "priority": literal(priority),
        "attempts": literal(0),
        "not_before": quiet_end(chosen.c.chat_id, now),
        "queued_at": literal(now, delivery.c.queued_at.type),
        "is_uncertain": literal(False),
    }
    await conn.execute(insert(delivery).from_select(list(columns), select(*columns.values())))
