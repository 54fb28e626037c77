"""/forgetme leaves nothing: no row, and no byte of the chat's number in the file or its log."""

from __future__ import annotations

from pathlib import Path

from bot.model import ChatKind
from bot.storage.applicants import Applicant, add_applicant, decline_applicant, find_applicant
from bot.storage.database import Database
from tests.chat import Scene, Somebody, open_bot
from tests.databases import sqlite_url

SOMEBODY = 7_712_345_678
SPELLINGS = (SOMEBODY.to_bytes(6, "big"), str(SOMEBODY).encode())


def is_on_disk(folder: Path) -> bool:
    """Whether the chat's number, as SQLite or a text writes it, stands in any file."""
    return any(spelling in file.read_bytes() for file in folder.iterdir() for spelling in SPELLINGS)


async def live_and_be_forgotten(scene: Scene) -> None:
    """Somebody chooses this and that, and has it all removed."""
    somebody = scene.person(SOMEBODY)
    await somebody.says("/subscribe Hadrut, Sand & Land")
    await somebody.says("/keywords +drone -football")
    await somebody.says("/language ru")
    await somebody.says("/forgetme")
    await somebody.presses("Да")


async def test_no_byte_of_a_forgotten_chat_is_left(tmp_path: Path) -> None:
    """Neither in the database nor in its write-ahead log; before, it was there."""
    database = await Database.open(sqlite_url(tmp_path / "bot.db"))
    try:
        async with open_bot(database) as scene:
            await scene.person(SOMEBODY).says("/subscribe Hadrut")
            assert is_on_disk(tmp_path)
            await live_and_be_forgotten(scene)
            assert not is_on_disk(tmp_path)
    finally:
        await database.close()


async def test_a_forum_is_forgotten_with_its_topics(scene: Scene) -> None:
    """Each has settings of its own and the number of all; what is removed is said of the whole chat."""
    general, topic = (scene.member(-1001, 20, "creator", topic_id=number) for number in (0, 5))
    await topic.says("/subscribe Hadrut")
    await general.says("/forgetme")
    assert "Shall I remove this chat's regions" in general.sees
    await general.presses("Yes, forget everything")
    assert await topic.chat() is None
    assert await general.says("/forgetme") == "I know nothing about this chat."


async def test_that_a_chat_was_once_turned_away_is_forgotten_too(scene: Scene, anna: Somebody) -> None:
    """It stands in a table of its own."""
    declined = Applicant(7, ChatKind.PRIVATE, "en", scene.clock.now())
    async with scene.db.writing() as conn:
        await add_applicant(conn, declined)
        await decline_applicant(conn, 7, scene.clock.now())
    await anna.says("/subscribe Hadrut")
    await anna.says("/forgetme")
    await anna.presses("Yes, forget everything")
    async with scene.db.reading() as conn:
        assert await find_applicant(conn, 7) is None


async def test_a_reader_in_the_way_delays_the_emptying_of_the_log(db: Database) -> None:
    """It is tried again later; meanwhile nobody waits and nothing breaks."""
    async with db.writing() as conn:
        await conn.exec_driver_sql("CREATE TABLE something (x INTEGER)")
    async with db.reading() as conn:
        await conn.exec_driver_sql("SELECT * FROM something")
        async with db.writing() as writer:
            await writer.exec_driver_sql("INSERT INTO something VALUES (1)")
        assert await db.empty_log() is (db.dialect != "sqlite")
    assert await db.empty_log()
    async with db.writing() as conn:
        await conn.exec_driver_sql("DROP TABLE something")
