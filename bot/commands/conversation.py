"""From Telegram's updates to answers: one way for what is written and one for what is pressed.

Every update takes its chat's turn, is authorised by the table in `bot.commands.access`, runs, and is
answered; whatever a command shows is a value until it gets here.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from telegram import Bot, CallbackQuery, Document, Message, MessageOriginChannel, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from bot.commands.access import (
    Role,
    Verdict,
    is_admin_command,
    judge,
    may_be_opened,
    needs_admin_check,
)
from bot.commands.addsource import Adder
from bot.commands.desk import Desk
from bot.commands.entrance import turn_away
from bot.commands.hints import hint_at_command, hint_at_text
from bot.commands.inline import Inline
from bot.commands.picker import Reaction
from bot.commands.pins import say_pin
from bot.commands.refresh import Refresher
from bot.commands.screen import Place, Screen, edit_buttons, edit_screen, send_screen
from bot.commands.seal import Press, Seal
from bot.commands.stewards import Stewards
from bot.commands.table import ADD_SOURCE, CHANNEL, COMMANDS, PRESSES, REFRESH
from bot.commands.turns import Turns
from bot.commands.visit import (
    Visit,
    answered_person,
    keyboard_of,
    leads,
    place_of,
    roles_of,
    roles_of_user,
    title_of,
)
from bot.errors import RefusedInput
from bot.model import ChatKind
from bot.rendering.direction import lay_out
from bot.rendering.html import shorten, to_plain
from bot.storage.chats import Chat

log = logging.getLogger(__name__)

Context = ContextTypes.DEFAULT_TYPE

MOST_CHARACTERS = 2_000
"""Of what follows a command; what is beyond is not read, and the answer says so."""
LONGEST_ARGUMENTS = {"announce": 4_096}
"""Commands that have more to say: as much as a message holds."""
LONGEST_NOTICE = 200
"""Characters of the short notice over a chat; the Bot API's limit."""
INLINE = 0
"""Stands for the pressed message where a person's inline queries take their turn: no message has it."""


