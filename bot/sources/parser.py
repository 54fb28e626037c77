"""Parsing in a process of its own that is killed when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections import deque
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

import bot
from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.kinds import ARTICLE
from bot.sources.messages import LENGTH, Job, Result

PARSE_LIMIT = timedelta(seconds=5)
"""The largest permitted feed takes a tenth of it."""
START_LIMIT = timedelta(seconds=30)
"""Imports on a busy small machine."""
SPARE_AFTER = timedelta(seconds=1)
"""A second process helps out when the first has been busy with one answer for so long."""
MOST_RESULT_BYTES = 64 * 1024 * 1024
_ROOT = str(Path(bot.__file__).resolve().parent.parent)
_PROGRAM = (
    "import sys; sys.path.insert(0, sys.argv[1]); from bot.sources.worker import serve; "
    "serve(has_extractor=sys.argv[2] == 'articles')"
)
REST_AFTER = timedelta(minutes=2)
"""The process that reads articles is large: it ends when none has come for so long."""


class Parser:
    """One process that stays, started with the first job, and one to spare. `close` it at the end.

    Articles are read by another such pair, which holds the extractor and goes when there are none to read.
    """

    def __init__(
        self,
        *,
        limit: timedelta = PARSE_LIMIT,
        spare_after: timedelta = SPARE_AFTER,
        has_extractor: bool = False,
    ) -> None:
        self._limit = limit
        self._limit_s = limit.total_seconds()
        self._has_extractor = has_extractor
        self._articles: Parser | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._spare_after_s = spare_after.total_seconds()
        self._waiting: deque[tuple[Job, asyncio.Future[Result]]] = deque()
        self._seat = _Seat(self._limit_s, has_extractor=has_extractor)
        self._resident: asyncio.Task[None] | None = None
        self._helper: asyncio.Task[None] | None = None
        self._is_stuck = False

    async def parse(
        self,
        task: str,
        body: bytes,
        content_type: str,
        base_url: str,
        options: SourceOptions = DEFAULT_OPTIONS,
    ) -> tuple[Entry, ...]:
        """The entries of one answer. Raises ParseError, also when the time is over or the process died.

        `task` is a kind of source, or another that `bot.sources.kinds` names.
        """
        if task == ARTICLE and not self._has_extractor:
            return await self._read_article(body, content_type, base_url)
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((Job(task, body, content_type, base_url, options), result))
        if self._resident is None:
            self._resident = asyncio.create_task(self._serve(), name="parser")
        elif self._is_stuck:
            self._call_helper()
        found = await result
        if found.error is not None:
            raise ParseError(found.error)
        return found.entries

    async def _read_article(self, body: bytes, content_type: str, base_url: str) -> tuple[Entry, ...]:
        loop = asyncio.get_running_loop()
        if self._articles is None:
            self._articles = Parser(limit=self._limit, has_extractor=True)
        if self._rest is not None:
            self._rest.cancel()
        self._rest = loop.call_later(REST_AFTER.total_seconds(), self._articles.rest)
        return await self._articles.parse(ARTICLE, body, content_type, base_url)

    def rest(self) -> None:
        """Let the process go when it is idle; a later job starts another."""
        if self._resident is None:
            self._leaving = asyncio.create_task(self._seat.leave(), name="parser goes")

    async def close(self) -> None:
        """End the processes and cancel whoever waits; a later job would start anew."""
        if self._rest is not None:
            self._rest.cancel()
        if self._articles is not None:
            await self._articles.close()
        tasks = [task for task in (self._resident, self._helper, self._leaving) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, result in self._waiting:
            result.cancel()
        self._waiting.clear()
        await self._seat.leave()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _serve(self) -> None:
        """Do what waits, one job after another, and rest."""
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                alarm = loop.call_later(self._spare_after_s, self._call_helper)
                try:
                    await self._serve_next(self._seat)
                finally:
                    alarm.cancel()
                    self._is_stuck = False
        finally:
            self._resident = None

    def _call_helper(self) -> None:
        self._is_stuck = True
        if self._helper is None and self._waiting:
            self._helper = asyncio.create_task(self._help(), name="spare parser")

    async def _help(self) -> None:
        """Do what waits as long as the resident is stuck in one job."""
        seat = _Seat(self._limit_s, has_extractor=self._has_extractor)
        try:
            while self._waiting and self._is_stuck:
                await self._serve_next(seat)
        finally:
            self._helper = None
            await seat.leave()

    async def _serve_next(self, seat: _Seat) -> None:
        job, result = self._waiting.popleft()
        if result.done():  # whoever asked has been cancelled
            return
        try:
            found = await seat.run(job)
        except ParseError as error:
            found = Result((), str(error))
        except BaseException:
            result.cancel()
            raise
        if not result.done():
            result.set_result(found)


class _Seat:
    """A place for one process: filled when there is a job, emptied when the process is killed or grown."""

    def __init__(self, limit_s: float, *, has_extractor: bool) -> None:
        self._limit_s = limit_s
        self._has_extractor = has_extractor
        self._process: _Process | None = None

    async def run(self, job: Job) -> Result:
        """Raises ParseError when the process cannot be started, takes too long or dies."""
        if self._process is None or not self._process.is_alive:
            self._process = await _Process.start(has_extractor=self._has_extractor)
        process, self._process = self._process, None  # gone, unless it comes through this job
        result = await process.run(job, self._limit_s)
        self._process = process
        if result.is_last:
            await self.leave()
        return result

    async def leave(self) -> None:
        """Kill the process if there is one."""
        process, self._process = self._process, None
        if process is not None:
            await process.kill()


class _Process:
    """A parser process and its pipes; it does one job at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._decoder = msgspec.msgpack.Decoder(Result)

    @classmethod
    async def start(cls, *, has_extractor: bool) -> _Process:
        """Raises ParseError when it does not come up."""
        process = cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _PROGRAM, _ROOT, "articles" if has_extractor else "sources"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={},
                start_new_session=True,  # a Ctrl-C at the terminal is for the service alone
            )
        )
        await process._exchange(b"", START_LIMIT.total_seconds(), "the parser did not start")
        return process

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def run(self, job: Job, limit_s: float) -> Result:
        """Raises ParseError after `limit_s`, or when the process dies of the job; it is killed then."""
        message = msgspec.msgpack.encode(job)
        sent = LENGTH.pack(len(message)) + message
        return await self._exchange(sent, limit_s, "reading the answer took too long or failed altogether")

    async def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()

    async def _exchange(self, sent: bytes, limit_s: float, failure: str) -> Result:
        try:
            async with asyncio.timeout(limit_s):
                return await self._send_and_receive(sent)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, msgspec.MsgspecError) as error:
            await self.kill()
            raise ParseError(failure) from error
        except asyncio.CancelledError:
            await self.kill()
            raise

    async def _send_and_receive(self, sent: bytes) -> Result:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101,PT018 - PIPE above
        if sent:
            self._process.stdin.write(sent)
            await self._process.stdin.drain()
        (length,) = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))
        if length > MOST_RESULT_BYTES:
            raise OSError("more than any feed holds")
        return self._decoder.decode(await self._process.stdout.readexactly(length))
