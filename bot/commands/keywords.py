"""/keywords and /filters: what a chat wants to hear, as words and as one panel."""

from __future__ import annotations

from bot.commands.choice import name_region
from bot.commands.grammar import LONGEST_KEYWORD, MOST_KEYWORDS, KeywordOrder, merge_keywords, parse_keywords
from bot.commands.picker import Reaction
from bot.commands.screen import Screen, in_rows
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.rendering.html import bold, escape
from bot.storage.chats import ensure_chat
from bot.storage.subscriptions import Filters, filters_of, set_keywords

_MOST_LISTED = 15
"""Regions, and keywords of each sign, that the panel spells out: the longest still fit one message."""


async def say_keywords(visit: Visit) -> Screen:
    """/keywords +word -word +"two words" | clear; alone it shows what stands and how it is changed."""
    if not visit.text:
        return Screen(_list_keywords(visit.words, await visit.filters()) + "\n\n" + _explain(visit.words))
    order = parse_keywords(visit.text, visit.words)
    return Screen(_list_keywords(visit.words, await _obey(visit, order)))


async def say_filters(visit: Visit) -> Screen:
    """/filters: everything that was chosen, with buttons to change it."""
    return _panel(visit, await visit.filters())


async def press_filters(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The panel again."""
    return Reaction(screen=await say_filters(visit))


async def press_keywords(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The keywords as buttons that remove them."""
    return Reaction(screen=_removal(visit, await visit.filters()))


async def press_remove_keyword(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: this keyword is not wanted any more; nothing happens when it is gone already."""
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, visit.place.telegram_id, visit.kind, now, visit.place.topic_id, visit.words.language
        )
        filters = await filters_of(conn, chat.id)
        include = tuple(word for word in filters.include if short_hash("+" + word) != arguments[0])
        exclude = tuple(word for word in filters.exclude if short_hash("-" + word) != arguments[0])
        await set_keywords(conn, chat.id, include, exclude)
    return Reaction(screen=_removal(visit, Filters(filters.regions, include, exclude)))


async def _obey(visit: Visit, order: KeywordOrder) -> Filters:
    """Changes the keywords in one transaction; returns what stands then."""
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, visit.place.telegram_id, visit.kind, now, visit.place.topic_id, visit.words.language
        )
        before = await filters_of(conn, chat.id)
        include, exclude = merge_keywords(order, before.include, before.exclude, visit.words)
        await set_keywords(conn, chat.id, include, exclude)
        return await filters_of(conn, chat.id)


def _list_keywords(words: Words, filters: Filters) -> str:
    if not filters.include and not filters.exclude:
        return words.text("No keywords: you get every alert of your regions.")
    lines = []
    if filters.include:
        lines.append(words.text("One of these must occur: {words}", words=_listed(filters.include)))
    if filters.exclude:
        lines.append(words.text("None of these may occur: {words}", words=_listed(filters.exclude)))
    return "\n".join(lines)


def _listed(keywords: tuple[str, ...]) -> str:
    shown = ", ".join(bold(escape(keyword)) for keyword in keywords[:_MOST_LISTED])
    return shown + (f" +{len(keywords) - _MOST_LISTED}" if len(keywords) > _MOST_LISTED else "")


def _explain(words: Words) -> str:
    return words.text(
        'Write for example /keywords +drone -football +"heavy artillery": + is wanted, - is not. '
        "At most {most} of {longest} characters; /keywords clear removes all.",
        most=MOST_KEYWORDS,
        longest=LONGEST_KEYWORD,
    )


def _panel(visit: Visit, filters: Filters) -> Screen:
    words, atlas = visit.words, visit.desk.atlas
    if filters.regions:
        names = [name_region(atlas, words, region_id) for region_id in filters.regions]
        lines = [bold(words.text("Regions")), *(f"• {name}" for name in names[:_MOST_LISTED])]
        left = len(names) - _MOST_LISTED
        lines += [words.count("… and {n} more", "… and {n} more", left)] if left > 0 else []
    else:
        lines = [words.text("You have chosen no region, so no alerts will come. /subscribe chooses some.")]
    lines += ["", bold(words.text("Keywords")), _list_keywords(words, filters)]
    regions = visit.button(words.text("Change regions"), "open", "-", "0")
    if not filters.include and not filters.exclude:
        return Screen("\n".join(lines), ((regions,),))
    keywords = visit.button(words.text("Remove keywords"), "keywords")
    return Screen("\n".join(lines), ((regions,), (keywords,)))


def _removal(visit: Visit, filters: Filters) -> Screen:
    signed = [*("+" + word for word in filters.include), *("-" + word for word in filters.exclude)]
    buttons = [visit.button(f"✖ {word}", "unkey", short_hash(word)) for word in signed]
    back = visit.button(visit.words.text("« Back"), "filters")
    text = (
        visit.words.text("Press a keyword to remove it.") if buttons else _list_keywords(visit.words, filters)
    )
    return Screen(text, (*in_rows(buttons, 2), (back,)))
