"""What is said to those who wrote something that is no command."""

from __future__ import annotations

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bot.commands.grammar import echo
from bot.commands.menu import MENU
from bot.commands.regions import offer_regions
from bot.commands.screen import Screen
from bot.commands.visit import Visit

LONGEST_NAME = 64
"""Characters beyond which a text is not taken for a region's name."""
_LIKENESS = 0.6


def hint_at_command(visit: Visit) -> Screen:
    """An unknown command: the nearest one, else where they are listed."""
    written = visit.text.split(maxsplit=1)[0]
    nearest = process.extractOne(
        written[1:].partition("@")[0].lower(),
        MENU.keys(),
        scorer=DamerauLevenshtein.normalized_similarity,
        score_cutoff=_LIKENESS,
    )
    if nearest is None:
        return Screen(
            visit.words.text("I do not know {command}. /help lists what I know.", command=echo(written))
        )
    return Screen(
        visit.words.text(
            "I do not know {command}. Did you mean /{near}?", command=echo(written), near=nearest[0]
        )
    )


def hint_at_text(visit: Visit) -> Screen:
    """Plain text: perhaps the name of a region, else a word on what works."""
    text = visit.text.strip()
    offer = offer_regions(visit, text) if 0 < len(text) <= LONGEST_NAME else None
    if offer is not None:
        return offer
    return Screen(
        visit.words.text("Write a place's name, such as Hadrut, to choose it. /help lists what else I know.")
    )
