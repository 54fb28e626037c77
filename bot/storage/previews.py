"""The alerts of the last days as one chat sees them: what its filters let through, and what they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Circle, Refusal
from bot.model import Incident
from bot.storage.filtering import Told, is_chosen, is_within, refusals
from bot.storage.incidents import read_incidents
from bot.storage.matches import KEPT_AMONG_THE_TOLD
from bot.storage.tables import IS_MESSAGE, alert, alert_spot, circle, delivery

_TOLD = Told(alert.c.id, literal(" ") + alert.c.folded_text + literal(" "), False, alert.c.created_at)


@dataclass(frozen=True, slots=True)
class Missed:
    """An incident of a chosen place that was not told, and which filters kept it away."""

    incident: Incident
    refusals: tuple[Refusal, ...]


async def would_tell(conn: AsyncConnection, chat_id: int, since: datetime) -> tuple[int, ...]:
    """Ids of the incidents that the chat's choice, as it is now, would have brought; the newest first.

    A mute counts for nothing: it says when somebody wants to hear, not of what.
    """
    reasons = refusals(_TOLD, _chat(chat_id))
    lasting = [reason for refusal, reason in reasons.items() if refusal is not Refusal.MUTED]
    chosen = _chosen(select(alert.c.incident_id), chat_id, since).where(not_(or_(*lasting)))
    newest = chosen.group_by(alert.c.incident_id).order_by(func.max(alert.c.id).desc())
    return tuple((await conn.execute(newest)).scalars())


async def missed_since(
    conn: AsyncConnection, chat_id: int, since: datetime, limit: int
) -> tuple[int, list[Missed]]:
    """How many incidents of the chat's places its filters kept from it, and the newest of them."""
    reasons = refusals(_TOLD, _chat(chat_id))
    named = [reason.label(refusal.value) for refusal, reason in reasons.items()]
    statement = _chosen(select(alert.c.incident_id, *named), chat_id, since)
    kept: dict[int, tuple[Refusal, ...]] = {}
    for row in await conn.execute(statement.where(~_was_told(chat_id)).order_by(alert.c.id.desc())):
        kept.setdefault(row.incident_id, tuple(each for each in Refusal if getattr(row, each.value)))
    kept = {number: refused for number, refused in kept.items() if refused}
    shown = await read_incidents(conn, list(kept)[:limit])
    return len(kept), [Missed(each, kept[each.id or 0]) for each in shown]


async def circles_around(conn: AsyncConnection, chat_id: int, incident_id: int) -> tuple[Circle, ...]:
    """Circles of a chat in which an incident may have been, as far as its alerts' spots are still kept."""
    here = (circle.c.chat_id == chat_id, alert.c.incident_id == incident_id)
    joined = select(circle.c.lat, circle.c.lon, circle.c.radius_km).distinct()
    joined = joined.join_from(alert, alert_spot, alert_spot.c.alert_id == alert.c.id)
    rows = await conn.execute(joined.join(circle, is_within(alert_spot, circle)).where(*here))
    return tuple(sorted((Circle(*row) for row in rows), key=lambda each: (each.lat, each.lon)))


def _chosen(statement: Select[Any], chat_id: int, since: datetime) -> Select[Any]:
    """Alerts of a chat's places that tell an incident to who did not know it."""
    tells = alert.c.kind.not_in(KEPT_AMONG_THE_TOLD)
    return statement.where(alert.c.created_at > since, tells, is_chosen(_TOLD, _chat(chat_id)))


def _was_told(chat_id: int) -> Any:
    same = (delivery.c.incident_id == alert.c.incident_id, delivery.c.chat_id == chat_id)
    return exists(select(literal(1)).select_from(delivery).where(IS_MESSAGE, *same))


def _chat(chat_id: int) -> Any:
    return literal(chat_id)
