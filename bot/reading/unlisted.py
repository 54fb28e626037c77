"""Villages that no table lists: a capitalised name where only a place's name can stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, takewhile

from bot.reading.names import Mention, is_small
from bot.reading.passages import Passages

SURE, LIKELY = "n:", "w:"
"""What a mention's code begins with, before the name itself: behind `village of`, or only behind `in`."""

REACH = 48
"""Letters before a phrase in which a name begins."""

SHORTEST = 4
"""Letters of a name: shorter words with a capital are articles and abbreviations."""

HEADLINE_SHARE = 0.6
"""A headline with more capitals is written in the English manner: they show no names."""

_WORD = r"\w[\w'\u2019\u02bc]*(?:-\w[\w'\u2019\u02bc]*)*"
_AHEAD = re.compile(rf"[ '\u2019\"\u00ab\u201e\u201c]{{1,2}}({_WORD}(?: {_WORD}){{0,2}})")
_BACK = re.compile(rf"(?<!\w)({_WORD}(?: {_WORD}){{0,2}})[\"\u00bb\u201d]? ?$")
_AND = "and|et|y|e|\u0219i|ve|v\u0259|na|at|\u0438|\u0456|\u0442\u0430|\u043a\u03b1\u03b9|\u0587"
_NAMES = re.compile(rf"(?:, | (?:{_AND}) )({_WORD}(?: (?!(?:{_AND}) ){_WORD}){{0,2}})")
_JOINED = re.compile(rf"(?:, {_WORD}(?: {_WORD}){{0,2}})* (?:{_AND}) {_WORD}(?: {_WORD}){{0,2}}")
_WIDER = re.compile(
    r", (?!.*\b(?:near|positions?|posts?|close|outside|cerca|perto|pr\u00e8s|from|towards?|de[sp]de)\b)"
    r"(?:[^\W\d_A-Z]+[ '\u2019]){0,4}"
)
"""What stands between a village and the district that it lies in."""

_ANY = r"[^\W\d_][\w\u0900-\u0963\u064b-\u0652\u200c'\u2019-]*"
"""A word of any script; what Unicode calls marks belongs to it."""
_TWO_AHEAD = re.compile(rf" ({_ANY})(?: {_ANY})?")
_TWO_BACK = re.compile(rf"(?<![\w\u0900-\u0963])((?:{_ANY} )?({_ANY})) $")

_ARTICLE = re.compile(r"(?:al|el|as|ash|ar|at|an|ad|az)-(?=\w)")
_CAPITALISED = re.compile(
    r"[^\Wb-df-z\u0430-\u045f\u0590-\u109f\u10d0-\u139f\u1780-\u18af\u3040-\u9fff\uac00-\ud7ff]"
    rf"(?<![\w'\u2019-].)(?:(?<![ae])|(?<=(?={_ARTICLE.pattern}).))"
    rf"(?=([\w'\u2019\u02bc]*(?:-\w[\w'\u2019\u02bc]*)*(?: {_WORD}){{0,2}}))"
)
"""A letter with which a name may begin, or `a` or `e` of an article, and the rest of up to three words.

The letter stands first, so that words which begin with another are passed over quickly.
"""

_NO_NAMES = ("acts", "truce", "actors", "casualties", "offtopic", "month", "weekday", "day", "number")
"""Tables whose words are no names, whatever their letters."""

_OWNED = ("'s", "\u2019s")

Span = tuple[int, int]


