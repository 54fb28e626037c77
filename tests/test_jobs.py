"""The scheduler: runs at once, survives a job that raises, never runs one job twice at the same time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from bot.jobs import ALL_JOBS, Job, schedule_jobs, stop_jobs
from tests.clock import PATIENCE_S

QUICK = timedelta(milliseconds=20)


async def test_a_job_that_raises_is_reported_and_runs_again() -> None:
    """A failure is told to the listener and costs only its own run."""
    told: list[tuple[str, str]] = []
    third = asyncio.Event()
    runs = 0

    async def fail() -> None:
        nonlocal runs
        runs += 1
        if runs >= 3:
            third.set()
        raise RuntimeError("on purpose")

    scheduler = schedule_jobs([Job("check", fail, QUICK)], lambda job, what: told.append((job, what)))
    scheduler.start()
    await asyncio.wait_for(third.wait(), PATIENCE_S)
    scheduler.shutdown(wait=False)
    assert ("check", "failed") in told


async def test_a_job_longer_than_its_interval_never_runs_twice_at_once() -> None:
    """Runs that come due meanwhile are skipped and reported; the job goes on afterwards."""
    told: list[tuple[str, str]] = []
    running, most, overlapped = 0, 0, asyncio.Event()

    def report(job: str, what: str) -> None:
        told.append((job, what))
        if what == "overlapped":
            overlapped.set()

    async def linger() -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await overlapped.wait()
        running -= 1

    scheduler = schedule_jobs([Job("slow", linger, QUICK)], report)
    scheduler.start()
    await asyncio.wait_for(overlapped.wait(), PATIENCE_S)
    scheduler.shutdown(wait=False)
    assert most == 1
    assert ("slow", "overlapped") in told


def moving_time(monkeypatch: pytest.MonkeyPatch, *, is_told_by_hand: bool) -> Callable[[timedelta], None]:
    """The function returned moves the time of day; unless somebody did it by hand, time has really passed."""
    moved = timedelta()

    class MovedTime(datetime):
        """The time of day as it is now said to be."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + moved

    def passed_s() -> float:
        return time.monotonic() + (0.0 if is_told_by_hand else moved.total_seconds())

    def move(by: timedelta) -> None:
        nonlocal moved
        moved += by

    for part in ("schedulers", "executors"):
        monkeypatch.setattr(f"apscheduler.{part}.base.datetime", MovedTime)
    monkeypatch.setattr("bot.jobs.wall_clock", lambda: MovedTime.now(UTC))
    monkeypatch.setattr("bot.jobs.monotonic", passed_s)
    return move


@pytest.mark.parametrize(
    ("passed", "blocked"),
    [(timedelta(), timedelta(hours=5.5)), (timedelta(minutes=59, seconds=57), timedelta(seconds=5))],
)
async def test_a_blocked_loop_loses_no_run(
    monkeypatch: pytest.MonkeyPatch, passed: timedelta, blocked: timedelta
) -> None:
    """Whatever came due while the loop was busy runs once for all its turns, and that it was busy is told."""
    move = moving_time(monkeypatch, is_told_by_hand=False)
    monkeypatch.setattr("bot.jobs.LOOK_S", 0.05)
    told: list[tuple[str, str]] = []
    running, most, runs, ran, is_told = 0, 0, 0, asyncio.Event(), asyncio.Event()

    async def note() -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        ran.set()
        await asyncio.sleep(0)
        running -= 1

    def report(job: str, what: str) -> None:
        told.append((job, what))
        is_told.set()

    scheduler = schedule_jobs([Job("check", note, timedelta(hours=1))], report)
    scheduler.start()
    await asyncio.wait_for(ran.wait(), PATIENCE_S)
    move(passed)
    before = runs
    ran.clear()
    move(blocked)
    scheduler.wakeup()  # the timer that comes too late
    await asyncio.wait_for(ran.wait(), PATIENCE_S)
    for _ in range(9):
        await asyncio.sleep(0)
    assert runs == before + 1
    await asyncio.wait_for(is_told.wait(), PATIENCE_S)
    scheduler.shutdown(wait=False)
    assert most == 1
    assert set(told) == {(ALL_JOBS, "blocked")}


async def test_a_run_broken_off_by_the_end_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    """Stopping while a job runs logs nothing and reports nothing."""
    told: list[tuple[str, str]] = []
    begun, ended = asyncio.Event(), asyncio.Event()

    async def wait() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    scheduler = schedule_jobs([Job("check", wait, QUICK)], lambda job, what: told.append((job, what)))
    scheduler.start()
    await asyncio.wait_for(begun.wait(), PATIENCE_S)
    scheduler.shutdown(wait=False)
    await asyncio.wait_for(ended.wait(), PATIENCE_S)
    assert not [r for r in caplog.records if r.levelname == "ERROR"]
    assert ("check", "failed") not in told


async def test_a_run_that_begins_in_the_moment_of_the_end_is_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """An operator who stops the service finds no error in the log."""
    told: list[tuple[str, str]] = []

    async def linger() -> None:
        await asyncio.Event().wait()

    scheduler = schedule_jobs([Job("check", linger, QUICK)], lambda job, what: told.append((job, what)))
    scheduler.start()
    stop_jobs(scheduler)  # before the loop has come to the first run
    for _ in range(9):
        await asyncio.sleep(0)
    assert (told, [record for record in caplog.records if record.levelname == "ERROR"]) == ([], [])


@pytest.mark.parametrize("moved_by", [-timedelta(hours=1), timedelta(hours=1)])
async def test_a_clock_that_is_moved_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, moved_by: timedelta
) -> None:
    """Set back or ahead by an hour, the time of day keeps no job waiting; no lost turn is made up for.

    It is told, and no job runs beside itself.
    """
    move = moving_time(monkeypatch, is_told_by_hand=True)
    monkeypatch.setattr("bot.jobs.LOOK_S", 0.05)
    told: list[tuple[str, str]] = []
    running, most, runs, enough = 0, 0, 0, asyncio.Event()

    async def note() -> None:
        nonlocal running, most, runs
        running, runs = running + 1, runs + 1
        most = max(most, running)
        if runs >= 3:
            enough.set()
        await asyncio.sleep(0.01)
        running -= 1

    job = Job("check", note, timedelta(milliseconds=300))
    scheduler = schedule_jobs([job], lambda job, what: told.append((job, what)))
    scheduler.start()
    await asyncio.wait_for(enough.wait(), PATIENCE_S)
    before = runs
    move(moved_by)
    enough.clear()
    await asyncio.wait_for(enough.wait(), PATIENCE_S)
    await asyncio.sleep(0.5)
    scheduler.shutdown(wait=False)
    assert before < runs <= before + 6
    assert most == 1
    assert told.count((ALL_JOBS, "moved")) == 1
