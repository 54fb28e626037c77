"""Scenarios that read as sentences: people say and press things, the real Application answers them.

    async with open_bot(db) as bot:
        anna = bot.person(7)
        await anna.says("/subscribe Hadrud")
        assert "Did you mean Hadrut" in anna.sees
        await anna.presses("Hadrut")

Telegram is the fake server on loopback, the database is real, time is a fake clock that sleeping moves on.
Everything that was said has been answered, or left unanswered for good, when a call returns.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from telegram.ext import Application, ApplicationBuilder

from bot.admins import Admins
from bot.atlas import Atlas
from bot.commands import CONCURRENT_UPDATES, Conversation, Desk, Refreshed, Tell, register
from bot.data import Facts
from bot.errors import FetchError
from bot.model import Region, RegionLevel
from bot.storage.chats import Chat, find_chat
from bot.storage.database import Database
from bot.storage.subscriptions import Filters, filters_of
from bot.survey import Survey
from bot.transport import AiohttpRequest
from tests.clock import FakeClock
from tests.ground import shared_words
from tests.telegram_server import ADMIN_RIGHTS, RESTRICTED_RIGHTS, TelegramServer, person

ADMIN = 99
"""The user who runs the bot in these scenarios."""

OLD_DATE = 1_600_000_000


class PatientClock(FakeClock):
    """A clock on which waiting takes no time: to sleep is to move it on."""

    async def sleep(self, seconds: float) -> None:
        """Everybody who can run does so first, then `seconds` have passed."""
        await asyncio.sleep(0)
        self.advance(seconds)


def region(id_: str, parent: str | None, name: str, level: str = "district", **names: str) -> Region:
    """A region in one line."""
    spellings = {language: tuple(said.split("|")) for language, said in names.items()}
    return Region(id_, RegionLevel(level), parent, name, spellings)


def small_facts() -> Facts:
    """Two theatres, as many regions as scenarios need."""
    districts = [region(f"zone-{n:02}", "sandland-east", f"Zone {n:02}") for n in range(1, 31)]
    return Facts(
        Atlas(
            [
                region(
                    "armenia-azerbaijan", None, "Armenia – Azerbaijan", "theatre", ru="Армения – Азербайджан"
                ),
                region(
                    "karabakh", "armenia-azerbaijan", "Nagorno-Karabakh", "province", ru="Нагорный Карабах"
                ),
                region("hadrut", "karabakh", "Hadrut", ru="Гадрут", hy="Հադրութ", az="Hadrut|Xocavənd"),
                region("khtsaberd", "hadrut", "Khtsaberd", "place", az="Çaylaqqala"),
                region("shusha", "karabakh", "Shusha", hy="Շուշի", en="Shusha|Shushi"),
                region("syunik", "armenia-azerbaijan", "Syunik", "province"),
                region("sandland", None, "Sand & Land", "theatre"),
                region("sandland-east", "sandland", "East Sand", "province"),
                *districts,
            ]
        ),
        {},
        (),
        {},
    )


@dataclass
class Somebody:
    """A person in one chat (their private one, a group, a channel); `sees` is the newest message there."""

    scene: Scene
    chat_id: int
    user_id: int
    topic_id: int = 0

    async def says(self, text: str, **more: Any) -> str:
        """Writes something, waits until the bot is done with it, and returns the newest message."""
        await self.says_at_once([text], **more)
        return self.sees

    async def says_at_once(self, texts: Iterable[str], **more: Any) -> None:
        """Writes several messages in the same moment."""
        if self.topic_id:
            more |= {"message_thread_id": self.topic_id, "is_topic_message": True}
        for text in texts:
            self.scene.server.say(self.chat_id, text, self.user_id, **more)
        await self.scene.settle()

    async def presses(self, label: str) -> str:
        """Presses the newest button whose label holds `label`; returns the notice that it brought."""
        message, data = self._find_button(label)
        return await self.sends_press(message, data)

    async def presses_at_once(self, *labels: str) -> None:
        """Presses buttons of the newest message faster than they can be answered."""
        for message, data in [self._find_button(label) for label in labels]:
            self.scene.server.press(self.chat_id, message, data, self.user_id)
        await self.scene.settle()

    async def sends_press(self, message_id: int, data: str) -> str:
        """What a client with its own ideas sends; returns the notice."""
        before = len(self.scene.server.calls("answerCallbackQuery"))
        self.scene.server.press(self.chat_id, message_id, data, self.user_id)
        await self.scene.settle()
        answers = self.scene.server.calls("answerCallbackQuery")[before:]
        assert len(answers) == 1, "every press is answered, once"
        return str(answers[0].parameters.get("text") or "")

    @property
    def sees(self) -> str:
        """The newest message of the bot in the chat, as it stands now."""
        texts = self.scene.server.texts(self.chat_id)
        return texts[-1] if texts else ""

    @property
    def messages(self) -> list[str]:
        """All messages of the bot in the chat."""
        return self.scene.server.texts(self.chat_id)

    @property
    def buttons(self) -> list[str]:
        """The labels under the newest message."""
        messages = self.scene.server.messages(self.chat_id)
        return [button["text"] for button in _buttons_of(messages[-1])] if messages else []

    @property
    def button_data(self) -> list[tuple[int, str]]:
        """Every button of the chat: its message and what it carries."""
        messages = self.scene.server.messages(self.chat_id)
        return [(m["message_id"], b["callback_data"]) for m in messages for b in _buttons_of(m)]

    async def chat(self) -> Chat | None:
        """The row of the chat, if there is one."""
        async with self.scene.db.reading() as conn:
            return await find_chat(conn, self.chat_id, self.topic_id)

    async def filters(self) -> Filters:
        """What the chat has chosen."""
        async with self.scene.db.reading() as conn:
            chat = await find_chat(conn, self.chat_id, self.topic_id)
            return await filters_of(conn, chat.id) if chat else Filters()

    def _find_button(self, label: str) -> tuple[int, str]:
        for message in reversed(self.scene.server.messages(self.chat_id)):
            for button in _buttons_of(message):
                if label in button["text"]:
                    return message["message_id"], button["callback_data"]
        raise AssertionError(f"there is no button {label!r}, only {self.buttons}")


@dataclass
class Scene:
    """The bot, its fake Telegram and everybody who talks to it."""

    server: TelegramServer
    db: Database
    clock: PatientClock
    desk: Desk
    application: Application[Any, Any, Any, Any, Any, Any]
    conversation: Conversation
    woken: list[None]
    offset: int = 0

    def person(self, user_id: int) -> Somebody:
        """Somebody in their private chat with the bot."""
        self.server.add_chat(user_id)
        return Somebody(self, user_id, user_id)

    def member(self, chat_id: int, user_id: int, status: str = "member", topic_id: int = 0) -> Somebody:
        """Somebody in a group."""
        if chat_id not in self.server.chats:
            self.server.add_chat(chat_id, "supergroup")
        self.server.members[chat_id, user_id] = status
        return Somebody(self, chat_id, user_id, topic_id)

    def channel(self, chat_id: int) -> Somebody:
        """Whoever posts in a channel."""
        self.server.add_chat(chat_id, "channel")
        return Somebody(self, chat_id, 0)

    async def bot_becomes(
        self,
        chat_id: int,
        status: str,
        was: str = "member",
        by: int = 7,
        rights: Mapping[str, bool] | None = None,
    ) -> None:
        """The bot's membership of a chat changes; `rights` differ from those that an admin lacks."""
        me = {"id": self.application.bot.id, "is_bot": True, "first_name": "Trucewatch"}
        self.server.add_update(
            my_chat_member={
                "chat": self.server.chats[chat_id],
                "from": person(by),
                "date": OLD_DATE,
                "old_chat_member": _membership(me, was),
                "new_chat_member": _membership(me, status) | dict(rights or {}),
            }
        )
        await self.settle()

    async def settle(self) -> None:
        """Returns when the bot has nothing more to do for all that happened so far."""
        tasks = []
        while updates := await self.application.bot.get_updates(offset=self.offset, timeout=0):
            self.offset = updates[-1].update_id + 1
            tasks += [asyncio.create_task(self.application.process_update(update)) for update in updates]
        await asyncio.gather(*tasks)


