"""Whether an outlet that denies what its side is said to have done accuses the other side in return."""

from __future__ import annotations

from bot.reading.names import codes_of
from bot.reading.passages import Passages

FIRST_OF_THE_BODY = 1
"""The sentence in which a denial says what it denies."""


def rebuttal_features(passages: Passages, party: str) -> dict[str, float]:
    """What speaks for the party, a foe of the outlet that denies, being accused in return.

    An act told after the denial in a sentence that denies nothing, best with the party in it; or the party
    named after the act that is denied and before another one: `denied that it fired, said that X did`.
    """
    text, found = passages.text, passages.found
    denials = found.of("stance.deny")
    denying = {text.sentence_of(h.start) for h in denials}
    acts = [
        (text.sentence_of(h.start), h.start)
        for h in found.under("acts")
        if not passages.is_denied(h.start, h.end) and passages.is_news(h.start)
    ]
    late = {number for number, _ in acts if number > FIRST_OF_THE_BODY} - denying
    mentions = [(text.sentence_of(m.start), m.start) for m in passages.parties if party in codes_of(m, "p")]
    named = {number for number, _ in mentions}
    goes_on = any(
        number in denying
        and any(n == number and at < start for n, at in acts)
        and any(n == number and at > start for n, at in acts)
        for number, start in mentions
    )
    breaches = [h for h in found.of("truce.breach") if not passages.is_denied(h.start, h.end)]
    return {
        "rebuts": 1.0,
        "rebuts_acts": float(bool(late)),
        "rebuts_named": float(bool(late & named) or goes_on),
        "rebuts_breach": float(bool(breaches)),
        "rebuts_title": float(any(h.start < text.body_start for h in denials)),
    }
