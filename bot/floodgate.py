"""A source that floods: its admins hear of it at once, and what was held is let go when its hour is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.admins import Bell
from bot.data.messages import Words
from bot.ingest import Connection, tell_change
from bot.storage.database import Database
from bot.storage.incidents import get_incident
from bot.storage.surges import Surge, drop_surges, ended_surges, mark_surge_told, save_surge, untold_surges

KEEP = timedelta(days=2)
"""How long an hour of flood can be looked up."""


class Floodgate:
    """What it knows is in rows: a restart repeats nothing and forgets nothing."""

    def __init__(
        self,
        database: Database,
        bell: Bell,
        *,
        max_age: timedelta | None,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
    ) -> None:
        """`max_age`: an incident that was reported on longer ago is let go silently (None: no limit)."""
        self._database, self._bell = database, bell
        self._max_age, self._clock, self._wake = max_age, clock, wake

    async def look(self) -> None:
        """Tell the admins of new floods, alert what was held in hours that are over."""
        now = self._clock()
        async with self._database.reading() as conn:
            untold, ended = await untold_surges(conn), await ended_surges(conn, now)
        for surge in untold:
            await self._report(surge, now)
        for surge in ended:
            await self._let_go(surge, now)

    async def tidy(self) -> None:
        """Forget floods of long ago."""
        async with self._database.writing() as conn:
            await drop_surges(conn, self._clock() - KEEP)

    async def _report(self, surge: Surge, now: datetime) -> None:
        async with self._database.writing() as conn:
            await mark_surge_told(conn, surge, now)
        await self._bell.ring(lambda words: _say(words, surge))

    async def _let_go(self, surge: Surge, now: datetime) -> None:
        async with self._database.writing() as conn:
            for incident_id in surge.held:
                await self._alert(conn, incident_id, now, is_rolled=len(surge.held) > 1)
            await save_surge(conn, Surge(surge.source_id, surge.started_at, surge.alerted, (), now))
        self._wake()

    async def _alert(self, conn: Connection, incident_id: int, now: datetime, *, is_rolled: bool) -> None:
        """Grave or not, it comes with the others: a flood of inventions is a flood of dead, too."""
        incident = await get_incident(conn, incident_id)
        if incident is None or incident.told_at is not None or incident.retraction is not None:
            return
        if self._max_age is None or now - incident.last_report_at <= self._max_age:
            titles = [claim.title for claim in incident.claims]
            await tell_change(conn, None, incident, now, titles, is_rolled=is_rolled)


def _say(words: Words, surge: Surge) -> str:
    return words.text(
        "The source {source} told of more than {alerted} new incidents within an hour. The next ones are "
        "held: they are alerted together when that hour is over, unless another source tells of them before. "
        "If it is no real news, /pause {source} or /retract them.",
        source=surge.source_id,
        alerted=words.number(surge.alerted),
    )
