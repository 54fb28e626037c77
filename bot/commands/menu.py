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
    for admin_id in desk.admin_ids:
        commands = _commands((*MENU, *ADMIN_MENU), desk.words[SOURCE_LANGUAGE])
        await _set(bot, BotCommandScopeChat(admin_id), commands, None)


def _commands(names: Iterable[str], words: Words) -> list[BotCommand]:
    descriptions = MENU | ADMIN_MENU
    return [BotCommand(name, words.text(descriptions[name])) for name in names]


async def _set(bot: Bot, scope: BotCommandScope, commands: list[BotCommand], language: str | None) -> None:
    try:
        await bot.set_my_commands(commands, scope=scope, language_code=language)
    except TelegramError as error:
        log.warning("the command menu for %s was not set: %s", scope.type, error)