@asynccontextmanager
async def open_bot(db: Database, **changes: Any) -> AsyncIterator[Scene]:
    """The bot's conversation, running; `changes` are fields of the Desk that differ."""
    clock = PatientClock()
    woken: list[None] = []
    words = shared_words()

    async def check_nothing(source_id: str | None, tell: Tell) -> Refreshed:
        return Refreshed(0, 0)

    async def survey_nothing(address: str) -> Survey:
        raise FetchError(f"nobody answers at {address}")

    given: dict[str, Any] = {"facts": small_facts(), "clock": clock, "words": words, "seal_key": b"a key"}
    given |= {
        "survey": survey_nothing,
        "refresh": check_nothing,
        "wake": lambda: woken.append(None),
        "admins": Admins({ADMIN}),
    }
    desk = Desk(db=db, **(given | changes))
    await desk.admins.load(db)
    async with TelegramServer() as server:
        application = _build(server)
        conversation = register(application, desk)
        async with application:
            try:
                yield Scene(server, db, clock, desk, application, conversation, woken)
            finally:
                await conversation.close()


def _build(server: TelegramServer) -> Application[Any, Any, Any, Any, Any, Any]:
    builder = (
        ApplicationBuilder()
        .token(server.token)
        .base_url(server.base_url)
        .base_file_url(f"{server.url}/file/bot")
        .updater(None)
    )
    builder = builder.request(AiohttpRequest()).concurrent_updates(CONCURRENT_UPDATES)
    return builder.get_updates_request(AiohttpRequest()).build()


def _buttons_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    return [button for row in rows for button in row]


def _membership(user: dict[str, Any], status: str) -> dict[str, Any]:
    """The bot as a member: without any right that can be given, unless a test gives it."""
    more: dict[str, Any] = {"until_date": 0} if status in ("kicked", "restricted") else {}
    if status == "administrator":
        more = dict.fromkeys(ADMIN_RIGHTS, False)
    if status == "restricted":
        more |= dict.fromkeys(RESTRICTED_RIGHTS, False) | {"is_member": True}
    return {"status": status, "user": user, **more}
