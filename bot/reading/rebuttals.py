"""Whether an outlet that denies what its side is said to have done accuses the other side in return."""

from __future__ import annotations

from collections.abc import Sequence

from bot.reading.names import Mention, codes_of
from bot.reading.parts import does_it
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

FIRST_OF_THE_BODY = 1
"""The sentence in which a denial says what it denies, if not in a later one."""

COUNTS = 2.0
"""What each part of the evidence counts: denials are few, and a fit holds back what it seldom sees."""

MOST = 4
"""Named more often, a party is spoken of no more."""

Found = Sequence[Hit | Mention]


def rebuttal_features(passages: Passages, party: str, *, is_second: bool) -> dict[str, float]:
    """What speaks for the party, a foe of the outlet that denies, being accused in return; without zeros.

    The words around its names mislead: the charge that is denied tells who makes it and who suffered. It is
    accused where the report turns the charge around, says who began or that its own side only answered, or
    goes on after the denial with an act, a breach, harm or the party.
    """
    text, found = passages.text, passages.found
    mentions = [m for m in passages.parties if party in codes_of(m, "p")]
    told = _turned(passages, mentions) | _gone_on(passages, mentions)
    told |= {
        "": True,
        "_unnamed": not mentions,
        "_second": is_second,
        "_first": bool(found.of("roles.first")),
        "_answer": bool(found.of("roles.answer")),
        "_breach": any(not passages.is_denied(h.start, h.end) for h in found.of("truce.breach")),
        "_headline": any(m.start < text.body_start for m in mentions),
        "_holding": bool(found.of("truce.holding")),
        "_past": bool(passages.past),
        "_possible": bool(passages.possible),
    }
    features = {f"rebuts{name}": COUNTS for name, is_so in told.items() if is_so}
    return features | ({"rebuts_times": COUNTS * min(len(mentions), MOST) / MOST} if mentions else {})


def _turned(passages: Passages, mentions: Found) -> dict[str, bool]:
    """Whether words that turn a charge around stand beside an act, the party, or after the denial."""
    turns = passages.found.of("roles.turn")
    return {
        "_turn": bool(turns),
        "_turn_late": any(_is_late(passages, h) for h in turns),
        "_turn_act": _meet(passages, turns, _acts(passages)),
        "_turn_named": _meet(passages, turns, mentions),
    }


def _gone_on(passages: Passages, mentions: Sequence[Mention]) -> dict[str, bool]:
    """Whether the report goes on after the denial with the party's acts, or with people hurt."""
    found, span = passages.found, passages.text.sentence_span
    sentence_of = passages.text.sentence_of
    hurt = found.of("casualties.killed") + found.of("casualties.wounded")
    late = [m for m in mentions if _is_late(passages, m)]
    return {
        "_named": _meet(passages, _acts(passages), late),
        "_goes_on": any(_stands_between_acts(passages, m) for m in mentions),
        "_does": any(does_it(passages, m, span(sentence_of(m.start))[1]) for m in late),
        "_harm": any(_is_late(passages, h) for h in hurt),
    }


def _acts(passages: Passages) -> list[Hit]:
    """The acts of the news that are not said to be none."""
    acts = passages.found.under("acts")
    return [h for h in acts if not passages.is_denied(h.start, h.end) and passages.is_news(h.start)]


def _denying(passages: Passages) -> set[int]:
    """The sentences that deny."""
    return {passages.text.sentence_of(h.start) for h in passages.found.of("stance.deny")}


def _is_late(passages: Passages, hit: Hit | Mention) -> bool:
    """Whether it stands after the sentence that denies, in one that does not."""
    denying, number = _denying(passages), passages.text.sentence_of(hit.start)
    return number not in denying and number > max(min(denying - {0}, default=0), FIRST_OF_THE_BODY)


def _meet(passages: Passages, ones: Found, others: Found) -> bool:
    """Whether one of each stands in the same sentence."""
    number_of = passages.text.sentence_of
    return not {number_of(h.start) for h in ones}.isdisjoint(number_of(h.start) for h in others)


def _stands_between_acts(passages: Passages, mention: Mention) -> bool:
    """`denied that it fired, said that X shelled`: named after the act that is denied, before another."""
    number_of, at = passages.text.sentence_of, mention.start
    here = [h.start for h in _acts(passages) if number_of(h.start) == number_of(at)]
    return number_of(at) in _denying(passages) and bool(here) and min(here) < at < max(here)
