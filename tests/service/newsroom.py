"""The whole service against a Telegram and outlets on loopback, so that scenarios read as sentences."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic
from typing import Any

from bot.app import Clock, lay_ground, open_service
from bot.config import load_settings
from bot.service import Service
from bot.stages import telegram_stage
from tests.ground import shared_knowledge
from tests.source_host import Item, SourceHost, feed, rss
from tests.telegram_server import TOKEN, TelegramServer

SOURCE = """
[[source]]
id = "{id}"
name = "{name}"
kind = "feed"
url = "{url}"
type = "{type}"
side = "{side}"
"""


class WatchClock(Clock):
    """The time of day as the scenario sets it; the monotonic clock is real."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def now(self) -> datetime:
        """Stands still until `turn_to`."""
        return self._now

    def monotonic(self) -> float:
        """Real seconds: the pace at the receiving end is what it will be."""
        return monotonic()

    def turn_to(self, now: datetime) -> None:
        """It is now later."""
        assert now >= self._now
        self._now = now


@dataclass
class Outlet:
    """A source whose feed the scenario writes."""

    id: str
    name: str
    type: str
    side: str
    items: dict[str, Item] = field(default_factory=dict)


@dataclass
class Newsroom:
    """Outlets, a clock, a Telegram, and the service between them."""

    host: SourceHost
    telegram: TelegramServer
    clock: WatchClock
    outlets: dict[str, Outlet]
    service: Service

    async def publish(self, outlet: str, slug: str, title: str, text: str, at: datetime) -> None:
        """An outlet publishes a report, or changes the one with this slug; the service has seen it."""
        known = self.outlets[outlet].items.get(slug)
        date = known.published if known else format_datetime(at.astimezone(UTC))
        link = f"https://{outlet}.example/{slug}"
        self.outlets[outlet].items[slug] = Item(link, title, text, date)
        self._script(outlet)
        self.clock.turn_to(at + timedelta(minutes=1))
        await self.checked(outlet)

    async def checked(self, outlet: str) -> None:
        """Return when the service has stored what the feed holds now: a check under way may hold the old."""
        for _ in range(2):
            await self.service.checker.refresh(outlet)

    def _script(self, outlet: str) -> None:
        self.host.answer(f"/{outlet}", feed(rss(*self.outlets[outlet].items.values())))

    async def delivered(self, chat: int, count: int = 1) -> list[str]:
        """The texts of a chat's messages once there are `count` of them."""
        await self.telegram.wait_until(lambda: len(self.telegram.texts(chat)) >= count)
        return self.telegram.texts(chat)

    async def reads(self, chat: int, *phrases: str) -> None:
        """Return when some message of the chat holds all the phrases."""

        def is_so() -> bool:
            return any(all(p in text for p in phrases) for text in self.telegram.texts(chat))

        try:
            await self.telegram.wait_until(is_so)
        except TimeoutError:
            raise AssertionError(f"{phrases} in none of {self.telegram.texts(chat)}") from None

    async def tells(self, chat: int, text: str) -> None:
        """A person writes to the bot and is answered."""
        before = len(self.telegram.messages(chat))
        self.telegram.say(chat, text)
        await self.telegram.wait_until(lambda: len(self.telegram.messages(chat)) > before)


@asynccontextmanager
async def open_newsroom(
    folder: Path, database_url: str, now: datetime, outlets: Iterable[Outlet], **settings: Any
) -> AsyncIterator[Newsroom]:
    """The service runs on Telegram's side and the outlets' side of loopback."""
    known = {outlet.id: outlet for outlet in outlets}
    async with SourceHost() as host, TelegramServer() as telegram:
        path = folder / "sources.toml"
        for outlet in known.values():
            url = host.answer(f"/{outlet.id}", feed(rss(*outlet.items.values())))
            with path.open("a", encoding="utf-8") as file:
                file.write(
                    SOURCE.format(id=outlet.id, name=outlet.name, url=url, type=outlet.type, side=outlet.side)
                )
        chosen = {
            "telegram_bot_token": TOKEN,
            "telegram_api_url": telegram.url,
            "database_url": database_url,
            "sources_file": path,
            "allow_private_hosts": "127.0.0.0/8",
            **settings,
        }
        loaded = load_settings(None, **chosen)
        clock = WatchClock(now)
        stage = telegram_stage(loaded)
        ground = lay_ground(loaded, stage, shared_knowledge())
        async with open_service(loaded, stage, ground, clock) as service:
            stop = asyncio.Event()
            running = asyncio.create_task(service.run(stop))
            try:
                yield Newsroom(host, telegram, clock, known, service)
            finally:
                stop.set()
                await running
