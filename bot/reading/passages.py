"""What each sentence of a report is about: the news itself, older matters, or what might happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.reading.lexicon import Findings
from bot.reading.names import Mention
from bot.reading.text import Text


@dataclass(slots=True)
class Passages:
    """One report's text with everything that was found in it; each later step adds what it knows.

    `past` are the numbers of sentences that tell of older matters, `possible` of those that tell of what
    could happen.
    """

    text: Text
    language: str
    found: Findings
    places: list[Mention]
    parties: list[Mention]
    published: date
    past: frozenset[int] = frozenset()
    possible: frozenset[int] = frozenset()
    acts: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)

    def is_news(self, position: int) -> bool:
        """Whether a folded position lies in a sentence that is neither past nor only possible."""
        sentence = self.text.sentence_of(position)
        return sentence not in self.past and sentence not in self.possible

    def is_denied(self, start: int, end: int) -> bool:
        """Whether a negation stands in the same clause, close by."""
        clause = self.text.clause_of(start)
        near = [h for h in self.found.of("scope.negation") if -40 <= h.start - start <= 25 + end - start]
        return any(self.text.clause_of(h.start) == clause for h in near)


def mark_passages(passages: Passages) -> None:
    """Sets `past` and `possible` from background and conditional phrases."""
    text, found = passages.text, passages.found
    past = {text.sentence_of(hit.start) for hit in found.of("scope.background")}
    possible = {text.sentence_of(hit.start) for hit in found.of("scope.conditional")}
    passages.past = frozenset(past)
    passages.possible = frozenset(s for s in possible if not _tells_of_an_act(passages, s))


def _tells_of_an_act(passages: Passages, sentence: int) -> bool:
    """Whether a sentence with "would" or "if" also tells of armed acts before that word."""
    start, end = passages.text.sentence_span(sentence)
    condition = passages.found.first("scope.conditional", start, end)
    return condition is not None and any(start <= h.start < condition.start for h in passages.found.under("acts"))
