"""The statement that finds the chats which an alert concerns and queues it for them.

No loop over chats in Python: a window of chats is found by merging index ranges, then one INSERT ... SELECT
writes their deliveries. Windows keep the writer free for others and let the first message leave early.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState
from bot.storage.desk_tables import reviewer
from bot.storage.filtering import Told, is_within, passes
from bot.storage.holding import is_holding
from bot.storage.inserts import insert_new
from bot.storage.matches import Match, Window
from bot.storage.states import EVERYTHING
from bot.storage.tables import IS_MESSAGE, alert_spot, chat, circle, delivery, subscription
from bot.watch.verdicts import Reviewing

CHUNK_CHATS = 32_000
"""Chats looked at in one transaction: tens of milliseconds, so that no other writer waits long."""
SPARSE = 4
"""Ids to one candidate beyond which what chats chose is looked up one by one."""
MOST_ARMS = 100
"""Index ranges merged in one query; SQLite refuses above 500."""


async def next_window(conn: AsyncConnection, match: Match, size: int) -> Window:
    """The next `size` chats that chose one of the regions, or were told of the incident before."""
    candidates = _candidates(match, size)
    row = (await conn.execute(select(func.count(), func.max(candidates.c.chat_id)))).one()
    return Window(row[0], match.cursor if row[1] is None else row[1])


async def insert_matches(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """Write the messages for the chats of a window that hear of the incident now; returns how many."""
    if not match.reaches_others:
        return 0
    candidates = _candidates(match, window.candidates)
    columns = _columns(match, candidates, now)
    within = _dense_range(match, window)
    is_held = is_holding(candidates.c.chat_id, match, now, within)
    columns["state"] = case(
        (is_held, literal(DeliveryState.HELD, delivery.c.state.type)), else_=columns["state"]
    )
    gone = select(chat.c.id).where(chat.c.gone_at.is_not(None))  # few, and all in one index
    statement = (
        select(*columns.values())
        .select_from(candidates)
        .where(candidates.c.chat_id.not_in(gone), _is_to_be_told(conn, match, candidates, now, within))
    )
    return (await conn.execute(insert_new(conn, delivery).from_select(list(columns), statement))).rowcount


def _dense_range(match: Match, window: Window) -> tuple[int, int] | None:
    """The ids that a window spans, where most of them are candidates."""
    span = window.last_chat_id - match.cursor
    return (match.cursor, window.last_chat_id) if span <= SPARSE * window.candidates else None


def _candidates(match: Match, size: int) -> Subquery:
    """Distinct chats after the cursor in order; each arm is an index range: the merge stops at `size`."""
    arms: list[Select[Any]] = []
    if match.reaches_others:
        arms.extend(_subscribers(match.cursor, part) for part in _parts((*match.regions, EVERYTHING)))
        arms.append(_reviewers().where(reviewer.c.chat_id > match.cursor))
    if match.reaches_others and match.has_spots:
        arms.append(_around(match))
    if not match.is_new:
        told = (IS_MESSAGE, delivery.c.incident_id == match.incident_id, delivery.c.chat_id > match.cursor)
        arms.append(select(delivery.c.chat_id).where(*told))
    merged: CompoundSelect[Any] | Select[Any] = union(*arms) if len(arms) > 1 else arms[0]
    return merged.order_by("chat_id").limit(size).subquery("candidate")


def _subscribers(cursor: int, regions: tuple[str, ...]) -> Select[Any]:
    chosen = subscription.c.region_id
    is_chosen = chosen == regions[0] if len(regions) == 1 else chosen.in_(regions)
    return select(subscription.c.chat_id).where(is_chosen, subscription.c.chat_id > cursor)


def _around(match: Match) -> Select[Any]:
    """Chats with a circle in which it may have been."""
    here = (alert_spot.c.alert_id == match.alert_id, circle.c.chat_id > match.cursor)
    return select(circle.c.chat_id).join_from(alert_spot, circle, is_within(alert_spot, circle)).where(*here)


def _parts(regions: tuple[str, ...]) -> list[tuple[str, ...]]:
    width = ceil(len(regions) / MOST_ARMS)
    return [regions[start : start + width] for start in range(0, len(regions), width)]


def _columns(match: Match, candidates: Subquery, now: datetime) -> dict[str, ColumnElement[Any]]:
    return {
        "alert_id": literal(match.alert_id),
        "incident_id": literal(match.incident_id),
        "chat_id": candidates.c.chat_id,
        "form": literal(DeliveryForm.MESSAGE, delivery.c.form.type),
        "state": literal(DeliveryState.PENDING, delivery.c.state.type),
        "priority": literal(match.priority),
        "attempts": literal(0),
        "not_before": null(),
        "queued_at": literal(now, delivery.c.queued_at.type),
        "is_uncertain": literal(False),
    }


def _is_to_be_told(
    conn: AsyncConnection,
    match: Match,
    candidates: Subquery,
    now: datetime,
    within: tuple[int, int] | None,
) -> ColumnElement[bool]:
    """Whether a candidate gets its first message about the incident.

    A new alert's second message for one chat fails on the index that forbids it, so it is not looked for.
    """
    told = Told(
        literal(match.alert_id),
        literal(f" {match.folded_text} "),
        is_indexed=True,
        at=literal(now, chat.c.gone_at.type),
    )
    is_wanted = or_(passes(conn, told, candidates.c.chat_id, within), candidates.c.chat_id.in_(_reviewers()))
    if match.is_new:
        return is_wanted
    is_same = (delivery.c.incident_id == match.incident_id, delivery.c.chat_id == candidates.c.chat_id)
    was_told = exists(select(literal(1)).select_from(delivery).where(IS_MESSAGE, *is_same))
    return and_(~was_told, is_wanted)


def _reviewers() -> Select[Any]:
    """Admins' chats that are to get every new incident, whatever they chose."""
    return select(reviewer.c.chat_id).where(reviewer.c.reviewing == Reviewing.ALL)
