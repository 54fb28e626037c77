"""Parsing in a process of its own that is killed when it takes too long."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

import bot
from bot.errors import ParseError
from bot.model import Entry, SourceKind
from bot.sources.messages import LENGTH, Job, Result

PARSE_LIMIT = timedelta(seconds=5)
"""The largest permitted feed takes a tenth of it."""
START_LIMIT = timedelta(seconds=30)
"""Imports on a busy small machine."""
SPARE_AFTER = timedelta(seconds=1)
"""A second process helps out when the first has kept others waiting so long."""
MOST_RESULT_BYTES = 64 * 1024 * 1024
_ROOT = str(Path(bot.__file__).resolve().parent.parent)
_PROGRAM = "import sys; sys.path.insert(0, sys.argv[1]); from bot.sources.worker import serve; serve()"


class Parser:
    """One process that stays, started with the first job, and one to spare. `close` it at the end."""

    def __init__(self, *, limit: timedelta = PARSE_LIMIT, spare_after: timedelta = SPARE_AFTER) -> None:
        self._limit_s = limit.total_seconds()
        self._spare_after_s = spare_after.total_seconds()
        self._resident = asyncio.Lock()
        self._spare = asyncio.Lock()
        self._process: _Process | None = None

    async def parse(
        self, kind: SourceKind, body: bytes, content_type: str, base_url: str
    ) -> tuple[Entry, ...]:
        """The entries of one answer. Raises ParseError, also when the time is over or the process died."""
        job = Job(kind, body, content_type, base_url)
        try:
            async with asyncio.timeout(self._spare_after_s):
                await self._resident.acquire()
        except TimeoutError:
            return await self._parse_in_spare(job)
        try:
            return _entries(await self._run_in_resident(job))
        finally:
            self._resident.release()

    async def close(self) -> None:
        """End the process; a later job would start another."""
        if self._process is not None:
            await self._process.kill()
            self._process = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _run_in_resident(self, job: Job) -> Result:
        if self._process is None or not self._process.is_alive:
            self._process = await _Process.start()
        process, self._process = self._process, None  # gone, unless it comes through this job
        result = await process.run(job, self._limit_s)
        if result.is_last:
            await process.kill()
        else:
            self._process = process
        return result

    async def _parse_in_spare(self, job: Job) -> tuple[Entry, ...]:
        async with self._spare:
            process = await _Process.start()
            result = await process.run(job, self._limit_s)
            await process.kill()
        return _entries(result)


class _Process:
    """A parser process and its pipes; it does one job at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._decoder = msgspec.msgpack.Decoder(Result)

    @classmethod
    async def start(cls) -> _Process:
        """Raises ParseError when it does not come up."""
        process = cls(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-I", "-c", _PROGRAM, _ROOT),
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


def _entries(result: Result) -> tuple[Entry, ...]:
    if result.error is not None:
        raise ParseError(result.error)
    return result.entries
