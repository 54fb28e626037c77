"""The service that runs: what is done at once, what again and again, and how it ends."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from telegram.ext import Application

from bot.alarm import Alarm, DeadMansSwitch
from bot.check import Checker
from bot.commands import Desk, set_menu
from bot.commands.crier import Crier
from bot.commands.polling import Poll, connect
from bot.deliver import Deliverer
from bot.digests import Digests
from bot.floodgate import Floodgate
from bot.hubs import Hubs
from bot.jobs import Job, schedule_jobs, stop_jobs
from bot.lookout import Lookout
from bot.retention import Retention
from bot.storage.alerts import unqueued_alerts
from bot.storage.database import Database
from bot.storage.deliveries import is_anything_due

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
"""How often due sources are looked for: half of what a report may take to its first reader."""
LOOK_EVERY = timedelta(minutes=1)
"""How often the sources' health is judged: silence is told after ten minutes of it."""
FLOOD_EVERY = timedelta(seconds=30)
CRY_EVERY = timedelta(seconds=3)
"""How often the admin who announced something sees how far it is."""
ALARM_EVERY = timedelta(seconds=5)
STANDSTILL_EVERY = timedelta(seconds=30)
DIGESTS_EVERY = timedelta(seconds=10)
TIDY_EVERY = timedelta(hours=1)
DRAIN_STEP_S = 0.1


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that run; `open_service` builds and closes them."""

    database: Database
    application: Application[Any, Any, Any, Any, Any, Any]
    poll: Poll
    checker: Checker
    deliverer: Deliverer
    desk: Desk
    lookout: Lookout
    alarm: Alarm
    switch: DeadMansSwitch
    floodgate: Floodgate
    crier: Crier
    digests: Digests
    retention: Retention
    hubs: Hubs | None
    """None where no hub can reach this service."""

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop`; what fails for good ends the service with its error."""
        await connect(self.application)
        await self.poll.hear_waiting()
        tasks: list[asyncio.Task[Any]] = [
            asyncio.create_task(self.deliverer.run()),
            asyncio.create_task(self.poll.run()),
            asyncio.create_task(stop.wait()),
            asyncio.create_task(set_menu(self.application.bot, self.desk)),
        ]
        hubs = [Job("hubs", self.hubs.look, LOOK_EVERY)] if self.hubs else []
        scheduler = schedule_jobs(
            [
                Job("check", self._check, TICK),
                Job("look", self.lookout.look, LOOK_EVERY),
                Job("digests", self.digests.look, DIGESTS_EVERY),
                Job("alarm", self.alarm.look, ALARM_EVERY),
                Job("standstill", self.switch.look, STANDSTILL_EVERY),
                Job("flood", self.floodgate.look, FLOOD_EVERY),
                Job("announcements", self.crier.look, CRY_EVERY),
                Job("tidy", self._tidy, TIDY_EVERY),
                *hubs,
            ]
        )
        scheduler.start()
        log.info("Trucewatch is running")
        try:
            await _first_end(tasks[:3])
        finally:
            stop_jobs(scheduler)
            await self._stop(tasks)

    async def run_once(self) -> None:
        """Hear what waits, check every source, deliver all of it, end."""
        await connect(self.application)
        await self.poll.hear_waiting()
        tasks = [asyncio.create_task(self.deliverer.run()), asyncio.create_task(self.poll.run())]
        try:
            await _first_end([*tasks, asyncio.create_task(self._drain())])
        finally:
            await self._stop(tasks)

    async def _stop(self, tasks: Sequence[asyncio.Task[Any]]) -> None:
        """No new checks, no new commands, the messages in flight recorded: all within eight seconds."""
        for task in tasks[1:]:
            task.cancel()
        await asyncio.gather(*tasks[1:], return_exceptions=True)
        await asyncio.gather(self.checker.close(), self.deliverer.stop(), self.poll.finish())
        await asyncio.gather(*tasks, return_exceptions=True)
        log.info("Trucewatch has stopped")

    async def _check(self) -> None:
        await self.checker.start_due()

    async def _tidy(self) -> None:
        await self.retention.tidy()
        await self.floodgate.tidy()
        await self.digests.tidy()
        await self.database.empty_log()
        _return_memory()

    async def _drain(self) -> None:
        """Until every source was checked and nothing is due; a reply that keeps its distance is let be."""
        await self.checker.refresh()
        while await self._is_waiting():  # a poll: deliveries end in other tasks, and this runs in demos alone
            await self.desk.clock.sleep(DRAIN_STEP_S)

    async def _is_waiting(self) -> bool:
        async with self.database.reading() as conn:
            now = self.desk.clock.now()
            return bool(await unqueued_alerts(conn, now)) or await is_anything_due(conn, now)


def _return_memory() -> None:
    """glibc keeps what a start or a busy hour took, tens of MB, until it is asked; others need no asking."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


async def _first_end(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Wait until one of them ends, and raise what it raised."""
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()
