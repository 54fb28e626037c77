"""How a name sounds, whatever its script and spelling: its consonants, those that are mixed up as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from bot.atlas import Atlas
from bot.folding import fold
from bot.model import Region, RegionLevel
from bot.reading.names import ARTICLES, name_script
from bot.reading.phrases import script_of
from bot.reading.unlisted import Romanizer

SHORTEST, SHORTEST_LED, SHORTEST_SPELT = 5, 4, 3
"""Consonants of a name, and of one of two words or behind `village of`: fewer are those of many words."""

_WRITTEN = tuple(
    (re.compile(written), plain)
    for written, plain in (
        ("ş|š|ș", "sh"),
        ("ç|č", "ch"),
        ("ž", "zh"),
        ("ț|ţ", "ts"),
        ("ə", "e"),
        ("μπ", "b"),
        ("ντ", "d"),
        ("کھ", "خ"),
        ("ц|ც|წ|ծ|ց", "ts"),
        ("ძ|ձ", "dz"),
        ("^(?:kefr|kfar|kufr|kafar|kifr)", "kafr"),
    )
)
"""Letters that folding would make others, and two letters that are one sound."""

_HEARD = tuple(
    (re.compile(written), plain)
    for written, plain in (
        ("tch|sch|sh|ch|zh|dj|j", "j"),
        ("kh|x", "h"),
        ("gh|[cqg]", "k"),
        ("ph|bh|[pf]", "b"),
        ("th", "t"),
        ("dh", "d"),
        ("[^bdhjklmnrstz]", ""),
        (r"(.)\1+", r"\1"),
        ("h$", ""),
    )
)
"""Latin letters as they are heard: vowels, v and w are dropped, and an h at the end."""

MOST_REMEMBERED = 8192
"""Words whose sound is kept: capitalised words come again and again."""

SHORTEST_FORM = 3
"""Letters of a name that are left without a particle and an ending."""

_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")

LEAST_ALIKE = 0.65
"""The share of letters that two Latin spellings of one name have in common."""


LEAST_ALIKE_LED = 0.7
"""The same for a name in another script that a word such as `near` leads in."""

_SIGNS = {"VIRAMA": "", "NUKTA": "", "ANUSVARA": "n", "CANDRABINDU": "n"}
_DOUBLED = re.compile(r"([a-z])\1+")


class Sounds:
    """The places of each theatre by the sound of their names."""

    def __init__(self, atlas: Atlas, languages: Mapping[str, Any]) -> None:
        self._atlas = atlas
        letters: Mapping[str, str] = languages["sounds"]
        self._romanizer = Romanizer(languages["romanized"])
        self._clitics: Mapping[str, Sequence[str]] = languages["clitics"]
        self._endings: Mapping[str, int] = languages["endings"]
        self._letters = str.maketrans({each: sound for sound, alike in letters.items() for each in alike})
        self._of_word = lru_cache(MOST_REMEMBERED)(self._hear)
        self.find_form = lru_cache(MOST_REMEMBERED)(self._find_form)
        self._indexes: dict[str, dict[str, set[str]]] = {}

    def find(self, name: str, language: str, theatre: str, is_led: bool) -> Region | None:
        """The one place of a theatre that sounds like a name; None where none or several do."""
        sound = self.sound(name, language)
        if len(sound) < (SHORTEST_LED if is_led or " " in fold(name) else SHORTEST):
            return None
        region = self._only(sound, theatre)
        return region if region and _is_like(name, region) else None

    def _only(self, sound: str, theatre: str) -> Region | None:
        alike = self._index(theatre).get(sound, ())
        return self._atlas.get(next(iter(alike))) if len(alike) == 1 else None

    def _find_form(self, name: str, language: str, theatre: str) -> Region | None:
        """The one place of a theatre that a form of its name sounds like: with a particle or an ending."""
        for form in self._forms(name):
            sound = self.sound(form, language)
            region = self._only(sound, theatre) if len(sound) >= SHORTEST_SPELT else None
            if region and self._is_spelt_like(form, language, region, len(sound)):
                return region
        return None

    def _is_spelt_like(self, name: str, language: str, region: Region, consonants: int) -> bool:
        """Whether its vowels are most of those of the region; without vowels it takes more consonants."""
        spelt = self._spell(name, language)
        return _is_like(spelt, region, LEAST_ALIKE_LED) if spelt.isascii() else consonants >= SHORTEST_LED

    def _spell(self, name: str, language: str) -> str:
        """The name in Latin letters with its vowels, where its script writes them."""
        spelt = "".join(map(_syllable, _spell_indic(self._romanizer.write(name, language))))
        return _DOUBLED.sub(r"\1", fold(spelt))

    def _forms(self, name: str) -> Iterator[str]:
        """The name, without its particle, and each without as many letters as an ending has at most."""
        particles = self._clitics.get(script_of(name[0]), ())
        bare = [name[len(p) :] for p in particles if name.startswith(p)]
        for form in (name, *bare):
            for count in range(self._endings.get(name_script(name[0]), 0) + 1):
                if len(form) - count >= SHORTEST_FORM:
                    yield form[: len(form) - count]

    def sound(self, name: str, language: str = "") -> str:
        """The consonants of a name as one word; Turkish and Azerbaijani c is heard as English j."""
        written = name.lower().replace("c", "j") if language in {"tr", "az"} else name.lower()
        return "".join(map(self._of_word, written.replace("-", " ").split()))

    def _hear(self, word: str) -> str:
        for pattern, plain in _WRITTEN:
            word = pattern.sub(plain, word)
        parts = [part for part in fold(word).split() if part not in ARTICLES]
        return "".join(self._hear_part(part) for part in parts)

    def _hear_part(self, part: str) -> str:
        heard = "".join(map(_syllable, part)).translate(self._letters)
        plain = heard
        for pattern, letter in _HEARD:
            plain = pattern.sub(letter, plain)
        return plain if heard[0] in _CONSONANTS else f"a{plain}"

    def _index(self, theatre: str) -> dict[str, set[str]]:
        index = self._indexes.get(theatre)
        if index is None:
            index = self._indexes[theatre] = {}
            for region in map(self._atlas.get, self._atlas.subtree(theatre)):
                if region and region.level is not RegionLevel.THEATRE:
                    for name in region.spellings:
                        index.setdefault(self.sound(name), set()).add(region.id)
        return index


def _syllable(letter: str) -> str:
    """An Ethiopic syllable in Latin letters, as Unicode calls it; other letters as they are."""
    if not "\u1200" <= letter <= "\u137f":
        return letter
    return unicodedata.name(letter, "").rpartition(" ")[2].lower()


def _spell_indic(name: str) -> str:
    """A Devanagari name in Latin letters, as Unicode calls them; other names as they are."""
    spelt = ""
    for letter in name:
        called = unicodedata.name(letter, "") if "\u0900" <= letter <= "\u0963" else ""
        kind, _, sound = called.rpartition(" ")
        spelt = spelt[:-1] if kind.endswith("VOWEL SIGN") or sound == "VIRAMA" else spelt
        spelt += _SIGNS.get(sound, sound.lower()) if called else letter
    return spelt


def _is_like(name: str, region: Region, least: float = LEAST_ALIKE) -> bool:
    """Whether a Latin name shares most letters with a spelling of the region; other scripts are trusted."""
    plain = fold(name)
    return not plain.isascii() or any(
        SequenceMatcher(None, plain, fold(spelling)).ratio() >= least for spelling in region.spellings
    )
