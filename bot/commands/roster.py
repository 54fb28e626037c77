"""/admins: who runs the bot; added and removed by number, or in answer to a person's message."""

from __future__ import annotations

from bot.commands.grammar import echo
from bot.commands.menu import drop_admin_menu, set_admin_menu
from bot.commands.picker import Reaction
from bot.commands.screen import Screen, in_rows
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.rendering.html import bold
from bot.storage.acts import note_act
from bot.storage.admins import add_admin, remove_admin

_LARGEST_ID = 1 << 52
"""Telegram's numbers have at most 52 significant bits."""


async def say_admins(visit: Visit) -> Screen:
    """/admins; /admins add NUMBER, /admins remove NUMBER, or the word alone in answer to a message."""
    verb, rest = (*visit.text.split(maxsplit=1), "", "")[:2]
    if not verb:
        return _show(visit)
    verb = verb.lower()
    if verb not in ("add", "remove"):
        raise RefusedInput(_usage(visit))
    person = _person(visit, rest.strip())
    if verb == "add":
        await _add(visit, person)
        return Screen(visit.words.text("{number} is an admin of this bot now.", number=person))
    await _remove(visit, person)
    return Screen(visit.words.text("{number} is an admin no more.", number=person))


async def press_remove(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`number`: this one is an admin no more."""
    await _remove(visit, int(arguments[0]))
    return Reaction(screen=_show(visit))


def _person(visit: Visit, written: str) -> int:
    if not written and visit.answered_person:
        return visit.answered_person
    if written.isascii() and written.isdigit() and 0 < int(written) < _LARGEST_ID:
        return int(written)
    raise RefusedInput(_usage(visit) if not written else _no_number(visit, written))


async def _add(visit: Visit, person: int) -> None:
    desk = visit.desk
    if person in desk.admins.ids:
        raise RefusedInput(visit.words.text("{number} is an admin already.", number=person))
    async with desk.db.writing() as conn:
        await add_admin(conn, person, visit.speaker, desk.clock.now())
        await note_act(conn, visit.act("admins", str(person), "add"))
    await desk.admins.load(desk.db)
    await set_admin_menu(visit.bot, desk, person)


async def _remove(visit: Visit, person: int) -> None:
    desk = visit.desk
    if person in desk.admins.configured:
        raise RefusedInput(
            visit.words.text("{number} stands in the settings (ADMIN_IDS) and stays.", number=person)
        )
    if person not in desk.admins.ids:
        raise RefusedInput(visit.words.text("{number} is no admin.", number=person))
    async with desk.db.writing() as conn:
        await remove_admin(conn, person)
        await note_act(conn, visit.act("admins", str(person), "remove"))
    await desk.admins.load(desk.db)
    await drop_admin_menu(visit.bot, desk, person)


def _show(visit: Visit) -> Screen:
    """Their numbers, which are nobody's business in a group."""
    if not visit.is_private:
        raise RefusedInput(visit.words.text("Say this in your private chat with me."))
    words, admins = visit.words, visit.desk.admins
    lines = [bold(words.text("Admins of the bot"))]
    lines += [
        words.text("{number}: from the settings", number=person) for person in sorted(admins.configured)
    ]
    added = [person for person in admins.added if person not in admins.configured]
    lines += [
        words.text("{number}: added by {by}", number=person, by=admins.added[person]) for person in added
    ]
    lines.append(_usage(visit))
    return Screen("\n".join(lines), in_rows([visit.button(f"✖ {p}", "unadmin", str(p)) for p in added], 2))


def _usage(visit: Visit) -> str:
    return visit.words.text(
        "Answer a person's message with /admins add or /admins remove, or write their number after it."
    )


def _no_number(visit: Visit, written: str) -> str:
    return visit.words.text("{number} is no Telegram number of a person.", number=echo(written))
