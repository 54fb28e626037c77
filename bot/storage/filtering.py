"""Which alerts a chat wants, as conditions that read both ways: one alert for many chats (matching), and
the alerts of a week for one chat (previews). There is no other place that knows what a filter means.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import FILTERS, KM_A_DEGREE, MOST_KM, Refusal, Trait
from bot.storage.states import EVERYTHING, Sign
from bot.storage.tables import (
    alert_spot,
    alert_term,
    alert_trait,
    chat_filter,
    circle,
    keyword,
    subscription,
)

Is = ColumnElement[bool]
_BY_WORDS = (Refusal.NOT_INCLUDED, Refusal.EXCLUDED)


@dataclass(frozen=True, slots=True)
class Told:
    """An alert in a statement: its number, its folded text between spaces, its time; values or columns.

    `is_indexed`: its words stand in alert_term, as while it is queued; else the text is looked through.
    """

    alert_id: ColumnElement[int]
    text: ColumnElement[str]
    is_indexed: bool
    at: ColumnElement[datetime]


def passes(
    conn: AsyncConnection, told: Told, chat_id: ColumnElement[int], within: tuple[int, int] | None = None
) -> Is:
    """Whether an alert gets through all filters of a chat.

    `within` (after which id, up to which) tells that most chats of this range are asked: then those that
    refuse for a trait, few of many, are gathered first. Else each is asked whether it has any such filter.
    """
    words, traits = (_is_refused(conn, told, table, chat_id) for table in (keyword, chat_filter))
    by_words = or_(~exists(_of(keyword, chat_id)), ~words)
    if within is None:
        return and_(by_words, or_(~exists(_of(chat_filter, chat_id)), ~traits))
    owner = chat_filter.alias("owner")
    inside = (owner.c.chat_id > within[0], owner.c.chat_id <= within[1])
    refused = _is_refused(conn, told, chat_filter, owner.c.chat_id)
    return and_(chat_id.not_in(select(owner.c.chat_id).where(*inside, refused)), by_words)


def _is_refused(conn: AsyncConnection, told: Told, table: Table, chat_id: ColumnElement[int]) -> Is:
    """Whether a chat refuses the alert for what it has in a table of filters."""
    reasons = refusals(conn, told, chat_id)
    return or_(*(reason for each, reason in reasons.items() if (each in _BY_WORDS) is (table is keyword)))


def refusals(conn: AsyncConnection, told: Told, chat_id: ColumnElement[int]) -> dict[Refusal, Is]:
    """Each way in which an alert is kept from a chat, as a condition of its own."""
    included = _of(keyword, chat_id).where(keyword.c.sign == Sign.INCLUDE)
    excluded = _of(keyword, chat_id).where(keyword.c.sign == Sign.EXCLUDE)
    occurs = _occurs(conn, told)
    return {
        Refusal.NOT_INCLUDED: and_(exists(included), ~exists(included.where(occurs))),
        Refusal.EXCLUDED: exists(excluded.where(occurs)),
        Refusal.MUTED: exists(_muted(told, chat_id)),
        **{Refusal(kind.value): _lacks(kind, told, chat_id) for kind in FILTERS},
    }


def is_chosen(told: Told, chat_id: ColumnElement[int]) -> Is:
    """Whether an alert lies in a region or a circle of a chat."""
    mine = _of(subscription, chat_id)
    inside = (alert_trait.c.kind == Trait.REGION, alert_trait.c.code == subscription.c.region_id)
    in_region = mine.join(alert_trait, and_(alert_trait.c.alert_id == told.alert_id, *inside))
    in_circle = _of(circle, chat_id).join(alert_spot, is_within(alert_spot, circle))
    return or_(
        exists(mine.where(subscription.c.region_id == EVERYTHING)),
        exists(in_region),
        exists(in_circle.where(alert_spot.c.alert_id == told.alert_id)),
    )


def is_within(spot: FromClause, around: FromClause) -> Is:
    """Whether what was at a spot may have been inside a circle; the first part is what an index serves."""
    band = (spot.c.reach_km + MOST_KM) / KM_A_DEGREE
    north = (around.c.lat - spot.c.lat) * KM_A_DEGREE
    east = (around.c.lon - spot.c.lon) * spot.c.east_km
    farthest = around.c.radius_km + spot.c.reach_km
    return and_(
        around.c.lat.between(spot.c.lat - band, spot.c.lat + band),
        north * north + east * east <= farthest * farthest,
    )


def _of(table: FromClause, chat_id: ColumnElement[int]) -> Select[Any]:
    """A chat's rows of a table."""
    return select(literal(1)).select_from(table).where(table.c.chat_id == chat_id)


def _lacks(kind: Trait, told: Told, chat_id: ColumnElement[int]) -> Is:
    """Whether a chat chose something of this kind, and the alert has none of it."""
    asked = _of(chat_filter, chat_id).where(chat_filter.c.kind == kind)
    same = (alert_trait.c.kind == kind, alert_trait.c.code == chat_filter.c.code)
    met = asked.join(alert_trait, and_(alert_trait.c.alert_id == told.alert_id, *same))
    return and_(exists(asked), ~exists(met))


def _muted(told: Told, chat_id: ColumnElement[int]) -> Select[Any]:
    """What a chat does not want to hear of for a while: a region in which the alert lies, or everything."""
    is_on = chat_filter.c.until > told.at
    muted = _of(chat_filter, chat_id).where(chat_filter.c.kind == Trait.REGION, is_on)
    same = (alert_trait.c.kind == Trait.REGION, alert_trait.c.code == chat_filter.c.code)
    lies_there = exists(
        select(literal(1)).select_from(alert_trait).where(alert_trait.c.alert_id == told.alert_id, *same)
    )
    return muted.where(or_(chat_filter.c.code == EVERYTHING, lies_there))


def _occurs(conn: AsyncConnection, told: Told) -> Is:
    """Whether a keyword stands in the alert: a sequence of its words, or a piece of its text."""
    position = func.instr if conn.dialect.name == "sqlite" else func.strpos
    in_text = position(told.text, keyword.c.folded) > 0
    if not told.is_indexed:
        as_words = position(told.text, literal(" ") + keyword.c.folded + literal(" ")) > 0
        return case((keyword.c.is_substring, in_text), else_=as_words)
    is_same = (alert_term.c.alert_id == told.alert_id, alert_term.c.term == keyword.c.folded)
    is_term = exists(select(literal(1)).select_from(alert_term).where(*is_same))
    return case((keyword.c.is_substring, in_text), else_=is_term)
