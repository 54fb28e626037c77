"""The lexicons compiled: what a language's phrases say, found in one pass and sorted by meaning."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import Any

from bot.reading.phrases import Finder, Hit, Phrase, parse_phrase
from bot.reading.text import Folder, Text

WORD_TABLES = (
    "acts",
    "truce",
    "stance",
    "scope",
    "roles",
    "actors",
    "generic",
    "mutual",
    "casualties",
    "offtopic",
    "tone",
)
"""Tables of a lexicon that hold lists of phrases by key."""


LONGEST = 60
"""No phrase is longer, in letters."""

ETHIOPIAN_MONTHS = 13
"""Twelve of thirty days and a short one."""


@cache
def _table_of(code: str) -> str:
    """The table in which a phrase stands: acts, truce, ..."""
    return code.partition(".")[0]


WORDS = frozenset({"stance", "scope", "roles", "truce", "casualties", "mutual", "tone"})
"""Tables whose every code is a word of its own where words are weighed by what they were worth."""


@cache
def word_of(code: str) -> str:
    """What a code counts as there; all acts are one, and "" is what says nothing."""
    table = _table_of(code)
    if table == "acts":
        return table
    return code if table in WORDS else ""


class Findings:
    """The hits of one text by code ("acts.mortar", "scope.background", "month.5"), each list by start."""

    __slots__ = ("_all", "_by_code", "_by_table", "_lists")

    def __init__(self, hits: Sequence[Hit]) -> None:
        by_code: defaultdict[str, list[Hit]] = defaultdict(list)
        for hit in hits:
            by_code[hit[2]].append(hit)
        lists: defaultdict[str, list[list[Hit]]] = defaultdict(list)
        for code, own in by_code.items():
            lists[_table_of(code)].append(own)
        self._by_code: dict[str, list[Hit]] = by_code
        self._lists: dict[str, list[list[Hit]]] = lists
        self._by_table: dict[str, list[Hit]] = {}
        self._all = hits

    def all(self) -> Sequence[Hit]:
        """Every hit, by start."""
        return self._all

    def words(self) -> frozenset[str]:
        """Which words the text has at all."""
        return frozenset(word for code in self._by_code if (word := word_of(code)))

    def of(self, code: str) -> list[Hit]:
        """Hits with exactly this code."""
        return self._by_code.get(code, [])

    def under(self, table: str) -> list[Hit]:
        """Hits of every key of a table."""
        hits = self._by_table.get(table)
        if hits is None:
            lists = self._lists.get(table, ())
            hits = lists[0] if len(lists) == 1 else sorted(chain.from_iterable(lists))
            self._by_table[table] = hits
        return hits

    def over(self, start: int, end: int) -> list[Hit]:
        """Hits of any code that share a letter with the span, not of the tone: common words, names too."""
        first, last = bisect_left(self._all, (start - LONGEST,)), bisect_left(self._all, (end,))
        return [hit for hit in self._all[first:last] if hit.end > start and _table_of(hit.code) != "tone"]

    def has(self, code: str, start: int, end: int) -> bool:
        """Whether a hit with this code begins at or after `start` and before `end`."""
        return self.first(code, start, end) is not None

    def first(self, code: str, start: int, end: int) -> Hit | None:
        """The first hit with this code that begins within the span."""
        hits = self._by_code.get(code)
        if not hits:
            return None
        index = bisect_left(hits, (start,))
        return hits[index] if index < len(hits) and hits[index].start < end else None

    def has_under(self, table: str, start: int, end: int) -> bool:
        """Whether a hit of any key of a table begins within the span."""
        hits = self.under(table)
        index = bisect_left(hits, (start,))
        return index < len(hits) and hits[index].start < end

    def count(self, code: str, start: int, end: int) -> int:
        """How many hits with this code begin within the span."""
        hits = self._by_code.get(code, [])
        return bisect_left(hits, (end,)) - bisect_left(hits, (start,))


_CALENDAR_CODES = {"weekdays": "weekday", "ordinals": "ordinal"}

LONGEST_MONTH = 31


class Lexicons:
    """Every language's lexicon as one automaton each, made when the first text in the language comes."""

    def __init__(self, lexicons: Mapping[str, Mapping[str, Any]], clitics: Any, folder: Folder) -> None:
        self._lexicons, self._clitics, self._folder = lexicons, clitics, folder
        self._finders: dict[str, Finder] = {}

    def read(self, language: str, text: Text) -> Findings:
        """What the language's phrases say; a language without a lexicon says nothing."""
        lexicon = self._lexicons.get(language)
        if lexicon is None:
            return Findings(())
        if language not in self._finders:
            self._finders[language] = Finder(_phrases(lexicon, self._folder), self._clitics)
        hits = self._finders[language].find(text.folded)
        accents = lexicon.get("accents")
        return Findings([h for h in hits if not _is_other_word(text, h, accents)] if accents else hits)


def _phrases(lexicon: Mapping[str, Any], folder: Folder) -> Iterator[Phrase]:
    for table in WORD_TABLES:
        for key, phrases in lexicon.get(table, {}).items():
            for phrase in phrases:
                yield parse_phrase(fold_starred(folder, phrase), f"{table}.{key}")
    for word, value in lexicon.get("numbers", {}).items():
        yield parse_phrase(fold_starred(folder, word), f"number.{value}")
    days = lexicon.get("days", {})
    for word, offset in {**days, **days.get("relative", {})}.items():
        if isinstance(offset, int):
            yield parse_phrase(fold_starred(folder, word), f"day.{offset}")
    for key, names in days.items():
        if isinstance(names, list):
            yield from _calendar(key, names, folder)


def _calendar(key: str, names: Sequence[str], folder: Folder) -> Iterator[Phrase]:
    """Weekdays (0: Monday), months and ordinals (1: the first); `|` parts spellings of one."""
    kind, _, calendar = key.partition("_")
    is_jalali = "jalali" in (kind, calendar)
    code = _CALENDAR_CODES.get(kind) or ("jalali" if is_jalali else calendar or "month")
    length = ETHIOPIAN_MONTHS if calendar == "ethiopian" else LONGEST_MONTH if kind == "ordinals" else 12
    for number, spellings in enumerate(names, start=0 if kind == "weekdays" else 1):
        for spelling in spellings.split("|"):
            position = number if kind == "weekdays" else (number - 1) % length + 1
            yield parse_phrase(fold_starred(folder, spelling), f"{code}.{position}")


def _is_other_word(text: Text, hit: Hit, accents: Mapping[str, str]) -> bool:
    """Whether folding made a casualty word of another word: Turkish oldu (became) is not öldü (died)."""
    if not hit.code.startswith("casualties."):
        return False
    folded = text.folded[hit.start : hit.end]
    for plain, accented in accents.items():
        if folded.startswith(plain):
            start, end = text.raw_span(hit.start, hit.end)
            return not text.raw[start:end].lower().startswith(accented)
    return False


def fold_starred(folder: Folder, phrase: str) -> str:
    """A phrase folded with its stars kept."""
    return " ".join(
        folder.fold_phrase(word) + ("*" if word.endswith("*") else "") for word in phrase.split()
    ).strip()
