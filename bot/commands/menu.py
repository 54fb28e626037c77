"""The menu beside the text field: for everybody, for admins of chats, for admins of the bot."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from telegram import (
    Bot,
    BotCommand,
    BotCommandScope,
    BotCommandScopeAllChatAdministrators,
    BotCommandScopeAllGroupChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
)
from telegram.error import TelegramError

from bot.commands.desk import Desk
from bot.data.messages import SOURCE_LANGUAGE, Words, mark

log = logging.getLogger(__name__)

MENU: dict[str, str] = {
    "subscribe": mark("Choose regions"),
    "filters": mark("What you have chosen"),
    "latest": mark("The latest incidents"),
    "incident": mark("Who says what of an incident"),
    "why": mark("What an alert rests on"),
    "keywords": mark("Only with, or without, a word"),
    "severity": mark("How grave it must be"),
    "confirmed": mark("Only what is confirmed"),
    "acts": mark("Only some kinds of acts"),
    "parties": mark("Only some parties"),
    "around": mark("Watch around a place on the map"),
    "digest": mark("At once, every hour or every day"),
    "quiet": mark("Hours in which I am silent"),
    "mute": mark("Silence for a while"),
    "unmute": mark("No more silence"),
    "preview": mark("What your choice brings"),
    "missed": mark("What your filters left out"),
    "style": mark("How you hear of changes"),
    "unsubscribe": mark("Stop alerts for a region"),
    "language": mark("In which language I speak"),
    "share": mark("Links to pass on"),
    "export": mark("These settings as a file"),
    "import": mark("Settings from a file"),
    "channel": mark("Change a channel of yours from here"),
    "editors": mark("Who may change what I tell a group"),
    "status": mark("Is the service well?"),
    "help": mark("What I understand"),
    "privacy": mark("What is stored"),
    "forgetme": mark("Remove all about this chat"),
}
"""The command menu with one line each, the most used first."""

ADMIN_MENU: dict[str, str] = {
    "refresh": mark("Check the sources now"),
    "stats": mark("The figures of the service"),
    "sources": mark("How the sources are"),
    "addsource": mark("Watch another source"),
    "removesource": mark("Watch a source no more"),
    "pause": mark("Check a source no more for now"),
    "resume": mark("Check a paused source again"),
    "retract": mark("Take an incident back"),
    "merge": mark("Make two incidents one"),
    "split": mark("Make a report an incident of its own"),
    "move": mark("Put a report into another incident"),
    "announce": mark("Tell everybody something"),
    "review": mark("Judge new incidents here"),
    "admins": mark("Who runs this bot"),
    "mode": mark("Who is let in"),
    "audit": mark("What admins did"),
}
"""What admins of the bot have besides."""

READER_MENU = ("latest", "incident", "why", "filters", "status", "help", "privacy")
"""What members of a group have."""


async def set_menu(bot: Bot, desk: Desk) -> None:
    """Sets the command menu of every scope and language; what Telegram refuses is logged and left out."""
    for language, words in desk.words.items():
        code = None if language == SOURCE_LANGUAGE else language
        await _set(bot, BotCommandScopeDefault(), _commands(MENU, words), code)
        await _set(bot, BotCommandScopeAllGroupChats(), _commands(READER_MENU, words), code)
        await _set(bot, BotCommandScopeAllChatAdministrators(), _commands(MENU, words), code)
    for admin_id in sorted(desk.admins.ids):
        await set_admin_menu(bot, desk, admin_id)


async def set_admin_menu(bot: Bot, desk: Desk, admin_id: int) -> None:
    """The menu of an admin's own chat, which has the admins' commands besides."""
    for language, words in desk.words.items():
        code = None if language == SOURCE_LANGUAGE else language
        await _set(bot, BotCommandScopeChat(admin_id), _commands((*MENU, *ADMIN_MENU), words), code)


async def drop_admin_menu(bot: Bot, desk: Desk, admin_id: int) -> None:
    """Whoever is no admin any more has the menu of everybody."""
    for language in desk.words:
        code = None if language == SOURCE_LANGUAGE else language
        try:
            await bot.delete_my_commands(BotCommandScopeChat(admin_id), language_code=code)
        except TelegramError as error:
            log.warning("the command menu of an admin was not removed: %s", error)


def _commands(names: Iterable[str], words: Words) -> list[BotCommand]:
    descriptions = MENU | ADMIN_MENU
    return [BotCommand(name, words.text(descriptions[name])) for name in names]


async def _set(bot: Bot, scope: BotCommandScope, commands: list[BotCommand], language: str | None) -> None:
    try:
        await bot.set_my_commands(commands, scope=scope, language_code=language)
    except TelegramError as error:
        log.warning("the command menu for %s was not set: %s", scope.type, error)
