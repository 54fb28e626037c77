"""Whether a report tells of a violation: the evidence weighed, every part with its name and weight."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.model import Reason
from bot.reading.acts import drop_parts, told_acts
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

TOPICS = (
    "sport", "accident", "exercise", "demining", "exchange", "gang", "trade", "labour", "film_game",
    "holiday_law", "protest", "crime", "history", "opinion", "nature",
)  # fmt: skip
"""Subjects that borrow the words of war, or belong to it without being a violation."""


OF_A_TRUCE = ("truce_in_force", "parties_bound", "foes_bound")
"""Parts, each 1 at most, that can speak for a violation where a truce is in force."""

OF_THE_REST = ("scene", "casualties", "accused")
"""Others, each 1 at most, that are known only when the whole report has been judged."""

OF_A_STANCE = ("tally", "denial")
"""Of these at most one is told."""

TRUCE_REACH = 30
"""Letters between a truce and the year in which it was made."""

_YEAR = re.compile("(?:1[89]|20)[0-9][0-9](?![0-9])")
_BLASTS = frozenset({"acts.mine_ied", "acts.other"})


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> tuple[float, tuple[Reason, ...]]:
    """A score from 0 to 1 and its parts, the heaviest first; `weights` holds one for "base"."""
    reasons = [
        Reason(name, round(weights[name] * value, 3))
        for name, value in features.items()
        if value and name in weights
    ]
    total = weights["base"] + sum(reason.weight for reason in reasons)
    return _score(total), tuple(sorted(reasons, key=lambda r: -abs(r.weight)))


def highest_score(features: Mapping[str, float], weights: Mapping[str, float], later: Sequence[str]) -> float:
    """The most that a score can be when those parts that come `later` and a stance are added to it.

    A breach that is negated may be one that a denial negates.
    """
    known = sum(
        round(weights[name] * value, 3)
        for name, value in features.items()
        if value and name in weights and name != "breach_negated"
    )
    hoped = sum(max(weights.get(name, 0.0), 0.0) for name in later)
    stance = max(0.0, *(weights.get(name, 0.0) for name in OF_A_STANCE))
    return _score(weights["base"] + known + hoped + stance)


def _score(total: float) -> float:
    return 1.0 / (1.0 + math.exp(-total))


def text_features(passages: Passages) -> dict[str, float]:
    """What the words alone say: a number from 0 to about 2 for each part."""
    found, title_end = passages.found, passages.text.body_start
    acts = told_acts(passages)
    news = [h for h in acts if passages.is_news(h.start) and not passages.is_denied(h.start, h.end)]
    breached = [
        h
        for h in found.of("truce.breached")
        if passages.is_news(h.start) and not passages.is_denied(h.start, h.end)
    ]
    holding = found.of("truce.holding")
    return {
        "armed_act": min(len(drop_parts(news)), 3) / 2,
        "precise_act": float(any(h.code != "acts.other" for h in news)),
        "act_in_title": float(any(h.start < title_end for h in acts)),
        "negated_act": min(len(acts) - len(news), 2) / 2,
        "no_news_act": float(not news),
        "breach_negated": float(_is_breach_negated(passages)),
        "truce_ended": min(len(found.of("truce.ended")), 2) / 2,
        "breached": min(len(breached), 2) / 2,
        "breach_and_truce": float(_are_together(passages)),
        "truce_words": float(bool(found.of("truce.words"))),
        "denied": float(bool(found.of("stance.deny"))),
        "accuse_words": float(bool(found.of("stance.accuse"))),
        "holding": float(bool(holding)),
        "holding_title": float(any(h.start < title_end for h in holding)),
        "talks": min(len(found.of("truce.talks")), 4) / 2,
        "talks_title": float(found.has("truce.talks", 0, title_end)),
        "announced": float(bool(found.of("truce.announce"))),
        "past_lead": float(passages.is_past(1) or passages.is_past(title_end + 1)),
        "blast_only": float(bool(news) and all(h.code in _BLASTS for h in news)),
        "old_year": float(_has_old_year(passages, news)),
        "possible_lead": float(bool(passages.possible) and passages.possible[0][0] < title_end),
    } | _topic_features(passages)


def _is_breach_negated(passages: Passages) -> bool:
    """Whether a breach is only told as one that there was not."""
    breaches = passages.found.of("truce.breach") + passages.found.of("truce.breached")
    return bool(breaches) and all(passages.is_denied(h.start, h.end) for h in breaches)


def _has_old_year(passages: Passages, acts: Sequence[Hit]) -> bool:
    """Whether an act's sentence or the headline names a year long gone that is not the truce's own."""
    text, last = passages.text, passages.published.year - 1
    old = [m.start() for m in _YEAR.finditer(text.folded) if int(m.group()) < last]
    told = {0, *(text.sentence_of(h.start) for h in acts)} if old else set()
    truces = passages.found.of("truce.words")
    return any(
        not text.folded[start - 1].isdigit()
        and text.sentence_of(start) in told
        and not any(-TRUCE_REACH < h.start - start < TRUCE_REACH for h in truces)
        for start in old
    )


def _topic_features(passages: Passages) -> dict[str, float]:
    hits = passages.found.under("offtopic")
    topics = Counter(h.code.partition(".")[2] for h in hits)
    titles = {h.code for h in hits if h.start < passages.text.body_start}
    features = {topic: min(topics[topic], 3) / 2 for topic in TOPICS if topics[topic]}
    features["offtopic_title"] = float(min(len(titles), 2))
    features["offtopic_many"] = float(max(topics.values(), default=0) >= 3)
    return features


def _are_together(passages: Passages) -> bool:
    """Whether a breach word and a truce word share a sentence of news."""
    text = passages.text
    truces = {text.sentence_of(h.start) for h in passages.found.of("truce.words")}
    return any(
        text.sentence_of(h.start) in truces
        and passages.is_news(h.start)
        and not passages.is_denied(h.start, h.end)
        for h in passages.found.of("truce.breach")
    )
