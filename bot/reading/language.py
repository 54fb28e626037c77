"""Which language a report is written in: its script first, then the small words that only one has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from bot.reading.text import Folder

SAMPLE_CHARS = 600
"""Enough letters to be sure of the language."""

LETTER_WEIGHT = 0.4
"""What a letter that one language alone has counts against one of its small words."""

_SCRIPTS = {
    "latin": "A-Za-z\u00c0-\u024f\u0259",
    "cyrillic": "\u0400-\u04ff",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u05d0-\u05ea",
    "greek": "\u0370-\u03ff",
    "armenian": "\u0531-\u0587",
    "georgian": "\u10a0-\u10ff",
    "ethiopic": "\u1200-\u137f",
    "devanagari": "\u0900-\u097f",
    "hangul": "\uac00-\ud7a3",
    "thai": "\u0e00-\u0e7f",
    "khmer": "\u1780-\u17ff",
    "myanmar": "\u1000-\u109f",
    "kana": "\u3040-\u30ff",
    "han": "\u4e00-\u9fff",
}
_DENSITY = {"han": 3, "hangul": 2}
"""A syllable or word in one letter counts for several letters of an alphabet."""


class _Scripts(dict[str, str]):
    """The script of each letter, remembered; empty for what is no letter."""

    def __missing__(self, letter: str) -> str:
        names = (name for name, letters in _SCRIPTS.items() if re.match(f"[{letters}]", letter))
        self[letter] = script = next(names, "")
        return script


class Detector:
    """Tells the languages of `languages.toml` apart; what it does not know becomes the script's first."""

    def __init__(self, languages: Mapping[str, Any], folder: Folder) -> None:
        self._by_script: dict[str, list[str]] = languages["scripts"]
        self._scripts = _Scripts()
        self._letters: dict[str, list[str]] = {}
        for language, letters in languages["letters"].items():
            for letter in dict.fromkeys(letters):
                self._letters.setdefault(letter, []).append(language)
        self._words: dict[str, list[str]] = {}
        for language, words in languages["words"].items():
            for word in words:
                self._words.setdefault(folder.fold_phrase(word), []).append(language)

    def detect(self, raw: str, folded: str) -> str:
        """An ISO 639-1 code; "en" where there are no letters at all."""
        sample = raw[:SAMPLE_CHARS]
        letters = {} if sample.isascii() else Counter(sample)
        candidates = self._by_script.get(self._script(letters), ["en"])
        return candidates[0] if len(candidates) == 1 else self._choose(candidates, letters, folded)

    def _script(self, letters: Mapping[str, int]) -> str:
        """The script of most letters; Latin where there are none but ASCII's."""
        counts: dict[str, int] = {}
        for letter, count in letters.items():
            script = self._scripts[letter]
            counts[script] = counts.get(script, 0) + count * _DENSITY.get(script, 1)
        counts.pop("", None)
        script = max(counts, key=counts.__getitem__, default="latin")
        return "kana" if counts.get("kana", 0) * 8 > counts.get("han", 0) > 0 else script

    def _choose(self, candidates: list[str], letters: Mapping[str, int], folded: str) -> str:
        score = dict.fromkeys(candidates, 0)
        for languages in filter(None, map(self._words.get, folded[:SAMPLE_CHARS].split())):
            for language in languages:
                if language in score:
                    score[language] += 1
        own = dict.fromkeys(candidates, 0)
        for letter in letters.keys() & self._letters.keys():
            for language in self._letters[letter]:
                if language in own:
                    own[language] += letters[letter]
        return max(candidates, key=lambda language: score[language] + LETTER_WEIGHT * own[language])
