"""Two services on one database: one works, the other waits for its end."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.errors import ConfigurationError, StorageError
from bot.storage.sole_use import LOOK_EVERY_S, sole_use
from tests.clock import PATIENCE_S
from tests.databases import find_server, run_on_server
from tests.service.test_life import ROOT, START_WITHIN_S, STOP_WITHIN_S, ended, start
from tests.telegram_server import TOKEN, TelegramServer

WAITS = "another process serves this database"


@asynccontextmanager
async def two_services(folder: Path, url: str) -> AsyncIterator[tuple[Process, Process, TelegramServer]]:
    """The first serves and polls, the second has said that it waits; each has a token of its own."""
    (folder / "sources.toml").write_text(
        '[[source]]\nid="a"\nname="A"\nkind="feed"\nurl="http://127.0.0.1:9/a"\ntype="agency"\nside="neutral"\n'
    )
    async with TelegramServer() as first_side, TelegramServer() as second_side:
        first = await start_service(folder, url, first_side)
        await first_side.wait_until(lambda: first_side.calls("getUpdates"), START_WITHIN_S)
        second = await start_service(folder, url, second_side)
        await said(second, WAITS)
        try:
            yield first, second, second_side
        finally:
            for process in (first, second):
                if process.returncode is None:
                    process.kill()
                    await process.communicate()


async def start_service(folder: Path, url: str, telegram: TelegramServer) -> Process:
    return await start(
        folder,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL=telegram.url,
        DATABASE_URL=url,
        SOURCES_FILE="sources.toml",
        ALLOW_PRIVATE_HOSTS="127.0.0.0/8",
    )


async def said(process: Process, phrase: str) -> None:
    """Return when the process has logged the phrase."""
    assert process.stderr is not None
    async with asyncio.timeout(START_WITHIN_S):
        while phrase not in (line := (await process.stderr.readline()).decode()):
            assert line, "the process ended without saying it"


async def test_the_second_waits_and_takes_over(tmp_path: Path) -> None:
    """Nothing reaches Telegram from the second until the first was killed; then it polls."""
    async with two_services(tmp_path, "sqlite:///x.db") as (first, second, telegram):
        assert not telegram.requests
        first.kill()
        await ended(first)
        await telegram.wait_until(lambda: telegram.calls("getUpdates"), START_WITHIN_S)
        second.send_signal(signal.SIGTERM)
        status, _, err = await ended(second, STOP_WITHIN_S)
        assert (status, "takes over" in err) == (0, True), err


HOLD = """
import asyncio, sys
from bot.storage.sole_use import sole_use
async def hold():
    async with sole_use(sys.argv[1], asyncio.Event()) as may_serve:
        print(may_serve, flush=True)
        await asyncio.Event().wait()
asyncio.run(hold())
"""


@asynccontextmanager
async def held(url: str) -> AsyncIterator[Process]:
    """A process that has the database for itself."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", HOLD, url, cwd=ROOT, stdout=PIPE)
    try:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"True\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def test_the_lock_ends_with_its_process(db_url: str) -> None:
    """However suddenly the holder dies, the next has the lock: it looks every second."""
    assert LOOK_EVERY_S <= 1
    async with held(db_url) as holder:
        taking = asyncio.create_task(_take_over(db_url, taken := asyncio.Event()))
        await asyncio.sleep(0.3)
        assert not taken.is_set()
        holder.kill()
        await asyncio.wait_for(taken.wait(), PATIENCE_S)
        taking.cancel()
        await asyncio.gather(taking, return_exceptions=True)


async def test_the_one_that_waits_can_be_ended(
    db_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Asked to stop between two looks, one that waits gets no permission and no error, at once."""
    monkeypatch.setattr("bot.storage.sole_use.LOOK_EVERY_S", 2 * PATIENCE_S)
    stop = asyncio.Event()
    async with held(db_url), asyncio.timeout(PATIENCE_S):
        asking = asyncio.create_task(_ask(db_url, stop))
        while WAITS not in caplog.text:  # noqa: ASYNC110 - a log has no signal
            await asyncio.sleep(0.02)
        stop.set()
        assert not await asking


async def _ask(url: str, stop: asyncio.Event) -> bool:
    async with sole_use(url, stop) as may_serve:
        return may_serve


async def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where no lock can be made, the sentence says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="cannot be locked"):
        async with sole_use(f"sqlite+aiosqlite:///{tmp_path}/file/x.db", asyncio.Event()):
            raise AssertionError


async def test_a_lock_that_the_server_gave_away_ends_the_service(migrated_postgres: URL | None) -> None:
    """When PostgreSQL ends the lock's session and another is faster, the first is told to stop."""
    server = find_server()
    if server is None or migrated_postgres is None:
        pytest.skip("no PostgreSQL")
    url = migrated_postgres.render_as_string(hide_password=False)
    stop, later = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with sole_use(url, stop) as may_serve:
            assert may_serve
            later.set()
            await stop.wait()

    taken = asyncio.Event()
    holding = asyncio.create_task(hold())
    await later.wait()
    waiting = asyncio.create_task(_take_over(url, taken))
    name = url.rpartition("/")[2]
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        f" AND database = (SELECT oid FROM pg_database WHERE datname = '{name}')"
    )
    async with asyncio.timeout(PATIENCE_S):
        while not taken.is_set():  # either may be the faster one
            await asyncio.to_thread(run_on_server, server, end)
            with suppress(TimeoutError):
                await asyncio.wait_for(taken.wait(), 1.3)
        with pytest.raises(StorageError):
            await holding
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def _take_over(url: str, taken: asyncio.Event) -> None:
    async with sole_use(url, asyncio.Event()) as may_serve:
        assert may_serve
        taken.set()
        await asyncio.Event().wait()
