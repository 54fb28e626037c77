"""A sent location: the districts around it, and circles on the map within which alerts are wanted."""

from __future__ import annotations

from bot.choices import MOST_KM, RADII_KM, Circle, around
from bot.commands.grammar import echo
from bot.commands.outlook import Connection, back_to_filters, change, say_outlook
from bot.commands.picker import Reaction
from bot.commands.screen import Screen, in_rows
from bot.commands.visit import Visit
from bot.commands.zones import zone_around
from bot.errors import RefusedInput
from bot.model import RegionLevel
from bot.rendering.html import bold, escape
from bot.storage.filters import circles_of, drop_circle, put_circle

MOST_CIRCLES = 20
"""Of one chat."""
_DISTRICTS = 3
_NEAR_KM = 150
"""Farther away is no district around a pin."""
_KM = ("km", "км", "կմ", "კმ", "كم", "ק״מ")


async def say_pin(visit: Visit, lat: float, lon: float) -> Screen:
    """What can be chosen around a location: a radius, or the districts."""
    words, atlas = visit.words, visit.desk.atlas
    place = (f"{lat:.2f}", f"{lon:.2f}")
    radii = [
        visit.button(words.text("{n} km around", n=words.number(km)), "pin", *place, str(km))
        for km in RADII_KM
    ]
    near = [r for km, r in atlas.nearest(lat, lon, RegionLevel.DISTRICT, _DISTRICTS) if km <= _NEAR_KM]
    districts = [visit.button(words.region(region), "take", region.id) for region in near]
    lines = [bold(escape(_nearest_name(visit, lat, lon)))]
    lines.append(words.text("How far around it should I watch? Or choose a whole district."))
    lines.append(words.text("I keep the place rounded to a kilometre; /forgetme removes it."))
    zone = zone_around(visit, lat, lon)
    hours = visit.button(words.text("Time zone {zone}", zone=words.zone(zone)), "rhythm", "zone", zone)
    return Screen("\n".join(lines), (*in_rows(radii, 3), *in_rows(districts, 1), (hours,)))


async def press_pin(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`lat lon km`: watch there from now on."""
    lat, lon, km = arguments
    return Reaction(screen=await _add(visit, around(float(lat), float(lon), int(km))))


async def say_around(visit: Visit) -> Screen:
    """/around Shusha 25 km: a circle without sending a location; alone it shows the circles."""
    if not visit.text:
        return await show_circles(visit)
    *name, last = _split_km(visit.text).split()
    if not name or not last.isdecimal() or not 1 <= int(last) <= MOST_KM:
        raise RefusedInput(
            visit.words.text(
                "I read {text} as no place and distance. Write /around Shusha 25 km, at most {most}, "
                "or send me a location.",
                text=echo(visit.text),
                most=visit.words.number(MOST_KM),
            )
        )
    lat, lon = _find_point(visit, " ".join(name))
    return await _add(visit, around(lat, lon, int(last)))


async def press_pins(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The circles, with buttons that remove them."""
    return Reaction(screen=await show_circles(visit))


async def show_circles(visit: Visit) -> Screen:
    """The circles, with buttons that remove them, and how one is made."""
    words, circles = visit.words, (await visit.filters()).circles
    text = words.text("Send me a location (📎) to watch around it, or write /around Shusha 25 km.")
    if circles:
        text += "\n" + words.text("Press a circle to remove it.")
    buttons = [
        visit.button(f"✖ {name_circle(visit, each)}", "unpin", f"{each.lat:.2f}", f"{each.lon:.2f}")
        for each in circles
    ]
    return Screen(text, (*in_rows(buttons, 1), (back_to_filters(visit),)))


async def press_unpin(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`lat lon`: this circle no more."""
    lat, lon = map(float, arguments)

    async def drop(conn: Connection, chat_id: int) -> None:
        await drop_circle(conn, chat_id, lat, lon)

    await change(visit, drop)
    return Reaction(screen=await show_circles(visit))


def name_circle(visit: Visit, circle: Circle) -> str:
    """A circle as people would say it, in plain text: `25 km around Shusha`."""
    place = _nearest_name(visit, circle.lat, circle.lon)
    return visit.words.text("{n} km around {place}", n=visit.words.number(circle.radius_km), place=place)


def _find_point(visit: Visit, name: str) -> tuple[float, float]:
    """Where a place is. Raises RefusedInput, with the nearest name where there is one."""
    region = visit.desk.atlas.find(name)
    if region is not None and region.lat is not None and region.lon is not None:
        return region.lat, region.lon
    near = visit.desk.atlas.suggest(name, 1) if region is None else []
    if near:
        first = escape(visit.words.region(near[0]))
        raise RefusedInput(
            visit.words.text("I do not know {name}. Did you mean {first}?", name=echo(name), first=first)
        )
    raise RefusedInput(
        visit.words.text("I do not know where {name} is. Send me a location instead.", name=echo(name))
    )


async def _add(visit: Visit, circle: Circle) -> Screen:
    async def add(conn: Connection, chat_id: int) -> None:
        known = await circles_of(conn, chat_id)
        if len(known) >= MOST_CIRCLES and (circle.lat, circle.lon) not in {(c.lat, c.lon) for c in known}:
            raise RefusedInput(
                visit.words.text("One chat can have {most} circles.", most=visit.words.number(MOST_CIRCLES))
            )
        await put_circle(conn, chat_id, circle)

    outlook = await change(visit, add)
    name = bold(escape(name_circle(visit, circle)))
    text = visit.words.text(
        "You now get alerts {circle}. What is known only to the district counts when it may lie there.",
        circle=name,
    )
    preview = visit.button(visit.words.text("Preview"), "preview")
    return Screen(f"{text}\n\n{say_outlook(visit.words, outlook)}", ((back_to_filters(visit), preview),))


def _nearest_name(visit: Visit, lat: float, lon: float) -> str:
    """The place or district that is nearest, in the language of the chat; else the numbers."""
    levels = (RegionLevel.PLACE, RegionLevel.DISTRICT)
    near = [each for level in levels for each in visit.desk.atlas.nearest(lat, lon, level, 1)]
    km, region = min(near, key=lambda each: each[0], default=(_NEAR_KM + 1.0, None))
    if region is None or km > _NEAR_KM:
        return f"{lat:.2f}, {lon:.2f}"
    return visit.words.region(region)


def _split_km(text: str) -> str:
    """The text with its unit apart, so that `25km` is a number: the unit itself says nothing."""
    for unit in _KM:
        if text.casefold().endswith(unit):
            return text[: -len(unit)].strip()
    return text
