"""Names of places and parties in a text: one automaton over every spelling of every theatre."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import chain
from typing import NamedTuple

from bot.data import Facts, Gazetteer
from bot.model import Region
from bot.reading.lexicon import fold_starred
from bot.reading.phrases import AMONG, OPEN_ENDING, Finder, Hit, Phrase, Word, parse_phrase
from bot.reading.text import SPACELESS, Folder, Text

ARTICLES = ("al", "el", "ad", "an", "ar", "as", "at", "az", "ash", "es", "ed")
"""Arabic articles that a Latin spelling may have or lack."""

SHORTEST_WITHOUT_ARTICLE = 4
SHORTEST_STEM = 4
"""With three letters left, Сана would be found in Санкт-Петербург and Гори in город."""

SHORTEST_TOWN = 5
"""Shorter names of the gazetteer are words of some language, or parts of persons' names."""

_SYLLABIC = ("\u1200", "\u137f"), ("\u3040", "\ud7a3")
"""Scripts in which two letters are a name: Ethiopic, Japanese and Chinese, Korean."""

LONGEST_SPELLED = 4
"""An abbreviation of up to so many letters is found with two capitals: GUN is a government, Gun a word."""

SHORTEST_AMONG = 3
"""Abbreviations from so many letters on are found between the letters of scripts that part no words."""

_CAPITALS = {"p": 0, "c": 1, "a": 2}
"""How many capitals the name of a party needs, by the first letter of its code in the automaton."""

LONGEST_JOINED = 3
"""A name of up to so many words is also found written as one."""

_FIRST_WITHOUT_CASE = "\u0590"
"""Letters from here on have no capitals that anybody writes, though Unicode calls the Georgian ones small."""

_SCRIPT_RANGES = (
    ("cyrillic", "\u0400", "\u04ff"),
    ("greek", "\u0370", "\u03ff"),
    ("georgian", "\u10a0", "\u10ff"),
    ("armenian", "\u0531", "\u0587"),
    ("hangul", "\uac00", "\ud7a3"),
    ("ethiopic", "\u1200", "\u137f"),
    ("latin", "a", "\u024f"),
)


class Mention(NamedTuple):
    """A name from `start` to `end` of the folded text; several `codes` when several things are called so.

    Codes are `r:` and a region's id, `t:` and a town's number, `p:` and a party's id.
    """

    start: int
    end: int
    codes: tuple[str, ...]


class Names:
    """Every name of the facts, compiled once."""

    def __init__(self, facts: Facts, folder: Folder) -> None:
        self._folder = folder
        self._endings: Mapping[str, int] = facts.languages["endings"]
        self._stems: Mapping[str, str] = facts.languages["stems"]
        self._rule = cache(self._rule_of)
        phrases = (
            self._region_phrases(facts.atlas),
            self._town_phrases(facts.towns),
            self._party_phrases(facts),
        )
        self._finder = Finder(chain(*phrases), facts.languages["clitics"])

    def find(self, text: Text) -> tuple[list[Mention], list[Mention]]:
        """Places and parties that the text names, the longest name where several begin at one letter."""
        places: list[Hit] = []
        parties: list[Hit] = []
        for hit in self._finder.find(text.folded):
            needed = _CAPITALS.get(hit.code[0])
            if needed is None:
                if _is_capital(text, hit):
                    places.append(hit)
            elif not needed or _has_capitals(text, hit, needed):
                parties.append(Hit(hit.start, hit.end, f"p{hit.code[1:]}"))
        return _merge(places), _merge(parties)

    def _region_phrases(self, regions: Iterable[Region]) -> Iterator[Phrase]:
        for region in regions:
            spelled = [("latin", region.name)]
            spelled += [(lang, name) for lang, names in region.sought.items() for name in names]
            for language, name in dict.fromkeys(spelled):
                yield from self._phrases_of_name(name, language, f"r:{region.id}")

    def _town_phrases(self, towns: Gazetteer) -> Iterator[Phrase]:
        for number in range(len(towns)):
            code = f"t:{number}"
            for name in towns.names(number):
                folded = self._folder.fold_phrase(name)
                if len(folded) >= SHORTEST_TOWN or _is_syllabic(folded):
                    words = folded.split()
                    yield Phrase(tuple(self._word(word, "latin") for word in words), code)

    def _party_phrases(self, facts: Facts) -> Iterator[Phrase]:
        for party in facts.parties.values():
            for name in (party.name, *(n for names in party.names.values() for n in names)):
                code = f"{_way_of_writing(name)}:{party.id}"
                for variant in _apostrophe_variants(name):
                    yield parse_phrase(fold_starred(self._folder, variant), code)
                if _is_abbreviation(name) and len(name) >= SHORTEST_AMONG:
                    yield Phrase((Word(self._folder.fold_phrase(name), AMONG),), code)

    def _phrases_of_name(self, name: str, language: str, code: str) -> Iterator[Phrase]:
        seen = dict.fromkeys(
            spelling
            for variant in _apostrophe_variants(name)
            for spelling in _spellings(self._folder.fold_phrase(variant))
        )
        for spelling in seen:
            yield Phrase(tuple(self._word(word, language) for word in spelling.split()), code)

    def _word(self, word: str, language: str) -> Word:
        ending, lost = self._rule(language, word[0])
        stem = word.rstrip(lost)
        return Word(stem if len(stem) >= SHORTEST_STEM else word, ending)

    def _rule_of(self, language: str, letter: str) -> tuple[int, str]:
        """How many letters may follow a word that begins so, and which ones its stem does without."""
        if SPACELESS.match(letter):
            return OPEN_ENDING, ""
        script = name_script(letter)
        ending = self._endings.get(language, self._endings.get(script, 0))
        return ending, self._stems.get(script, "") if ending else ""


