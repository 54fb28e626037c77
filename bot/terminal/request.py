"""A chat in the terminal: a transport that plays Telegram's side for one person.

The Application, its handlers, the database and the delivery are those of the service; only the requests of
the Bot API end here. Lines that are typed become messages, a number presses the button with that number.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import os
import re
import sys
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from html import escape
from typing import Any, TextIO

from telegram.request import BaseRequest, RequestData

from bot.config import is_colour_refused
from bot.terminal.text import Choice, dim, number_choices, show_choices, show_html, show_plain

LOCAL_CHAT_ID = 1
"""The private chat of the person at the terminal; also their user id."""

TERMINAL_TOKEN = "1:terminal"  # noqa: S105 - no secret: it never leaves the process
"""A token for the Bot that talks to the terminal."""

GREETING = (
    "This is the whole bot, talking here instead of in Telegram: type /help, or a number to press a button.\n"
    "For Telegram: get a token from @BotFather, write TELEGRAM_BOT_TOKEN=<token> into .env and restart."
)

POLL_S = 10.0
"""How long a poll waits for a line when the caller does not say."""

_COMMAND = re.compile(r"/[A-Za-z0-9_]{1,32}(@\w+)?(?=\s|$)")
_BOT = {"id": 10, "is_bot": True, "first_name": "Trucewatch", "username": "trucewatch_bot"}
_READ_BYTES = 4096


class TerminalRequest(BaseRequest):
    """Telegram for one person: `lines` is what they type, `out` is where they read.

    `hello` says /start for them once the bot listens. When `lines` end, the bot goes on talking.
    """

    def __init__(
        self,
        *,
        out: TextIO | None = None,
        lines: AsyncIterator[str] | None = None,
        hello: bool = False,
        colour: bool | None = None,
        language: str = "en",
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._out = out or sys.stdout
        self._lines = lines
        self._colour = (self._out.isatty() and not is_colour_refused()) if colour is None else colour
        self._language = language
        self._now = now
        self._typed: asyncio.Queue[str] = asyncio.Queue()
        self._pump: asyncio.Task[None] | None = None
        self._updates: deque[dict[str, Any]] = deque()
        self._messages: dict[int, dict[str, Any]] = {}
        self._choices: dict[int, tuple[int, Choice]] = {}
        self._count = 0
        self._is_greeted = False
        self._is_read = True
        if hello:
            self._typed.put_nowait("/start")

    @property
    def read_timeout(self) -> float | None:
        """No request here waits for a network."""
        return None

    async def initialize(self) -> None:
        """Starts to read lines; a second call does nothing (a Bot has two transports, this may be both)."""
        if self._pump is None:
            self._pump = asyncio.create_task(self._read())

    async def shutdown(self) -> None:
        """Stops reading; a second call does nothing."""
        pump, self._pump = self._pump, None
        if pump is not None:
            pump.cancel()
            await asyncio.gather(pump, return_exceptions=True)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Answers a request of the Bot API as Telegram would, after showing what it says."""
        if method == "GET":
            return _fault(404, "Not Found: there are no files in a terminal")
        name = url.rpartition("/")[2]
        fields: dict[str, Any] = dict(request_data.parameters) if request_data else {}
        if int(fields.get("chat_id", LOCAL_CHAT_ID)) != LOCAL_CHAT_ID:
            return _fault(502, "Bad Gateway: the terminal is a chat for one")
        if name == "getUpdates":
            return _result(await self._poll(fields))
        if request_data is not None and request_data.contains_files:
            fields["caption"] = "\n".join([str(fields.get("caption", "")), *_read_files(request_data)])
        return self._answer(name, fields)

    def _answer(self, name: str, fields: dict[str, Any]) -> tuple[int, bytes]:
        if name == "getMe":
            return _result(_BOT | {"can_join_groups": True, "can_read_all_group_messages": False})
        if name.startswith("send") and name != "sendChatAction":
            return _result(self._show_new(fields))
        if name in ("editMessageText", "editMessageReplyMarkup", "editMessageCaption"):
            return self._show_change(fields)
        if name == "answerCallbackQuery" and fields.get("text"):
            self._print(dim(f"· {show_plain(str(fields['text']))}", colour=self._colour))
        if name == "deleteMessage":
            self._messages.pop(int(fields.get("message_id", 0)), None)
        if name in ("getChatMember", "getChat"):
            return _result(
                {"status": "creator", "user": self._person(), "is_anonymous": False, **self._chat()}
            )
        return _result(True)

    def _show_new(self, fields: dict[str, Any]) -> dict[str, Any]:
        message: dict[str, Any] = {
            "message_id": self._next(),
            "date": self._seconds(),
            "chat": self._chat(),
            "from": _BOT,
            "text": str(fields.get("text") or fields.get("caption") or ""),
        }
        if markup := _markup(fields):
            message["reply_markup"] = markup
        self._messages[message["message_id"]] = message
        self._print("\n" + self._shown(message, fields))
        return message

    def _show_change(self, fields: dict[str, Any]) -> tuple[int, bytes]:
        message = self._messages.get(int(fields.get("message_id", 0)))
        if message is None:
            return _fault(400, "Bad Request: message to edit not found")
        text = str(fields.get("text") or fields.get("caption") or message["text"])
        markup = _markup(fields)
        if text == message["text"] and markup == message.get("reply_markup", {}):
            return _fault(400, "Bad Request: message is not modified")
        message.update(text=text, edit_date=self._seconds())
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        self._print("\n" + dim("(changed)", colour=self._colour) + "\n" + self._shown(message, fields))
        return _result(message)

    def _shown(self, message: dict[str, Any], fields: dict[str, Any]) -> str:
        """The message as it is read; its buttons are from now on the ones that numbers press."""
        is_html = str(fields.get("parse_mode", "")).upper() == "HTML"
        text = show_html(message["text"], colour=self._colour) if is_html else show_plain(message["text"])
        identifier, rows = message["message_id"], number_choices(message.get("reply_markup"))
        if rows:
            self._choices = {choice.number: (identifier, choice) for row in rows for choice in row}
            text += "\n" + show_choices(rows, colour=self._colour)
        elif any(pressed == identifier for pressed, _ in self._choices.values()):
            self._choices = {}
        return text

    async def _poll(self, fields: dict[str, Any]) -> list[dict[str, Any]]:
        """Updates from `offset` on; waits up to `timeout` seconds for a line when there is none."""
        self._greet()
        offset = int(fields.get("offset", 0))
        while self._updates and self._updates[0]["update_id"] < offset:
            self._updates.popleft()
        if not self._updates and (line := await self._next_line(float(fields.get("timeout", POLL_S)))):
            self._updates.append({"update_id": self._next(), **self._hear(line)})
        return list(self._updates)

    async def _next_line(self, timeout_s: float) -> str:
        if timeout_s <= 0:
            return "" if self._typed.empty() else self._typed.get_nowait()
        try:
            return await asyncio.wait_for(self._typed.get(), timeout_s)
        except TimeoutError:
            return ""

    def _hear(self, line: str) -> dict[str, Any]:
        """What was typed, as a press of a button or a message."""
        if line.isdecimal() and (chosen := self._choices.get(int(line))) and chosen[1].data:
            return {"callback_query": self._press(*chosen)}
        message: dict[str, Any] = {
            "message_id": self._next(),
            "date": self._seconds(),
            "chat": self._chat(),
            "from": self._person(),
            "text": line,
        }
        if command := _COMMAND.match(line):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
        return {"message": message}

    def _press(self, message_id: int, choice: Choice) -> dict[str, Any]:
        return {
            "id": str(self._next()),
            "from": self._person(),
            "chat_instance": "terminal",
            "message": self._messages.get(message_id),
            "data": choice.data,
        }

    async def _read(self) -> None:
        async for line in self._lines if self._lines is not None else standard_input():
            if line.strip():
                self._typed.put_nowait(line.strip())

    def _greet(self) -> None:
        if not self._is_greeted:
            self._is_greeted = True
            self._print(dim(GREETING, colour=self._colour))

    def _print(self, text: str) -> None:
        """Prints, and goes on without a word when nobody reads any more."""
        if not self._is_read:
            return
        try:
            print(text, file=self._out, flush=True)
        except UnicodeEncodeError:
            encoding = self._out.encoding or "ascii"
            print(text.encode(encoding, "replace").decode(encoding), file=self._out, flush=True)
        except BrokenPipeError:
            self._is_read = False

    def _person(self) -> dict[str, Any]:
        return {"id": LOCAL_CHAT_ID, "is_bot": False, "first_name": "You", "language_code": self._language}

    def _chat(self) -> dict[str, Any]:
        return {"id": LOCAL_CHAT_ID, "type": "private", "first_name": "You"}

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _next(self) -> int:
        self._count += 1
        return self._count


