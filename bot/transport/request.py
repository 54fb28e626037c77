"""python-telegram-bot's `BaseRequest`: JSON goes over a `Line` of our own, files and long polls over aiohttp.

The token is a part of every address, so nothing of an address, of aiohttp's messages or of an answer
that cannot be read gets into an exception, a repr or a log. A fault tells by its `__cause__` what is
known of the request:

- `ConnectionRefusedError`: no connection was made, so the request was not sent;
- `TimeoutError` or `ConnectionResetError`: it was sent, or partly; what became of it is unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from http import HTTPStatus
from typing import Any, Final

import aiohttp
import msgspec
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot import __version__
from bot.transport.line import BrokenError, Line, NotSentError

CONNECT_TIMEOUT_S: Final = 10.0  # a handshake over three lost packets still succeeds
READ_TIMEOUT_S: Final = 20.0  # Telegram answers in 0.1 s; slower than this, the answer is lost
WRITE_TIMEOUT_S: Final = 10.0
MEDIA_WRITE_TIMEOUT_S: Final = 60.0  # a 10 MB picture at 1.5 Mbit/s
POOL_TIMEOUT_S: Final = 10.0
KEEP_ALIVE_S: Final = 20.0  # shorter than the far end's, or it closes just as a request leaves
DNS_CACHE_S: Final = 300
NOT_TELEGRAM: Final = "not in Telegram's words"
"""Said of a refusal by something between us and Telegram: it tells nothing of a chat or of the token. The
table of answers knows these words."""
_SAYS_ENOUGH: Final = (413, 429)
"""Refusals that mean the same whoever speaks them."""
USER_AGENT: Final = f"Trucewatch/{__version__}"
on_departure: Final[ContextVar[Callable[[], None] | None]] = ContextVar("on_departure", default=None)
"""Whom to tell, within a task, that its message has left: the connection stands, and it is written."""


class Flooded(RetryAfter):
    """Telegram's 429; `retry_after` in whole seconds, without the library's warning about its type."""

    __slots__ = ("_retry_after_s",)

    def __init__(self, retry_after_s: int) -> None:
        self._retry_after_s = retry_after_s
        super().__init__(retry_after_s)

    @property
    def retry_after(self) -> int:
        """Seconds to wait before the next request of this kind."""
        return self._retry_after_s


class AiohttpRequest(BaseRequest):
    """Sends the requests of a `telegram.Bot` through its own aiohttp session of `pool_size` connections."""

    __slots__ = ("_line", "_pool_size", "_read_timeout_s", "_session")

    def __init__(self, pool_size: int = 256, read_timeout_s: float = READ_TIMEOUT_S) -> None:
        self._pool_size = pool_size
        self._read_timeout_s = read_timeout_s
        self._line: Line | None = None
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds that an answer may take where a call says nothing else."""
        return self._read_timeout_s

    async def initialize(self) -> None:
        """Open the session; a second call does nothing."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._pool_size, keepalive_timeout=KEEP_ALIVE_S, ttl_dns_cache=DNS_CACHE_S
                ),
                headers={"User-Agent": USER_AGENT},
                cookie_jar=aiohttp.DummyCookieJar(),
            )
            self._line = Line(
                agent=USER_AGENT,
                most_idle=self._pool_size,
                idle_s=KEEP_ALIVE_S,
                connect_s=CONNECT_TIMEOUT_S,
            )

    async def shutdown(self) -> None:
        """Close the session and its connections; a second call does nothing."""
        if self._line is not None:
            self._line.close()
            self._line = None
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request; returns the HTTP status and the body.

        Raises Flooded on a 429 that says how long to wait, TimedOut and NetworkError (see the module's
        docstring for their causes) when there is no answer. Nothing is ever repeated here.
        """
        given = (read_timeout, write_timeout, connect_timeout, pool_timeout)
        has_files = request_data is not None and request_data.contains_files
        is_plain = method == "POST" and request_data is not None and not has_files
        content = _encode(request_data)
        if content is None:
            raise BadRequest("Strings must be encoded in UTF-8")
        if is_plain and all(isinstance(each, DefaultValue) for each in given):
            answer = await self._post(url, content["data"])
        else:
            media_s = MEDIA_WRITE_TIMEOUT_S if has_files else WRITE_TIMEOUT_S
            limits = _limit_time(
                connect_s=_pick(connect_timeout, CONNECT_TIMEOUT_S),
                pool_s=_pick(pool_timeout, POOL_TIMEOUT_S),
                write_s=_pick(write_timeout, media_s),
                read_s=_pick(read_timeout, self._read_timeout_s),
            )
            answer = await self._exchange(method, url, limits, content)
        if isinstance(answer, NetworkError):
            raise answer from answer.__cause__
        status, body = answer
        return (status, body) if status < HTTPStatus.MULTIPLE_CHOICES else (status, _tidy(status, body))

    async def _post(self, url: str, body: bytes) -> tuple[int, bytes] | NetworkError:
        """A message is small and its answer quick: one time limit for all of it after the handshake."""
        if self._line is None:
            return _fault(NetworkError("The connection to Telegram is not open"), ConnectionRefusedError())
        try:
            return await self._line.post(url, body, self._read_timeout_s, on_departure.get())
        except NotSentError as error:
            return _fault(NetworkError(f"No connection to Telegram: {error}"), ConnectionRefusedError())
        except TimeoutError:
            return _fault(TimedOut("Telegram did not answer in time"), TimeoutError())
        except BrokenError:
            return _fault(NetworkError("The connection broke"), ConnectionResetError())

    async def _exchange(
        self, method: str, url: str, limits: aiohttp.ClientTimeout, content: dict[str, Any]
    ) -> tuple[int, bytes] | NetworkError:
        """The answer, or the fault as a value: raised later, it drags no address along as its context."""
        if self._session is None:
            return _fault(NetworkError("The connection to Telegram is not open"), ConnectionRefusedError())
        try:
            async with self._session.request(
                method, url, timeout=limits, allow_redirects=False, **content
            ) as response:
                return response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            return _name_fault(error)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """The JSON object of an answer; raises TelegramError, without its text, when it is none."""
        answer = _decode(payload)
        if answer is None or (answer.get("ok") is True and "result" not in answer):
            raise TelegramError("Invalid server response")
        if answer.get("ok") is not True and "description" not in answer:
            raise TelegramError("Invalid server response")
        return answer


