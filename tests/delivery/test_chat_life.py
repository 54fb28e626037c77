"""The life of a chat, in every order: it goes, moves, closes, returns; nothing is lost or told twice."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from bot.model import DeliveryState, Severity
from bot.storage.chats import find_chat, mark_gone, restore, topics_of
from bot.storage.database import Database
from bot.storage.moves import migrate
from bot.storage.states import ChatState
from tests.databases import sqlite_url
from tests.delivery.outbox import Service, add_chats, delivering, rows, tell, wait_until_done
from tests.telegram_server import TelegramServer, refuse
from tests.telegram_server import migrate as moved

OLD, NEW = -5, -1005
GONE = {
    "blocked": refuse(403, "Forbidden: bot was blocked by the user"),
    "kicked": refuse(403, "Forbidden: bot was kicked from the supergroup chat"),
    "deleted": refuse(403, "Forbidden: the group chat was deleted"),
    "deactivated": refuse(403, "Forbidden: user is deactivated"),
}
CLOSED = {
    "topic closed": refuse(400, "Bad Request: TOPIC_CLOSED"),
    "rights taken": refuse(400, "Bad Request: not enough rights to send text messages to the chat"),
    "muted": refuse(403, "Forbidden: CHAT_WRITE_FORBIDDEN"),
}


async def news(db: Database, service: Service, code: str) -> None:
    """A grave incident, told as far as it can be."""
    await tell(db, code, Severity.GRAVE)
    service.wake.set()
    await wait_until_done(db)


async def state_of(db: Database, chat: int, topic: int = 0) -> ChatState | None:
    async with db.reading() as conn:
        found = await find_chat(conn, chat, topic)
    return found.state if found else None


async def come_back(db: Database, chat: int) -> None:
    """As when the bot is let in again, a second from now."""
    async with db.writing() as conn:
        for each in await topics_of(conn, chat):
            await restore(conn, each.id, datetime.now(UTC) + timedelta(seconds=1))


@pytest.mark.parametrize(("first", "second"), list(zip(GONE, [*list(GONE)[1:], "blocked"], strict=True)))
async def test_gone_back_and_gone_again(db: Database, first: str, second: str) -> None:
    """One request each time it has gone; back, it hears of what comes then, and of nothing it missed."""
    await add_chats(db, [OLD])
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        for number, way in enumerate((first, second)):
            server.answer_always("sendMessage", GONE[way])
            await news(db, service, f"unheard{number}")
            await news(db, service, f"missed{number}")
            assert await state_of(db, OLD) is ChatState.GONE
            assert len(server.requests) == 2 * number + 1
            server.answer_always("sendMessage", None)
            await come_back(db, OLD)
            await news(db, service, f"heard{number}")
        assert server.texts(OLD) == ["heard0 message", "heard1 message"]
    assert {row.state for row in await rows(db)} <= {DeliveryState.SENT, DeliveryState.FAILED}


@pytest.mark.parametrize("way", CLOSED)
async def test_closed_and_opened_again(db: Database, way: str) -> None:
    """What cannot be written just now fails alone; the chat stays, and hears of the next without a word."""
    await add_chats(db, [OLD], topic_id=7)
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        for number in range(2):
            server.answer_next("sendMessage", CLOSED[way])
            await news(db, service, f"lost{number}")
            assert await state_of(db, OLD, 7) is ChatState.ACTIVE
            await news(db, service, f"heard{number}")
        assert server.texts(OLD) == ["heard0 message", "heard1 message"]
        assert len(server.requests) == 4


async def test_a_deleted_topic_takes_no_other_along(db: Database) -> None:
    """Its own settings go; the group's other topics and the group itself hear on."""
    for topic in (0, 7, 8):
        await add_chats(db, [OLD], topic_id=topic)
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await news(db, service, "a")
        deleted = refuse(400, "Bad Request: message thread not found")
        server.answer_next("sendMessage", deleted)
        await news(db, service, "b")
        await news(db, service, "c")
        states = [await state_of(db, OLD, topic) for topic in (0, 7, 8)]
        assert sorted(states) == [ChatState.ACTIVE, ChatState.ACTIVE, ChatState.GONE]  # type: ignore[type-var]
        assert len(server.texts(OLD)) == 3 + 2 + 2


Step = Callable[[Database, TelegramServer, Service], Awaitable[None]]


async def an_error_tells(db: Database, server: TelegramServer, service: Service) -> None:
    """A send is answered with the new number."""
    server.answer_always("sendMessage", moved(NEW), chat_id=OLD)
    await news(db, service, "by-error")


async def a_message_tells(db: Database, server: TelegramServer, service: Service) -> None:
    """The service message of the old group, and that of the new one, which say the same."""
    for _ in range(2):
        async with db.writing() as conn:
            await migrate(conn, OLD, NEW)


async def the_new_one_subscribes(db: Database, server: TelegramServer, service: Service) -> None:
    """Somebody wrote in the supergroup before the bot heard that it is the same group."""
    await add_chats(db, [NEW])


async def it_is_kicked_and_back(db: Database, server: TelegramServer, service: Service) -> None:
    """Removed and added again, under whichever number it has."""
    for number in (OLD, NEW):
        async with db.writing() as conn:
            for each in await topics_of(conn, number):
                await mark_gone(conn, each.id, datetime.now(UTC))
        await come_back(db, number)


STEPS: tuple[Step, ...] = (an_error_tells, a_message_tells, the_new_one_subscribes, it_is_kicked_and_back)


@pytest.mark.parametrize(
    "steps", list(permutations(STEPS)), ids=lambda steps: "-".join(s.__name__ for s in steps)
)
async def test_a_move_in_every_order(tmp_path: Path, migrated_sqlite: Path, steps: tuple[Step, ...]) -> None:
    """By error or service message, before or after the new group is known or it was away: told once."""
    shutil.copyfile(migrated_sqlite, tmp_path / "t.db")
    db = await Database.open(sqlite_url(tmp_path / "t.db"))
    await add_chats(db, [OLD])
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await news(db, service, "before")
        for step in steps:
            await step(db, server, service)
        server.answer_always("sendMessage", refuse(400, "Bad Request: chat not found"), chat_id=OLD)
        await news(db, service, "after")
        assert server.texts(OLD) == ["before message"]
        assert server.texts(NEW) == ["by-error message", "after message"]
    assert await state_of(db, OLD) is None
    assert await state_of(db, NEW) is ChatState.ACTIVE
    await db.close()
