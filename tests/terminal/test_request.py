"""A person at the terminal talks to the real Application."""

from __future__ import annotations

import asyncio
import io
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram.error import BadRequest, NetworkError, TelegramError
from telegram.ext import Application, ApplicationBuilder

from bot.admins import Admins
from bot.commands import CONCURRENT_UPDATES, Desk, Refreshed, Tell, register, set_menu
from bot.errors import FetchError
from bot.storage.chats import find_chat
from bot.storage.database import Database
from bot.storage.subscriptions import EVERYTHING, filters_of
from bot.survey import Survey
from bot.terminal import GREETING, LOCAL_CHAT_ID, TERMINAL_TOKEN, TerminalRequest, read_lines
from tests.chat import PatientClock, small_facts
from tests.clock import PATIENCE_S
from tests.ground import shared_words


class Paper(io.StringIO):
    """Standard output that tells when something new stands on it."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, text: str) -> int:
        self._written.set()
        return super().write(text)

    async def reads(self, text: str, times: int = 1) -> str:
        """Returns everything once `text` stands there; raises TimeoutError."""
        async with asyncio.timeout(PATIENCE_S):
            while self.getvalue().count(text) < times:
                self._written.clear()
                await self._written.wait()
        return self.getvalue()


class Keyboard:
    """Standard input: what is typed, until it is closed."""

    def __init__(self) -> None:
        self._lines: asyncio.Queue[str | None] = asyncio.Queue()

    def types(self, *lines: str) -> None:
        for line in lines:
            self._lines.put_nowait(line)

    def closes(self) -> None:
        self._lines.put_nowait(None)

    async def __aiter__(self) -> AsyncIterator[str]:
        while (line := await self._lines.get()) is not None:
            yield line


@pytest.fixture
def keyboard() -> Keyboard:
    """A keyboard nobody has typed on."""
    return Keyboard()


@asynccontextmanager
async def terminal(
    db: Database | None, keyboard: Keyboard, **options: Any
) -> AsyncIterator[tuple[Paper, Any]]:
    """The bot with a chat in the terminal, polling."""
    paper = Paper()
    request = TerminalRequest(out=paper, lines=aiter(keyboard), **options)
    builder = ApplicationBuilder().token(TERMINAL_TOKEN).request(request).get_updates_request(request)
    application: Application[Any, Any, Any, Any, Any, Any] = builder.concurrent_updates(
        CONCURRENT_UPDATES
    ).build()
    if db is not None:
        register(application, desk_of(db))
    assert application.updater is not None
    async with application:
        await application.start()
        await application.updater.start_polling()
        try:
            yield paper, application
        finally:
            await application.updater.stop()
            await application.stop()


def desk_of(db: Database) -> Desk:
    async def check_nothing(source_id: str | None, tell: Tell) -> Refreshed:
        return Refreshed(0, 0)

    async def survey_nothing(address: str) -> Survey:
        raise FetchError(f"nobody answers at {address}")

    return Desk(
        *(db, small_facts(), PatientClock(), shared_words(), check_nothing, survey_nothing),
        *(lambda: None, b"a key"),
        admins=Admins({LOCAL_CHAT_ID}),
        subscribes_on_start=True,
    )


async def test_hello_is_said_and_everything_chosen(db: Database, keyboard: Keyboard) -> None:
    """Two lines on how to connect Telegram, then the first screen by itself."""
    async with terminal(db, keyboard, hello=True) as (paper, _):
        shown = await paper.reads("You get alerts for:")
        assert shown.startswith(GREETING)
        assert len(GREETING.splitlines()) == 2
        async with db.reading() as conn:
            chat = await find_chat(conn, LOCAL_CHAT_ID)
            assert chat is not None
            assert (await filters_of(conn, chat.id)).regions == (EVERYTHING,)


async def test_lines_are_said_and_numbers_press(db: Database, keyboard: Keyboard) -> None:
    """Buttons are numbered, a press changes the message, which is shown anew; other numbers are talk."""
    async with terminal(db, keyboard) as (paper, _):
        keyboard.types("/subscribe")
        assert "[2] Armenia – Azerbaijan ›" in await paper.reads("Done")
        keyboard.types("  2 ", "")
        assert "(changed)" in await paper.reads("[3] Syunik")
        keyboard.types("3")
        assert "· Chosen: Syunik" in await paper.reads("✅ Syunik")
        keyboard.types("77")
        await paper.reads("Write a place's name")
        keyboard.types("/sources")
        await paper.reads("Sources that answer: 0 of 0")


async def test_numbers_press_the_newest_buttons(db: Database, keyboard: Keyboard) -> None:
    """When the buttons are gone, a number is talk again."""
    async with terminal(db, keyboard) as (paper, _):
        keyboard.types("/subscribe Hadrut", "/forgetme")
        await paper.reads("[2] No, keep it")
        keyboard.types("2")
        await paper.reads("Everything stays as it was.")
        keyboard.types("2")
        await paper.reads("Zone 20 (Sand & Land)")


async def test_when_nobody_types_any_more_it_talks_on(keyboard: Keyboard) -> None:
    """Standard input that is closed ends nothing; the last lines are still heard."""
    async with terminal(None, keyboard) as (paper, application):
        keyboard.closes()
        message = await application.bot.send_message(
            LOCAL_CHAT_ID, "<b>Shots</b> &amp; more", parse_mode="HTML"
        )
        await application.bot.edit_message_text(
            "<b>Shots</b> twice", LOCAL_CHAT_ID, message.message_id, parse_mode="HTML"
        )
        shown = await paper.reads("Shots twice")
        assert "\nShots & more\n\n(changed)\nShots twice\n" in shown


async def test_faults_as_telegram_has_them(keyboard: Keyboard) -> None:
    """No change, no such message, nobody else's chat, no files."""
    async with terminal(None, keyboard) as (paper, application):
        bot = application.bot
        message = await bot.send_message(LOCAL_CHAT_ID, "a < b")
        with pytest.raises(BadRequest, match="not modified"):
            await bot.edit_message_text("a < b", LOCAL_CHAT_ID, message.message_id)
        assert await bot.delete_message(LOCAL_CHAT_ID, message.message_id)
        with pytest.raises(BadRequest, match="to edit not found"):
            await bot.edit_message_text("c", LOCAL_CHAT_ID, message.message_id)
        with pytest.raises(NetworkError, match="a chat for one"):
            await bot.send_message(5, "hello")
        assert (await bot.get_chat_member(LOCAL_CHAT_ID, 1)).status == "creator"
        assert "a < b" in paper.getvalue()


