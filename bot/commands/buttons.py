"""The buttons under alerts and lists of incidents."""

from __future__ import annotations

from collections.abc import Sequence

from bot.commands.seal import Seal
from bot.data.messages import Words
from bot.model import Incident
from bot.rendering.rollup import MOST_LISTED, by_gravity
from bot.sender import Buttons

_IN_A_ROW = 3


def buttons_under(incidents: Sequence[Incident], words: Words, seal: Seal, telegram_id: int) -> Buttons:
    """Why and Details under one incident; under several, each one's code, which opens its details."""
    if len(incidents) == 1:
        code = incidents[0].code
        why = (words.text("Why"), seal.write(telegram_id, "why", code))
        return ((why, (words.text("Details"), seal.write(telegram_id, "details", code))),)
    listed = [each.code for each in by_gravity(incidents)[:MOST_LISTED]]
    codes = [(code, seal.write(telegram_id, "details", code)) for code in listed]
    return tuple(tuple(codes[i : i + _IN_A_ROW]) for i in range(0, len(codes), _IN_A_ROW))
