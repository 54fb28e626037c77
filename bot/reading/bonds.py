"""Whom a report sets against each other, and whether a truce in force binds them: acts first, then names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.model import Party
from bot.reading.names import Mention, codes_of
from bot.reading.parts import ARMED, Naming, Parts, Sides, acts_in, does_it
from bot.reading.passages import Passages
from bot.reading.phrases import Hit
from bot.reading.text import Text

KINDS = ("foes_bound", "foes_unbound", "lone_unbound", "strange")
"""What an act can be between: enemies whom a truce binds, or none; one party that none binds; strangers."""


@dataclass(frozen=True, slots=True)
class Bonds:
    """The parties of each truce in force, and who stands with whom in the theatre."""

    sides: Sides
    bound: Sequence[frozenset[str]]
    parties: Mapping[str, Party]

    def pairs_of(self, parties: Sequence[str]) -> list[tuple[str, str]]:
        """The pairs among some parties that can fight each other."""
        return [(a, b) for a in parties for b in parties if a < b and not self.sides.are_allies(a, b)]

    def bind(self, one: str, other: str) -> bool:
        """Whether one truce binds both."""
        return any(one in parties and other in parties for parties in self.bound)


def bond_features(passages: Passages, told: Sequence[Hit], parts: Parts, bonds: Bonds) -> dict[str, float]:
    """Which share of the acts that are `told` is between whom, and whether strangers to the truces lead."""
    acts = [kind for kind in _acts_between(passages, told, bonds) if kind]
    return {kind: acts.count(kind) / max(len(acts), 1) for kind in KINDS} | {
        "outsider": float(_acts_from_outside(passages, bonds)),
        "strangers_lead": float(_strangers_lead(parts, bonds.sides)),
        "lead_unbound": float(bool(bonds.bound) and _fights_unbound(parts, bonds)),
    }


def _judge_foes(parties: Sequence[str], is_strange: bool, bonds: Bonds) -> str:
    """Which of KINDS an act is that names these parties, `lone_bound`, or nothing where nobody is named."""
    if is_strange:
        return "strange"
    if not parties or not bonds.bound:
        return ""
    pairs = bonds.pairs_of(parties)
    if any(bonds.bind(a, b) for a, b in pairs):
        return "foes_bound"
    if pairs:
        return "foes_unbound"
    return "lone_bound" if any(bonds.bind(p, p) for p in parties) else "lone_unbound"


def _acts_between(passages: Passages, told: Sequence[Hit], bonds: Bonds) -> list[str]:
    """For each act of the headline and the lead, or else of the rest, what it is between."""
    text = passages.text
    last = text.sentence_of(text.dateline_end)
    acts = [h for h in told if passages.is_news(h.start) and not passages.is_denied(h.start, h.end)]
    first = [h for h in acts if text.sentence_of(h.start) <= last] or acts
    namings = [(m, armed) for m in passages.parties if (armed := _armed(m, bonds))]
    strange = {text.sentence_of(h.start) for h in passages.found.of("scope.strangers")}
    return [
        _judge_foes(
            _parties_around(text, hit.start, namings, bonds), text.sentence_of(hit.start) in strange, bonds
        )
        for hit in first
    ]


def _armed(mention: Mention, bonds: Bonds) -> list[str]:
    """The fighters that a mention stands for; patrons only where a truce binds them."""
    sides = bonds.sides
    return [
        p
        for p in codes_of(mention, "p")
        if p in sides.fighters and (p not in sides.seconds or bonds.bind(p, p))
    ]


def _parties_around(text: Text, position: int, namings: Sequence[Naming], bonds: Bonds) -> list[str]:
    """The parties of the clause around a position if it names enemies, else those of the sentence."""
    clause, sentence = text.clause_of(position), text.sentence_of(position)
    near = [p for m, own in namings if text.clause_of(m.start) == clause for p in own]
    if bonds.pairs_of(near):
        return near
    return [p for m, own in namings if text.sentence_of(m.start) == sentence for p in own]


def _strangers_lead(parts: Parts, sides: Sides) -> bool:
    """Whether in the headline, or else the lead, only parties act that no truce in force binds."""
    for zone in ("title", "lead"):
        acting = {p for p in parts.order if acts_in(parts.told[p], zone)}
        if acting:
            return bool(sides.bound) and sides.bound.isdisjoint(acting)
    return False


def _fights_unbound(parts: Parts, bonds: Bonds) -> bool:
    """Whether headline and lead name enemies no two of whom one truce binds."""
    named = [p for p in parts.order if parts.told[p]["named_title"] or parts.told[p]["named_lead"]]
    pairs = bonds.pairs_of(named)
    return bool(pairs) and not any(bonds.bind(a, b) for a, b in pairs)


def _acts_from_outside(passages: Passages, bonds: Bonds) -> bool:
    """Whether a state or group that is none of the theatre's fighters acts in the headline or the lead."""
    text = passages.text
    end = text.sentence_span(min(text.sentence_of(text.dateline_end), len(text.sentences) - 1))[1]
    for mention in passages.parties:
        codes = codes_of(mention, "p")
        if mention.start >= end:
            return False
        is_outside = bonds.sides.fighters.isdisjoint(codes) and any(
            bonds.parties[p].kind in ARMED for p in codes
        )
        if is_outside and does_it(passages, mention, end):
            return True
    return False
