"""Notices about the sources themselves, written for a chat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.commands.condition import mark_of, say_why
from bot.data import Facts
from bot.data.messages import Words
from bot.rendering.html import bold, clean, escape, shorten
from bot.rendering.names import Names
from bot.watch.coverage import EVERYWHERE, MOST
from bot.watch.notices import Notice, NoticeKind

MOST_LINES = 12
"""Sources named in one report; the rest are counted."""
_LONGEST_NAME = 40


def render_notice(notice: Notice, words: Words, facts: Facts) -> str:
    """The notice as Telegram HTML."""
    if notice.kind is NoticeKind.BROKEN:
        return _report(notice, words)
    if notice.kind is NoticeKind.ANNOUNCEMENT:
        lines = [escape(line) for line in notice.text.splitlines()]
        return "📢 " + words.text("From the people who run this bot:") + "\n\n" + "\n".join(lines)
    silence = say_silence(notice.theatre, notice.what, notice.since, notice.created_at, words, facts)
    if notice.kind is NoticeKind.LOST:
        return "🔇 " + silence
    name = Names(words, facts)
    if notice.theatre == EVERYWHERE:
        return "🔊 " + words.text("Sources answer again.")
    where = bold(escape(name.region(notice.theatre)))
    if notice.what == MOST:
        return "🔊 " + words.text("{theatre}: most sources answer again.", theatre=where)
    side = escape(name.party(notice.what))
    return "🔊 " + words.text("{theatre}: sources of {side} answer again.", theatre=where, side=side)


def say_silence(
    theatre: str, what: str, since: datetime | None, now: datetime, words: Words, facts: Facts
) -> str:
    """What is not heard since when, and what that means."""
    when = words.moment(since, now) + " UTC" if since else words.text("the start")
    if theatre == EVERYWHERE:
        said = words.text("No source has answered since {when}.", when=when)
    else:
        names = Names(words, facts)
        where = bold(escape(names.region(theatre)))
        if what == MOST:
            said = words.text(
                "{theatre}: most sources have not answered since {when}.", theatre=where, when=when
            )
        else:
            side = escape(names.party(what))
            said = words.text(
                "{theatre}: no source of {side} has answered since {when}.",
                theatre=where,
                side=side,
                when=when,
            )
    return said + " " + words.text("The silence tells nothing.")


def _report(notice: Notice, words: Words) -> str:
    heading = words.text(
        "Sources that should be looked at: {broken} of {total}",
        broken=words.number(notice.broken),
        total=words.number(notice.total),
    )
    lines = [bold(heading), *_troubles(notice, words)]
    left = notice.broken - min(len(notice.troubles), MOST_LINES)
    if left > 0:
        lines.append(words.count("… and {n} more", "… and {n} more", left))
    return "\n".join([*lines, "/sources"])


def _troubles(notice: Notice, words: Words) -> Sequence[str]:
    return [
        f"{mark_of(t.found)} {bold(escape(shorten(clean(t.name), _LONGEST_NAME)))}: "
        + say_why(words, t.found, notice.created_at)
        for t in notice.troubles[:MOST_LINES]
    ]
