"""Who is said to have done it, who says so, and which part the report plays in the incident."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.model import NEUTRAL, Report, SourceType, Stance
from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages

AFTER = 26
"""Folded letters after a party's name within which `forces`, `drone` or `said` still belong to it."""

BEFORE = 7
"""Letters between `by`, `on`, `against` and the party that follows."""

FRAME = 70
"""Letters between a verb of accusing or denying and who accuses, denies or is accused."""

ACTOR, BY, ACCUSED, DENIER = 0.8, 0.8, 1.8, 0.9
"""What a mention's part says for that party having done it."""

AGAINST, MOST_AGAINST = 0.35, 2.0
OWN_SIDE, OTHER_SIDE, OWN_DENIAL = 1.6, 0.6, 1.2
"""An outlet seldom accuses its own side, often the other; what it denies is laid on its own."""

QUIET = 0.5
UNBOUND_BLAME = 1.5
LATE_DAYS = 2
"""A report so many days after the incident brings what is new about it."""

LEAST_STANCE = 2.0
COUNTED = 13
"""Letters before `violations` within which their number stands."""

QUOTED = 12
"""Letters between a party in the headline and `says`."""

LEAST_BLAME = 0.5
LEAST_SHARE = 0.45
"""A second party is accused too when it is blamed at least by this share of the first."""

TITLE_FACTOR = 1.5
_ADMITTING = frozenset({Stance.DENIAL, Stance.CONFIRMATION})


@dataclass(frozen=True, slots=True)
class Sides:
    """A theatre's armed parties, those that a truce in force binds, and who stands with whom."""

    fighters: frozenset[str]
    bound: frozenset[str]
    blocs: Sequence[Sequence[str]] = ()
    guarantors: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Blame:
    """Parties accused and accusing, the most strongly first."""

    accused: tuple[str, ...]
    accuser: tuple[str, ...]
    is_said: bool = True
    """False when nothing in the text says who did it and only the truce's other side is left."""


def judge_stance(passages: Passages, report: Report, age_days: int, sides: Sides) -> Stance:
    """claim unless the headline or the lead says otherwise; `age_days` is how long ago it happened."""
    is_late = age_days >= LATE_DAYS and report.source.side not in sides.fighters
    rated = [
        (_rate_tally(passages, report), Stance.TALLY),
        (_rate_denial(passages, report, sides.fighters), Stance.DENIAL),
        (_rate_confirmation(passages, report, sides), Stance.CONFIRMATION),
        (_rate_words(passages, "stance.update") + 2.0 * is_late, Stance.UPDATE),
    ]
    best = max(rated, key=lambda item: item[0])
    return best[1] if best[0] >= LEAST_STANCE else Stance.CLAIM


def _rate_words(passages: Passages, code: str) -> float:
    """Words of the headline count double those of the first sentence."""
    found, text = passages.found, passages.text
    lead = text.sentence_span(min(1, len(text.sentences) - 1))[1]
    in_title = found.count(code, 0, text.body_start)
    return 2.0 * min(in_title, 2) + min(found.count(code, text.body_start, lead), 2)


def _rate_tally(passages: Passages, report: Report) -> float:
    """Periods count only where violations do, most of all when a number stands before them."""
    found, text = passages.found, passages.text
    breaches = found.of("truce.breach") + found.of("truce.breached")
    if not breaches:
        return 0.0
    counted = [
        h for h in breaches if any(c.isdigit() for c in text.folded[max(0, h.start - COUNTED) : h.start])
    ]
    is_monitor = report.source.type is SourceType.MONITOR and bool(found.of("stance.tally"))
    in_title = any(h.start < text.body_start for h in counted)
    return _rate_words(passages, "stance.tally") + 1.0 * is_monitor + 0.5 * bool(counted) + 1.5 * in_title


def _rate_denial(passages: Passages, report: Report, fighters: Collection[str]) -> float:
    """A side's own outlet that denies anywhere is denying; others report that somebody does."""
    is_own = report.source.side in fighters and bool(passages.found.of("stance.deny"))
    return _rate_words(passages, "stance.deny") + 1.0 * is_own


