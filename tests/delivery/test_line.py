"""HTTP at its edges: answers of every form, when a connection serves again, what is known of faults."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from bot.transport.line import LARGEST_ANSWER, BrokenError, Line, NotSentError
from tests.clock import PATIENCE_S

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1;x=y\r\ni\r\n0\r\nTrailer: x\r\n\r\n"
)
TO_THE_END = b"HTTP/1.1 200 OK\r\n\r\nhi"
CLOSING = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi"
CLOSE, SILENCE = b"<close>", b"<silence>"


@dataclass
class Host:
    """A server that answers with given bytes; `heard`: the requests of each connection."""

    answers: Sequence[bytes]
    port: int = 0
    is_slow: bool = False
    heard: list[list[bytes]] = field(default_factory=list)
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot1:x/sendMessage"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mine: list[bytes] = []
        self.heard.append(mine)
        self.writers.append(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
                mine.append(head + await reader.readexactly(length))
                answer = self.answers[min(sum(map(len, self.heard)), len(self.answers)) - 1]
                await self._say(writer, answer)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        for part in [answer[n : n + 1] for n in range(len(answer))] if self.is_slow else [answer]:
            if answer not in (SILENCE, CLOSE):
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(0)
        if answer in (CLOSE, TO_THE_END) or answer.endswith(b"<cut>"):
            writer.close()


@asynccontextmanager
async def hosting(
    *answers: bytes, is_slow: bool = False, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Host]:
    """Each request gets the next answer, the last one for ever."""
    host = Host(answers, is_slow=is_slow)
    server = await asyncio.start_server(host.serve, "127.0.0.1", 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for writer in host.writers:
            writer.close()


@asynccontextmanager
async def a_line(
    idle_s: float = 2 * PATIENCE_S,
    most_idle: int = 4,
    connect_s: float = PATIENCE_S,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Line]:
    line = Line(agent="Test", most_idle=most_idle, idle_s=idle_s, connect_s=connect_s, tls=tls)
    try:
        yield line
    finally:
        line.close()


async def test_the_request_is_plain_http() -> None:
    """One head with what Telegram wants, the body as it is."""
    async with hosting(OK) as host, a_line() as line:
        assert await line.post(host.url, b'{"a":1}', PATIENCE_S) == (200, b"hi")
        assert host.heard == [
            [
                b"POST /bot1:x/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUser-Agent: Test\r\n"
                b"Accept: */*\r\n"
                b'Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}' % host.port
            ]
        ]


@pytest.mark.parametrize("is_slow", [False, True])
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OK, (200, b"hi")),
        (CHUNKED, (200, b"hi")),
        (TO_THE_END, (200, b"hi")),
        (CLOSING, (200, b"hi")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", (204, b"")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, (200, b"hi")),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + CHUNKED, (200, b"hi")),
        (b"HTTP/1.0 502 Bad Gateway\r\nContent-Length: 1\r\n\r\nx", (502, b"x")),
        (b"HTTP/1.1 599 \r\ncontent-length:0\r\n\r\n", (599, b"")),
    ],
)
async def test_answers_of_every_form(answer: bytes, expected: tuple[int, bytes], is_slow: bool) -> None:
    """In one piece or byte by byte, with a length, in chunks, to the end, announced before."""
    async with hosting(answer, is_slow=is_slow) as host, a_line() as line:
        assert await line.post(host.url, b"{}", PATIENCE_S) == expected


@pytest.mark.parametrize(
    ("answer", "connections"),
    [
        (OK, 1),
        (CHUNKED, 1),
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 1),
        (CLOSING, 3),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 3),
        (TO_THE_END, 3),
        (OK + OK, 3),
        (OK + b"HTTP/1.1 2", 3),
    ],
)
async def test_a_connection_serves_again_when_all_is_told(answer: bytes, connections: int) -> None:
    """Kept after a whole answer; not when it is to be closed, or more has come than was asked for."""
    async with hosting(answer) as host, a_line() as line:
        for number in range(3):
            status, _ = await line.post(host.url, b"%d" % number, PATIENCE_S)
            assert status in (200, 400)
        assert len(host.heard) == connections


@pytest.mark.parametrize(
    "answer",
    [
        CLOSE,
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi<cut>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi<cut>",
        b"HTTP/1.1 200 OK\r\nContent-Le<cut>",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (LARGEST_ANSWER + 9) + b"x" * (LARGEST_ANSWER + 9),
        b"HTTP/1.1 200 OK\r\n" + b"X-Y: %b\r\n" % (b"y" * 65_000) * 70 + b"Content-Length: 0\r\n\r\n",
    ],
)
async def test_what_is_no_answer(answer: bytes) -> None:
    """The end before the end, no HTTP, another protocol, too much: broken, and never used again."""
    async with hosting(answer, OK) as host, a_line() as line:
        with pytest.raises(BrokenError):
            await line.post(host.url, b"{}", PATIENCE_S)
        assert await line.post(host.url, b"{}", PATIENCE_S) == (200, b"hi")
        assert [len(each) for each in host.heard] == [1, 1]


async def test_what_broke_one_connection_may_have_broken_all() -> None:
    """A firewall that forgot its connections must not cost a request for each: the next has a new one."""
    async with hosting(OK, OK, OK, CLOSE, OK) as host, a_line() as line:
        await asyncio.gather(*(line.post(host.url, b"{}", PATIENCE_S) for _ in range(3)))
        assert len(host.heard) == 3
        with pytest.raises(BrokenError):
            await line.post(host.url, b"{}", PATIENCE_S)
        assert await line.post(host.url, b"{}", PATIENCE_S) == (200, b"hi")
        assert len(host.heard) == 4


async def test_a_late_answer_is_nobodys() -> None:
    """After its time, or when the caller is gone, the connection is closed: the next has its own."""
    async with hosting(SILENCE, SILENCE, OK) as host, a_line() as line:
        with pytest.raises(TimeoutError):
            await line.post(host.url, b"{}", 0.1)
        task = asyncio.create_task(line.post(host.url, b"{}", PATIENCE_S))
        await until(lambda: len(host.heard) == 2 and bool(host.heard[1]))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await line.post(host.url, b"{}", PATIENCE_S) == (200, b"hi")
        assert len(host.heard) == 3


async def test_idle_connections_are_not_trusted_for_long() -> None:
    """Too old, or closed by the other side meanwhile: a new one, and no fault."""
    async with hosting(OK) as host:
        async with a_line(idle_s=0.0) as line:
            for _ in range(2):
                await line.post(host.url, b"{}", PATIENCE_S)
            assert len(host.heard) == 2
        async with a_line() as line:
            await line.post(host.url, b"{}", PATIENCE_S)
            (kept,) = (wire for wires in line._idle.values() for _, wire in wires)
            host.writers[-1].close()
            await until(lambda: not kept.is_reusable)
            assert await line.post(host.url, b"{}", PATIENCE_S) == (200, b"hi")
            assert len(host.heard) == 4


async def test_only_so_many_are_kept() -> None:
    """Of ten at once, four are kept; after the end none is."""
    async with hosting(OK) as host:
        async with a_line(most_idle=4) as line:
            await asyncio.gather(*(line.post(host.url, b"{}", PATIENCE_S) for _ in range(10)))
            await until(lambda: open_ones(host) <= 4)
            await asyncio.sleep(0.05)
            assert open_ones(host) == 4
        await until(lambda: open_ones(host) == 0)


def open_ones(host: Host) -> int:
    """How many connections the server's side holds open."""
    return sum(not writer.transport.is_closing() for writer in host.writers)


