"""Whether a report tells of a violation: the evidence weighed, every part with its name and weight."""

from __future__ import annotations

import math
from collections.abc import Mapping

from bot.model import Reason
from bot.reading.passages import Passages

BASE = -3.0
WEIGHTS: Mapping[str, float] = {
    "armed_act": 1.6,
    "act_in_title": 1.0,
    "breached": 2.2,
    "breach_and_truce": 0.9,
    "truce_words": 0.4,
    "party_bound": 0.8,
    "parties_bound": 0.8,
    "truce_in_force": 1.2,
    "scene": 0.6,
    "casualties": 0.5,
    "accused": 0.6,
    "denied": 0.5,
    "no_theatre": -4.0,
    "no_truce": -3.0,
    "offtopic": -1.1,
    "offtopic_title": -1.4,
    "holding": -2.6,
    "holding_title": -1.0,
    "talks_title": -0.9,
    "announced": -1.5,
    "no_news_act": -1.5,
    "past_lead": -0.8,
}


def weigh(features: Mapping[str, float]) -> tuple[float, tuple[Reason, ...]]:
    """A score from 0 to 1 and its parts, the heaviest first."""
    reasons = [
        Reason(name, round(WEIGHTS[name] * value, 3)) for name, value in features.items() if value and name in WEIGHTS
    ]
    total = BASE + sum(reason.weight for reason in reasons)
    return 1.0 / (1.0 + math.exp(-total)), tuple(sorted(reasons, key=lambda r: -abs(r.weight)))


def text_features(passages: Passages) -> dict[str, float]:
    """What the words alone say."""
    found, text = passages.found, passages.text
    title_end = text.body_start
    news_acts = [h for h in found.under("acts") if passages.is_news(h.start)]
    breached = [h for h in found.of("truce.breached") if passages.is_news(h.start)]
    kinds = {h.code for h in found.under("offtopic")}
    title_kinds = {h.code for h in found.under("offtopic") if h.start < title_end}
    holding = found.of("truce.holding")
    return {
        "armed_act": min(len(news_acts), 3) / 2,
        "act_in_title": float(any(h.start < title_end for h in found.under("acts"))),
        "breached": min(len(breached), 2) / 1.5,
        "breach_and_truce": float(_are_together(passages)),
        "truce_words": float(bool(found.of("truce.words"))),
        "denied": float(bool(found.of("stance.deny"))),
        "offtopic": float(min(len(kinds), 4)),
        "offtopic_title": float(min(len(title_kinds), 2)),
        "holding": float(bool(holding)),
        "holding_title": float(any(h.start < title_end for h in holding)),
        "talks_title": float(found.has("truce.talks", 0, title_end)),
        "announced": float(bool(found.of("truce.announce"))),
        "no_news_act": float(not news_acts),
        "past_lead": float(0 in passages.past or 1 in passages.past),
    }


def _are_together(passages: Passages) -> bool:
    """Whether a breach word and a truce word share a sentence of news."""
    text = passages.text
    truces = {text.sentence_of(h.start) for h in passages.found.of("truce.words")}
    return any(
        text.sentence_of(h.start) in truces and passages.is_news(h.start) for h in passages.found.of("truce.breach")
    )
