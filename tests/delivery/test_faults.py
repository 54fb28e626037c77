"""What becomes of a message when the network misbehaves: a real server for each way in which it may."""

from __future__ import annotations

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from telegram import Bot

from bot.sender import Draft, Fate, Outcome, Sender
from bot.transport import AiohttpRequest
from bot.transport.line import LARGEST_ANSWER
from tests.clock import PATIENCE_S
from tests.telegram_server import TOKEN

DRAFT = Draft(7, "<b>x</b>", "x")
OK = b'{"ok":true,"result":{"message_id":5}}'
SENT = Outcome(Fate.SENT, message_id=5)
NO_ANSWER = Outcome(Fate.UNCERTAIN, "no_answer", retry_after_s=1.0)
UNREADABLE = Outcome(Fate.UNCERTAIN, "unreadable_answer", retry_after_s=1.0)
NOT_CONNECTED = Outcome(Fate.OUTAGE, "not_connected", retry_after_s=3.0)
Behave = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What a server does with a connection."""


@dataclass
class Host:
    """A server of one kind; how many connections it had, and what it heard first on each."""

    behave: Behave
    port: int = 0
    connections: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with suppress(OSError, EOFError, asyncio.CancelledError):
            await self.behave(reader, writer)
        writer.close()


@asynccontextmanager
async def hosting(behave: Behave, address: str = "127.0.0.1") -> AsyncIterator[Host]:
    host = Host(behave)
    server = await asyncio.start_server(host.serve, address, 0)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()


async def send(base: str, read_timeout_s: float = PATIENCE_S, times: int = 1) -> list[Outcome]:
    """The outcomes of the same message, sent one after the other over one transport."""
    async with AiohttpRequest(read_timeout_s=read_timeout_s) as request:
        bot = Bot(TOKEN, base_url=f"{base}/bot", request=request, get_updates_request=request)
        return [await Sender(bot).send(DRAFT) for _ in range(times)]


async def hear(reader: asyncio.StreamReader) -> None:
    """Read a request to its end."""
    head = await reader.readuntil(b"\r\n\r\n")
    await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]))


def write(status: str, body: bytes, *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join((*lines, "", "")).encode() + body


def answering(answer: bytes) -> Behave:
    """Each request gets these bytes, and the connection stays."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await hear(reader)
            writer.write(answer)

    return behave


def ending_after(answer: bytes) -> Behave:
    """One request gets these bytes, then the connection ends."""

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await hear(reader)
        writer.write(answer)

    return behave


async def hear_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The connection is reset in the middle of the request."""
    await reader.readexactly(40)
    writer.transport.abort()


async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A head that never ends, a line at a time: no pause is long enough to be noticed."""
    await hear(reader)
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while not writer.is_closing():
        writer.write(b"X-Y: z\r\n")
        await writer.drain()
        await asyncio.sleep(0.01)


async def end_at_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whoever connects is turned away."""


async def speak_plain(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Somebody who wants to speak TLS hears HTTP."""
    await reader.read(100)
    writer.write(write("400 Bad Request", b"plain"))
    await writer.drain()


async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The connection is there, and nothing comes of it."""
    await reader.read()


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(OK), OK)
PACKED = write("200 OK", gzip.compress(OK), "Content-Encoding: gzip")
HUGE = write("200 OK", b" " * LARGEST_ANSWER + OK)
NGINX = write("502 Bad Gateway", b"<html><center>nginx</center></html>", "Content-Type: text/html")
TELEGRAM_DOWN = Outcome(Fate.RETRY, "telegram_down", retry_after_s=2.0)
REFUSED_BY_A_PROXY = Outcome(Fate.RETRY, "not_telegram", retry_after_s=30.0)


@pytest.mark.parametrize(
    ("behave", "expected", "connections"),
    [
        pytest.param(answering(write("200 OK", OK)), SENT, 1, id="kept alive"),
        pytest.param(ending_after(write("200 OK", OK)), SENT, 2, id="closed while idle"),
        pytest.param(answering(CHUNKED), SENT, 1, id="in chunks"),
        pytest.param(ending_after(b"HTTP/1.1 200 OK\r\n\r\n" + OK), SENT, 2, id="as long as it is"),
        pytest.param(answering(PACKED), UNREADABLE, 1, id="packed though nobody asked for it"),
        pytest.param(hear_half, NO_ANSWER, 2, id="half of the request"),
        pytest.param(ending_after(write("200 OK", OK)[:-9]), NO_ANSWER, 2, id="half of the answer"),
        pytest.param(ending_after(CHUNKED[:-9]), NO_ANSWER, 2, id="half of the chunks"),
        pytest.param(ending_after(b"HTTP/1.1 200 OK\r\nConte"), NO_ANSWER, 2, id="half of the head"),
        pytest.param(ending_after(b""), NO_ANSWER, 2, id="no answer at all"),
        pytest.param(answering(HUGE), NO_ANSWER, 2, id="endless"),
        pytest.param(answering(NGINX), TELEGRAM_DOWN, 1, id="a proxy that finds nobody"),
        pytest.param(answering(write("403 Forbidden", b"no")), REFUSED_BY_A_PROXY, 1, id="a proxy's refusal"),
    ],
)
async def test_each_fault_has_its_outcome(behave: Behave, expected: Outcome, connections: int) -> None:
    """Twice the same outcome, by as many connections as it takes; no request is ever repeated here."""
    async with hosting(behave) as host:
        first, second = await send(f"http://127.0.0.1:{host.port}", times=2)
        assert (first, second) == (expected, expected)
        assert host.connections == connections


@pytest.mark.parametrize("behave", [trickle, say_nothing])
async def test_an_answer_that_does_not_end_is_unknown(behave: Behave) -> None:
    """However busily it trickles."""
    async with hosting(behave) as host:
        assert await send(f"http://127.0.0.1:{host.port}", read_timeout_s=0.3) == [NO_ANSWER]


@pytest.mark.parametrize("behave", [end_at_once, speak_plain, say_nothing])
async def test_a_handshake_that_fails_is_not_sent(behave: Behave, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without TLS no byte of the message has left: to be sent again without a mark."""
    monkeypatch.setattr("bot.transport.request.CONNECT_TIMEOUT_S", 0.5 if behave is say_nothing else 60.0)
    async with hosting(behave) as host:
        assert await send(f"https://127.0.0.1:{host.port}") == [NOT_CONNECTED]


@pytest.mark.parametrize("host", ["no-such-host.invalid", "127.0.0.1:{port}", "[::1]:{port}"])
async def test_who_cannot_be_reached_was_not_sent_to(host: str, unused_tcp_port: int) -> None:
    """No such name, nobody who listens, by either family of addresses."""
    assert await send("http://" + host.format(port=unused_tcp_port)) == [NOT_CONNECTED]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 on this machine")
async def test_over_ipv6() -> None:
    """An address with brackets is one like any other."""
    async with hosting(answering(write("200 OK", OK)), "::1") as host:
        assert await send(f"http://[::1]:{host.port}") == [SENT]


async def test_a_name_of_several_addresses() -> None:
    """Where one of them does not answer, another is tried."""
    async with hosting(answering(write("200 OK", OK))) as host:
        assert await send(f"http://localhost:{host.port}") == [SENT]
