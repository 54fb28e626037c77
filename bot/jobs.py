"""When things run: APScheduler with jobs in memory, because their state is in our own rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final

from apscheduler.events import (  # type: ignore[import-untyped,unused-ignore]
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobExecutionEvent,
    JobSubmissionEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler

log = logging.getLogger(__name__)

LOOK_S: Final = 1.0
JUMP_S: Final = 2.0
"""A change of the time of day, against the clock that only goes forward, that is no drift; and how late the
look at it comes when nothing could run."""
ALL_JOBS: Final = "*"
"""In place of a job's id: what happened to all of them."""

Report = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is run again and again; `run` takes nothing and what it raises is logged, not fatal."""

    id: str
    run: Callable[[], Awaitable[None]]
    every: timedelta
    jitter_s: int = 0
    """Up to so many seconds are added or taken, so that a fleet does not ask everybody at once."""


class Scheduler(AsyncIOScheduler):  # type: ignore[misc,unused-ignore]
    """APScheduler plans by the time of day: set back by an hour, that would keep every job waiting for it."""

    _watch: asyncio.TimerHandle | None = None
    report: Report = staticmethod(lambda job_id, what: None)

    def start(self, *arguments: bool) -> None:
        """Begin to run, and to watch the time of day beside the clock that only goes forward."""
        super().start(*arguments)
        self._look(self._measure(), monotonic())

    def shutdown(self, wait: bool = True) -> None:
        """Run nothing more."""
        if self._watch is not None:
            self._watch.cancel()
        super().shutdown(wait)

    def _look(self, before_s: float, due_s: float) -> None:
        ahead_s, now_s = self._measure(), monotonic()
        if now_s - due_s > JUMP_S:
            log.warning("nothing could run for %.0f s; what came due meanwhile runs once", now_s - due_s)
            self.report(ALL_JOBS, "blocked")
        if abs(ahead_s - before_s) > JUMP_S:
            log.warning("the time of day jumped by %.0f s; all jobs are planned anew", ahead_s - before_s)
            for job in self.get_jobs():
                job.modify(next_run_time=wall_clock())
            self.report(ALL_JOBS, "moved")
        self._watch = asyncio.get_running_loop().call_later(LOOK_S, self._look, ahead_s, now_s + LOOK_S)

    @staticmethod
    def _measure() -> float:
        """How far the time of day is ahead of the clock that only goes forward."""
        return wall_clock().timestamp() - monotonic()


def wall_clock() -> datetime:
    """The time of day that jobs are planned by."""
    return datetime.now(UTC)


def schedule_jobs(jobs: Iterable[Job], report: Report | None = None) -> Scheduler:
    """A scheduler of these jobs, not yet started; the first run of each is at once.

    No run is lost because the loop was busy (no grace time) or the time of day was changed, late ones are run
    once, and no job runs twice at the same time. `report(job id, what happened)` and the log hear of missed,
    overlapping, failed runs, and for `ALL_JOBS` of a loop that was blocked and a time of day that was moved.
    """
    scheduler = Scheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for job in jobs:
        scheduler.add_job(
            partial(_run, job),
            "interval",
            id=job.id,
            seconds=job.every.total_seconds(),
            jitter=job.jitter_s or None,
            next_run_time=wall_clock(),
        )
    scheduler.report = report or scheduler.report
    _listen(scheduler, scheduler.report)
    return scheduler


def stop_jobs(scheduler: AsyncIOScheduler) -> None:
    """No run begins any more, and those under way are broken off.

    The scheduler itself ends in the loop's next round only; a run that it began in this one would be broken
    off before its first step, which it logs as a failure.
    """
    scheduler.pause()
    scheduler.shutdown(wait=False)


async def _run(job: Job) -> None:
    """One run; being broken off by the end of the service is no failure."""
    with suppress(asyncio.CancelledError):
        await job.run()


def _listen(scheduler: Scheduler, report: Report) -> None:
    def tell_missed(event: JobExecutionEvent) -> None:
        log.warning("job %s: the run due at %s was missed", event.job_id, event.scheduled_run_time)
        report(event.job_id, "missed")

    def tell_error(event: JobExecutionEvent) -> None:
        log.error("job %s failed", event.job_id, exc_info=event.exception)
        report(event.job_id, "failed")

    def tell_overlap(event: JobSubmissionEvent) -> None:
        log.info("job %s is still at its last run; this one is skipped", event.job_id)
        report(event.job_id, "overlapped")

    scheduler.add_listener(tell_missed, EVENT_JOB_MISSED)
    scheduler.add_listener(tell_error, EVENT_JOB_ERROR)
    scheduler.add_listener(tell_overlap, EVENT_JOB_MAX_INSTANCES)
