"""/language: in which of the languages the bot speaks to a chat."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.folding import fold
from bot.storage.chats import ensure_chat, set_language

_BUTTONS_A_ROW = 3


async def say_language(visit: Visit) -> Screen:
    """/language [CODE]: the languages to choose from, or this one (a code or its own name) from now on."""
    if not visit.text:
        return _show(visit)
    return await _choose(visit, _find(visit))


async def press_language(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`language`: this one from now on. Raises RefusedInput when there is none of that code any more."""
    return Reaction(screen=await _choose(visit, arguments[0]))


async def _choose(visit: Visit, language: str) -> Screen:
    words = visit.desk.words.get(language)
    if words is None:
        raise RefusedInput(_unknown(visit, language))
    place = visit.place
    async with visit.desk.db.writing() as conn:
        now = visit.desk.clock.now()
        chat = await ensure_chat(conn, place.telegram_id, visit.kind, now, place.topic_id, language)
        await set_language(conn, chat.id, language)
    return _show(replace(visit, words=words))


def _show(visit: Visit) -> Screen:
    words = visit.words
    text = words.text("I speak {language} here. Choose another:", language=words.own_name)
    return Screen(text, in_rows([_button(visit, each) for each in visit.desk.words.values()], _BUTTONS_A_ROW))


def _button(visit: Visit, words: Words) -> Button:
    is_chosen = words.language == visit.words.language
    return visit.button(("✅ " if is_chosen else "") + words.own_name, "language", words.language)


def _find(visit: Visit) -> str:
    """The code of the language that is meant. Raises RefusedInput with what would work."""
    wanted = fold(visit.text)
    for language, words in visit.desk.words.items():
        if wanted in (language, fold(words.own_name), fold(visit.words.tongue(language))):
            return language
    raise RefusedInput(_unknown(visit, visit.text))


def _unknown(visit: Visit, wanted: str) -> str:
    known = ", ".join(visit.desk.words)
    return visit.words.text(
        "I do not speak {language}. I speak: {known}.", language=echo(wanted), known=known
    )
