"""Finding thousands of phrases in one pass: an Aho-Corasick automaton with word boundaries and endings.

A phrase is words parted by one space; a `*` after a word lets it go on to the end of the written word. In
scripts without spaces a phrase is found anywhere. In scripts that glue particles to the front of a word
(Arabic's wa-, bi-, al-; Hebrew; Amharic) a phrase may follow any of those that the language lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import ahocorasick_rs

from bot.reading.text import SPACELESS

OPEN_ENDING = -1
"""A word that may go on as long as it likes."""


class Hit(NamedTuple):
    """A phrase found from `start` to `end` of the folded text; `code` is what it stands for."""

    start: int
    end: int
    code: str


class Word(NamedTuple):
    """One word of a phrase and how many letters may follow it: 0, a number, or OPEN_ENDING."""

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


def script_of(char: str) -> str:
    """Which clitics go with a letter: arabic, hebrew, ethiopic, or another script without any."""
    if "\u0600" <= char <= "\u06ff":
        return "arabic"
    if "\u0590" <= char <= "\u05ff":
        return "hebrew"
    return "ethiopic" if "\u1200" <= char <= "\u137f" else ""


class Finder:
    """Phrases compiled once; `find` may be called from anywhere, it changes nothing."""

    def __init__(self, phrases: Iterable[Phrase], clitics: Mapping[str, Iterable[str]]) -> None:
        self._clitics = {script: frozenset(particles) for script, particles in clitics.items()}
        self._clitics[""] = frozenset()
        table: dict[str, dict[tuple[tuple[Word, ...], int, str, bool, str], None]] = {}
        for phrase in phrases:
            if phrase.words:
                pattern, row = self._compile(phrase)
                table.setdefault(pattern, {})[row] = None
        self._rows = [tuple(rows) for rows in table.values()]
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(table), implementation=ahocorasick_rs.Implementation.ContiguousNFA
        )

    def _compile(self, phrase: Phrase) -> tuple[str, tuple[tuple[Word, ...], int, str, bool, str]]:
        """The literal that the automaton looks for, and what to check around it."""
        words, code = phrase
        if SPACELESS.match(words[0].letters):
            literal = "".join(word.letters for word in words) if len(words) > 1 else words[0].letters
            return literal, ((), OPEN_ENDING, code, True, "")
        closed = next((i for i, word in enumerate(words) if word.ending), len(words) - 1)
        literal = " ".join(word.letters for word in words[: closed + 1])
        script = script_of(literal[0])
        ending = words[closed].ending
        if script not in self._clitics:
            script = ""
        if not script:
            literal = f" {literal}"
        if ending == 0:
            literal = f"{literal} "
        return literal, (words[closed + 1 :], ending, code, False, script)

    def find(self, folded: str) -> list[Hit]:
        """Every phrase in a folded text that begins and ends with a space, overlapping ones too, by start."""
        found = []
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            for rest, ending, code, is_anywhere, script in self._rows[index]:
                if is_anywhere:
                    found.append(Hit(start, end, code))
                    continue
                begin = start if script else start + 1
                if script and folded[begin - 1] != " ":
                    word_start = folded.rfind(" ", 0, begin) + 1
                    if folded[word_start:begin] not in self._clitics[script]:
                        continue
                stop = end - 1 if ending == 0 else _end_of_word(folded, end, ending)
                for word in rest:
                    stop = _follow(folded, stop, word)
                if 0 <= stop:
                    found.append(Hit(begin, stop, code))
        found.sort()
        return found


def _end_of_word(folded: str, end: int, ending: int) -> int:
    """Where the written word ends, or -1 when it goes on for more letters than may follow."""
    stop = folded.find(" ", end)
    return stop if ending == OPEN_ENDING or stop - end <= ending else -1


def _follow(folded: str, stop: int, word: Word) -> int:
    """The end of the next word when it is `word`, else -1."""
    if stop < 0 or not folded.startswith(word.letters, stop + 1):
        return -1
    return _end_of_word(folded, stop + 1 + len(word.letters), word.ending)
