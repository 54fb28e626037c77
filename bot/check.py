"""Due sources are fetched, parsed and taken in; each on its own, so that none can delay or break another."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, Protocol

from bot.errors import FetchError, SourceError, StorageError
from bot.model import Entry, Source, SourceKind
from bot.sources.fetch import Fetched, NotModified
from bot.sources.identity import body_hash
from bot.storage.database import Database
from bot.storage.sources import SourceCheck, SourceState, all_checks, due_checks, get_check, save_state

if TYPE_CHECKING:  # what an ingest returns; which one it is comes as an argument
    from bot.ingest import Ingested

log = logging.getLogger(__name__)

LONGEST_BACKOFF = timedelta(hours=1)
LONGEST_RETRY_AFTER = timedelta(days=1)
"""A host that asks for more is asked once a day: it may have meant milliseconds."""
JITTER = 0.1
"""Share of the interval: sources that start together do not stay together."""
MOST_IN_FLIGHT = 2_000
"""Checks at a time, most of them waiting for their host's turn; the fetcher bounds the requests."""
MOST_ERROR_CHARS = 300


class Fetches(Protocol):
    """What asks sources: `bot.sources.fetch.Fetcher`, or the samples."""

    async def fetch(
        self, url: str, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched | NotModified:
        """Raises FetchError alone."""
        ...


class Parses(Protocol):
    """What reads answers: `bot.sources.parser.Parser`."""

    async def parse(
        self, kind: SourceKind, body: bytes, content_type: str, base_url: str
    ) -> tuple[Entry, ...]:
        """Raises ParseError alone."""
        ...


class Ingests(Protocol):
    """`bot.ingest.ingest` with its reader and settings already given."""

    async def __call__(
        self, conn: Any, source: Source, entries: Sequence[Entry], now: datetime, is_first_check: bool
    ) -> Ingested:
        """Within the caller's transaction; raises StorageError."""
        ...


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The source has nothing new: 304, or the very bytes of last time."""


@dataclass(frozen=True, slots=True)
class Taken:
    """Entries were read and are in the database."""

    entries: int
    has_news: bool
    etag: str | None
    last_modified: str | None
    body_hash: str


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing was taken in; `reason` is for an admin."""

    reason: str
    retry_after: timedelta | None = None


Outcome = Unchanged | Taken | Failed


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


def plan_next(
    state: SourceState, outcome: Outcome, now: datetime, interval: timedelta, luck: float = 0.0
) -> SourceState:
    """The state after a check that ended `now`: all decisions on when a source is asked again.

    `luck` from -1 to 1 spreads the checks by up to a tenth of the interval. Failures double the wait, to at
    most an hour; a longer Retry-After counts, to at most a day. What was remembered for conditional requests
    changes only together with what was taken in.
    """
    if isinstance(outcome, Failed):
        return _plan_retry(state, outcome, now, interval, luck)
    soon = now + interval * (1 + JITTER * luck)
    fine = replace(
        state, next_check_at=soon, last_checked_at=now, last_ok_at=now, failures=0, last_error=None
    )
    if isinstance(outcome, Unchanged):
        return fine
    return replace(
        fine,
        etag=outcome.etag,
        last_modified=outcome.last_modified,
        body_hash=outcome.body_hash,
        first_checked_at=state.first_checked_at or (now if outcome.entries else None),
        last_new_at=now if outcome.has_news else state.last_new_at,
    )


def _plan_retry(
    state: SourceState, outcome: Failed, now: datetime, interval: timedelta, luck: float
) -> SourceState:
    doublings = min(state.failures + 1, 20)  # beyond that the hour holds anyway
    wait = min(interval * 2**doublings, max(LONGEST_BACKOFF, interval)) * (1 + JITTER * min(luck, 0.0))
    if outcome.retry_after is not None:
        wait = max(wait, min(outcome.retry_after, LONGEST_RETRY_AFTER))
    return replace(
        state,
        next_check_at=now + wait,
        last_checked_at=now,
        failures=state.failures + 1,
        last_error=outcome.reason[:MOST_ERROR_CHARS],
    )


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
        self._parser = parser
        self._ingest = ingest
        self._interval = interval
        self._clock = clock
        self._random = random or Random()
        self._on_found = on_found
        self._running: dict[str, asyncio.Task[Checked]] = {}
        self._states = _StateSaver(database)

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

    async def close(self) -> None:
        """Stop every check; what was not committed is found again at the next start."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _start_due(self) -> list[asyncio.Task[Checked]]:
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
            outcome = Failed(str(error), _asked_for(error))
        except StorageError as error:
            outcome = Failed(str(error))
            log.error("source %s: what it published could not be stored: %s", check.source.id, error)  # noqa: TRY400 - the sentence says it
        except Exception as error:
            outcome = Failed(f"an error of this program ({type(error).__name__})")
            log.exception("source %s: the check failed", check.source.id)
        return await self._give_up(check, outcome)

    async def _take_in(self, check: SourceCheck) -> Checked:
        source, state = check.source, check.state
        answer = await self._fetcher.fetch(source.url, state.etag, state.last_modified)
        if isinstance(answer, NotModified) or body_hash(answer.body) == state.body_hash:
            await self._states.save(source.id, self._plan(check, Unchanged()))
            return Checked(source, Unchanged())
        entries = await self._parser.parse(source.kind, answer.body, answer.content_type, answer.final_url)
        async with self._database.writing() as conn:
            now = self._clock()
            found = await self._ingest(conn, source, entries, now, state.first_checked_at is None)
            outcome = _taken(answer, entries, found)
            await save_state(conn, source.id, self._plan(check, outcome))
        self._on_found(found)
        return Checked(source, outcome, found)

    async def _give_up(self, check: SourceCheck, outcome: Failed) -> Checked:
        level = logging.DEBUG if check.state.failures else logging.INFO
        log.log(level, "source %s: %s", check.source.id, outcome.reason)
        try:
            await self._states.save(check.source.id, self._plan(check, outcome))
        except StorageError as error:
            log.warning("source %s: its state could not be stored: %s", check.source.id, error)
        return Checked(check.source, outcome)

    def _plan(self, check: SourceCheck, outcome: Outcome) -> SourceState:
        own = check.source.interval_s
        interval = self._interval if own is None else timedelta(seconds=own)
        return plan_next(check.state, outcome, self._clock(), interval, self._random.uniform(-1, 1))


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


def _taken(answer: Fetched, entries: Sequence[Entry], found: Ingested) -> Taken:
    return Taken(
        entries=len(entries),
        has_news=bool(found.new_reports or found.revisions),
        etag=answer.etag,
        last_modified=answer.last_modified,
        body_hash=body_hash(answer.body),
    )


def _asked_for(error: SourceError) -> timedelta | None:
    seconds = error.retry_after_s if isinstance(error, FetchError) else None
    return None if seconds is None else timedelta(seconds=min(seconds, LONGEST_RETRY_AFTER.total_seconds()))
