"""What each sentence of a report is about: the news itself, older matters, or what might happen."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.reading.lexicon import Findings
from bot.reading.names import Mention
from bot.reading.phrases import Hit
from bot.reading.text import Text, is_spaceless

WHOLE_SENTENCE = 45
"""A background phrase that begins within so many letters of a sentence makes all of it background."""


@dataclass(slots=True)
class Passages:
    """One report's text with everything that was found in it; each later step adds what it knows.

    `past` are spans of the folded text that tell of older matters, `possible` of what could happen.
    """

    text: Text
    language: str
    found: Findings
    places: list[Mention]
    parties: list[Mention]
    published: date
    past: list[tuple[int, int]] = field(default_factory=list)
    possible: list[tuple[int, int]] = field(default_factory=list)

    def is_past(self, position: int) -> bool:
        """Whether a folded position lies where older matters are told."""
        return bool(self.past) and any(start <= position < end for start, end in self.past)

    def is_news(self, position: int) -> bool:
        """Whether a folded position lies neither in the past nor among what is only possible."""
        if not self.past and not self.possible:
            return True
        return not any(start <= position < end for start, end in (*self.past, *self.possible))

    def is_denied(self, start: int, end: int, besides: Sequence[Hit] = ()) -> bool:
        """Whether a negation stands in the same clause, close by; `no fewer than` is none.

        One within a phrase of `besides` is that phrase's own.
        """
        negations = self.found.of("scope.negation")
        first, last = bisect_left(negations, (start - 30,)), bisect_left(negations, (end + 21,))
        near = [h for h in negations[first:last] if not any(b.start <= h.start < b.end for b in besides)]
        if not near:
            return False
        clause = self.text.clause_of(start)
        least = self.found.of("casualties.at_least")
        return any(
            self.text.clause_of(h.start) == clause and not any(m.start <= h.start < m.end for m in least)
            for h in near
        )


def mark_passages(passages: Passages) -> None:
    """Sets `past` and `possible` from background and conditional phrases; warning shots are no warning."""
    passages.past += [_span_of(passages.text, hit.start) for hit in passages.found.of("scope.background")]
    told = {h.start for h in passages.found.under("acts")}
    passages.possible += [
        _rest_of_clause(passages.text, h.start)
        for h in passages.found.of("scope.conditional")
        if h.start not in told
    ]


def mark_older_days(passages: Passages, older: Iterable[int]) -> None:
    """Adds to `past` what is told of days before the incident; `older` are where they are named."""
    passages.past += [_span_of(passages.text, position) for position in older]


def _span_of(text: Text, position: int) -> tuple[int, int]:
    """The sentence around a background phrase, or its rest where the phrase stands far inside."""
    start, end = text.sentence_span(text.sentence_of(position))
    if position - start < WHOLE_SENTENCE:
        return start, end
    if is_spaceless(text.folded[start:end]):
        return text.folded.rfind(" ", start, position), end
    return text.clauses[text.clause_of(position)], end


def _rest_of_clause(text: Text, position: int) -> tuple[int, int]:
    """From a conditional word to the end of its clause."""
    following = text.clause_of(position) + 1
    return position, text.clauses[following] if following < len(text.clauses) else len(text.folded)
