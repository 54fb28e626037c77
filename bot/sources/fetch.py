"""The only way out to sources: guarded, bounded, conditional HTTP."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self, TypeVar

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.errors import FetchError
from bot.sources import addresses
from bot.sources.headers import link_of, max_age_of, read_retry_after
from bot.sources.inflate import BodyReader
from bot.sources.lookup import Lookup, look_up

USER_AGENT = "Trucewatch/0.1 (+https://github.com/trucewatch/trucewatch)"
ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, "
    "application/xml;q=0.9, text/xml;q=0.9, */*;q=0.5"
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
KEEPING_REDIRECTS = frozenset({307, 308})
"""Those after which a form is sent again as it is."""
UNTOLD = timedelta(0)
"""The time of one hop; what counts is that of all."""
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost."""

    total: timedelta = timedelta(seconds=30)
    """From the first byte out to the last byte in, redirects included; waiting for a free slot is not."""
    connect: timedelta = timedelta(seconds=10)
    wire_bytes: int = 2 * 1024 * 1024
    decoded_bytes: int = 5 * 1024 * 1024
    redirects: int = 5
    header_bytes: int = 8190
    headers: int = 100
    per_host: int = 2
    """Requests at a time to one host: what a polite reader does."""
    at_once: int = 400
    """Requests at a time in all: below the usual 1,024 open files, far above a hundred hosts that hang."""
    turn: timedelta = timedelta(minutes=5)
    """For a free slot: of a hundred sources at a host that hangs none must seem well until its turn comes."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer with status 200."""

    body: bytes
    content_type: str
    final_url: str
    etag: str | None
    last_modified: str | None
    elapsed: timedelta
    max_age: timedelta | None = None
    """For how long the host asks not to be asked again (Cache-Control); None: it does not say."""
    hub: str | None = None
    """The hub that tells of news (`Link: <…>; rel=hub`), and what the document is called there."""
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host says that nothing has changed since."""

    elapsed: timedelta
    max_age: timedelta | None = None


DEFAULT_LIMITS = Limits()
NO_EXEMPTIONS = addresses.Exemptions()


class Fetcher:
    """Use as an async context manager, or `close` it; the session opens with the first fetch."""

    def __init__(
        self,
        exemptions: addresses.Exemptions = NO_EXEMPTIONS,
        *,
        limits: Limits = DEFAULT_LIMITS,
        lookup: Lookup = look_up,
    ) -> None:
        self._exemptions = exemptions
        self._limits = limits
        self._lookup = lookup
        self._session: aiohttp.ClientSession | None = None
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._waiting: dict[str, int] = {}
        self._all_slots = asyncio.Semaphore(limits.at_once)

    async def fetch(
        self,
        url: str,
        etag: str | None = None,
        last_modified: str | None = None,
        *,
        most_bytes: int | None = None,
    ) -> Fetched | NotModified:
        """Get `url`, following at most five redirects. Raises FetchError alone.

        `most_bytes` widens what the answer may weigh, on the wire and unpacked, for a kind that needs it.
        """
        headers = _conditions(etag, last_modified)
        limits = self._limits if most_bytes is None else _widen(self._limits, most_bytes)
        answer: Fetched | NotModified
        answer, elapsed = await self._follow(url, lambda hop: self._exchange(hop, headers, limits))
        return replace(answer, elapsed=elapsed)

    async def submit(self, url: str, form: Mapping[str, str]) -> None:
        """Send a form to `url`, or where a redirect keeps it one. Raises FetchError unless it is taken."""
        await self._follow(url, lambda hop: self._send_form(hop, form))

    async def close(self) -> None:
        """Close every connection; a later fetch would open a new session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _follow(self, url: str, ask: Callable[[URL], Awaitable[URL | _T]]) -> tuple[_T, timedelta]:
        """What the last hop answers that is no further hop, and the time that all of them took."""
        target, spent, total = read_url(url), 0.0, self._limits.total.total_seconds()
        for _ in range(self._limits.redirects + 1):
            self._check_address(target)
            async with self._slot(target.host or ""):
                started = time.monotonic()
                answer = await self._bounded(ask(target), target, total - spent)
                spent += time.monotonic() - started
            if not isinstance(answer, URL):
                return answer, timedelta(seconds=spent)
            target = answer
        raise FetchError(f"more than {self._limits.redirects} redirects")

    def _check_address(self, target: URL) -> None:
        """Literals never reach the resolver, so they are judged here; names are judged there."""
        host = target.host or ""
        written = addresses.literal(host)
        if written is None:
            return
        why = addresses.refusal(self._exemptions, host, written, target.port or 0)
        if why:
            raise FetchError(f"refused: {why}")

    @asynccontextmanager
    async def _slot(self, host: str) -> AsyncIterator[None]:
        """A place among the few to this host, then one among all; FetchError when it takes too long."""
        slot = self._slots.setdefault(host, asyncio.Semaphore(self._limits.per_host))
        self._waiting[host] = self._waiting.get(host, 0) + 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self._limits.turn.total_seconds()):
                        await held.enter_async_context(slot)
                        await held.enter_async_context(self._all_slots)
                except TimeoutError as error:
                    raise FetchError(f"{host} keeps so many others waiting that no turn came") from error
                yield
        finally:
            self._waiting[host] -= 1
            if not self._waiting[host]:
                del self._waiting[host], self._slots[host]

    async def _bounded(self, exchange: Awaitable[_T], target: URL, seconds: float) -> _T:
        """What the exchange gives within its time; its faults as FetchError."""
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                return await exchange
        except TimeoutError as error:
            raise FetchError(f"no complete answer within {self._limits.total.total_seconds():g} s") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise FetchError(explain(error, target.host or "")) from error

    async def _send_form(self, target: URL, form: Mapping[str, str]) -> URL | None:
        session = self._open_session()
        async with session.post(target, data=dict(form), allow_redirects=False) as response:
            if response.status in KEEPING_REDIRECTS:
                return _next_hop(target, response.headers.get("Location", ""))
            if not response.ok or response.status in REDIRECTS:
                raise _status_error(response)
            return None

    async def _exchange(
        self, target: URL, headers: dict[str, str], limits: Limits
    ) -> URL | Fetched | NotModified:
        async with self._open_session().get(target, headers=headers, allow_redirects=False) as response:
            if response.status in REDIRECTS:
                return _next_hop(target, response.headers.get("Location", ""))
            if response.status == HTTPStatus.NOT_MODIFIED:
                return NotModified(UNTOLD, max_age_of(response))
            if response.status != HTTPStatus.OK:
                raise _status_error(response)
            return Fetched(
                await _read_body(response, limits),
                response.headers.get("Content-Type", "")[:200],
                str(target),
                response.headers.get("ETag"),
                response.headers.get("Last-Modified"),
                UNTOLD,
                max_age_of(response),
                link_of(response, "hub"),
                link_of(response, "self"),
            )

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = self._limits
            connector = aiohttp.TCPConnector(
                limit=0,  # the slots bound it; a second queue would only hide where a request waits
                resolver=GuardedResolver(self._exemptions, self._lookup),
                ttl_dns_cache=300,  # only addresses that passed the guard are kept
                keepalive_timeout=75,  # a little longer than the usual interval
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=limits.connect.total_seconds()),
                max_line_size=limits.header_bytes,
                max_field_size=limits.header_bytes,
                max_headers=limits.headers,
                headers={"User-Agent": USER_AGENT, "Accept": ACCEPT, "Accept-Encoding": "gzip, identity"},
            )
        return self._session


