"""Announcements: whom they concern, how far they are, and the message that tells the admin so."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryState
from bot.storage.coverage import add_notice, audience
from bot.storage.desk_tables import broadcast
from bot.storage.tables import IS_FOLLOW_UP, delivery
from bot.storage.tables import notice as notice_table
from bot.watch.notices import Notice


@dataclass(frozen=True, slots=True)
class Broadcast:
    """An announcement under way. `regions`: of its audience, none for everybody. The rest: where it is told
    how far it is."""

    notice_id: int
    regions: tuple[str, ...]
    telegram_id: int
    message_id: int
    language: str
    is_queued: bool


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What came of an announcement's deliveries: how many in each state with each reason."""

    counts: tuple[tuple[DeliveryState, str, int], ...]


async def add_broadcast(
    conn: AsyncConnection, new: Notice, regions: tuple[str, ...], place: tuple[int, int], language: str
) -> int:
    """Store an announcement to be queued; `place`: the chat and the message that tell how far it is."""
    notice_id = await add_notice(conn, new)
    told_in = {"telegram_id": place[0], "message_id": place[1], "language": language}
    await conn.execute(insert(broadcast).values(notice_id=notice_id, regions=regions, **told_in))
    return notice_id


async def open_broadcasts(conn: AsyncConnection) -> list[Broadcast]:
    """Those that are not finished, the oldest first."""
    names = ("notice_id", "regions", "telegram_id", "message_id", "language")
    statement = (
        select(
            *(broadcast.c[name] for name in names), notice_table.c.queued_at.is_not(None).label("is_queued")
        )
        .join(notice_table, notice_table.c.id == broadcast.c.notice_id)
        .where(broadcast.c.finished_at.is_(None))
        .order_by(broadcast.c.notice_id)
    )
    return [Broadcast(**row._asdict()) for row in await conn.execute(statement)]


async def finish_broadcast(conn: AsyncConnection, notice_id: int, now: datetime) -> None:
    """Its result was told."""
    one = broadcast.c.notice_id == notice_id
    await conn.execute(update(broadcast).where(one).values(finished_at=now))


async def outcomes_of(conn: AsyncConnection, notice_id: int) -> Outcomes:
    """How its deliveries stand."""
    reason = func.coalesce(delivery.c.reason, "")
    statement = (
        select(delivery.c.state, reason, func.count())
        .where(IS_FOLLOW_UP, delivery.c.incident_id == -notice_id)
        .group_by(delivery.c.state, reason)
    )
    return Outcomes(tuple((row[0], row[1], row[2]) for row in await conn.execute(statement)))


async def count_audience(conn: AsyncConnection, regions: Collection[str]) -> int:
    """How many chats an announcement would reach."""
    return int(
        (await conn.execute(select(func.count()).select_from(audience(regions).subquery()))).scalar_one()
    )