def _rate_confirmation(passages: Passages, report: Report, sides: Sides) -> float:
    """An observer's own word confirms, unless its headline only tells what a side says."""
    source = report.source
    is_observer = source.type is SourceType.MONITOR and source.side in {NEUTRAL, "un"}
    is_observer |= source.type is SourceType.MOD and source.side in sides.guarantors
    return _rate_words(passages, "stance.confirm") + 2.0 * (
        is_observer and not _quotes_a_side(passages, sides)
    )


def _quotes_a_side(passages: Passages, sides: Sides) -> bool:
    """Whether the headline says that a fighting party says so."""
    found = passages.found
    return any(
        found.has(code, mention.end, mention.end + QUOTED)
        for mention in passages.parties
        if mention.start < passages.text.body_start and sides.fighters.intersection(codes_of(mention, "p"))
        for code in ("stance.report", "stance.accuse")
    )


def name_actors(passages: Passages, actors: Mapping[str, Sequence[str]], fighters: Collection[str]) -> None:
    """Adds the parties that `the army` or `rebels` are in this theatre, where no name stands by."""
    known = [m for m in passages.parties if any(p in fighters for p in codes_of(m, "p"))]
    ends = {m.end for m in known}
    spans = [(m.start, m.end) for m in known]
    for kind, parties in actors.items():
        for hit in passages.found.of(f"actors.{kind}"):
            is_named = any(start < hit.end and hit.start < end for start, end in spans)
            if not is_named and not any(0 <= hit.start - end <= 2 for end in ends):
                passages.parties.append(Mention(hit.start, hit.end, tuple(f"p:{p}" for p in parties)))
                spans.append((hit.start, hit.end))
    passages.parties.sort()


@dataclass(slots=True)
class Weights:
    """What speaks for and against each party having done it, and how much each speaks itself."""

    for_it: defaultdict[str, float]
    against: defaultdict[str, float]
    voice: defaultdict[str, float]

    def total(self, party: str) -> float:
        """The blame that words lay on a party; what speaks against it never outweighs clear words for it."""
        return self.for_it[party] - AGAINST * min(self.against[party], MOST_AGAINST)


def judge_blame(passages: Passages, report: Report, stance: Stance, sides: Sides, order: str) -> Blame:
    """Accused and accuser among the theatre's parties; `order` is "last" where the verb stands last."""
    weights = Weights(defaultdict(float), defaultdict(float), defaultdict(float))
    mentions = [
        (mention, own)
        for mention in passages.parties
        if (own := [p for p in codes_of(mention, "p") if p in sides.fighters])
        and not passages.is_past(mention.start)
    ]
    for mention, own in mentions:
        _rate(passages, mention, own, weights)
    _rate_frames(passages, mentions, order, weights)
    named = dict.fromkeys(p for _, own in mentions for p in own)
    side = report.source.side
    blame = {p: weights.total(p) + _prior(p, side, stance, sides) for p in named}
    if stance is Stance.DENIAL and side in sides.bound:
        blame[side] = max(blame.get(side, 0.0), OWN_DENIAL)
    if side in sides.fighters:
        weights.voice[side] += 1.0
    chosen = _choose(blame, weights, sides)
    accused = chosen or _guess(blame, weights, report, stance, sides)
    if passages.found.under("mutual") and len(blame) > 1:
        accused = join_both(accused, blame, sides)
    accuser = tuple(
        p for p, weight in _ranked(weights.voice) if weight > 0 and (p not in accused or len(accused) > 1)
    )
    return Blame(accused, accuser, bool(chosen))


def _ranked(weights: Mapping[str, float]) -> list[tuple[str, float]]:
    """The parties with their weights, the heaviest first."""
    return sorted(weights.items(), key=lambda item: -item[1])


def _prior(party: str, side: str, stance: Stance, sides: Sides) -> float:
    """What the outlet's side makes likely before a word is read: it accuses the others, or denies."""
    if side not in sides.fighters:
        return 0.0
    is_own = party == side or any(side in bloc and party in bloc for bloc in sides.blocs)
    if stance in _ADMITTING:
        return OWN_SIDE / 2 if party == side else 0.0
    return -OWN_SIDE if is_own else OTHER_SIDE if party in sides.bound else 0.0


def _choose(blame: Mapping[str, float], weights: Weights, sides: Sides) -> tuple[str, ...]:
    """Parties that words blame, the most first; those that no truce binds need the clearest words."""
    most = max(blame.values(), default=0.0)
    least = max(LEAST_BLAME, LEAST_SHARE * most)
    return tuple(
        p
        for p, weight in _ranked(blame)
        if weight >= least and (p in sides.bound or not sides.bound or weights.for_it[p] >= UNBOUND_BLAME)
    )


