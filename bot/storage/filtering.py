"""Which alerts a chat wants, as conditions that read both ways: one alert for many chats (matching), and
the alerts of a week for one chat (previews). There is no other place that knows what a filter means.

Where most chats of a range are asked, those that refuse are gathered first (`refusing`): each filter is
looked at once. Else each chat is asked for itself (`passes`, `refusals`). Tests hold that both mean the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)

from bot.choices import FILTERS, KM_A_DEGREE, Refusal, Trait
from bot.storage.functions import position
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
Range = tuple[ColumnElement[int], ColumnElement[int]]
"""Ids of chats: after the first, up to the second."""
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


def passes(told: Told, chat_id: ColumnElement[int]) -> Is:
    """Whether an alert gets through all filters of a chat; most chats have none, and are asked no more."""
    reasons = refusals(told, chat_id)
    words = or_(*(reasons[each] for each in _BY_WORDS))
    traits = or_(*(reason for each, reason in reasons.items() if each not in _BY_WORDS))
    return and_(or_(~exists(_of(keyword, chat_id)), ~words), or_(~exists(_of(chat_filter, chat_id)), ~traits))


def refusing(told: Told, within: Range) -> tuple[Select[Any], ...]:
    """The chats of a range that have a filter through which an alert does not get; some of them twice."""
    asked, worded = (_inside(table.c.chat_id, within) for table in (chat_filter, keyword))
    occurs = _occurs(told)
    met = alert_trait.alias("met")
    same = (met.c.kind == chat_filter.c.kind, met.c.code == chat_filter.c.code)
    lacking = select(chat_filter.c.chat_id).outerjoin(met, and_(met.c.alert_id == told.alert_id, *same))
    lacking = lacking.where(*asked, chat_filter.c.kind != Trait.REGION)
    including = select(keyword.c.chat_id).where(*worded, keyword.c.sign == Sign.INCLUDE)
    return (
        lacking.group_by(chat_filter.c.chat_id, chat_filter.c.kind).having(func.count(met.c.code) == 0),
        select(chat_filter.c.chat_id).where(*asked, *_is_muted(told)),
        including.group_by(keyword.c.chat_id).having(func.max(case((occurs, 1), else_=0)) == 0),
        select(keyword.c.chat_id).where(*worded, keyword.c.sign == Sign.EXCLUDE, occurs),
    )


def refusals(told: Told, chat_id: ColumnElement[int]) -> dict[Refusal, Is]:
    """Each way in which an alert is kept from a chat, as a condition of its own."""
    included = _of(keyword, chat_id).where(keyword.c.sign == Sign.INCLUDE)
    excluded = _of(keyword, chat_id).where(keyword.c.sign == Sign.EXCLUDE)
    occurs = _occurs(told)
    return {
        Refusal.NOT_INCLUDED: and_(exists(included), ~exists(included.where(occurs))),
        Refusal.EXCLUDED: exists(excluded.where(occurs)),
        Refusal.MUTED: exists(_of(chat_filter, chat_id).where(*_is_muted(told))),
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
    """Whether what was at a spot may have been inside a circle."""
    north = (around.c.lat - spot.c.lat) * KM_A_DEGREE
    east = (around.c.lon - spot.c.lon) * spot.c.east_km
    farthest = around.c.radius_km + spot.c.reach_km
    return north * north + east * east <= farthest * farthest


def _inside(chat_id: ColumnElement[int], within: Range) -> tuple[Is, Is]:
    return chat_id > within[0], chat_id <= within[1]


def _of(table: FromClause, chat_id: ColumnElement[int]) -> Select[Any]:
    """A chat's rows of a table."""
    return select(literal(1)).select_from(table).where(table.c.chat_id == chat_id)


def _lacks(kind: Trait, told: Told, chat_id: ColumnElement[int]) -> Is:
    """Whether a chat chose something of this kind, and the alert has none of it."""
    asked = _of(chat_filter, chat_id).where(chat_filter.c.kind == kind)
    same = (alert_trait.c.kind == kind, alert_trait.c.code == chat_filter.c.code)
    met = asked.join(alert_trait, and_(alert_trait.c.alert_id == told.alert_id, *same))
    return and_(exists(asked), ~exists(met))


def _is_muted(told: Told) -> tuple[Is, ...]:
    """Whether a chat's row mutes, for a while, everything or a region where the alert lies."""
    same = (alert_trait.c.kind == Trait.REGION, alert_trait.c.code == chat_filter.c.code)
    lies_there = exists(
        select(literal(1)).select_from(alert_trait).where(alert_trait.c.alert_id == told.alert_id, *same)
    )
    is_everywhere = chat_filter.c.code == EVERYTHING
    return chat_filter.c.kind == Trait.REGION, chat_filter.c.until > told.at, or_(is_everywhere, lies_there)


def _occurs(told: Told) -> Is:
    """Whether a keyword stands in the alert: a sequence of its words, or a piece of its text."""
    in_text = position(told.text, keyword.c.folded) > 0
    if not told.is_indexed:
        as_words = position(told.text, literal(" ") + keyword.c.folded + literal(" ")) > 0
        return case((keyword.c.is_substring, in_text), else_=as_words)
    is_same = (alert_term.c.alert_id == told.alert_id, alert_term.c.term == keyword.c.folded)
    is_term = exists(select(literal(1)).select_from(alert_term).where(*is_same))
    return case((keyword.c.is_substring, in_text), else_=is_term)
