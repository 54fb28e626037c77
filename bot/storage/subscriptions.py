"""What chats chose to hear of: regions, circles, keywords and the other filters."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Circle, Trait
from bot.folding import fold
from bot.model import Severity
from bot.reading.text import is_spaceless
from bot.storage.filters import asked_of, circles_of
from bot.storage.states import EVERYTHING, Sign
from bot.storage.tables import keyword, subscription

LONGEST_TERM_WORDS = 8
"""Alerts carry their word sequences up to this length; longer keywords are looked for in the text."""

__all__ = [
    "EVERYTHING",
    "Filters",
    "clear_keywords",
    "filters_of",
    "set_keywords",
    "subscribe",
    "unsubscribe",
]


@dataclass(frozen=True, slots=True)
class Filters:
    """A chat's choice: region ids (`EVERYTHING` for all), and its keywords as they were typed, in order."""

    regions: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    circles: tuple[Circle, ...] = ()
    least: Severity | None = None
    """The least severity; None: any."""
    is_confirmed_only: bool = False
    acts: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()

    @property
    def has_place(self) -> bool:
        """Whether any alert can come at all."""
        return bool(self.regions or self.circles)


async def subscribe(conn: AsyncConnection, chat_id: int, region_ids: Collection[str]) -> tuple[str, ...]:
    """Add regions to a chat's choice; returns those that are new to it."""
    known = set(await _regions(conn, chat_id))
    added = tuple(region for region in dict.fromkeys(region_ids) if region not in known)
    if added:
        await conn.execute(
            insert(subscription), [{"chat_id": chat_id, "region_id": region} for region in added]
        )
    return added


async def unsubscribe(
    conn: AsyncConnection, chat_id: int, region_ids: Collection[str] | None = None
) -> tuple[str, ...]:
    """Take regions (None: all of them) from a chat's choice; returns those that it had."""
    known = await _regions(conn, chat_id)
    removed = known if region_ids is None else tuple(region for region in known if region in set(region_ids))
    if removed:
        gone = (subscription.c.chat_id == chat_id, subscription.c.region_id.in_(removed))
        await conn.execute(delete(subscription).where(*gone))
    return removed


async def set_keywords(
    conn: AsyncConnection, chat_id: int, include: Sequence[str], exclude: Sequence[str]
) -> None:
    """Replace all keywords of a chat. They are literal; those without a letter or digit are left out."""
    await clear_keywords(conn, chat_id)
    rows = {
        (sign, row["folded"]): row
        for sign, words in ((Sign.INCLUDE, include), (Sign.EXCLUDE, exclude))
        for row in (_keyword(chat_id, sign, original) for original in words)
        if row["folded"]
    }
    if rows:
        await conn.execute(insert(keyword), list(rows.values()))


async def clear_keywords(conn: AsyncConnection, chat_id: int) -> None:
    """Take away all keywords of a chat."""
    await conn.execute(delete(keyword).where(keyword.c.chat_id == chat_id))


async def filters_of(conn: AsyncConnection, chat_id: int) -> Filters:
    """What a chat chose, sorted; all empty for a chat that chose nothing."""
    statement = select(keyword.c.sign, keyword.c.original).where(keyword.c.chat_id == chat_id)
    words = [(row.sign, row.original) for row in await conn.execute(statement.order_by(keyword.c.original))]
    asked = await asked_of(conn, chat_id)
    return Filters(
        await _regions(conn, chat_id),
        tuple(original for sign, original in words if sign is Sign.INCLUDE),
        tuple(original for sign, original in words if sign is Sign.EXCLUDE),
        await circles_of(conn, chat_id),
        next((Severity(code) for code in asked.get(Trait.SEVERITY, ())), None),
        bool(asked.get(Trait.STATUS)),
        asked.get(Trait.ACT, ()),
        asked.get(Trait.PARTY, ()),
    )


async def _regions(conn: AsyncConnection, chat_id: int) -> tuple[str, ...]:
    chosen = select(subscription.c.region_id).where(subscription.c.chat_id == chat_id)
    return tuple((await conn.execute(chosen.order_by(subscription.c.region_id))).scalars())


def _keyword(chat_id: int, sign: Sign, original: str) -> dict[str, object]:
    """A row of the table. What is sought in the text between words carries the spaces around it."""
    folded = fold(original)
    is_long = folded.count(" ") >= LONGEST_TERM_WORDS
    spaceless = is_spaceless(folded)
    return {
        "chat_id": chat_id,
        "sign": sign,
        "folded": f" {folded} " if is_long and not spaceless else folded,
        "original": original.strip(),
        "is_substring": is_long or spaceless,
    }
