"""How fast deliveries leave, beside python-telegram-bot as it comes and aiogram 3.

    python -m bench.delivery [--seconds 60] [--messages 3000] [--runs 3] [--aiogram PYTHON]

The receiving server is a process of its own with 60 ms latency. `--aiogram` is an interpreter of an
environment that has aiogram 3 (it cannot be installed beside our pins). Held against: 0.98 of 30 a second,
0.97 of 1,000 a second with at most half a core, in no second more than the rate as the requests arrive,
25 times `telegram.Bot` with its default transport, 1.4 times aiogram.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import multiprocessing
import re
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.model import DeliveryForm, Severity
from bot.sender import Draft, Sender
from bot.storage.database import Database
from bot.transport import AiohttpRequest
from tests.databases import sqlite_url
from tests.delivery.outbox import add_chats, delivering, tell
from tests.telegram_server import TOKEN, TelegramServer

LATENCY_S = 0.06
CONNECTIONS = 256
LOOK_S = 0.05
SHARES = {30.0: 0.98, 1_000.0: 0.97}
"""Of each rate, how much is to be used."""
MOST_CORES = 0.5

AIOGRAM = """
import asyncio, sys, time
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
async def main(port, messages):
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"http://127.0.0.1:{port}"), limit=256)
    bot = Bot(sys.argv[3], session=session)
    room = asyncio.Semaphore(256)
    async def send(chat):
        async with room:
            await bot.send_message(chat, "<b>x</b>", parse_mode="HTML")
    await send(1)
    began = time.perf_counter()
    await asyncio.gather(*(send(1 + n) for n in range(messages)))
    print(messages / (time.perf_counter() - began))
    await session.close()
asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
"""


ANSWER = b'{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"},"text":"x"}}'


class Receiver(asyncio.Protocol):
    """The least that a Telegram can be: it takes every request, answers late, and notes when each came.

    It must be quicker than whoever is measured, or its own delays are: no parser, no tasks.
    """

    def __init__(self, times: list[float]) -> None:
        self._times = times
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        at_s = time.monotonic()
        self._received += data
        head, ends, body = self._received.partition(b"\r\n\r\n")
        if not ends or len(body) < length_of(head):
            return
        self._received = b""
        if head.startswith(b"GET"):
            self._answer(json.dumps(self._times).encode())
            self._times.clear()
            return
        self._times.append(at_s)
        asyncio.get_running_loop().call_later(LATENCY_S, self._answer, ANSWER)

    def _answer(self, body: bytes) -> None:
        assert self._transport is not None
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        self._transport.write(head % len(body) + body)


def length_of(head: bytes) -> int:
    """The bytes of the body that follow a head."""
    found = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    return int(found[1]) if found else 0


def serve(port: Any) -> None:
    """The process of the receiving side."""

    async def run() -> None:
        times: list[float] = []
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(times), "127.0.0.1", 0, backlog=1024)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    gc.disable()
    asyncio.run(run())


async def take_times(port: int) -> list[float]:
    """When each message came since the last look."""
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/times") as answer:
        return list(await answer.json())


@asynccontextmanager
async def outbox(chats: int) -> AsyncIterator[Database]:
    """A database on disk in which one alert waits for so many chats."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(sqlite_url(Path(folder) / "t.db"))
        await add_chats(database, range(1, chats + 1))
        await tell(database, "x", Severity.GRAVE)
        try:
            yield database
        finally:
            await database.close()


async def measure_pace(port: int, rate: float, seconds: float) -> tuple[float, float, int]:
    """The share of the rate that was used, the cores it took, the most in any one second."""
    async with outbox(int(rate * (seconds + 3))) as database:
        await take_times(port)
        began_s = time.process_time()
        async with delivering(database, TelegramServer(port=port), rate=rate):
            await asyncio.sleep(seconds + 1)
            times = await take_times(port)
        cpu_s = time.process_time() - began_s
    counted = [t for t in times if t < times[0] + seconds]
    most = max(sum(t <= u < t + 1 for u in counted[n : n + 2 * int(rate)]) for n, t in enumerate(counted))
    return len(counted) / (rate * seconds), cpu_s / (seconds + 1), most


