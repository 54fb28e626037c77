"""The rhythm of chats, and the digests in which is told what they kept: rows alone, so a restart loses none.

A held alert is a message's row that is not sent. When its hold ends it is aimed at a digest's row, as an
incident of a busy hour is at its roll-up's, and the next hold is written in the same transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Rhythm
from bot.hours import next_hold
from bot.model import DeliveryForm, DeliveryState
from bot.storage.inserts import insert_for
from bot.storage.states import PRIORITY_DIGEST, ChatState
from bot.storage.tables import IS_HELD, chat, delivery
from bot.storage.tables import rhythm as table

_CHOSEN = ("digest", "digest_at", "quiet_from", "quiet_until", "zone", "lets_grave")


async def rhythm_of(conn: AsyncConnection, chat_id: int) -> Rhythm:
    """What a chat chose; everything at once for one that chose nothing."""
    row = (await conn.execute(select(table).where(table.c.chat_id == chat_id))).first()
    return Rhythm() if row is None else _rhythm(row)


async def save_rhythm(conn: AsyncConnection, chat_id: int, chosen: Rhythm, now: datetime) -> None:
    """Keep it; what is held is told now unless the new rhythm holds it, too."""
    values = asdict(chosen) | _hold(chosen, now)
    added = insert_for(conn, table).values(chat_id=chat_id, **values)
    await conn.execute(added.on_conflict_do_update(index_elements=["chat_id"], set_=values))
    begins = values["held_from"]
    if begins is None or begins > now:
        await _tell(conn, [chat_id], now)


async def release_due(conn: AsyncConnection, now: datetime, limit: int) -> int:
    """Make the digests of up to `limit` chats whose hold is over; returns how many chats those were."""
    due = select(table).where(table.c.held_until <= now).order_by(table.c.held_until).limit(limit)
    rows = (await conn.execute(due)).all()
    if not rows:
        return 0
    await _tell(conn, [row.chat_id for row in rows], now)
    for row in rows:
        following = update(table).where(table.c.chat_id == row.chat_id)
        await conn.execute(following.values(**_hold(_rhythm(row), now)))
    return len(rows)


async def _tell(conn: AsyncConnection, chat_ids: Sequence[int], now: datetime) -> None:
    """One digest for each of the chats that is there and has something held."""
    columns = {
        "alert_id": func.max(delivery.c.alert_id),
        "incident_id": func.min(delivery.c.incident_id),
        "chat_id": delivery.c.chat_id,
        "form": literal(DeliveryForm.DIGEST, delivery.c.form.type),
        "state": literal(DeliveryState.PENDING, delivery.c.state.type),
        "priority": literal(PRIORITY_DIGEST),
        "attempts": literal(0),
        "queued_at": literal(now, delivery.c.queued_at.type),
        "is_uncertain": literal(False),
    }
    held = (IS_HELD, delivery.c.chat_id.in_(chat_ids))
    here = select(chat.c.id).where(chat.c.id.in_(chat_ids), chat.c.state == ChatState.ACTIVE)
    kept = select(*columns.values()).where(*held, delivery.c.chat_id.in_(here))
    await conn.execute(insert(delivery).from_select(list(columns), kept.group_by(delivery.c.chat_id)))
    digest = delivery.alias("digest")
    is_digest = digest.c.form == literal(DeliveryForm.DIGEST, digest.c.form.type, literal_execute=True)
    latest = select(func.max(digest.c.id)).where(is_digest, digest.c.chat_id == delivery.c.chat_id)
    inside = {"state": DeliveryState.SENT, "sent_at": now, "target_id": latest.scalar_subquery()}
    await conn.execute(update(delivery).where(*held, delivery.c.chat_id.in_(here)).values(**inside))


def _hold(chosen: Rhythm, now: datetime) -> dict[str, Any]:
    hold = next_hold(chosen, now)
    return {"held_from": hold.begins if hold else None, "held_until": hold.ends if hold else None}


def _rhythm(row: Row[Any]) -> Rhythm:
    return Rhythm(**{name: getattr(row, name) for name in _CHOSEN})
