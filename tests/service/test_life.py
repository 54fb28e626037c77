"""The service as a process: how it starts, what it says when it cannot, how soon it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

from tests.service.newsroom import SOURCE
from tests.source_host import SourceHost, feed, hang, rss
from tests.telegram_server import TOKEN, TelegramServer

ROOT = Path(__file__).parent.parent.parent
STOP_WITHIN_S = 3 * 8.0
"""Eight seconds are promised, of which the service waits for four at most; the rest is for a busy machine. A
source that hangs would be waited for longer."""
START_WITHIN_S = 240.0
"""A start is four seconds of work, a minute where ten others want the same two cores."""


async def start(folder: Path, *arguments: str, stdin: int | None = PIPE, **variables: str) -> Process:
    """`python -m bot` in an empty folder, with nothing but these variables."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "NO_COLOR": "1", **variables}
    command = (sys.executable, "-m", "bot", *arguments)
    return await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=stdin, stdout=PIPE, stderr=PIPE
    )


async def ended(process: Process, within_s: float = START_WITHIN_S) -> tuple[int, str, str]:
    out, err = await asyncio.wait_for(process.communicate(), within_s)
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def read_until(process: Process, phrase: str, within_s: float = START_WITHIN_S) -> str:
    """What the process printed up to the line that holds the phrase."""
    assert process.stdout is not None
    seen = ""
    async with asyncio.timeout(within_s):
        while phrase not in seen:
            line = await process.stdout.readline()
            assert line, f"ended after: {seen}"
            seen += line.decode()
    return seen


async def test_faults_of_configuration_are_listed_at_once(tmp_path: Path) -> None:
    """Every fault is a line on standard error, the exit status is 78, and nothing was created."""
    status, out, err = await ended(await start(tmp_path, CHECK_INTERVAL_S="soon", SEND_RATE="0"))
    assert (status, out) == (78, "")
    assert "CHECK_INTERVAL_S" in err
    assert "SEND_RATE" in err
    assert os.listdir(tmp_path) == []


async def test_a_token_that_telegram_does_not_know_is_said(tmp_path: Path) -> None:
    """A wrong token ends the service with status 78 and a sentence without the token."""
    wrong = "987654321:AAWrongWrongWrongWrongWrongWrongWrong"
    async with TelegramServer() as telegram:
        process = await start(tmp_path, TELEGRAM_BOT_TOKEN=wrong, TELEGRAM_API_URL=telegram.url)
        status, out, err = await ended(process)
    assert status == 78
    assert "TELEGRAM_BOT_TOKEN" in err
    assert wrong not in out + err


async def test_the_demo_prints_the_alerts_and_ends(tmp_path: Path) -> None:
    """`demo --once` needs no network and no token, shows several alerts, and ends with status 0."""
    status, out, err = await ended(await start(tmp_path, "demo", "--once", stdin=None))
    assert status == 0, err
    assert out.count("Status:") >= 3
    assert "@BotFather" in out
    assert os.listdir(tmp_path) == []


async def test_without_a_token_the_bot_talks_in_the_terminal(tmp_path: Path) -> None:
    """Alerts come by themselves, a typed command is answered, SIGTERM ends it with 0.

    How soon the first alert is there, bench/latency.py measures.
    """
    process = await start(tmp_path)
    await read_until(process, "Status:")
    assert process.stdin is not None
    process.stdin.write(b"/status\n")
    await read_until(process, "Sources that answer")
    process.send_signal(signal.SIGTERM)
    status, _, err = await ended(process, STOP_WITHIN_S)
    assert (status, "ERROR" in err, "Traceback" in err) == (0, False, False), err


async def test_with_standard_input_closed_it_still_runs(tmp_path: Path) -> None:
    """A service manager gives no standard input: alerts come all the same."""
    process = await start(tmp_path, stdin=asyncio.subprocess.DEVNULL)
    await read_until(process, "Status:")
    process.send_signal(signal.SIGTERM)
    assert (await ended(process, STOP_WITHIN_S))[0] == 0


async def test_sigterm_ends_a_busy_service_in_time(tmp_path: Path) -> None:
    """With a source that hangs and a poll that waits, one SIGTERM ends it; two do: test_stopping.py."""
    async with SourceHost() as host, TelegramServer() as telegram:
        process = await _start_with_sources(tmp_path, host, telegram)
        async with asyncio.timeout(START_WITHIN_S):
            await host.until_asked(1)
        await telegram.wait_until(lambda: telegram.calls("getUpdates"), START_WITHIN_S)
        process.send_signal(signal.SIGTERM)
        status, out, err = await ended(process, STOP_WITHIN_S)
    assert status == 0, err
    assert TOKEN not in out + err


async def test_no_network_at_the_start_is_waited_out(tmp_path: Path) -> None:
    """When Telegram answers nothing at first, the service tries again instead of ending."""
    async with SourceHost() as host, TelegramServer() as telegram:
        port = telegram.port
        await telegram.__aexit__(None, None, None)
        process = await _start_with_sources(tmp_path, host, telegram)
        assert process.stderr is not None
        async with asyncio.timeout(START_WITHIN_S):
            while b"cannot be reached" not in await process.stderr.readline():
                pass
        async with TelegramServer(port=port) as again:
            await again.wait_until(lambda: again.calls("getUpdates"), START_WITHIN_S)
            process.send_signal(signal.SIGTERM)
            assert (await ended(process, STOP_WITHIN_S))[0] == 0


async def _start_with_sources(folder: Path, host: SourceHost, telegram: TelegramServer) -> Process:
    url = host.answer("/slow", hang())
    calm = host.answer("/calm", feed(rss()))
    text = SOURCE.format(id="slow", name="Slow", url=url, type="agency", side="neutral")
    text += SOURCE.format(id="calm", name="Calm", url=calm, type="agency", side="neutral")
    (folder / "sources.toml").write_text(text)
    return await start(
        folder,
        TELEGRAM_BOT_TOKEN=TOKEN,
        TELEGRAM_API_URL=telegram.url,
        SOURCES_FILE="sources.toml",
        ALLOW_PRIVATE_HOSTS="127.0.0.0/8",
    )
