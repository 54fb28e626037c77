"""What the service asks by itself, at a start or each minute, reads through or sorts no million rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.storage.admins import drop_reviewers, reviewing_of
from bot.storage.database import Database
from bot.storage.deliveries import next_due, pauses, release_sending
from bot.storage.departures import latest_departures
from bot.storage.expiring import find_expired
from bot.storage.figures import read_figures, read_pulse
from bot.storage.outages import find_late

NOW = datetime(2020, 12, 12, 9, tzinfo=UTC)
LARGE = ("chat", "subscription", "delivery")
"""Tables of as many rows as there are people."""

ASKED: dict[str, Callable[[Any], Awaitable[object]]] = {
    "what left last": lambda conn: latest_departures(conn, NOW, timedelta(minutes=1)),
    "what was being sent": lambda conn: release_sending(conn, NOW),
    "held chats": lambda conn: pauses(conn, NOW),
    "when the next is due": lambda conn: next_due(conn, NOW),
    "what is too old": lambda conn: find_expired(conn, NOW),
    "what is late": lambda conn: find_late(conn, NOW),
    "signs of life": lambda conn: read_pulse(conn, NOW),
    "reviewers": reviewing_of,
    "reviewers that are no admins": lambda conn: drop_reviewers(conn, {5, 6}),
}


@contextmanager
def noted() -> Iterator[dict[str, Any]]:
    """Every statement that runs meanwhile, with its parameters."""
    statements: dict[str, Any] = {}

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        statements[statement] = parameters

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def is_read_through(step: str) -> bool:
    """Whether a step of SQLite's plan reads every row of a large table; an index of a few rows is small."""
    words = step.split()
    is_large = words[0] == "SCAN" and words[1] in LARGE
    return is_large and not any(
        word in step for word in ("delivery_sending", "delivery_pending", "chat_gone")
    )


async def steps_of(db: Database, ask: Callable[[Any], Awaitable[object]]) -> list[str]:
    """The steps in which SQLite does what is asked of large tables."""
    with noted() as statements:
        async with db.writing() as conn:
            await ask(conn)
    async with db.reading() as conn:
        return [
            row.detail
            for statement, parameters in statements.items()
            if statement.startswith(("SELECT", "UPDATE", "DELETE")) and any(t in statement for t in LARGE)
            for row in await conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]


@pytest.mark.parametrize("what", ASKED)
async def test_no_table_of_people_is_read_through(db: Database, what: str) -> None:
    """At a start and while all is quiet; PostgreSQL knows how large its tables are and chooses itself."""
    if db.dialect != "sqlite":
        return
    steps = await steps_of(db, ASKED[what])
    assert steps
    assert not [step for step in steps if is_read_through(step)]


async def test_figures_are_counted_without_sorting(db: Database) -> None:
    """Each minute somebody asks for them, and what is sorted is held in memory: tens of MB for a million."""
    if db.dialect != "sqlite":
        return
    steps = await steps_of(db, lambda conn: read_figures(conn, NOW))
    assert any("delivery_pending" in step for step in steps)
    assert not [step for step in steps if "TEMP B-TREE" in step]
