"""Due sources are fetched, parsed and taken in; each on its own, so that none can delay or break another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import FetchError, ParseError, SourceError, StorageError
from bot.evidence import UnreadableError, asked_for, fault_of, note_seen, note_taken
from bot.model import Entry, Source
from bot.sources.fetch import Fetched, NotModified
from bot.sources.gather import Asks as Fetches
from bot.sources.gather import Gatherer
from bot.sources.gather import Reads as Parses
from bot.sources.identity import body_hash
from bot.storage.coverage import grave_theatres, new_lags
from bot.storage.database import Database
from bot.storage.sources import all_checks, due_checks, get_check, hasten, retry_now, save_state
from bot.watch.plan import (
    Failed,
    Outcome,
    Taken,
    Unchanged,
    is_cut_off,
    is_doubtful,
    is_left_alone,
    plan_next,
)
from bot.watch.rhythm import FASTEST, Tempo, allowed_wait
from bot.watch.state import SourceCheck, SourceState
from bot.watch.vitals import fault_of_document

if TYPE_CHECKING:  # what an ingest returns; which one it is comes as an argument
    from bot.ingest import Ingested

__all__ = [
    "Checked",
    "Checker",
    "Failed",
    "Fetches",
    "Outcome",
    "Progress",
    "Taken",
    "Unchanged",
    "plan_next",
]

log = logging.getLogger(__name__)

MOST_IN_FLIGHT = 2_000
"""Checks at a time, most of them waiting for their host's turn; the fetcher bounds the requests."""
SILENCE = timedelta(minutes=5)
"""When nothing was heard of any source for so long, it was the network and not they."""
LOOK_EVERY = timedelta(seconds=10)
"""How soon a grave incident makes the sources of its theatre be asked more often."""


class Ingests(Protocol):
    """`bot.ingest.ingest` with its reader and settings already given."""

    async def __call__(
        self, conn: Any, source: Source, entries: Sequence[Entry], now: datetime, is_first_check: bool
    ) -> Ingested:
        """Within the caller's transaction; raises StorageError."""
        ...


