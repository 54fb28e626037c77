"""The section of /stats about the chats: how many, how many are new, where they look, how they read."""

from __future__ import annotations

from typing import Any, Final

from bot.commands.choice import name_region
from bot.commands.visit import Visit
from bot.storage.population import Population, count_population

MOST_REGIONS: Final = 10
"""Regions that are named, the most chosen first."""

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""


async def tell_chats(visit: Visit, conn: Connection) -> list[str]:
    """A line on their number, one on their growth, one on languages, one on regions; none without chats."""
    found = await count_population(conn, visit.desk.clock.now(), MOST_REGIONS)
    if not found.active and not found.gone:
        return []
    words = visit.words
    lines = [
        words.text(
            "Chats: {active}, of which {subscribed} chose something; left or blocked: {gone}",
            active=words.number(found.active),
            subscribed=words.number(found.subscribed),
            gone=words.number(found.gone),
        ),
        words.text(
            "New in 7 days: {week}, in 30 days: {month}",
            week=words.number(found.new_in_week),
            month=words.number(found.new_in_month),
        ),
    ]
    return [*lines, *_tell_languages(visit, found), *_tell_regions(visit, found)]


def _tell_languages(visit: Visit, found: Population) -> list[str]:
    if not found.languages:
        return []
    told = ", ".join(f"{code or '?'} {visit.words.number(many)}" for code, many in found.languages)
    return [visit.words.text("By language: {languages}", languages=told)]


def _tell_regions(visit: Visit, found: Population) -> list[str]:
    if not found.regions:
        return []
    atlas, words = visit.desk.atlas, visit.words
    told = ", ".join(f"{name_region(atlas, words, id_)} {words.number(n)}" for id_, n in found.regions)
    return [words.text("Most chosen: {regions}", regions=told)]
