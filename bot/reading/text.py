"""A report's text as the reader sees it: folded for comparison, with the way back to what was written."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from bot.folding import fold as fold_words
from bot.reading.zawgyi import convert, is_zawgyi

MAX_CHARS = 10_000
"""Longer texts are cut here: an article's news stands far above, and reading time stays bounded."""

SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)
_LATIN = "A-Za-z\u00c0-\u024f\u1e00-\u1eff\u0259\u018f"
_APOSTROPHE = re.compile(f"['\u2019\u02bc\u2018](?<=[0-9{_LATIN}].)(?=[{_LATIN}])")
_GERSHAYIM = re.compile('["\u201d\u201c](?<=[\u05d0-\u05ea].)(?=[\u05d0-\u05ea])')
"""The mark itself first, so that it is looked for at once."""

_ASCII = {code: (chr(code).lower() if chr(code).isalnum() else " ") for code in range(128)}
_END = re.compile(
    "\n+|[\u3002\uff01\uff1f\u06d4\u061f\u0589\u0964\u1362\u17d4\u104b]+|[.!?\u2026]+[\"'\u00bb\u201d)\\]]*(?=\\s|$)"
)
_NOT_AN_END = re.compile(
    r"(?:^|[\s(\u00ab\"])(?:[A-Z]|[A-Z]\.[A-Z]|\w|[0-9A-Za-z\u00c0-\u024f\u0400-\u04ff]{2}|[Ll]t|[Gg]en|[Cc]ol|[Mm]aj|[Cc]apt|[Bb]rig|[Ss]gt|[Mm]rs?"
    r"|[Dd]rs?|[Ss]ept|[Jj]an|[Ff]eb|[Mm]ar|[Aa]pr|[Aa]ug|[Oo]ct|[Nn]ov|[Dd]ec|approx|тыс|млн|руб|ген|полк"
    r"|км|мск|янв|фев|мар|апр|авг|сен|окт|ноя|дек|พล|อ|จ|ต|น)$"
)
_STOP = re.compile("[.!?\n\u2026\u3002\uff01\uff1f\u06d4\u061f\u0589\u0964\u1362\u17d4\u104b]")
"""Where an end may be: one set of letters is found much faster than a choice of patterns."""

_CLAUSES = (
    re.compile(r"[,;:()\u2013\u2014\u060c\u061b\uff0c\uff1b\u3001\u1363\u1365\u104a]"),
    re.compile(r"\u055d(?!\s?\d)"),
    re.compile(r"-(?<=[ \n\t]-)\s"),
    re.compile(r"\.\s"),
)
_DATELINE = re.compile(
    r"^[^\n]{2,50}?(?:\([^)\n]{2,30}\)(?:\s?[\u2013\u2014/:-]|\s)|\s/[^/\n]{2,30}/\.?\s|\bARMENPRESS\.)"
    r"|^[^\n.]{2,50}?\s[\u2013\u2014-]{1,2}\s"
)


class Folder(dict[int, str]):
    """Folds letter by letter, by their codes, remembering each, so that every folded letter knows its origin.

    Hangul syllables stay whole: taken apart, the beginning of one would look like another.
    """

    def __init__(self) -> None:
        super().__init__()
        self._uneven = ""
        self._find_uneven = re.compile("(?!)").finditer
        """Finds letters that become none or several."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        self[code] = folded = letter if "\uac00" <= letter <= "\ud7a3" else _fold_part(letter)
        if len(folded) != 1:
            self._uneven += letter
            self._find_uneven = re.compile(f"[{re.escape(self._uneven)}]").finditer
        return folded

    def fold(self, text: str) -> tuple[str, Sequence[int] | None]:
        """The folded text between two spaces; for each letter of `text`, how many folded ones end with it.

        None instead of the counts where one letter stands for one. Burmese in Zawgyi is understood.
        """
        written = _part_words(text)
        if written.isascii():
            return f" {written.translate(_ASCII)} ", None
        if is_zawgyi(written):
            parts = [_fold_part(part) for part in convert(written)]
            return f" {''.join(parts)} ", list(accumulate(map(len, parts)))
        return f" {written.translate(self)} ", self._count(written)

    def _count(self, written: str) -> Sequence[int] | None:
        """For each letter, how many folded ones end with it; None where one letter stands for one."""
        counts: list[int] = []
        more = 0
        for match in self._find_uneven(written):
            counts += range(len(counts) + more + 1, match.start() + more + 1)
            more += len(self[ord(match.group())]) - 1
            counts.append(match.end() + more)
        return counts + list(range(len(counts) + more + 1, len(written) + more + 1)) if counts else None

    def fold_phrase(self, phrase: str) -> str:
        """A phrase of the data files in the same form, without outer spaces and with single inner ones."""
        written = _part_words(phrase)
        return " ".join(written.translate(_ASCII if written.isascii() else self).split())


def _fold_part(written: str) -> str:
    """What stands for a letter, or a syllable, between others."""
    return fold_words(f"a{written}a")[1:-1]


def _part_words(text: str) -> str:
    """An apostrophe between Latin letters parts words (l'armée, Kiev's); Hebrew's quotation mark does not."""
    if "'" in text or "\u2019" in text or "\u02bc" in text or "\u2018" in text:
        text = _APOSTROPHE.sub(" ", text)
    return _GERSHAYIM.sub("\u05f4", text) if '"' in text or "\u201d" in text else text