@dataclass(frozen=True, slots=True)
class Checked:
    """One check that has ended."""

    source: Source
    outcome: Outcome
    found: Ingested | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a refresh has come."""

    total: int
    checked: tuple[Checked, ...] = ()

    @property
    def failed(self) -> int:
        """How many sources gave nothing usable."""
        return sum(isinstance(c.outcome, Failed) for c in self.checked)

    @property
    def is_done(self) -> bool:
        """Whether every check has ended."""
        return len(self.checked) >= self.total


Tell = Callable[[Progress], Awaitable[None]]


class Checker:
    """Runs checks as tasks of its own; at most one at a time for a source. `close` it at the end."""

    def __init__(
        self,
        database: Database,
        fetcher: Fetches,
        parser: Parses,
        ingest: Ingests,
        *,
        interval: timedelta = timedelta(seconds=60),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        random: Random | None = None,
        on_found: Callable[[Ingested], None] = lambda found: None,
    ) -> None:
        """`interval` is for sources without one of their own; `on_found` hears of each commit."""
        self._database = database
        self._fetcher = fetcher
        self._gatherer = Gatherer(fetcher, parser, clock)
        self._ingest = ingest
        self._interval = interval
        self._clock = clock
        self._random = random or Random()
        self._on_found = on_found
        self._running: dict[str, asyncio.Task[Checked]] = {}
        self._states = _StateSaver(database)
        self._grave: frozenset[str] = frozenset()
        self._look_at = clock()
        self._heard_at: datetime | None = None

    async def start_due(self) -> int:
        """Start a check of each source whose time has come and return at once with their number.

        Whoever hangs is not waited for, so the next call finds the next sources in time.
        """
        return len(await self._start_due())

    async def check_due(self) -> tuple[Checked, ...]:
        """Start what is due and wait until all of it has ended."""
        return await self._follow(await self._start_due(), None)

    async def refresh(self, source_id: str | None = None, tell: Tell | None = None) -> tuple[Checked, ...]:
        """Check one source, or all that are not paused, now. `tell` hears of every check that ends.

        Returns nothing when there is no such source.
        """
        async with self._database.reading() as conn:
            if source_id is None:
                checks = [c for c in await all_checks(conn) if c.state.paused_at is None]
            else:
                found = await get_check(conn, source_id)
                checks = [found] if found else []
        return await self._follow([self._start(check) for check in checks], tell)

    async def check_again(self, source_id: str) -> None:
        """Check the source now, once a check under way is over: it may be too early.

        Not one that is paused, that fails, or that asked for more patience: it is checked in its time.
        """
        running = self._running.get(source_id)
        if running is not None:
            await asyncio.wait([running])
        async with self._database.reading() as conn:
            found = await get_check(conn, source_id)
        if found is None or found.state.paused_at is not None:
            return
        if not is_left_alone(found.state, self._clock()):
            await self._follow([self._start(found)], None)

    async def close(self) -> None:
        """Stop every check; what was not committed is found again at the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_due(self) -> list[asyncio.Task[Checked]]:
        await self._look_around()
        already = set(self._running)  # a check that ends while we read would look due with its old state
        async with self._database.reading() as conn:
            due = await due_checks(conn, self._clock(), MOST_IN_FLIGHT)
        free = MOST_IN_FLIGHT - len(self._running)
        fresh = [c for c in due if c.source.id not in already and c.source.id not in self._running]
        return [self._start(check) for check in fresh[: max(free, 0)]]

    def _start(self, check: SourceCheck) -> asyncio.Task[Checked]:
        source_id = check.source.id
        if source_id not in self._running:
            task = asyncio.create_task(self._check(check), name=f"check {source_id}")
            self._running[source_id] = task
            task.add_done_callback(lambda _: self._running.pop(source_id, None))
        return self._running[source_id]

    async def _follow(self, tasks: Iterable[asyncio.Task[Checked]], tell: Tell | None) -> tuple[Checked, ...]:
        pending = set(tasks)
        progress = Progress(len(pending))
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            ended = tuple(task.result() for task in done if not task.cancelled())
            progress = replace(progress, checked=progress.checked + ended)
            if tell is not None:
                await tell(progress)
        return progress.checked

    async def _check(self, check: SourceCheck) -> Checked:
        """One source from request to commit. Whatever goes wrong stays here, unknown to the others."""
        try:
            return await self._take_in(check)
        except SourceError as error:
            outcome = Failed(str(error), asked_for(error), fault_of(error))
        except StorageError as error:
            outcome = Failed(str(error))
            log.error("source %s: what it published could not be stored: %s", check.source.id, error)  # noqa: TRY400 - the sentence says it
        except Exception as error:
            outcome = Failed(f"an error of this program ({type(error).__name__})")
            log.exception("source %s: the check failed", check.source.id)
        return await self._give_up(check, outcome)

    async def _take_in(self, check: SourceCheck) -> Checked:
        source, state = check.source, check.state
        answer = await self._ask(source, state)
        if isinstance(answer, NotModified) or body_hash(answer.body) == state.body_hash:
            outcome = Unchanged(note_seen(source, answer))
            await self._states.save(source.id, self._plan(check, outcome))
            await self._note_life()
            return Checked(source, outcome)
        entries = await self._read(source, answer, state.last_ok_at)
        async with self._database.writing() as conn:
            now = self._clock()
            found = await self._ingest(conn, source, entries, now, state.first_checked_at is None)
            lags = await new_lags(conn, source.id, now) if found.new_reports else ()
            taken = note_taken(source, answer, entries, found.new_reports, lags)
            await save_state(conn, source.id, self._plan(check, taken))
        self._on_found(found)
        await self._note_life()
        return Checked(source, taken, found)

    async def _ask(self, source: Source, state: SourceState) -> Fetched | NotModified:
        """Raises FetchError, also for a "nothing has changed" to somebody who said of nothing what he has."""
        is_in_full = is_doubtful(state, self._clock())
        marks = (None, None) if is_in_full else (state.etag, state.last_modified)
        answer = await self._fetcher.fetch(source.url, *marks)
        if isinstance(answer, NotModified) and not any(marks):
            raise FetchError("answers 304 Not Modified to a question without conditions", status=304)
        return answer

    async def _note_life(self) -> None:
        """Some source was heard. After a time when none was, the network is back: nobody waits any longer."""
        now, before = self._clock(), self._heard_at
        self._heard_at = now
        if before is not None and now - before <= SILENCE:
            return
        async with self._database.reading() as conn:
            cut_off = [c.source.id for c in await all_checks(conn) if is_cut_off(c.state)]
        if cut_off:
            async with self._database.writing() as conn:
                await retry_now(conn, cut_off, now)

    async def _read(self, source: Source, answer: Fetched, since: datetime | None) -> tuple[Entry, ...]:
        try:
            return await self._gatherer.entries(source, answer, since)
        except ParseError as error:
            raise UnreadableError(str(error), fault_of_document(source.kind, answer.body)) from error

    async def _give_up(self, check: SourceCheck, outcome: Failed) -> Checked:
        level = logging.DEBUG if check.state.failures else logging.INFO
        log.log(level, "source %s: %s", check.source.id, outcome.reason)
        try:
            await self._states.save(check.source.id, self._plan(check, outcome))
        except StorageError as error:
            log.warning("source %s: its state could not be stored: %s", check.source.id, error)
        return Checked(check.source, outcome)

    def _plan(self, check: SourceCheck, outcome: Outcome) -> SourceState:
        luck = self._random.uniform(-1, 1)
        return plan_next(check.state, outcome, self._clock(), self._tempo(check.source), luck)

    def _tempo(self, source: Source) -> Tempo:
        own = source.interval_s
        usual = self._interval if own is None else timedelta(seconds=own)
        return Tempo(usual, is_fixed=own is not None, is_urgent=not self._grave.isdisjoint(source.theatres))

    async def _look_around(self) -> None:
        """Notice where a grave incident has become open, and plan the sources there anew."""
        now = self._clock()
        if now < self._look_at <= now + LOOK_EVERY:  # further ahead it is of a clock that was wrong
            return
        self._look_at = now + LOOK_EVERY
        async with self._database.reading() as conn:
            before, self._grave = self._grave, await grave_theatres(conn, now)
            added = self._grave - before
            checks = await all_checks(conn) if added else []
        near = [c for c in checks if not added.isdisjoint(c.source.theatres) and c.state.last_checked_at]
        if near:
            async with self._database.writing() as conn:
                await hasten(conn, {c.source.id: self._soonest(c) for c in near})
                await retry_now(conn, [c.source.id for c in near if is_cut_off(c.state)], now)

    def _soonest(self, check: SourceCheck) -> datetime:
        """When a source that was checked before may be asked in a hurry."""
        tempo, checked_at = self._tempo(check.source), check.state.last_checked_at or self._clock()
        fastest = tempo.usual if tempo.is_fixed else min(FASTEST, tempo.usual)
        return checked_at + max(fastest, allowed_wait(check.state))


class _StateSaver:
    """States of checks that found nothing, many in one transaction: while one runs the next gathers."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        self._waiting: dict[str, SourceState] = {}

    async def save(self, source_id: str, state: SourceState) -> None:
        """Returns when the state is committed. Raises StorageError to the caller whose turn it was.

        The others' states are lost then: their sources are simply checked again.
        """
        self._waiting[source_id] = state
        async with self._turn:
            batch, self._waiting = self._waiting, {}
            if not batch:
                return
            async with self._database.writing() as conn:
                for one_id, one_state in batch.items():
                    await save_state(conn, one_id, one_state)
