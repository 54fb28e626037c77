"""What has its time goes when it is over, however much of it there is."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.retention import Retention
from bot.storage import chats, reports
from bot.storage.coverage import tell_chats
from bot.storage.database import Database
from bot.storage.sources import upsert_catalogue
from bot.storage.tables import chat, delivery, notice, report, report_shingle
from bot.watch.notices import Notice, NoticeKind
from tests.clock import START, FakeClock
from tests.storage.values import FINDING, WIRE, a_chat, a_report

MANY = 450
"""More reports than go in one transaction."""


async def test_everything_goes_after_its_time(db: Database, clock: FakeClock) -> None:
    """Chats that left, shingles of old reports, old notices: more than one part of each; reports stay."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        made = [await a_chat(conn, number, "hill") for number in range(5)]
        await tell_chats(conn, Notice(NoticeKind.BROKEN, START, "north"), [each.id for each in made])
        for each in made[:3]:
            await chats.mark_gone(conn, each.id, START)
        for number in range(MANY):
            report_id = await reports.add_report(conn, a_report(f"k{number}"), "h", FINDING)
            await reports.add_shingles(conn, report_id, [number, number + 1])
    for days, left in ((1, (5, 5, 1, 2 * MANY)), (3, (2, 2, 1, 2 * MANY)), (15, (2, 0, 0, 0))):
        clock.set_time_of_day(START + timedelta(days=days))
        await Retention(db, clock.now, timedelta(0)).tidy()
        async with db.reading() as conn:
            tables = (chat, delivery, notice, report_shingle)
            counts = [
                (await conn.execute(select(func.count()).select_from(each))).scalar() for each in tables
            ]
            assert tuple(counts) == left
            assert (await conn.execute(select(func.count()).select_from(report))).scalar() == MANY
