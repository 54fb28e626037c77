"""Incidents: each row carries the incident itself and the columns by which it is looked up."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incidents.profiles import Profile, Search, box_of, summarise
from bot.model import Incident
from bot.storage.inserts import insert_for
from bot.storage.tables import former_code, incident_profile, incident_region
from bot.storage.tables import incident as table

PAGE = 500
"""Incidents read at once by an export."""

_IN_THEATRE = select(incident_profile.c.profile).where(
    incident_profile.c.theatre == bindparam("theatre"),
    incident_profile.c.last_day >= bindparam("first_day"),
    incident_profile.c.first_day <= bindparam("last_day"),
)
_NEAR = _IN_THEATRE.where(
    or_(
        incident_profile.c.south.is_(None),
        and_(
            incident_profile.c.south <= bindparam("box_north"),
            incident_profile.c.north >= bindparam("box_south"),
            incident_profile.c.west <= bindparam("box_east"),
            incident_profile.c.east >= bindparam("box_west"),
        ),
    )
)
"""Built once, as the following: making a statement takes longer than running it."""

_BY_ID = select(table.c.id, table.c.snapshot).where(table.c.id == bindparam("incident_id"))


async def add_incident(conn: AsyncConnection, new: Incident) -> Incident:
    """Store an incident; returns it with its id."""
    added = insert(table).values(**_values(new)).returning(table.c.id)
    stored = replace(new, id=int((await conn.execute(added)).scalar_one()))
    await _save_regions(conn, stored)
    await _save_profile(conn, stored)
    return stored


async def save_incident(conn: AsyncConnection, changed: Incident) -> None:
    """Store what has become of an incident that has an id."""
    await conn.execute(update(table).where(table.c.id == changed.id).values(**_values(changed)))
    await conn.execute(delete(incident_region).where(incident_region.c.incident_id == changed.id))
    await _save_regions(conn, changed)
    await _save_profile(conn, changed)


async def find_profiles(conn: AsyncConnection, search: Search) -> list[Profile]:
    """Profiles of the incidents that the search admits, whether they are open or closed."""
    asked: dict[str, Any] = {
        "theatre": search.theatre,
        "first_day": search.first_day,
        "last_day": search.last_day,
    }
    if box := search.box:
        edges = {"box_south": box.south, "box_north": box.north, "box_west": box.west, "box_east": box.east}
        return list((await conn.execute(_NEAR, asked | edges)).scalars())
    return list((await conn.execute(_IN_THEATRE, asked)).scalars())


async def open_incidents(conn: AsyncConnection, theatre: str, since: datetime) -> list[Incident]:
    """Incidents of a theatre that were reported on at or after `since`, the most recent first."""
    statement = (
        select(table.c.id, table.c.snapshot)
        .where(table.c.theatre == theatre, table.c.last_report_at >= since)
        .order_by(table.c.last_report_at.desc(), table.c.id.desc())
    )
    return [_incident(row) for row in await conn.execute(statement)]


async def latest_incidents(conn: AsyncConnection, region_id: str | None, limit: int) -> list[Incident]:
    """The newest incidents in a region and all below it (None: anywhere), the newest first."""
    statement = _within(select(table.c.id, table.c.snapshot), region_id)
    statement = statement.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit)
    return [_incident(row) for row in await conn.execute(statement)]


async def latest_within(conn: AsyncConnection, region_ids: Collection[str], limit: int) -> list[Incident]:
    """The newest incidents in any of the regions and all below them, the newest first."""
    inside = select(incident_region.c.incident_id).where(incident_region.c.region_id.in_(region_ids))
    newest = select(table.c.id).where(table.c.id.in_(inside))
    newest = newest.order_by(table.c.opened_at.desc(), table.c.id.desc()).limit(limit)
    return await read_incidents(conn, list((await conn.execute(newest)).scalars()))


async def incidents_since(
    conn: AsyncConnection,
    since: datetime | None,
    region_id: str | None = None,
    after_id: int = 0,
    limit: int = PAGE,
) -> list[Incident]:
    """A page of the incidents opened at or after `since`, in order of id, those above `after_id`."""
    statement = _within(select(table.c.id, table.c.snapshot), region_id).where(table.c.id > after_id)
    if since is not None:
        statement = statement.where(table.c.opened_at >= since)
    return [_incident(row) for row in await conn.execute(statement.order_by(table.c.id).limit(limit))]


async def incident_by_code(conn: AsyncConnection, code: str) -> Incident | None:
    """The incident that people know by this code."""
    row = (await conn.execute(select(table.c.id, table.c.snapshot).where(table.c.code == code))).first()
    return None if row is None else _incident(row)


async def incident_by_any_code(conn: AsyncConnection, code: str) -> Incident | None:
    """The incident that has this code, or that the one which had it became part of."""
    found = await incident_by_code(conn, code)
    if found is not None:
        return found
    former = select(former_code.c.incident_id).where(former_code.c.code == code)
    incident_id = (await conn.execute(former)).scalar()
    return None if incident_id is None else await get_incident(conn, incident_id)


async def is_code_taken(conn: AsyncConnection, code: str) -> bool:
    """True when an incident has this code, or had it before it became part of another."""
    own = select(table.c.code).where(table.c.code == code)
    former = select(former_code.c.code).where(former_code.c.code == code)
    return (await conn.execute(own.union_all(former))).first() is not None


async def read_incidents(conn: AsyncConnection, ids: Sequence[int]) -> list[Incident]:
    """The incidents with these ids, in their order."""
    rows = await conn.execute(select(table.c.id, table.c.snapshot).where(table.c.id.in_(ids)))
    found = {row.id: _incident(row) for row in rows}
    return [found[number] for number in ids if number in found]


async def get_incident(conn: AsyncConnection, incident_id: int) -> Incident | None:
    """The incident with this id."""
    row = (await conn.execute(_BY_ID, {"incident_id": incident_id})).first()
    return None if row is None else _incident(row)


async def _save_regions(conn: AsyncConnection, stored: Incident) -> None:
    regions = sorted({stored.theatre, *stored.regions})
    rows = [{"incident_id": stored.id, "region_id": region} for region in regions]
    await conn.execute(insert(incident_region), rows)


async def _save_profile(conn: AsyncConnection, stored: Incident) -> None:
    profile = summarise(stored)
    box = box_of(profile.places)
    values: dict[str, Any] = {
        "theatre": profile.theatre,
        "first_day": min(profile.days),
        "last_day": max(profile.days),
        "south": box and box.south,
        "north": box and box.north,
        "west": box and box.west,
        "east": box and box.east,
        "profile": profile,
    }
    added = insert_for(conn, incident_profile).values(incident_id=stored.id, **values)
    await conn.execute(added.on_conflict_do_update(index_elements=["incident_id"], set_=values))


def _within(statement: Select[Any], region_id: str | None) -> Select[Any]:
    if region_id is None:
        return statement
    return statement.join(incident_region, incident_region.c.incident_id == table.c.id).where(
        incident_region.c.region_id == region_id
    )


def _values(told: Incident) -> dict[str, Any]:
    names = ("code", "theatre", "occurred", "opened_at", "last_report_at", "status", "severity")
    return {name: getattr(told, name) for name in names} | {"snapshot": told}


def _incident(row: Any) -> Incident:
    """From a row of id and snapshot; the snapshot of a new incident was written before it had its id."""
    snapshot: Incident = row.snapshot
    return replace(snapshot, id=row.id)
