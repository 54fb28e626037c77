"""Who is said to have done it, who says so, and which part the report plays in the incident."""

from __future__ import annotations

from collections import Counter
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

ACTOR, BY, ACCUSED, DENIER, TARGET, SPEAKER = 0.8, 0.8, 1.8, 0.9, -0.9, -0.4
"""What a mention's part says of whether that party did it."""

OWN_SIDE = 1.6
"""How unlikely an outlet is to accuse its own side, and how sure a denial or admission is about it."""

LATE_DAYS = 2
"""A report so many days after the incident brings what is new about it."""

LEAST_STANCE = 2.0
COUNTED = 24
"""Letters before `violations` within which their number stands."""

LEAST_BLAME = 0.5
LEAST_SHARE = 0.45
"""A second party is accused too when it is blamed at least by this share of the first."""

TITLE_FACTOR = 1.5
_ADMITTING = frozenset({Stance.DENIAL, Stance.CONFIRMATION})


@dataclass(frozen=True, slots=True)
class Blame:
    """Parties accused and accusing, the most strongly first."""

    accused: tuple[str, ...]
    accuser: tuple[str, ...]


def judge_stance(passages: Passages, report: Report, age_days: int, fighters: Collection[str]) -> Stance:
    """claim unless the headline or the lead says otherwise; `age_days` is how long ago it happened."""
    rated = [
        (_rate_tally(passages, report), Stance.TALLY),
        (_rate_denial(passages, report, fighters), Stance.DENIAL),
        (_rate_confirmation(passages, report), Stance.CONFIRMATION),
        (_rate_words(passages, "stance.update") + 2.0 * (age_days >= LATE_DAYS), Stance.UPDATE),
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
    found = passages.found
    breaches = found.of("truce.breach") + found.of("truce.breached")
    if not breaches:
        return 0.0
    folded = passages.text.folded
    counted = any(any(c.isdigit() for c in folded[max(0, h.start - COUNTED) : h.start]) for h in breaches)
    is_monitor = report.source.type is SourceType.MONITOR and bool(found.of("stance.tally"))
    return _rate_words(passages, "stance.tally") + 1.0 * is_monitor + 1.0 * counted


def _rate_denial(passages: Passages, report: Report, fighters: Collection[str]) -> float:
    """A side's own outlet that denies anywhere is denying; others report that somebody does."""
    is_own = report.source.side in fighters and bool(passages.found.of("stance.deny"))
    return _rate_words(passages, "stance.deny") + 0.5 * is_own


def _rate_confirmation(passages: Passages, report: Report) -> float:
    is_observer = report.source.type is SourceType.MONITOR and report.source.side in {NEUTRAL, "un"}
    return _rate_words(passages, "stance.confirm") + 2.0 * is_observer


def name_actors(passages: Passages, actors: Mapping[str, Sequence[str]]) -> None:
    """Adds the parties that `the army`, `rebels` or `occupiers` are in this theatre, where no name stands by."""
    ends = {m.end for m in passages.parties}
    spans = [(m.start, m.end) for m in passages.parties]
    for kind, parties in actors.items():
        for hit in passages.found.of(f"actors.{kind}"):
            is_named = any(start < hit.end and hit.start < end for start, end in spans)
            if not is_named and not any(0 <= hit.start - end <= 2 for end in ends):
                passages.parties.append(Mention(hit.start, hit.end, tuple(f"p:{p}" for p in parties)))
                spans.append((hit.start, hit.end))
    passages.parties.sort()


def judge_blame(
    passages: Passages, report: Report, stance: Stance, parties: Collection[str], bound: Collection[str], order: str
) -> Blame:
    """Accused and accuser among the theatre's `parties`; `bound` are those of the truce in force.

    `order` is "last" in languages whose verb stands last.
    """
    blame: Counter[str] = Counter()
    voice: Counter[str] = Counter()
    mentions = [
        (mention, own)
        for mention in passages.parties
        if (own := [p for p in codes_of(mention, "p") if p in parties])
    ]
    news = [(m, own) for m, own in mentions if not passages.is_past(m.start)]
    for mention, own in news:
        _rate(passages, mention, own, blame, voice)
    _rate_frames(passages, news, order, blame, voice)
    side = report.source.side
    if side in parties:
        voice[side] += 1.0
        blame[side] += OWN_SIDE if stance in _ADMITTING else -OWN_SIDE
    accused = _choose(blame) or _guess(blame, voice, report, bound)
    if passages.found.under("mutual") and len(blame) > 1:
        accused = tuple(dict.fromkeys((*accused, *(p for p, _ in blame.most_common(2)))))
    accuser = tuple(
        p for p, weight in voice.most_common() if weight > 0 and (p not in accused or len(accused) > 1)
    )
    return Blame(accused, accuser)


def _choose(blame: Counter[str]) -> tuple[str, ...]:
    """Parties that words blame, the most first."""
    most = max(blame.values(), default=0.0)
    least = max(LEAST_BLAME, LEAST_SHARE * most)
    return tuple(p for p, weight in blame.most_common() if weight >= least)


def _guess(
    blame: Counter[str], voice: Counter[str], report: Report, bound: Collection[str]
) -> tuple[str, ...]:
    """Where no words say who did it: the other side of whoever speaks, if the truce leaves one only."""
    side = report.source.side
    if report.source.type is SourceType.MONITOR:
        return ()
    named = [p for p, _ in blame.most_common() if p in bound and p != side and voice[p] <= 0.5]
    if named:
        return tuple(named[:1])
    speakers = {side} | {p for p, weight in voice.items() if weight > 0.5}
    others = [p for p in bound if p not in speakers]
    return tuple(others) if len(others) == 1 and speakers & set(bound) else ()


def _rate(
    passages: Passages, mention: Mention, parties: list[str], blame: Counter[str], voice: Counter[str]
) -> None:
    """Adds what the words around one mention say of its part."""
    found, text = passages.found, passages.text
    factor = TITLE_FACTOR if mention.start < text.body_start else 1.0
    is_by = _ends_before(passages, "roles.by", mention)
    is_victim = found.has("roles.victim", mention.end, mention.end + 3)
    is_target = is_victim or (_ends_before(passages, "roles.target", mention) and not is_by)
    actor = found.first("roles.actor", mention.start + 1, mention.end + AFTER)
    office = found.first("roles.office", mention.start + 1, mention.end + AFTER)
    is_speaker = office is not None and (actor is None or office.start < actor.start)
    is_actor = actor is not None and not is_speaker and not is_target
    weight = ACTOR * is_actor + BY * is_by + TARGET * is_target + SPEAKER * is_speaker
    for party in parties:
        blame[party] += factor * weight + 0.05
        voice[party] += factor * is_speaker


def _rate_frames(
    passages: Passages,
    mentions: Sequence[tuple[Mention, list[str]]],
    order: str,
    blame: Counter[str],
    voice: Counter[str],
) -> None:
    """Adds who accuses whom and who denies, by their order around the verb."""
    sentence_of = passages.text.sentence_of
    for code in ("stance.accuse", "stance.deny"):
        for hit in passages.found.of(code):
            sentence = sentence_of(hit.start)
            near = [(m, own) for m, own in mentions if sentence_of(m.start) == sentence]
            before = [own for m, own in near if 0 <= hit.start - m.end <= FRAME]
            after = [own for m, own in near if 0 <= m.start - hit.end <= FRAME]
            if order == "last":
                subject, object_ = (before[0] if before else None), (before[-1] if len(before) > 1 else None)
            else:
                subject, object_ = (before[-1] if before else None), (after[0] if after else None)
            is_denial = code == "stance.deny"
            for party in subject or ():
                voice[party] += 1.0
                blame[party] += DENIER if is_denial else -ACCUSED / 3
            for party in object_ or ():
                blame[party] += 0.0 if is_denial or object_ == subject else ACCUSED


def _ends_before(passages: Passages, code: str, mention: Mention) -> bool:
    """Whether a phrase with this code ends directly before the mention."""
    return any(0 <= mention.start - h.end <= BEFORE for h in passages.found.of(code))
