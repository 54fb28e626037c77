"""The next chats that an alert may concern: as many as one short transaction can look at.

Where a window ends is found by skipping along the index of each region, without gathering the chats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import BigInteger, Integer, Select, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.columns import RowId
from bot.storage.desk_tables import reviewer
from bot.storage.matches import Match, Window
from bot.storage.states import EVERYTHING
from bot.storage.tables import IS_MESSAGE, chat, circle, delivery, subscription
from bot.watch.verdicts import Reviewing

SPARSE: Final = 4
"""Ids to one chat looked at beyond which what chats chose is looked up one by one."""
LEAST_SHARE: Final = 0.5
"""A window is halved at most: regions that the same chats chose look as crowded as those of others."""
CURSOR: Final = bindparam("cursor", type_=BigInteger())


@dataclass(frozen=True, slots=True)
class _Arm:
    """The first id after the cursor in an index, and the one so many rows on; None: there are fewer."""

    first: int | None
    end: int | None


async def next_window(conn: AsyncConnection, match: Match, size: int) -> Window:
    """The next chats that chose one of the regions, or were told of the incident before: about `size`.

    A window may be empty although it is not the last one.
    """
    regions = (*match.regions, EVERYTHING) if match.reaches_others else ()
    names = [f"region_{number}" for number in range(len(regions))]
    extras = _extras(match)
    values = {"cursor": match.cursor, "skipped": size - 1, "incident_id": match.incident_id}
    statement = _select_ends(len(regions), extras)
    row = (await conn.execute(statement, values | dict(zip(names, regions, strict=True)))).one()
    found = {name: _Arm(*row[2 * number : 2 * number + 2]) for number, name in enumerate([*names, *extras])}
    last = _find_end(match.cursor, found)
    until = max(match.cursor, row[-1] or 0) if last is None else last
    inside = {name for name, arm in found.items() if arm.first is not None and arm.first <= until}
    return Window(
        until,
        is_last=last is None,
        is_dense=until - match.cursor <= SPARSE * size,
        regions=tuple(each for name, each in zip(names, regions, strict=True) if name in inside),
        has_reviewers="reviewer" in inside,
        has_circles="circle" in inside,
        has_told="told" in inside,
    )


def _extras(match: Match) -> tuple[str, ...]:
    """What chats are found by besides their regions."""
    is_asked = {
        "reviewer": match.reaches_others,
        "circle": match.reaches_others and match.has_spots,
        "told": not match.is_new,
    }
    return tuple(name for name, is_so in is_asked.items() if is_so)


def _find_end(cursor: int, arms: Mapping[str, _Arm]) -> int | None:
    """Before the end that comes first, by so much as several are as crowded; None: all fit in."""
    ends = [arm.end for arm in arms.values() if arm.end is not None]
    if not ends:
        return None
    nearest = min(ends) - cursor
    share = 1 / sum(nearest / (end - cursor) for end in ends)
    return cursor + max(1, int(nearest * max(LEAST_SHARE, share)))


@lru_cache(maxsize=64)
def _select_ends(regions: int, extras: tuple[str, ...]) -> Select[Any]:
    """First and end of each index, and the highest id of a chat; built once for each shape."""
    chosen, told = subscription.c.chat_id, delivery.c.chat_id
    arms: list[Select[Any]] = [
        select(chosen).where(subscription.c.region_id == bindparam(f"region_{number}"), chosen > CURSOR)
        for number in range(regions)
    ]
    same = (IS_MESSAGE, delivery.c.incident_id == bindparam("incident_id", type_=BigInteger()))
    others = {
        "reviewer": select(reviewer.c.chat_id).where(
            reviewer.c.reviewing == Reviewing.ALL, reviewer.c.chat_id > CURSOR
        ),
        "circle": select(circle.c.chat_id).where(circle.c.chat_id > CURSOR),
        "told": select(told).where(*same, told > CURSOR),
    }
    columns: list[Any] = []
    for arm in (*arms, *(others[name] for name in extras)):
        ordered = arm.order_by("chat_id").limit(1)
        end = ordered.offset(bindparam("skipped", type_=Integer()))
        columns += [ordered.scalar_subquery(), end.scalar_subquery()]
    return select(*columns, select(func.max(chat.c.id, type_=RowId)).scalar_subquery())
