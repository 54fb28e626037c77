"""The outbox loop: queue, claim, render, pace, send, record.

Three loops share a heap of claimed deliveries: the feeder queues alerts and claims what is due (committed
before any request leaves), the dispatcher picks the most urgent at the moment it may be sent, the recorder
writes outcomes in batches. Killed at any moment, what was claimed and not recorded is sent once more.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Final

from bot.deliver.drafts import Author, Content, Drafts
from bot.deliver.turns import Turns
from bot.deliver.upkeep import Upkeep
from bot.deliver.verdicts import lengthen, settle_answer, settle_interrupted, settle_unsent
from bot.errors import StorageError
from bot.model import ChatKind
from bot.pace import GROUP_WINDOW_S, Departure, Pacer
from bot.sender import Draft, Fate, Outcome, Sender
from bot.storage import alerts, deliveries
from bot.storage.claiming import begin_fresh
from bot.storage.database import Database
from bot.storage.deliveries import ClaimedDelivery
from bot.storage.departures import latest_departures
from bot.storage.outcomes import Settled, settle
from bot.storage.tallies import add_counts
from bot.watch.counts import Counted

log = logging.getLogger(__name__)

BATCH_S: Final = 0.5  # claimed ahead: what a kill makes uncertain, and what an urgent one waits for
BATCH_LIMITS: Final = (4, 500)
IN_FLIGHT: Final = 256  # the transport's connections
LINGER_S: Final = 0.03  # outcomes gathered before they are written: one fsync for all of them
SHORT_WAIT_S: Final = 2.0  # a delivery that must wait longer goes back to the database meanwhile
LONGEST_NAP_S: Final = 0.2  # how soon a stop is noticed
IDLE_S: Final = 60.0  # without a signal the outbox is looked at this often
STOP_GRACE_S: Final = 4.0  # for requests in flight; the service has eight seconds to end
STORAGE_RETRY_S: Final = 1.0
LAST_TRIES: Final = 3
RECALLED: Final = timedelta(seconds=GROUP_WINDOW_S)  # no limit of Telegram's looks farther back
GROUPS: Final = (ChatKind.GROUP, ChatKind.SUPERGROUP)


@dataclass(frozen=True, slots=True)
class Clock:
    """The time of day (aware, UTC), and the clock that only goes forward, in seconds."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = monotonic


@dataclass(frozen=True, slots=True, order=True)
class _Job:
    """A claimed delivery that waits for its moment; `draft` when it was refused once and made simpler."""

    priority: int
    place: int
    id: int
    claimed: ClaimedDelivery = field(compare=False)
    content: Content = field(compare=False)
    draft: Draft | None = field(default=None, compare=False)


