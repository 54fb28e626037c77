"""/share: links that bring somebody, or a group, straight to a region."""

from __future__ import annotations

from bot.commands.choice import name_region
from bot.commands.picker import Reaction
from bot.commands.regions import find_regions, say_unknown
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.model import Region
from bot.rendering.html import bold, link
from bot.storage.subscriptions import EVERYTHING

MOST_LINKS = 10
"""Regions in one answer."""


async def say_share(visit: Visit) -> Screen:
    """/share [REGION…]: links for these regions, else for those of the chat, else to the bot itself."""
    if visit.text:
        named = find_regions(visit, visit.text)
        if not named.regions:
            return say_unknown(visit, named.unknown, action="share")
        return show_links(visit, named.regions)
    chosen = [visit.desk.atlas.get(region_id) for region_id in (await visit.filters()).regions]
    return show_links(visit, [region for region in chosen if region is not None])


async def press_share(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: its links."""
    region = visit.desk.atlas.get(arguments[0])
    return Reaction(screen=show_links(visit, [region] if region else []))


def show_links(visit: Visit, regions: tuple[Region, ...] | list[Region]) -> Screen:
    """For each region a link for a person and one for a group."""
    words = visit.words
    lines = [words.text("Whoever opens such a link gets the alerts of that region at once:")]
    lines += [_links(visit, region) for region in regions[:MOST_LINKS]]
    if not regions:
        lines = [words.text("This link brings others to me:"), address_of(visit.bot_name)]
    return Screen("\n".join(lines))


def address_of(bot_name: str, start: str = "", *, for_group: bool = False) -> str:
    """A deep link: opens the bot, or lets a group be chosen for it, with `start` as what /start is given."""
    what = "startgroup" if for_group else "start"
    return f"https://t.me/{bot_name}" + (f"?{what}={start}" if start and start != EVERYTHING else "")


def _links(visit: Visit, region: Region) -> str:
    name = bold(name_region(visit.desk.atlas, visit.words, region.id))
    address = address_of(visit.bot_name, region.id)
    group = link(address_of(visit.bot_name, region.id, for_group=True), visit.words.text("for a group"))
    return f"{name}\n{address} · {group}"