async def test_the_menu_and_the_like_print_nothing(db: Database, keyboard: Keyboard) -> None:
    """What has no place in a terminal is acknowledged."""
    async with terminal(None, keyboard) as (paper, application):
        await paper.reads(".env")
        before = paper.getvalue()
        await set_menu(application.bot, desk_of(db))
        await application.bot.send_chat_action(LOCAL_CHAT_ID, "typing")
        assert paper.getvalue() == before


async def test_a_reader_that_went_away_is_no_fault() -> None:
    """`| head` closes the output: the service goes on without words."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    out = os.fdopen(write_end, "w")
    try:
        request = TerminalRequest(out=out, lines=aiter(Keyboard()))
        bot = (
            ApplicationBuilder()
            .token(TERMINAL_TOKEN)
            .request(request)
            .get_updates_request(request)
            .build()
            .bot
        )
        async with bot:
            for _ in range(2):
                await bot.send_message(LOCAL_CHAT_ID, "anybody?")
    finally:
        with pytest.raises(BrokenPipeError):
            out.close()


async def test_a_terminal_that_knows_few_letters() -> None:
    """What it cannot show becomes question marks, not a fault."""
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="ascii") as out:
        request = TerminalRequest(out=out, lines=aiter(Keyboard()), colour=True)
        bot = (
            ApplicationBuilder()
            .token(TERMINAL_TOKEN)
            .request(request)
            .get_updates_request(request)
            .build()
            .bot
        )
        async with bot:
            await bot.send_message(LOCAL_CHAT_ID, "Գ <b>x</b>", parse_mode="HTML")
        assert b"? \x1b[1mx\x1b[0m" in raw.getvalue()


async def test_lines_of_a_descriptor() -> None:
    """Split anywhere, bytes that are no UTF-8, a last line without its end."""
    read_end, write_end = os.pipe()
    said = "Гадрут\r\nsecond".encode()
    os.write(write_end, said[:3])
    lines = read_lines(read_end)
    first = asyncio.ensure_future(anext(lines))
    await asyncio.sleep(0)
    os.write(write_end, said[3:] + b"\xff")
    os.close(write_end)
    assert (await first).strip() == "Гадрут"
    assert [line async for line in lines] == ["second\ufffd"]
    os.close(read_end)


async def test_a_closed_descriptor_is_the_end() -> None:
    """A service started without standard input reads nothing."""
    read_end, write_end = os.pipe()
    os.close(write_end)
    os.close(read_end)
    assert [line async for line in read_lines(read_end)] == []


async def test_an_error_of_the_terminal_is_telegrams() -> None:
    """Files cannot be fetched from here."""
    request = TerminalRequest(out=io.StringIO(), lines=aiter(Keyboard()))
    with pytest.raises(TelegramError):
        await request.retrieve("https://api.telegram.org/file/bot1:terminal/photo.jpg")
