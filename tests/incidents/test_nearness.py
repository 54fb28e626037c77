"""Places are near or far with regard to how precisely they are named."""

from __future__ import annotations

from dataclasses import replace
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incidents.nearness import apart_km, weigh_pair, weigh_places
from bot.model import FoundPlace, RegionLevel
from tests.incidents.telling import ALIBEYLI, AYGEPAR, MOVSES, TAVUSH, THEATRE, YERASKH, place

NOWHERE = replace(MOVSES, lat=None, lon=None, region="nowhere", path=(THEATRE, "nowhere"))
OFFSETS = st.floats(-1.5, 1.5)


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    """A missing coordinate gives none."""
    assert apart_km(place("a", 40.0, 45.0), place("b", 41.0, 45.0)) == pytest.approx(111.2, abs=0.1)
    assert apart_km(MOVSES, NOWHERE) is None
    assert apart_km(NOWHERE, MOVSES) is None


@given(st.floats(-70, 70), st.floats(-180, 180), OFFSETS, OFFSETS)
def test_distance_is_that_on_the_sphere(lat: float, lon: float, north: float, east: float) -> None:
    """Within a hundredth as far as incidents reach, across the date line too, and the same both ways."""
    there_lon = (lon + east + 180) % 360 - 180
    one, other = place("a", lat, lon), place("b", lat + north, there_lon)
    there, back = apart_km(one, other), apart_km(other, one)
    assert there == pytest.approx(back, abs=1e-6)
    a, b = radians(lat), radians(lat + north)
    chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(east) / 2) ** 2
    assert there == pytest.approx(2 * 6_371.0 * asin(sqrt(chord)), rel=0.01, abs=1e-3)


def test_the_same_village_counts_more_than_the_same_province() -> None:
    """Precision is what makes a shared name telling."""
    assert (
        weigh_pair(MOVSES, MOVSES, is_other_side=False) > weigh_pair(TAVUSH, TAVUSH, is_other_side=False) > 0
    )


def test_a_village_lies_within_its_province() -> None:
    """One report names the village and another the province around it."""
    assert weigh_pair(MOVSES, TAVUSH, is_other_side=False) > 0
    assert weigh_pair(TAVUSH, MOVSES, is_other_side=False) > 0


def test_the_village_across_the_line_is_near_for_the_other_side_alone() -> None:
    """One's own side names the next village for another incident."""
    assert weigh_pair(MOVSES, ALIBEYLI, is_other_side=True) > 0
    assert weigh_pair(MOVSES, ALIBEYLI, is_other_side=False) < 0
    assert weigh_pair(MOVSES, AYGEPAR, is_other_side=False) < 0


def test_far_places_speak_against_it() -> None:
    """A hundred kilometres are no line's width, whoever tells."""
    assert weigh_pair(MOVSES, YERASKH, is_other_side=True) <= -2
    elsewhere = (THEATRE, "elsewhere")
    south, far = place("South", 40.0, 45.3, elsewhere), place("Far", 20.0, 45.0, elsewhere)
    assert weigh_pair(TAVUSH, south, is_other_side=False) > weigh_pair(MOVSES, south, is_other_side=False)
    assert weigh_pair(TAVUSH, far, is_other_side=False) <= -2


def test_between_the_lines_and_the_horizon_the_other_side_may_be_vague() -> None:
    """Forty kilometres speak less against it when the sides differ."""
    near, far = place("Near", 40.0, 45.0), place("Far", 40.36, 45.0)
    assert weigh_pair(near, far, is_other_side=True) > weigh_pair(near, far, is_other_side=False)


def test_two_names_of_one_spot_are_one() -> None:
    """A hill above a village is the village."""
    assert weigh_pair(MOVSES, place("Movses heights", 40.91, 45.49), is_other_side=False) > 0


def test_names_without_coordinates_are_compared_as_words() -> None:
    """Outside the tree a name is all there is."""
    free = FoundPlace("Kharkov", (), None, (THEATRE,), RegionLevel.PLACE, None, None)
    assert weigh_pair(free, replace(free, name="KHARKOV"), is_other_side=False) > 0
    assert weigh_pair(free, replace(free, name="Sumy"), is_other_side=False) < 0
    assert weigh_pair(MOVSES, NOWHERE, is_other_side=False) < 0


def test_no_place_says_nothing_and_several_shared_say_more() -> None:
    """Reports without a place are neither near nor far."""
    assert weigh_places((), (MOVSES,), is_other_side=False) == 0
    assert weigh_places((MOVSES,), (), is_other_side=False) == 0
    both = (MOVSES, AYGEPAR)
    assert weigh_places(both, both, is_other_side=False) > weigh_places(both, (MOVSES,), is_other_side=False)