class Deliverer:
    """Delivers what the outbox holds, for as long as `run` runs. One a process, one process a database."""

    def __init__(
        self,
        database: Database,
        sender: Sender,
        pacer: Pacer,
        author: Author,
        wake: asyncio.Event,
        *,
        rate: float,
        max_age: timedelta,
        clock: Clock | None = None,
    ) -> None:
        """`wake` is set by whoever committed an alert; `rate` in messages a second is the pacer's.

        What waited longer than `max_age` (zero: no limit) expires unsent.
        """
        self._database, self._sender, self._pacer = database, sender, pacer
        self._drafts, self._wake = Drafts(author), wake
        self._clock = clock or Clock()
        self._upkeep = Upkeep(database, max_age, self._clock.now, self._clock.monotonic)
        low, high = BATCH_LIMITS
        self._batch = int(min(high, max(low, rate * BATCH_S)))
        self._turns = Turns()
        self._ready: list[_Job] = []
        self._aside: list[tuple[float, _Job]] = []
        self._results: list[Settled] = []
        self._in_flight: set[asyncio.Task[None]] = set()
        self._room, self._stir, self._has_results = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._is_pause_new = self._is_stopping = self._is_drained = False
        self._grace_s = STOP_GRACE_S
        self._ended = asyncio.Event()
        self._ended.set()

    async def run(self) -> None:
        """Deliver until `stop`. Raises StorageError when the database cannot be used at the start."""
        self._ended.clear()
        try:
            await self._begin()
            async with asyncio.TaskGroup() as loops:
                feeder = loops.create_task(self._feed())
                loops.create_task(self._dispatch(feeder))
                loops.create_task(self._record())
        finally:
            for task in self._in_flight:
                task.cancel()
            await asyncio.gather(*self._in_flight, return_exceptions=True)
            self._ended.set()

    async def stop(self, grace_s: float = STOP_GRACE_S) -> None:
        """Begin nothing new, wait at most `grace_s` for what is in flight, record all, and end `run`."""
        self._grace_s = grace_s
        self._is_stopping = True
        for signal in (self._room, self._stir, self._has_results):
            signal.set()
        await self._ended.wait()

    # --- the feeder: from the outbox into the heap

    async def _begin(self) -> None:
        now, now_s = self._clock.now(), self._clock.monotonic()
        async with self._database.writing() as conn:
            departures = await latest_departures(conn, now, RECALLED)
            released = await deliveries.release_sending(conn, now)
            await add_counts(conn, [(Counted.UNCERTAIN, "crash", released)], now)
            pauses = await deliveries.pauses(conn, now)
        if released:
            log.warning("%d deliveries were being sent when the service last ended: sent once more", released)
        for each in departures:
            at_s = now_s - max(0.0, (now - each.at).total_seconds())
            self._pacer.recall(each.telegram_id, each.chat_kind in GROUPS, each.form, at_s)
        if pauses.everything is not None:
            self._pacer.pause(now_s + (pauses.everything - now).total_seconds())
        for telegram_id, until in pauses.chats.items():
            self._pacer.hold(telegram_id, now_s + (until - now).total_seconds())

    async def _feed(self) -> None:
        while not self._is_stopping:
            is_urgent = self._wake.is_set()
            self._wake.clear()
            self._room.clear()
            try:
                await self._upkeep.run_due(lambda: self._is_stopping)
                has_more = await self._queue_chunk()
                claimed = await self._claim(is_urgent or has_more)
                nap_s = 0.0 if has_more else IDLE_S if claimed or self._ready else await self._next_due_s()
            except StorageError as error:
                log.error("the outbox cannot be read, trying again: %s", error)  # noqa: TRY400 - said in full
                nap_s = STORAGE_RETRY_S
            if nap_s and not self._is_stopping:
                await _wait_for_any(nap_s, self._wake, self._room)

    async def _queue_chunk(self) -> bool:
        """Queue the most urgent alert for its next chats; True when there is more to queue."""
        async with self._database.reading() as conn:
            waiting = await alerts.unqueued_alerts(conn, self._clock.now())
        if not waiting:
            return False
        alert_id = waiting[0]
        async with self._database.writing() as conn:
            if not self._turns.knows(alert_id) and (fresh := await begin_fresh(conn, alert_id)):
                self._turns.begin(fresh)
            chunk = await alerts.queue_next_chunk(conn, alert_id, self._clock.now())
        return not chunk.is_done or len(waiting) > 1

    async def _claim(self, is_urgent: bool) -> int:
        """Claim what is due, as much as there is room for; more when something new may be urgent."""
        waiting = len(self._ready)
        limit = self._batch - waiting if waiting <= self._batch // 2 else 0
        if is_urgent and waiting < 2 * self._batch:
            limit = max(limit, self._batch // 2)
        if not limit or self._pacer.paused_until_s > self._clock.monotonic() + SHORT_WAIT_S:
            return 0
        now = self._clock.now()
        async with self._database.writing() as conn:
            claimed = await deliveries.claim_due(conn, now, limit, self._turns.newest)
            contents = [await self._drafts.read(conn, each) for each in claimed]
        for each, content in zip(claimed, contents, strict=True):
            place = self._turns.place(each.alert_id)
            heapq.heappush(self._ready, _Job(each.priority, place, each.id, each, content))
        self._turns.note(claimed)
        self._stir.set()
        return len(claimed)

    async def _next_due_s(self) -> float:
        """Seconds until something that waits now may go, should nothing else happen."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        async with self._database.reading() as conn:
            due = await deliveries.next_due(conn, now)
        due_s = IDLE_S if due is None else (due - now).total_seconds()
        return max(0.001, min(IDLE_S, max(due_s, self._pacer.paused_until_s - now_s)))

    # --- the dispatcher: from the heap to Telegram

    async def _dispatch(self, feeder: asyncio.Task[None]) -> None:
        while not self._is_stopping:
            now_s = self._clock.monotonic()
            while self._aside and self._aside[0][0] <= now_s:
                heapq.heappush(self._ready, heapq.heappop(self._aside)[1])
            wait_s = self._pacer.wait_for_all(now_s)
            if wait_s > SHORT_WAIT_S:
                self._give_all_back()
            if not self._ready or len(self._in_flight) >= IN_FLIGHT:
                self._stir.clear()
                await _wait_for_any(self._aside[0][0] - now_s if self._aside else IDLE_S, self._stir)
            elif wait_s > 0:
                await asyncio.sleep(min(wait_s, LONGEST_NAP_S))
            else:
                self._start(heapq.heappop(self._ready), now_s)
        await asyncio.wait([feeder])  # it may still be claiming
        await self._finish()

    def _start(self, job: _Job, now_s: float) -> None:
        """Send it now if its chat may have it, else put it where it waits."""
        claimed = job.claimed
        turn = self._pacer.reserve(claimed.telegram_id, claimed.chat_kind in GROUPS, claimed.form, now_s)
        if not turn.wait_s:
            task = asyncio.create_task(self._deliver(job))
            self._in_flight.add(task)
            task.add_done_callback(self._land)
        elif turn.wait_s <= SHORT_WAIT_S:
            heapq.heappush(self._aside, (now_s + turn.wait_s, job))
        else:
            self._hand_over(settle_unsent(claimed, turn.wait_s, self._clock.now()))

    def _land(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self._stir.set()

    async def _finish(self) -> None:
        """Put back what was not sent, wait for what is being sent, and let the recorder end."""
        self._give_all_back()
        if self._in_flight:
            _, late = await asyncio.wait(self._in_flight, timeout=self._grace_s)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        self._give_all_back()
        self._is_drained = True
        self._has_results.set()

    async def _deliver(self, job: _Job) -> None:
        """One request, its outcome to the recorder; what goes wrong here touches no other delivery."""
        claimed, draft = job.claimed, job.draft
        goes = (claimed.telegram_id, claimed.chat_kind in GROUPS, claimed.form)
        departure = Departure(self._pacer, *goes, self._clock.monotonic)
        try:
            draft = draft or self._drafts.compose(claimed, job.content)
            outcome = await self._sender.send(draft, departure.tell)
        except asyncio.CancelledError:
            self._hand_over(settle_interrupted(claimed, self._clock.now()))
            return
        except Exception as error:
            name = type(error).__name__  # its message may hold a chat's text
            log.error("delivery %d failed in the service itself: %s", job.id, name)  # noqa: TRY400
            fate = Fate.FAILED if draft is None else Fate.UNCERTAIN
            outcome = Outcome(fate, "internal_error", retry_after_s=STORAGE_RETRY_S)
        finally:
            departure.tell()  # whatever came of it, the pacer waits for it no longer
        self._judge(job, outcome)

    def _judge(self, job: _Job, outcome: Outcome) -> None:
        """What an answer means for the pace, and what the recorder is to keep of it."""
        now_s = self._clock.monotonic()
        if outcome.fate is Fate.SIMPLER:
            heapq.heappush(self._aside, (now_s, replace(job, draft=outcome.instead)))
            return
        if outcome.fate is Fate.RETRY:
            wait_s = lengthen(outcome, job.claimed.attempts)
            self._is_pause_new |= self._pacer.note_refusal(job.claimed.telegram_id, wait_s, now_s)
        elif outcome.fate is Fate.OUTAGE:
            self._note_outage(outcome, now_s)
        elif outcome.fate is not Fate.UNCERTAIN:
            self._pacer.note_acceptance()
        self._hand_over(settle_answer(job.claimed, outcome, self._clock.now(), job.content.alert))

    def _note_outage(self, outcome: Outcome, now_s: float) -> None:
        if self._pacer.paused_until_s <= now_s:
            log.warning("nothing can be sent (%s), next try in %.0f s", outcome.reason, outcome.retry_after_s)
        self._pacer.pause(now_s + outcome.retry_after_s)

    def _give_all_back(self) -> None:
        now = self._clock.now()
        for job in (*self._ready, *(job for _, job in self._aside)):
            self._hand_over(settle_unsent(job.claimed, 0.0, now))
        self._ready.clear()
        self._aside.clear()

    def _hand_over(self, settled: Settled) -> None:
        self._results.append(settled)
        self._has_results.set()

    # --- the recorder: outcomes into the database

    async def _record(self) -> None:
        tries = 0
        while self._results or not self._is_drained:
            await self._has_results.wait()
            self._has_results.clear()
            if not self._is_drained:
                await asyncio.sleep(LINGER_S)
            batch, self._results = self._results, []
            try:
                await self._keep(batch)
            except StorageError as error:
                tries += 1
                log.error("outcomes cannot be kept, trying again: %s", error)  # noqa: TRY400 - said in full
                self._results[:0] = batch
                self._has_results.set()
                if self._is_drained and tries >= LAST_TRIES:
                    return
                await asyncio.sleep(STORAGE_RETRY_S)
                continue
            tries = 0
            if len(self._ready) <= self._batch // 2:
                self._room.set()

    async def _keep(self, batch: list[Settled]) -> None:
        now, now_s = self._clock.now(), self._clock.monotonic()
        if not batch:
            return
        async with self._database.writing() as conn:
            await settle(conn, batch, now)
            if self._is_pause_new:
                rest_s = max(0.0, self._pacer.paused_until_s - now_s)
                await deliveries.hold_all(conn, now + timedelta(seconds=rest_s))
        self._is_pause_new = False


async def _wait_for_any(longest_s: float, *signals: asyncio.Event) -> None:
    """Return when one of the signals is set, at the latest after `longest_s` seconds."""
    waits = [asyncio.ensure_future(signal.wait()) for signal in signals]
    try:
        await asyncio.wait(waits, timeout=max(0.0, longest_s), return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
