"""/refresh [SOURCE]: sources are checked now, told in one message that ends with what was found."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from telegram import Bot

from bot.check import Checked, Checker, Failed, Progress
from bot.commands.desk import Desk, Refreshed, Tell
from bot.commands.errand import Errand
from bot.commands.grammar import echo
from bot.commands.screen import Place, Screen, edit_screen, send_screen
from bot.commands.turns import ANSWER_GAP_S
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.errors import RefusedInput, TrucewatchError
from bot.folding import fold
from bot.rendering.html import bold, escape
from bot.storage.acts import note_act
from bot.storage.sources import all_checks

log = logging.getLogger(__name__)

_MOST_FAILURES = 5
"""Failures that are spelled out; /sources has them all."""


class Refresher(Errand):
    """One check on demand at a time, beside the conversation: no handler waits for a source."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def start(self, visit: Visit, bot: Bot) -> Screen | None:
        """Begins, and tells about it in a message of its own; a screen when there is nothing to begin."""
        if self.is_busy:
            return Screen(visit.words.text("I am checking already; the result comes in the message above."))
        source_id = await self._find_source(visit) if visit.text else None
        async with self._desk.db.writing() as conn:
            await note_act(conn, visit.act("refresh", source_id or ""))
        self.begin(self._run(visit.words, visit.place, bot, source_id))
        return None

    async def _find_source(self, visit: Visit) -> str:
        async with self._desk.db.reading() as conn:
            checks = await all_checks(conn)
        wanted = fold(visit.text)
        found = [c for c in checks if wanted in (fold(c.source.id), fold(c.source.name))]
        if not found:
            raise RefusedInput(
                visit.words.text("I know no source {name}. /sources lists them.", name=echo(visit.text))
            )
        if found[0].state.paused_at is not None:
            raise RefusedInput(visit.words.text("This source is paused. /sources can resume it."))
        return found[0].source.id

    async def _run(self, words: Words, place: Place, bot: Bot, source_id: str | None) -> None:
        message = await send_screen(bot, place, Screen(words.text("Checking…")))
        if message is None:
            return
        progress = _Progress(self._desk, words, bot, place, message.message_id)
        try:
            found = await self._desk.refresh(source_id, progress.tell)
        except TrucewatchError as error:
            await progress.end(Screen(words.text("The check ended early: {why}", why=escape(str(error)))))
            return
        await progress.end(Screen(tell_found(words, found)))


class _Progress:
    """Edits one message, at most once a second; what comes in between is left out."""

    def __init__(self, desk: Desk, words: Words, bot: Bot, place: Place, message_id: int) -> None:
        self._clock = desk.clock
        self._words = words
        self._bot = bot
        self._place = place
        self._message_id = message_id
        self._free_at = desk.clock.monotonic() + ANSWER_GAP_S
        self._edit: asyncio.Task[None] | None = None

    async def tell(self, so_far: Refreshed) -> None:
        """Shows how far the check is, when the last change is a second old."""
        is_editing = self._edit is not None and not self._edit.done()
        if is_editing or self._clock.monotonic() < self._free_at:
            return
        self._free_at = self._clock.monotonic() + ANSWER_GAP_S
        text = self._words.text("Checking… {checked} of {total}", checked=so_far.checked, total=so_far.total)
        self._edit = asyncio.create_task(self._show(Screen(text)))

    async def end(self, screen: Screen) -> None:
        """Shows the end, whatever was shown before."""
        if self._edit is not None:
            await self._edit
        wait_s = self._free_at - self._clock.monotonic()
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        await self._show(screen)

    async def _show(self, screen: Screen) -> None:
        await edit_screen(self._bot, self._place.telegram_id, self._message_id, screen)


def tell_found(words: Words, found: Refreshed) -> str:
    """The end of a check on demand."""
    lines = [
        words.count("Checked {n} source.", "Checked {n} sources.", found.total),
        words.count("{n} new report", "{n} new reports", found.new_reports)
        + ", "
        + words.count("{n} incident", "{n} incidents", found.incidents)
        + ", "
        + words.count("{n} alert", "{n} alerts", found.alerts)
        + ".",
    ]
    lines += [f"⚠️ {bold(escape(name))}: {escape(why)}" for name, why in found.failures[:_MOST_FAILURES]]
    left = len(found.failures) - _MOST_FAILURES
    if left > 0:
        lines.append(words.count("… and {n} more", "… and {n} more", left))
    return "\n".join(lines)


async def check_now(checker: Checker, source_id: str | None, tell: Tell) -> Refreshed:
    """Check one source (by id) or all of them now; `tell` hears how far it is."""

    async def pass_on(progress: Progress) -> None:
        await tell(_summarise(progress.checked, progress.total))

    checked = await checker.refresh(source_id, pass_on)
    return _summarise(checked, len(checked))


def _summarise(checked: Sequence[Checked], total: int) -> Refreshed:
    found = [c.found for c in checked if c.found is not None]
    return Refreshed(
        checked=len(checked),
        total=total,
        new_reports=sum(f.new_reports for f in found),
        incidents=sum(f.incidents for f in found),
        alerts=sum(f.alerts for f in found),
        failures=tuple((c.source.name, c.outcome.reason) for c in checked if isinstance(c.outcome, Failed)),
    )
