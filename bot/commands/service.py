"""What anybody may ask: what this is, how it stands, what happened lately, what it knows of people."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.commands.choice import add_regions, name_region
from bot.commands.outlook import WEEK
from bot.commands.panel import say_filters
from bot.commands.picker import Reaction, show_picker, summary
from bot.commands.regions import find_regions, is_all, offer_regions, say_not_understood, say_unknown
from bot.commands.screen import Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.model import Incident
from bot.rendering.html import bold
from bot.rendering.replies import render_line
from bot.storage.chats import ensure_chat, restore
from bot.storage.incidents import latest_incidents, latest_within, read_incidents
from bot.storage.previews import would_tell
from bot.storage.status import ServiceStatus, service_status
from bot.storage.subscriptions import EVERYTHING, Filters

FIRST = 3
"""Incidents that a new reader sees as soon as regions are chosen."""
MOST_NAMED = 5
"""Regions in the heading of a list; what stands in it says the rest."""
LATEST = 10
"""Incidents in one answer, a line and a button each."""
_BUTTONS_A_ROW = 3


async def say_start(visit: Visit) -> Screen:
    """/start [REGION]: what this is and is not, then the picker; a deep link chooses its region at once."""
    await _make_known(visit)
    if visit.text:
        return await _start_at(visit, visit.text)
    filters = await visit.filters()
    if not filters.has_place and visit.desk.subscribes_on_start:
        await add_regions(visit, [EVERYTHING])
        filters = await visit.filters()
    shown = await show_picker(visit)
    if filters.has_place:
        shown = await say_filters(visit) if filters.circles else summary(visit, filters.regions)
    return Screen(_introduce(visit.words) + "\n\n" + shown.text, shown.buttons)


async def press_done(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The picker closes, says what was chosen, and shows the first incidents that it would have brought."""
    filters = await visit.filters()
    if filters.circles:
        return Reaction(screen=await say_filters(visit))
    shown = summary(visit, filters.regions)
    incidents = (await _latest_of(visit, filters))[:FIRST] if filters.regions else []
    if not incidents:
        return Reaction(screen=shown)
    heading = bold(visit.words.text("Latest in your regions"))
    lines = [render_line(incident, visit.words, visit.desk.facts) for incident in incidents]
    codes = tuple(visit.button(incident.code, "details", incident.code) for incident in incidents)
    more = (visit.button(visit.words.text("« Filters"), "filters"),)
    return Reaction(
        screen=Screen("\n".join([shown.text, "", heading, *lines]), (*shown.buttons, codes, more))
    )


async def say_help(visit: Visit) -> Screen:
    """/help: what can be said, a line each."""
    words = visit.words
    lines = [
        _introduce(words),
        "",
        words.text("/subscribe Hadrut, Lebanon: alerts for places, in any spelling; alone it shows a list"),
        words.text("/unsubscribe Hadrut: no more of them; /unsubscribe all: of none"),
        words.text("/around Shusha 25 km, or a location that you send me: alerts around it"),
        words.text(
            "/filters: all that you chose, with buttons: words, severity, acts, parties, hours, style"
        ),
        words.text("/preview: what your choice brings; /missed: what it leaves out"),
        words.text("/digest, /quiet, /mute: when you hear; /style: how; /language: in which language"),
        words.text("/latest: the latest incidents; /latest Hadrut: those of a place"),
        words.text("/why, in reply to an alert: what it rests on; /incident AA-1207-K3: who says what"),
        words.text("/status: whether all is well; /privacy: what is stored; /forgetme: remove it"),
    ]
    if not visit.is_private:
        lines.append(words.text("Here only the admins of this chat can change what I tell."))
    return Screen("\n".join(lines))


async def say_privacy(visit: Visit) -> Screen:
    """/privacy: what is kept of a chat, and how it goes."""
    return Screen(
        visit.words.text(
            "I store this chat's Telegram number, its language, what it has chosen, and the alerts it was "
            "sent. A location that you send is rounded to a kilometre. No names, no texts that you write. If "
            "you block me, all of it is removed after 48 hours; /forgetme removes it at once."
        )
    )


async def say_status(visit: Visit) -> Screen:
    """/status: sources alive, last check, last alert, queue."""
    now = visit.desk.clock.now()
    async with visit.desk.db.reading() as conn:
        status = await service_status(conn, now)
    return Screen("\n".join(_tell_status(visit.words, status, now)))


