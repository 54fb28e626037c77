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
from bot.commands.table import ADMIN_MENU, MENU, READER_MENU
from bot.data.messages import SOURCE_LANGUAGE, Words

log = logging.getLogger(__name__)


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
