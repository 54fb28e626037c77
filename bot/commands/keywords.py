"""/keywords: words of which one must occur, and words that may not."""

from __future__ import annotations

from bot.commands.grammar import LONGEST_KEYWORD, MOST_KEYWORDS, KeywordOrder, merge_keywords, parse_keywords
from bot.commands.outlook import (
    Connection,
    Outlook,
    answer_change,
    back_to_filters,
    change,
    look_back,
    say_outlook,
)
from bot.commands.picker import Reaction
from bot.commands.screen import Screen, in_rows
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.rendering.html import bold, escape
from bot.storage.subscriptions import Filters, filters_of, set_keywords

_MOST_LISTED = 15
"""Regions, and keywords of each sign, that the panel spells out: the longest still fit one message."""


async def say_keywords(visit: Visit) -> Screen:
    """/keywords +word -word +"two words" | clear; alone it shows what stands and how it is changed."""
    if not visit.text:
        return Screen(list_keywords(visit.words, await visit.filters()) + "\n\n" + _explain(visit.words))
    outlook = await _obey(visit, parse_keywords(visit.text, visit.words))
    return await answer_change(visit, list_keywords(visit.words, await visit.filters()), outlook)


async def press_keywords(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The keywords as buttons that remove them."""
    return Reaction(screen=_removal(visit, await visit.filters(), await look_back(visit)))


async def press_remove_keyword(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: this keyword is not wanted any more; nothing happens when it is gone already."""

    async def remove(conn: Connection, chat_id: int) -> None:
        filters = await filters_of(conn, chat_id)
        include = tuple(word for word in filters.include if short_hash("+" + word) != arguments[0])
        exclude = tuple(word for word in filters.exclude if short_hash("-" + word) != arguments[0])
        await set_keywords(conn, chat_id, include, exclude)

    outlook = await change(visit, remove)
    return Reaction(screen=_removal(visit, await visit.filters(), outlook))


async def _obey(visit: Visit, order: KeywordOrder) -> Outlook:
    """Changes the keywords in one transaction."""

    async def merge(conn: Connection, chat_id: int) -> None:
        before = await filters_of(conn, chat_id)
        include, exclude = merge_keywords(order, before.include, before.exclude, visit.words)
        await set_keywords(conn, chat_id, include, exclude)

    return await change(visit, merge)


def list_keywords(words: Words, filters: Filters) -> str:
    """What must and what may not occur, a line each."""
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
        most=words.number(MOST_KEYWORDS),
        longest=words.number(LONGEST_KEYWORD),
    )


def _removal(visit: Visit, filters: Filters, outlook: Outlook) -> Screen:
    signed = [*("+" + word for word in filters.include), *("-" + word for word in filters.exclude)]
    buttons = [visit.button(f"✖ {word}", "unkey", short_hash(word)) for word in signed]
    text = list_keywords(visit.words, filters)
    text += "\n" + visit.words.text("Press a keyword to remove it.") if buttons else ""
    text += f"\n{_explain(visit.words)}\n\n{say_outlook(visit.words, outlook)}"
    return Screen(text, (*in_rows(buttons, 2), (back_to_filters(visit),)))
