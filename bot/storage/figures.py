"""The figures by which the service is watched, read from rows: a restart changes none of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.chats import ChatCount, count_chats
from bot.storage.columns import from_microseconds
from bot.storage.deliveries import due_since, queue_by_priority, queue_size
from bot.storage.settings import LAST_SENT_AT, get_setting
from bot.storage.sources import all_checks
from bot.storage.tables import alert
from bot.storage.tallies import Totals, totals
from bot.watch.pulse import Pulse, are_checked
from bot.watch.state import SourceCheck


@dataclass(frozen=True, slots=True)
class Figures:
    """How much waits and is under way, what was counted, how the sources' checks and the chats stand."""

    waiting: dict[int, int]
    """Deliveries by their priority (`bot.storage.states.PRIORITIES`)."""
    sending: int
    unqueued_alerts: int
    """Alerts not yet queued for everybody whom they concern."""
    counted: Totals
    checks: tuple[SourceCheck, ...]
    chats: ChatCount
    pulse: Pulse


async def read_figures(conn: AsyncConnection, now: datetime, since: datetime | None = None) -> Figures:
    """As they are now; what is counted, from the hour of `since` on (None: ever)."""
    unqueued = select(func.count()).select_from(alert).where(alert.c.queued_at.is_(None))
    checks = await all_checks(conn)
    return Figures(
        waiting=await queue_by_priority(conn),
        sending=(await queue_size(conn)).sending,
        unqueued_alerts=int((await conn.execute(unqueued)).scalar_one()),
        counted=await totals(conn, since),
        checks=tuple(checks),
        chats=await count_chats(conn),
        pulse=await _feel(conn, checks, now),
    )


async def read_pulse(conn: AsyncConnection, now: datetime) -> Pulse:
    """The last signs of life."""
    return await _feel(conn, await all_checks(conn), now)


async def _feel(conn: AsyncConnection, checks: list[SourceCheck], now: datetime) -> Pulse:
    sent = await get_setting(conn, LAST_SENT_AT)
    answered = [check.state.last_ok_at for check in checks if check.state.last_ok_at is not None]
    return Pulse(
        is_checked=are_checked(checks, now),
        last_ok_at=max(answered, default=None),
        due_since=await due_since(conn, now),
        last_sent_at=None if sent is None else from_microseconds(sent),
    )
