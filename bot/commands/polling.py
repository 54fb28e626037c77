"""What people say reaches the Application by long polling; an update is confirmed after it was handled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from telegram import Bot, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from bot.errors import ConfigurationError

log = logging.getLogger(__name__)

POLL: Final = timedelta(seconds=30)
"""How long Telegram may hold the line when nobody says anything."""
HANDLING: Final = timedelta(seconds=0.5)
"""What is handled longer no longer holds up the others; only that much could be lost to a kill."""
QUEUEING: Final = timedelta(seconds=0.1)
"""The same for what waits behind another update of its chat: a flood must not slow the others down."""
SHORTEST_BACKOFF_S: Final = 1.0
LONGEST_BACKOFF_S: Final = 30.0
WRONG_TOKEN: Final = "TELEGRAM_BOT_TOKEN: Telegram does not know this token; copy it again from @BotFather"  # noqa: S105 - a sentence

App = Application[Any, Any, Any, Any, Any, Any]
Sleep = Callable[[float], Awaitable[None]]


async def connect(application: App, sleep: Sleep = asyncio.sleep) -> None:
    """Initialise the application; without a network it is tried again and again, ever more slowly.

    Raises ConfigurationError when Telegram refuses the token.
    """
    wait_s = SHORTEST_BACKOFF_S
    while True:
        try:
            await application.initialize()
        except InvalidToken:
            raise ConfigurationError([WRONG_TOKEN]) from None
        except NetworkError as error:
            log.warning("Telegram cannot be reached (%s); trying again in %.0f s", error.message, wait_s)
            await sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_BACKOFF_S)
        else:
            return


class Poll:
    """Asks for updates until stopped; every fault is waited out, except a token that is no longer valid."""

    def __init__(self, application: App, kinds: Iterable[str], sleep: Sleep = asyncio.sleep) -> None:
        self._application = application
        self._kinds = tuple(kinds)
        self._sleep = sleep
        self._offset: int | None = None
        self._backoff_s = SHORTEST_BACKOFF_S
        self._handling: dict[asyncio.Task[None], int | None] = {}
        """Whatever is being handled, with its chat."""

    async def run(self) -> None:
        """Poll for ever. Raises ConfigurationError when Telegram refuses the token."""
        while True:
            try:
                updates = await self._ask(POLL)
            except InvalidToken:
                raise ConfigurationError([WRONG_TOKEN]) from None
            except TelegramError as error:
                await self._wait_out(error)
            else:
                self._backoff_s = SHORTEST_BACKOFF_S
                await self._handle(updates)

    async def hear_waiting(self) -> None:
        """Handle what was said while nobody listened: who subscribes first gets the first alert."""
        try:
            await self._handle(await self._ask(timedelta(0)))
        except TelegramError as error:
            log.warning("what was said meanwhile cannot be had yet: %s", error.message)

    async def finish(self) -> None:
        """Wait for what is being handled and confirm it, so that nobody is answered twice after a restart."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=1.0)
        if self._offset is not None:
            try:
                await asyncio.wait_for(self._ask(timedelta(0)), timeout=1.0)
            except (TelegramError, TimeoutError) as error:
                log.debug("the last updates could not be confirmed: %s", type(error).__name__)

    async def _ask(self, hold: timedelta) -> tuple[Update, ...]:
        bot: Bot = self._application.bot
        return await bot.get_updates(
            offset=self._offset, timeout=hold, allowed_updates=self._kinds, read_timeout=10
        )

    async def _handle(self, updates: Iterable[Update]) -> None:
        started: set[asyncio.Task[None]] = set()
        first: set[asyncio.Task[None]] = set()
        for update in updates:
            self._offset = update.update_id + 1
            chat = update.effective_chat.id if update.effective_chat else None
            is_first = chat is None or chat not in self._handling.values()
            task = asyncio.create_task(self._application.process_update(update))
            self._handling[task] = chat
            task.add_done_callback(self._handling.pop)
            started.add(task)
            if is_first:
                first.add(task)
        for tasks, longest in ((first, HANDLING), (started, QUEUEING)):
            if tasks:
                await asyncio.wait(tasks, timeout=longest.total_seconds())

    async def _wait_out(self, error: TelegramError) -> None:
        if isinstance(error, RetryAfter):
            wait = error.retry_after
            wait_s = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        else:
            wait_s = self._backoff_s
            self._backoff_s = min(2 * wait_s, LONGEST_BACKOFF_S)
        why = "another process polls with this token" if isinstance(error, Conflict) else error.message
        log.warning("no updates from Telegram (%s); trying again in %.0f s", why, wait_s)
        await self._sleep(wait_s)
