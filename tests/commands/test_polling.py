"""Long polling: faults are waited out, what was said is handled first and confirmed then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from telegram import Bot, Update
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.commands.polling import Poll, connect
from bot.errors import ConfigurationError
from bot.transport import AiohttpRequest
from tests.clock import PATIENCE_S
from tests.telegram_server import TOKEN, TelegramServer, flood, raw, refuse

App = Application[Any, Any, Any, Any, Any, Any]


class Naps:
    """Sleeping takes no time and is remembered."""

    def __init__(self) -> None:
        self.taken_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken_s.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def open_application(
    server: TelegramServer, heard: list[str], token: str = TOKEN
) -> AsyncIterator[App]:
    """An application that notes what was said, on the fake server."""
    bot: Bot = Bot(
        TOKEN, base_url=server.base_url, request=AiohttpRequest(), get_updates_request=AiohttpRequest()
    )
    application = ApplicationBuilder().bot(bot).updater(None).build()

    async def note(update: Update, context: Any) -> None:
        if update.message and update.message.text:
            heard.append(update.message.text)

    application.add_handler(TypeHandler(Update, note))
    try:
        yield application
    finally:
        await application.shutdown()
        await bot.shutdown()


async def test_faults_are_waited_out_ever_longer_and_forgotten_after_success() -> None:
    """Another poller, a flood, a broken server, a proxy without a page: a wait each, none ends the poll."""
    heard: list[str] = []
    naps = Naps()
    async with TelegramServer() as server, open_application(server, heard) as application:
        conflict = refuse(409, "Conflict: terminated by other getUpdates request")
        proxy = raw(404, b"<html>nginx</html>")
        server.answer_next("getUpdates", conflict, conflict, flood(7), refuse(502, "Bad Gateway"), proxy)
        await connect(application)
        polling = asyncio.create_task(Poll(application, ("message",), naps).run())
        server.say(5, "/start")
        async with asyncio.timeout(PATIENCE_S):
            while not heard:
                await server.wait_until(lambda: True)
                await asyncio.sleep(0)
        polling.cancel()
        with suppress(asyncio.CancelledError):
            await polling
    assert naps.taken_s == [1.0, 2.0, 7.0, 4.0, 8.0]
    assert heard == ["/start"]


async def test_what_was_handled_is_confirmed_at_the_end() -> None:
    """After a clean stop a new process is not told the same again."""
    heard: list[str] = []
    async with TelegramServer() as server:
        async with open_application(server, heard) as application:
            await connect(application)
            server.say(5, "one")
            poll = Poll(application, ("message",))
            await poll.hear_waiting()
            await poll.finish()
        async with open_application(server, heard) as application:
            await connect(application)
            await Poll(application, ("message",)).hear_waiting()
    assert heard == ["one"]


async def test_without_confirmation_it_is_heard_again() -> None:
    """A process that was killed before it confirmed leaves nothing unheard."""
    heard: list[str] = []
    async with TelegramServer() as server:
        server.say(5, "one")
        for _ in range(2):
            async with open_application(server, heard) as application:
                await connect(application)
                await Poll(application, ("message",)).hear_waiting()
    assert heard == ["one", "one"]


async def test_a_token_taken_back_ends_the_poll() -> None:
    """When Telegram says 401 in the middle, there is nothing to wait for."""
    async with TelegramServer() as server, open_application(server, []) as application:
        await connect(application)
        server.answer_always("getUpdates", refuse(401, "Unauthorized"))
        with pytest.raises(ConfigurationError, match="TELEGRAM_BOT_TOKEN"):
            await asyncio.wait_for(Poll(application, ("message",)).run(), PATIENCE_S)


async def test_a_network_that_is_away_at_the_start_is_waited_for() -> None:
    """`connect` tries again, ever more slowly, until Telegram answers."""
    naps = Naps()
    async with TelegramServer() as server, open_application(server, []) as application:
        server.answer_next("getMe", *[refuse(502, "Bad Gateway")] * 3)
        await connect(application, naps)
    assert naps.taken_s == [1.0, 2.0, 4.0]


async def test_messages_that_wait_cannot_stop_the_start() -> None:
    """When the first question for updates fails, the service starts all the same."""
    async with TelegramServer() as server, open_application(server, []) as application:
        await connect(application)
        server.answer_next("getUpdates", refuse(502, "Bad Gateway"))
        await Poll(application, ("message",)).hear_waiting()