async def _read_body(response: aiohttp.ClientResponse, limits: Limits) -> bytes:
    reader = BodyReader(
        response.headers.get("Content-Encoding", "").strip().lower(),
        wire_limit=limits.wire_bytes,
        decoded_limit=limits.decoded_bytes,
    )
    async for chunk in response.content.iter_any():
        reader.take(chunk)
    return reader.finish()


def _widen(limits: Limits, most_bytes: int) -> Limits:
    """Never narrower than what holds for everybody."""
    wire, decoded = max(most_bytes, limits.wire_bytes), max(most_bytes, limits.decoded_bytes)
    return replace(limits, wire_bytes=wire, decoded_bytes=decoded)


class GuardedResolver(AbstractResolver):
    """Hands the connector only addresses that may be connected to, so it never sees another."""

    def __init__(self, exemptions: addresses.Exemptions, lookup: Lookup) -> None:
        self._exemptions = exemptions
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises FetchError when every address is refused, OSError when there is none."""
        found = await self._lookup(host, port)
        refusals = {a: addresses.refusal(self._exemptions, host, a, port) for a in found}
        good = [a for a, why in refusals.items() if why is None]
        if found and not good:
            raise FetchError(f"refused: {next(why for why in refusals.values() if why)}")
        if not good:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        return [_resolved(host, address, port) for address in good]

    async def close(self) -> None:
        """Nothing is held open."""


def _resolved(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


def read_url(url: str) -> URL:
    """An address that can be asked; raises FetchError in words."""
    try:
        target = URL(url)
        port = target.port
    except ValueError as error:
        raise FetchError(f"{url[:200]!r} is not a usable address") from error
    if target.scheme not in addresses.SCHEMES:
        raise FetchError(f"refused: only http and https are allowed, not {target.scheme[:20]!r}")
    if not target.host or not port:
        raise FetchError("the address names no host")
    if target.user or target.password:
        raise FetchError("refused: an address with a user name or password would end up in logs")
    return target.with_fragment(None)


def _next_hop(target: URL, location: str) -> URL:
    if not location:
        raise FetchError("a redirect that leads nowhere")
    try:
        return read_url(str(target.join(URL(location))))
    except ValueError as error:
        raise FetchError("a redirect to something that is no address") from error


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if value and value.isprintable()}


def _status_error(response: aiohttp.ClientResponse) -> FetchError:
    try:
        phrase = HTTPStatus(response.status).phrase
    except ValueError:
        phrase = "an unknown status"
    wait_s = read_retry_after(response.headers.get("Retry-After", ""), datetime.now(UTC))
    return FetchError(f"answers {response.status} {phrase}", status=response.status, retry_after_s=wait_s)


def explain(error: Exception, host: str) -> str:
    """One clause for an admin; never the body of an answer."""
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return f"the host name {host} cannot be found"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"the certificate of {host} cannot be trusted"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"cannot connect to {host}: {error.os_error.strerror or 'no answer'}"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError | ConnectionError):
        return f"{host} closed the connection before the answer was complete"
    if isinstance(error, aiohttp.ClientResponseError):
        return f"{host} does not answer in proper HTTP"
    return f"{host} cannot be asked ({type(error).__name__})"
