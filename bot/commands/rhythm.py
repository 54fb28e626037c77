"""When a chat is told: /digest, /quiet, /mute, in its own time zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.choices import Digest, Rhythm
from bot.commands.choice import name_region
from bot.commands.grammar import echo, is_any, split_names
from bot.commands.outlook import Connection, back_to_filters, change
from bot.commands.picker import CHOSEN, Reaction
from bot.commands.screen import Button, Screen
from bot.commands.times import read_span, read_time, split_quiet
from bot.commands.visit import Visit
from bot.commands.zones import guess_zone, read_zone
from bot.data.messages import Words, mark
from bot.errors import RefusedInput
from bot.hours import time_of
from bot.rendering.html import bold, escape
from bot.storage.digests import rhythm_of, save_rhythm
from bot.storage.filters import mute, mutes_of, unmute
from bot.storage.subscriptions import EVERYTHING

LONGEST_MUTE = timedelta(days=30)
MOST_LISTED, MOST_SHOWN = 12, 30
"""Mutes that are spelled out, and those with a button that ends them."""
_NIGHTS = ((22, 7), (23, 8), (0, 7))
_MUTES = (timedelta(hours=1), timedelta(hours=8), timedelta(days=1), timedelta(weeks=1))
_DIGESTS = {
    Digest.OFF: mark("at once"),
    Digest.HOURLY: mark("every hour"),
    Digest.DAILY: mark("every day"),
}


async def say_digest(visit: Visit) -> Screen:
    """/digest off|hourly|daily 08:00 [zone]; alone it shows the choice."""
    if not visit.text:
        return await show_rhythm(visit)
    word, *rest = visit.text.split(maxsplit=1)
    if word[0].isdecimal():  # a time alone is a day's
        word, rest = Digest.DAILY.value, [visit.text]
    digest = _read_digest(visit, word)
    rhythm = replace(await _rhythm(visit), digest=digest)
    if rest and digest is Digest.DAILY:
        at, *zone = rest[0].split(maxsplit=1)
        rhythm = replace(rhythm, digest_at=read_time(visit.words, at))
        rhythm = replace(rhythm, zone=read_zone(visit, zone[0])) if zone else rhythm
    return await _save(visit, rhythm)


async def say_quiet(visit: Visit) -> Screen:
    """/quiet 22:00-07:00 [zone] [grave], /quiet off; alone it shows the choice."""
    if not visit.text:
        return await show_rhythm(visit)
    before = await _rhythm(visit)
    if is_any(visit.text):
        return await _save(visit, replace(before, quiet_from=None, quiet_until=None))
    times, zone, lets_grave = split_quiet(visit.text)
    ends = [read_time(visit.words, each) for each in times]
    if len(ends) != 2 or ends[0] == ends[1]:
        raise RefusedInput(_say_odd_quiet(visit))
    named = read_zone(visit, zone) if zone else before.zone
    rhythm = replace(before, quiet_from=ends[0], quiet_until=ends[1], zone=named)
    return await _save(visit, replace(rhythm, lets_grave=lets_grave or before.lets_grave))


async def press_rhythm(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`digest D [minutes]`, `quiet [from until]`, `grave 0|1`, `zone NAME`; alone the choice is shown."""
    if not arguments:
        return Reaction(screen=await show_rhythm(visit))
    before, (what, *values) = await _rhythm(visit), arguments
    if what == "digest":
        at = int(values[1]) if len(values) > 1 else before.digest_at
        after = replace(before, digest=Digest(values[0]), digest_at=at)
    elif what == "quiet":
        begins, ends = map(int, values) if values else (None, None)
        after = replace(before, quiet_from=begins, quiet_until=ends)
    elif what == "grave":
        after = replace(before, lets_grave=values[0] == "1")
    else:
        after = replace(before, zone=read_zone(visit, values[0]))
    return Reaction(screen=await _save(visit, after))


async def say_mute(visit: Visit) -> Screen:
    """/mute 8h, /mute Hadrut, Shusha 8h: nothing is told so long; alone it shows what is muted."""
    if not visit.text:
        return await _show_mutes(visit)
    *name, last = visit.text.split()
    span = read_span(last)
    if span is None and len(name) > 0 and name[-1].isdecimal():  # `8 h`
        span = read_span(name.pop() + last)
    if span is None or not timedelta() < span <= LONGEST_MUTE:
        raise RefusedInput(
            visit.words.text(
                "I read no length of time in {text}. Write /mute 8h or /mute Hadrut 2d, at most 30 days.",
                text=echo(visit.text),
            )
        )
    return await _mute(visit, _read_regions(visit, " ".join(name)), span)


