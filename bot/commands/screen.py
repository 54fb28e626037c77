"""What the bot shows: a text with buttons, as a value, and the one place where it is sent or edited in."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, TelegramError

from bot.rendering.html import cut

log = logging.getLogger(__name__)

LONGEST_TEXT, LONGEST_CAPTION = 4_096, 1_024
"""Characters that Telegram takes. Screens are made to fit; one that does not is cut rather than not shown."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Button:
    """A button with its label; `data` is sealed (see `bot.commands.seal`)."""

    label: str
    data: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that is sent with a text."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Screen:
    """A message in Telegram HTML and the rows of its buttons."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    attached: Attached | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where an answer goes: a chat, in a forum its topic (0: none), and the message that it answers."""

    telegram_id: int
    topic_id: int = 0
    reply_to: int | None = None


async def send_screen(bot: Bot, place: Place, screen: Screen) -> Message | None:
    """Sends a new message; None when the chat cannot be written to (it is told by the delivery, not here)."""
    reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
    where: dict[str, Any] = {
        "chat_id": place.telegram_id,
        "parse_mode": ParseMode.HTML,
        "message_thread_id": place.topic_id or None,
        "reply_parameters": reply,
        "reply_markup": _keyboard(screen),
    }
    try:
        if screen.attached is not None:
            file = InputFile(screen.attached.content, screen.attached.name)
            return await bot.send_document(document=file, caption=cut(screen.text, LONGEST_CAPTION), **where)
        text = cut(screen.text, LONGEST_TEXT)
        return await bot.send_message(text=text, link_preview_options=_NO_PREVIEW, **where)
    except Forbidden:
        log.info("an answer was not wanted: the chat does not let the bot write")
    except TelegramError as error:
        log.warning("an answer was not sent: %s", error)
    return None


async def edit_screen(bot: Bot, telegram_id: int, message_id: int, screen: Screen) -> None:
    """Shows the screen in a message that the bot sent before; one that cannot be edited stays as it is."""
    try:
        await bot.edit_message_text(
            cut(screen.text, LONGEST_TEXT),
            chat_id=telegram_id,
            message_id=message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=_NO_PREVIEW,
            reply_markup=_keyboard(screen),
        )
    except BadRequest as error:
        log.debug("a message stays as it is: %s", error)
    except TelegramError as error:
        log.warning("a message was not changed: %s", error)


async def edit_buttons(
    bot: Bot, telegram_id: int, message_id: int, buttons: tuple[tuple[Button, ...], ...]
) -> None:
    """Shows other buttons under a message that the bot sent before; its text stays."""
    markup = _keyboard(Screen("", buttons))
    try:
        await bot.edit_message_reply_markup(telegram_id, message_id, reply_markup=markup)
    except BadRequest as error:
        log.debug("a message keeps its buttons: %s", error)
    except TelegramError as error:
        log.warning("the buttons of a message were not changed: %s", error)


def in_rows(buttons: list[Button], columns: int) -> tuple[tuple[Button, ...], ...]:
    """Buttons side by side, `columns` in a row."""
    return tuple(tuple(buttons[i : i + columns]) for i in range(0, len(buttons), columns))


def _keyboard(screen: Screen) -> InlineKeyboardMarkup | None:
    if not screen.buttons:
        return None
    rows = [[InlineKeyboardButton(b.label, callback_data=b.data) for b in row] for row in screen.buttons]
    return InlineKeyboardMarkup(rows)
