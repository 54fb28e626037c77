"""Subscriptions at the hubs that feeds name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Source, SourceKind
from bot.storage.sources import all_checks
from bot.storage.tables import hub_link as table
from bot.watch.hubs import HubLink, LinkState

_FIELDS = tuple(field.name for field in fields(HubLink))


async def feeds_with_hubs(conn: AsyncConnection) -> Sequence[tuple[Source, HubLink | None]]:
    """Every feed that is listed, not paused and answers, with how it stands with its hub."""
    links = {row.source_id: _link(row) for row in await conn.execute(select(table))}
    return [
        (check.source, links.get(check.source.id))
        for check in await all_checks(conn)
        if check.source.kind is SourceKind.FEED
        and check.state.paused_at is None
        and check.state.last_ok_at is not None
        and not check.state.failures
    ]


async def keep_link(conn: AsyncConnection, link: HubLink) -> None:
    """This is how the source stands with its hub from now on."""
    await conn.execute(delete(table).where(table.c.source_id == link.source_id))
    await conn.execute(insert(table).values(**asdict(link)))


async def find_link(conn: AsyncConnection, path: str) -> HubLink | None:
    """The link whose hub calls this address."""
    row = (await conn.execute(select(table).where(table.c.path == path))).first()
    return None if row is None else _link(row)


async def activate_link(conn: AsyncConnection, source_id: str, now: datetime, until: datetime) -> None:
    """The hub has come back with its challenge and will tell of news until then."""
    values = {"state": LinkState.ACTIVE, "changed_at": now, "until": until}
    await conn.execute(update(table).where(table.c.source_id == source_id).values(**values))


async def refuse_link(conn: AsyncConnection, source_id: str, now: datetime) -> None:
    """The hub has said that it will not, or no longer, tell of this source."""
    values = {"state": LinkState.REFUSED, "changed_at": now, "until": None}
    await conn.execute(update(table).where(table.c.source_id == source_id).values(**values))


def _link(row: Row[Any]) -> HubLink:
    values = row._asdict()
    return HubLink(**{name: values[name] for name in _FIELDS})
