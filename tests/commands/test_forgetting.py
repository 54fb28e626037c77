"""/forgetme leaves nothing: no row, and no byte of the chat's number in the file or its log."""

from __future__ import annotations

from pathlib import Path

from bot.storage.database import Database
from tests.chat import Scene, open_bot
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