async def say_latest(visit: Visit) -> Screen:
    """/latest [REGION…]: the latest incidents there, else in the chat's regions, else anywhere."""
    if not visit.text:
        filters = await visit.filters()
        heading = _heading(visit.words, filters)
        return _list_incidents(visit, heading, await _latest_of(visit, filters))
    named = find_regions(visit, visit.text)
    if not named.regions:
        return say_unknown(visit, named.unknown, action="latest")
    shown = await _show_latest(visit, [region.id for region in named.regions])
    return replace(shown, text="\n".join([shown.text, *say_not_understood(visit, named)]))


async def press_latest(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: the latest incidents there."""
    return Reaction(screen=await _show_latest(visit, [arguments[0]]))


async def _show_latest(visit: Visit, region_ids: list[str]) -> Screen:
    async with visit.desk.db.reading() as conn:
        incidents = await latest_within(conn, region_ids, LATEST)
    names = [name_region(visit.desk.atlas, visit.words, each) for each in region_ids[:MOST_NAMED]]
    heading = visit.words.text("Latest in {region}", region=visit.words.list(names))
    return _list_incidents(visit, heading, incidents)


def _heading(words: Words, filters: Filters) -> str:
    return words.text("Latest in your regions") if filters.has_place else words.text("Latest anywhere")


async def _make_known(visit: Visit) -> None:
    desk, place, now = visit.desk, visit.place, visit.desk.clock.now()
    async with desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, place.telegram_id, visit.kind, now, place.topic_id, visit.words.language
        )
        is_back = await restore(conn, chat.id, now)
    if is_back:
        desk.wake()


async def _start_at(visit: Visit, payload: str) -> Screen:
    """What somebody sees who pressed a link to a region."""
    region = visit.desk.atlas.get(payload) or visit.desk.atlas.find(payload.replace("_", " "))
    meant = EVERYTHING if is_all(payload) else region.id if region else None
    if meant is None:
        shown = offer_regions(visit, payload) or await show_picker(visit)
    else:
        await add_regions(visit, [meant])
        shown = summary(visit, (await visit.filters()).regions)
    return Screen(_introduce(visit.words) + "\n\n" + shown.text, shown.buttons)


def _introduce(words: Words) -> str:
    what = words.text(
        "I tell you, seconds after the first report, when a ceasefire is broken where you choose."
    )
    is_not = words.text(
        "I repeat what sources say; they can be wrong or late. This is not a warning system for your safety."
    )
    return f"{bold('Trucewatch')}: {what}\n{is_not}"


def _tell_status(words: Words, status: ServiceStatus, now: datetime) -> list[str]:
    queue = words.text("Nothing waits to be sent.")
    if status.queue:
        queue = words.count("{n} message waits to be sent.", "{n} messages wait to be sent.", status.queue)
    return [
        words.text(
            "Sources that answer: {alive} of {total}",
            alive=bold(words.number(status.sources_alive)),
            total=words.number(status.sources_total),
        ),
        words.text("Last check: {when}", when=_ago(words, status.last_check_at, now)),
        words.text("Last alert: {when}", when=_ago(words, status.last_alert_at, now)),
        queue,
    ]


def _ago(words: Words, moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return words.text("none yet")
    return words.ago(now - moment)


async def _latest_of(visit: Visit, filters: Filters) -> list[Incident]:
    """The newest incidents that the chat's regions hold; any for a chat that chose nothing or everything."""
    if filters.circles:
        chat, now = await visit.known_chat(), visit.desk.clock.now()
        async with visit.desk.db.reading() as conn:
            ids = await would_tell(conn, chat.id if chat else 0, now - WEEK)
            return await read_incidents(conn, ids[:LATEST])
    if not filters.regions or EVERYTHING in filters.regions:
        async with visit.desk.db.reading() as conn:
            return await latest_incidents(conn, None, LATEST)
    async with visit.desk.db.reading() as conn:
        return await latest_within(conn, filters.regions, LATEST)


def _list_incidents(visit: Visit, heading: str, incidents: list[Incident]) -> Screen:
    if not incidents:
        return Screen(visit.words.text("{heading}: nothing is known yet.", heading=bold(heading)))
    lines = [render_line(incident, visit.words, visit.desk.facts) for incident in incidents]
    buttons = [visit.button(incident.code, "details", incident.code) for incident in incidents]
    return Screen("\n".join([bold(heading), *lines]), in_rows(buttons, _BUTTONS_A_ROW))
