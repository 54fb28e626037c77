"""What a choice brings: a week looked back on at every change, /preview, and /missed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from bot.choices import Refusal
from bot.commands.picker import Reaction
from bot.commands.screen import Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import Words, mark
from bot.model import Incident
from bot.rendering.html import bold, italic
from bot.rendering.replies import render_line
from bot.storage.chats import ensure_chat, restore
from bot.storage.incidents import read_incidents
from bot.storage.previews import Missed, missed_since, would_tell

WEEK = timedelta(days=7)
LATELY = timedelta(days=3)
EXAMPLES = 3
MOST_MISSED = 8

Connection = Any
Work = Callable[[Connection, int], Awaitable[None]]
"""Changes something about a chat, by our own number of it."""

_REASONS = {
    Refusal.SEVERITY: mark("less grave than you want"),
    Refusal.STATUS: mark("not confirmed"),
    Refusal.ACT: mark("another kind of act"),
    Refusal.PARTY: mark("none of your parties"),
    Refusal.NOT_INCLUDED: mark("none of your words"),
    Refusal.EXCLUDED: mark("a word that you do not want"),
    Refusal.MUTED: mark("muted"),
}


@dataclass(frozen=True, slots=True)
class Outlook:
    """Incidents of the last seven days that a choice would have brought, the newest first.

    `added` and `dropped` are what a change made of it.
    """

    ids: tuple[int, ...]
    added: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()


async def change(visit: Visit, work: Work) -> Outlook:
    """Does the work for the visited chat, which becomes known, in one transaction; says what it changes."""
    desk, place, now = visit.desk, visit.place, visit.desk.clock.now()
    async with desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, place.telegram_id, visit.kind, now, place.topic_id, visit.words.language
        )
        is_back = await restore(conn, chat.id, now)
        before = await would_tell(conn, chat.id, now - WEEK)
        await work(conn, chat.id)
        after = await would_tell(conn, chat.id, now - WEEK)
    if is_back:
        desk.wake()
    return compare(before, after)


def compare(before: tuple[int, ...], after: tuple[int, ...]) -> Outlook:
    """What a choice brings, and what that adds to what stood before and takes away."""
    known, left = set(before), set(after)
    added = tuple(each for each in after if each not in known)
    return Outlook(after, added, tuple(each for each in before if each not in left))


async def look_back(visit: Visit) -> Outlook:
    """What the choice, as it is, would have brought."""
    chat = await visit.known_chat()
    if chat is None:
        return Outlook(())
    async with visit.desk.db.reading() as conn:
        return Outlook(await would_tell(conn, chat.id, visit.desk.clock.now() - WEEK))


def say_outlook(words: Words, outlook: Outlook) -> str:
    """How many alerts in one line, and how many more and fewer than before the change."""
    told = words.count("The last seven days: {n} alert", "The last seven days: {n} alerts", len(outlook.ids))
    signed = (("+", outlook.added), ("−", outlook.dropped))
    changes = " ".join(f"{sign}{words.number(len(ids))}" for sign, ids in signed if ids)
    return italic(f"{told} ({changes})" if changes else told)


async def answer_change(visit: Visit, text: str, outlook: Outlook) -> Screen:
    """The answer to a command that changed a filter: what stands, what it brings, some of what changed."""
    changed = [*outlook.added[:EXAMPLES], *outlook.dropped[: max(0, EXAMPLES - len(outlook.added))]]
    async with visit.desk.db.reading() as conn:
        examples = await read_incidents(conn, changed)
    signs = ("+" if each.id in outlook.added else "−" for each in examples)
    lines = [f"{sign} {_line(visit, each)}" for sign, each in zip(signs, examples, strict=True)]
    buttons = (visit.button(visit.words.text("Preview"), "preview"), back_to_filters(visit))
    return Screen("\n".join([text, "", say_outlook(visit.words, outlook), *lines]), (buttons,))


def back_to_filters(visit: Visit) -> Any:
    """The button to the panel of all filters."""
    return visit.button(visit.words.text("« Filters"), "filters")


async def say_preview(visit: Visit) -> Screen:
    """/preview: a number and three examples."""
    words, outlook = visit.words, await look_back(visit)
    if not (await visit.filters()).has_place:
        return Screen(
            words.text("You have chosen no region, so no alerts will come. /subscribe chooses some.")
        )
    async with visit.desk.db.reading() as conn:
        examples = await read_incidents(conn, outlook.ids[:EXAMPLES])
    lines = [say_outlook(words, outlook), *(_line(visit, each) for each in examples)]
    if (left := len(outlook.ids) - len(examples)) > 0:
        lines.append(words.count("… and {n} more", "… and {n} more", left))
    details = [visit.button(each.code, "details", each.code) for each in examples]
    ways = (visit.button(words.text("What was left out"), "missed"), back_to_filters(visit))
    return Screen("\n".join(lines), (*in_rows(details, EXAMPLES), ways))


async def press_preview(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The same in place of the panel."""
    return Reaction(screen=await say_preview(visit))


async def say_missed(visit: Visit) -> Screen:
    """/missed: what the filters kept away lately, and which of them."""
    words, chat, now = visit.words, await visit.known_chat(), visit.desk.clock.now()
    total, missed = 0, list[Missed]()
    if chat is not None:
        since = max(chat.created_at, now - LATELY)
        async with visit.desk.db.reading() as conn:
            total, missed = await missed_since(conn, chat.id, since, MOST_MISSED)
    ways = ((visit.button(words.text("Preview"), "preview"), back_to_filters(visit)),)
    if not total:
        return Screen(words.text("Nothing of your places was left out in the last three days."), ways)
    heading = words.count("Left out in three days: {n} alert", "Left out in three days: {n} alerts", total)
    lines = [bold(heading)]
    for each in missed:
        # A mute may have begun later: where anything else kept it away, that is why.
        lasting = [refusal for refusal in each.refusals if refusal is not Refusal.MUTED] or each.refusals
        reasons = ", ".join(words.text(_REASONS[refusal]) for refusal in lasting)
        lines += [_line(visit, each.incident), f"   ↳ {italic(reasons)}"]
    if total > len(missed):
        lines.append(words.count("… and {n} more", "… and {n} more", total - len(missed)))
    return Screen("\n".join(lines), ways)


async def press_missed(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The same in place of the panel."""
    return Reaction(screen=await say_missed(visit))


def _line(visit: Visit, incident: Incident) -> str:
    return render_line(incident, visit.words, visit.desk.facts)