async def say_unmute(visit: Visit) -> Screen:
    """/unmute [Hadrut]: alerts come again."""
    region_id = None if not visit.text or is_any(visit.text) else _read_region(visit, visit.text)
    chat, is_over = await visit.known_chat(), False
    if chat is not None:
        async with visit.desk.db.writing() as conn:
            is_over = await unmute(conn, chat.id, visit.desk.clock.now(), region_id)
    if is_over:
        return Screen(visit.words.text("Alerts come again. /missed tells what was left out."))
    return Screen(visit.words.text("Nothing was muted. /mute 8h mutes everything, /mute Hadrut 8h a region."))


async def press_mute(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region minutes`: muted so long; without minutes: no longer."""
    if not arguments:
        return Reaction(screen=await _show_mutes(visit))
    region_id, *minutes = arguments
    if minutes:
        return Reaction(screen=await _mute(visit, [region_id], timedelta(minutes=int(minutes[0]))))

    async def end(conn: Connection, chat_id: int) -> None:
        await unmute(conn, chat_id, visit.desk.clock.now(), region_id)

    await change(visit, end)
    return Reaction(screen=await _show_mutes(visit))


async def rhythm_lines(visit: Visit) -> list[str]:
    """How a chat is told, for the panel: at once or together, quiet hours, mutes."""
    words, rhythm, now = visit.words, await _rhythm(visit), visit.desk.clock.now()
    chat = await visit.known_chat()
    muted = {}
    if chat is not None:
        async with visit.desk.db.reading() as conn:
            muted = await mutes_of(conn, chat.id, now)
    zone = _zone(rhythm)
    lines = [_say_digest(words, rhythm), _say_quiet(words, rhythm)]
    lines += [
        words.text(
            "Muted until {time}: {region}",
            time=words.moment(until, now, zone),
            region=name_region(visit.desk.atlas, words, region_id),
        )
        for region_id, until in list(muted.items())[:MOST_LISTED]
    ]
    if (left := len(muted) - MOST_LISTED) > 0:
        lines.append(words.count("… and {n} more", "… and {n} more", left))
    return [line for line in lines if line]


async def show_rhythm(visit: Visit) -> Screen:
    """The choice, with buttons for what most people want."""
    words, rhythm, now = visit.words, await _rhythm(visit), visit.desk.clock.now()
    local = words.time(now, _zone(rhythm))
    lines = [
        *await rhythm_lines(visit),
        words.text("Time zone: {zone}, where it is {time} now", zone=words.zone(rhythm.zone), time=local),
    ]
    if rhythm != Rhythm(zone=rhythm.zone, digest_at=rhythm.digest_at):
        kept = words.text("Grave ones come at once; the rest is told together.")
        if not rhythm.lets_grave:
            kept = words.text("Grave ones wait, too; all is told together.")
        lines.append(kept)
    lines.append(words.text("Or write /digest daily 07:30 or /quiet 22:00-07:00 Yerevan."))
    back = (back_to_filters(visit), visit.button(words.text("Mute"), "mute"))
    zone = (visit.button(words.text("Another time zone"), "zones"),)
    return Screen("\n".join(lines), (*_digest_rows(visit, rhythm), *_quiet_rows(visit, rhythm), zone, back))


def _digest_rows(visit: Visit, rhythm: Rhythm) -> tuple[tuple[Button, ...], ...]:
    words = visit.words

    def button(digest: Digest, at: int | None = None) -> Button:
        is_on = rhythm.digest is digest and at in (None, rhythm.digest_at)
        label = words.capital(words.text(_DIGESTS[digest])) + (f" {words.clock(time_of(at))}" if at else "")
        values = (digest.value,) if at is None else (digest.value, str(at))
        return visit.button((CHOSEN if is_on else "") + label, "rhythm", "digest", *values)

    first = (button(Digest.OFF), button(Digest.HOURLY))
    return first, (button(Digest.DAILY, 8 * 60), button(Digest.DAILY, 20 * 60))


def _quiet_rows(visit: Visit, rhythm: Rhythm) -> tuple[tuple[Button, ...], ...]:
    words = visit.words
    buttons = []
    for begins, ends in _NIGHTS:
        is_on = (rhythm.quiet_from, rhythm.quiet_until) == (begins * 60, ends * 60)
        label = f"{CHOSEN if is_on else ''}🌙 {words.clock(time(begins))}–{words.clock(time(ends))}"
        buttons.append(visit.button(label, "rhythm", "quiet", str(begins * 60), str(ends * 60)))
    off = visit.button(words.text("No quiet hours"), "rhythm", "quiet")
    grave = visit.button(
        (CHOSEN if rhythm.lets_grave else "") + words.text("Grave ones at once"),
        *("rhythm", "grave", "0" if rhythm.lets_grave else "1"),
    )
    return tuple(buttons), (off, grave)


def _say_digest(words: Words, rhythm: Rhythm) -> str:
    told = words.text(_DIGESTS[rhythm.digest])
    if rhythm.digest is Digest.DAILY:
        told += " " + words.clock(time_of(rhythm.digest_at))
    return words.text("Alerts come {how}", how=bold(told))


def _say_quiet(words: Words, rhythm: Rhythm) -> str:
    if rhythm.quiet_from is None or rhythm.quiet_until is None:
        return ""
    span = f"{words.clock(time_of(rhythm.quiet_from))}–{words.clock(time_of(rhythm.quiet_until))}"
    return words.text("Quiet hours: {span}, {zone}", span=bold(span), zone=words.zone(rhythm.zone))


async def _rhythm(visit: Visit) -> Rhythm:
    chat = await visit.known_chat()
    if chat is None:
        return Rhythm()
    async with visit.desk.db.reading() as conn:
        return await rhythm_of(conn, chat.id)


async def _save(visit: Visit, rhythm: Rhythm) -> Screen:
    """Keeps it; a zone that nobody named is guessed from the regions, and shown."""
    if rhythm.zone is None:
        rhythm = replace(rhythm, zone=await guess_zone(visit))

    async def save(conn: Connection, chat_id: int) -> None:
        await save_rhythm(conn, chat_id, rhythm, visit.desk.clock.now())

    await change(visit, save)
    visit.desk.wake()
    return await show_rhythm(visit)


async def _mute(visit: Visit, region_ids: list[str], span: timedelta) -> Screen:
    until: datetime = visit.desk.clock.now() + span

    async def work(conn: Connection, chat_id: int) -> None:
        for region_id in region_ids:
            await mute(conn, chat_id, region_id, until)

    await change(visit, work)
    return await _show_mutes(visit)


async def _show_mutes(visit: Visit) -> Screen:
    words, chat, now = visit.words, await visit.known_chat(), visit.desk.clock.now()
    muted = {}
    if chat is not None:
        async with visit.desk.db.reading() as conn:
            muted = await mutes_of(conn, chat.id, now)
    lines = [line for line in await rhythm_lines(visit) if muted] if muted else []
    lines.append(
        words.text("How long should I be silent? /mute Hadrut 8h is for one region; /unmute ends it.")
    )
    spans = tuple(
        visit.button(words.span(span), "mute", EVERYTHING, str(span // timedelta(minutes=1)))
        for span in _MUTES
    )
    ends = tuple(
        (visit.button(f"🔔 {name_region(visit.desk.atlas, words, region_id)}", "mute", region_id),)
        for region_id in list(muted)[:MOST_SHOWN]
    )
    return Screen("\n".join(lines), (spans[:2], spans[2:], *ends, (back_to_filters(visit),)))


def _read_digest(visit: Visit, word: str) -> Digest:
    if is_any(word) or word.casefold() == "now":
        return Digest.OFF
    try:
        return Digest(word.casefold())
    except ValueError:
        raise RefusedInput(
            visit.words.text(
                "I do not know {word} as a rhythm. Write /digest off, /digest hourly or /digest daily 08:00.",
                word=echo(word),
            )
        ) from None


def _say_odd_quiet(visit: Visit) -> str:
    return visit.words.text(
        "I read no beginning and end in {text}. Write /quiet 22:00-07:00, with a time zone such as Yerevan "
        "if you like, or /quiet off.",
        text=echo(visit.text),
    )


def _read_regions(visit: Visit, names: str) -> list[str]:
    """The regions between commas; everything for no name. Raises RefusedInput for an unknown one."""
    return [_read_region(visit, name) for name in split_names(names)] or [EVERYTHING]


def _read_region(visit: Visit, name: str) -> str:
    """Everything for no name. Raises RefusedInput for an unknown one."""
    if not name or is_any(name):
        return EVERYTHING
    region = visit.desk.atlas.find(name)
    if region is not None:
        return region.id
    near = visit.desk.atlas.suggest(name, 1)
    if near:
        raise RefusedInput(
            visit.words.text(
                "I do not know {name}. Did you mean {first}?",
                name=echo(name),
                first=escape(visit.words.region(near[0])),
            )
        )
    raise RefusedInput(visit.words.text("I do not know {names}.", names=echo(name)))


def _zone(rhythm: Rhythm) -> ZoneInfo:
    return ZoneInfo(rhythm.zone or "UTC")
