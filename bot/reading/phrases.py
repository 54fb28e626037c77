"""Finding thousands of phrases in one pass: an Aho-Corasick automaton with word boundaries and endings.

A phrase is words parted by one space; a `*` after a word lets it go on to the end of the written word. In
scripts without spaces a phrase is found anywhere. In scripts that glue particles to the front of a word
(Arabic's wa-, bi-, al-; Hebrew; Amharic) a phrase may follow any of those that the language lists.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

import ahocorasick_rs

from bot.reading.text import SPACELESS

OPEN_ENDING = -1
"""A word that may go on as long as it likes."""


AMONG = -2
"""A word that stands among letters of a script without spaces: `M23` in Chinese."""


class Hit(NamedTuple):
    """A phrase found from `start` to `end` of the folded text; `code` is what it stands for."""

    start: int
    end: int
    code: str


_Spanned = TypeVar("_Spanned", bound=tuple[Any, ...])


def within(spanned: Sequence[_Spanned], start: int, end: int) -> Sequence[_Spanned]:
    """Those of a list by position, of hits or of mentions, that begin within a span."""
    return spanned[bisect_left(spanned, (start,)) : bisect_left(spanned, (end,))]


class Word(NamedTuple):
    """One word of a phrase and how many letters may follow it: 0, a number, OPEN_ENDING, or AMONG others."""

    letters: str
    ending: int


class Phrase(NamedTuple):
    """Words in order; `code` is what the phrase stands for."""

    words: tuple[Word, ...]
    code: str


def parse_phrase(folded: str, code: str) -> Phrase:
    """A phrase of the lexicons (folded already, its stars kept)."""
    words = (Word(w.rstrip("*"), OPEN_ENDING if w.endswith("*") else 0) for w in folded.split())
    return Phrase(tuple(w for w in words if w.letters), code)


@cache
def is_anywhere(letter: str) -> bool:
    """Whether a phrase that begins so is found anywhere: in scripts that do not part words."""
    return SPACELESS.match(letter) is not None


def _end_among(folded: str, start: int, end: int) -> int:
    """The end of a word with a letter of a script that does not part words right beside it, else -1."""
    sides = folded[start - 1], folded[end]
    is_whole = all(char == " " or is_anywhere(char) for char in sides)
    return end if is_whole and any(map(is_anywhere, sides)) else -1


@cache
def script_of(char: str) -> str:
    """Which clitics go with a letter: arabic, hebrew, ethiopic, or another script without any."""
    if "\u0600" <= char <= "\u06ff":
        return "arabic"
    if "\u0590" <= char <= "\u05ff":
        return "hebrew"
    return "ethiopic" if "\u1200" <= char <= "\u137f" else ""


_START = itemgetter(0)

EXACT, OPEN, ANYWHERE, CHECKED = range(4)
"""How a literal is found: between spaces, with any ending, anywhere, or after a look around it.

