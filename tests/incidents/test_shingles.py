"""Near-copies are found by the smallest hashes of their word sequences."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import is_copy, shingle_hashes

WORDS = [f"word{n}" for n in range(400)]


def text_of(seed: int, words: int = 150) -> list[str]:
    return random.Random(seed).choices(WORDS, k=words)


def test_a_text_with_a_tenth_of_its_words_changed_is_a_copy() -> None:
    """Editors who change some words of a wire do not make a second origin."""
    for seed in range(50):
        original = text_of(seed)
        edited = [
            w if random.Random(seed * 1000 + i).random() > 0.1 else "other" for i, w in enumerate(original)
        ]
        mine, theirs = shingle_hashes(" ".join(original)), shingle_hashes(" ".join(edited))
        assert is_copy(theirs, len(set(mine) & set(theirs)))


def test_unrelated_texts_are_no_copies() -> None:
    """Two articles on one matter share words, not sequences of them."""
    for seed in range(50):
        mine, theirs = shingle_hashes(" ".join(text_of(seed))), shingle_hashes(" ".join(text_of(seed + 1000)))
        assert not is_copy(theirs, len(set(mine) & set(theirs)))


def test_case_accents_and_punctuation_make_no_difference() -> None:
    """The same sentence typed otherwise has the same hashes."""
    assert shingle_hashes("Fire, at Ağdam: again today!") == shingle_hashes("fire at agdam again TODAY")


def test_a_script_without_spaces_is_cut_into_letters() -> None:
    """A Thai or Chinese line has hashes though it has no words."""
    line = "停火線附近星期二發生交火雙方互相指責對方首先開火當地居民表示聽到槍聲持續了一個小時"
    assert len(shingle_hashes(line)) == 16
    assert is_copy(
        shingle_hashes(line + "完"), len(set(shingle_hashes(line)) & set(shingle_hashes(line + "完")))
    )


def test_a_short_text_has_few_hashes_and_copies_nothing() -> None:
    """Two words say too little to be called a copy."""
    assert shingle_hashes("") == ()
    assert shingle_hashes("two words") == ()
    assert not is_copy(shingle_hashes("only three words"), 1)


@given(st.text())
def test_hashes_fit_a_signed_column_and_are_sorted(text: str) -> None:
    """Any text gives at most 16 ascending hashes of 63 bits."""
    hashes = shingle_hashes(text)
    assert list(hashes) == sorted(set(hashes))
    assert len(hashes) <= 16
    assert all(0 <= value < 2**63 for value in hashes)
