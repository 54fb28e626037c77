"""What was done: the acts that a report tells of, weapons before general words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from bot.model import Act
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

UNARMED = frozenset({Act.OTHER, Act.GROUND_ASSAULT, Act.INCURSION, Act.ABDUCTION, Act.CAPTURE})
"""Acts that do not say what people were killed with."""

_KEPT = frozenset({Act.INCURSION, Act.ABDUCTION, Act.CAPTURE})

_FLYING = frozenset({Act.DRONE, Act.INCURSION})
"""What an overflight is done with and called, where nobody is hurt."""

_HEAVY = frozenset({Act.SHELLING, Act.MORTAR, Act.ROCKET_MISSILE, Act.AIR_STRIKE, Act.DRONE})
"""An `attack` with one of these is that, however vaguely the weapon is named."""

_EXPLAIN = {
    Act.SHELLING: frozenset({Act.MORTAR, Act.ROCKET_MISSILE, Act.AIR_STRIKE, Act.DRONE}),
    Act.SMALL_ARMS: frozenset(Act) - UNARMED,
    Act.ROCKET_MISSILE: frozenset({Act.MORTAR, Act.DRONE, Act.AIR_STRIKE}),
    Act.AIR_STRIKE: frozenset({Act.MORTAR, Act.ROCKET_MISSILE, Act.SHELLING, Act.DRONE}),
}
"""Weapons that say, anywhere in a report, what its `shelling` or `fire` was."""


def told_acts(passages: Passages) -> list[Hit]:
    """Act words that are no part of a truce's or a party's name, by position."""
    taken = sorted(
        [(h.start, h.end) for h in passages.found.of("truce.words")]
        + [(h.start, h.end) for h in passages.found.of("actors.occupier")]
        + [(m.start, m.end) for m in passages.parties]
    )
    return [h for h in passages.found.under("acts") if not _is_within(taken, h)]


def judge_acts(passages: Passages, hits: Sequence[Hit], is_tally: bool, hurt: int) -> tuple[Act, ...]:
    """The acts of the incident, in the order of the text; `other` where nothing more precise is said.

    Words in the past or only possible count where the report has no others. Where people were killed
    (`hurt` counts them), no weapon is named and nobody attacked a position, they were shot. A tally counts
    the rest as `other`.
    """
    news = [h for h in hits if passages.is_news(h.start)] or list(hits)
    told = [h for h in news if not passages.is_denied(h.start, h.end)] or news
    precise = told if is_tally else [h for h in told if h.code != "acts.other"] or told
    precise = _drop_parts(precise)
    strong = [h for h in precise if not _is_generic(passages, h)]
    kept = [h for h in precise if h in strong or not _is_named_better(passages, h, strong, is_tally)]
    acts = list(dict.fromkeys(_act(h) for h in kept))
    if not hurt and Act.AIRSPACE in acts:
        acts = [act for act in acts if act not in _FLYING]
    if hurt and UNARMED.issuperset(acts) and Act.GROUND_ASSAULT not in acts:
        acts = [*(act for act in acts if act in _KEPT), Act.SMALL_ARMS]
    return tuple(acts) or ((Act.OTHER,) if is_tally else ())


def _act(hit: Hit) -> Act:
    return Act(hit.code.partition(".")[2])


def _is_within(spans: Sequence[tuple[int, int]], hit: Hit) -> bool:
    """Whether a hit lies inside one of the sorted spans."""
    index = bisect_right(spans, (hit.start, 1 << 30)) - 1
    return any(start <= hit.start and hit.end <= end for start, end in spans[max(0, index - 2) : index + 1])


def _drop_parts(hits: Sequence[Hit]) -> list[Hit]:
    """Without words that a longer phrase before them has said already: `air strikes`, not `strikes hit`."""
    kept: list[Hit] = []
    for hit in hits:
        last = kept[-1] if kept else hit
        if not (last.start < hit.start < last.end and last.code != hit.code):
            kept.append(hit)
    return kept


def _is_generic(passages: Passages, hit: Hit) -> bool:
    """Whether the words would fit other weapons too."""
    key = hit.code.partition(".")[2]
    return any(h.start == hit.start and h.end >= hit.end for h in passages.found.of(f"generic.{key}"))


def _is_named_better(passages: Passages, hit: Hit, strong: Sequence[Hit], is_tally: bool) -> bool:
    """Whether what a general word leaves open is said: by the clause, or by the report as a whole.

    A tally lists each kind of act for itself, so that only words of the same clause explain each other.
    """
    act = _act(hit)
    if act is Act.GROUND_ASSAULT and any(_act(h) in _HEAVY for h in passages.found.under("acts")):
        return True
    others = [h for h in strong if h.code != hit.code]
    if act is Act.GROUND_ASSAULT or (not is_tally and any(_act(h) in _EXPLAIN.get(act, ()) for h in others)):
        return bool(others)
    clause = passages.text.clause_of(hit.start)
    return any(passages.text.clause_of(h.start) == clause for h in others)
