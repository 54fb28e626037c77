"""Silence is told: gaps of coverage to those who subscribed there, what is broken to the admins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from bot.admins import Admins
from bot.model import ChatKind
from bot.storage.chats import ensure_chat
from bot.storage.columns import from_microseconds, to_microseconds
from bot.storage.coverage import (
    add_notice,
    get_notice,
    open_gaps,
    queue_notice,
    save_gaps,
    tell_chats,
    unqueued_notices,
)
from bot.storage.database import Database
from bot.storage.settings import ALL_TOLD, get_setting, put_setting
from bot.storage.sources import all_checks
from bot.watch.coverage import EVERYWHERE, Coverage, Gap, Judged, cover, find_losses, measure, step_gaps
from bot.watch.health import diagnose
from bot.watch.notices import Notice, NoticeKind, Trouble

REPORT_EVERY = timedelta(days=1)
FIRST_REPORT_AFTER = timedelta(hours=1)
"""After the very first start: by then every source was tried several times."""
MOST_TROUBLES = 30
"""Kept of one report; a message holds fewer."""
REPORTED_AT = "broken_reported_at"
"""The setting that holds when the admins were last told what is broken, in microseconds."""

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""


class Lookout:
    """Looks at all sources when asked to; what it knows is in rows, so a restart repeats nothing."""

    def __init__(
        self,
        database: Database,
        theatres: Mapping[str, Collection[str]],
        *,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
        admins: Admins | None = None,
    ) -> None:
        """`theatres`: the ids of each one's regions. `wake` is called when something was queued."""
        self._database = database
        self._theatres = theatres
        self._clock = clock
        self._wake = wake
        self._admins = admins or Admins()

    async def look(self) -> None:
        """Notice what was lost or is back, report to the admins when it is time, queue all of it."""
        now = self._clock()
        async with self._database.reading() as conn:
            judged = [(check, diagnose(check, now)) for check in await all_checks(conn)]
            gaps = await open_gaps(conn)
        stepped = step_gaps(gaps, find_losses(self._cover(judged), measure(judged)), now)
        if list(stepped) != gaps:
            async with self._database.writing() as conn:
                for gap in await save_gaps(conn, stepped):
                    await self._tell(conn, gap, now)
        await self._report(judged, now)
        await self._queue_waiting(now)

    def _cover(self, judged: Sequence[Judged]) -> list[Coverage]:
        return [cover(theatre, judged) for theatre in self._theatres]

    async def _tell(self, conn: Connection, gap: Gap, now: datetime) -> None:
        kind = NoticeKind.BACK if gap.over_at == now else NoticeKind.LOST if gap.told_at == now else None
        if kind is not None:
            await add_notice(conn, Notice(kind, now, gap.theatre, gap.what, gap.since), gap.id)

    async def _queue_waiting(self, now: datetime) -> None:
        async with self._database.reading() as conn:
            waiting = await unqueued_notices(conn)
        for notice_id in waiting:
            while not await self._queue_part(notice_id, now):
                self._wake()
        if waiting:
            self._wake()

    async def _queue_part(self, notice_id: int, now: datetime) -> bool:
        async with self._database.writing() as conn:
            told = await get_notice(conn, notice_id)
            regions = self._theatres.get(told.theatre, ()) if told else ()
            return await queue_notice(conn, notice_id, regions, now)

    async def _report(self, judged: Sequence[Judged], now: datetime) -> None:
        """One message a day on what is broken; at once, and once, when nothing answers at all."""
        share = measure(judged)
        is_all = share.sources > 0 and share.heard_sources == 0
        async with self._database.reading() as conn:
            was_told = bool(await get_setting(conn, ALL_TOLD, default=False))
            reported = await get_setting(conn, REPORTED_AT)
        reported_at = from_microseconds(reported) if reported is not None else None
        is_time = reported_at is not None and not timedelta() <= now - reported_at < REPORT_EVERY
        if reported_at is not None and is_all == was_told and not is_time:
            return
        async with self._database.writing() as conn:
            await put_setting(conn, ALL_TOLD, True if is_all else None)
            if reported_at is None:
                first = now - REPORT_EVERY + FIRST_REPORT_AFTER
                await put_setting(conn, REPORTED_AT, to_microseconds(first))
            if is_time or (is_all and not was_told):
                await self._tell_admins(conn, judged, now)

    async def _tell_admins(self, conn: Connection, judged: Sequence[Judged], now: datetime) -> None:
        await put_setting(conn, REPORTED_AT, to_microseconds(now))
        broken = [Trouble(check.source.name, found) for check, found in judged if found.is_broken]
        who_runs_it = sorted(self._admins.ids)
        if not broken or not who_runs_it:
            return
        chats = [(await ensure_chat(conn, who, ChatKind.PRIVATE, now)).id for who in who_runs_it]
        told = Notice(
            NoticeKind.BROKEN,
            now,
            EVERYWHERE,
            troubles=tuple(sorted(broken, key=lambda t: (t.found.health, t.name))[:MOST_TROUBLES]),
            broken=len(broken),
            total=len(judged),
        )
        await tell_chats(conn, told, chats)
        self._wake()
