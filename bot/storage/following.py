"""What becomes of those who were told of an incident when it changes: edits, replies, new messages.

All of it is set-based, over a window of chats. What still waits to be sent takes the newest state instead of
being followed by another delivery, so only the latest is sent and at most one reply waits.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    type_coerce,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.selectable import NamedFromClause

from bot.model import ChatStyle, DeliveryForm, DeliveryState
from bot.storage.columns import MICROSECOND, to_microseconds
from bot.storage.holding import hold_end, is_holding, may_not_sound
from bot.storage.matches import Match, Window
from bot.storage.states import PRIORITY_EDIT, PRIORITY_GRAVE, PRIORITY_REPLY
from bot.storage.tables import IS_FOLLOW_UP, IS_MESSAGE, chat, delivery, is_spelled

REPLY_GAP: Final = timedelta(minutes=10)
"""Between two replies about one incident in one chat: each of them sounds."""
RETRACTED_UNSENT: Final = "retracted before it was sent"

NO_NUMBER: Final = cast(null(), BigInteger())
"""In a subquery a bare NULL is a text to PostgreSQL."""
_REACHED = (DeliveryState.SENDING, DeliveryState.SENT)
_LONE_FORMS = (DeliveryForm.EDIT, DeliveryForm.ANEW)


async def follow_up(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """Tell the chats of a window that know the incident what has become of it; returns the new deliveries."""
    await _renew_waiting(conn, match, window)
    made = await _insert(conn, _own(match, window, now), match, now)
    rolled = _rolled(match, window, now)
    if match.follow_up is DeliveryForm.REPLY:
        return made + (await _insert(conn, rolled, match, now) if match.is_retracted else 0)
    made += await _insert(conn, rolled, match, now)
    if match.is_for_all_copies:
        made += await _insert(conn, _copies(match, window), match, now)
    if match.priority == PRIORITY_GRAVE and not match.is_retracted:
        made += await _let_out(conn, match, window, now)
        made += await _let_through(conn, match, window, now)
    return made


async def _renew_waiting(conn: AsyncConnection, match: Match, window: Window) -> None:
    """What waits about the incident tells its newest state; of a retracted one no message is sent."""
    waiting = (*_of_window(delivery, match, window), delivery.c.state == DeliveryState.PENDING)
    if match.is_retracted:
        held = (*_of_window(delivery, match, window), delivery.c.state == DeliveryState.HELD)
        unsent = {"state": DeliveryState.EXPIRED, "reason": RETRACTED_UNSENT, "not_before": None}
        never_left = (*waiting, ~delivery.c.is_uncertain)
        await conn.execute(update(delivery).where(IS_MESSAGE, *never_left).values(**unsent))
        await conn.execute(update(delivery).where(IS_MESSAGE, *held).values(**unsent))
        is_anew = delivery.c.form == DeliveryForm.ANEW
        await conn.execute(update(delivery).where(IS_FOLLOW_UP, is_anew, *never_left).values(**unsent))
    urgent = case((delivery.c.priority > match.priority, match.priority), else_=delivery.c.priority)
    newest = {"alert_id": match.alert_id, "priority": urgent}
    await conn.execute(update(delivery).where(IS_MESSAGE, *waiting).values(**newest))
    renewed: dict[str, Any] = {"alert_id": match.alert_id}
    forms: tuple[DeliveryForm, ...] = _LONE_FORMS
    if match.follow_up is DeliveryForm.REPLY:
        forms = (DeliveryForm.REPLY,)
        renewed["first_alert_id"] = func.coalesce(delivery.c.first_alert_id, delivery.c.alert_id)
    own = (IS_FOLLOW_UP, *waiting, delivery.c.form.in_(forms), delivery.c.target_id.is_(None))
    await conn.execute(update(delivery).where(*own).values(**renewed))


def _own(match: Match, window: Window, now: datetime) -> Select[Any]:
    """Chats with a message of their own about the incident, each in the form that it chose."""
    told = delivery.alias("told")
    edits, each = _who_chose(ChatStyle.EDITS), _who_chose(ChatStyle.EACH)
    form: ColumnElement[Any] = literal(match.follow_up, delivery.c.form.type)
    not_before: ColumnElement[Any] = NO_NUMBER
    wanted: list[ColumnElement[bool]] = []
    is_calm = may_not_sound(told.c.chat_id, match, now)
    if match.follow_up is DeliveryForm.REPLY:
        not_before = func.coalesce(hold_end(told.c.chat_id, now), _after_gap(told, now))
        if not match.is_retracted:  # whoever was told what was wrong is told aloud
            wanted = [told.c.chat_id.not_in(edits), told.c.chat_id.not_in(each), ~is_calm]
    elif not match.is_for_all_copies:
        anew = literal(DeliveryForm.ANEW, delivery.c.form.type)
        form = case((and_(told.c.chat_id.in_(each), ~is_calm), anew), else_=form)
    forms = (DeliveryForm.REPLY,) if match.follow_up is DeliveryForm.REPLY else _LONE_FORMS
    return (
        select(
            told.c.chat_id, form.label("form"), not_before.label("not_before"), NO_NUMBER.label("target_id")
        )
        .where(*_is_told(told, match, window), told.c.target_id.is_(None))
        .where(*wanted, ~_waits(told, forms))
    )


def _rolled(match: Match, window: Window, now: datetime) -> Select[Any]:
    """Chats that were told of it in a roll-up or digest, which changes unless it is about to.

    A digest tells how things stood at its hour: only what was wrong in it changes.
    """
    told, roll, edit = delivery.alias("told"), delivery.alias("roll"), delivery.alias("edit")
    form = literal(match.follow_up, delivery.c.form.type)
    is_reply = match.follow_up is DeliveryForm.REPLY
    not_before = hold_end(told.c.chat_id, now) if is_reply else NO_NUMBER
    is_edit_waiting = exists(
        select(literal(1))
        .select_from(edit)
        .where(edit.c.target_id == told.c.target_id, edit.c.form == DeliveryForm.EDIT)
        .where(edit.c.state == DeliveryState.PENDING)
    )
    statement = (
        select(told.c.chat_id, form.label("form"), not_before.label("not_before"), told.c.target_id)
        .join_from(told, roll, roll.c.id == told.c.target_id)
        .where(*_is_told(told, match, window), roll.c.state.in_(_REACHED))
    )
    if match.reaches_others:
        statement = statement.where(roll.c.form != DeliveryForm.DIGEST)
    return statement.where(~is_edit_waiting) if match.follow_up is DeliveryForm.EDIT else statement


def _copies(match: Match, window: Window) -> Select[Any]:
    """Further whole messages about the incident that were sent: each is changed for itself."""
    told = delivery.alias("told")
    form = literal(DeliveryForm.EDIT, delivery.c.form.type)
    return (
        select(
            told.c.chat_id, form.label("form"), NO_NUMBER.label("not_before"), told.c.id.label("target_id")
        )
        .where(_is_follow_up(told), *_of_window(told, match, window))
        .where(told.c.form == DeliveryForm.ANEW, told.c.state.in_(_REACHED), told.c.chat_id.not_in(_gone()))
    )


async def _let_out(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """An incident that has become grave comes alone, out of its roll-up; where a chat keeps it, next time."""
    held, pending = (
        literal(each, delivery.c.state.type) for each in (DeliveryState.HELD, DeliveryState.PENDING)
    )
    rolled = (IS_MESSAGE, *_of_window(delivery, match, window), delivery.c.target_id.is_not(None))
    alone = {
        "alert_id": match.alert_id,
        "state": case((is_holding(delivery.c.chat_id, match, now), held), else_=pending),
        "priority": match.priority,
        "queued_at": now,
        "sent_at": None,
        "target_id": None,
    }
    is_here = delivery.c.chat_id.not_in(_gone())
    return (await conn.execute(update(delivery).where(*rolled, is_here).values(**alone))).rowcount


async def _let_through(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """An incident that has become grave is told at once in chats that keep the others."""
    held = (IS_MESSAGE, *_of_window(delivery, match, window), delivery.c.state == DeliveryState.HELD)
    wanted = (~is_holding(delivery.c.chat_id, match, now), delivery.c.chat_id.not_in(_gone()))
    told = {"alert_id": match.alert_id, "state": DeliveryState.PENDING, "priority": match.priority}
    return (await conn.execute(update(delivery).where(*held, *wanted).values(**told, queued_at=now))).rowcount


async def _insert(conn: AsyncConnection, chosen: Select[Any], match: Match, now: datetime) -> int:
    """Deliveries for rows of (chat_id, form, not_before, target_id)."""
    rows = chosen.subquery("chosen")
    is_reply = match.follow_up is DeliveryForm.REPLY
    columns: dict[str, ColumnElement[Any]] = {
        "alert_id": literal(match.alert_id),
        "incident_id": literal(match.incident_id),
        "chat_id": rows.c.chat_id,
        "form": rows.c.form,
        "state": literal(DeliveryState.PENDING, delivery.c.state.type),
        "priority": literal(PRIORITY_REPLY if is_reply else PRIORITY_EDIT),
        "attempts": literal(0),
        "not_before": type_coerce(rows.c.not_before, BigInteger()),
        "queued_at": literal(now, delivery.c.queued_at.type),
        "is_uncertain": literal(False),
        "target_id": rows.c.target_id,
    }
    statement = insert(delivery).from_select(list(columns), select(*columns.values()).select_from(rows))
    return (await conn.execute(statement)).rowcount


def _after_gap(told: NamedFromClause, now: datetime) -> ColumnElement[Any]:
    """When the next reply may sound: ten minutes after the last one, or at once."""
    last = delivery.alias("last")
    left_at = type_coerce(func.coalesce(last.c.sent_at, last.c.claimed_at), BigInteger())
    latest = (
        select(func.max(left_at) + REPLY_GAP // MICROSECOND)
        .where(_is_follow_up(last), *_is_same(last, told))
        .where(last.c.form == DeliveryForm.REPLY, last.c.state.in_(_REACHED))
        .scalar_subquery()
    )
    is_ahead = latest > literal(to_microseconds(now), BigInteger())
    return case((is_ahead, latest), else_=NO_NUMBER)


def _is_told(told: NamedFromClause, match: Match, window: Window) -> tuple[ColumnElement[bool], ...]:
    is_message = is_spelled(told.c.form, DeliveryForm.MESSAGE)
    is_reached = told.c.state.in_(_REACHED)
    return is_message, *_of_window(told, match, window), is_reached, told.c.chat_id.not_in(_gone())


def _waits(told: NamedFromClause, forms: tuple[DeliveryForm, ...]) -> ColumnElement[bool]:
    """Whether a follow-up of these forms waits already; it was given the newest state."""
    wait = delivery.alias("wait")
    is_waiting = and_(wait.c.form.in_(forms), wait.c.state == DeliveryState.PENDING)
    own = (_is_follow_up(wait), *_is_same(wait, told), is_waiting, wait.c.target_id.is_(None))
    return exists(select(literal(1)).select_from(wait).where(*own))


def _of_window(
    table: Table | NamedFromClause, match: Match, window: Window
) -> tuple[ColumnElement[bool], ...]:
    of_chat = table.c.chat_id
    is_inside = (of_chat > match.cursor, of_chat <= window.last_chat_id)
    return table.c.incident_id == match.incident_id, *is_inside


def _is_same(one: NamedFromClause, other: NamedFromClause) -> tuple[ColumnElement[bool], ...]:
    return one.c.incident_id == other.c.incident_id, one.c.chat_id == other.c.chat_id


def _is_follow_up(table: NamedFromClause) -> ColumnElement[bool]:
    """Spelled out, so that the partial index serves."""
    return table.c.form != literal(DeliveryForm.MESSAGE, table.c.form.type, literal_execute=True)


def _who_chose(style: ChatStyle) -> Select[Any]:
    """Few chats, and all of them in one index."""
    is_odd = chat.c.style != literal(ChatStyle.LIVING, chat.c.style.type, literal_execute=True)
    return select(chat.c.id).where(is_odd, chat.c.style == style)


def _gone() -> Select[Any]:
    return select(chat.c.id).where(chat.c.gone_at.is_not(None))


__all__ = ["REPLY_GAP", "RETRACTED_UNSENT", "follow_up"]