def _guess(
    blame: Mapping[str, float], weights: Weights, report: Report, stance: Stance, sides: Sides
) -> tuple[str, ...]:
    """Where no words say who did it: the other side of whoever speaks, if that leaves one only."""
    side = report.source.side
    if report.source.type is SourceType.MONITOR and stance is Stance.TALLY:
        return ()
    named = [p for p, _ in _ranked(blame) if p in sides.bound and p != side]
    silent = [p for p in named if weights.voice[p] <= QUIET]
    if silent or named:
        return tuple((silent or named)[:1])
    speakers = {side} | {p for p, weight in weights.voice.items() if weight > QUIET}
    friends = {p for bloc in sides.blocs for p in bloc if speakers & set(bloc)}
    others = [p for p in sorted(sides.bound) if p not in speakers | friends]
    return tuple(others) if len(others) == 1 and speakers & sides.bound else ()


def join_both(accused: tuple[str, ...], blame: Mapping[str, float], sides: Sides) -> tuple[str, ...]:
    """Both sides of a mutual accusation: the two most blamed that are no allies."""
    rest = [p for p, _ in _ranked(blame) if p in sides.bound]
    for party in rest:
        first = accused[0] if accused else rest[0]
        if party != first and not any(party in bloc and first in bloc for bloc in sides.blocs):
            return tuple(dict.fromkeys((*(accused or (first,)), party)))
    return accused


def _rate(passages: Passages, mention: Mention, parties: Sequence[str], weights: Weights) -> None:
    """Adds what the words around one mention say of its part."""
    found, text = passages.found, passages.text
    factor = TITLE_FACTOR if mention.start < text.body_start else 1.0
    is_by = _ends_before(passages, "roles.by", mention)
    is_target = _ends_before(passages, "roles.target", mention) and not is_by
    victim = found.first("roles.victim", mention.end, mention.end + 3)
    actor = found.first("roles.actor", mention.start + 1, mention.end + AFTER)
    office = found.first("roles.office", mention.start + 1, mention.end + AFTER)
    is_speaker = office is not None and (actor is None or office.start < actor.start)
    is_victim = victim is not None and (actor is None or actor.start >= victim.start)
    is_actor = actor is not None and not is_speaker and not is_victim
    for party in parties:
        weights.for_it[party] += factor * (ACTOR * is_actor * (0.4 if is_target else 1.0) + BY * is_by)
        weights.against[party] += factor * (is_victim + 0.5 * (is_target and not is_actor) + 0.4 * is_speaker)
        weights.voice[party] += factor * is_speaker


def _rate_frames(
    passages: Passages, mentions: Sequence[tuple[Mention, list[str]]], order: str, weights: Weights
) -> None:
    """Adds who accuses whom and who denies, by their order around the verb."""
    sentence_of = passages.text.sentence_of
    for code in ("stance.accuse", "stance.deny"):
        for hit in passages.found.of(code):
            sentence = sentence_of(hit.start)
            near = [(m, own) for m, own in mentions if sentence_of(m.start) == sentence]
            before = [own for m, own in near if 0 <= hit.start - m.end <= FRAME]
            after = [own for m, own in near if 0 <= m.start - hit.end <= FRAME]
            subject, object_ = _around_verb(before, after, order)
            is_denial = code == "stance.deny"
            for party in subject:
                weights.voice[party] += 1.0
                weights.for_it[party] += DENIER * is_denial
                weights.against[party] += 0.0 if is_denial else 1.0
            for party in object_:
                weights.for_it[party] += 0.0 if is_denial or object_ == subject else ACCUSED


def _around_verb(
    before: Sequence[list[str]], after: Sequence[list[str]], order: str
) -> tuple[Sequence[str], Sequence[str]]:
    """Who does what the verb says, and to whom."""
    if order == "last":
        return (before[0] if before else ()), (before[-1] if len(before) > 1 else ())
    return (before[-1] if before else ()), (after[0] if after else ())


def _ends_before(passages: Passages, code: str, mention: Mention) -> bool:
    """Whether a phrase with this code ends directly before the mention."""
    return any(0 <= mention.start - h.end <= BEFORE for h in passages.found.of(code))