@dataclass(frozen=True, slots=True)
class Text:
    """`raw` is title + newline + text, cut at MAX_CHARS; `folded` what is searched.

    `sentences` and `clauses` are starts in `folded`, ascending, the first 0; the title is sentence 0.
    """

    raw: str
    folded: str
    offsets: Sequence[int] | None
    sentences: Sequence[int]
    clauses: Sequence[int]
    body_start: int
    dateline_end: int

    def sentence_of(self, position: int) -> int:
        """The number of the sentence that holds a folded position."""
        return bisect_right(self.sentences, position) - 1

    def clause_of(self, position: int) -> int:
        """The number of the clause that holds a folded position."""
        return bisect_right(self.clauses, position) - 1

    def sentence_span(self, sentence: int) -> tuple[int, int]:
        """Where a sentence begins and ends in `folded`."""
        following = sentence + 1
        end = self.sentences[following] if following < len(self.sentences) else len(self.folded)
        return self.sentences[sentence], end

    def zones(self) -> tuple[tuple[str, int, int], ...]:
        """Headline (`title`), the body's first sentence (`lead`) and `rest`: name, start and end."""
        title, lead = self.body_start, self.sentence_span(min(1, len(self.sentences) - 1))[1]
        return ("title", 0, title), ("lead", title, lead), ("rest", lead, len(self.folded))

    def folded_at(self, position: int) -> int:
        """Where a raw position stands in `folded`."""
        if self.offsets is None or position == 0:
            return position + 1
        return self.offsets[position - 1] + 1

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Where a folded span stands in `raw`, without the spaces around it."""
        raw, offsets = self.raw, self.offsets
        if offsets is None:
            begin, stop = max(start - 1, 0), min(end - 1, len(raw))
        else:
            begin, stop = bisect_right(offsets, start - 1), bisect_right(offsets, end - 1)
        while begin < stop and raw[begin].isspace():
            begin += 1
        while stop > begin and raw[stop - 1].isspace():
            stop -= 1
        return begin, stop


def read_text(folder: Folder, title: str, body: str) -> Text:
    """Folds a report and finds its sentences and clauses. Never raises, whatever the letters."""
    raw = f"{title}\n{body}"[:MAX_CHARS]
    folded, offsets = folder.fold(raw)
    body_start = min(len(title) + 1, len(raw))
    dateline = _DATELINE.match(raw[body_start : body_start + 100])
    dateline_end = body_start + dateline.end() if dateline else body_start
    ends = list(_ends(raw))
    cuts = [m.end() for pattern in _CLAUSES for m in pattern.finditer(raw)]
    return Text(
        raw,
        folded,
        offsets,
        _to_folded([0, *ends], offsets),
        _to_folded([0, *ends, *cuts], offsets),
        _to_folded([0, body_start], offsets)[-1],
        _to_folded([0, dateline_end], offsets)[-1],
    )


def _ends(raw: str) -> Iterator[int]:
    """Where sentences end."""
    last = 0
    for stop in _STOP.finditer(raw):
        end = _END.match(raw, stop.start()) if stop.start() >= last else None
        if end and not _is_abbreviation(raw, end):
            last = end.end()
            yield last


def _is_abbreviation(raw: str, end: re.Match[str]) -> bool:
    return end.group() == "." and _NOT_AN_END.search(raw[max(0, end.start() - 8) : end.start()]) is not None


def _to_folded(positions: Sequence[int], offsets: Sequence[int] | None) -> list[int]:
    """Raw positions as folded ones, ascending and without repeats."""
    if offsets is None:
        return sorted({position + 1 if position else 0 for position in positions})
    return sorted({offsets[position - 1] + 1 if position else 0 for position in positions})


def terms(folded_text: str, longest: int = 8) -> frozenset[str]:
    """Every sequence of one to `longest` words of a folded text, words joined by one space."""
    words = folded_text.split()
    return frozenset(
        " ".join(words[start : start + length])
        for start in range(len(words))
        for length in range(1, min(longest, len(words) - start) + 1)
    )


def is_spaceless(text: str) -> bool:
    """Whether the text is written in a script that does not part words (Thai, Khmer, Chinese, ...)."""
    return SPACELESS.search(text) is not None


def fold(text: str) -> str:
    """The form in which keywords, places and lexicons are compared everywhere."""
    return fold_words(text)
