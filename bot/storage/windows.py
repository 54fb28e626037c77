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

    At most twice as many. A window may be empty although it is not the last one.
    """
    arms, highest = await _probe(conn, match, size)
    end = _find_end(match.cursor, arms)
    begun = sum(arm.first is not None for arm in arms.values())
    if end is None and begun > 1 / LEAST_SHARE:  # each of the rest is short, not all of them together
        arms, highest = await _probe(conn, match, max(1, int(size / LEAST_SHARE / begun)))
        end = min((arm.end for arm in arms.values() if arm.end is not None), default=None)
    until = max(match.cursor, highest) if end is None else end
    crowded = sorted(arms.items(), key=lambda item: (item[1].end is None, item[1].end))
    inside = {name: arm for name, arm in crowded if arm.first is not None and arm.first <= until}
    regions = _regions(match)
    return Window(
        until,
        is_last=end is None,
        is_dense=until - match.cursor <= SPARSE * size,
        regions=tuple(regions[name] for name in inside if name in regions),
        has_reviewers="reviewer" in inside,
        has_circles="circle" in inside,
        has_told="told" in inside,
    )


async def _probe(conn: AsyncConnection, match: Match, size: int) -> tuple[dict[str, _Arm], int]:
    """The arms by their names, and the highest id of a chat."""
    regions, extras = _regions(match), _extras(match)
    values = {"cursor": match.cursor, "skipped": size - 1, "incident_id": match.incident_id}
    row = (await conn.execute(_select_ends(len(regions), extras), values | regions)).one()
    names = (*regions, *extras)
    return {name: _Arm(*row[2 * i : 2 * i + 2]) for i, name in enumerate(names)}, row[-1] or 0


def _regions(match: Match) -> dict[str, str]:
    """What a subscriber may have chosen, by the names of the statement."""
    regions = (*match.regions, EVERYTHING) if match.reaches_others else ()
    return {f"region_{number}": region for number, region in enumerate(regions)}


def _extras(match: Match) -> tuple[str, ...]:
    """What chats are found by besides their regions."""
    is_asked = {
        "reviewer": match.reaches_others,
        "circle": match.reaches_others and match.has_spots,
        "told": not match.is_new,
    }
    return tuple(name for name, is_so in is_asked.items() if is_so)


def _find_end(cursor: int, arms: Mapping[str, _Arm]) -> int | None:
    """Before the end that comes first, by so much as several are as crowded; None: all fit in.

    Those who were told are among those who chose a region, so they make it no more crowded.
    """
    ends = {name: arm.end - cursor for name, arm in arms.items() if arm.end is not None}
    if not ends:
        return None
    nearest = min(ends.values())
    crowd = sum(nearest / end for name, end in ends.items() if name != "told")
    return cursor + max(1, int(nearest * max(LEAST_SHARE, 1 / max(1, crowd))))


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