class Conversation:
    """All that people say and press, for one running service; close it when the service stops."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.turns = Turns(desk.clock)
        self.refresher = Refresher(desk)
        self.adder = Adder(desk)
        self.stewards = Stewards(desk)
        self.inline = Inline(desk)
        self._lasting = {
            REFRESH: self.refresher.start,
            ADD_SOURCE: self.adder.start,
            CHANNEL: self.stewards.start,
        }
        self._seal = Seal(desk.seal_key)

    async def close(self) -> None:
        """Breaks off what still runs."""
        await self.refresher.close()
        await self.adder.close()

    async def hear_command(self, update: Update, context: Context) -> None:
        """A command that is known: judged, run and answered."""
        message = update.effective_message
        if message is None:
            return
        name, text = split_command(message)
        most = LONGEST_ARGUMENTS.get(name, MOST_CHARACTERS)
        async with self.turns.take(message.chat.id) as turn:
            if turn is None:
                return
            visit = await self._visit(update, message, text[:most], context.bot)
            visit = await self._authorise(context.bot, visit, name)
            screen = await self._answer(visit, name, context.bot)
            if screen is not None and len(text) > most:
                screen = _say_cut(visit, screen, most)
            if screen is not None:
                await turn.wait_to_answer()
                await send_screen(context.bot, place_of(message), screen)

    async def hear_other(self, update: Update, context: Context) -> None:
        """Anything else: a hint in private chats, and where the bot is addressed by name; else silence."""
        message = update.effective_message
        if message is None or not _expects_answer(message, context.bot.username):
            return
        async with self.turns.take(message.chat.id) as turn:
            if turn is None:
                return
            visit = await self._visit(update, message, message.text or "", context.bot)
            if message.document is not None and visit.is_private:
                screen = await self._answer(visit, "import", context.bot)
            else:
                away = await turn_away(visit)
                screen = visit.frame(away) if away else await self._hint(visit, message, context.bot)
            if screen is not None:
                await turn.wait_to_answer()
                await send_screen(context.bot, visit.place, screen)

    async def hear_press(self, update: Update, context: Context) -> None:
        """A button: genuine, allowed now, in its turn; whatever it is, the press is answered."""
        query = update.callback_query
        if query is None:
            return
        message = query.message
        press, channel = await self._read(query)
        if not isinstance(message, Message) or press is None or press.action not in PRESSES:
            await self._refuse_old(query)
            return
        async with self.turns.take(message.chat.id, message.message_id) as turn:
            words = self.desk.words_for(query.from_user.language_code)
            if turn is None:
                await notify(query, words.text("That was too fast for me; please press again."))
                return
            reaction = await self._react(query, message, press, channel, context.bot)
            await notify(query, reaction.notice, is_urgent=reaction.is_urgent)
            if reaction.answer is not None:
                await turn.wait_to_answer()
                await send_screen(context.bot, place_of(message, answers=True), reaction.answer)
            if (reaction.screen is None and not reaction.keyboard) or not turn.is_last:
                return
            await turn.wait_to_answer()
            if turn.is_last:
                await _show(context.bot, message, reaction)

    async def hear_inline(self, update: Update, context: Context) -> None:
        """What somebody types after the bot's name in any chat; only the newest of a fast typist counts."""
        query = update.inline_query
        if query is None:
            return
        async with self.turns.take(query.from_user.id, INLINE) as turn:
            if turn is not None and turn.is_last:
                await self.inline.answer(query, context.bot.username)

    async def hear_error(self, update: object, context: Context) -> None:
        """The broad catch of a chat's update: it is logged without its words, and the person is told."""
        log.error("an update was not handled", exc_info=context.error)
        if not isinstance(update, Update) or isinstance(context.error, TelegramError):
            return
        user = update.effective_user
        words = self.desk.words_for(user.language_code if user else None)
        sorry = words.text("Something went wrong on my side. Please try again in a minute.")
        if update.callback_query is not None:
            await notify(update.callback_query, sorry, is_urgent=True)
        elif update.effective_message is not None:
            await send_screen(context.bot, place_of(update.effective_message), Screen(sorry))

    async def _hint(self, visit: Visit, message: Message, bot: Bot) -> Screen:
        """What is said to a forwarded post, a location, an unknown command or any other text."""
        origin = message.forward_origin
        try:
            if visit.is_private and isinstance(origin, MessageOriginChannel):
                return visit.frame(await self.stewards.take_up(visit, bot, origin))
            if message.location is not None:
                visit = await self.stewards.turn_command(visit, "around", bot)
                where = message.location
                return visit.frame(await say_pin(visit, where.latitude, where.longitude))
            if visit.text.startswith("/"):
                return visit.frame(hint_at_command(visit))
            visit = await self.stewards.turn_command(visit, "subscribe", bot)
            return visit.frame(hint_at_text(visit))
        except RefusedInput as refused:
            return visit.frame(Screen(str(refused)))

    async def _answer(self, visit: Visit, name: str, bot: Bot) -> Screen | None:
        verdict = judge(name, visit.roles)
        if verdict is Verdict.SILENT:
            hint = visit.words.text(
                "I obey new messages that you write yourself; please write that command anew."
            )
            return visit.frame(Screen(hint)) if visit.is_private else None
        if verdict is Verdict.REFUSE:
            return visit.frame(Screen(refusal(visit, name)))
        away = await turn_away(visit, name)
        if away is not None:
            return visit.frame(away)
        try:
            visit = await self.stewards.turn_command(visit, name, bot)
            lasting = self._lasting.get(name)
            screen = await lasting(visit, bot) if lasting else await COMMANDS[name](visit)
        except RefusedInput as refused:
            screen = Screen(str(refused))
        return visit.frame(screen) if screen else None

    async def _read(self, query: CallbackQuery) -> tuple[Press | None, Chat | None]:
        """What the button says, and the channel that it changes where it is not its own chat."""
        if query.message is None:
            return None, None
        chat, data = query.message.chat, query.data or ""
        press = self._seal.read(chat.id, data)
        if press is not None or chat.type != chat.PRIVATE:
            return press, None
        channel = await self.stewards.managed_from(chat.id)
        return (self._seal.read(channel.telegram_id, data), channel) if channel else (None, None)

    async def _react(
        self, query: CallbackQuery, message: Message, press: Press, channel: Chat | None, bot: Bot
    ) -> Reaction:
        pressable = PRESSES[press.action]
        is_private = message.chat.type == message.chat.PRIVATE
        place = place_of(message, is_answer=False)
        visit = self._bare_visit(place, message, query.from_user.language_code, bot)
        visit = replace(visit, message_id=message.message_id, keyboard=keyboard_of(message))
        roles = roles_of_user(query.from_user.id, is_private, self.desk.admins.ids)
        visit = replace(visit, roles=roles, speaker=query.from_user.id)
        visit = await self._authorise(bot, await visit.in_its_language(), pressable.command)
        if judge(pressable.command, visit.roles) is not Verdict.ALLOW:
            return Reaction(refusal(visit, pressable.command), is_urgent=True)
        away = await turn_away(visit, pressable.command)
        if away is not None:
            return Reaction(away.text, is_urgent=True)
        try:
            visit = await self.stewards.turn_to(channel, visit, bot) if channel else visit
            reaction = await pressable.react(visit, press.arguments)
        except RefusedInput as refused:
            return Reaction(str(refused), is_urgent=True)
        framed = [visit.frame(screen) if screen else None for screen in (reaction.screen, reaction.answer)]
        return replace(reaction, screen=framed[0], answer=framed[1])

    async def _visit(self, update: Update, message: Message, text: str, bot: Bot) -> Visit:
        author = message.from_user
        is_edited = update.edited_message is not None or update.edited_channel_post is not None
        language = author.language_code if author else None
        visit = self._bare_visit(place_of(message), message, language, bot)
        roles = roles_of(message, self.desk.admins.ids, is_edited=is_edited)
        answered = _own_words(message.reply_to_message)
        speaker = _author_of(message) or 0
        visit = replace(visit, text=text, roles=roles, answered=answered, speaker=speaker)
        visit = replace(visit, answered_person=answered_person(message), attached=_file_of(message))
        return await visit.in_its_language()

    def _bare_visit(self, place: Place, message: Message, language: str | None, bot: Bot) -> Visit:
        kind, words = ChatKind(message.chat.type), self.desk.words_for(language)
        title = title_of(message)
        return Visit(self.desk, self._seal, bot, words, place, kind, language=language, title=title)

    async def _authorise(self, bot: Bot, visit: Visit, command: str) -> Visit:
        """Asks Telegram whether a member is an admin, only where that makes a difference."""
        if not visit.speaker or not needs_admin_check(command, visit.roles):
            return visit
        if may_be_opened(command) and await visit.is_open():
            return replace(visit, roles=visit.roles | {Role.CHAT_ADMIN})
        is_admin = await leads(bot, visit.place.telegram_id, visit.speaker)
        return replace(visit, roles=visit.roles | {Role.CHAT_ADMIN}) if is_admin else visit

    async def _refuse_old(self, query: CallbackQuery) -> None:
        words = self.desk.words_for(query.from_user.language_code)
        await notify(query, words.text("This button is old. /filters shows the new ones."))


