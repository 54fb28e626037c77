"""What was done: the acts that a report tells of, weapons before general words."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence, Set

from bot.model import Act, Stance
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

UNARMED = frozenset({Act.OTHER, Act.GROUND_ASSAULT, Act.INCURSION, Act.ABDUCTION, Act.CAPTURE})
"""Acts that do not say what people were killed with."""

_KEPT = frozenset({Act.INCURSION, Act.ABDUCTION, Act.CAPTURE, Act.OTHER})

_ACT_OF = {f"acts.{act}": act for act in Act}
"""By the code of a phrase."""

_FLYING = frozenset({Act.INCURSION})
"""What an overflight is done with and called, where nobody is hurt."""

_HEAVY = frozenset({Act.SHELLING, Act.MORTAR, Act.ROCKET_MISSILE, Act.AIR_STRIKE, Act.DRONE})
"""An `attack` with one of these, or with shots, is that, however vaguely the weapon is named."""

_IN_NAMES = frozenset({"acts.drone", "acts.air_strike"})
"""What tells how it was done even where it names who did it: `the Israeli air force`, `a Moroccan drone`."""

_NARROWED = {"generic.fire": Act.SMALL_ARMS, "generic.shelled": Act.MORTAR}
"""Words of shelling, and the act that they mean wherever a report tells of it."""

NEAR = 8
"""Phrases that overlap stand no farther apart in a list by position."""

_EXPLAIN = {
    Act.SHELLING: frozenset({Act.MORTAR, Act.ROCKET_MISSILE, Act.AIR_STRIKE}),
    Act.SMALL_ARMS: frozenset(Act) - UNARMED,
    Act.ROCKET_MISSILE: frozenset({Act.MORTAR, Act.DRONE, Act.AIR_STRIKE}),
    Act.AIR_STRIKE: frozenset({Act.MORTAR, Act.ROCKET_MISSILE, Act.SHELLING, Act.DRONE}),
}
"""Weapons that say, anywhere in a report, what its `shelling` or `fire` was."""


def told_acts(passages: Passages) -> list[Hit]:
    """Act words that are no part of a name, as of a truce, a party or a unit, by position."""
    taken = sorted(
        [(h.start, h.end) for h in passages.found.of("truce.words")]
        + [(h.start, h.end) for h in passages.found.of("actors.occupier")]
        + [(h.start, h.end) for h in passages.found.of("scope.no_act")]
    )
    names = sorted((m.start, m.end) for m in passages.parties)
    return [
        h
        for h in passages.found.under("acts")
        if not _is_within(taken, h) and (h.code in _IN_NAMES or not _is_within(names, h))
    ]


def judge_acts(passages: Passages, hits: Sequence[Hit], stance: Stance, hurt: int) -> tuple[Act, ...]:
    """The acts of the incident, in the order of the text; `other` where nothing more precise is said.

    Words in the past or only possible count where the report has no others. Where people were killed
    (`hurt` counts them), no weapon is named and nobody attacked a position, they were shot. A tally counts
    the rest as `other`; a denial is about what it says was not done.
    """
    is_tally = stance is Stance.TALLY
    news = [h for h in hits if passages.is_news(h.start)] or list(hits)
    told = [h for h in news if stance is Stance.DENIAL or not passages.is_denied(h.start, h.end)] or news
    deeds = _spans(passages.found.of("scope.deed"))
    precise = [h for h in told if is_tally or h.code != "acts.other" or _is_within(deeds, h)] or told
    kept = _without_general(passages, _without_narrowed(passages, drop_parts(precise)), is_tally)
    acts = list(dict.fromkeys(_ACT_OF[h.code] for h in kept))
    if not hurt and Act.AIRSPACE in acts:
        acts = [act for act in acts if act not in _FLYING]
    if not hurt and Act.OTHER in acts and UNARMED.issuperset(acts):
        acts = [act for act in acts if act is not Act.GROUND_ASSAULT]
    if hurt and UNARMED.issuperset(acts) and Act.GROUND_ASSAULT not in acts:
        beside = _KEPT if any(_is_within(deeds, h) for h in kept) else _KEPT - {Act.OTHER}
        acts = [*(act for act in acts if act in beside), Act.SMALL_ARMS]
    return tuple(acts) or ((Act.OTHER,) if is_tally else ())


def _spans(hits: Sequence[Hit]) -> list[tuple[int, int]]:
    return [(h.start, h.end) for h in hits]


def _is_within(spans: Sequence[tuple[int, int]], hit: Hit) -> bool:
    """Whether a hit lies inside one of the sorted spans."""
    index = bisect_right(spans, (hit.start, 1 << 30))
    ends = [end for _, end in spans[max(0, index - 3) : index]]
    return bool(ends) and hit.end <= max(ends)


def drop_parts(hits: Sequence[Hit]) -> list[Hit]:
    """Without words that another phrase has said already, as of `air strikes hit` the second.

    They go on from within the other, or stand at the beginning of a longer one.
    """
    return [
        hit
        for index, hit in enumerate(hits)
        if not any(
            o.end > hit.start >= o.start and o.code != hit.code and (o.start < hit.start or o.end > hit.end)
            for o in hits[max(0, index - NEAR) : index + NEAR]
        )
    ]


def _without_narrowed(passages: Passages, hits: Sequence[Hit]) -> list[Hit]:
    """Without the words of shelling that mean another act which the report tells of."""
    acts = {_ACT_OF[h.code] for h in hits}
    narrowed = {h.start for code, act in _NARROWED.items() if act in acts for h in passages.found.of(code)}
    return [h for h in hits if h.code != "acts.shelling" or h.start not in narrowed]


def _without_general(passages: Passages, hits: Sequence[Hit], is_tally: bool) -> list[Hit]:
    """Without general words of what is named better: by their clause, or by the report as a whole."""
    general: dict[tuple[str, int], int] = {}
    for h in passages.found.under("generic"):
        key = (h.code.partition(".")[2], h.start)
        general[key] = max(h.end, general.get(key, 0))
    strong = [h for h in hits if general.get((_ACT_OF[h.code], h.start), 0) < h.end]
    clause_of = passages.text.clause_of
    named: defaultdict[int, set[Act]] = defaultdict(set)
    for h in strong:
        named[clause_of(h.start)].add(_ACT_OF[h.code])
    acts = {act for clause in named.values() for act in clause}
    is_armed = any(h.code == "acts.small_arms" for h in hits) or any(
        _ACT_OF[h.code] in _HEAVY for h in passages.found.under("acts")
    )
    kept = set(strong)
    return [
        h
        for h in hits
        if h in kept
        or not (
            _is_named_better(_ACT_OF[h.code], named[clause_of(h.start)], acts, is_tally)
            or (is_armed and h.code == "acts.ground_assault")
        )
    ]


def _is_named_better(act: Act, beside: Set[Act], anywhere: Set[Act], is_tally: bool) -> bool:
    """Whether strong words `beside` a general one, in its clause, or `anywhere` say what it leaves open.

    A tally lists each kind of act for itself, so that only words of the same clause explain each other.
    """
    if act in (Act.GROUND_ASSAULT, Act.OTHER):
        return bool(anywhere - {act, Act.CAPTURE, Act.OTHER})
    if not is_tally and anywhere & _EXPLAIN.get(act, frozenset()):
        return True
    return bool(beside - {act, Act.OTHER})
