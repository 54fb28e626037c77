"""Codes of incidents can be said aloud and never collide."""

from __future__ import annotations

import re
from datetime import date
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import code_candidates, free_code
from bot.incidents.codes import theatre_letters


def test_a_code_tells_theatre_and_day() -> None:
    """Two letters of the theatre, month and day, a letter and a digit."""
    code = next(code_candidates("armenia-azerbaijan", date(2020, 12, 7), "a"))
    assert re.fullmatch(r"AA-1207-[A-Z]\d", code)
    assert code == next(code_candidates("armenia-azerbaijan", date(2020, 12, 7), "a"))


def test_theatres_of_one_word_give_their_first_letters() -> None:
    """Two initials where the name has two words, else the beginning; never fewer than two."""
    assert [theatre_letters(t) for t in ("south-sudan", "cyprus", "x", "")] == ["SS", "CY", "XX", "XX"]


def test_a_taken_code_gives_way_to_the_next() -> None:
    """A thousand incidents of one day all get a code of their own."""
    taken: set[str] = set()
    for number in range(1_000):
        taken.add(free_code("ukraine", date(2022, 2, 17), str(number), taken.__contains__))
    assert len(taken) == 1_000


@given(st.text(), st.dates(), st.text())
def test_codes_are_short_plain_letters(theatre: str, day: date, seed: str) -> None:
    """Any theatre and seed give codes that fit a button and a sentence."""
    for code in islice(code_candidates(theatre, day, seed), 30):
        assert len(code) <= 14