def _say_cut(visit: Visit, screen: Screen, most: int) -> Screen:
    """The answer with a word on what was not read."""
    cut = visit.words.text("I read only the first {most} characters.", most=visit.words.number(most))
    return replace(screen, text=f"{screen.text}\n{lay_out(cut, visit.words)}")


async def _show(bot: Bot, message: Message, reaction: Reaction) -> None:
    """What a press leads to, in place of the message or of its buttons."""
    if reaction.screen is not None:
        await edit_screen(bot, message.chat.id, message.message_id, reaction.screen)
    else:
        await edit_buttons(bot, message.chat.id, message.message_id, reaction.keyboard)


def split_command(message: Message) -> tuple[str, str]:
    """The command's name in small letters, and what follows it."""
    command, *rest = (message.text or "/").split(maxsplit=1)
    return command[1:].partition("@")[0].lower(), rest[0].strip() if rest else ""


def refusal(visit: Visit, command: str) -> str:
    """Why somebody may not do this, politely."""
    if is_admin_command(command):
        return visit.words.text("This is for the people who run this bot. /help tells what I can do for you.")
    return visit.words.text(
        "Only the admins of this chat can change what I tell here. /latest and /status are for all."
    )


async def notify(query: CallbackQuery, notice: str, *, is_urgent: bool = False) -> None:
    """Answers a press; a query that is too old to be answered is let go."""
    try:
        await query.answer(shorten(to_plain(notice), LONGEST_NOTICE) or None, show_alert=is_urgent)
    except TelegramError as error:
        log.debug("a press was not answered: %s", error)


def _own_words(answered: Message | None) -> str:
    """The text of the message that is answered: a bot's, a channel's, or a card; no person's words count."""
    if answered is None:
        return ""
    is_own = (answered.from_user and answered.from_user.is_bot) or answered.sender_chat or answered.via_bot
    return (answered.text or "") if is_own else ""


def _file_of(message: Message) -> Document | None:
    answered = message.reply_to_message
    return message.document or (answered.document if answered else None)


def _author_of(message: Message) -> int | None:
    """Who wrote it, as a person: nobody for channels and anonymous admins."""
    return message.from_user.id if message.from_user and message.sender_chat is None else None


def _expects_answer(message: Message, bot_name: str) -> bool:
    """True in private chats, and for a command to this bot by name in groups."""
    if message.chat.type == message.chat.PRIVATE:
        return True
    is_group = message.chat.type in (message.chat.GROUP, message.chat.SUPERGROUP)
    command = (message.text or "").split(maxsplit=1)[:1]
    return is_group and bool(command) and command[0].lower().endswith(f"@{bot_name.lower()}")
