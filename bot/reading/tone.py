"""How an outlet of one side tells: proud of what its people did, or aggrieved by what was done to them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reading.passages import Passages
from bot.reading.phrases import Hit

KINDS = ("proud", "prey", "ours", "arms", "hurt")
"""Words: deeds one is proud of, whom and what they hit, one's people, one's arms, what was suffered."""

FIRST = ("title", "lead")
"""Headline and first sentence: what happened stands there."""

MOST = 2
"""Said more often, it says no more."""


def tone_features(passages: Passages) -> dict[str, float]:
    """How often each table's words stand in the headline, the first sentence and the rest, and together."""
    found, zones = passages.found, passages.text.zones()
    features: dict[str, float] = {}
    for kind in KINDS:
        hits = _told(found.of(f"tone.{kind}"), found.of("tone.hurt"))
        for zone, start, stop in zones:
            ends = {h.end for h in hits if start <= h.start < stop}
            features[f"tone_{kind}_{zone}"] = float(min(len(ends), MOST))
    return features | _together(features, is_answer=found.has("roles.answer", 0, zones[-1][1]))


def _told(hits: Sequence[Hit], hurt: Sequence[Hit]) -> list[Hit]:
    """Those that are no part of a longer grievance: `our forces` in `fired at our forces`."""
    return [
        h for h in hits if not any(x.start <= h.start and h.end <= x.end and x[:2] != h[:2] for x in hurt)
    ]


def _together(features: dict[str, float], *, is_answer: bool) -> dict[str, float]:
    """What headline and first sentence say: a boast, a boast without a grievance, a grievance alone."""
    proud, prey, ours, arms, hurt = (any(features[f"tone_{kind}_{zone}"] for zone in FIRST) for kind in KINDS)
    title = [bool(features[f"tone_{kind}_title"]) for kind in KINDS]
    return {
        "tone_boast": float(proud and prey),
        "tone_boast_title": float(title[0] and any(title[1:4])),
        "tone_boast_only": float(proud and (prey or ours or arms) and not hurt),
        "tone_hurt_only": float(hurt and not proud),
        "tone_answers": float(is_answer),
        "tone_answers_hurt": float(is_answer and hurt),
    }
