"""The buttons under alerts and lists of incidents."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.seal import Seal
from bot.data.messages import Words, mark
from bot.model import Incident
from bot.rendering.rollup import MOST_LISTED, by_gravity
from bot.sender import Buttons
from bot.watch.verdicts import Judgement

JUDGEMENTS = {
    Judgement.RIGHT: mark("Right"),
    Judgement.NO_VIOLATION: mark("No violation"),
    Judgement.DUPLICATE: mark("Duplicate"),
    Judgement.WRONG_PLACE: mark("Wrong place"),
}
SIGNS = {
    Judgement.RIGHT: "👍",
    Judgement.NO_VIOLATION: "👎",
    Judgement.DUPLICATE: "👯",
    Judgement.WRONG_PLACE: "📍",
}
_IN_A_ROW = 3
_JUDGEMENTS_IN_A_ROW = 2


def buttons_under(
    incidents: Sequence[Incident], words: Words, seal: Seal, telegram_id: int, *, is_reviewed: bool = False
) -> Buttons:
    """Why and Details under one incident, and what it `is_reviewed` with; of several, each one's code."""
    if len(incidents) == 1:
        code = incidents[0].code
        why = (words.text("Why"), seal.write(telegram_id, "why", code))
        first = (why, (words.text("Details"), seal.write(telegram_id, "details", code)))
        return (first, *(review_buttons(words, seal, telegram_id, code) if is_reviewed else ()))
    listed = [each.code for each in by_gravity(incidents)[:MOST_LISTED]]
    codes = [(code, seal.write(telegram_id, "details", code)) for code in listed]
    return tuple(tuple(codes[i : i + _IN_A_ROW]) for i in range(0, len(codes), _IN_A_ROW))


def review_buttons(words: Words, seal: Seal, telegram_id: int, code: str) -> Buttons:
    """The rows by which an incident is judged in an admin's chat."""
    buttons = [
        (f"{SIGNS[each]} {words.text(label)}", seal.write(telegram_id, "review", code, each.value))
        for each, label in JUDGEMENTS.items()
    ]
    return tuple(
        tuple(buttons[i : i + _JUDGEMENTS_IN_A_ROW]) for i in range(0, len(buttons), _JUDGEMENTS_IN_A_ROW)
    )
