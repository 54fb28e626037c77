"""What was read in the reports of an incident, and the texts by which its alerts were matched."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Finding, Incident
from bot.storage.incidents import get_incident
from bot.storage.tables import alert, report

FIRST_TEXTS = 12
"""Reports of an incident in which words are looked for later; what comes after them repeats them."""


async def findings_of(conn: AsyncConnection, incident_id: int) -> dict[int, Finding]:
    """The finding of each report that tells of an incident, by the report's id."""
    rows = await conn.execute(
        select(report.c.id, report.c.finding).where(report.c.incident_id == incident_id)
    )
    return {row.id: row.finding for row in rows}


async def matched_texts(conn: AsyncConnection, incident_id: int) -> list[str]:
    """The folded texts of an incident's alerts, in which keywords were looked for, the first first."""
    statement = select(alert.c.folded_text).where(alert.c.incident_id == incident_id).order_by(alert.c.id)
    return list((await conn.execute(statement)).scalars())


async def first_texts(conn: AsyncConnection, incident_id: int) -> list[str]:
    """Title and text, as they stand, of the first reports that tell of an incident, the first first."""
    columns = (report.c.title, report.c.text)
    statement = select(*columns).where(report.c.incident_id == incident_id).order_by(report.c.id)
    rows = await conn.execute(statement.limit(FIRST_TEXTS))
    return [f"{row.title} \n {row.text}" for row in rows]


async def text_of(conn: AsyncConnection, report_id: int) -> str:
    """Title and text of a report as it stands; empty for one that is not known."""
    row = (await conn.execute(select(report.c.title, report.c.text).where(report.c.id == report_id))).first()
    return "" if row is None else f"{row.title} \n {row.text}"


async def incident_of_report(conn: AsyncConnection, report_id: int) -> Incident | None:
    """The incident of which a report tells."""
    incident_id = (await conn.execute(select(report.c.incident_id).where(report.c.id == report_id))).scalar()
    return None if incident_id is None else await get_incident(conn, incident_id)
