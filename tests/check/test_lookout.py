"""Silence reaches those who subscribed, through the outbox, once; admins hear what is broken."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from telegram import Bot

from bot.admins import Admins
from bot.commands.notices import render_notice
from bot.deliver import Author, Clock, Deliverer, Rendered
from bot.lookout import Lookout
from bot.model import ChatKind, DeliveryState, Source, SourceKind, SourceType
from bot.pace import Pacer
from bot.rendering.html import to_plain
from bot.sender import Sender
from bot.storage.chats import ensure_chat, forget
from bot.storage.coverage import drop_notices, open_gaps, queue_notice, unqueued_notices
from bot.storage.database import Database
from bot.storage.sources import SourceState, save_state, upsert_catalogue
from bot.storage.subscriptions import EVERYTHING, subscribe
from bot.storage.tables import chat, delivery, notice
from bot.transport import AiohttpRequest
from bot.watch.notices import Notice
from tests.chat import small_facts
from tests.clock import FakeClock
from tests.delivery.outbox import plain_render, plain_rollup
from tests.ground import shared_words
from tests.telegram_server import TelegramServer

THEATRE = "armenia-azerbaijan"
MINUTE = timedelta(minutes=1)
ADMIN_CHAT = 99
WORDS = shared_words()["en"]


@dataclass
class Watch:
    """Sources of two theatres, people who subscribed, and who looks out for them."""

    db: Database
    clock: FakeClock
    lookout: Lookout
    woken: list[None]
    chats: dict[str, int] = field(default_factory=dict)

    async def person(self, name: str, telegram_id: int, *regions: str) -> None:
        async with self.db.writing() as conn:
            row = await ensure_chat(conn, telegram_id, ChatKind.PRIVATE, self.clock.now())
            await subscribe(conn, row.id, regions)
        self.chats[name] = row.id

    async def answer(self, *names: str) -> None:
        """These sources answer now, with news."""
        now = self.clock.now()
        async with self.db.writing() as conn:
            for name in names:
                state = SourceState(
                    first_checked_at=now, last_checked_at=now, last_ok_at=now, last_new_at=now
                )
                await save_state(conn, name, state)

    async def fail(self, *names: str) -> None:
        """These have failed three times since their answer ten minutes ago."""
        now = self.clock.now()
        state = SourceState(last_checked_at=now, last_ok_at=now - 10 * MINUTE, failures=3, last_error="500")
        async with self.db.writing() as conn:
            for name in names:
                await save_state(conn, name, state)

    async def look_for(self, minutes: int) -> None:
        for _ in range(minutes):
            self.clock.advance(MINUTE)
            await self.lookout.look()

    async def told(self) -> list[tuple[str, str]]:
        """Who gets what, in order."""
        names = {row: name for name, row in self.chats.items()}
        statement = (
            select(delivery.c.chat_id, notice.c.snapshot)
            .join(notice, notice.c.id == delivery.c.alert_id)
            .where(delivery.c.state != DeliveryState.EXPIRED)
            .order_by(delivery.c.id)
        )
        async with self.db.reading() as conn:
            rows = (await conn.execute(statement)).all()
        return [(names.get(row.chat_id, "?"), row.snapshot.kind.value) for row in rows]

    async def deliver_all(self) -> None:
        """As if all that waits had been sent."""
        async with self.db.writing() as conn:
            await conn.execute(update(delivery).values(state=DeliveryState.SENT))


def source(id_: str, side: str, theatre: str = THEATRE) -> Source:
    url = f"https://{id_}.example/feed"
    return Source(id_, id_.title(), SourceKind.FEED, url, SourceType.AGENCY, side, theatres=(theatre,))


ARMENIAN = ("a1", "a2")
OTHERS = ("b1", "b2", "n1", "s1", "s2")


@pytest.fixture
async def watch(db: Database, clock: FakeClock) -> Watch:
    """Everything answers; three people: one of each theatre, one of everything."""
    woken: list[None] = []
    regions = {THEATRE: (THEATRE, "karabakh", "hadrut"), "sandland": ("sandland", "zone-01")}
    admins = Admins({ADMIN_CHAT})
    lookout = Lookout(db, regions, clock=clock.now, wake=lambda: woken.append(None), admins=admins)
    watch = Watch(db, clock, lookout, woken)
    catalogue = [source(name, "armenia") for name in ARMENIAN] + [source("b1", "azerbaijan")]
    catalogue += [source("b2", "azerbaijan"), source("n1", "neutral")]
    catalogue += [source("s1", "sand", "sandland"), source("s2", "land", "sandland")]
    async with db.writing() as conn:
        await upsert_catalogue(conn, catalogue)
    await watch.answer(*ARMENIAN, *OTHERS)
    await watch.person("anna", 7, "hadrut")
    await watch.person("sven", 8, "zone-01")
    await watch.person("emma", 9, EVERYTHING, THEATRE)
    return watch


async def test_silence_is_told_once_to_those_who_subscribed_and_once_when_it_is_over(watch: Watch) -> None:
    """However often one looks, and over a restart."""
    await watch.fail(*ARMENIAN)
    await watch.look_for(9)
    assert await watch.told() == []
    await watch.look_for(20)
    assert await watch.told() == [("anna", "lost"), ("emma", "lost")]
    assert watch.woken
    await watch.deliver_all()
    await watch.answer(*ARMENIAN)
    await watch.look_for(20)
    assert (await watch.told())[2:] == [("anna", "back"), ("emma", "back")]
    async with watch.db.reading() as conn:
        assert await open_gaps(conn) == []


async def test_an_end_is_told_only_to_whom_the_beginning_was(watch: Watch) -> None:
    """What still waits then expires; who came meanwhile was never alarmed."""
    await watch.fail(*ARMENIAN)
    await watch.look_for(12)
    await watch.person("late", 10, THEATRE)
    async with watch.db.writing() as conn:
        is_anna = delivery.c.chat_id == watch.chats["anna"]
        await conn.execute(update(delivery).where(is_anna).values(state=DeliveryState.SENT))
    await watch.answer(*ARMENIAN)
    await watch.look_for(7)
    assert await watch.told() == [("anna", "lost"), ("anna", "back")]


async def test_everything_lost_is_one_message_for_everybody_and_at_once_for_admins(watch: Watch) -> None:
    """Not one for each theatre."""
    await watch.look_for(1)
    await watch.fail(*ARMENIAN, *OTHERS)
    await watch.look_for(1)
    assert [kind for _, kind in await watch.told()] == ["broken"]
    await watch.look_for(12)
    assert sorted((await watch.told())[1:]) == [("anna", "lost"), ("emma", "lost"), ("sven", "lost")]


async def test_admins_get_one_message_a_day(watch: Watch) -> None:
    """The first an hour after the first start; none while all is well."""
    await watch.fail("a1")
    await watch.look_for(59)
    assert await watch.told() == []
    await watch.look_for(10)
    assert [kind for _, kind in await watch.told()] == ["broken"]
    watch.clock.advance(timedelta(hours=23))
    await watch.look_for(30)
    assert len(await watch.told()) == 1
    await watch.look_for(31)
    assert len(await watch.told()) == 2
    await watch.answer("a1")
    watch.clock.advance(timedelta(hours=25))
    await watch.answer(*ARMENIAN, *OTHERS)
    await watch.look_for(1)
    assert len(await watch.told()) == 2


async def test_a_notice_is_queued_in_parts_that_leave_nobody_out(watch: Watch) -> None:
    """Each part in a transaction of its own; those who are gone get none."""
    for number in range(20):
        await watch.person(f"p{number}", 100 + number, "karabakh", "hadrut")
    async with watch.db.writing() as conn:
        gone = {"state": "gone", "gone_at": watch.clock.now()}
        await conn.execute(update(chat).where(chat.c.id == watch.chats["p3"]).values(**gone))
    await watch.fail(*ARMENIAN)
    await watch.look_for(11)
    async with watch.db.writing() as conn:
        assert await unqueued_notices(conn) == []
        await conn.execute(delivery.delete())
        await conn.execute(update(notice).values(cursor=0, queued_at=None))
        (number,) = await unqueued_notices(conn)
        parts = 1
        while not await queue_notice(
            conn, number, [THEATRE, "karabakh", "hadrut"], watch.clock.now(), size=4
        ):
            parts += 1
    told = [name for name, _ in await watch.told()]
    assert sorted(told) == sorted({"anna", "emma", *(f"p{n}" for n in range(20) if n != 3)})
    assert parts == 6


async def test_who_is_forgotten_leaves_no_notice_behind_and_old_ones_go(watch: Watch) -> None:
    """Neither the chat's rows nor, after their time, anybody's."""
    await watch.fail(*ARMENIAN)
    await watch.look_for(11)
    async with watch.db.writing() as conn:
        await forget(conn, watch.chats["anna"])
    assert await watch.told() == [("emma", "lost")]
    async with watch.db.writing() as conn:
        for rows in (1, 1, 0):  # the delivery, then its notice, then nothing
            assert await drop_notices(conn, watch.clock.now() + MINUTE) == rows
        assert (await conn.execute(select(delivery.c.id))).all() == []


async def test_a_notice_arrives(watch: Watch) -> None:
    """Through claim, pace and send, in words."""
    facts = small_facts()

    def write(told: Notice, language: str | None) -> Rendered:
        html = render_notice(told, WORDS, facts)
        return Rendered(html, to_plain(html))

    await watch.fail(*ARMENIAN)
    await watch.look_for(11)
    async with TelegramServer() as server:
        server.add_chat(7)
        server.add_chat(9)
        bot = Bot(server.token, base_url=server.base_url, request=AiohttpRequest())
        author = Author(plain_render, plain_rollup, lambda *_: (), write)
        async with bot:
            outbox = Deliverer(
                watch.db,
                Sender(bot),
                Pacer(5_000.0),
                author,
                asyncio.Event(),
                rate=5_000.0,
                max_age=timedelta(hours=24),
                clock=Clock(watch.clock.now),
            )
            running = asyncio.create_task(outbox.run())
            await server.wait_until(lambda: len(server.calls("sendMessage")) == 2)
            await outbox.stop()
            await running
        expected = "🔇 Armenia – Azerbaijan: no source of armenia has answered since 08:50 UTC."
        assert server.texts(7) == [f"{expected} The silence tells nothing."] == server.texts(9)
    assert await watch.told() == [("anna", "lost"), ("emma", "lost")]
