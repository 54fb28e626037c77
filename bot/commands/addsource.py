"""/addsource ADDRESS: looked at beside the conversation, then asked about by pressing, then watched."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from telegram import Bot

from bot.commands.desk import Desk
from bot.commands.errand import Errand
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen, edit_screen, in_rows, send_screen
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.data.messages import Words, mark
from bot.errors import RefusedInput, TrucewatchError
from bot.model import NEUTRAL, Source, SourceKind, SourceType
from bot.rendering.html import bold, clean, escape, link, shorten
from bot.rendering.names import Names
from bot.storage.acts import note_act
from bot.storage.settings import get_setting, put_setting
from bot.storage.sources import add_source, all_checks, find_by_url, known_ids, restore_source
from bot.survey import Item, Survey, make_id
from bot.watched import address_of

WORLD = "*"
"""In a button: a source that is about no theatre in particular."""
LONGEST_ADDRESS = 500
_KEPT = "source_drafts"
"""The setting that holds what was surveyed and not yet answered about."""
_MOST_KEPT = 20
_LONGEST_TITLE = 90
_TYPE_NAMES = {
    SourceType.AGENCY: mark("News agency"),
    SourceType.NEWSPAPER: mark("Newspaper"),
    SourceType.BROADCASTER: mark("Broadcaster"),
    SourceType.MOD: mark("Ministry or army"),
    SourceType.MONITOR: mark("Monitor"),
    SourceType.CHANNEL: mark("Channel"),
    SourceType.BLOG: mark("Blog"),
}
_KIND_NAMES = {
    SourceKind.FEED: mark("a feed"),
    SourceKind.CHANNEL: mark("a public channel"),
    SourceKind.PAGE: mark("a page of headlines"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A source that was surveyed, with what has been answered about it so far."""

    url: str
    kind: str
    name: str
    type: str = ""
    theatre: str = ""


class Adder(Errand):
    """One look at a time at an address that somebody gave; the conversation goes on meanwhile."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk

    async def start(self, visit: Visit, bot: Bot) -> Screen | None:
        """Begins, and tells in a message of its own; a screen when there is nothing to begin."""
        words = visit.words
        if not visit.text or " " in visit.text or len(visit.text) > LONGEST_ADDRESS:
            return Screen(words.text("Give one address: /addsource https://example.org/feed or @channel."))
        if self.is_busy:
            return Screen(words.text("I am looking at another address; please try again in a minute."))
        self.begin(self._run(visit, bot))
        return None

    async def _run(self, visit: Visit, bot: Bot) -> None:
        words = visit.words
        shown = Screen(words.text("Looking at {address}…", address=echo(visit.text)))
        message = await send_screen(bot, visit.place, shown)
        if message is None:
            return
        try:
            screen = await _offer(visit, await self._desk.survey(visit.text))
        except TrucewatchError as error:
            screen = Screen(words.text("That cannot be watched: {why}", why=escape(str(error))))
        await edit_screen(bot, visit.place.telegram_id, message.message_id, screen)


async def press_type(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash type`: what the source is; then its theatre is asked for."""
    key, kind = arguments
    draft = await _change(visit, key, type=SourceType(kind).value)
    names = Names(visit.words, visit.desk.facts)
    buttons = [
        visit.button(names.region(theatre.id), "add-theatre", key, short_hash(theatre.id))
        for theatre in visit.desk.atlas.theatres()
    ]
    world = visit.button(visit.words.text("The whole world"), "add-theatre", key, WORLD)
    question = visit.words.text("What is it mostly about?")
    return Reaction(screen=Screen(_head(draft) + "\n" + question, ((world,), *in_rows(buttons, 2))))


