"""Who is said to have done it and who says so: the evidence for each party weighed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.model import Report, SourceType, Stance
from bot.reading.arms import armed_acts, arms_features
from bot.reading.names import codes_of
from bot.reading.parts import Parts, Sides, mutual_blame
from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.rebuttals import rebuttal_features
from bot.reading.stance import OBSERVERS, watches_over

MOST = 2.0
"""Said more often, it says no more."""

SURE, LEAST = 0.1, -2.0
"""From which weight on a party is accused; the heaviest already from LEAST on, where nobody is sure."""

ROUGH = {
    "actor": 0.8,
    "actor_title": 0.6,
    "deed": 0.3,
    "breaks": 0.5,
    "by": 0.8,
    "act_of": 0.5,
    "blamed": 1.8,
    "denier": 0.9,
    "victim": -0.35,
    "target": -0.2,
    "speaker": -0.15,
    "accuser": -0.35,
    "own_claim": -1.6,
    "own_tally": -1.6,
    "own_update": -1.6,
    "ally_claim": -1.6,
    "own_denial": 1.2,
    "foe": 0.6,
}
"""What each kind counts for when parties are compared before they are weighed."""

SECOND = ("bound", "foe", "unnamed", "acts", "deed", "actor_title", "deed_title")
"""What counts otherwise for a party that stands behind another: it is named for much that it did not do."""

SPEAKS = ("accuser", "speaker", "denier")
"""Kinds of what is told of a party that speaks."""

DOES = ("actor", "by", "deed", "breaks", "blamed", "act_of")
"""Kinds of what is told of a party that acts."""


@dataclass(frozen=True, slots=True)
class Blame:
    """Parties accused and accusing, the most strongly first."""

    accused: tuple[str, ...]
    accuser: tuple[str, ...]
    is_said: bool = True
    """False when nothing in the text says who did it and only the truce's other side is left."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a report when its blame is judged."""

    passages: Passages
    report: Report
    stance: Stance
    sides: Sides
    parts: Parts
    leanings: Mapping[str, float]
    """What the contexts of each party's mentions weigh."""

    @property
    def side(self) -> str:
        """The party that the outlet is aligned with, or one that does not fight."""
        return self.report.source.side


def judge_blame(
    case: Case,
    features: Mapping[str, Mapping[str, float]],
    weights: Mapping[str, float],
    grounds: Mapping[str, str],
    regions: frozenset[str],
) -> Blame:
    """Accused and accuser among the theatre's parties, from the `blame_features` of each.

    `grounds` says in which region a party's forces stand, `regions` all that hold the scene: of allies that
    one word covers, only those of the place are meant.
    """
    rated = {party: _weigh(row, weights) + case.leanings.get(party, 0.0) for party, row in features.items()}
    accused = _choose(rated, case)
    accused = _narrow(accused, case, grounds, regions)
    is_said = any(case.parts.told[p][kind] for p in accused for kind in DOES)
    return Blame(accused, _name_accusers(case, accused), is_said)


def blame_features(case: Case) -> dict[str, dict[str, float]]:
    """For each party that could have done it what speaks for and against, by name; only what is not zero."""
    mutual = mutual_blame(case.passages)
    features = {party: _features(party, case, mutual) for party in case.parts.order}
    _compare(features, case.sides)
    armed = armed_acts(case.passages, case.sides)
    for party in _unnamed(case):
        features[party] = _unnamed_features(party, case)
    for party in features:
        features[party] |= arms_features(party, armed, case.sides)
    for party in features.keys() & set(case.sides.seconds):
        row = features[party]
        row |= {f"second_{name}": row[name] for name in SECOND if name in row} | {"second": 1.0}
    for party, row in features.items():
        if case.side in case.sides.fighters and not case.sides.are_allies(party, case.side):
            row |= {f"as_foe_{name}": value for name, value in row.items()}
    denier = _denier(case)
    if denier is None:
        return features
    if denier in features and denier != case.side:
        features[denier]["denies_outside"] = 1.0
    return features | _rebuttals(case, denier, features.keys())


def _denier(case: Case) -> str | None:
    """Whose denial a report is: its side's; else of who stands where the headline denies, or first of all."""
    if case.stance is not Stance.DENIAL:
        return None
    if case.side in case.sides.fighters:
        return case.side
    text, bound = case.passages.text, case.sides.bound
    denying = {
        text.clause_of(h.start) for h in case.passages.found.of("stance.deny") if h.start < text.body_start
    }
    here = [p for m in case.passages.parties if text.clause_of(m.start) in denying for p in codes_of(m, "p")]
    return next((party for party in (*here, *case.parts.order) if party in bound), None)


