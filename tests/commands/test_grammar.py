"""What follows a command: keywords and names, right and wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands.grammar import (
    LONGEST_KEYWORD,
    MOST_KEYWORDS,
    KeywordOrder,
    echo,
    merge_keywords,
    parse_keywords,
    split_names,
)
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.folding import fold
from tests.ground import shared_words

WORDS: Words = shared_words()["en"]

plain_words = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=20).filter(
    lambda word: 0 < len(fold(word)) <= LONGEST_KEYWORD
)
phrases = (
    st.lists(plain_words, min_size=1, max_size=3)
    .map(" ".join)
    .filter(lambda phrase: len(fold(phrase)) <= LONGEST_KEYWORD)
)


@pytest.mark.parametrize(
    ("text", "include", "exclude"),
    [
        ('+drone -football +"heavy artillery"', ("drone", "heavy artillery"), ("football",)),
        ("+Шахед −учения", ("Шахед",), ("учения",)),
        ("+“heavy   artillery”, –football", ("heavy artillery",), ("football",)),
        ("+ drone", ("drone",), ()),
        ("+drone+mine", ("drone+mine",), ()),
        ("+Drone +drone +DRONE", ("Drone",), ()),
        ("", (), ()),
    ],
)
def test_keywords(text: str, include: tuple[str, ...], exclude: tuple[str, ...]) -> None:
    """Signs, quotes as phones write them, several words; the same word once."""
    assert parse_keywords(text, WORDS) == KeywordOrder(include, exclude)


@pytest.mark.parametrize("text", ["clear", " CLEAR ", "none"])
def test_clear(text: str) -> None:
    """One word takes all keywords away."""
    assert parse_keywords(text, WORDS) == KeywordOrder(is_clear=True)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("drone", "Should “drone” occur or not? Write +drone for what you want, -drone for what you do not."),
        (
            "+drone mine",
            "Should “mine” occur or not? Write +mine for what you want, -mine for what you do not.",
        ),
        ('+"heavy artillery', 'A quotation mark is not closed. Try: /keywords +"heavy artillery"'),
        (
            "«heavy artillery»",
            "Should “heavy artillery” occur or not? Write +&quot;heavy artillery&quot; for what you want, "
            "-&quot;heavy artillery&quot; for what you do not.",
        ),
        ("+", "A + or - needs a word after it. Try: /keywords +drone -football"),
        ("+drone -", "A + or - needs a word after it. Try: /keywords +drone -football"),
        ("+!!!", "“!!!” has no letters or digits to look for."),
        ('+""', "“” has no letters or digits to look for."),
        ("+" + "a" * 65, "“" + "a" * 39 + "…” is longer than 64 characters."),
        ("+drone -Drone", "You wrote “drone” with + and with -. Please choose one of the two."),
        (
            "a<b",
            "Should “a&lt;b” occur or not? Write +a&lt;b for what you want, -a&lt;b for what you do not.",
        ),
    ],
)
def test_mistakes_are_told_in_a_sentence(text: str, answer: str) -> None:
    """It says what was understood and what would work."""
    with pytest.raises(RefusedInput) as refused:
        parse_keywords(text, WORDS)
    assert str(refused.value) == answer


@given(st.lists(st.tuples(st.booleans(), phrases), max_size=20))
def test_what_is_written_is_read(signed: list[tuple[bool, str]]) -> None:
    """Every list of signed phrases comes back, each once; a word with both signs is refused."""
    text = " ".join(f'{"+" if plus else "-"}"{phrase}"' for plus, phrase in signed)
    include = {fold(phrase) for plus, phrase in signed if plus}
    exclude = {fold(phrase) for plus, phrase in signed if not plus}
    if include & exclude:
        with pytest.raises(RefusedInput):
            parse_keywords(text, WORDS)
        return
    order = parse_keywords(text, WORDS)
    assert {fold(word) for word in order.include} == include
    assert {fold(word) for word in order.exclude} == exclude
    assert len(order.include) == len(include)


@given(st.text(max_size=200))
def test_any_text_is_an_order_or_a_sentence(text: str) -> None:
    """Nothing that can be typed breaks the parser; what it accepts can be looked for."""
    try:
        order = parse_keywords(text, WORDS)
    except RefusedInput:
        return
    for keyword in (*order.include, *order.exclude):
        assert fold(keyword)
        assert len(keyword) <= LONGEST_KEYWORD


def test_an_order_joins_what_stands() -> None:
    """New words join, a word with the other sign changes sides, clear forgets."""
    order = KeywordOrder(include=("mine",), exclude=("Drone",))
    assert merge_keywords(order, ["drone", "tank"], ["film"], WORDS) == (("tank", "mine"), ("film", "Drone"))
    assert merge_keywords(KeywordOrder(is_clear=True), ["drone"], ["film"], WORDS) == ((), ())


def test_more_than_fifty_are_refused() -> None:
    """The sentence says how many there would be."""
    stand = [f"word{n}" for n in range(MOST_KEYWORDS)]
    with pytest.raises(RefusedInput, match="That would be 51 keywords and 50 are the most"):
        merge_keywords(KeywordOrder(exclude=("one",)), stand, [], WORDS)
    assert merge_keywords(KeywordOrder(exclude=("word3",)), stand, [], WORDS)[1] == ("word3",)


def test_names_are_apart_by_commas() -> None:
    """Commas and semicolons of several scripts, line ends; blanks and repeats are dropped."""
    assert split_names(" a b ,c;d،e\nf,, c") == ("a b", "c", "d", "e", "f")


@given(st.text(max_size=200))
def test_an_echo_is_short_and_harmless(text: str) -> None:
    """What is repeated of a text cannot be markup."""
    shown = echo(text)
    assert "<" not in shown
    assert len(shown) < 40 * 6 + 3
