"""Announcements on their way: queued part by part, and the admin who sent one sees how far it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from telegram import Bot

from bot.commands.desk import Desk
from bot.commands.screen import Screen, edit_screen
from bot.data.messages import Words
from bot.model import DeliveryState
from bot.rendering.direction import lay_out
from bot.sender import ANSWERS, Fate
from bot.storage.broadcasts import Broadcast, Outcomes, finish_broadcast, open_broadcasts, outcomes_of
from bot.storage.coverage import queue_notice

_GONE = frozenset(rule.reason for rule in ANSWERS if rule.fate is Fate.GONE) | {"the chat is gone"}
_WAITING = (DeliveryState.PENDING, DeliveryState.SENDING)


class Crier:
    """What it knows is in rows: after a restart it goes on where it was."""

    def __init__(self, desk: Desk, bot: Bot) -> None:
        self._desk, self._bot = desk, bot
        self._shown: dict[int, Screen] = {}
        """What each message told last: an edit that changes nothing is a request for nothing."""

    async def look(self) -> None:
        """Queue what is not queued, tell how far each announcement is; to be called every few seconds."""
        async with self._desk.db.reading() as conn:
            waiting = await open_broadcasts(conn)
        for each in waiting:
            if not each.is_queued:
                await self._queue(each)
            await self._tell(each)

    async def _queue(self, each: Broadcast) -> None:
        is_done = False
        while not is_done:
            async with self._desk.db.writing() as conn:
                now = self._desk.clock.now()
                is_done = await queue_notice(conn, each.notice_id, each.regions, now)
            self._desk.wake()

    async def _tell(self, each: Broadcast) -> None:
        async with self._desk.db.reading() as conn:
            outcomes = await outcomes_of(conn, each.notice_id)
        is_over = _count(outcomes, lambda state, _: state in _WAITING) == 0
        words = self._desk.words_for(each.language)
        told = tell_progress(words, outcomes, is_over=is_over)
        screen = replace(told, text=lay_out(told.text, words))
        if screen != self._shown.get(each.notice_id):
            await edit_screen(self._bot, each.telegram_id, each.message_id, screen)
            self._shown[each.notice_id] = screen
        if is_over:
            self._shown.pop(each.notice_id)
            async with self._desk.db.writing() as conn:
                await finish_broadcast(conn, each.notice_id, self._desk.clock.now())


def tell_progress(words: Words, outcomes: Outcomes, *, is_over: bool) -> Screen:
    """How many got it, how many are gone or could not be told, and how many wait."""
    sent = _count(outcomes, lambda state, _: state is DeliveryState.SENT)
    waiting = _count(outcomes, lambda state, _: state in _WAITING)
    gone = _count(outcomes, lambda state, reason: state not in _WAITING and reason in _GONE)
    failed = _count(outcomes, lambda *_: True) - sent - waiting - gone
    lines = [words.text("The announcement was sent.") if is_over else words.text("The announcement is sent…")]
    lines.append(words.text("Got it: {number}", number=words.number(sent)))
    if waiting:
        lines.append(words.text("Wait for it: {number}", number=words.number(waiting)))
    lines.append(words.text("Left or blocked the bot: {number}", number=words.number(gone)))
    lines.append(words.text("Failed: {n}", n=words.number(failed)))
    return Screen("\n".join(lines))


def _count(outcomes: Outcomes, is_so: Callable[[DeliveryState, str], bool]) -> int:
    return sum(many for state, reason, many in outcomes.counts if is_so(state, reason))