def _rebuttals(case: Case, denier: str, parties: Iterable[str]) -> dict[str, dict[str, float]]:
    """What speaks for the foes of who denies, in place of all else."""
    sides = case.sides
    return {
        party: rebuttal_features(case.passages, party, is_second=party in sides.seconds)
        for party in parties
        if party in sides.bound and not sides.are_allies(party, denier)
    }


def _compare(features: dict[str, dict[str, float]], sides: Sides) -> None:
    """Adds how each named party stands to the others by a rough count of what blames it."""
    rough = {
        party: sum(ROUGH.get(name, 0.0) * value for name, value in row.items())
        for party, row in features.items()
    }
    most = max(rough.values(), default=0.0)
    for party, row in features.items():
        foes = [value for p, value in rough.items() if not sides.are_allies(p, party)]
        gap = rough[party] - max(foes, default=0.0)
        row["ahead"] = min(max(gap, 0.0), MOST)
        row["behind"] = min(max(-gap, 0.0), MOST)
        row["most_blamed"] = float(rough[party] >= most > 0)
        row["share"] = max(rough[party], 0.0) / most if most > 0 else 0.0


def _weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    told = sum(weights.get(name, 0.0) * value for name, value in features.items())
    return weights.get("base", 0.0) + told


def _features(party: str, case: Case, mutual: Sequence[Hit]) -> dict[str, float]:
    """A named party's evidence: what is told of it, of its foes and friends, and whose outlet tells it."""
    told, parts, sides = case.parts.told[party], case.parts, case.sides
    foes = [p for p in parts.order if not sides.are_allies(p, party)]
    friends = [p for p in parts.order if p != party and sides.are_allies(p, party)]
    deeds, most = _deeds(parts, party), max((_deeds(parts, p) for p in foes), default=0)
    features = {kind: min(float(amount), MOST) for kind, amount in told.items()}
    first = bool(parts.order) and parts.order[0] == party
    features |= {
        "bound": float(party in sides.bound),
        "first": float(first),
        "alone": float(not foes),
        "named_once": float(_times(told) == 1),
        "only_place": float(told["as_place"] >= _times(told)),
        "acts": float(deeds > 0),
        "foe_acts": float(most > 0),
        "foe_blamed": float(any(parts.told[p]["blamed"] for p in foes)),
        "foe_suffers": float(any(parts.told[p]["victim"] or parts.told[p]["done_to"] for p in foes)),
        "foe_speaks": float(any(parts.told[p][kind] for p in foes for kind in SPEAKS)),
        "foe_first_says": float(any(parts.told[p]["first_says"] for p in foes)),
        "firsts": float(bool(case.passages.found.of("roles.first"))),
        "first_both": float(_is_of_the_first(told) and any(_is_of_the_first(parts.told[p]) for p in foes)),
        "foe_accuses": float(any(parts.told[p]["accuser"] for p in foes)),
        "friend_acts": float(any(parts.told[p][kind] for p in friends for kind in DOES)),
        "friend_named": float(bool(friends)),
        "foe_denies": float(
            any(parts.told[p]["denier"] or parts.told[p]["denied_deed"] or parts.told[p]["not"] for p in foes)
        ),
        "foe_does_more": float(most > deeds),
        "foe_does_less": float(most < deeds),
        "both_act": float(deeds > 0 and most > 0),
        "both_speak": float(
            any(told[kind] for kind in SPEAKS) and any(parts.told[p][k] for p in foes for k in SPEAKS)
        ),
        "mutual": float(bool(mutual)),
        "mutual_title": float(any(h.start < case.passages.text.body_start for h in mutual)),
        "count_of_a_monitor": float(_is_count_of_a_monitor(case)),
        "denial_told": float(bool(case.passages.found.of("stance.deny"))),
    }
    features |= _side_features(party, case)
    if features.get("own") or features.get("foe"):
        kind = "own" if features.get("own") else "foe"
        features[f"{kind}_acts"] = features["acts"]
        features[f"{kind}_denial_acts"] = features["acts"] * (case.stance is Stance.DENIAL)
        features[f"{kind}_not"] = float(bool(told["not"]))
        features[f"{kind}_blamed"] = float(bool(told["blamed"]))
        features[f"{kind}_foe_accuses"] = features["foe_speaks"]
    return {name: value for name, value in features.items() if value}


def _is_count_of_a_monitor(case: Case) -> bool:
    """Whether observers count what was done, in their words or by the headline: they seldom say by whom."""
    if case.stance is not Stance.TALLY:
        return False
    named = (m for m in case.passages.parties if m.start < case.passages.text.body_start)
    is_told = any(not OBSERVERS.isdisjoint(codes_of(mention, "p")) for mention in named)
    return is_told or case.report.source.type is SourceType.MONITOR


