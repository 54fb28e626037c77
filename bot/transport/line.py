"""POST over HTTP/1.1 with little work: a request is one write, its answer one future.

A general client costs four times what all the rest of a delivery does. The parser is llhttp; nothing is ever
repeated here, and nothing of an address gets into an exception.
"""

from __future__ import annotations

import asyncio
import select
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

LARGEST_ANSWER: Final = 4 * 2**20
"""Bytes of one answer with its head: Telegram's have a few thousand."""
MORE_TO_COME: Final = 200
"""Statuses below only announce the answer."""
HAPPY_EYEBALLS_S: Final = 0.25  # RFC 8305: the other family is tried after so long


class NotSentError(Exception):
    """No connection was made; the message says why in the system's words."""


class BrokenError(Exception):
    """The connection ended, or what came was no HTTP, after the request had left."""


@dataclass(frozen=True, slots=True)
class _Address:
    """Where a request goes, and all of its head but the number of bytes."""

    host: str
    port: int
    is_tls: bool
    head: bytes


class Wire(asyncio.Protocol):
    """One connection, with one request at a time."""

    def __init__(self) -> None:
        self._parser = HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._body = bytearray()
        self._received = 0
        self._is_bounded = self._has_headers = False
        self.is_reusable = True
        """Whether another request may follow: the last answer has come whole, and none is awaited."""

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, bytes]]:
        """Send a request; the future gets the status and body, BrokenError or TimeoutError."""
        assert self._transport is not None  # noqa: S101 - `create_connection` returns connected ones
        self.is_reusable = False
        self._received = 0
        self._begin()
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def is_quiet(self) -> bool:
        """Whether nothing came since the last answer; the end of the connection may wait to be read."""
        assert self._transport is not None  # noqa: S101 - as above
        looked = select.poll()
        looked.register(self._transport.get_extra_info("socket"), select.POLLIN)
        return not looked.poll(0)

    def expire(self) -> None:
        """No answer came in time."""
        self._end(TimeoutError())

    def close(self) -> None:
        """Whatever is still to come is not wanted."""
        self._end(BrokenError())

    # --- what the loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a stream
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Some bytes of an answer; unasked for, endless or no HTTP, the connection is of no use."""
        self._received += len(data)
        if self._answer is None or self._received > LARGEST_ANSWER:
            self._end(BrokenError())
            return
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._end(BrokenError())

    def connection_lost(self, exc: Exception | None) -> None:
        """An answer of unknown length ends with the connection; any other is broken."""
        if exc is None and self._has_headers and not self._is_bounded:
            self._settle()
        self._end(BrokenError())

    # --- what the parser tells

    def on_message_begin(self) -> None:
        """An answer that nobody asked for would be taken for that of the next request."""
        if self._answer is None:
            self._end(BrokenError())

    def on_header(self, name: bytes, value: bytes) -> None:
        """Whether the answer says how long it is."""
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._is_bounded = True

    def on_headers_complete(self) -> None:
        """What follows is the body."""
        self._has_headers = True

    def on_body(self, body: bytes) -> None:
        """A part of it."""
        self._body += body

    def on_message_complete(self) -> None:
        """The answer is whole, or it was only announced."""
        if self._parser.get_status_code() < MORE_TO_COME:
            self._begin()
            return
        is_kept = self._answer is not None and self._parser.should_keep_alive()
        self._settle()
        self.is_reusable = is_kept and self._transport is not None and not self._transport.is_closing()

    def _begin(self) -> None:
        self._body = bytearray()
        self._is_bounded = self._has_headers = False

    def _settle(self) -> None:
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_result((self._parser.get_status_code(), bytes(self._body)))

    def _end(self, error: Exception) -> None:
        self.is_reusable = False
        answer, self._answer = self._answer, None
        if answer is not None and not answer.done():
            answer.set_exception(error)
        if self._transport is not None:
            self._transport.abort()


class Line:
    """Connections that are kept for the next request; `close` it at the end."""

    def __init__(
        self,
        *,
        agent: str,
        most_idle: int,
        idle_s: float,
        connect_s: float,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """At most `most_idle` connections are kept without a request, each for `idle_s` seconds."""
        self._agent, self._tls = agent, tls
        self._most_idle, self._idle_s, self._connect_s = most_idle, idle_s, connect_s
        self._addresses: dict[str, _Address] = {}
        self._idle: dict[tuple[str, int, bool], deque[tuple[float, Wire]]] = {}
        self._is_closed = False

    async def post(
        self, url: str, body: bytes, within_s: float, on_departure: Callable[[], None] | None = None
    ) -> tuple[int, bytes]:
        """One request with a JSON body; the status and the body of its answer.

        `on_departure` is called when it has been written: to connect may have taken longer than the rest.
        Raises NotSentError before anything left, BrokenError and TimeoutError (after `within_s`) when it is
        not known what became of it.
        """
        address = self._addresses.get(url) or self._learn(url)
        wire = self._take(address) or await self._connect(address)
        timer = asyncio.get_running_loop().call_later(within_s, wire.expire)
        try:
            answer = wire.ask(b"%b%d\r\n\r\n%b" % (address.head, len(body), body))
            if on_departure is not None:
                on_departure()
            return await answer
        except BrokenError:
            self._drop(address)
            raise
        finally:
            timer.cancel()
            self._give_back(address, wire)

    def close(self) -> None:
        """End all connections that are kept, and keep none any more."""
        self._is_closed = True
        for wires in self._idle.values():
            for _, wire in wires:
                wire.close()
        self._idle.clear()

    def _learn(self, url: str) -> _Address:
        """Raises NotSentError for what is no address."""
        try:
            parts = urlsplit(url)
            is_tls, host = parts.scheme == "https", parts.hostname or ""
            port = parts.port or (443 if is_tls else 80)
            head = (
                f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
                f"User-Agent: {self._agent}\r\nAccept: */*\r\n"
                "Content-Type: application/json\r\nContent-Length: "
            ).encode("ascii")
        except ValueError:  # its message would hold the address
            raise NotSentError("no address of a server") from None
        if not host or parts.scheme not in ("http", "https"):
            raise NotSentError("no address of a server")
        self._addresses[url] = _Address(host, port, is_tls, head)
        return self._addresses[url]

    def _take(self, address: _Address) -> Wire | None:
        """The connection that was used last: those beneath it grow old and are closed."""
        wires = self._idle.get((address.host, address.port, address.is_tls))
        since_s = asyncio.get_running_loop().time() - self._idle_s
        while wires:
            rested_s, wire = wires.pop()
            if wire.is_reusable and rested_s > since_s and wire.is_quiet():
                return wire
            wire.close()
        return None

    def _give_back(self, address: _Address, wire: Wire) -> None:
        if self._is_closed or not wire.is_reusable:
            wire.close()
            return
        now_s = asyncio.get_running_loop().time()
        wires = self._idle.setdefault((address.host, address.port, address.is_tls), deque())
        wires.append((now_s, wire))
        while wires and (wires[0][0] <= now_s - self._idle_s or len(wires) > self._most_idle):
            wires.popleft()[1].close()

    def _drop(self, address: _Address) -> None:
        """What broke one connection has often broken all: who asks once more must not meet the next."""
        for _, wire in self._idle.pop((address.host, address.port, address.is_tls), ()):
            wire.close()

    async def _connect(self, address: _Address) -> Wire:
        loop = asyncio.get_running_loop()
        tls = (self._tls or ssl.create_default_context()) if address.is_tls else None
        if tls is not None:
            self._tls = tls
        try:
            async with asyncio.timeout(self._connect_s):
                _, wire = await loop.create_connection(
                    Wire, address.host, address.port, ssl=tls, happy_eyeballs_delay=HAPPY_EYEBALLS_S
                )
        except TimeoutError:
            raise NotSentError("no connection in time") from None
        except (OSError, ValueError) as error:
            raise NotSentError(getattr(error, "strerror", None) or type(error).__name__) from None
        return wire