def _apostrophe_variants(name: str) -> tuple[str, ...]:
    """A name with an apostrophe is found with and without it."""
    plain = name.replace("'", "").replace("\u2019", "").replace("\u02bc", "")
    return (name,) if plain == name else (name, plain)


def _spellings(folded: str) -> Iterator[str]:
    """The name, without its article, and written as one word."""
    words = folded.split()
    yield folded
    if words and words[0] in ARTICLES and len(folded) - len(words[0]) - 1 >= SHORTEST_WITHOUT_ARTICLE:
        yield " ".join(words[1:])
    if 1 < len(words) <= LONGEST_JOINED and not SPACELESS.match(folded) and len(folded) > 6:
        yield "".join(words)


def _way_of_writing(name: str) -> str:
    """Which of `_CAPITALS` a party's name needs: one that the tables write otherwise is free."""
    letters = name.rstrip("*")
    if letters.isupper() and len(letters) <= LONGEST_SPELLED and letters.isalpha():
        return "a"
    is_free = name.endswith("*") or " " in name or not name[0].isupper()
    return "p" if is_free else "c"


def _is_abbreviation(name: str) -> bool:
    return name.isascii() and name.isalnum() and name.isupper()


def _is_syllabic(name: str) -> bool:
    return len(name) > 1 and any(first <= name[0] <= last for first, last in _SYLLABIC)


@cache
def name_script(letter: str) -> str:
    """The script of a letter, as far as names take endings in it."""
    return next((name for name, first, last in _SCRIPT_RANGES if first <= letter <= last), "")


def _is_capital(text: Text, hit: Hit) -> bool:
    """Whether the name has a capital, in scripts that have them: "southern Lebanon", "село Пески" count."""
    start, end = text.raw_span(hit.start, hit.end)
    return start < end and not is_small(text.raw[start:end])


def is_small(name: str) -> bool:
    """Whether a name has no capital, in a script that has them."""
    return name[0] < _FIRST_WITHOUT_CASE and name.islower()


def _has_capitals(text: Text, hit: Hit, needed: int) -> bool:
    """Whether a name has its capitals, unless its writer uses none at all."""
    start, end = text.raw_span(hit.start, hit.end)
    return sum(map(str.isupper, text.raw[start:end])) >= needed or text.raw.islower()


def _merge(hits: Iterable[Hit]) -> list[Mention]:
    """Hits of one span become one mention; a mention within a longer one is dropped."""
    merged: list[Mention] = []
    for start, end, code in sorted(hits, key=_longest_first):
        last = merged[-1] if merged else None
        if last is None or end > last.end:
            merged.append(Mention(start, end, (code,)))
        elif (start, end) == last[:2] and code not in last.codes:
            merged[-1] = Mention(start, end, (*last.codes, code))
    return merged


def _longest_first(hit: Hit) -> tuple[int, int]:
    return hit.start, -hit.end


def codes_of(mention: Mention, kind: str) -> list[str]:
    """The ids behind a mention's codes of one kind: r, t or p."""
    return [code[2:] for code in mention.codes if code[0] == kind]
