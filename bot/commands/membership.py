"""The bot is added, removed, blocked, let in again, or its group moves to another number."""

from __future__ import annotations

import logging
from collections.abc import Collection

from telegram import Bot, ChatMemberRestricted, ChatMemberUpdated, Update
from telegram.constants import ChatMemberStatus

from bot.commands.conversation import Context, Conversation
from bot.commands.entrance import turn_away
from bot.commands.screen import Place, Screen, send_screen
from bot.commands.seal import Seal
from bot.commands.stewards import say_missing_right, title_of_chat
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.model import ChatKind
from bot.rendering.direction import lay_out
from bot.rendering.html import bold
from bot.storage.chats import KEEP_GONE, Chat, forget, mark_gone, restore, topics_of
from bot.storage.moves import migrate

log = logging.getLogger(__name__)

_OUT = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})


class Membership:
    """Keeps the chats' rows in step with where the bot is a member."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._desk = conversation.desk

    async def hear_change(self, update: Update, context: Context) -> None:
        """The bot's own membership of a chat changed."""
        change = update.my_chat_member
        if change is None:
            return
        was_out, is_out = (m.status in _OUT for m in (change.old_chat_member, change.new_chat_member))
        if is_out:
            await self._leave(change.chat.id)
            return
        if was_out:
            await self._return(context.bot, change)
        await self._tell_rights(context.bot, change)

    async def hear_migration(self, update: Update, context: Context) -> None:
        """A group became a supergroup: everything moves to its new number; told twice, done once."""
        message = update.effective_message
        if message is None:
            return
        old = message.migrate_from_chat_id or message.chat.id
        new = message.migrate_to_chat_id or message.chat.id
        async with self._desk.db.writing() as conn:
            moved = await migrate(conn, old, new)
        if moved:
            log.info("a group moved to a new number")
            self._desk.wake()

    async def _tell_rights(self, bot: Bot, change: ChatMemberUpdated) -> None:
        """Who put the bot into a channel, or took its rights, hears privately what is missing."""
        words = self._desk.words_for(change.from_user.language_code)
        title = bold(title_of_chat(change.chat))
        me = change.new_chat_member
        if change.chat.type == change.chat.CHANNEL:
            missing = say_missing_right(me, words)
            ready = words.text("I am in {channel}. /channel chooses what I tell there.", channel=title)
            text = f"{title}: {missing}" if missing else ready
        elif isinstance(me, ChatMemberRestricted) and not me.can_send_messages:
            text = words.text("I may not write in {group}: let me send messages there again.", group=title)
        else:
            return
        await send_screen(bot, Place(change.from_user.id), Screen(lay_out(text, words)))

    async def _leave(self, telegram_id: int) -> None:
        now = self._desk.clock.now()
        async with self._desk.db.writing() as conn:
            for chat in await topics_of(conn, telegram_id):
                await mark_gone(conn, chat.id, now)

    async def _return(self, bot: Bot, change: ChatMemberUpdated) -> None:
        restored = await self._restore(change.chat.id)
        kind = ChatKind(change.chat.type)
        words = self._desk.words_for(_language(restored) or change.from_user.language_code)
        if restored:
            self._desk.wake()
            text = words.text("I am back, and your settings are as they were. /filters shows them.")
        elif kind in (ChatKind.GROUP, ChatKind.SUPERGROUP):
            text = await self._greet(bot, change, words)
        else:
            return
        if kind is ChatKind.CHANNEL:
            return
        async with self._conversation.turns.take(change.chat.id) as turn:
            if turn is not None:
                await turn.wait_to_answer()
                await send_screen(bot, Place(change.chat.id), Screen(lay_out(text, words)))

    async def _greet(self, bot: Bot, change: ChatMemberUpdated, words: Words) -> str:
        """A group that is not let in hears that at once."""
        place, title = Place(change.chat.id), change.chat.title or ""
        visit = Visit(
            *(self._desk, Seal(self._desk.seal_key), bot, words, place, ChatKind(change.chat.type)),
            speaker=change.from_user.id,
            title=title,
        )
        away = await turn_away(visit)
        if away is not None:
            return away.text
        return words.text("Hello! Admins of this chat choose what I tell here: /subscribe. /help says more.")

    async def _restore(self, telegram_id: int) -> list[Chat]:
        """The chat and its topics that had gone and are back; what was away for too long is forgotten."""
        now = self._desk.clock.now()
        restored = []
        async with self._desk.db.writing() as conn:
            for chat in await topics_of(conn, telegram_id):
                if chat.gone_at is not None and now - chat.gone_at >= KEEP_GONE:
                    await forget(conn, chat.id)
                elif await restore(conn, chat.id, now):
                    restored.append(chat)
        return restored


def _language(chats: Collection[Chat]) -> str | None:
    return next((chat.language for chat in chats if chat.language), None)
