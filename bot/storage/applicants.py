"""Chats that ask to be let in: nothing is kept but their number, kind and language, for a month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import ChatKind
from bot.storage.desk_tables import applicant
from bot.storage.inserts import insert_new

KEEP_APPLICANTS = timedelta(days=30)
"""Then they may ask again."""


@dataclass(frozen=True, slots=True)
class Applicant:
    """A chat that asked, and when it was turned away, if it was."""

    telegram_id: int
    kind: ChatKind
    language: str | None
    asked_at: datetime
    declined_at: datetime | None = None


async def add_applicant(conn: AsyncConnection, new: Applicant) -> bool:
    """The chat asks; False when it has asked before."""
    names = ("telegram_id", "kind", "language", "asked_at", "declined_at")
    values = {name: getattr(new, name) for name in names}
    return bool((await conn.execute(insert_new(conn, applicant).values(**values))).rowcount)


async def find_applicant(conn: AsyncConnection, telegram_id: int) -> Applicant | None:
    """The chat that asked, by Telegram's number."""
    row = (await conn.execute(select(applicant).where(applicant.c.telegram_id == telegram_id))).first()
    return None if row is None else Applicant(**row._asdict())


async def waiting_applicants(conn: AsyncConnection) -> list[Applicant]:
    """Those nobody has decided about, who waits longest first."""
    statement = select(applicant).where(applicant.c.declined_at.is_(None)).order_by(applicant.c.asked_at)
    return [Applicant(**row._asdict()) for row in await conn.execute(statement)]


async def count_asked(conn: AsyncConnection, since: datetime) -> int:
    """How many chats have asked since then."""
    asked = select(func.count()).select_from(applicant).where(applicant.c.asked_at > since)
    return int((await conn.execute(asked)).scalar_one())


async def decline_applicant(conn: AsyncConnection, telegram_id: int, now: datetime) -> None:
    """The chat is turned away."""
    one = applicant.c.telegram_id == telegram_id
    await conn.execute(update(applicant).where(one).values(declined_at=now))


async def drop_applicant(conn: AsyncConnection, telegram_id: int) -> bool:
    """Forget that the chat asked; False when it had not."""
    return bool(
        (await conn.execute(delete(applicant).where(applicant.c.telegram_id == telegram_id))).rowcount
    )


async def drop_old_applicants(conn: AsyncConnection, now: datetime) -> int:
    """Forget those who asked a month ago; returns how many."""
    old = applicant.c.asked_at < now - KEEP_APPLICANTS
    return (await conn.execute(delete(applicant).where(old))).rowcount
