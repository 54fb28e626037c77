"""/subscribe and /unsubscribe: regions by any of their names, mistyped ones with a suggestion."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.commands.choice import (
    add_regions,
    covering,
    label_region,
    name_region,
    name_regions,
    remove_all,
    remove_regions,
)
from bot.commands.grammar import echo, split_names
from bot.commands.outlook import Outlook, compare, look_back, say_outlook
from bot.commands.picker import Reaction, show_picker, summary
from bot.commands.pins import show_circles
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.folding import fold
from bot.model import Region
from bot.rendering.html import escape
from bot.storage.subscriptions import EVERYTHING

_ALL = frozenset({"all", "everything", "все", "всё", "усі", "hepsi", "todo", "tout"})
MOST_NAMES = 50
"""Names in one command; what comes after is not read."""
_SUGGESTIONS = 3
MOST_SHOWN = 30
"""Regions that are offered to be taken off at once; the rest show when these are gone."""


@dataclass(frozen=True, slots=True)
class Named:
    """What the names after a command stand for."""

    regions: tuple[Region, ...]
    unknown: tuple[str, ...]
    is_cut: bool = False
    """True when there were more than were read."""


async def say_subscribe(visit: Visit) -> Screen:
    """/subscribe REGION[, REGION…] | all; without a name the picker opens."""
    if not visit.text:
        return await show_picker(visit)
    before = await look_back(visit)
    if is_all(visit.text):
        await add_regions(visit, [EVERYTHING])
        told = visit.words.text("You now get every alert, wherever it is. /unsubscribe all ends it.")
        return await _say_changed(visit, [told], before)
    named = find_regions(visit, visit.text)
    if not named.regions:
        return say_unknown(visit, named.unknown)
    ids = [region.id for region in named.regions]
    added = await add_regions(visit, ids)
    return await _say_chosen(visit, ids, added, named, before)


async def say_unsubscribe(visit: Visit) -> Screen:
    """/unsubscribe [REGION…|all]; without a name it asks which. `all` ends the circles too."""
    if not visit.text:
        return await _ask_which(visit)
    if is_all(visit.text):
        if await remove_all(visit):
            return Screen(visit.words.text("Done: no region is chosen any more, and no alerts will come."))
        return Screen(visit.words.text("You had chosen no region. /subscribe chooses some."))
    named = find_regions(visit, visit.text)
    if not named.regions:
        return say_unknown(visit, named.unknown, action="drop")
    before = await look_back(visit)
    removed = await remove_regions(visit, [region.id for region in named.regions])
    if not removed:
        return await _say_not_chosen(visit, named.regions[0])
    names = name_regions(visit.desk.atlas, visit.words, removed)
    lines = [visit.words.text("Taken off: {regions}.", regions=names), *say_not_understood(visit, named)]
    return await _say_changed(visit, lines, before)


async def press_take(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: a suggestion was meant."""
    region = visit.desk.atlas.get(arguments[0])
    if region is None:
        return Reaction(visit.words.text("This region is no longer in the list."))
    before = await look_back(visit)
    added = await add_regions(visit, [region.id])
    return Reaction(screen=await _say_chosen(visit, [region.id], added, Named((region,), ()), before))


