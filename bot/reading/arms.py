"""Acts that only some parties of a theatre have the arms for: who flies tells who bombed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bot.reading.parts import Sides
from bot.reading.passages import Passages


class ArmedAct(NamedTuple):
    """An act in the news: who has the arms for it, and whether headline, lead or rest tells of it."""

    parties: frozenset[str]
    zone: str


def armed_acts(passages: Passages, sides: Sides) -> list[ArmedAct]:
    """Those that the text neither denies nor tells of as past, and that not everybody can do."""
    text = passages.text
    lead_end = text.sentence_span(min(1, len(text.sentences) - 1))[1]
    found = []
    for act, armed in sides.arms.items():
        for hit in passages.found.of(f"acts.{act}"):
            if passages.is_news(hit.start) and not passages.is_denied(hit.start, hit.end):
                zone = "title" if hit.start < text.body_start else "lead" if hit.start < lead_end else "rest"
                found.append(ArmedAct(frozenset(armed), zone))
    return found


def arms_features(party: str, armed: Sequence[ArmedAct], sides: Sides) -> dict[str, float]:
    """What the arms say of a party: it has them, or none but its foes do."""
    features = {}
    for act in armed:
        if party in act.parties:
            features[f"arms_{act.zone}"] = 1.0
        elif any(not sides.are_allies(party, other) for other in act.parties):
            features[f"foe_arms_{act.zone}"] = 1.0
    return features
