"""Which part a report plays in its incident: a claim, a confirmation, a denial, an update or a tally."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.model import NEUTRAL, Report, SourceType, Stance
from bot.reading.names import codes_of
from bot.reading.numbers import Number, written_numbers
from bot.reading.parts import Parts, Sides, acts_in
from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.tone import tone_features

COUNTED = 13
"""Letters before `violations` within which their number stands."""

TIMES = 4
"""The same before `times`."""

MANY = 3
"""Fewer acts are told one by one."""

MOST_COUNTED = 3

QUOTED = 12
"""Letters between a party in the headline and `says`."""

LATE_DAYS = 2
"""A report so many days after the incident brings what is new about it."""

OTHERS = (Stance.TALLY, Stance.DENIAL, Stance.CONFIRMATION, Stance.UPDATE)
"""What a report can be besides a claim."""

WORDS = ("deny", "confirm", "update", "tally", "accuse", "report")
"""Tables of words whose place in the headline, the lead or the rest says something."""

MOST = 2

VOICES = ("speaker", "accuser", "denier")
"""Kinds of what is told of a party that says something."""

OBSERVERS = frozenset({"un", "osce", "eu", "unmiss", "minusca", "ctsamvm", "un-command"})
"""Parties that watch."""


def judge_stance(features: Mapping[str, float], tables: Mapping[str, Mapping[str, float]]) -> Stance:
    """The stance with the heaviest evidence by its table; `claim` where no other outweighs nothing."""
    best, most = Stance.CLAIM, 0.0
    for stance in OTHERS:
        weights = tables[stance]
        told = sum(weights.get(name, 0.0) * value for name, value in features.items())
        total = weights.get("base", 0.0) + told
        if total > most:
            best, most = stance, total
    return best


def stance_features(
    passages: Passages, report: Report, age_days: int, parts: Parts, sides: Sides
) -> dict[str, float]:
    """What speaks for each stance, one list for all, without zeros. `age_days`: since it happened."""
    features = _word_features(passages) | _count_features(passages)
    source, side = report.source, report.source.side
    is_own = side in sides.fighters
    is_observer = source.type is SourceType.MONITOR and side in {NEUTRAL, "un", "osce", "eu"}
    is_observer |= watches_over(report, sides)
    features |= {
        "late": float(age_days >= LATE_DAYS),
        "late_outside": float(age_days >= LATE_DAYS and not is_own),
        "day_after": float(age_days == 1),
        "own": float(is_own),
        "own_official": float(is_own and source.type in {SourceType.MOD, SourceType.CHANNEL}),
        "monitor": float(source.type is SourceType.MONITOR),
        "observer": float(is_observer),
        "own_word": float(is_observer and not _quotes_a_side(passages, sides)),
        "late_toll": float(age_days >= 1 and bool(passages.found.of("stance.update"))),
    }
    features |= _actor_features(parts, sides) | _voice_features(passages, parts, sides, is_own=is_own)
    features[f"{'own' if is_own else 'outside'}_{source.type}"] = 1.0
    if is_own:
        features |= _own_features(passages, side, parts, sides)
    if is_own and not is_observer:
        features |= tone_features(passages)
    return {name: value for name, value in features.items() if value}


def watches_over(report: Report, sides: Sides) -> bool:
    """Whether the ministry of a party that watches over the truce speaks: it tells of others."""
    return report.source.type is SourceType.MOD and report.source.side in sides.guarantors


def _word_features(passages: Passages) -> dict[str, float]:
    """How often the words of each table stand in the headline, the first sentence and the rest."""
    zones = passages.text.zones()
    return {
        f"{word}_{zone}": float(min(passages.found.count(f"stance.{word}", start, stop), MOST))
        for word in WORDS
        for zone, start, stop in zones
    }


def _count_features(passages: Passages) -> dict[str, float]:
    """Periods tell of a tally only where violations are counted, most of all in the headline."""
    found, text = passages.found, passages.text
    breaches = found.of("truce.breach") + found.of("truce.breached")
    numbers = written_numbers(passages)
    counted = [h for h in breaches if _is_counted(numbers, h, 1)]
    acts = found.under("acts")
    killed = found.of("casualties.killed")
    listed = {h.start for h in acts if _is_counted(numbers, h, MANY)}
    times = {h.start for h in found.of("stance.times") if _is_counted(numbers, h, MANY, TIMES)}
    return {
        "counted": float(bool(counted)),
        "counted_title": float(any(h.start < text.body_start for h in counted)),
        "counted_acts": float(min(len(listed), MOST_COUNTED)),
        "times": float(min(len(times), MOST_COUNTED)),
        "times_title": float(any(start < text.body_start for start in times)),
        "breach_title": float(any(h.start < text.body_start for h in breaches)),
        "period_of_breaches": float(bool(breaches) and bool(found.of("stance.tally"))),
        "no_breach": float(not breaches),
        "act_title": float(any(h.start < text.body_start for h in acts)),
        "killed_title": float(any(h.start < text.body_start for h in killed)),
        "mutual": float(bool(found.under("mutual"))),
        "past": float(bool(passages.past)),
    }


def _is_counted(numbers: Sequence[Number], hit: Hit, least: int, reach: int = COUNTED) -> bool:
    """Whether a number, and no smaller one than `least`, stands close before the word."""
    return any(0 <= hit.start - n.end <= reach and n.value >= least for n in numbers)


def _actor_features(parts: Parts, sides: Sides) -> dict[str, float]:
    """Whether who acts denies, admits or is accused by the other side."""
    told = [c for p, c in parts.told.items() if p in sides.bound]
    return {
        "accused_denies": float(any(c["denier"] and (c["blamed"] or c["deed"] or c["actor"]) for c in told)),
        "denier_title": float(any(c["denier"] and c["named_title"] for c in told)),
        "admits": float(any(c["admits"] for c in told)),
        "admits_title": float(any(c["admits"] and c["named_title"] for c in told)),
        "many_speak": float(sum(bool(c["speaker"]) for c in told) > 1),
        "blamed": float(any(c["blamed"] for c in told)),
    }


def _voice_features(passages: Passages, parts: Parts, sides: Sides, *, is_own: bool) -> dict[str, float]:
    """Who else speaks: both sides, observers; an outlet without a side that retells brings an update."""
    found, body = passages.found, passages.text.body_start
    voices = [p for p in parts.order if any(parts.told[p][kind] for kind in VOICES)]
    named = {p for m in passages.parties for p in codes_of(m, "p")}
    outsiders = [
        m for m in passages.parties if m.start < body and sides.fighters.isdisjoint(codes_of(m, "p"))
    ]
    features = {
        "foes_speak": any(not sides.are_allies(a, b) for a in voices for b in voices),
        "observer_named": not OBSERVERS.isdisjoint(named),
        "deny_any": bool(found.of("stance.deny")),
    }
    features |= {f"outside_{name}": value and not is_own for name, value in features.items()}
    features |= {
        "outsider_title": bool(outsiders),
        "outsider_accuses": bool(outsiders) and found.has("stance.accuse", 0, body),
        "answer": bool(found.of("roles.answer")),
        "hospital": bool(found.of("casualties.hospital")),
        "killed": bool(found.of("casualties.killed")),
    }
    return {name: float(value) for name, value in features.items()}


def _own_features(passages: Passages, side: str, parts: Parts, sides: Sides) -> dict[str, float]:
    """What an outlet of one side says of that side and of the other."""
    own, text = parts.told[side], passages.text
    foes = [c for p, c in parts.told.items() if not sides.are_allies(p, side)]
    denied = [h for h in passages.found.under("acts") if passages.is_denied(h.start, h.end)]
    return {
        "own_deed": float(bool(own["deed"] or own["actor"] or own["by"])),
        "own_first": float(acts_in(own, "title")),
        "own_lead": float(acts_in(own, "lead")),
        "own_alone": float(
            acts_in(own, "title") and not any(acts_in(c, zone) for c in foes for zone in ("title", "lead"))
        ),
        "foe_lead": float(any(acts_in(c, zone) for c in foes for zone in ("title", "lead"))),
        "own_denies": float(bool(own["denier"] or own["denied_deed"])),
        "own_not": float(bool(own["not_title"] or own["not_lead"])),
        "own_blamed": float(bool(own["blamed"])),
        "foe_accuses": float(any(c["accuser"] or c["speaker"] for c in foes)),
        "foe_accuses_title": float(any(c["speaker_title"] for c in foes)),
        "foe_deed": float(any(c["deed"] or c["actor"] or c["by"] for c in foes)),
        "deny_own": float(bool(passages.found.of("stance.deny"))),
        "negated_act": float(bool(denied)),
        "negated_lead": float(any(h.start < text.body_start + 250 for h in denied)),
        "holding": float(bool(passages.found.of("truce.holding"))),
    }


def _quotes_a_side(passages: Passages, sides: Sides) -> bool:
    """Whether the headline says that a fighting party says so."""
    found = passages.found
    return any(
        found.has(code, mention.end, mention.end + QUOTED)
        for mention in passages.parties
        if mention.start < passages.text.body_start and sides.fighters.intersection(codes_of(mention, "p"))
        for code in ("stance.report", "stance.accuse")
    )
