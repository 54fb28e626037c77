"""What people can say and press.

`register(application, desk)` adds every handler to an Application; `set_menu(bot, desk)` fills the command
menu. The Application is to be built with `concurrent_updates(CONCURRENT_UPDATES)`: chats are answered side by
side, each in its own order, because `Turns` keeps it.
"""

from __future__ import annotations

from typing import Any

from telegram.ext import (
    Application,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.commands.conversation import Conversation
from bot.commands.desk import Clock, Desk, Refreshed, Tell
from bot.commands.membership import Membership
from bot.commands.menu import set_menu
from bot.commands.table import COMMANDS, LASTING

__all__ = [
    "ALLOWED_UPDATES",
    "CONCURRENT_UPDATES",
    "Clock",
    "Conversation",
    "Desk",
    "Refreshed",
    "Tell",
    "register",
    "set_menu",
]

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "callback_query",
    "inline_query",
    "my_chat_member",
)
"""What Telegram is asked to send; nothing else is read."""

CONCURRENT_UPDATES = 256
"""Updates under way at once: most of them wait for their chat's turn and cost nothing."""


def register(application: Application[Any, Any, Any, Any, Any, Any], desk: Desk) -> Conversation:
    """Adds the conversation to an application; the caller closes what it returns when the service stops."""
    conversation = Conversation(desk)
    membership = Membership(conversation)
    written = filters.UpdateType.MESSAGES | filters.UpdateType.CHANNEL_POSTS
    application.add_handler(CommandHandler([*COMMANDS, *LASTING], conversation.hear_command, filters=written))
    application.add_handler(CallbackQueryHandler(conversation.hear_press))
    application.add_handler(InlineQueryHandler(conversation.hear_inline))
    application.add_handler(ChatMemberHandler(membership.hear_change, ChatMemberHandler.MY_CHAT_MEMBER))
    application.add_handler(MessageHandler(filters.StatusUpdate.MIGRATE, membership.hear_migration))
    spoken = filters.UpdateType.MESSAGE & ~filters.StatusUpdate.ALL
    application.add_handler(MessageHandler(spoken, conversation.hear_other))
    application.add_error_handler(conversation.hear_error)
    return conversation
