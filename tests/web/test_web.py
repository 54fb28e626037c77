"""What can be asked over HTTP: health, figures, routes of others."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families

from bot.errors import ConfigurationError, StorageError
from bot.storage.database import Database
from bot.storage.sources import SourceState, save_state, upsert_catalogue
from bot.storage.tallies import add_counts
from bot.watch.counts import Counted, count_delays
from bot.watch.pulse import PATIENCE
from bot.web import Examiner, Route, Web
from tests.clock import START, FakeClock
from tests.databases import sqlite_url
from tests.storage.values import WIRE, a_chat, an_incident, tell

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def serving(port: int, *routes: Route) -> AsyncIterator[aiohttp.ClientSession]:
    server = Web("127.0.0.1", port, routes)
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            yield session
    finally:
        await server.close()


async def fill(database: Database) -> None:
    async with database.writing() as conn:
        for number in range(500):
            await a_chat(conn, number, "hill")


async def ask(session: aiohttp.ClientSession) -> tuple[int, dict[str, Any]]:
    async with session.get("/health") as answer:
        return answer.status, await answer.json()


async def test_health_tells_what_stands_still(db: Database, clock: FakeClock, unused_tcp_port: int) -> None:
    """Well at first; after ten minutes without a good check, or with due work and nothing sent, 503."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        await save_state(conn, "wire", SourceState(last_checked_at=START, last_ok_at=START))
        await a_chat(conn, 1, "hill")
    async with serving(unused_tcp_port, *Examiner(db, clock.now).routes()) as session:
        status, said = await ask(session)
        assert (status, said["status"], said["database"]) == (200, "ok", {"ok": True})
        assert said["checks"] == {"ok": True, "last_ok_at": START.isoformat()}
        assert said["deliveries"] == {"ok": True, "last_sent_at": None, "due_since": None}
        now = clock.advance(PATIENCE)
        async with db.writing() as conn:
            await tell(conn, an_incident(), now=now)
        assert (await ask(session))[0] == 200
        clock.advance(SECOND)
        status, said = await ask(session)
        assert (status, said["status"], said["checks"]["ok"]) == (503, "failing", False)
        assert said["checks"]["still_since"] == START.isoformat()
        assert said["deliveries"]["ok"]
        clock.advance(PATIENCE)
        status, said = await ask(session)
        assert (said["deliveries"]["ok"], said["deliveries"]["due_since"]) == (False, now.isoformat())


async def test_health_without_a_database(tmp_path: Path, clock: FakeClock, unused_tcp_port: int) -> None:
    """503 and why; nothing is claimed of what only the database knows."""
    database = await Database.open(sqlite_url(tmp_path / "t.db"))
    examiner = Examiner(database, clock.now)
    await database.close()
    async with serving(unused_tcp_port, *examiner.routes()) as session:
        status, said = await ask(session)
        assert (status, said["database"]) == (503, {"ok": False, "why": "the database is closed"})
        assert (said["checks"], said["deliveries"]) == ({"ok": None}, {"ok": None})
        async with session.get("/metrics") as answer:
            assert (answer.status, await answer.text()) == (503, "the database does not answer\n")


async def test_health_when_the_database_cannot_be_written(
    tmp_path: Path, clock: FakeClock, unused_tcp_port: int
) -> None:
    """It can be read and all seems well, but the last transaction was refused."""
    database = await Database.open(sqlite_url(tmp_path / "t.db"))
    async with database.writing() as conn:
        await conn.exec_driver_sql("PRAGMA max_page_count = 1")
    with pytest.raises(StorageError, match="full"):
        await fill(database)
    async with serving(unused_tcp_port, *Examiner(database, clock.now).routes()) as session:
        status, said = await ask(session)
    await database.close()
    assert status == 503
    assert "full" in said["database"]["why"]
    assert said["checks"]["ok"]


async def test_metrics_are_what_the_rows_say(db: Database, clock: FakeClock, unused_tcp_port: int) -> None:
    """Every figure under its name, in the form that Prometheus reads; a restart changes none."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        for number in range(3):
            await a_chat(conn, number, "hill")
        await tell(conn, an_incident())
        counts = [(Counted.SENT, "edit", 4), (Counted.RETRIED, "too_many_requests", 5)]
        counts += [(Counted.FAILED, "blocked", 6), (Counted.UNCERTAIN, "crash", 7)]
        counts += [*count_delays(START, START, START + 3 * SECOND), *count_delays(START, START, START)]
        await add_counts(conn, counts, START)
    examiner = Examiner(db, clock.now)
    async with serving(unused_tcp_port, *examiner.routes()) as session, session.get("/metrics") as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        text = await answer.text()
    found = {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert found["trucewatch_queue", "new", "pending"] == 3
    assert found["trucewatch_queue", "grave", "pending"] == found["trucewatch_queue", "any", "sending"] == 0
    assert found["trucewatch_sent_total", "edit"] == 4
    assert found["trucewatch_too_many_requests_total",] == 5
    assert found["trucewatch_failed_total", "blocked"] == 6
    assert found["trucewatch_duplicates_possible_total", "crash"] == 7
    assert found["trucewatch_sources", "unknown"] == 1
    assert found["trucewatch_chats", "active"] == 3
    assert found["trucewatch_moves", "checks"] == 1
    steps = [found["trucewatch_stored_to_sent_seconds_bucket", le] for le in ("0.01", "2.5", "3.2", "+Inf")]
    assert steps == [1, 1, 2, 2]
    assert found["trucewatch_reported_to_sent_seconds_sum",] == 3
    assert found["process_resident_memory_bytes",] > 0


async def test_others_bring_their_routes(unused_tcp_port: int) -> None:
    """Path parameters, any method; what is not known is 404, and nothing tells what serves it."""

    async def hear(request: web.Request) -> web.Response:
        return web.Response(text=f"{request.match_info['id']} {await request.text()}")

    async with serving(unused_tcp_port, Route("POST", "/websub/{id}", hear)) as session:
        async with session.post("/websub/7", data="x") as answer:
            assert (answer.status, await answer.text()) == (200, "7 x")
            assert answer.headers["Server"] == "Trucewatch"
        async with session.get("/health") as answer:
            assert answer.status == 404


async def test_a_head_is_answered(db: Database, clock: FakeClock, unused_tcp_port: int) -> None:
    """Load balancers ask so."""
    examiner = Examiner(db, clock.now)
    async with serving(unused_tcp_port, *examiner.routes()) as session, session.head("/health") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_a_port_that_is_taken_is_said(unused_tcp_port: int) -> None:
    """One sentence that names the setting; nothing is left open."""
    async with serving(unused_tcp_port):
        with pytest.raises(ConfigurationError, match=rf"HTTP_PORT: 127\.0\.0\.1:{unused_tcp_port} "):
            await Web("127.0.0.1", unused_tcp_port, ()).start()


async def test_a_locked_file_is_read_all_the_same(
    tmp_path: Path, clock: FakeClock, unused_tcp_port: int
) -> None:
    """Another program that writes for long does not make the service look ill."""
    path = tmp_path / "t.db"
    database = await Database.open(sqlite_url(path))
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with serving(unused_tcp_port, *Examiner(database, clock.now).routes()) as session:
        assert (await ask(session))[0] == 200
    other.close()
    await database.close()
