"""The time zone of a chat: by name, from a place, or from a list."""

from __future__ import annotations

from functools import cache
from zoneinfo import ZoneInfo

from bot.choices import Circle
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.data.zones import UTC_NAME, find_zone, list_zones, nearest_zone, zone_at, zones_of
from bot.errors import RefusedInput
from bot.folding import fold
from bot.model import RegionLevel
from bot.storage.subscriptions import Filters

_MOST_OFFERED = 8
_ELSEWHERE = ("Europe/London", "Europe/Berlin", "Europe/Moscow", "America/New_York", UTC_NAME)
"""Where many of those live who read of a place from far away."""
_NEAR_KM = 150


def read_zone(visit: Visit, text: str) -> str:
    """A zone's name, its town's in English or as the chat is shown it, an offset, or any place that I know.

    Raises RefusedInput.
    """
    zone = find_zone(text) or _zones_as_shown(visit.words).get(fold(text))
    if zone is not None:
        return zone
    region = visit.desk.atlas.find(text)
    if region is not None and region.lat is not None and region.lon is not None:
        return zone_at(region.lat, region.lon, region.country)
    near = nearest_zone(text)
    if near is not None:
        raise RefusedInput(
            visit.words.text(
                "I do not know {name}. Did you mean {first}?", name=echo(text), first=visit.words.zone(near)
            )
        )
    raise RefusedInput(
        visit.words.text(
            "I do not know {text} as a time zone. Write a town such as Yerevan, a name such as Europe/Kyiv, "
            "or UTC+3.",
            text=echo(text),
        )
    )


@cache
def _zones_as_shown(words: Words) -> dict[str, str]:
    """Folded town -> zone, in one language; it takes a tenth of a second to make."""
    shown = {fold(words.zone(name)): name for name in reversed(list_zones())}
    return {town: name for town, name in shown.items() if town}


def zone_around(visit: Visit, lat: float, lon: float) -> str:
    """The zone of a pin: that of the nearest place's country, where one is near."""
    near = visit.desk.atlas.nearest(lat, lon, RegionLevel.PLACE, 1)
    country = near[0][1].country if near and near[0][0] <= _NEAR_KM else ""
    return zone_at(lat, lon, country)


async def guess_zone(visit: Visit) -> str | None:
    """The zone of a circle, or of the regions where all lie in one country; None where it is not clear."""
    filters = await visit.filters()
    if filters.circles:
        circle: Circle = filters.circles[0]
        return zone_around(visit, circle.lat, circle.lon)
    countries = _countries(visit, filters)
    return zones_of(countries)[0] if len(countries) == 1 else None


async def press_zones(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The list to pick from: zones of the chosen regions, then where readers live."""
    words, countries = visit.words, _countries(visit, await visit.filters())
    names = list(dict.fromkeys((*zones_of(countries)[:_MOST_OFFERED], *_ELSEWHERE)))
    buttons: list[Button] = []
    now = visit.desk.clock.now()
    for name in names:
        label = f"{words.zone(name)} {words.time(now, ZoneInfo(name))}"
        buttons.append(visit.button(label, "rhythm", "zone", name))
    text = words.text("Where do you live? Send me a location, or write /quiet 22:00-07:00 Yerevan.")
    back = visit.button(words.text("« Back"), "rhythm")
    return Reaction(screen=Screen(text, (*in_rows(buttons, 2), (back,))))


def _countries(visit: Visit, filters: Filters) -> list[str]:
    """ISO codes of the countries in which a chat's regions lie, in their order."""
    found: dict[str, None] = {}
    for region_id in filters.regions:
        region = visit.desk.atlas.get(region_id)
        if region is None:
            continue
        inside = [region] if region.country else list(visit.desk.atlas.children(region.id))
        found.update(dict.fromkeys(each.country for each in inside if each.country))
    return list(found)
