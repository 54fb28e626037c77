"""A chat's choice of regions: changing it, and telling it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.atlas import Atlas
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.model import Region
from bot.rendering.html import bold, escape
from bot.storage.chats import ensure_chat, find_chat, restore
from bot.storage.filters import drop_circles
from bot.storage.subscriptions import EVERYTHING, filters_of, subscribe, unsubscribe

MOST_REGIONS = 200
"""Regions of one chat: more is a theatre, and the match joins each of them."""


async def add_regions(visit: Visit, region_ids: Collection[str]) -> tuple[str, ...]:
    """Adds to the chat's choice, making the chat known; returns what is new to it.

    Raises RefusedInput when it would have more than two hundred.
    """
    desk, place = visit.desk, visit.place
    now = desk.clock.now()
    async with desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, place.telegram_id, visit.kind, now, place.topic_id, visit.words.language
        )
        is_back = await restore(conn, chat.id, now)
        before = await filters_of(conn, chat.id)
        if len({*before.regions, *region_ids}) > MOST_REGIONS:
            raise RefusedInput(
                visit.words.text(
                    "One chat can have {most} regions. Choose a wider region instead of many small ones.",
                    most=visit.words.number(MOST_REGIONS),
                )
            )
        added = await subscribe(conn, chat.id, region_ids)
    if is_back:
        desk.wake()
    return added


async def remove_all(visit: Visit) -> bool:
    """Takes every region and circle from the chat's choice; False when it had none."""
    async with visit.desk.db.writing() as conn:
        chat = await find_chat(conn, visit.place.telegram_id, visit.place.topic_id)
        if chat is None:
            return False
        regions = await unsubscribe(conn, chat.id)
        return await drop_circles(conn, chat.id) or bool(regions)


async def remove_regions(visit: Visit, region_ids: Collection[str]) -> tuple[str, ...]:
    """Takes regions from the chat's choice; returns what it had of them."""
    async with visit.desk.db.writing() as conn:
        chat = await find_chat(conn, visit.place.telegram_id, visit.place.topic_id)
        return await unsubscribe(conn, chat.id, region_ids) if chat else ()


def name_region(atlas: Atlas, words: Words, region_id: str) -> str:
    """The same as `label_region`, as HTML."""
    return escape(label_region(atlas, words, region_id))


def label_region(atlas: Atlas, words: Words, region_id: str) -> str:
    """A region as people call it, with its theatre, in plain text: `Hadrut (Armenia – Azerbaijan)`."""
    region = atlas.get(region_id)
    if region is None:
        return words.text("everything") if region_id == EVERYTHING else region_id
    theatre = atlas.get(atlas.path(region_id)[0])
    if theatre is None or theatre.id == region.id:
        return words.region(region)
    return f"{words.region(region)} ({words.region(theatre)})"


def name_regions(atlas: Atlas, words: Words, region_ids: Sequence[str], most: int = 12) -> str:
    """Several regions as a list in a sentence, in bold; beyond `most` only their number is told."""
    shown = [bold(name_region(atlas, words, region_id)) for region_id in region_ids[:most]]
    left = len(region_ids) - len(shown)
    if left:
        shown.append(words.count("{n} more", "{n} more", left))
    return words.list(shown)


def covering(atlas: Atlas, chosen: Collection[str], region: Region) -> str | None:
    """The wider choice (a region above, or everything) through which the region is already told of."""
    for wider in reversed(atlas.path(region.id)[:-1]):
        if wider in chosen:
            return wider
    return EVERYTHING if EVERYTHING in chosen else None


def has_chosen_below(atlas: Atlas, chosen: Collection[str], region: Region) -> bool:
    """True when something inside the region is chosen, and not the region itself."""
    return any(region.id in atlas.path(other)[:-1] for other in chosen)
