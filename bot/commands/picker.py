"""Choosing regions by pressing: theatres, then provinces or districts, with a mark on what is chosen."""

from __future__ import annotations

from dataclasses import dataclass

from bot.commands.choice import add_regions, covering, has_chosen_below, name_region, remove_regions
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.model import Region, RegionLevel
from bot.rendering.html import bold, escape
from bot.storage.subscriptions import EVERYTHING

PAGE = 12
"""Regions on one page: two columns that fit a small phone."""

CHOSEN, COVERED, PARTLY = "✅ ", "☑️ ", "▫️ "
HOME = "-"
"""In a button: the list of theatres."""
ITSELF, ABOVE = ".", "^"
"""In a button that ticks a region: where the list is shown that it stands in."""


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a press leads to: a short notice over the chat, and a screen in place of the pressed one."""

    notice: str = ""
    screen: Screen | None = None
    is_urgent: bool = False
    """True for a notice that must be read: it is shown in a window."""
    answer: Screen | None = None
    """A message of its own that answers the pressed one, which stays as it is."""
    keyboard: tuple[tuple[Button, ...], ...] = ()
    """Other buttons under the pressed message, whose text stays."""


async def show_picker(visit: Visit, region_id: str = HOME, page: int = 0) -> Screen:
    """The picker opened at a region, or at the theatres."""
    chosen = frozenset((await visit.filters()).regions)
    region = visit.desk.atlas.get(region_id)
    return _theatres(visit, chosen, page) if region is None else _inside(visit, region, chosen, page)


async def press_open(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region page`: another floor or page of the tree."""
    region_id, page = arguments
    return Reaction(screen=await show_picker(visit, region_id, int(page)))


