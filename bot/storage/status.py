"""How the service stands, for everybody who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.alerts import last_alert_at
from bot.storage.deliveries import queue_size
from bot.storage.sources import SourceCheck, all_checks

ALIVE_WITHIN = timedelta(hours=1)
"""A source whose last good check is older is counted as dead; back-off reaches an hour at most."""


@dataclass(frozen=True, slots=True)
class ServiceStatus:
    """Sources that answer among those that are watched, and how the queue stands. None times: never."""

    sources_alive: int
    sources_total: int
    last_check_at: datetime | None
    last_alert_at: datetime | None
    queue: int


async def service_status(conn: AsyncConnection, now: datetime) -> ServiceStatus:
    """How the service stands now. Paused sources are watched but not alive."""
    checks = await all_checks(conn)
    checked = [check.state.last_checked_at for check in checks if check.state.last_checked_at]
    size = await queue_size(conn)
    return ServiceStatus(
        sources_alive=sum(is_alive(check, now) for check in checks),
        sources_total=len(checks),
        last_check_at=max(checked, default=None),
        last_alert_at=await last_alert_at(conn),
        queue=size.pending + size.sending,
    )


def is_alive(check: SourceCheck, now: datetime) -> bool:
    """Whether a source answered lately (or at its own, slower interval) and is not paused."""
    last_ok_at, interval_s = check.state.last_ok_at, check.source.interval_s or 0
    patience = max(ALIVE_WITHIN, 3 * timedelta(seconds=interval_s))
    return check.state.paused_at is None and last_ok_at is not None and now - last_ok_at <= patience
