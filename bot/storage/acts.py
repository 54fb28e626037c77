"""The audit log: every act of the bot's admins, for a year."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.desk_tables import act

KEEP_ACTS = timedelta(days=365)
LONGEST_DETAIL = 300
"""Characters; an announcement is known by its beginning."""


@dataclass(frozen=True, slots=True)
class Act:
    """`what` is a command's name, `subject` an incident's code, a source's id, a person's number."""

    at: datetime
    admin_id: int
    what: str
    subject: str = ""
    detail: str = ""


async def note_act(conn: AsyncConnection, new: Act) -> None:
    """Write down what an admin does, in the transaction that does it."""
    values = {"at": new.at, "admin_id": new.admin_id, "what": new.what, "subject": new.subject}
    await conn.execute(insert(act).values(**values, detail=new.detail[:LONGEST_DETAIL]))


async def latest_acts(conn: AsyncConnection, skip: int, most: int) -> list[Act]:
    """Up to `most` acts, the newest first, after the newest `skip`."""
    columns = (act.c.at, act.c.admin_id, act.c.what, act.c.subject, act.c.detail)
    statement = select(*columns).order_by(act.c.id.desc()).offset(skip).limit(most)
    return [Act(*row) for row in await conn.execute(statement)]


async def count_acts(conn: AsyncConnection) -> int:
    """How many acts are written down."""
    return int((await conn.execute(select(func.count()).select_from(act))).scalar_one())


async def drop_acts(conn: AsyncConnection, now: datetime) -> int:
    """Forget what is older than a year; returns how many."""
    return (await conn.execute(delete(act).where(act.c.at < now - KEEP_ACTS))).rowcount