async def press_on(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region view page`: choose it, and show the view again with its mark."""
    return await _toggle(visit, arguments, is_on=True)


async def press_off(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region view page`: take it off."""
    return await _toggle(visit, arguments, is_on=False)


async def press_covered(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: it is part of something wider that is chosen; say so."""
    region = visit.desk.atlas.get(arguments[0])
    chosen = frozenset((await visit.filters()).regions)
    wider = covering(visit.desk.atlas, chosen, region) if region else None
    if wider is None:
        return Reaction(visit.words.text("This list is no longer up to date."), await show_picker(visit))
    name = name_region(visit.desk.atlas, visit.words, wider)
    return Reaction(visit.words.text("Already part of your choice: {wider}.", wider=name), is_urgent=True)


def summary(visit: Visit, regions: tuple[str, ...]) -> Screen:
    """What is chosen, and what can be done next."""
    words = visit.words
    if not regions:
        return Screen(
            words.text("You have chosen no region, so no alerts will come. /subscribe chooses some.")
        )
    names = [bold(name_region(visit.desk.atlas, words, region_id)) for region_id in regions[:PAGE]]
    more = len(regions) - len(names)
    tail = words.count("… and {n} more", "… and {n} more", more) if more else ""
    lines = [words.text("You get alerts for:"), *(f"• {name}" for name in names), tail]
    lines.append(words.text("/filters shows and changes it, /latest tells what happened lately."))
    return Screen("\n".join(line for line in lines if line))


async def _toggle(visit: Visit, arguments: tuple[str, ...], *, is_on: bool) -> Reaction:
    region_id, view, page = arguments
    if region_id != EVERYTHING and visit.desk.atlas.get(region_id) is None:
        return Reaction(visit.words.text("This region is no longer in the list."), await show_picker(visit))
    changed = await (add_regions if is_on else remove_regions)(visit, [region_id])
    notice = _say_change(visit, region_id, is_on=is_on) if changed else ""
    return Reaction(notice, await show_picker(visit, _view_of(visit, region_id, view), int(page)))


def _say_change(visit: Visit, region_id: str, *, is_on: bool) -> str:
    region = visit.desk.atlas.get(region_id)
    name = escape(visit.words.region(region)) if region else visit.words.text("everything")
    if is_on:
        return visit.words.text("Chosen: {region}", region=name)
    return visit.words.text("Taken off: {region}", region=name)


def _theatres(visit: Visit, chosen: frozenset[str], page: int) -> Screen:
    words = visit.words
    is_all = EVERYTHING in chosen
    everything = visit.button(
        (CHOSEN if is_all else "") + words.text("Everything, everywhere"),
        "off" if is_all else "on",
        EVERYTHING,
        HOME,
        str(page),
    )
    theatres = sorted(visit.desk.atlas.theatres(), key=words.region)
    buttons = [_branch_button(visit, theatre, chosen) for theatre in theatres]
    text = words.text("Where should I watch? Choose as many as you like, or write a place's name.")
    rows = ((everything,), *in_rows(buttons, 2))
    return Screen(text, (*rows, (visit.button(words.text("Done"), "done"),)))


def _inside(visit: Visit, region: Region, chosen: frozenset[str], page: int) -> Screen:
    """The region itself as the first button, then what lies in it."""
    words, atlas = visit.words, visit.desk.atlas
    inside = sorted(_branches(visit, region), key=words.region)
    whole = _leaf_button(
        visit, region, chosen, ITSELF, page, words.text("All of {region}", region=words.region(region))
    )
    buttons = [
        _branch_button(visit, child, chosen)
        if _branches(visit, child)
        else _leaf_button(visit, child, chosen, ABOVE, page, words.region(child))
        for child in _page(inside, page)
    ]
    path = [escape(words.region(above)) for above in map(atlas.get, atlas.path(region.id)) if above]
    text = bold(" › ".join(path)) + "\n" + words.text("Choose all of it, or parts.")
    above = region.parent or HOME
    ways = (
        visit.button(words.text("« Back"), "open", above, "0"),
        visit.button(words.text("Done"), "done"),
    )
    rows = ((whole,), *in_rows(buttons, 2), *_turning(visit, region.id, page, len(inside)))
    return Screen(text, (*rows, ways))


def _branches(visit: Visit, region: Region) -> list[Region]:
    """What can be opened or ticked below a region; single places are found by writing their names."""
    return [r for r in visit.desk.atlas.children(region.id) if r.level is not RegionLevel.PLACE]


def _branch_button(visit: Visit, region: Region, chosen: frozenset[str]) -> Button:
    atlas = visit.desk.atlas
    mark = ""
    if region.id in chosen:
        mark = CHOSEN
    elif covering(atlas, chosen, region):
        mark = COVERED
    elif has_chosen_below(atlas, chosen, region):
        mark = PARTLY
    return visit.button(f"{mark}{visit.words.region(region)} ›", "open", region.id, "0")


def _leaf_button(
    visit: Visit, region: Region, chosen: frozenset[str], view: str, page: int, label: str
) -> Button:
    if region.id in chosen:
        return visit.button(CHOSEN + label, "off", region.id, view, str(page))
    if covering(visit.desk.atlas, chosen, region):
        return visit.button(COVERED + label, "covered", region.id)
    return visit.button(label, "on", region.id, view, str(page))


def _page(regions: list[Region], page: int) -> list[Region]:
    return regions[page * PAGE : (page + 1) * PAGE]


def _turning(visit: Visit, view: str, page: int, total: int) -> tuple[tuple[Button, ...], ...]:
    """The buttons that turn pages; no row when there is one page."""
    last = max(0, (total - 1) // PAGE)
    back = (visit.button("‹", "open", view, str(page - 1)),) if page > 0 else ()
    onward = (visit.button("›", "open", view, str(page + 1)),) if page < last else ()
    return ((*back, *onward),) if back or onward else ()


def _view_of(visit: Visit, region_id: str, view: str) -> str:
    """The region whose list a tick stands in."""
    region = visit.desk.atlas.get(region_id)
    if region is None or view == HOME:
        return HOME
    return region.id if view == ITSELF else region.parent or HOME
