"""/filters: everything that a chat has chosen as one panel; each button opens its part, which leads back."""

from __future__ import annotations

from bot.commands.choice import name_region
from bot.commands.keywords import list_keywords
from bot.commands.narrowing import acts_line, confirmed_line, parties_line, severity_line
from bot.commands.outlook import look_back, say_outlook
from bot.commands.picker import Reaction
from bot.commands.pins import name_circle
from bot.commands.rhythm import rhythm_lines
from bot.commands.screen import Screen, in_rows
from bot.commands.visit import Visit
from bot.rendering.html import bold, escape
from bot.storage.subscriptions import Filters

MOST_LISTED = 12
"""Regions and circles that the panel spells out."""


async def say_filters(visit: Visit) -> Screen:
    """/filters: what stands, what it brings, and buttons to change each part."""
    filters, words = await visit.filters(), visit.words
    lines = [
        *_places(visit, filters),
        list_keywords(words, filters),
        severity_line(words, filters),
        confirmed_line(words, filters),
        acts_line(words, filters.acts),
        parties_line(visit, filters.parties),
        *await rhythm_lines(visit),
        "",
        say_outlook(words, await look_back(visit)),
    ]
    parts = [
        visit.button(words.text("Regions"), "open", "-", "0"),
        visit.button(words.text("Around a place"), "pins"),
        visit.button(words.text("Keywords"), "keywords"),
        visit.button(words.text("How grave"), "severity"),
        visit.button(words.text("Confirmed or not"), "confirmed"),
        visit.button(words.text("Acts"), "acts"),
        visit.button(words.text("Parties"), "parties", "0"),
        visit.button(words.text("When"), "rhythm"),
        visit.button(words.text("Style"), "styles"),
        visit.button(words.text("Preview"), "preview"),
        visit.button(words.text("What was left out"), "missed"),
    ]
    return Screen("\n".join(lines), in_rows(parts, 2))


async def press_filters(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The panel again."""
    return Reaction(screen=await say_filters(visit))


def _places(visit: Visit, filters: Filters) -> list[str]:
    words, atlas = visit.words, visit.desk.atlas
    if not filters.has_place:
        return [words.text("You have chosen no region, so no alerts will come. /subscribe chooses some.")]
    names = [name_region(atlas, words, region_id) for region_id in filters.regions]
    names += [escape(name_circle(visit, circle)) for circle in filters.circles]
    left = len(names) - MOST_LISTED
    more = [words.count("… and {n} more", "… and {n} more", left)] if left > 0 else []
    return [bold(words.text("Regions")), *(f"• {name}" for name in names[:MOST_LISTED]), *more]
