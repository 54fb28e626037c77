"""What is asked of both databases in the words of each."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from bot.storage.columns import encode
from bot.storage.database import Database
from bot.storage.functions import Numbers, is_among
from bot.storage.tables import chat
from tests.storage.values import a_chat

MANY = select(chat.c.telegram_id).where(is_among(chat.c.id, bindparam("many", type_=Numbers())))


async def test_many_numbers_are_one_parameter(db: Database) -> None:
    """Those rows are found whose number is among them; none where there are none."""
    async with db.writing() as conn:
        ids = {number: (await a_chat(conn, number, "hill")).id for number in range(1, 6)}
        found = (await conn.execute(MANY, {"many": [ids[2], ids[4], 10**12]})).scalars()
        assert sorted(found) == [2, 4]
        assert list((await conn.execute(MANY, {"many": []})).scalars()) == []


async def test_rows_are_found_by_their_numbers(db: Database) -> None:
    """On SQLite no table is read through for it; PostgreSQL reads a small one as it likes."""
    if db.dialect != "sqlite":
        return
    async with db.reading() as conn:
        asked = str(MANY.compile(dialect=conn.dialect)).replace("?", ":many")
        plan = await conn.execute(text(f"EXPLAIN QUERY PLAN {asked}"), {"many": encode([1])})
        assert any("SEARCH chat USING INTEGER PRIMARY KEY" in row.detail for row in plan)
