"""Single values that outlive a restart: where the updates stood, whether all sending pauses."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserts import Insert, insert_as
from bot.storage.tables import setting

UPDATE_OFFSET = "telegram_update_offset"
"""The next update to ask Telegram for."""
LAST_SENT_AT = "last_sent_at"
"""When the last message, edit or reply left, in microseconds."""
ALL_TOLD = "all_broken_told"
"""True while all sources are broken and the admins have their list."""


async def get_setting(conn: AsyncConnection, key: str, default: Any = None) -> Any:
    """The value kept under `key` (anything that JSON can say), or `default`."""
    row = (await conn.execute(select(setting.c.value).where(setting.c.key == key))).first()
    return default if row is None else row.value


async def put_setting(conn: AsyncConnection, key: str, value: Any) -> None:
    """Keep `value` under `key`; None removes it."""
    if value is None:
        await conn.execute(delete(setting).where(setting.c.key == key))
        return
    await conn.execute(_put(conn.dialect.name), {"key": key, "value": value})


@lru_cache
def _put(dialect: str) -> Insert:
    statement = insert_as(dialect, setting)
    newest = {"value": statement.excluded.value}
    return statement.on_conflict_do_update(index_elements=["key"], set_=newest)
