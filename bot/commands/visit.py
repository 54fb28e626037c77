"""Who is speaking, where, and in which language: what an update comes down to for a command."""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace

from telegram import Bot, Document, Message, MessageOriginUser
from telegram.constants import ChatMemberStatus
from telegram.error import TelegramError

from bot.commands.access import Role
from bot.commands.desk import Desk
from bot.commands.screen import Button, Place, Screen
from bot.commands.seal import Seal
from bot.data.messages import Words
from bot.model import ChatKind
from bot.rendering.direction import lay_out
from bot.storage.acts import Act
from bot.storage.chats import Chat, find_chat
from bot.storage.subscriptions import Filters, filters_of

log = logging.getLogger(__name__)

_LEADING = frozenset({ChatMemberStatus.OWNER, ChatMemberStatus.ADMINISTRATOR})


@dataclass(frozen=True, slots=True)
class Visit:
    """One command or press, authorised: `text` is what follows the command."""

    desk: Desk
    seal: Seal
    bot: Bot
    words: Words
    place: Place
    kind: ChatKind
    roles: frozenset[Role] = frozenset()
    text: str = ""
    speaker: int = 0
    """Telegram's number of the person who speaks or presses; 0 for channels and anonymous admins."""
    language: str | None = None
    """What the client of the speaker is set to: what a new chat begins with."""
    answered: str = ""
    """The text of the bot's message that is answered."""
    attached: Document | None = None
    """A file that came with the message, or with the one that it answers."""
    header: str = ""
    """HTML that stands above every screen: which channel it is about."""
    answered_person: int = 0
    """Telegram's number of the person whose message is answered, or who wrote what was forwarded."""
    title: str = ""
    """What the chat, or the person in a private one, is called: to be shown, never stored."""
    message_id: int = 0
    """The message whose button was pressed, and its buttons."""
    keyboard: tuple[tuple[Button, ...], ...] = ()

    @property
    def bot_name(self) -> str:
        """The bot's own name in Telegram's addresses."""
        return self.bot.username

    @property
    def is_private(self) -> bool:
        """True in a chat with one person."""
        return self.kind is ChatKind.PRIVATE

    def button(self, label: str, action: str, *arguments: str) -> Button:
        """A button that only this bot can have written and that works in this chat alone."""
        return Button(label, self.seal.write(self.place.telegram_id, action, *arguments))

    def act(self, what: str, subject: str = "", detail: str = "") -> Act:
        """What the audit log keeps of what the speaker does, an admin of the bot."""
        return Act(self.desk.clock.now(), self.speaker, what, subject, detail)

    def frame(self, screen: Screen) -> Screen:
        """The screen as it is shown: with its header, in the direction of its language."""
        text = f"{self.header}\n{screen.text}" if self.header else screen.text
        return replace(screen, text=lay_out(text, self.words))

    async def known_chat(self) -> Chat | None:
        """The chat's row, if it ever chose anything."""
        async with self.desk.db.reading() as conn:
            return await find_chat(conn, self.place.telegram_id, self.place.topic_id)

    async def filters(self) -> Filters:
        """What the chat has chosen; empty when nothing is known of it."""
        async with self.desk.db.reading() as conn:
            chat = await find_chat(conn, self.place.telegram_id, self.place.topic_id)
            return await filters_of(conn, chat.id) if chat else Filters()

    async def is_open(self) -> bool:
        """True in a group in which all members may change the settings, whatever the topic."""
        async with self.desk.db.reading() as conn:
            chat = await find_chat(conn, self.place.telegram_id)
        return chat is not None and chat.is_open

    async def in_its_language(self) -> Visit:
        """The same visit with the words that the chat chose, else those of the speaker's client."""
        chat = await self.known_chat()
        chosen = chat.language if chat and chat.language else self.language
        return replace(self, words=self.desk.words_for(chosen))


async def leads(bot: Bot, telegram_id: int, person: int) -> bool:
    """Whether Telegram says that the person is an admin of the chat; False, too, when it does not answer."""
    try:
        member = await bot.get_chat_member(telegram_id, person)
    except TelegramError as error:
        log.info("Telegram did not say whether somebody is an admin: %s", error)
        return False
    return member.status in _LEADING


def place_of(message: Message, *, is_answer: bool = True, answers: bool = False) -> Place:
    """Where an answer to the message goes; in groups, and when it `answers`, it says which it answers."""
    topic_id = message.message_thread_id if message.is_topic_message else None
    is_group = message.chat.type in (message.chat.GROUP, message.chat.SUPERGROUP)
    return Place(
        message.chat.id, topic_id or 0, message.message_id if answers or (is_group and is_answer) else None
    )


def answered_person(message: Message) -> int:
    """Who wrote the message that this one answers; its first author when it was forwarded; 0 for nobody."""
    answered = message.reply_to_message
    if answered is None:
        return 0
    origin = answered.forward_origin
    author = origin.sender_user if isinstance(origin, MessageOriginUser) else answered.from_user
    is_hidden = origin is not None and not isinstance(origin, MessageOriginUser)
    if author is None or author.is_bot or answered.sender_chat is not None or is_hidden:
        return 0
    return author.id


def title_of(message: Message) -> str:
    """What a chat is called, or the person of a private one."""
    return message.chat.title or message.chat.full_name or ""


def keyboard_of(message: Message) -> tuple[tuple[Button, ...], ...]:
    """The buttons under a message, as far as they carry data."""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    return tuple(
        tuple(Button(b.text, b.callback_data) for b in row if isinstance(b.callback_data, str))
        for row in rows
    )


def roles_of(message: Message, admin_ids: frozenset[int], *, is_edited: bool) -> frozenset[Role]:
    """What the author of a message is to the bot, as far as the message tells; nobody gets no role at all.

    Whether a group's member is its admin is not in a message: `Role.MEMBER` stands for both.
    """
    tainted = _taint_of(message, is_edited)
    if tainted is not None:
        return frozenset({tainted})
    if message.chat.type == message.chat.CHANNEL:
        return frozenset({Role.CHANNEL_POST})
    if message.sender_chat is not None:
        is_own = message.sender_chat.id == message.chat.id
        return frozenset({Role.ANONYMOUS_ADMIN if is_own else Role.LINKED_CHANNEL})
    author = message.from_user
    if author is None or author.is_bot:
        return frozenset()
    return roles_of_user(author.id, message.chat.type == message.chat.PRIVATE, admin_ids)


def roles_of_user(user_id: int, is_private: bool, admin_ids: frozenset[int]) -> frozenset[Role]:
    """What a person is who speaks for themselves or presses a button."""
    own = Role.PRIVATE if is_private else Role.MEMBER
    return frozenset({own, Role.BOT_ADMIN}) if user_id in admin_ids else frozenset({own})


def _taint_of(message: Message, is_edited: bool) -> Role | None:
    """What makes the words of a message not its author's command of this moment."""
    if message.is_automatic_forward:
        return Role.LINKED_CHANNEL
    if message.forward_origin is not None:
        return Role.FORWARDED
    if message.via_bot is not None:
        return Role.VIA_BOT
    return Role.EDITED if is_edited else None
