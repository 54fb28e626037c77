"""What the admins are told past the outbox, because it may be the outbox that does not work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.admins import Bell
from bot.data.messages import Words
from bot.storage.columns import from_microseconds, to_microseconds
from bot.storage.database import Database
from bot.storage.figures import read_pulse
from bot.storage.settings import ALL_TOLD, get_setting, put_setting
from bot.watch.pulse import Part, find_standstills, is_moving

TRY_AGAIN: Final = timedelta(minutes=5)
"""Telegram may be out of reach just then: whoever could not be told is tried again."""
CALM: Final = timedelta(minutes=1)
"""How long nothing may have been refused before that is over."""
STANDSTILLS: Final = "standstills"
"""The setting that holds what stands still and who knows it."""


class Alarm:
    """Tells each admin once when the database begins to refuse, and once when that is over.

    On a disk that is all but full small transactions pass and large ones do not: it is over when none was
    refused for a while.
    """

    def __init__(self, database: Database, bell: Bell, clock: Callable[[], datetime]) -> None:
        self._database, self._bell, self._clock = database, bell, clock
        self._is_raised = False
        self._refusals = database.refusals
        self._refused_at = self._tried_at = clock()
        self._missed: frozenset[int] = frozenset()

    async def look(self) -> None:
        """Compare the state with the one that was told; to be called every few seconds."""
        why, now = self._database.trouble, self._clock()
        if why is not None or self._database.refusals != self._refusals:
            self._refusals, self._refused_at = self._database.refusals, now
        if not self._is_raised and why is not None:
            self._is_raised = True
            await self._tell(why, now, self._bell.admin_ids)
        elif self._is_raised and now - self._refused_at >= CALM:
            self._is_raised, self._missed = False, frozenset()
            await self._bell.ring(lambda words: _say(words, None))
        elif self._missed and why is not None and now - self._tried_at >= TRY_AGAIN:
            await self._tell(why, now, self._missed)

    async def _tell(self, why: str, now: datetime, whom: frozenset[int]) -> None:
        self._tried_at = now
        self._missed = await self._bell.ring(lambda words: _say(words, why), whom)


@dataclass(frozen=True, slots=True)
class _Told:
    """A standstill as it is kept: since when, who does not know yet, when they were tried (microseconds)."""

    since: int
    missed: Sequence[int] = ()
    tried_at: int = 0

    @property
    def since_at(self) -> datetime:
        """When it began."""
        return from_microseconds(self.since)

    @property
    def last_try_at(self) -> datetime:
        """When those who do not know were tried last."""
        return from_microseconds(self.tried_at)


class DeadMansSwitch:
    """Tells each admin once when checks or deliveries stand still, and once when that is over.

    What was told is in rows: a restart repeats nothing.
    """

    def __init__(self, database: Database, bell: Bell, clock: Callable[[], datetime]) -> None:
        """The service has as long to begin from now on as `find_standstills` says."""
        self._database, self._bell, self._clock = database, bell, clock
        self._started_at = clock()

    async def look(self) -> None:
        """Compare what stands still with what was told; to be called every half minute."""
        now = self._clock()
        async with self._database.reading() as conn:
            pulse = await read_pulse(conn, now)
            kept = await get_setting(conn, STANDSTILLS, default={})
            is_told_by_sources = bool(await get_setting(conn, ALL_TOLD, default=False))
        found = find_standstills(pulse, self._started_at, now)
        told = {Part(part): _Told(**each) for part, each in kept.items()}
        for part in Part:
            if part in found and part not in told:
                is_known = part is Part.CHECKS and is_told_by_sources
                missed = () if is_known else tuple(sorted(self._bell.admin_ids))
                told[part] = _Told(to_microseconds(found[part]), missed)
                await self._tell(told, part, now)
            elif part in told and is_moving(part, pulse, told[part].since_at):
                await self._take_back(told, part, now)
            elif part in told and told[part].missed and now - told[part].last_try_at >= TRY_AGAIN:
                await self._tell(told, part, now)

    async def _tell(self, told: dict[Part, _Told], part: Part, now: datetime) -> None:
        """Kept before it is told: killed between, the process after this one tells it."""
        state = replace(told[part], tried_at=to_microseconds(now))
        if state.missed:
            await self._keep(told | {part: state})
            missed = await self._bell.ring(partial(_say_still, part, state.since_at, now), state.missed)
            state = replace(state, missed=tuple(sorted(missed)))
        await self._keep(told | {part: state})

    async def _take_back(self, told: dict[Part, _Told], part: Part, now: datetime) -> None:
        state = told.pop(part)
        await self._keep(told)
        await self._bell.ring(partial(_say_over, part, state.since_at, now))

    async def _keep(self, told: dict[Part, _Told]) -> None:
        async with self._database.writing() as conn:
            await put_setting(conn, STANDSTILLS, {str(p): asdict(each) for p, each in told.items()} or None)


def _say(words: Words, why: str | None) -> str:
    if why is None:
        return words.text("The database can be written again; everything goes on.")
    return words.text(
        "The database refuses to be written: {why}. Nothing is checked or sent meanwhile; nothing is lost.",
        why=why,
    )


def _say_still(part: Part, since: datetime, now: datetime, words: Words) -> str:
    when = words.moment(since, now) + " UTC"
    if part is Part.CHECKS:
        return words.text("No source could be checked since {when}. The log says why.", when=when)
    return words.text("Messages wait, and none has left since {when}. The log says why.", when=when)


def _say_over(part: Part, since: datetime, now: datetime, words: Words) -> str:
    when = words.moment(since, now) + " UTC"
    if part is Part.CHECKS:
        return words.text("Sources are checked again; none could be since {when}.", when=when)
    return words.text("Messages leave again; none did since {when}.", when=when)
