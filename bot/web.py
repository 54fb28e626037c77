"""The service's own HTTP side: whether it is well, its figures, and whatever routes others bring.

Off unless HTTP_PORT is set. Nothing here needs a password: what is to be seen from outside goes through a
proxy that passes on only that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from aiohttp import web

from bot import __version__
from bot.errors import ConfigurationError, StorageError
from bot.metrics import CONTENT_TYPE, write_metrics
from bot.storage.database import Database
from bot.storage.figures import read_figures, read_pulse
from bot.watch.pulse import Part, Pulse, find_standstills

log = logging.getLogger(__name__)

ANSWER_WITHIN_S: Final = 5.0
"""A database that takes longer is as good as away for whoever asks."""
STOP_WITHIN_S: Final = 1.0
LARGEST_BODY: Final = 4 * 2**20

Handle = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True)
class Route:
    """A path as aiohttp writes it, such as `/websub/{id}`, and what answers there."""

    method: str
    path: str
    handle: Handle


class Web:
    """Answers on one address from `start` to `close`."""

    def __init__(self, host: str, port: int, routes: Iterable[Route]) -> None:
        self._host, self._port = host, port
        app = web.Application(client_max_size=LARGEST_BODY, middlewares=[_say_faults])
        app.on_response_prepare.append(_hide_server)
        for route in routes:
            app.router.add_route(route.method, route.path, route.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_WITHIN_S)

    async def start(self) -> None:
        """Listen. Raises ConfigurationError when the address is not to be had."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            where = f"{self._host}:{self._port}"
            raise ConfigurationError(
                [f"HTTP_PORT: {where} is not to be had ({error.strerror}); choose another, or none"]
            ) from error
        log.info("health and figures can be asked for on port %d", self._port)

    async def close(self) -> None:
        """Answer nobody any more; what is being answered has a second."""
        await self._runner.cleanup()


class Examiner:
    """Answers `/health` and `/metrics` from the rows of a database."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        """The service has as long to begin from now on as `find_standstills` says."""
        self._database, self._clock = database, clock
        self._started_at = clock()

    def routes(self) -> tuple[Route, ...]:
        """What can be asked; a HEAD is answered like a GET, without the body."""
        asked = (("/health", self.say_health), ("/metrics", self.say_metrics))
        return tuple(Route(method, path, say) for path, say in asked for method in ("GET", "HEAD"))

    async def say_health(self, _: web.Request) -> web.Response:
        """200 while sources are checked, what is due leaves and the database answers; else 503."""
        now = self._clock()
        why, pulse = self._database.trouble, None
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S), self._database.reading() as conn:
                pulse = await read_pulse(conn, now)
        except StorageError as error:
            why = str(error)
        except TimeoutError:
            why = f"the database has not answered for {ANSWER_WITHIN_S:.0f} s"
        still = find_standstills(pulse, self._started_at, now) if pulse else {}
        is_well = why is None and not still
        said = _describe(pulse, still, why) | {"status": "ok" if is_well else "failing"}
        status = HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response(said, status=status, headers={"Cache-Control": "no-store"})

    async def say_metrics(self, _: web.Request) -> web.Response:
        """The figures as Prometheus reads them; 503 while the database gives none."""
        now = self._clock()
        async with asyncio.timeout(ANSWER_WITHIN_S), self._database.reading() as conn:
            figures = await read_figures(conn, now)
        still = find_standstills(figures.pulse, self._started_at, now)
        return web.Response(body=write_metrics(figures, still, now), headers={"Content-Type": CONTENT_TYPE})


def _describe(pulse: Pulse | None, still: dict[Part, datetime], why: str | None) -> dict[str, Any]:
    """What is well and what is not; of what the database does not tell, nothing is known."""
    parts: dict[Part, dict[str, Any]] = {Part.CHECKS: {}, Part.DELIVERIES: {}}
    if pulse is not None:
        parts[Part.CHECKS] = {"last_ok_at": _write(pulse.last_ok_at)}
        parts[Part.DELIVERIES] = {
            "last_sent_at": _write(pulse.last_sent_at),
            "due_since": _write(pulse.due_since),
        }
    for part, said in parts.items():
        said["ok"] = part not in still if pulse is not None else None
        if part in still:
            said["still_since"] = _write(still[part])
    database = {"ok": why is None} | ({"why": why} if why else {})
    return {"version": __version__, "database": database, **{str(part): said for part, said in parts.items()}}


def _write(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


@web.middleware
async def _say_faults(request: web.Request, handler: Handle) -> web.StreamResponse:
    """A database that refuses or is slow is a temporary fault, told in a line and not in a traceback."""
    try:
        return await handler(request)
    except (StorageError, TimeoutError) as error:
        log.warning("%s could not be answered: %s", request.path, error or "the database is slow")
        return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="the database does not answer\n")


async def _hide_server(_: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = "Trucewatch"
