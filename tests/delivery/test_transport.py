"""The connection to Telegram: what it sends, what its faults tell, and that the token never shows."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from bot.transport import AiohttpRequest
from tests.clock import PATIENCE_S
from tests.delivery.outbox import connected
from tests.telegram_server import TOKEN, TelegramServer, delay, drop, flood, raw, refuse

SLOW = delay(2 * PATIENCE_S)


@pytest.fixture
async def server() -> AsyncIterator[TelegramServer]:
    async with TelegramServer() as running:
        running.add_chat(7)
        yield running


async def test_a_message_with_buttons_arrives_as_json(server: TelegramServer) -> None:
    """Text in any script, entities and buttons come over, and the answer is a Message."""
    async with connected(server) as bot:
        keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Հադրութ", callback_data="r:hadrut")]])
        message = await bot.send_message(
            7, "<b>Хцаберд</b> &amp; 🔥", parse_mode="HTML", reply_markup=keyboard
        )
    assert message.text == "Хцаберд & 🔥"
    (request,) = server.requests
    assert request.parameters["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "r:hadrut"


async def test_a_file_arrives_as_a_form(server: TelegramServer) -> None:
    """Uploads go as multipart with their name; the server that does not know the method says so."""
    async with connected(server) as bot:
        with pytest.raises(TelegramError):
            await bot.send_document(7, b"Text of a file", filename="incidents.csv")
    assert server.requests[0].parameters["document"].filename == "incidents.csv"


async def test_long_polling_waits_and_wakes(server: TelegramServer) -> None:
    """getUpdates returns when something happens, and what was confirmed does not come again."""
    async with connected(server) as bot:
        polling = asyncio.create_task(bot.get_updates(timeout=30))
        await asyncio.sleep(0.05)
        server.say(7, "/start")
        (update,) = await polling
        assert update.message is not None
        assert update.message.text == "/start"
        assert await bot.get_updates(offset=update.update_id + 1, timeout=0) == ()


async def test_a_second_start_and_end_do_nothing(server: TelegramServer) -> None:
    """initialize and shutdown may be called twice; without a session nothing was sent."""
    request = AiohttpRequest()
    bot = Bot(server.token, base_url=server.base_url, request=request, get_updates_request=request)
    with pytest.raises(NetworkError) as closed:
        await bot.send_message(7, "x")
    assert isinstance(closed.value.__cause__, ConnectionRefusedError)
    await request.initialize()
    await request.initialize()
    await bot.send_message(7, "x")
    await request.shutdown()
    await request.shutdown()


async def test_connect_faults_say_not_sent(unused_port: int) -> None:
    """Nobody listens, or the name does not exist: the cause says that nothing was sent."""
    async with AiohttpRequest() as request:
        for host in (f"127.0.0.1:{unused_port}", "no-such-host.invalid"):
            bot = Bot(TOKEN, base_url=f"http://{host}/bot", request=request, get_updates_request=request)
            with pytest.raises(NetworkError) as fault:
                await bot.send_message(7, "x")
            assert isinstance(fault.value.__cause__, ConnectionRefusedError)
            assert not isinstance(fault.value, BadRequest)


async def test_a_slow_answer_is_unknown(server: TelegramServer) -> None:
    """A request that was sent and not answered in time is TimedOut, by the time, not the connection."""
    async with connected(server, read_timeout_s=0.1) as bot:
        server.answer_next("sendMessage", SLOW)
        with pytest.raises(TimedOut) as fault:
            await bot.send_message(7, "x")
    assert isinstance(fault.value.__cause__, TimeoutError)


async def test_a_cut_connection_is_unknown(server: TelegramServer) -> None:
    """A connection that breaks after the request is neither repeated nor taken for unsent."""
    async with connected(server) as bot:
        server.answer_next("sendMessage", drop(is_accepted=True))
        with pytest.raises(NetworkError) as fault:
            await bot.send_message(7, "x")
    assert isinstance(fault.value.__cause__, ConnectionResetError)
    assert len(server.requests) == 1


async def test_flood_is_told_in_seconds(server: TelegramServer) -> None:
    """A 429 with its seconds is RetryAfter with a whole number and no warning."""
    async with connected(server) as bot:
        server.answer_next("sendMessage", flood(43_837))
        with pytest.raises(RetryAfter) as fault:
            await bot.send_message(7, "x")
    assert fault.value.retry_after == 43_837


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"ok":true}', b'{"ok":false}', b"\xff\xfe"])
async def test_unreadable_answers_are_errors_of_the_library(server: TelegramServer, body: bytes) -> None:
    """Whatever bytes come, with any status, the caller sees a TelegramError and never the bytes."""
    async with connected(server) as bot:
        for status in (200, 400, 502, 599):
            server.answer_next("sendMessage", raw(status, body))
            with pytest.raises(TelegramError) as fault:
                await bot.send_message(7, "x")
            assert "html" not in str(fault.value)


async def test_half_a_character_is_a_bad_request(server: TelegramServer) -> None:
    """A lone surrogate cannot be sent: refused here, without the text in the message."""
    async with connected(server) as bot:
        with pytest.raises(BadRequest) as fault:
            await bot.send_message(7, "private \ud800")
    assert "private" not in f"{fault.value!r} {fault.value.__context__!r}"
    assert not server.requests


async def test_the_token_never_shows(
    server: TelegramServer, unused_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    """No fault, traceback, repr or log line of our transport holds the token, at any level."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("telegram.Bot").setLevel(logging.WARNING)  # as bot.log sets it
    shown: list[str] = []
    echo = f"<html>No route to /bot{TOKEN}/sendMessage</html>".encode()
    async with AiohttpRequest(read_timeout_s=0.1) as request:
        shown.append(repr(request))
        bases = (server.base_url, f"http://127.0.0.1:{unused_port}/bot", "http://[bad/bot", "htp:/bot")
        for base in bases:
            bot = Bot(TOKEN, base_url=base, request=request, get_updates_request=request)
            server.answer_next("sendMessage", raw(502, echo), raw(200, echo), refuse(500, "oops"), SLOW)
            for _ in range(4):
                with pytest.raises(TelegramError) as fault:
                    await bot.do_api_request("send__message", {"chat_id": 7, "text": "x"})
                shown.append("".join(traceback.format_exception(fault.value)))
                shown.append(repr(fault.value.__context__))
    # The traceback shows the library's source lines, which name the variable but not its value.
    assert not [text for text in (*shown, caplog.text) if TOKEN in text]


@pytest.fixture
def unused_port(unused_tcp_port: int) -> int:
    """A port where nobody listens."""
    return unused_tcp_port
