"""The sources and how their checks stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Source
from bot.storage.tables import source as table
from bot.storage.tallies import add_counts
from bot.watch.counts import Counted
from bot.watch.state import SourceCheck, SourceState
from bot.watch.vitals import Vitals

__all__ = [
    "SourceCheck",
    "SourceState",
    "add_source",
    "all_checks",
    "due_checks",
    "find_by_url",
    "get_check",
    "hasten",
    "known_ids",
    "pause",
    "remove_source",
    "request_check",
    "restore_source",
    "resume",
    "retry_now",
    "save_state",
    "upsert_catalogue",
]


CLOCK_SLACK = timedelta(minutes=1)
"""So far the clocks of two machines that take turns may differ."""
_SOURCE_FIELDS = tuple(field.name for field in fields(Source))
_STATE_FIELDS = tuple(field.name for field in fields(SourceState))
_UNREAD: dict[str, Any] = {
    "etag": None,
    "last_modified": None,
    "body_hash": None,
    "next_check_at": None,
    "vitals": Vitals(),
}
"""What a source's state forgets when it moves to another address."""


async def upsert_catalogue(conn: AsyncConnection, sources: Sequence[Source]) -> None:
    """Make the rows equal the catalogue. A source that left it is no longer checked; its state is kept.

    What an admin added or removed in a chat stays; a catalogue that lists an added one takes it over.
    """
    listed = {check.source.id: check.source for check in await _checks(conn, is_listed=None)}
    removed = set((await conn.execute(select(table.c.id).where(table.c.removed_at.is_not(None)))).scalars())
    await conn.execute(update(table).where(table.c.added_at.is_(None)).values(is_listed=False))
    for source in sources:
        known = listed.get(source.id)
        values = _described(source) | {"is_listed": source.id not in removed, "added_at": None}
        if known is None:
            await conn.execute(insert(table).values(id=source.id, failures=0, **values))
            continue
        moved = _UNREAD if (known.url, known.kind) != (source.url, source.kind) else {}
        await conn.execute(update(table).where(table.c.id == source.id).values(**values, **moved))


async def due_checks(conn: AsyncConnection, now: datetime, limit: int) -> list[SourceCheck]:
    """Listed, unpaused sources whose time has come, those never checked first, then the longest due.

    What was checked at a time that is yet to come was planned by a clock that was wrong.
    """
    plan, checked = table.c.next_check_at, table.c.last_checked_at
    is_due = or_(plan.is_(None), plan <= now, checked > now + CLOCK_SLACK)
    statement = (
        select(table)
        .where(table.c.is_listed, table.c.paused_at.is_(None), is_due)
        .order_by(table.c.next_check_at.asc().nulls_first(), table.c.id)
        .limit(limit)
    )
    return [_check(row) for row in await conn.execute(statement)]


async def all_checks(conn: AsyncConnection) -> list[SourceCheck]:
    """Every source of the catalogue, paused ones too, by id."""
    return await _checks(conn, is_listed=True)


async def get_check(conn: AsyncConnection, source_id: str) -> SourceCheck | None:
    """One source of the catalogue."""
    row = (await conn.execute(select(table).where(table.c.id == source_id, table.c.is_listed))).first()
    return None if row is None else _check(row)


async def save_state(conn: AsyncConnection, source_id: str, state: SourceState) -> None:
    """Keep how the checks of a source stand.

    Whether it is paused is left alone: an admin may have pressed a button while the check ran.
    """
    values = asdict(state)
    del values["paused_at"]
    await conn.execute(update(table).where(table.c.id == source_id).values(**values))
    if state.last_checked_at is not None:
        outcome = "failed" if state.failures else "ok"
        await add_counts(conn, [(Counted.CHECKS, outcome, 1)], state.last_checked_at)


async def pause(conn: AsyncConnection, source_id: str, now: datetime) -> bool:
    """Check the source no more until it is resumed; False when there is no such source or it is paused."""
    is_running = (table.c.id == source_id, table.c.paused_at.is_(None))
    return bool((await conn.execute(update(table).where(*is_running).values(paused_at=now))).rowcount)