async def standard_input() -> AsyncIterator[str]:
    """Lines that are typed into this process; none when it was started without standard input.

    Its number may by then be that of another open file, so only what Python holds for it is read.
    """
    if sys.stdin is not None:
        async for line in read_lines(sys.stdin.fileno()):
            yield line


async def read_lines(descriptor: int) -> AsyncIterator[str]:
    """Lines of a file descriptor until it ends; reading never holds up the exit of the process.

    The thread reads the descriptor itself: a thread that sleeps inside sys.stdin would hold its lock at exit.
    """
    loop = asyncio.get_running_loop()
    lines: asyncio.Queue[str | None] = asyncio.Queue()

    def hand_over(line: str | None) -> bool:
        try:
            loop.call_soon_threadsafe(lines.put_nowait, line)
        except RuntimeError:  # the loop is closed: nobody listens any more
            return False
        return True

    threading.Thread(target=_read_descriptor, args=(descriptor, hand_over), daemon=True).start()
    while (line := await lines.get()) is not None:
        yield line


def _read_descriptor(descriptor: int, hand_over: Callable[[str | None], bool]) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    rest = ""
    while chunk := _read_chunk(descriptor):
        *lines, rest = (rest + decoder.decode(chunk)).split("\n")
        if not all(hand_over(line) for line in lines):
            return
    if not rest or hand_over(rest):
        hand_over(None)


def _read_chunk(descriptor: int) -> bytes:
    """The next bytes; none at the end, or when there is nothing to read from (a closed standard input)."""
    try:
        return os.read(descriptor, _READ_BYTES)
    except OSError:
        return b""


def _read_files(request_data: RequestData) -> list[str]:
    """What is sent as files, as text: a terminal has nowhere to put them."""
    contents = [content for _, content, _ in request_data.multipart_data.values()]
    whole = [content if isinstance(content, bytes) else content.read() for content in contents]
    return [escape(content.decode("utf-8", "replace"), quote=False) for content in whole]


def _markup(fields: dict[str, Any]) -> dict[str, Any]:
    markup = fields.get("reply_markup") or {}
    return json.loads(markup) if isinstance(markup, str) else markup


def _result(value: Any) -> tuple[int, bytes]:
    return 200, json.dumps({"ok": True, "result": value}).encode()


def _fault(code: int, description: str) -> tuple[int, bytes]:
    return code, json.dumps({"ok": False, "error_code": code, "description": description}).encode()
