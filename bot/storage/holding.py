"""Whether a chat wants to hear now, as conditions for the statements that queue."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, Select, exists, literal, or_, select, type_coerce

from bot.choices import Digest, Trait
from bot.storage.matches import Match
from bot.storage.states import EVERYTHING, PRIORITY_GRAVE
from bot.storage.tables import chat_filter, rhythm


def is_holding(chat_id: ColumnElement[int], match: Match, now: datetime) -> ColumnElement[bool]:
    """Whether a chat keeps this alert for its next digest; grave ones may be let through."""
    holding = holders(literal(now, rhythm.c.held_from.type), is_grave=match.priority == PRIORITY_GRAVE)
    return exists(holding.where(rhythm.c.chat_id == chat_id))


def holders(now: ColumnElement[datetime], *, is_grave: bool) -> Select[tuple[int]]:
    """The chats that keep an alert for their next digest."""
    holding = select(rhythm.c.chat_id).where(rhythm.c.held_from <= now)
    return holding.where(rhythm.c.lets_grave.is_(False)) if is_grave else holding


def may_not_sound(chat_id: ColumnElement[int], match: Match, now: datetime) -> ColumnElement[bool]:
    """Whether nothing about the incident may sound in a chat: it keeps alerts, or has muted the place."""
    muted = select(literal(1)).select_from(chat_filter).where(chat_filter.c.chat_id == chat_id)
    muted = muted.where(
        chat_filter.c.kind == Trait.REGION,
        chat_filter.c.code.in_([EVERYTHING, *match.regions]),
        chat_filter.c.until > literal(now, chat_filter.c.until.type),
    )
    return or_(is_holding(chat_id, match, now), exists(muted))


def hold_end(chat_id: ColumnElement[int], now: datetime) -> ColumnElement[int | None]:
    """When the hold of a chat ends, as a number; nothing where none is on."""
    held = select(type_coerce(rhythm.c.held_until, BigInteger())).where(*_is_on(chat_id, now))
    return held.scalar_subquery()


def quiet_end(chat_id: ColumnElement[int], now: datetime) -> ColumnElement[int | None]:
    """When the quiet hours that a chat is in end, as a number; digests do not count."""
    held = select(type_coerce(rhythm.c.held_until, BigInteger())).where(*_is_on(chat_id, now))
    return held.where(rhythm.c.digest == Digest.OFF).scalar_subquery()


def _is_on(chat_id: ColumnElement[int], now: datetime) -> tuple[ColumnElement[bool], ...]:
    began = rhythm.c.held_from <= literal(now, rhythm.c.held_from.type)
    return rhythm.c.chat_id == chat_id, began
