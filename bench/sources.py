"""What checking thousands of feeds costs, against feedparser and httpx done plainly.

    python -m bench.sources [--feeds 6000] [--minutes 2] [--plain 300]

Hosts run in another process and answer after 100 ms; at each check one feed in twenty has changed. CPU is
that of this process and its parser together; a check's time runs from due to done.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import bindparam, update

from bot.check import Checked, Checker
from bot.ingest import Ingested
from bot.model import Entry, Source, SourceKind, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.database import Database
from bot.storage.sources import SourceCheck, upsert_catalogue
from bot.storage.tables import source as table

ANSWER_AFTER_S = 0.1
CHANGED_SHARE = 20
ITEMS = 30
TICK_S = 0.5
INTERVAL_S = 60
PARAGRAPH = "<p>The two sides met again and spoke about the border, the road and the water of the valley.</p>"


def body_of(feed: int, version: int) -> bytes:
    """About 24 KB, as feeds are: thirty items with a few paragraphs each."""
    items = "".join(
        f"<item><title>Story {version - n} of outlet {feed}</title><guid>{feed}-{version - n}</guid>"
        f"<link>https://outlet{feed}.example/{version - n}</link><description><![CDATA[{PARAGRAPH * 6}]]>"
        "</description><pubDate>Mon, 02 Dec 2024 10:00:00 GMT</pubDate></item>"
        for n in range(ITEMS)
    )
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{items}</channel></rss>'.encode()
    )


async def answer(request: web.Request) -> web.Response:
    """Version = the number of the round, for the twentieth part of the feeds that changes in it."""
    await asyncio.sleep(ANSWER_AFTER_S)
    feed = int(request.match_info["feed"])
    times: dict[int, int] = request.app["times"]
    times[feed] = times.get(feed, 0) + 1
    version = 100 + (times[feed] + feed) // CHANGED_SHARE
    if request.headers.get("If-None-Match") == f'"{version}"':
        return web.Response(status=304)
    return web.Response(
        body=body_of(feed, version), headers={"ETag": f'"{version}"', "Content-Type": "text/xml"}
    )


def serve() -> None:
    """The other process: prints its port."""
    app = web.Application()
    app["times"] = {}
    app.router.add_get("/{feed}", answer)

    async def run() -> None:
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0, backlog=4096).start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    asyncio.run(run())


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def process_cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20


def parser_pid(server: int) -> int:
    """The one child that is not the hosts' process."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != server:
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == os.getpid():
                return int(entry.name)
    raise RuntimeError("no parser process")


async def take_in(
    conn: Any, source: Source, entries: Sequence[Entry], now: datetime, first: bool
) -> Ingested:
    """The cost of reading reports is measured elsewhere."""
    return Ingested(new_reports=1)


class Timed(Checker):
    """Remembers how long each check took from due to done."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.times: list[float] = []

    async def _check(self, check: SourceCheck) -> Checked:
        checked = await super()._check(check)
        if check.state.next_check_at is not None:
            self.times.append((datetime.now(UTC) - check.state.next_check_at).total_seconds())
        return checked

    async def finish(self) -> None:
        """Return when all that was begun has ended: the slowest checks count too."""
        await asyncio.gather(*self._running.values())


async def spread(database: Database, sources: Sequence[Source]) -> None:
    """Each is due once within the minute that begins now, one after the other at equal distances."""
    begins, step = datetime.now(UTC), timedelta(seconds=INTERVAL_S) / len(sources)
    rows = [{"of": source.id, "at": begins + number * step} for number, source in enumerate(sources)]
    planned = update(table).where(table.c.id == bindparam("of")).values(next_check_at=bindparam("at"))
    async with database.writing() as conn:
        await conn.execute(planned, rows)


async def measure(port: int, server: int, feeds: int, minutes: float) -> float:
    """Checks all feeds once a minute, evenly spread; returns CPU milliseconds a check."""

    async def lookup(host: str, asked_port: int) -> list[str]:
        return ["127.0.0.1"]

    sources = [
        Source(
            f"s{n}",
            "S",
            SourceKind.FEED,
            f"http://h{n}.example:{port}/{n}",
            SourceType.BLOG,
            interval_s=INTERVAL_S,  # fixed: left to themselves the quiet ones would be asked less
        )
        for n in range(feeds)
    ]
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/bench.db")
        async with database.writing() as conn:
            await upsert_catalogue(conn, sources)
        fetcher = Fetcher(read_exemptions(["127.0.0.1"]), lookup=lookup)
        async with fetcher, Parser() as parser:
            checker = Timed(database, fetcher, parser, take_in)
            while len(await checker.check_due()) > feeds // 10:  # the first checks read everything
                pass
            await spread(database, sources)
            checker.times.clear()
            child = parser_pid(server)
            before, started = cpu_s() + process_cpu_s(child), time.monotonic()
            while time.monotonic() - started < minutes * 60:
                await checker.start_due()
                await asyncio.sleep(TICK_S)
            await checker.finish()
            took, checks = time.monotonic() - started, len(checker.times)
            cpu = cpu_s() + process_cpu_s(child) - before
            rss = resident_mib(os.getpid()), resident_mib(child)
            await checker.close()
        await database.close()
    times = sorted(checker.times)
    print(
        f"{checks} checks in {took:.0f} s: {cpu / took:.2f} of a core, {cpu / checks * 1000:.2f} ms a check"
    )
    print(f"p95 {times[int(len(times) * 0.95)]:.2f} s, service {rss[0]:.0f} MiB, parser {rss[1]:.0f} MiB")
    return cpu / checks * 1000


def measure_plain(port: int, feeds: int) -> float:
    """The same without conditions, a new client per check, everything through feedparser."""
    import feedparser
    import httpx

    before = cpu_s()
    for n in range(feeds):
        with httpx.Client() as client:
            feedparser.parse(client.get(f"http://127.0.0.1:{port}/{n}").content)
    cost = (cpu_s() - before) / feeds * 1000
    print(f"feedparser and httpx: {cost:.2f} ms CPU a check")
    return cost


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--feeds", type=int, default=6_000)
    options.add_argument("--minutes", type=float, default=2.0)
    options.add_argument("--plain", type=int, default=60)
    options.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.serve:
        serve()
        return
    command = [sys.executable, "-m", "bench.sources", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as hosts:
        assert hosts.stdout is not None
        port = int(hosts.stdout.readline())
        ours = asyncio.run(measure(port, hosts.pid, chosen.feeds, chosen.minutes))
        print(f"{measure_plain(port, chosen.plain) / ours:.1f} times cheaper")
        hosts.terminate()


if __name__ == "__main__":
    main()
