"""Chats come, go, return, move and are forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Circle, Digest, Length, Rhythm, Sound, Trait
from bot.model import ChatKind, DeliveryState
from bot.storage import chats, deliveries
from bot.storage.chats import Chat, ChatCount
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.digests import rhythm_of, save_rhythm
from bot.storage.filters import ask_for, put_circle
from bot.storage.moves import migrate
from bot.storage.population import count_languages
from bot.storage.states import ChatState
from bot.storage.subscriptions import Filters, filters_of, set_keywords, subscribe
from bot.storage.tables import chat, chat_filter, circle, delivery, keyword, rhythm, subscription
from tests.clock import START
from tests.databases import sqlite_url
from tests.storage.values import a_chat, an_incident, states, tell

OLD, NEW = -77, -100_077
HOUR = timedelta(hours=1)


async def a_group(conn: AsyncConnection, number: int, *regions: str, topic_id: int = 0) -> Chat:
    made = await chats.ensure_chat(conn, number, ChatKind.GROUP, START, topic_id)
    await subscribe(conn, made.id, regions)
    return made


async def send_next(conn: AsyncConnection, message_id: int) -> None:
    (claimed,) = await deliveries.claim_due(conn, START, 1)
    await deliveries.record(conn, [Recorded(claimed.id, DeliveryState.SENT, START, message_id=message_id)])


async def test_a_chat_is_made_once(db: Database) -> None:
    """It is recognised by its number and topic, and keeps its language."""
    async with db.writing() as conn:
        first = await chats.ensure_chat(conn, 5, ChatKind.PRIVATE, START, language="uk")
        again = await chats.ensure_chat(conn, 5, ChatKind.PRIVATE, START + HOUR, language="en")
        topic = await chats.ensure_chat(conn, 5, ChatKind.SUPERGROUP, START, topic_id=9)
        assert first == again
        assert first == Chat(first.id, 5, 0, ChatKind.PRIVATE, "uk", ChatState.ACTIVE, None, None, START, {})
        assert topic.id != first.id
        assert await chats.get_chat(conn, topic.id) == topic
        assert await chats.find_chat(conn, 5, 9) == topic
        assert await chats.topics_of(conn, 5) == [first, topic]
        assert await chats.find_chat(conn, 6) is None
        assert await chats.get_chat(conn, topic.id + 1) is None


async def test_big_numbers_of_telegram(db: Database) -> None:
    """Chat numbers have more than 32 bits."""
    async with db.writing() as conn:
        made = await chats.ensure_chat(conn, -1_009_999_999_999_999, ChatKind.CHANNEL, START)
        assert (await chats.get_chat(conn, made.id)) == made


async def test_language_and_settings(db: Database) -> None:
    """They are kept as they were set."""
    async with db.writing() as conn:
        made = await chats.ensure_chat(conn, 5, ChatKind.PRIVATE, START)
        await chats.set_language(conn, made.id, "ka")
        await chats.set_settings(conn, made.id, {"quiet": ["22:00", "07:00"]})
        changed = await chats.get_chat(conn, made.id)
        assert changed is not None
        assert (changed.language, changed.settings) == ("ka", {"quiet": ["22:00", "07:00"]})


async def test_counting(db: Database) -> None:
    """Active and gone."""
    async with db.writing() as conn:
        assert await chats.count_chats(conn) == ChatCount(0, 0)
        await a_chat(conn, 1, "hill", "sea")
        await a_chat(conn, 2)
        gone = await a_chat(conn, 3, "hill")
        await chats.mark_gone(conn, gone.id, START)
        assert await chats.count_chats(conn) == ChatCount(2, 1)


async def test_languages_are_counted_part_by_part(db: Database) -> None:
    """However many chats are looked at at a time, each is counted once; those that left are not."""
    async with db.writing() as conn:
        for number, language in enumerate(("ka", "ka", None, "hy", "ka"), start=1):
            made = await a_chat(conn, number)
            if language:
                await chats.set_language(conn, made.id, language)
        await chats.mark_gone(conn, made.id, START)
        for at_once in (1, 2, 3, 100):
            assert await count_languages(conn, at_once) == {"ka": 2, "hy": 1, None: 1}


async def test_a_chat_that_returns_finds_its_choice(db: Database) -> None:
    """Within 48 hours nothing is lost; after that it is forgotten."""
    async with db.writing() as conn:
        made = await a_chat(conn, 1, "hill", include=("drone",))
        await chats.mark_gone(conn, made.id, START)
        await chats.mark_gone(conn, made.id, START + HOUR)
        assert await chats.purge_gone(conn, START + timedelta(hours=47)) == 0
        assert await chats.restore(conn, made.id, START + timedelta(hours=47))
        assert not await chats.restore(conn, made.id, START + timedelta(hours=47))
        assert await chats.get_chat(conn, made.id) == made
        assert await filters_of(conn, made.id) == Filters(("hill",), ("drone",), ())
        await chats.mark_gone(conn, made.id, START)
        assert await chats.purge_gone(conn, START + timedelta(hours=48)) == 1
        assert await chats.find_chat(conn, 1) is None


async def test_forgetting_leaves_nothing(db: Database) -> None:
    """No row of any table knows the chat any more, others keep theirs, and its number is not given again."""
    async with db.writing() as conn:
        forgotten = await a_chat(conn, 1, "hill", include=("shots",))
        other = await a_chat(conn, 2, "hill", exclude=("drone",))
        told, _ = await tell(conn, an_incident("N-1"), "shots")
        await send_next(conn, 50)
        await tell(conn, told, "shots")
        await tell(conn, an_incident("N-2"), "shots")
        for each in (forgotten.id, other.id):
            await ask_for(conn, each, Trait.ACT, ["drone"])
            await put_circle(conn, each, Circle(40.0, 45.0, 25))
            await save_rhythm(conn, each, Rhythm(Digest.HOURLY), START)
        assert await chats.forget(conn, forgotten.id)
        assert not await chats.forget(conn, forgotten.id)
        for table, column in (
            (chat, chat.c.id),
            (subscription, subscription.c.chat_id),
            (keyword, keyword.c.chat_id),
            (chat_filter, chat_filter.c.chat_id),
            (circle, circle.c.chat_id),
            (rhythm, rhythm.c.chat_id),
            (delivery, delivery.c.chat_id),
        ):
            left = select(func.count()).select_from(table)
            assert (await conn.execute(left.where(column == forgotten.id))).scalar() == 0
            assert (await conn.execute(left)).scalar() != 0
        await a_chat(conn, 3)
        found = await chats.find_chat(conn, 3)
        assert found is not None
        assert found.id > forgotten.id + 1


async def test_forgotten_words_leave_the_file(tmp_path: Path) -> None:
    """SQLite overwrites what is deleted: neither the number nor the words can be found in the file."""
    path = tmp_path / "t.db"
    db = await Database.open(sqlite_url(path))
    async with db.writing() as conn:
        made = await a_chat(conn, 1, include=("pomegranate",))
    async with db.writing() as conn:
        await chats.forget(conn, made.id)
    await db.close()
    assert b"pomegranate" not in path.read_bytes()


async def test_a_group_becomes_a_supergroup(db: Database) -> None:
    """Its choice, its topics and what waits go to the new number; doing it again changes nothing."""
    async with db.writing() as conn:
        group = await a_group(conn, OLD, "hill")
        await set_keywords(conn, group.id, ["shots"], [])
        topic = await a_group(conn, OLD, "sea", topic_id=4)
        await tell(conn, an_incident(), "shots")
        assert await migrate(conn, OLD, NEW) == 2
        assert await migrate(conn, OLD, NEW) == 0
        assert await chats.topics_of(conn, OLD) == []
        moved = await chats.find_chat(conn, NEW)
        assert moved is not None
        assert (moved.id, moved.kind) == (group.id, ChatKind.SUPERGROUP)
        assert await filters_of(conn, moved.id) == Filters(("hill",), ("shots",), ())
        assert (await chats.topics_of(conn, NEW))[1].id == topic.id
        (claimed,) = await deliveries.claim_due(conn, START, 9)
        assert claimed.telegram_id == NEW


async def test_a_move_into_a_known_chat_merges(db: Database) -> None:
    """Nothing is lost and nothing is doubled; messages of the old group cannot be edited in the new one."""
    async with db.writing() as conn:
        old = await a_group(conn, OLD, "hill", "north")
        await set_keywords(conn, old.id, ["shots", "drone"], ["film"])
        await tell(conn, an_incident("N-1"), "shots")
        await send_next(conn, 51)
        new = await a_group(conn, NEW, "hill", "sea")
        await set_keywords(conn, new.id, ["Drone"], [])
        await tell(conn, an_incident("N-2"), "shots and a drone")
        await tell(conn, an_incident("N-3", ("north",)), "shots")
        await tell(conn, an_incident("S-1", ("sea",)), "a drone")
        assert await migrate(conn, OLD, NEW) == 1
        assert await filters_of(conn, new.id) == Filters(
            ("hill", "north", "sea"), ("Drone", "shots"), ("film",)
        )
        assert await states(conn) == [
            (NEW, "message", "sent"),
            (NEW, "message", "pending"),
            (NEW, "message", "pending"),
            (NEW, "message", "pending"),
        ]
        numbers = (
            await conn.execute(select(delivery.c.message_id).where(delivery.c.state == "sent"))
        ).scalars()
        assert list(numbers) == [None]


@pytest.mark.parametrize("sent_by", [OLD, NEW])
async def test_what_was_sent_before_a_move_is_not_sent_again(db: Database, sent_by: int) -> None:
    """Of two messages about one incident the one that left stays, whichever chat it went to."""
    async with db.writing() as conn:
        await a_group(conn, OLD, "hill")
        await a_group(conn, NEW, "hill")
        await tell(conn, an_incident())
        first, second = await deliveries.claim_due(conn, START, 9)
        done = first if first.telegram_id == sent_by else second
        await deliveries.record(conn, [Recorded(done.id, DeliveryState.SENT, START, message_id=5)])
        assert await migrate(conn, OLD, NEW) == 1
        assert await states(conn) == [(NEW, "message", "sent")]
        assert await deliveries.claim_due(conn, START, 9) == []


@pytest.mark.parametrize(("old_gone", "new_gone"), [(True, False), (False, True), (True, True)])
async def test_a_move_between_chats_of_which_one_is_gone(
    db: Database, old_gone: bool, new_gone: bool
) -> None:
    """A chat that is alive under either number is alive."""
    async with db.writing() as conn:
        for number, is_gone in ((OLD, old_gone), (NEW, new_gone)):
            made = await a_group(conn, number, "hill")
            if is_gone:
                await chats.mark_gone(conn, made.id, START)
        await migrate(conn, OLD, NEW)
        merged = await chats.find_chat(conn, NEW)
        assert merged is not None
        assert merged.state is (ChatState.GONE if old_gone and new_gone else ChatState.ACTIVE)


async def test_filters_and_hours_move_along(db: Database) -> None:
    """What the new group chose itself stays; the rest is the old one's."""
    async with db.writing() as conn:
        old, new = await a_group(conn, OLD, "hill"), await a_group(conn, NEW, "hill")
        await ask_for(conn, old.id, Trait.ACT, ["drone"])
        await put_circle(conn, old.id, Circle(40.0, 45.0, 25))
        await put_circle(conn, old.id, Circle(41.0, 45.0, 25))
        await put_circle(conn, new.id, Circle(41.0, 45.0, 5))
        await save_rhythm(conn, old.id, Rhythm(Digest.HOURLY), START)
        await chats.set_sound(conn, old.id, Sound.GRAVE)
        await chats.set_length(conn, old.id, Length.COMPACT)
        await migrate(conn, OLD, NEW)
        moved = await filters_of(conn, new.id)
        assert moved.acts == ("drone",)
        assert moved.circles == (Circle(40.0, 45.0, 25), Circle(41.0, 45.0, 5))
        assert await rhythm_of(conn, new.id) == Rhythm(Digest.HOURLY)
        found = await chats.find_chat(conn, NEW)
        assert found is not None
        assert (found.sound, found.length) == (Sound.GRAVE, Length.COMPACT)


async def test_hours_that_the_new_group_chose_stay(db: Database) -> None:
    """A rhythm is one choice: it is not put together of two."""
    async with db.writing() as conn:
        old, new = await a_group(conn, OLD, "hill"), await a_group(conn, NEW, "hill")
        await save_rhythm(conn, old.id, Rhythm(Digest.HOURLY), START)
        await save_rhythm(conn, new.id, Rhythm(quiet_from=60, quiet_until=120), START)
        await migrate(conn, OLD, NEW)
        assert await rhythm_of(conn, new.id) == Rhythm(quiet_from=60, quiet_until=120)


async def test_a_move_of_nobody(db: Database) -> None:
    """An unknown number, or a move onto itself, does nothing."""
    async with db.writing() as conn:
        made = await a_group(conn, OLD, "hill")
        assert await migrate(conn, -1, NEW) == 0
        assert await migrate(conn, OLD, OLD) == 0
        assert await chats.find_chat(conn, OLD) == made