class Romanizer:
    """Writes names of other alphabets as English does, letter by letter."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self._tables = {language: _pairs(table.split()) for language, table in tables.items()}

    def write(self, name: str, language: str) -> str:
        """The name in Latin letters; as it is where the language has no table."""
        table = self._tables.get(language)
        if table is None:
            return name
        letters = name.replace("\u0130", "i").lower()
        for written, latin in table:
            letters = letters.replace(written, latin)
        return letters.title()


def is_latin(name: str) -> bool:
    """Whether a name is written in Latin letters."""
    return name[0] < "\u0250"


def _pairs(table: list[str]) -> list[tuple[str, str]]:
    """`ж=zh` and the like as pairs, in the order in which they apply."""
    return [(written, latin) for written, _, latin in (pair.partition("=") for pair in table)]


def find_unlisted(passages: Passages) -> list[Mention]:
    """Names behind words such as `village of`, or before `district`, that are in no table."""
    text = passages.text
    body = text.raw_span(text.body_start, text.body_start + 1)[0]
    begin = body if _is_in_capitals(text.raw[:body].split()) else 0
    sure = [*_ahead(passages, "roles.place_before"), *_back(passages)]
    likely = list(_ahead(passages, "roles.place_in"))
    sure += [span for span in likely if lies_in(passages, span[1])]
    known = [text.raw_span(m.start, m.end) for m in passages.places]
    joined = [span for _, end in (*known, *sure) for span in _joined(text.raw, end)]
    named = {
        first: Mention(text.folded_at(first), text.folded_at(last), (code + text.raw[first:last],))
        for code, spans in ((LIKELY, likely), (SURE, (*sure, *joined)))
        for first, last in spans
        if first >= begin and last - first >= SHORTEST
    }
    return sorted(mention for mention in named.values() if not _is_known(passages, mention))


def find_capitalised(passages: Passages) -> list[Mention]:
    """Up to three words with a capital that begin no sentence and are in no table, the longest first."""
    text = passages.text
    begin = text.raw_span(text.body_start, text.body_start + 1)[0]
    begin = begin if _is_in_capitals(text.raw[:begin].split()) else 0
    firsts = {text.raw_span(start, start + 1)[0] for start in text.sentences}
    spans = (
        (match.start(), match.start() + len(name))
        for match in _CAPITALISED.finditer(text.raw, begin)
        if match.start() not in firsts
        for name in _beginnings(match[0] + match[1])
        if len(name) >= SHORTEST
    )
    folded = ((first, last, text.folded_at(first), text.folded_at(last)) for first, last in spans)
    names = (
        Mention(start, end, (LIKELY + text.raw[first:last],))
        for first, last, start, end in folded
        if not passages.found.over(start, end)
    )
    return [mention for mention in names if not _is_named(passages, mention)]


def glued_in(particles: Sequence[str]) -> re.Pattern[str]:
    """A pattern of one or two words of which the first is written together with one of the particles."""
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, particles))})({_ANY})(?: {_ANY})?")


def find_led(passages: Passages, glued: re.Pattern[str] | None) -> Iterator[Mention]:
    """The two words and the one beside `village`, `near` and the like, in scripts without capitals too."""
    text = passages.text
    for hit in passages.found.of("roles.name_before"):
        ahead = _TWO_AHEAD.match(text.raw, text.raw_span(hit.start, hit.end)[1])
        if ahead:
            yield from _unknown(passages, ((ahead.start(1), ahead.end()), ahead.span(1)))
    for hit in passages.found.of("roles.name_after"):
        end = text.raw_span(hit.start, hit.end)[0]
        back = _TWO_BACK.search(text.raw, max(0, end - REACH), end)
        if back:
            yield from _unknown(passages, (back.span(1), back.span(2)))
    for word in glued.finditer(text.raw) if glued else ():
        yield from _unknown(passages, ((word.start(1), word.end()), word.span(1)))


def _unknown(passages: Passages, spans: Iterable[Span]) -> Iterator[Mention]:
    """The raw spans as mentions, without known names and words, and without a word that begins small."""
    text = passages.text
    for first, last in dict.fromkeys(spans):
        if is_small(text.raw[first]):
            continue
        mention = Mention(text.folded_at(first), text.folded_at(last), (SURE + text.raw[first:last],))
        if not _is_known(passages, mention) and not passages.found.over(mention.start, mention.end):
            yield mention


def _beginnings(name: str) -> Iterator[str]:
    """The first three words of a name, the first two and the first, as far as they are written as names."""
    words = list(takewhile(_is_name, name.split(" ")))
    return (" ".join(words[:count]) for count in range(len(words), 0, -1))


def _is_known(passages: Passages, mention: Mention) -> bool:
    """Whether a place, a party or a word that is no name stands there."""
    return _is_named(passages, mention) or any(
        hit.code in {"roles.place_before", "roles.place_in"} or hit.code.partition(".")[0] in _NO_NAMES
        for hit in passages.found.over(mention.start, mention.end)
    )


def _is_named(passages: Passages, mention: Mention) -> bool:
    """Whether a place or a party stands there that is more than a word of the name."""
    near = chain(_over(passages.places, mention), _over(passages.parties, mention))
    return any(not _is_word_of(m, mention) for m in near)


def _over(mentions: Sequence[Mention], mention: Mention) -> Iterator[Mention]:
    """Those of a list, none of which lies within another, that share a letter with a mention."""
    for index in range(bisect_left(mentions, (mention.end,)) - 1, -1, -1):
        if mentions[index].end <= mention.start:
            return
        yield mentions[index]


def lies_in(passages: Passages, end: int) -> bool:
    """Whether a listed place follows a name that ends at `end` of the raw text: `Kikubo, in Lubero`."""
    text = passages.text
    index = bisect_left(passages.places, (text.folded_at(end),))
    if index == len(passages.places):
        return False
    start = text.raw_span(passages.places[index].start, passages.places[index].end)[0]
    return _WIDER.fullmatch(text.raw[end:start]) is not None


def _is_word_of(town: Mention, name: Mention) -> bool:
    """Whether a town of the gazetteer is called as one word of a longer name: `New Tubigon`."""
    is_shorter = name.start <= town.start and town.end <= name.end and town[:2] != name[:2]
    return is_shorter and all(code.startswith("t:") for code in town.codes)


def _ahead(passages: Passages, code: str) -> Iterator[Span]:
    """Raw spans of capitalised words right after a phrase that a place follows."""
    text = passages.text
    for hit in passages.found.of(code):
        end = text.raw_span(hit.end - 1, hit.end)[1]
        if text.raw[end + 1 : end + 2].islower() and "-" not in text.raw[end + 2 : end + 5]:
            continue
        match = _AHEAD.match(text.raw, end)
        if match:
            name = " ".join(takewhile(_is_name, match[1].split(" ")))
            yield match.start(1), match.start(1) + len(name)


def _back(passages: Passages) -> Iterator[Span]:
    """The same right before a phrase that follows a place."""
    text = passages.text
    for hit in passages.found.of("roles.place_after"):
        end = text.raw_span(hit.start, hit.end)[0]
        match = _BACK.search(text.raw[max(0, end - REACH) : end])
        if match:
            name = " ".join(reversed(list(takewhile(_is_name, reversed(match[1].split(" "))))))
            last = max(0, end - REACH) + match.end(1)
            yield last - len(name), last


def _joined(raw: str, end: int) -> Iterator[Span]:
    """Raw spans of the names that a list goes on with behind a place: `, Jura and Keran`."""
    match = _JOINED.match(raw, end)
    for word in _NAMES.finditer(raw, end, match.end()) if match else ():
        name = " ".join(takewhile(_is_name, word[1].split(" ")))
        yield word.start(1), word.start(1) + len(name)


def _is_name(word: str) -> bool:
    """Whether a word is written as a name: with a capital, neither in capitals throughout nor an owner."""
    word = _ARTICLE.sub("", word) if "-" in word else word
    return word[0].isupper() and not word.isupper() and word[-2:] not in _OWNED


def _is_in_capitals(words: Iterable[str]) -> bool:
    letters = [word for word in words if word[0].isalpha()]
    return sum(word[0].isupper() for word in letters) > HEADLINE_SHARE * len(letters)