def _pick(given: ODVInput[float], default: float) -> float | None:
    """A call's own timeout, where it has one; None means no limit."""
    return default if isinstance(given, DefaultValue) else given


def _limit_time(
    connect_s: float | None, pool_s: float | None, write_s: float | None, read_s: float | None
) -> aiohttp.ClientTimeout:
    """Limits for each phase and, where each has one, for the sum: no answer can trickle for ever."""
    waiting = None if connect_s is None or pool_s is None else connect_s + pool_s
    total = None if waiting is None or write_s is None or read_s is None else waiting + write_s + read_s
    return aiohttp.ClientTimeout(total=total, connect=waiting, sock_connect=connect_s, sock_read=read_s)


def _encode(request_data: RequestData | None) -> dict[str, Any] | None:
    """Arguments for aiohttp: a JSON body, or a form for files; None when a text holds half a character."""
    if request_data is None:
        return {}
    if request_data.contains_files:
        return {"data": _fill_form(request_data)}
    try:
        body = msgspec.json.encode(request_data.parameters)
    except UnicodeEncodeError:  # its message would hold the text
        return None
    return {"data": body, "headers": {"Content-Type": "application/json"}}


def _fill_form(request_data: RequestData) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, media_type) in request_data.multipart_data.items():
        form.add_field(name, content, filename=filename, content_type=media_type)
    return form


def _name_fault(error: Exception) -> NetworkError:
    """The library's exception for a fault of the connection, in words that hold no address."""
    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return _fault(TimedOut("No connection to Telegram in time"), ConnectionRefusedError())
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.InvalidURL):
        return _fault(NetworkError(f"No connection to Telegram: {_say(error)}"), ConnectionRefusedError())
    if isinstance(error, TimeoutError):
        return _fault(TimedOut("Telegram did not answer in time"), TimeoutError())
    return _fault(NetworkError(f"The connection broke: {type(error).__name__}"), ConnectionResetError())


def _say(error: Exception) -> str:
    """What went wrong, in the system's words: "Connection refused", "Name or service not known"."""
    reason = getattr(error, "os_error", None)
    return getattr(reason, "strerror", None) or type(error).__name__


def _fault(error: NetworkError, cause: Exception) -> NetworkError:
    error.__cause__ = cause
    return error


def _tidy(status: int, body: bytes) -> bytes:
    """The body of a refusal, or one of our own where it is not Telegram's: a proxy may echo the address.

    Raises Flooded when Telegram says how long to wait, NetworkError for what a proxy refuses by itself.
    """
    answer = _decode(body)
    if answer is None or not isinstance(answer.get("description"), str):
        phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unknown answer"
        if status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in _SAYS_ENOUGH:
            raise NetworkError(f"{phrase} ({status}), {NOT_TELEGRAM}")
        return msgspec.json.encode({"ok": False, "error_code": status, "description": f"{phrase} ({status})"})
    parameters = answer.get("parameters")
    retry_after_s = parameters.get("retry_after") if isinstance(parameters, dict) else None
    if isinstance(retry_after_s, int) and retry_after_s > 0:
        raise Flooded(retry_after_s)
    return body


def _decode(body: bytes) -> dict[str, Any] | None:
    try:
        answer = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return answer if isinstance(answer, dict) else None
