"""The composition root: what is built from the settings, started in order, stopped in the reverse."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from time import monotonic
from typing import Any

from telegram import Bot
from telegram.ext import Application, ApplicationBuilder

from bot.admins import Admins, Bell
from bot.alarm import Alarm, DeadMansSwitch
from bot.check import Checker, Ingests
from bot.commands import ALLOWED_UPDATES, CONCURRENT_UPDATES, Desk, register
from bot.commands.author import make_author
from bot.commands.crier import Crier
from bot.commands.polling import Poll
from bot.commands.refresh import check_now
from bot.config import Settings
from bot.data import Facts
from bot.data.blocs import load_blocs
from bot.data.messages import Words
from bot.deliver import Author, Deliverer
from bot.deliver import Clock as OutboxClock
from bot.digests import Digests
from bot.errors import ConfigurationError, StorageError
from bot.floodgate import Floodgate
from bot.hubs import PATH, Hubs
from bot.ingest import Ingested, Limits, ingest
from bot.knowledge import Knowledge
from bot.lookout import Lookout
from bot.model import Source
from bot.pace import Pacer
from bot.reading import Reader
from bot.retention import Retention
from bot.sender import Sender
from bot.service import Service
from bot.sources.parser import Parser
from bot.stages import Stage
from bot.storage.database import Database
from bot.storage.renaming import rename_regions
from bot.storage.sole_use import sole_use
from bot.storage.sources import upsert_catalogue
from bot.survey import Surveyor

log = logging.getLogger(__name__)


class Clock:
    """The real clocks; a test has others."""

    def now(self) -> datetime:
        """Aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that never jump."""
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        """Returns after `seconds`."""
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Ground:
    """What the service stands on before it touches a database."""

    facts: Facts
    words: dict[str, Words]
    sources: Sequence[Source]
    reader: Reader
    take_in: Ingests


def lay_ground(settings: Settings, stage: Stage, knowledge: Knowledge) -> Ground:
    """The ground from what was read before. Raises ConfigurationError for the sources."""
    facts, reader = knowledge.facts, knowledge.reader
    take_in = partial(ingest, reader=reader, limits=_limit(settings, facts))
    facts = replace(facts, lexicons={})  # compiled into the reader: megabytes that nobody else asks for
    return Ground(facts, knowledge.words, stage.sources(facts), reader, take_in)


async def serve(
    settings: Settings, stage: Stage, knowledge: Knowledge, stop: asyncio.Event, *, is_once: bool = False
) -> None:
    """Wait until no other process serves the database, then serve until `stop`, or once.

    Raises ConfigurationError when it cannot be begun, StorageError when it cannot be just now, or another
    process has taken over.
    """
    ground = lay_ground(settings, stage, knowledge)
    async with sole_use(stage.database_url, stop) as may_serve:
        if may_serve:
            try:
                async with open_service(settings, stage, ground) as service:
                    await (service.run_once() if is_once else service.run(stop))
            except (ConfigurationError, StorageError):
                if not stop.is_set():  # asked to stop while it waits for a locked file, it just ends
                    raise


@asynccontextmanager
async def open_service(
    settings: Settings, stage: Stage, ground: Ground, clock: Clock | None = None
) -> AsyncIterator[Service]:
    """Everything that runs, built in order and closed in the reverse.

    Raises ConfigurationError when the database cannot be used, StorageError when it cannot be just now.
    """
    clock, wake = clock or Clock(), asyncio.Event()
    facts, words = ground.facts, ground.words
    async with AsyncExitStack() as stack:
        database = await Database.open(stage.database_url)
        stack.push_async_callback(database.close)
        async with database.writing() as conn:
            await upsert_catalogue(conn, ground.sources)
            await rename_regions(conn, facts.atlas.former)
        admins = Admins(stage.admin_ids)
        await admins.load(database)
        parser = Parser()
        stack.push_async_callback(parser.close)
        checker = _build_checker(stack, settings, stage, database, parser, ground.take_in, clock, wake)
        application = _build_application(stack, settings, stage)
        seal_key = hashlib.sha256(stage.token.encode()).digest()
        author = make_author(facts, words, clock.now, seal_key, admins)
        deliverer = _build_deliverer(settings, database, application.bot, author, clock, wake)
        desk = Desk(
            database,
            facts,
            clock,
            words,
            refresh=partial(check_now, checker),
            survey=Surveyor(stage.fetcher, parser, ground.reader, clock.now).survey,
            wake=wake.set,
            seal_key=seal_key,
            admins=admins,
            subscribes_on_start=stage.is_terminal,
        )
        stack.push_async_callback(register(application, desk).close)
        poll = Poll(application, ALLOWED_UPDATES)
        lookout = Lookout(
            database,
            {theatre.id: facts.atlas.subtree(theatre.id) for theatre in facts.atlas.theatres()},
            clock=clock.now,
            wake=wake.set,
            admins=admins,
        )
        bell = Bell(admins, database, words, partial(_tell_plainly, application.bot))
        alarm, switch = Alarm(database, bell, clock.now), DeadMansSwitch(database, bell, clock.now)
        floodgate = Floodgate(database, bell, max_age=_longest_age(settings), clock=clock.now, wake=wake.set)
        crier, digests = Crier(desk, application.bot), Digests(database, clock.now, wake.set)
        retention = Retention(database, clock.now, timedelta(days=settings.keep_deliveries_d))
        hubs = _build_hubs(stack, settings, stage, database, parser, checker, clock)
        await _open_web(stack, settings, database, hubs, clock)
        yield Service(
            *(database, application, poll, checker, deliverer, desk, lookout),
            *(alarm, switch, floodgate, crier, digests, retention, hubs),
        )


def _build_hubs(
    stack: AsyncExitStack,
    settings: Settings,
    stage: Stage,
    database: Database,
    parser: Parser,
    checker: Checker,
    clock: Clock,
) -> Hubs | None:
    """Hubs can tell of news only where they reach this service."""
    if settings.public_url is None:
        return None
    callback = settings.public_url + PATH
    hubs = Hubs(database, stage.fetcher, parser, checker.check_again, callback=callback, clock=clock.now)
    stack.push_async_callback(hubs.close)
    return hubs


async def _open_web(
    stack: AsyncExitStack, settings: Settings, database: Database, hubs: Hubs | None, clock: Clock
) -> None:
    """Listen where the settings say; without a port no server is even loaded."""
    if settings.http_port is None:
        return
    from bot.callbacks import hub_routes
    from bot.web import Examiner, Web

    routes = (*Examiner(database, clock.now).routes(), *(hub_routes(hubs) if hubs else ()))
    web = Web(settings.http_host, settings.http_port, routes)
    stack.push_async_callback(web.close)
    await web.start()


def _longest_age(settings: Settings) -> timedelta | None:
    """How old an alert may be; None: no limit."""
    return timedelta(hours=settings.alert_max_age_h) or None


def _build_deliverer(
    settings: Settings, database: Database, bot: Bot, author: Author, clock: Clock, wake: asyncio.Event
) -> Deliverer:
    return Deliverer(
        database,
        Sender(bot, settings.paid_broadcast),
        Pacer(settings.send_rate),
        author,
        wake,
        rate=settings.send_rate,
        max_age=timedelta(hours=settings.alert_max_age_h),
        clock=OutboxClock(clock.now, clock.monotonic),
    )


def _build_checker(
    stack: AsyncExitStack,
    settings: Settings,
    stage: Stage,
    database: Database,
    parser: Parser,
    take_in: Ingests,
    clock: Clock,
    wake: asyncio.Event,
) -> Checker:
    stack.push_async_callback(stage.fetcher.close)

    def tell(found: Ingested) -> None:
        if found.alerts:
            wake.set()

    interval = timedelta(seconds=settings.check_interval_s)
    return Checker(
        database, stage.fetcher, parser, take_in, interval=interval, clock=clock.now, on_found=tell
    )


def _limit(settings: Settings, facts: Facts) -> Limits:
    observers = frozenset(p.id for p in facts.parties.values() if p.kind == "monitor")
    return Limits(_longest_age(settings), observers, load_blocs())


def _build_application(
    stack: AsyncExitStack, settings: Settings, stage: Stage
) -> Application[Any, Any, Any, Any, Any, Any]:
    calls, polling = stage.requests
    bot: Bot = Bot(
        stage.token,
        base_url=f"{settings.telegram_api_url}/bot",
        base_file_url=f"{settings.telegram_api_url}/file/bot",
        request=calls,
        get_updates_request=polling,
    )
    builder = ApplicationBuilder().bot(bot).updater(None).concurrent_updates(CONCURRENT_UPDATES)
    application = builder.build()
    stack.push_async_callback(application.shutdown)
    stack.push_async_callback(bot.shutdown)
    return application


async def _tell_plainly(bot: Bot, admin_id: int, text: str) -> None:
    await bot.send_message(admin_id, text)
