"""Who runs the bot, and the bell that tells them."""

from __future__ import annotations

from bot.admins import Admins, Bell
from bot.model import ChatKind
from bot.storage.admins import add_admin, remove_admin, set_reviewing
from bot.storage.chats import ensure_chat
from bot.storage.database import Database
from bot.watch.verdicts import Reviewing
from tests.clock import FakeClock
from tests.ground import shared_words

ENGLISH, RUSSIAN, DEAF = 11, 12, 13


async def test_each_admin_is_told_in_their_language(db: Database, clock: FakeClock) -> None:
    """One who cannot be told is nothing to the others; without a database, too."""
    told: dict[int, str] = {}

    async def tell(admin_id: int, text: str) -> None:
        if admin_id == DEAF:
            raise ConnectionError
        told[admin_id] = text

    async with db.writing() as conn:
        await ensure_chat(conn, RUSSIAN, ChatKind.PRIVATE, clock.now(), language="ru")
    bell = Bell(Admins({ENGLISH, RUSSIAN, DEAF}), db, shared_words(), tell)
    expected = {ENGLISH: "Done", RUSSIAN: "Готово"}
    await bell.ring(lambda words: words.text("Done"))
    assert told == expected
    told.clear()
    await db.close()
    await bell.ring(lambda words: words.text("Done"))
    assert told == expected


async def test_rows_join_the_settings(db: Database, clock: FakeClock) -> None:
    """Added ones are admins as long as they have a row; whoever is none reviews nothing."""
    admins = Admins({1})
    async with db.writing() as conn:
        assert await add_admin(conn, 2, 1, clock.now())
        assert not await add_admin(conn, 2, 1, clock.now())
        for person, reviewing in ((1, Reviewing.NONE), (2, Reviewing.ALL), (3, Reviewing.ALL)):
            chat = await ensure_chat(conn, person, ChatKind.PRIVATE, clock.now())
            await set_reviewing(conn, chat.id, Reviewing.OWN)
            await set_reviewing(conn, chat.id, reviewing)
    await admins.load(db)
    assert (sorted(admins.ids), admins.added) == ([1, 2], {2: 1})
    assert [admins.reviewing(n) for n in (1, 2, 3)] == [Reviewing.NONE, Reviewing.ALL, Reviewing.NONE]
    async with db.writing() as conn:
        assert await remove_admin(conn, 2)
        assert not await remove_admin(conn, 2)
    await admins.load(db)
    assert sorted(admins.ids) == [1]