async def press_drop(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: take one off and show what is left."""
    await remove_regions(visit, [arguments[0]])
    return Reaction(screen=await _ask_which(visit))


def find_regions(visit: Visit, text: str) -> Named:
    """The regions that a text names: apart by commas, or one after the other where each word is a name."""
    found: dict[str, Region] = {}
    unknown: list[str] = []
    names = split_names(text)
    for name in names[:MOST_NAMES]:
        regions = _read_name(visit, name)
        found.update({region.id: region for region in regions})
        if not regions:
            unknown.append(name)
    return Named(tuple(found.values()), tuple(unknown), len(names) > MOST_NAMES)


def say_not_understood(visit: Visit, named: Named) -> list[str]:
    """What is no region, and that there was more."""
    lines = []
    if named.unknown:
        names = visit.words.list([echo(name) for name in named.unknown[:_SUGGESTIONS]])
        lines.append(visit.words.text("I do not know {names}.", names=names))
    if named.is_cut:
        lines.append(
            visit.words.text("I read only the first {most} names.", most=visit.words.number(MOST_NAMES))
        )
    return lines


def offer_regions(visit: Visit, text: str) -> Screen | None:
    """What to press for a text that is, or nearly is, a region's name; None when it is like none."""
    region = visit.desk.atlas.find(text)
    matches = [region] if region else visit.desk.atlas.search(text, _SUGGESTIONS)
    if matches:
        question = visit.words.text("Shall I tell you about it?")
        names = [name_region(visit.desk.atlas, visit.words, region.id) for region in matches]
        return Screen("\n".join([*names, question]), _take_buttons(visit, matches))
    nearest = visit.desk.atlas.suggest(text, _SUGGESTIONS)
    return _ask_meant(visit, text, nearest) if nearest else None


def is_all(text: str) -> bool:
    """True for what stands for all regions, in several languages."""
    return fold(text) in _ALL or text.strip() == EVERYTHING


def _read_name(visit: Visit, name: str) -> tuple[Region, ...]:
    region = visit.desk.atlas.find(name)
    if region is not None:
        return (region,)
    parts = [visit.desk.atlas.find(part) for part in name.split()]
    known = tuple(part for part in parts if part is not None)
    return known if len(known) == len(parts) else ()


async def _say_chosen(
    visit: Visit, ids: list[str], added: tuple[str, ...], named: Named, before: Outlook
) -> Screen:
    words = visit.words
    names = name_regions(visit.desk.atlas, words, ids)
    told = words.text("You now get alerts for {regions}.", regions=names)
    if not added:
        told = words.text("You get alerts for {regions} already.", regions=names)
    suggested = [r for name in named.unknown for r in visit.desk.atlas.suggest(name, 1)]
    shown = await _say_changed(visit, [told, *say_not_understood(visit, named)], before)
    return replace(shown, buttons=(*_take_buttons(visit, suggested[:_SUGGESTIONS]), *shown.buttons))


async def _say_changed(visit: Visit, lines: list[str], before: Outlook) -> Screen:
    """What was done, what the choice would have brought since, and how to go on."""
    outlook = compare(before.ids, (await look_back(visit)).ids)
    preview = visit.button(visit.words.text("Preview"), "preview")
    more = visit.button(visit.words.text("Choose more"), "open", "-", "0")
    return Screen("\n".join([*lines, say_outlook(visit.words, outlook)]), ((preview, more),))


def say_unknown(visit: Visit, unknown: tuple[str, ...], action: str = "take") -> Screen:
    """What was not understood, with the nearest names as buttons that do `action` with the region."""
    first = unknown[0] if unknown else visit.text
    nearest = visit.desk.atlas.suggest(first, _SUGGESTIONS)
    if nearest:
        return _ask_meant(visit, first, nearest, action)
    text = visit.words.text(
        "I do not know {name}. Try a district, a province or a theatre, in any language, or choose:",
        name=echo(first),
    )
    return Screen(text, ((visit.button(visit.words.text("Show the list"), "open", "-", "0"),),))


def _ask_meant(visit: Visit, text: str, nearest: list[Region], action: str = "take") -> Screen:
    names = [escape(visit.words.region(region)) for region in nearest]
    question = visit.words.text(
        "I do not know {name}. Did you mean {first}?", name=echo(text), first=names[0]
    )
    return Screen(question, _take_buttons(visit, nearest, action))


def _take_buttons(
    visit: Visit, regions: list[Region], action: str = "take"
) -> tuple[tuple[Button, ...], ...]:
    labels = {region.id: label_region(visit.desk.atlas, visit.words, region.id) for region in regions}
    return in_rows([visit.button(label, action, region_id) for region_id, label in labels.items()], 1)


async def _ask_which(visit: Visit) -> Screen:
    filters = await visit.filters()
    chosen = filters.regions
    if not chosen:
        return await show_circles(visit) if filters.circles else summary(visit, chosen)
    labels = [
        (label_region(visit.desk.atlas, visit.words, region_id), region_id)
        for region_id in chosen[:MOST_SHOWN]
    ]
    buttons = [visit.button(f"✖ {label}", "drop", region_id) for label, region_id in sorted(labels)]
    done = visit.button(visit.words.text("Done"), "done")
    return Screen(
        visit.words.text("Which region should I stop telling you about?"), (*in_rows(buttons, 1), (done,))
    )


async def _say_not_chosen(visit: Visit, region: Region) -> Screen:
    atlas, words = visit.desk.atlas, visit.words
    chosen = frozenset((await visit.filters()).regions)
    name = name_region(atlas, words, region.id)
    wider = covering(atlas, chosen, region)
    if wider is None:
        return Screen(words.text("{region} was not among your regions. /filters shows them.", region=name))
    return Screen(
        words.text(
            "{region} comes with {wider}. Take that off and choose the parts that you want with /subscribe.",
            region=name,
            wider=name_region(atlas, words, wider),
        )
    )
