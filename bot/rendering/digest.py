"""What a chat kept, in one message: the gravest first, a line each, within what Telegram takes."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Incident
from bot.rendering.alert import Rendered
from bot.rendering.direction import lay_out
from bot.rendering.html import bold, cut, escape, to_plain, visible_length
from bot.rendering.names import Names
from bot.rendering.replies import render_line
from bot.rendering.rollup import by_gravity

MOST_VISIBLE_DIGEST = 4_000
"""UTF-16 units; Telegram takes 4,096."""
MOST_BYTES = 15_000
"""Of the HTML: Telegram refuses longer requests though little of them is seen."""


def render_digest(incidents: Sequence[Incident], words: Words, facts: Facts) -> Rendered:
    """All of the incidents (one at least) by theatre as far as they fit; the rest are counted."""
    ordered = by_gravity(incidents)
    head = bold(escape(words.count("Digest: {n} alert", "Digest: {n} alerts", len(ordered))))
    shows_theatre = len({incident.theatre for incident in ordered}) > 1
    lines = [_line(incident, words, facts, shows_theatre) for incident in ordered]
    shown = len(lines)
    page = _page(head, lines, 0, words)
    while shown > 1 and (visible_length(page) > MOST_VISIBLE_DIGEST or len(page.encode()) > MOST_BYTES):
        shown -= max(1, shown // 10)
        page = _page(head, lines[:shown], len(lines) - shown, words)
    html = cut(page, MOST_VISIBLE_DIGEST)
    return Rendered(html, to_plain(html))


def _page(head: str, lines: Sequence[str], left: int, words: Words) -> str:
    rest = [words.count("… and {n} more: /latest", "… and {n} more: /latest", left)] if left else []
    return lay_out("\n".join((head, *lines, *rest)), words)


def _line(incident: Incident, words: Words, facts: Facts, shows_theatre: bool) -> str:
    line = render_line(incident, words, facts)
    return f"{line} · {escape(Names(words, facts).region(incident.theatre))}" if shows_theatre else line
