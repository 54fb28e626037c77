"""What admins judged of incidents, and the reports that each judgement was about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Finding
from bot.storage.desk_tables import verdict
from bot.storage.inserts import insert_for
from bot.storage.tables import report, source
from bot.watch.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class JudgedReport:
    """A report as it stands now, with what was read out of it and where it comes from."""

    id: int
    source_name: str
    source_type: str
    source_side: str
    url: str
    title: str
    text: str
    reported_at: datetime
    finding: Finding


async def keep_verdict(conn: AsyncConnection, new: Verdict) -> None:
    """Store an admin's judgement of an incident, in place of the one that they gave before."""
    values = {name: getattr(new, name) for name in ("code", "judge", "judgement", "judged_at", "reports")}
    statement = insert_for(conn, verdict).values(**values)
    changed = {name: statement.excluded[name] for name in ("judgement", "judged_at", "reports")}
    await conn.execute(statement.on_conflict_do_update(index_elements=["code", "judge"], set_=changed))


async def verdicts_since(conn: AsyncConnection, since: datetime | None = None) -> list[Verdict]:
    """All verdicts given then or later, the oldest first."""
    statement = select(verdict).order_by(verdict.c.judged_at, verdict.c.code, verdict.c.judge)
    if since is not None:
        statement = statement.where(verdict.c.judged_at >= since)
    return [Verdict(**row._asdict()) for row in await conn.execute(statement)]


async def judged_reports(conn: AsyncConnection, report_ids: Collection[int]) -> list[JudgedReport]:
    """These reports, as far as they are still stored, in the order of their numbers."""
    statement = (
        select(report, source.c.name, source.c.type, source.c.side)
        .join(source, source.c.id == report.c.source_id)
        .where(report.c.id.in_(sorted(report_ids)))
        .order_by(report.c.id)
    )
    return [_report(row) for row in await conn.execute(statement)]


def _report(row: Row[Any]) -> JudgedReport:
    return JudgedReport(
        *(row.id, row.name, row.type.value, row.side),
        *(row.url, row.title, row.text, row.published_at or row.seen_at, row.finding),
    )