async def until(is_so: Callable[[], bool]) -> None:
    """Return when `is_so()`: a stream server has no signal of its own, so it is asked."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - asked, as the docstring says
            await asyncio.sleep(0.01)


async def test_what_was_never_sent(unused_tcp_port: int) -> None:
    """Nobody listens, no such host, no handshake in time, no address: nothing left, nothing is told of it."""
    departures: list[str] = []
    async with hosting(SILENCE) as host, a_line(connect_s=0.5) as line:
        for url in (
            f"http://127.0.0.1:{unused_tcp_port}/secret",
            "http://no-such-host.invalid/secret",
            f"https://127.0.0.1:{host.port}/secret",
            "http://[bad/secret",
            "htp:/secret",
            "http:///secret",
            "http://127.0.0.1:99999/secret",
            "http://127.0.0.1/secret\r\nX: y",
            "http://127.0.0.1/sécret",
        ):
            with pytest.raises(NotSentError) as fault:
                await line.post(url, b"{}", PATIENCE_S, partial(departures.append, url))
            assert "cret" not in repr(fault.value) + repr(fault.value.__cause__)
        assert host.heard in ([[]], [])
    assert not departures


async def test_a_departure_is_told_when_it_is_written() -> None:
    """Before the answer, which may never come; on a new connection and on one that stands."""
    departures: list[int] = []
    async with hosting(OK, SILENCE) as host, a_line() as line:
        await line.post(host.url, b"{}", PATIENCE_S, partial(departures.append, 1))
        with pytest.raises(TimeoutError):
            await line.post(host.url, b"{}", 0.05, partial(departures.append, 2))
        assert [len(each) for each in host.heard] == [2]
    assert departures == [1, 2]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make a certificate with")
async def test_encrypted(tmp_path: Path) -> None:
    """Over TLS with a certificate that is trusted; one that is not is never sent to."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = ("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost")
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert))
    await asyncio.to_thread(subprocess.run, ["openssl", *made, *names], check=True, capture_output=True)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(cert, key)
    async with hosting(OK, tls=serving) as host:
        url = f"https://localhost:{host.port}/x"
        async with a_line(tls=ssl.create_default_context(cafile=str(cert))) as line:
            for _ in range(2):
                assert await line.post(url, b"{}", PATIENCE_S) == (200, b"hi")
            assert [len(each) for each in host.heard if each] == [2]
        async with a_line() as line:
            with pytest.raises(NotSentError):
                await line.post(url, b"{}", PATIENCE_S)