async def resume(conn: AsyncConnection, source_id: str, now: datetime) -> bool:
    """Check a paused source again, at once; False when there is no such source or it is not paused."""
    is_paused = (table.c.id == source_id, table.c.paused_at.is_not(None))
    values = {"paused_at": None, "next_check_at": now, "failures": 0}
    return bool((await conn.execute(update(table).where(*is_paused).values(**values))).rowcount)


async def request_check(conn: AsyncConnection, source_id: str | None, now: datetime) -> int:
    """Make one source (None: all that are listed and not paused) due now. Returns how many are."""
    statement = update(table).where(table.c.is_listed, table.c.paused_at.is_(None)).values(next_check_at=now)
    if source_id is not None:
        statement = statement.where(table.c.id == source_id)
    return (await conn.execute(statement)).rowcount


async def add_source(conn: AsyncConnection, new: Source, now: datetime) -> None:
    """List a source that no catalogue knows; it is due at once. Its id must be new (see `known_ids`)."""
    values = _described(new) | {"id": new.id, "is_listed": True, "failures": 0, "added_at": now}
    await conn.execute(insert(table).values(**values))


async def remove_source(conn: AsyncConnection, source_id: str, now: datetime) -> bool:
    """Check the source no more, whatever the catalogue says; its reports stay. False: it is not listed."""
    is_listed = (table.c.id == source_id, table.c.is_listed)
    gone = update(table).where(*is_listed).values(is_listed=False, removed_at=now)
    return bool((await conn.execute(gone)).rowcount)


async def restore_source(conn: AsyncConnection, source_id: str, now: datetime) -> bool:
    """Undo `remove_source`: it is due at once. False when it was not removed."""
    is_removed = (table.c.id == source_id, table.c.removed_at.is_not(None))
    back = {"is_listed": True, "removed_at": None, "next_check_at": now, "failures": 0, "paused_at": None}
    return bool((await conn.execute(update(table).where(*is_removed).values(**back))).rowcount)


async def find_by_url(conn: AsyncConnection, url: str) -> tuple[SourceCheck, bool] | None:
    """The source at exactly this address and whether it is listed, a listed one before others."""
    statement = select(table).where(table.c.url == url).order_by(table.c.is_listed.desc(), table.c.id)
    row = (await conn.execute(statement.limit(1))).first()
    return None if row is None else (_check(row), row.is_listed)


async def known_ids(conn: AsyncConnection) -> frozenset[str]:
    """Every id that was ever given, those of removed sources too: reports belong to them."""
    return frozenset((await conn.execute(select(table.c.id))).scalars())


async def hasten(conn: AsyncConnection, due: Mapping[str, datetime]) -> None:
    """Check sources earlier than planned; a plan that is earlier already stays, as does whatever failed."""
    for source_id, moment in due.items():
        is_later = (table.c.id == source_id, table.c.failures == 0, table.c.next_check_at > moment)
        await conn.execute(update(table).where(*is_later).values(next_check_at=moment))


async def retry_now(conn: AsyncConnection, source_ids: Iterable[str], now: datetime) -> None:
    """Check these again at once that have failed; others stay as they are planned."""
    failed = (table.c.id.in_(list(source_ids)), table.c.failures > 0, table.c.next_check_at > now)
    await conn.execute(update(table).where(*failed).values(next_check_at=now))


async def _checks(conn: AsyncConnection, *, is_listed: bool | None) -> list[SourceCheck]:
    statement = select(table).order_by(table.c.id)
    if is_listed is not None:
        statement = statement.where(table.c.is_listed.is_(is_listed))
    return [_check(row) for row in await conn.execute(statement)]


def _described(source: Source) -> dict[str, Any]:
    return _chosen(asdict(source), set(_SOURCE_FIELDS) - {"id"})


def _check(row: Row[Any]) -> SourceCheck:
    values = row._asdict()
    return SourceCheck(
        Source(**_chosen(values, _SOURCE_FIELDS)), SourceState(**_chosen(values, _STATE_FIELDS))
    )


def _chosen(values: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names}