async def measure_outbox(port: int, messages: int) -> float:
    """Messages a second of the whole product: claimed, rendered, sent, recorded on disk."""
    async with outbox(messages) as database:
        await take_times(port)
        async with delivering(database, TelegramServer(port=port), rate=10_000):
            times: list[float] = []
            while len(times) < messages:
                await asyncio.sleep(LOOK_S)
                times += await take_times(port)
    return messages / (times[-1] - times[0])


async def measure_sender(port: int, messages: int) -> float:
    """Messages a second of our transport and sender alone, as the libraries are measured."""
    request = AiohttpRequest(pool_size=CONNECTIONS)
    await request.initialize()
    sender = Sender(Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request))

    async def send(chat: int) -> None:
        await sender.send(Draft(chat, "<b>x</b>", "x", DeliveryForm.MESSAGE))

    try:
        return await _rate(send, messages)
    finally:
        await request.shutdown()


async def measure_library(port: int, messages: int) -> float:
    """Messages a second of `telegram.Bot` with its default transport, given as many connections."""
    request = HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=600)
    bot: Bot = Bot(TOKEN, base_url=f"http://127.0.0.1:{port}/bot", request=request)
    await request.initialize()

    async def send(chat: int) -> None:
        await bot.send_message(chat, "<b>x</b>", parse_mode="HTML")

    try:
        return await _rate(send, messages)
    finally:
        await request.shutdown()


async def _rate(send: Any, messages: int) -> float:
    room = asyncio.Semaphore(CONNECTIONS)

    async def send_one(chat: int) -> None:
        async with room:
            await send(chat)

    await send_one(1)
    began_s = time.perf_counter()
    await asyncio.gather(*(send_one(chat) for chat in range(1, messages + 1)))
    return messages / (time.perf_counter() - began_s)


def measure_aiogram(python: str, port: int, messages: int) -> float:
    """Messages a second of aiogram in an environment of its own."""
    command = [python, "-c", AIOGRAM, str(port), str(messages), TOKEN]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def compare(port: int, options: argparse.Namespace) -> None:
    """The four in turn, several times, and their medians."""
    found: dict[str, list[float]] = {"outbox": [], "sender": [], "telegram.Bot": [], "aiogram": []}
    few = max(200, options.messages // 10)  # the default transport is slow
    for _ in range(options.runs):
        found["outbox"].append(asyncio.run(measure_outbox(port, options.messages)))
        found["sender"].append(asyncio.run(measure_sender(port, options.messages)))
        found["telegram.Bot"].append(asyncio.run(measure_library(port, few)))
        if options.aiogram:
            found["aiogram"].append(measure_aiogram(options.aiogram, port, options.messages))
    rates = {name: median(figures) for name, figures in found.items() if figures}
    for name, rate in rates.items():
        print(f"{name:<14}{rate:>10,.0f} messages a second")
    for name, goal in (("telegram.Bot", 25.0), ("aiogram", 1.4)):
        if name in rates:
            ratios = ", ".join(f"{ours} {rates[ours] / rates[name]:.1f}" for ours in ("outbox", "sender"))
            reached = judge(rates["outbox"] >= goal * rates[name])
            print(f"times {name}: {ratios} ({reached}: {goal})")


def report_pace(port: int, rate: float, seconds: float, goal: float) -> None:
    """The share of a rate that is used, what it takes, the most that arrived in any one second."""
    share, cores, most = asyncio.run(measure_pace(port, rate, seconds))
    print(f"rate {rate:,.0f}, {seconds:.0f} s: share {share:.3f} ({judge(share >= goal)}: {goal})")
    print(f"    most in any second {most} ({judge(most <= rate)}: {rate:.0f})")
    print(f"    {cores:.2f} cores ({judge(cores <= MOST_CORES)}: {MOST_CORES})")


def judge(is_reached: bool) -> str:
    """A goal's verdict."""
    return "reached" if is_reached else "NOT REACHED"


def main() -> None:
    """Start the receiving process, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--messages", type=int, default=3_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--aiogram", metavar="PYTHON", default="")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    server = context.Process(target=serve, args=(queue,), daemon=True)
    server.start()
    try:
        port = queue.get(timeout=30)
        for rate, goal in SHARES.items():
            report_pace(port, rate, options.seconds, goal)
        compare(port, options)
    finally:
        server.terminate()
        server.join()


if __name__ == "__main__":
    main()
