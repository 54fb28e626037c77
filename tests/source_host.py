"""Fake hosts of sources: real HTTP servers on loopback that do what the script says."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it arrived."""

    path: str
    headers: Mapping[str, str]


@dataclass
class SourceHost:
    """`answer(path, ...)` scripts what each request to a path gets in turn; the last answer is repeated."""

    address: str = "127.0.0.1"
    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _scripts: dict[str, list[Answer]] = field(default_factory=dict)
    _runner: web.AppRunner | None = None

    def answer(self, path: str, *answers: Answer) -> str:
        """Script a path and return its address."""
        self._scripts[path] = list(answers)
        return self.url(path)

    def url(self, path: str, host: str = "") -> str:
        return f"http://{host or self.address}:{self.port}{path}"

    def times_asked(self, path: str) -> int:
        return sum(one.path == path for one in self.asked)

    async def until_asked(self, times: int) -> None:
        """Return when so many requests have arrived."""
        while len(self.asked) < times:
            self._arrived.clear()
            await self._arrived.wait()

    async def until_at_once(self, many: int) -> None:
        """Return when so many requests are waiting for their answers."""
        while self.at_once < many:
            self._arrived.clear()
            await self._arrived.wait()

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, shutdown_timeout=0.05, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.address, self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path_qs, request.headers.copy()))
        self._arrived.set()
        script = self._scripts.get(request.path) or [status(404)]
        answer = script.pop(0) if len(script) > 1 else script[0]
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return await answer(request)
        finally:
            self.at_once -= 1


def feed(
    body: bytes,
    *,
    etag: str | None = None,
    last_modified: str | None = None,
    content_type: str = "application/rss+xml",
    cache_control: str = "",
) -> Answer:
    """A document that honours conditional requests when it has an ETag or a date."""
    extra = {"ETag": etag or "", "Last-Modified": last_modified or "", "Cache-Control": cache_control}
    headers = {name: value for name, value in extra.items() if value} | {"Content-Type": content_type}

    async def respond(request: web.Request) -> web.StreamResponse:
        is_known = (etag and request.headers.get("If-None-Match") == etag) or (
            not etag and last_modified and request.headers.get("If-Modified-Since") == last_modified
        )
        if is_known:
            return web.Response(status=304, headers={"Cache-Control": cache_control})
        return web.Response(body=body, headers=headers)

    return respond


def packed(body: bytes, encoding: str = "gzip", *, cut: int = 0) -> Answer:
    """A gzipped document, with its last `cut` bytes missing."""
    content = gzip.compress(body)
    return _plain(content[: len(content) - cut], {"Content-Encoding": encoding})


def bomb(mebibytes: int) -> Answer:
    """So much of nothing, packed as tightly as gzip can."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(1024 * 1024)
    content = b"".join(packer.compress(zeros) for _ in range(mebibytes)) + packer.flush()
    return _plain(content, {"Content-Encoding": "gzip"})


def status(code: int, **headers: str) -> Answer:
    """An answer without a document; `Retry_After` becomes Retry-After."""
    return _plain(b"", {name.replace("_", "-"): value for name, value in headers.items()}, code)


def redirect(to: str, code: int = 302) -> Answer:
    return _plain(b"", {"Location": to}, code)


def hang() -> Answer:
    """Never answers."""

    async def respond(request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    return respond


def wait_for(gate: asyncio.Event, then: Answer) -> Answer:
    """Answers once the gate is open."""

    async def respond(request: web.Request) -> web.StreamResponse:
        await gate.wait()
        return await then(request)

    return respond


def after(seconds: float, then: Answer) -> Answer:
    """An answer that takes its time."""

    async def respond(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await then(request)

    return respond


def endless(chunk: bytes = b"x" * 65_536, pause_s: float = 0.0) -> Answer:
    """A body that never ends: at full speed, or a little at a time."""

    async def respond(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await response.prepare(request)
        while True:
            await response.write(chunk)
            await asyncio.sleep(pause_s)

    return respond


def _plain(body: bytes, headers: Mapping[str, str], code: int = 200) -> Answer:
    async def respond(request: web.Request) -> web.StreamResponse:
        return web.Response(body=body, headers=dict(headers), status=code)

    return respond


@dataclass
class RawHost:
    """Answers every connection with the same bytes, proper HTTP or not, and hangs up."""

    answer: bytes
    port: int = 0
    _server: asyncio.Server | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/feed"

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._handle, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        writer.close()


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a feed."""

    link: str
    title: str
    text: str = ""
    published: str = ""


def rss(*items: Item, title: str = "A feed") -> bytes:
    """An RSS 2.0 document; texts must not need escaping."""
    inner = "".join(
        f"<item><title>{i.title}</title><link>{i.link}</link><description>{i.text}</description>"
        + (f"<pubDate>{i.published}</pubDate>" if i.published else "")
        + "</item>"
        for i in items
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{title}</title>'
    return f"{head}{inner}</channel></rss>".encode()
