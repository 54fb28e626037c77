"""The statement that finds the chats which an alert concerns and queues it for them.

No loop over chats in Python: one INSERT ... SELECT merges the index ranges of a window of chats and writes
their deliveries. Windows keep the writer free for others and let the first message leave early. A statement
is built once for each shape of a window: building it costs as much as running it for thousands of chats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import ceil
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import DeliveryForm, DeliveryState
from bot.storage.columns import Instant, Prose
from bot.storage.desk_tables import reviewer
from bot.storage.filtering import Told, is_within, passes, refusing
from bot.storage.holding import holders
from bot.storage.inserts import Insert, insert_as
from bot.storage.matches import Match, Window
from bot.storage.states import PRIORITY_GRAVE
from bot.storage.tables import IS_MESSAGE, alert_spot, chat, circle, delivery, rhythm, subscription
from bot.storage.windows import CURSOR
from bot.watch.verdicts import Reviewing

MOST_ARMS: Final = 100
"""Index ranges merged in one query; SQLite refuses above 500."""

_UNTIL: Final = bindparam("until", type_=BigInteger())
_ALERT: Final = bindparam("alert_id", type_=BigInteger())
_INCIDENT: Final = bindparam("incident_id", type_=BigInteger())
_NOW: Final = bindparam("now", type_=Instant())
_TOLD: Final = Told(_ALERT, bindparam("text", type_=Prose()), is_indexed=True, at=_NOW)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the statement looks like; all else is bound."""

    dialect: str
    regions: int
    has_circles: bool
    has_reviewers: bool
    has_told: bool
    is_grave: bool
    is_dense: bool


async def insert_matches(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """Write the messages for the chats of a window that hear of the incident now; returns how many."""
    if not match.reaches_others or not (window.regions or window.has_circles or window.has_reviewers):
        return 0
    shape = _Shape(
        conn.dialect.name,
        len(window.regions),
        window.has_circles,
        window.has_reviewers,
        window.has_told,
        match.priority == PRIORITY_GRAVE,
        window.is_dense,
    )
    values: dict[str, Any] = {
        "cursor": match.cursor,
        "until": window.last_chat_id,
        "alert_id": match.alert_id,
        "incident_id": match.incident_id,
        "priority": match.priority,
        "text": f" {match.folded_text} ",
        "now": now,
    }
    regions = {f"region_{number}": region for number, region in enumerate(window.regions)}
    return (await conn.execute(_build_insert(shape), values | regions)).rowcount


@lru_cache(maxsize=256)
def _build_insert(shape: _Shape) -> Insert:
    candidates = _candidates(shape)
    chat_id = candidates.c.chat_id
    columns = _columns(chat_id, shape)
    wanted = select(*columns.values()).select_from(candidates).where(_is_wanted(chat_id, shape))
    if shape.has_told:
        wanted = wanted.where(~_was_told(chat_id))
    # A second message of an incident for one chat fails on the index that forbids it.
    return insert_as(shape.dialect, delivery).from_select(list(columns), wanted).on_conflict_do_nothing()


def _candidates(shape: _Shape) -> Subquery:
    """The chats of the window; each arm is an index range.

    Where most are asked, those found twice are left to the index that forbids a second message: to merge the
    arms costs more. They come in the order of that index but for the few that the first, most crowded arm
    lacks. The offset keeps the database from asking each arm for itself.
    """
    arms = [_subscribers(numbers) for numbers in _parts(shape.regions)]
    if shape.has_reviewers:
        arms.append(_reviewers().where(*_inside(reviewer.c.chat_id)))
    if shape.has_circles:
        arms.append(_around())
    if len(arms) > 1 and shape.is_dense:
        return union_all(*arms).offset(0).subquery("candidate")
    merged = union(*arms) if len(arms) > 1 else arms[0]
    return merged.order_by("chat_id").subquery("candidate")


def _subscribers(numbers: range) -> Select[Any]:
    names: list[ColumnElement[str]] = [bindparam(f"region_{number}", type_=String()) for number in numbers]
    chosen = subscription.c.region_id
    is_chosen = chosen == names[0] if len(names) == 1 else chosen.in_(names)
    return select(subscription.c.chat_id).where(is_chosen, *_inside(subscription.c.chat_id))


def _around() -> Select[Any]:
    """Chats with a circle in which it may have been."""
    here = (alert_spot.c.alert_id == _ALERT, *_inside(circle.c.chat_id))
    return select(circle.c.chat_id).join_from(alert_spot, circle, is_within(alert_spot, circle)).where(*here)


def _parts(regions: int) -> Iterable[range]:
    width = max(1, ceil(regions / MOST_ARMS))
    return (range(start, min(start + width, regions)) for start in range(0, regions, width))


def _columns(chat_id: ColumnElement[int], shape: _Shape) -> dict[str, ColumnElement[Any]]:
    held, pending = (
        literal(each, delivery.c.state.type) for each in (DeliveryState.HELD, DeliveryState.PENDING)
    )
    return {
        "alert_id": _ALERT,
        "incident_id": _INCIDENT,
        "chat_id": chat_id,
        "form": literal(DeliveryForm.MESSAGE, delivery.c.form.type),
        "state": case((_is_holding(chat_id, shape), held), else_=pending),
        "priority": bindparam("priority", type_=Integer()),
        "attempts": literal(0),
        "not_before": null(),
        "queued_at": _NOW,
        "is_uncertain": literal(False),
    }


def _is_holding(chat_id: ColumnElement[int], shape: _Shape) -> ColumnElement[bool]:
    holding = holders(_NOW, is_grave=shape.is_grave)
    if shape.is_dense:
        return chat_id.in_(holding.where(*_inside(rhythm.c.chat_id)))
    return exists(holding.where(rhythm.c.chat_id == chat_id))


def _is_wanted(chat_id: ColumnElement[int], shape: _Shape) -> ColumnElement[bool]:
    """Whether a candidate is there, and hears of the alert."""
    gone = select(chat.c.id).where(chat.c.gone_at.is_not(None), *_inside(chat.c.id))  # all in one index
    if not shape.is_dense:
        hears = passes(_TOLD, chat_id)
    elif shape.has_reviewers:
        hears = chat_id.not_in(union_all(*refusing(_TOLD, (CURSOR, _UNTIL))))
    else:
        return chat_id.not_in(union_all(gone, *refusing(_TOLD, (CURSOR, _UNTIL))))
    if shape.has_reviewers:
        hears = or_(hears, chat_id.in_(_reviewers()))
    return and_(chat_id.not_in(gone), hears)


def _was_told(chat_id: ColumnElement[int]) -> ColumnElement[bool]:
    is_same = (delivery.c.incident_id == _INCIDENT, delivery.c.chat_id == chat_id)
    return exists(select(literal(1)).select_from(delivery).where(IS_MESSAGE, *is_same))


def _reviewers() -> Select[Any]:
    """Admins' chats that are to get every new incident, whatever they chose."""
    return select(reviewer.c.chat_id).where(reviewer.c.reviewing == Reviewing.ALL)


def _inside(chat_id: ColumnElement[int]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Of the window."""
    return chat_id > CURSOR, chat_id <= _UNTIL
