"""Who is let in: everybody, whom an admin approves, or nobody new. Whoever is known stays known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from bot.commands.screen import Button, Place, Screen, send_screen
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.model import ChatKind
from bot.rendering.direction import lay_out
from bot.rendering.html import bold, escape, shorten
from bot.storage.admins import languages_of
from bot.storage.applicants import Applicant, add_applicant, count_asked, find_applicant
from bot.storage.chats import topics_of
from bot.storage.settings import get_setting

MODE = "mode"
"""The setting that holds who is let in."""
MOST_TOLD_AN_HOUR = 20
"""Applications that admins get a message about; /mode has the others. A crowd must not flood them."""
ALWAYS_OPEN = frozenset({"privacy", "forgetme"})
"""Commands that say or remove what is stored of a chat are for everybody."""
_LONGEST_NAME = 60


class Mode(StrEnum):
    """Who may begin to use the bot."""

    OPEN = "open"
    APPROVAL = "approval"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Knock:
    """Whether a chat may go on: `sentence` says why not; `applicant` asks for the first time just now."""

    sentence: str = ""
    applicant: Applicant | None = None


async def turn_away(visit: Visit, command: str = "") -> Screen | None:
    """One sentence for a chat that is not let in, None for any other. Admins hear of one that asks."""
    if visit.speaker in visit.desk.admins.ids or command in ALWAYS_OPEN:
        return None
    knock = await _knock(visit)
    if knock.applicant is not None:
        await _tell_admins(visit, knock.applicant)
    return Screen(knock.sentence) if knock.sentence else None


def decision_buttons(visit: Visit, telegram_id: int) -> tuple[Button, ...]:
    """Letting a chat in and turning it away."""
    words = visit.words
    return (
        visit.button(words.text("Let in"), "admit", str(telegram_id)),
        visit.button(words.text("Turn away"), "decline", str(telegram_id)),
    )


async def _knock(visit: Visit) -> Knock:
    words, telegram_id = visit.words, visit.place.telegram_id
    async with visit.desk.db.reading() as conn:
        mode = Mode(await get_setting(conn, MODE, Mode.OPEN))
        if mode is Mode.OPEN or await topics_of(conn, telegram_id):
            return Knock()
        asked = await find_applicant(conn, telegram_id)
    if mode is Mode.CLOSED:
        return Knock(words.text("This bot takes in nobody new at the moment."))
    if asked is None:
        return await _apply(visit)
    if asked.declined_at is None:
        return Knock(words.text("You have asked already; I write as soon as somebody has decided."))
    return Knock(words.text("The people who run this bot have not let this chat in."))


async def _apply(visit: Visit) -> Knock:
    now = visit.desk.clock.now()
    new = Applicant(visit.place.telegram_id, visit.kind, visit.words.language, now)
    async with visit.desk.db.writing() as conn:
        is_new = await add_applicant(conn, new)
        is_told = await count_asked(conn, now - timedelta(hours=1)) <= MOST_TOLD_AN_HOUR
    sentence = visit.words.text(
        "This bot is open by approval. I have asked the people who run it, and write as soon as they decide."
    )
    return Knock(sentence, new if is_new and is_told else None)


async def _tell_admins(visit: Visit, new: Applicant) -> None:
    """Each in their language; the name is shown, and not stored."""
    desk = visit.desk
    async with desk.db.reading() as conn:
        languages = await languages_of(conn, desk.admins.ids)
    for admin_id in sorted(languages):
        words = desk.words_for(languages[admin_id])
        theirs = replace(visit, words=words, place=Place(admin_id))
        text = words.text("{who} asks to be let in.", who=_describe(words, visit, new.telegram_id))
        buttons = (decision_buttons(theirs, new.telegram_id),)
        await send_screen(visit.bot, theirs.place, Screen(lay_out(text, words), buttons))


def _describe(words: Words, visit: Visit, telegram_id: int) -> str:
    name = bold(escape(shorten(visit.title, _LONGEST_NAME)))
    kind = _name_kind(words, visit.kind)
    return f"{name} ({kind}, {telegram_id})" if name else f"{kind} {telegram_id}"


def _name_kind(words: Words, kind: ChatKind) -> str:
    if kind is ChatKind.PRIVATE:
        return words.text("a person")
    return words.text("a channel") if kind is ChatKind.CHANNEL else words.text("a group")
