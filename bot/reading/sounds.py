"""How a name sounds, whatever its script and spelling: its consonants, those that are mixed up as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import lru_cache

from bot.atlas import Atlas
from bot.folding import fold
from bot.model import Region, RegionLevel
from bot.reading.names import ARTICLES

SHORTEST, SHORTEST_LED = 5, 4
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

_CONSONANTS = frozenset("bcdfghjklmnpqrstvwxz")

LEAST_ALIKE = 0.65
"""The share of letters that two Latin spellings of one name have in common."""


class Sounds:
    """The places of each theatre by the sound of their names."""

    def __init__(self, atlas: Atlas, letters: Mapping[str, str]) -> None:
        self._atlas = atlas
        self._letters = str.maketrans({each: sound for sound, alike in letters.items() for each in alike})
        self._of_word = lru_cache(MOST_REMEMBERED)(self._hear)
        self._indexes: dict[str, dict[str, set[str]]] = {}

    def find(self, name: str, language: str, theatre: str, is_led: bool) -> Region | None:
        """The one place of a theatre that sounds like a name; None where none or several do."""
        sound = self.sound(name, language)
        if len(sound) < (SHORTEST_LED if is_led or " " in fold(name) else SHORTEST):
            return None
        alike = self._index(theatre).get(sound, ())
        region = self._atlas.get(next(iter(alike))) if len(alike) == 1 else None
        return region if region and _is_like(name, region) else None

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


def _is_like(name: str, region: Region) -> bool:
    """Whether a Latin name shares most letters with a spelling of the region; other scripts are trusted."""
    plain = fold(name)
    return not plain.isascii() or any(
        SequenceMatcher(None, plain, fold(spelling)).ratio() >= LEAST_ALIKE for spelling in region.spellings
    )
