"""/mode: who is let in, and the chats that wait for a decision."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.entrance import MODE, Mode, decision_buttons
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Place, Screen, send_screen
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.rendering.direction import lay_out
from bot.rendering.html import bold
from bot.storage.acts import note_act
from bot.storage.applicants import Applicant, decline_applicant, drop_applicant, find_applicant
from bot.storage.applicants import waiting_applicants as read_waiting
from bot.storage.chats import ensure_chat
from bot.storage.settings import get_setting, put_setting

MOST_SHOWN = 5
"""Chats that wait, with their buttons; the others show when these are decided."""


async def say_mode(visit: Visit) -> Screen:
    """/mode: how it is; /mode open, approval or closed changes it."""
    if visit.text:
        if visit.text.lower() not in tuple(Mode):
            raise RefusedInput(
                visit.words.text("I know open, approval and closed, not {word}.", word=echo(visit.text))
            )
        await _set(visit, Mode(visit.text.lower()))
    return await _show(visit)


async def press_mode(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`mode`: this one from now on."""
    await _set(visit, Mode(arguments[0]))
    return Reaction(screen=await _show(visit))


async def press_admit(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`chat`: it is let in, and told so."""
    return await _decide(visit, int(arguments[0]), is_let_in=True)


async def press_decline(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`chat`: it is turned away, and told so."""
    return await _decide(visit, int(arguments[0]), is_let_in=False)


async def _decide(visit: Visit, telegram_id: int, *, is_let_in: bool) -> Reaction:
    """The first decision counts; one who was turned away may be let in later."""
    words, now = visit.words, visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        asked = await find_applicant(conn, telegram_id)
        if asked is None or (asked.declined_at is not None and not is_let_in):
            return Reaction(screen=Screen(words.text("That is decided already. /mode shows who waits.")))
        if is_let_in:
            await drop_applicant(conn, telegram_id)
            await ensure_chat(conn, telegram_id, asked.kind, now, language=asked.language)
        else:
            await decline_applicant(conn, telegram_id, now)
        # its number would outlive /forgetme by a year
        decision = "let in" if is_let_in else "turned away"
        await note_act(conn, visit.act("mode", asked.kind.value, decision))
    await _tell(visit, asked, is_let_in=is_let_in)
    said = words.text("{number} is let in.", number=telegram_id)
    if not is_let_in:
        said = words.text("{number} is turned away.", number=telegram_id)
    return Reaction(screen=Screen(said))


async def _tell(visit: Visit, asked: Applicant, *, is_let_in: bool) -> None:
    words = visit.desk.words_for(asked.language)
    said = words.text("The people who run this bot have not let this chat in.")
    if is_let_in:
        said = words.text("You are let in. /start begins.")
    await send_screen(visit.bot, Place(asked.telegram_id), Screen(lay_out(said, words)))


async def _set(visit: Visit, mode: Mode) -> None:
    async with visit.desk.db.writing() as conn:
        await put_setting(conn, MODE, None if mode is Mode.OPEN else mode.value)
        await note_act(conn, visit.act("mode", mode.value))


async def _show(visit: Visit) -> Screen:
    words = visit.words
    async with visit.desk.db.reading() as conn:
        mode = Mode(await get_setting(conn, MODE, Mode.OPEN))
        waiting = await read_waiting(conn)
    lines = [bold(_name(words, mode)), _explain(words, mode)]
    if waiting:
        lines.append(words.count("{n} chat asks to be let in.", "{n} chats ask to be let in.", len(waiting)))
    return Screen("\n".join(lines), (_choice(visit, mode), *_decisions(visit, waiting)))


def _choice(visit: Visit, mode: Mode) -> tuple[Button, ...]:
    labels = ((each, _name(visit.words, each)) for each in Mode)
    return tuple(
        visit.button(("✅ " if each is mode else "") + label, "mode", each.value) for each, label in labels
    )


def _decisions(visit: Visit, waiting: list[Applicant]) -> tuple[tuple[Button, ...], ...]:
    return tuple(
        tuple(
            replace(button, label=f"{button.label}: {each.telegram_id}")
            for button in decision_buttons(visit, each.telegram_id)
        )
        for each in waiting[:MOST_SHOWN]
    )


def _name(words: Words, mode: Mode) -> str:
    if mode is Mode.OPEN:
        return words.text("Open")
    return words.text("By approval") if mode is Mode.APPROVAL else words.text("Closed")


def _explain(words: Words, mode: Mode) -> str:
    if mode is Mode.OPEN:
        return words.text("Everybody can use this bot.")
    if mode is Mode.APPROVAL:
        return words.text("New chats ask, and admins decide; those that are known go on.")
    return words.text("No new chat is taken in; those that are known go on.")
