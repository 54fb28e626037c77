"""Values come back as they went in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from bot.model import AlertKind, Incident
from bot.storage.columns import Choice, Encoded, Instant, Prose, encode, storable

DIALECT = sqlite.dialect()
ZONES = st.builds(lambda minutes: timezone(timedelta(minutes=minutes)), st.integers(-14 * 60, 14 * 60))
TIMES = st.datetimes(timezones=ZONES).filter(lambda moment: 1900 < moment.year < 2200)
ANY_TEXT = st.text(st.characters(codec=None))


@given(TIMES)
def test_times_are_exact(moment: datetime) -> None:
    """Every microsecond survives, in whichever zone it was given."""
    kept = Instant().process_bind_param(moment, DIALECT)
    assert Instant().process_result_value(kept, DIALECT) == moment


@given(TIMES, TIMES)
def test_times_sort_as_numbers(one: datetime, other: datetime) -> None:
    """The order of the numbers is the order of the times."""
    first, second = (Instant().process_bind_param(moment, DIALECT) for moment in (one, other))
    assert first is not None
    assert second is not None
    assert (first < second) == (one < other)


def test_a_time_without_a_zone_is_refused() -> None:
    """It could mean anything."""
    with pytest.raises(ValueError, match="zone"):
        Instant().process_bind_param(datetime(2020, 1, 1), DIALECT)  # noqa: DTZ001 - this is what is refused


@given(ANY_TEXT)
def test_any_text_can_be_stored(words: str) -> None:
    """NUL and lone surrogates are replaced, everything else stays."""
    kept = storable(words)
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert "\0" not in kept
    assert len(kept) == len(words)
    assert storable(kept) == kept


@given(st.recursive(ANY_TEXT | st.none() | st.booleans() | st.integers(-(2**53), 2**53), st.lists))
def test_any_value_can_be_encoded(value: object) -> None:
    """JSON of whatever people wrote, bad letters replaced."""
    encode(value).encode("utf-8")


def test_nothing_stays_nothing() -> None:
    """None is NULL in every kind of column."""
    for column in (Instant(), Choice(AlertKind), Prose(), Encoded(Incident)):
        assert column.process_bind_param(None, DIALECT) is None
    for read in (Instant(), Choice(AlertKind), Encoded(Incident)):
        assert read.process_result_value(None, DIALECT) is None
    assert Instant().process_result_value(0, DIALECT) == datetime(1970, 1, 1, tzinfo=UTC)
