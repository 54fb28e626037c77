"""Folding: the one form in which words are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Şuşa, İSTANBUL & Şırnak", "susa istanbul sirnak"),
        ("Донецьк / Ёлкино", "донецьк елкино"),
        ("Donets'k Donetsʼk Donets’k", "donetsk donetsk donetsk"),
        ("O´Brien`s", "obriens"),
        ("Straße  Łódź Đà Ħal", "strasse lodz da hal"),
        ("Խծաբերդ։", "խծաբերդ"),
        ('צה"ל ג׳נין', "צהל גנין"),
        ("الجُنُوب", "الجنوب"),
        ("ایران کرد", "ايران كرد"),
        ("ភូមិ។ ព្រះ", "ភូមិ ព្រះ"),
        ("မြန်မာ", "မြန်မာ"),
        ("ガザ", "ガザ"),
        ("서울 전선", "서울 전선"),
        ("Əsgəran", "esgeran"),
        ("१२ ١٢ １２", "12 12 12"),
        ("soft\u00adhyphen zero\u200bwidth", "softhyphen zerowidth"),
        ("snake_case-word", "snake case word"),
        ("  ", ""),
        ("!?…", ""),
    ],
)
def test_folding(text: str, folded: str) -> None:
    """Case, accents and apostrophes go; marks that carry vowels or meaning stay; the rest parts words."""
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    """What is folded stays as it is, has single spaces and none at its ends."""
    folded = fold(text)
    assert fold(folded) == folded
    assert folded == " ".join(folded.split())


@given(st.text(), st.text())
def test_words_fold_apart(left: str, right: str) -> None:
    """A text folds to its words folded one by one."""
    assert fold(f"{left}\n{right}") == f"{fold(left)} {fold(right)}".strip()


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_fold_alike_beside_others(text: str) -> None:
    """A text of ASCII alone, which is folded by a table, has the form that it has beside an accent."""
    assert fold(f"{text} é") == f"{fold(text)} e".strip()