async def press_theatre(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash theatre`: what it is about; then its side is asked for, where there are sides."""
    key, hashed = arguments
    found = [t.id for t in visit.desk.atlas.theatres() if short_hash(t.id) == hashed]
    draft = await _change(visit, key, theatre=found[0] if found else "")
    if not found:
        return await _finish(visit, key, draft, NEUTRAL)
    names = Names(visit.words, visit.desk.facts)
    sides = [
        visit.button(names.party(party.id), "add-side", key, short_hash(party.id))
        for party in visit.desk.facts.parties.values()
        if found[0] in party.theatres and party.kind in ("state", "group")
    ]
    neutral = visit.button(visit.words.text("Neutral"), "add-side", key, short_hash(NEUTRAL))
    question = visit.words.text("Whose side does it speak for?")
    return Reaction(screen=Screen(_head(draft) + "\n" + question, ((neutral,), *in_rows(sides[:60], 2))))


async def press_side(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash side`: whom it speaks for; then it is watched."""
    key, hashed = arguments
    draft = await _change(visit, key)
    sides = [party for party in visit.desk.facts.parties if short_hash(party) == hashed]
    return await _finish(visit, key, draft, sides[0] if sides else NEUTRAL)


async def _offer(visit: Visit, found: Survey) -> Screen:
    async with visit.desk.db.reading() as conn:
        known = [check.source for check in await all_checks(conn)]
    same = next((source for source in known if address_of(source.url) == address_of(found.url)), None)
    if same is not None:
        name = bold(escape(same.name))
        return Screen(visit.words.text("It is watched already: {name}. /sources lists them.", name=name))
    key = short_hash(found.url)
    await _keep(visit, key, Draft(found.url, found.kind.value, found.name))
    return Screen(_describe(visit, found), _type_buttons(visit, key))


def _type_buttons(visit: Visit, key: str) -> tuple[tuple[Button, ...], ...]:
    texts = ((type_, visit.words.text(name)) for type_, name in _TYPE_NAMES.items())
    return in_rows([visit.button(text, "add-type", key, type_.value) for type_, text in texts], 2)


def _describe(visit: Visit, found: Survey) -> str:
    words = visit.words
    kind = words.text(_KIND_NAMES.get(found.kind, found.kind.value))
    count = words.count("{n} item", "{n} items", found.entries)
    lines = [f"{bold(escape(found.name))}: {kind}, {count}\n{escape(found.url)}"]
    lines += [_tell_item(visit, item) for item in found.items]
    return "\n".join([*lines, words.text("What is it?")])


def _tell_item(visit: Visit, item: Item) -> str:
    words, now = visit.words, visit.desk.clock.now()
    title = escape(shorten(clean(item.title), _LONGEST_TITLE))
    when = f" ({words.moment(item.published_at, now)})" if item.published_at else ""
    return f"• {link(item.url, title)}{when}\n  → {_tell_finding(words, visit, item)}"


def _tell_finding(words: Words, visit: Visit, item: Item) -> str:
    found, names = item.finding, Names(words, visit.desk.facts)
    if not found.is_violation:
        return words.text("no violation of a truce")
    places = [names.place(place) for place in found.places[:2]]
    where = ", ".join(places) or (names.region(found.theatre) if found.theatre else "")
    told = words.text("would be told")
    return f"{told}: {escape(where)}" if where else told


def _head(draft: Draft) -> str:
    return f"{bold(escape(draft.name))}\n{escape(draft.url)}"


async def _finish(visit: Visit, key: str, draft: Draft, side: str) -> Reaction:
    """Watch it: a removed one as it was known, any other as it was described just now."""
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        known = await find_by_url(conn, draft.url)
        if known is None:
            source = Source(
                make_id(draft.name, await known_ids(conn)),
                draft.name,
                SourceKind(draft.kind),
                draft.url,
                SourceType(draft.type or SourceType.BLOG),
                side=side,
                theatres=(draft.theatre,) if draft.theatre else (),
            )
            await add_source(conn, source, now)
        else:
            source = known[0].source
            await restore_source(conn, source.id, now)
        await note_act(conn, visit.act("addsource", source.id, draft.url))
        drafts = dict(await get_setting(conn, _KEPT, {}))
        drafts.pop(key, None)
        await put_setting(conn, _KEPT, drafts or None)
    said = visit.words.text("{name} is watched from now on.", name=bold(escape(draft.name)))
    return Reaction(screen=Screen(said + f"\n{escape(draft.url)}"))


async def _keep(visit: Visit, key: str, draft: Draft) -> None:
    async with visit.desk.db.writing() as conn:
        drafts: dict[str, Any] = dict(await get_setting(conn, _KEPT, {}))
        drafts.pop(key, None)
        latest = {**drafts, key: asdict(draft)}
        await put_setting(conn, _KEPT, dict(list(latest.items())[-_MOST_KEPT:]))


async def _change(visit: Visit, key: str, **answers: str) -> Draft:
    """The draft with further answers. Raises RefusedInput when it was finished or is forgotten."""
    async with visit.desk.db.reading() as conn:
        drafts = await get_setting(conn, _KEPT, {})
    if key not in drafts:
        raise RefusedInput(visit.words.text("That is done or too old; /addsource begins anew."))
    draft = replace(Draft(**drafts[key]), **answers)
    if answers:
        await _keep(visit, key, draft)
    return draft
