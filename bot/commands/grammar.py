"""What people type after a command, as values; every mistake is one sentence that says what would work."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.folding import fold
from bot.rendering.html import escape

MOST_KEYWORDS = 50
"""Of one chat, included and excluded together: what one SQL match bears."""
LONGEST_KEYWORD = 64
"""Characters."""
LONGEST_ECHO = 40
"""Characters of what somebody typed that an answer repeats."""

# Phones make curly quotes, guillemets and long dashes of what was typed.
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_SIGNED = re.compile(r'(?P<sign>[+＋\-−–—])\s*(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
_PLUS = "+＋"
_CLEAR = ("clear", "reset", "none")


@dataclass(frozen=True, slots=True)
class KeywordOrder:
    """What /keywords is to do. `is_clear`: forget all. Both empty and not clear: show what stands."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    is_clear: bool = False


def parse_keywords(text: str, words: Words) -> KeywordOrder:
    """`+word -word +"two words"` or `clear`; raises RefusedInput with what is wrong and what would work."""
    rest = text.translate(_QUOTES).strip()
    if rest.casefold() in _CLEAR:
        return KeywordOrder(is_clear=True)
    include: dict[str, str] = {}
    exclude: dict[str, str] = {}
    while rest:
        match = _SIGNED.match(rest)
        if match is None:
            raise RefusedInput(_say_unsigned(rest, words))
        keyword = " ".join((match["phrase"] if match["word"] is None else match["word"]).split())
        _refuse_unusable(keyword, words)
        chosen = include if match["sign"] in _PLUS else exclude
        chosen.setdefault(fold(keyword), keyword)
        rest = rest[match.end() :].lstrip(" \t\n,;")
    if both := include.keys() & exclude.keys():
        shown = echo(include[min(both)])
        raise RefusedInput(
            words.text("You wrote {word} with + and with -. Please choose one of the two.", word=shown)
        )
    return KeywordOrder(tuple(include.values()), tuple(exclude.values()))


def merge_keywords(
    order: KeywordOrder, include: Iterable[str], exclude: Iterable[str], words: Words
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What stands after the order: new words join, a word with the other sign changes sides.

    Raises RefusedInput when that would be more than fifty.
    """
    if order.is_clear:
        return (), ()
    named = {fold(keyword) for keyword in (*order.include, *order.exclude)}
    kept_in = [keyword for keyword in include if fold(keyword) not in named]
    kept_out = [keyword for keyword in exclude if fold(keyword) not in named]
    merged = ((*kept_in, *order.include), (*kept_out, *order.exclude))
    total = len(merged[0]) + len(merged[1])
    if total > MOST_KEYWORDS:
        raise RefusedInput(
            words.text(
                "That would be {total} keywords and {most} are the most. Remove some with /filters, "
                "or all with /keywords clear.",
                total=words.number(total),
                most=words.number(MOST_KEYWORDS),
            )
        )
    return merged


def is_any(text: str) -> bool:
    """Whether somebody takes a filter away: any, all, none, clear."""
    return text.strip().casefold() in {*_CLEAR, "any", "all", "off"}


def split_names(text: str) -> tuple[str, ...]:
    """Region names apart from each other: by commas, semicolons and line ends; repeats and blanks dropped."""
    names = (" ".join(part.split()) for part in re.split(r"[,;،、\n]", text))
    return tuple(dict.fromkeys(name for name in names if name))


def echo(text: str) -> str:
    """What somebody typed, short and escaped, to be repeated in an answer."""
    short = text if len(text) <= LONGEST_ECHO else text[: LONGEST_ECHO - 1].rstrip() + "…"
    return f"“{escape(short)}”"


def _refuse_unusable(keyword: str, words: Words) -> None:
    shown = echo(keyword)
    folded = fold(keyword)
    if not folded:
        raise RefusedInput(words.text("{word} has no letters or digits to look for.", word=shown))
    if max(len(keyword), len(folded)) > LONGEST_KEYWORD:
        raise RefusedInput(
            words.text(
                "{word} is longer than {most} characters.", word=shown, most=words.number(LONGEST_KEYWORD)
            )
        )


def _say_unsigned(rest: str, words: Words) -> str:
    phrase = re.match(r'"([^"]+)"', rest)
    if phrase and fold(phrase[1]):
        return _ask_sign(phrase[1], f'"{phrase[1][:LONGEST_ECHO]}"', words)
    if rest.lstrip("+＋-−–— ").startswith('"'):
        return words.text('A quotation mark is not closed. Try: /keywords +"heavy artillery"')
    bare = rest.lstrip("+＋-−–— ").split() or [rest]
    word = bare[0].strip('"')
    if not fold(word):
        return words.text("A + or - needs a word after it. Try: /keywords +drone -football")
    return _ask_sign(word, word[:LONGEST_ECHO], words)


def _ask_sign(word: str, written: str, words: Words) -> str:
    return words.text(
        "Should {word} occur or not? Write +{plain} for what you want, -{plain} for what you do not.",
        word=echo(word),
        plain=escape(written),
    )
