"""The incidents of a busy hour in one message, the gravest first, as short as an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Incident, Severity
from bot.rendering.alert import MOST_VISIBLE, Rendered, say_acts
from bot.rendering.direction import lay_out
from bot.rendering.html import bold, cut, escape, shorten, strike, to_plain, visible_length
from bot.rendering.names import Names
from bot.rendering.words import MARKS

MOST_LISTED = 6
"""Incidents with a line of their own: with a heading and an ending that makes eight lines."""

MOST_THEATRES = 2
"""Named in the heading."""

_LONGEST_PLACES = 40
_GRAVEST_FIRST = {severity: rank for rank, severity in enumerate(reversed(Severity))}


def by_gravity(incidents: Sequence[Incident]) -> list[Incident]:
    """The gravest first, the newest first among equals; what was taken back stands last."""
    newest = sorted(incidents, key=lambda each: each.opened_at, reverse=True)
    return sorted(newest, key=lambda each: (each.retraction is not None, _GRAVEST_FIRST[each.severity]))


def render_rollup(incidents: Sequence[Incident], words: Words, now: datetime, facts: Facts) -> Rendered:
    """At most eight lines and 600 visible characters, of `incidents`, one at least."""
    names, ordered = Names(words, facts), by_gravity(incidents)
    heading = words.count("{n} more alert", "{n} more alerts", len(ordered))
    theatres = [names.region(theatre) for theatre in dict.fromkeys(each.theatre for each in ordered)]
    where = " · ".join(theatres) if len(theatres) <= MOST_THEATRES else words.text("several regions")
    head = f"{bold(escape(heading))} · {escape(where)}"
    listed = [_line(incident, words, names) for incident in ordered[:MOST_LISTED]]
    page = _page(head, listed, len(ordered), words, now)
    while visible_length(page) > MOST_VISIBLE and len(listed) > 1:
        page = _page(head, listed := listed[:-1], len(ordered), words, now)
    html = cut(page, MOST_VISIBLE)
    return Rendered(html, to_plain(html))


def _page(head: str, listed: Sequence[str], total: int, words: Words, now: datetime) -> str:
    left = total - len(listed)
    ends = [words.text("updated {time}", time=words.moment(now, now))]
    if left:
        ends.insert(0, words.count("… and {n} more: /latest", "… and {n} more: /latest", left))
    return lay_out("\n".join((head, *listed, escape(" · ".join(ends)))), words)


def _line(incident: Incident, words: Words, names: Names) -> str:
    places = shorten(names.scene(incident, 1)[0], _LONGEST_PLACES)
    line = f"{MARKS[incident.severity]} {bold(escape(places))}: {escape(say_acts(incident, words, 1))}"
    line += f" · {escape(incident.code)}"
    return strike(line) if incident.retraction is not None else line