More than CHECKED: with an ending of so many letters more at most.
"""


class Check(NamedTuple):
    """What is looked at around a literal that the automaton found."""

    rest: tuple[Word, ...]
    ending: int
    is_anywhere: bool
    script: str

    @property
    def follows(self) -> str:
        """The letter with which the next word begins; empty where none must follow."""
        return self.rest[0].letters[0] if self.rest else ""

    @property
    def kind(self) -> int:
        """The quickest way to be sure."""
        if self.is_anywhere:
            return ANYWHERE
        if self.rest or self.script or self.ending == AMONG:
            return CHECKED
        if self.ending > 0:
            return CHECKED + self.ending
        return OPEN if self.ending else EXACT


@cache
def _plain(ending: int, script: str) -> Check:
    """The check of a literal that no other word follows."""
    return Check((), ending, False, script)


_NO_SPACES = Check((), OPEN_ENDING, True, "")


class Finder:
    """Phrases compiled once; `find` may be called from anywhere, it changes nothing.

    Kept small for a hundred thousand names: a literal has one check (shared by all that are alike) and one
    code; the few literals that stand for several things have the others in `_alike`, or in `_more` with their
    own checks, by the letter with which the next word begins.
    """

    def __init__(self, phrases: Iterable[Phrase], clitics: Mapping[str, Iterable[str]]) -> None:
        self._clitics = {script: frozenset(particles) for script, particles in clitics.items()}
        self._clitics[""] = frozenset()
        self._checks: list[Check] = []
        self._check_of = array("I")
        self._kinds = array("B")
        self._codes: list[str] = []
        self._alike: dict[int, list[str]] = {}
        self._more: dict[int, dict[str, list[tuple[Check, str]]]] = {}
        self._automaton = ahocorasick_rs.AhoCorasick(
            self._sort(self._gather(phrases)),
            implementation=ahocorasick_rs.Implementation.ContiguousNFA,
        )

    def _gather(self, phrases: Iterable[Phrase]) -> list[str]:
        """The literals of all phrases, each once; fills what is known of them."""
        known: dict[str, int] = {}
        numbers: dict[Check, int] = {}
        codes: dict[str, str] = {}
        for words, named in phrases:
            code = codes.setdefault(named, named)
            for literal, check in self._compile(words) if words else ():
                number = numbers.setdefault(check, len(numbers))
                if number == len(self._checks):
                    self._checks.append(check)
                index = known.setdefault(literal, len(known))
                if index == len(self._codes):
                    self._codes.append(code)
                    self._check_of.append(number)
                elif (check, code) not in self._all(index):
                    if number == self._check_of[index]:
                        self._alike.setdefault(index, []).append(code)
                    else:
                        self._more.setdefault(index, {}).setdefault(check.follows, []).append((check, code))
        return list(known)

    def _sort(self, literals: Sequence[str]) -> Iterator[str]:
        """The literals by alphabet: what begins alike then lies together in memory and is found sooner."""
        order = sorted(range(len(literals)), key=literals.__getitem__)
        several = self._alike.keys() | self._more.keys()
        rank = {index: position for position, index in enumerate(order) if index in several}
        self._codes = [self._codes[index] for index in order]
        self._check_of = array("I", (self._check_of[index] for index in order))
        self._kinds = array("B", (self._checks[number].kind for number in self._check_of))
        self._alike = {rank[index]: codes for index, codes in self._alike.items()}
        self._more = {rank[index]: more for index, more in self._more.items()}
        return (literals[index] for index in order)

    def _all(self, index: int) -> list[tuple[Check, str]]:
        """Every meaning of a literal."""
        first = self._checks[self._check_of[index]]
        alike = [(first, code) for code in (self._codes[index], *self._alike.get(index, ()))]
        return [*alike, *chain.from_iterable(self._more.get(index, {}).values())]

    def _compile(self, words: Sequence[Word]) -> Iterable[tuple[str, Check]]:
        """The literals that the automaton looks for, and what to check around each.

        Where a script writes no spaces between words, some writers put one between phrases.
        """
        literal, ending = words[0]
        if is_anywhere(literal[0]):
            literals = dict.fromkeys(gap.join(word.letters for word in words) for gap in ("", " "))
            return [(each, _NO_SPACES) for each in literals]
        if ending == AMONG:
            return ((literal, _plain(AMONG, "")),)
        rest: Sequence[Word] = ()
        if len(words) > 1:
            closed = next((i for i, word in enumerate(words) if word.ending), len(words) - 1)
            literal, ending = " ".join(word.letters for word in words[: closed + 1]), words[closed].ending
            rest = words[closed + 1 :]
        script = script_of(literal[0])
        script = script if script in self._clitics else ""
        first, last = "" if script else " ", "" if ending else " "
        check = Check(tuple(rest), ending, False, script) if rest else _plain(ending, script)
        return ((f"{first}{literal}{last}", check),)

    def find(self, folded: str) -> list[Hit]:
        """Every phrase in a folded text that begins and ends with a space, overlapping ones too, by start."""
        found: list[Hit] = []
        codes, kinds, alike, more = self._codes, self._kinds, self._alike, self._more
        add, end_of, new = found.append, folded.find, tuple.__new__
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            kind = kinds[index]
            if kind == EXACT:
                begin, stop = start + 1, end - 1
            elif kind == OPEN:
                begin, stop = start + 1, end_of(" ", end)
            elif kind == ANYWHERE:
                begin, stop = start, end
            elif kind > CHECKED:
                begin, stop = start + 1, end_of(" ", end)
                stop = stop if stop - end <= kind - CHECKED else -1
            else:
                begin, stop = self._verify(folded, start, end, self._checks[self._check_of[index]])
            if stop >= 0:
                add(new(Hit, (begin, stop, codes[index])))
                if index in alike:
                    found += [new(Hit, (begin, stop, code)) for code in alike[index]]
            if index in more:
                found += self._find_more(folded, start, end, more[index])
        found.sort(key=_START)
        return found

    def _find_more(
        self, folded: str, start: int, end: int, more: Mapping[str, Sequence[tuple[Check, str]]]
    ) -> Iterator[Hit]:
        """What else a literal stands for where other words stand around it."""
        following = folded.find(" ", end) + 1
        for letter in ("", folded[following : following + 1]):
            for check, code in more.get(letter, ()):
                first, last = self._verify(folded, start, end, check)
                if last >= 0:
                    yield Hit(first, last, code)

    def _verify(self, folded: str, start: int, end: int, check: Check) -> tuple[int, int]:
        """The phrase's span when the words around the literal allow it; it ends at -1 when they do not."""
        rest, ending, _, script = check
        begin = start if script else start + 1
        if script and folded[begin - 1] != " ":
            word_start = folded.rfind(" ", 0, begin) + 1
            if folded[word_start:begin] not in self._clitics[script]:
                return begin, -1
        if ending in {0, AMONG}:
            return (start, _end_among(folded, start, end)) if ending else (begin, end - 1)
        stop = folded.find(" ", end)
        if stop - end > ending != OPEN_ENDING:
            return begin, -1
        for letters, ending in rest:
            if not folded.startswith(letters, stop + 1):
                return begin, -1
            end = stop + 1 + len(letters)
            stop = folded.find(" ", end)
            if stop - end > ending != OPEN_ENDING:
                return begin, -1
        return begin, stop
