"""/channel: an admin of a channel changes its settings from a private chat, after proof of being one.

The proof is asked of Telegram when the channel is named, and again with every command and press.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta

from telegram import Bot, ChatFullInfo, ChatMember, ChatMemberAdministrator, MessageOriginChannel
from telegram import Chat as TelegramChat
from telegram.error import TelegramError

from bot.commands.access import is_about_the_chat
from bot.commands.desk import Desk
from bot.commands.entrance import turn_away
from bot.commands.grammar import echo
from bot.commands.screen import Place, Screen
from bot.commands.visit import Visit, leads
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.model import ChatKind
from bot.rendering.html import bold, escape, shorten
from bot.storage.chats import Chat, ensure_chat, find_chat, restore
from bot.storage.stewards import let_manage, managed_from, stop_managing

MANAGES_FOR = timedelta(hours=1)
"""Afterwards the private chat speaks for itself again, lest somebody changes the channel by mistake."""

_NAMED = re.compile(r"(?:https?://)?(?:t(?:elegram)?\.me/|@)?([A-Za-z]\w{3,31})/?$", re.ASCII)
_NUMBERED = re.compile(r"-100\d{5,15}$")
_OFF = frozenset({"off", "end", "stop"})
_LONGEST_TITLE = 60


@dataclass(frozen=True, slots=True)
class Stewards:
    """Which private chat changes which channel at the moment."""

    desk: Desk

    async def start(self, visit: Visit, bot: Bot) -> Screen:
        """/channel @name, /channel off: raises RefusedInput with what is missing."""
        if not visit.is_private:
            raise RefusedInput(visit.words.text("/channel works in your private chat with me."))
        if not visit.text:
            return Screen(_explain(visit.words))
        if visit.text.lower() in _OFF:
            return await self._end(visit)
        return await self._begin(visit, bot, _address(visit))

    async def take_up(self, visit: Visit, bot: Bot, origin: MessageOriginChannel) -> Screen:
        """A post that was forwarded from a channel: the same as naming it. Raises RefusedInput."""
        return await self._begin(visit, bot, origin.chat.id)

    async def managed_from(self, telegram_id: int) -> Chat | None:
        """The channel that this private chat manages now."""
        async with self.desk.db.reading() as conn:
            chat = await find_chat(conn, telegram_id)
            return await managed_from(conn, chat.id, self.desk.clock.now()) if chat else None

    async def turn_to(self, channel: Chat, visit: Visit, bot: Bot) -> Visit:
        """The visit as one to the channel: what is read and changed is the channel's.

        Raises RefusedInput when the person is no admin of the channel any more.
        """
        await self._prove(visit, bot, channel.telegram_id)
        title = title_of_chat(await bot.get_chat(channel.telegram_id))
        header = visit.words.text("📣 {channel} (/channel off ends this)", channel=bold(title))
        place = Place(channel.telegram_id)
        return await replace(visit, place=place, kind=ChatKind.CHANNEL, header=header).in_its_language()

    async def turn_command(self, visit: Visit, command: str, bot: Bot) -> Visit:
        """The same for a command about a chat's settings, where a channel is managed. Raises RefusedInput."""
        if not visit.is_private or not is_about_the_chat(command):
            return visit
        channel = await self.managed_from(visit.place.telegram_id)
        return await self.turn_to(channel, visit, bot) if channel else visit

    async def _begin(self, visit: Visit, bot: Bot, address: str | int) -> Screen:
        words, now = visit.words, self.desk.clock.now()
        try:
            found = await bot.get_chat(address)
        except TelegramError:
            raise RefusedInput(
                words.text(
                    "I cannot see {channel}. Add me to it as an admin first.", channel=echo(str(address))
                )
            ) from None
        if found.type != found.CHANNEL:
            raise RefusedInput(words.text("{channel} is no channel.", channel=echo(str(address))))
        await self._prove(visit, bot, found.id)
        away = await turn_away(
            replace(visit, place=Place(found.id), kind=ChatKind.CHANNEL, title=found.title or "")
        )
        if away is not None:
            raise RefusedInput(away.text)
        missing = await self._missing_right(visit, bot, found.id)
        async with self.desk.db.writing() as conn:
            own = await ensure_chat(
                conn, visit.place.telegram_id, visit.kind, now, language=visit.words.language
            )
            channel = await ensure_chat(conn, found.id, ChatKind.CHANNEL, now, language=visit.words.language)
            await restore(conn, channel.id, now)
            await let_manage(conn, own.id, channel.id, now + MANAGES_FOR)
        told = words.text(
            "For the next hour /subscribe, /filters and the like change the channel {channel}. "
            "/channel off ends this.",
            channel=bold(title_of_chat(found)),
        )
        return Screen("\n".join(part for part in (told, missing) if part))

    async def _end(self, visit: Visit) -> Screen:
        chat = await visit.known_chat()
        async with self.desk.db.writing() as conn:
            was = chat is not None and await stop_managing(conn, chat.id)
        if was:
            return Screen(visit.words.text("What you say here is about this chat again."))
        return Screen(visit.words.text("You were not changing a channel. /channel @name begins."))

    async def _prove(self, visit: Visit, bot: Bot, channel: int) -> None:
        """Raises RefusedInput, and ends the managing, unless the person leads the channel."""
        if await leads(bot, channel, visit.speaker):
            return
        await self._end(visit)
        raise RefusedInput(
            visit.words.text(
                "Telegram does not say that you are an admin of that channel and that I am in it."
            )
        )

    async def _missing_right(self, visit: Visit, bot: Bot, channel: int) -> str:
        me = await bot.get_chat_member(channel, bot.id)
        return say_missing_right(me, visit.words)


def say_missing_right(me: ChatMember, words: Words) -> str:
    """What the bot, this member of a channel, cannot do and how that is mended; empty when all is well."""
    if isinstance(me, ChatMemberAdministrator) and me.can_post_messages:
        return ""
    return words.text(
        "I may not post there yet: in the channel's settings make me an admin with the right “Post messages”."
    )


def _address(visit: Visit) -> str | int:
    """What Telegram finds the channel by. Raises RefusedInput."""
    if _NUMBERED.match(visit.text):
        return int(visit.text)
    named = _NAMED.match(visit.text)
    if named is None:
        raise RefusedInput(
            visit.words.text("{text} is no channel's name. Try: /channel @name", text=echo(visit.text))
        )
    return f"@{named[1]}"


def _explain(words: Words) -> str:
    return words.text(
        "Add me to your channel as an admin who may post. Then write /channel @name here, or forward me one "
        "of its posts, and /subscribe and /filters change the channel for an hour. /channel off ends it."
    )


def title_of_chat(channel: TelegramChat | ChatFullInfo) -> str:
    """What a group or channel is called, short, as HTML."""
    return escape(shorten(channel.title or "", _LONGEST_TITLE))
