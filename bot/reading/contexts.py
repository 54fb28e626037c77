"""What stands around each mention of a party: words of the lexicon and other parties, as evidence of blame.

Where `parts` knows what some words around a name mean, here every word of the lexicon counts for what it was
worth in the training reports.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple

from bot.reading.lexicon import word_of
from bot.reading.names import Mention, codes_of
from bot.reading.parts import Naming, Sides
from bot.reading.passages import Passages
from bot.reading.phrases import within

REACH = 6
"""So many such words on either side of a name are looked at."""

SHARPNESS = 2.0
"""How far the mention that tells most outweighs a party's others: 0 takes their mean, infinity the most."""

Context = tuple[str, ...]
"""Names of what stands around one mention."""


class Word(NamedTuple):
    """A word of the lexicon or a name, as `read_contexts` sees it."""

    start: int
    end: int
    code: str
    parties: tuple[str, ...]
    clause: int


def read_contexts(passages: Passages, namings: Sequence[Naming], sides: Sides) -> dict[str, list[Context]]:
    """For each party one context a mention."""
    text = passages.text
    words: dict[int, list[Word]] = {}
    contexts: defaultdict[str, list[Context]] = defaultdict(list)
    for mention, own in namings:
        sentence, clause = text.sentence_of(mention.start), text.clause_of(mention.start)
        if sentence not in words:
            words[sentence] = _words_in(passages, *text.sentence_span(sentence), sides)
        for party in own:
            contexts[party].append(_context(words[sentence], mention, clause, party, sides))
    return contexts


def weigh_contexts(contexts: Iterable[Context], weights: Mapping[str, float]) -> float:
    """What a party's mentions say together: a mean that leans to the one which tells most; 0 without any.

    The logarithm of the mean of exponentials, over SHARPNESS.
    """
    told = [sum(weights.get(name, 0.0) for name in context) for context in contexts]
    if not told:
        return 0.0
    return math.log(sum(math.exp(SHARPNESS * each) for each in told) / len(told)) / SHARPNESS


def _words_in(passages: Passages, start: int, end: int, sides: Sides) -> list[Word]:
    """Everything within a span that counts as a word, in the order of the text."""
    clause_of, new = passages.text.clause_of, tuple.__new__
    hits = within(passages.found.all(), start, end)
    words = [
        new(Word, (h.start, h.end, code, (), clause_of(h.start))) for h in hits if (code := word_of(h.code))
    ]
    parties = within(passages.parties, start, end)
    named = {(m.start, m.end) for m in parties}
    for mention in parties:
        fighters = tuple(p for p in codes_of(mention, "p") if p in sides.fighters)
        words.append(Word(mention.start, mention.end, "party", fighters, clause_of(mention.start)))
    places = within(passages.places, start, end)
    words += [
        Word(m.start, m.end, "place", (), clause_of(m.start)) for m in places if (m.start, m.end) not in named
    ]
    words.sort(key=_by_place)
    return words


def _by_place(word: Word) -> tuple[int, int]:
    return word.start, -word.end


def _context(words: Sequence[Word], mention: Mention, clause: int, party: str, sides: Sides) -> Context:
    """What stands before and behind a mention in its sentence."""
    nearest = (w for w in reversed(words) if w.end <= mention.start)
    before = [_seen(w, clause, party, sides) for w in islice(nearest, REACH)]
    following = _with_clause_end((w for w in words if w.start >= mention.end), clause, party, sides)
    behind = list(islice(following, REACH))
    one, two = (*before, "start", "start")[:2]
    next_, then = (*behind, "end", "end")[:2]
    found = {f"behind {code}" for code in behind} | {f"before {code}" for code in before}
    return (
        *sorted(found),
        f"next {next_}",
        f"next {next_}, {then}",
        f"last {one}",
        f"last {two}, {one}",
        f"around {one}, {next_}",
    )


def _seen(word: Word, clause: int, party: str, sides: Sides) -> str:
    """A word before the mention; marked where it belongs to another clause."""
    code = _related(word, party, sides)
    return code if word.clause == clause else f"{code} apart"


def _with_clause_end(words: Iterable[Word], clause: int, party: str, sides: Sides) -> Iterator[str]:
    """The words behind a mention, with `clause` where its clause ends."""
    is_within = True
    for word in words:
        if is_within and word.clause != clause:
            is_within = False
            yield "clause"
        yield _related(word, party, sides)


def _related(word: Word, party: str, sides: Sides) -> str:
    """The word's code; of a party's name how it stands to the party in question."""
    if word.code != "party":
        return word.code
    if party in word.parties:
        return "self"
    if not word.parties:
        return "outsider"
    return "ally" if any(sides.are_allies(party, other) for other in word.parties) else "foe"
