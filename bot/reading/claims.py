"""Who is said to have done it, who says so, and which part the report plays in the incident."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from bot.model import NEUTRAL, Report, SourceType, Stance
from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages

AFTER = 24
"""Folded letters after a party's name within which `forces`, `drone` or `said` still belong to it."""

BEFORE = 6
"""Letters between `by`, `on`, `against` and the party that follows."""

OWN_SIDE = 1.6
"""How unlikely an outlet is to accuse its own side."""

LEAST_BLAME = 0.4
TITLE_FACTOR = 1.5


@dataclass(frozen=True, slots=True)
class Blame:
    """Parties accused and accusing, the most strongly first."""

    accused: tuple[str, ...]
    accuser: tuple[str, ...]


def judge_stance(passages: Passages, report: Report) -> Stance:
    """claim unless the headline or the lead says otherwise."""
    found, text = passages.found, passages.text
    lead = text.sentence_span(min(1, len(text.sentences) - 1))[1]
    title_end = text.body_start

    def weight(code: str) -> float:
        in_title = found.count(code, 0, title_end)
        return 2.0 * min(in_title, 2) + min(found.count(code, title_end, lead), 2)

    is_monitor = report.source.type is SourceType.MONITOR
    tally = weight("stance.tally") + (1.0 if is_monitor and found.of("stance.tally") else 0.0)
    denial, update = weight("stance.deny"), weight("stance.update")
    confirmation = weight("stance.confirm") + (2.0 if is_monitor and report.source.side in {NEUTRAL, "un"} else 0.0)
    rated = [(tally, Stance.TALLY), (denial, Stance.DENIAL), (confirmation, Stance.CONFIRMATION), (update, Stance.UPDATE)]
    best = max(rated, key=lambda item: item[0])
    return best[1] if best[0] >= 2.0 else Stance.CLAIM


def judge_blame(
    passages: Passages, report: Report, stance: Stance, parties: Collection[str], bound: Collection[str]
) -> Blame:
    """Accused and accuser among the theatre's `parties`; `bound` are those of the truce in force."""
    blame: Counter[str] = Counter()
    voice: Counter[str] = Counter()
    for mention in passages.parties:
        own = [p for p in codes_of(mention, "p") if p in parties]
        if own and passages.text.sentence_of(mention.start) not in passages.past:
            _rate(passages, mention, own, blame, voice)
    side = report.source.side
    if side in parties:
        voice[side] += 1.0
        blame[side] += OWN_SIDE if stance in {Stance.DENIAL, Stance.CONFIRMATION} else -OWN_SIDE
    accused = tuple(p for p, weight in blame.most_common() if weight >= LEAST_BLAME)
    if not accused:
        accused = _guess(blame, side, bound)
    if passages.found.under("mutual") and len(blame) > 1:
        accused = tuple(dict.fromkeys((*accused, *(p for p, _ in blame.most_common(2)))))
    accuser = tuple(p for p, weight in voice.most_common() if weight > 0 and (p not in accused or len(accused) > 1))
    return Blame(accused, accuser)


def _guess(blame: Counter[str], side: str, bound: Collection[str]) -> tuple[str, ...]:
    """The party named most plausibly when no words say who did it: not the outlet's own."""
    named = [p for p, _ in blame.most_common() if p != side]
    return tuple(named[:1])


def _rate(
    passages: Passages, mention: Mention, parties: list[str], blame: Counter[str], voice: Counter[str]
) -> None:
    """Adds what the words around one mention say of its part."""
    found, text = passages.found, passages.text
    factor = TITLE_FACTOR if mention.start < text.body_start else 1.0
    is_target = _ends_before(passages, "roles.target", mention) or found.has(
        "roles.victim", mention.end, mention.end + 3
    )
    is_by = _ends_before(passages, "roles.by", mention)
    actor = found.first("roles.actor", mention.start + 1, mention.end + AFTER)
    office = found.first("roles.office", mention.start + 1, mention.end + AFTER)
    is_speaker = office is not None and (actor is None or office.start < actor.start)
    is_actor = actor is not None and not is_speaker
    for party in parties:
        blame[party] += factor * (0.7 * is_actor + 0.6 * is_by - 0.8 * is_target * (not is_by) - 0.5 * is_speaker) + 0.05
        voice[party] += factor * is_speaker


def _ends_before(passages: Passages, code: str, mention: Mention) -> bool:
    """Whether a phrase with this code ends directly before the mention."""
    return any(0 <= mention.start - h.end <= BEFORE for h in passages.found.of(code))