def _is_of_the_first(told: Mapping[str, int]) -> bool:
    """Whether a party is named where it is told who fired first."""
    return bool(told["first_says"] or told["first_done"])


def _times(told: Mapping[str, int]) -> int:
    """How often a party is named."""
    return told["named_title"] + told["named_lead"] + told["named_rest"]


def _deeds(parts: Parts, party: str) -> int:
    """How often a party is said to have acted."""
    return sum(parts.told[party][kind] for kind in DOES)


def _side_features(party: str, case: Case) -> dict[str, float]:
    """What the outlet's side makes likely: it accuses the others, admits or denies what its own did."""
    side, stance, sides = case.side, case.stance, case.sides
    if side not in sides.fighters:
        return {f"outside_{stance}": 1.0}
    if party == side:
        kind = "watcher" if watches_over(case.report, sides) else "own"
    elif sides.are_allies(party, side):
        kind = "ally"
    else:
        kind = "foe" if party in sides.bound else "stranger"
    return {kind: 1.0, f"{kind}_{stance}": 1.0}


def _unnamed(case: Case) -> Iterable[str]:
    """Parties that no word names but that may be meant: the outlet's own, and whom its truce binds."""
    side, sides, order = case.side, case.sides, case.parts.order
    if side in sides.bound and side not in order:
        yield side
    speakers = {side, *order} & sides.bound
    for party in sorted(sides.bound - {side, *order}) if speakers else ():
        if not any(sides.are_allies(party, p) for p in speakers):
            yield party


def _unnamed_features(party: str, case: Case) -> dict[str, float]:
    """An unnamed party is meant where nobody else is left, or where its own outlet denies or admits."""
    found, sides, parts = case.passages.found, case.sides, case.parts
    side = case.side
    rivals = [p for p in sides.bound if p != party and not sides.are_allies(p, party)]
    others = [p for p in sides.bound if p not in {party, side} and not sides.are_allies(p, side)]
    foes = [p for p in parts.order if not sides.are_allies(p, party)]
    features = {
        "unnamed": 1.0,
        "unnamed_own": float(party == side),
        f"unnamed_own_{case.stance}": float(party == side),
        "unnamed_sole": float(party != side and not others),
        "unnamed_foe": float(party != side and side in sides.bound),
        "unnamed_enemy": float(party != side and side in rivals and bool(found.under("actors"))),
        "unnamed_foe_acts": float(any(parts.told[p][kind] for p in foes for kind in DOES)),
        f"unnamed_{case.stance}": 1.0,
        "unnamed_monitor": float(case.report.source.type is SourceType.MONITOR),
        "count_of_a_monitor": float(_is_count_of_a_monitor(case)),
    }
    return {name: value for name, value in features.items() if value}


def _choose(rated: Mapping[str, float], case: Case) -> tuple[str, ...]:
    """Parties whose weight is sure, the heaviest first; else the heaviest alone, if it is heavy enough.

    Where enemies weigh alike, nothing tells which of them is meant: nobody.
    """
    ranked = sorted(rated.items(), key=lambda item: (-item[1], item[0]))
    sure = tuple(party for party, weight in ranked if weight >= SURE)
    if sure or not ranked or ranked[0][1] < LEAST:
        return sure
    likely = [party for party, weight in ranked if weight == ranked[0][1]]
    are_at_odds = any(not case.sides.are_allies(likely[0], party) for party in likely)
    return () if are_at_odds else (likely[0],)


def _narrow(
    accused: Sequence[str], case: Case, grounds: Mapping[str, str], regions: frozenset[str]
) -> tuple[str, ...]:
    """Of unnamed allies that stand in different regions only those whose ground the scene is."""
    present = {p for p, region in grounds.items() if region in regions}
    return tuple(
        p
        for p in accused
        if p not in grounds
        or p in present
        or p in case.parts.order
        or not any(case.sides.are_allies(p, other) for other in present)
    )


def _name_accusers(case: Case, accused: Sequence[str]) -> tuple[str, ...]:
    """Parties that speak, those that speak most first; one that is accused alone does not accuse."""
    voice = {p: sum(told[kind] for kind in SPEAKS) + (p == case.side) for p, told in case.parts.told.items()}
    if case.side in case.sides.fighters:
        voice.setdefault(case.side, 1)
    ranked = sorted(voice, key=lambda p: -voice[p])
    return tuple(p for p in ranked if voice[p] > 0 and (p not in accused or len(accused) > 1))
