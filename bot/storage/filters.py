"""The rows of a chat's filters beside its keywords: traits that it asks for, mutes, circles on the map."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Circle, Trait
from bot.storage.inserts import insert_for
from bot.storage.tables import chat_filter, circle


async def ask_for(conn: AsyncConnection, chat_id: int, kind: Trait, codes: Collection[str]) -> None:
    """From now on the chat hears of alerts with one of these traits alone; without codes of any."""
    await conn.execute(delete(chat_filter).where(*_of_kind(chat_id, kind)))
    if codes:
        rows = [{"chat_id": chat_id, "kind": kind, "code": code} for code in dict.fromkeys(codes)]
        await conn.execute(insert(chat_filter), rows)


async def asked_of(conn: AsyncConnection, chat_id: int) -> dict[Trait, tuple[str, ...]]:
    """What a chat asked for, kind by kind, sorted."""
    rows = select(chat_filter.c.kind, chat_filter.c.code).where(chat_filter.c.chat_id == chat_id)
    rows = rows.where(chat_filter.c.kind != Trait.REGION).order_by(chat_filter.c.code)
    asked: dict[Trait, tuple[str, ...]] = {}
    for row in await conn.execute(rows):
        asked[row.kind] = (*asked.get(row.kind, ()), row.code)
    return asked


async def mute(conn: AsyncConnection, chat_id: int, region_id: str, until: datetime) -> None:
    """Nothing about a region (or EVERYTHING) is told to the chat before `until`."""
    row = {"chat_id": chat_id, "kind": Trait.REGION, "code": region_id}
    added = insert_for(conn, chat_filter).values(**row, until=until)
    keys = ["chat_id", "kind", "code"]
    await conn.execute(added.on_conflict_do_update(index_elements=keys, set_={"until": until}))


async def unmute(conn: AsyncConnection, chat_id: int, now: datetime, region_id: str | None = None) -> bool:
    """End one mute, or (None) all of them; False when there was none. Its row says on what it kept away."""
    ended = update(chat_filter).where(*_of_kind(chat_id, Trait.REGION), chat_filter.c.until > now)
    if region_id is not None:
        ended = ended.where(chat_filter.c.code == region_id)
    return bool((await conn.execute(ended.values(until=now))).rowcount)


async def mutes_of(conn: AsyncConnection, chat_id: int, now: datetime) -> dict[str, datetime]:
    """Regions that a chat does not hear of, and until when."""
    muted = select(chat_filter.c.code, chat_filter.c.until).where(*_of_kind(chat_id, Trait.REGION))
    rows = await conn.execute(muted.where(chat_filter.c.until > now).order_by(chat_filter.c.code))
    return {row.code: row.until for row in rows}


async def drop_mutes(conn: AsyncConnection, before: datetime) -> None:
    """Mutes that ended before then go; until then they say why something was not told."""
    is_over = (chat_filter.c.kind == Trait.REGION, chat_filter.c.until <= before)
    await conn.execute(delete(chat_filter).where(*is_over))


async def put_circle(conn: AsyncConnection, chat_id: int, new: Circle) -> None:
    """Add a circle, or give one that has the same centre another radius."""
    added = insert_for(conn, circle).values(
        chat_id=chat_id, lat=new.lat, lon=new.lon, radius_km=new.radius_km
    )
    keys = ["chat_id", "lat", "lon"]
    await conn.execute(added.on_conflict_do_update(index_elements=keys, set_={"radius_km": new.radius_km}))


async def drop_circle(conn: AsyncConnection, chat_id: int, lat: float, lon: float) -> bool:
    """Take a circle away; False when there was none."""
    here = (circle.c.chat_id == chat_id, circle.c.lat == lat, circle.c.lon == lon)
    return bool((await conn.execute(delete(circle).where(*here))).rowcount)


async def drop_circles(conn: AsyncConnection, chat_id: int) -> bool:
    """Take all of a chat's circles away; False when there was none."""
    return bool((await conn.execute(delete(circle).where(circle.c.chat_id == chat_id))).rowcount)


async def circles_of(conn: AsyncConnection, chat_id: int) -> tuple[Circle, ...]:
    """A chat's circles, from south to north."""
    rows = select(circle.c.lat, circle.c.lon, circle.c.radius_km).where(circle.c.chat_id == chat_id)
    return tuple(Circle(*row) for row in await conn.execute(rows.order_by(circle.c.lat, circle.c.lon)))


def _of_kind(chat_id: int, kind: Trait) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return chat_filter.c.chat_id == chat_id, chat_filter.c.kind == kind
