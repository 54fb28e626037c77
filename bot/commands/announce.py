"""/announce [REGION:] text: shown first, sent when the button is pressed; the outbox does the rest."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.commands.choice import name_region
from bot.commands.crier import tell_progress
from bot.commands.forget import OFFER_STANDS
from bot.commands.grammar import echo
from bot.commands.notices import render_notice
from bot.commands.picker import Reaction
from bot.commands.regions import is_all
from bot.commands.screen import Screen
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.rendering.html import length
from bot.storage.acts import note_act
from bot.storage.broadcasts import Outcomes, add_broadcast, count_audience
from bot.storage.settings import get_setting, put_setting
from bot.watch.notices import Notice, NoticeKind

LONGEST_TEXT = 3_500
"""Characters: with its heading it is one message in every language."""
LONGEST_PREFIX = 64
"""What stands before a colon and is longer is no region's name."""
KEPT = "announcement:"
"""The settings under which an announcement waits for its confirmation."""


async def say_announce(visit: Visit) -> Screen:
    """/announce text, /announce REGION: text: shows the message and whom it would reach."""
    region_id, text = _read(visit)
    if not text:
        raise RefusedInput(
            visit.words.text("Write what to say: /announce text, or /announce Hadrut: text for one region.")
        )
    if length(text) > LONGEST_TEXT:
        raise RefusedInput(
            visit.words.text("At most {most} characters, please.", most=visit.words.number(LONGEST_TEXT))
        )
    now = visit.desk.clock.now()
    asked = {"region": region_id, "text": text, "asked_at": int(now.timestamp())}
    name = short_hash(f"{visit.place.telegram_id} {asked}")
    async with visit.desk.db.writing() as conn:
        reached = await count_audience(conn, _regions(visit, region_id))
        await put_setting(conn, KEPT + name, asked)
    shown = render_notice(_notice(visit, region_id, text), visit.words, visit.desk.facts)
    yes = visit.button(visit.words.text("Yes, send it"), "announce", name)
    no = visit.button(visit.words.text("No, leave it"), "drop-announce", name)
    return Screen(f"{shown}\n\n{_say_audience(visit, region_id, reached)}", ((yes, no),))


async def press_announce(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: it is sent; this message tells from now on how far it is."""
    now, key = visit.desk.clock.now(), KEPT + arguments[0]
    async with visit.desk.db.writing() as conn:
        kept = await get_setting(conn, key)
        await put_setting(conn, key, None)
        if kept is None or now - datetime.fromtimestamp(kept["asked_at"], UTC) > OFFER_STANDS:
            return Reaction(screen=Screen(visit.words.text("Nothing was sent: this is done or too old.")))
        region_id, text = kept["region"], kept["text"]
        regions = _regions(visit, region_id)
        place = (visit.place.telegram_id, visit.message_id)
        notice = _notice(visit, region_id, text)
        await add_broadcast(conn, notice, regions, place, visit.words.language)
        await note_act(conn, visit.act("announce", region_id, text))
    return Reaction(screen=tell_progress(visit.words, Outcomes(()), is_over=False))


async def press_drop_announce(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: it was not meant."""
    async with visit.desk.db.writing() as conn:
        await put_setting(conn, KEPT + arguments[0], None)
    return Reaction(screen=Screen(visit.words.text("Nothing was sent.")))


def _read(visit: Visit) -> tuple[str, str]:
    """The region (empty: all) and the text. Raises RefusedInput for what is nearly a region's name."""
    before, colon, rest = visit.text.partition(":")
    if not colon or len(before) > LONGEST_PREFIX or "\n" in before:
        return "", visit.text
    if is_all(before):
        return "", rest.strip()
    region = visit.desk.atlas.find(before)
    if region is not None:
        return region.id, rest.strip()
    nearest = visit.desk.atlas.suggest(before, 1)
    if nearest:
        raise RefusedInput(
            visit.words.text(
                "I do not know {name}. Did you mean {first}? If it is no place, begin with “all:”.",
                name=echo(before),
                first=name_region(visit.desk.atlas, visit.words, nearest[0].id),
            )
        )
    return "", visit.text


def _regions(visit: Visit, region_id: str) -> tuple[str, ...]:
    """Every choice that holds the region or a part of it; none for everybody."""
    if not region_id:
        return ()
    atlas = visit.desk.atlas
    return tuple(dict.fromkeys((*atlas.path(region_id), *atlas.subtree(region_id))))


def _notice(visit: Visit, region_id: str, text: str) -> Notice:
    return Notice(NoticeKind.ANNOUNCEMENT, visit.desk.clock.now(), theatre=region_id, text=text)


def _say_audience(visit: Visit, region_id: str, reached: int) -> str:
    words = visit.words
    if not region_id:
        return words.count("This goes to {n} chat.", "This goes to all {n} chats.", reached)
    name = name_region(visit.desk.atlas, words, region_id)
    return words.count(
        "This goes to {n} chat that chose {region} or a part of it.",
        "This goes to {n} chats that chose {region} or a part of it.",
        reached,
        region=name,
    )
