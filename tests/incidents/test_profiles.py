"""What of an incident is compared, and where it is looked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.incidents import Box, Profile, Search, box_of, grow, search_for, summarise
from bot.incidents.nearness import ACROSS_KM, APART_KM, apart_km, narrow
from bot.incidents.profiles import MOST_DAYS_ANSWERED, MOST_DAYS_APART, MOST_DAYS_NAMED, MOST_TITLES
from bot.model import FoundPlace, SourceType, Stance
from tests.incidents.telling import (
    AYGEPAR,
    DAY,
    MOVSES,
    TAVUSH,
    THEATRE,
    YERASKH,
    finding,
    named_day,
    place,
    report,
    source,
)

HOUR = timedelta(hours=1)
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")


def known(*places: FoundPlace, **changes: object) -> Profile:
    return summarise(grow(None, report(1), finding(places=places, **changes)))


def test_a_village_stands_without_what_holds_it() -> None:
    """Two villages of one province are not near because both name the province."""
    assert narrow((MOVSES, TAVUSH)) == (MOVSES,)
    assert narrow((TAVUSH, YERASKH)) == (TAVUSH, YERASKH)
    nameless = replace(MOVSES, region=None)
    assert narrow((nameless, TAVUSH)) == (nameless,)


def test_a_box_needs_every_place_on_the_map() -> None:
    """One that is wide, or nowhere, can be anywhere in the theatre."""
    assert box_of((MOVSES, YERASKH)) == Box(39.74, 40.90, 44.83, 45.49)
    assert box_of(()) is None
    assert box_of((MOVSES, TAVUSH)) is None
    assert box_of((replace(MOVSES, lat=None),)) is None


def test_a_search_reaches_as_far_as_distance_can_be_outweighed() -> None:
    """25 km for a claim, 60 for an answer or many dead; a day around one that is named."""
    claim = search_for(report(2), finding())
    answer = search_for(report(2), finding(stance=Stance.DENIAL))
    many = search_for(report(2), finding(killed=12))
    assert claim.box is not None
    assert answer.box is not None
    assert many.box == answer.box
    assert round((MOVSES.lat or 0) - claim.box.south, 3) == round(ACROSS_KM / 111, 3)
    assert round((MOVSES.lat or 0) - answer.box.south, 3) == round(APART_KM / 111, 3)
    assert claim.last_day - DAY == timedelta(days=MOST_DAYS_APART)
    assert DAY - answer.first_day == timedelta(days=MOST_DAYS_ANSWERED)
    dated = search_for(report(2), finding(stance=Stance.DENIAL, evidence=named_day(DAY)))
    assert dated.last_day - DAY == timedelta(days=MOST_DAYS_NAMED)
    assert search_for(report(2), finding(wounded=40, evidence=named_day(DAY))).last_day == claim.last_day
    assert search_for(report(2), finding(occurred=None)).first_day == answer.first_day
    assert search_for(report(2), finding(places=())).box is None


def test_a_search_admits_what_is_near_in_place_and_time() -> None:
    """The theatre, the days and the place each have their say; what is nowhere is everywhere."""
    search = search_for(report(2), finding())
    assert search.admits(known(AYGEPAR))
    assert search.admits(known(TAVUSH))
    assert not search.admits(known(YERASKH))
    assert not search.admits(known(MOVSES, theatre="georgia"))
    assert not search.admits(known(MOVSES, occurred=DAY - timedelta(days=4)))
    assert not search.admits(known(MOVSES, occurred=DAY + timedelta(days=4)))
    assert replace(search, box=None).admits(known(YERASKH))


@given(st.floats(-75, 75), st.floats(-170, 170), st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_nothing_near_is_left_out(lat: float, lon: float, north: float, east: float) -> None:
    """Whatever lies within reach is found, wherever on earth."""
    here, there = place("here", lat, lon), place("there", lat + north, lon + east)
    search: Search = search_for(report(2), finding(places=(here,)))
    distance = apart_km(here, there)
    assert distance is not None
    assert distance > ACROSS_KM - 0.1 or search.admits(known(there))


def test_a_profile_has_each_voice_once_and_no_copies() -> None:
    """A source that goes on is one entry with its first and last time; a copy has no title."""
    incident = grow(None, report(1), finding())
    incident = grow(incident, report(2, after=HOUR), finding())
    incident = grow(incident, report(3, FOREIGN, 2 * HOUR), finding(), copied_report=1)
    profile = summarise(incident)
    first, second = profile.heard
    assert (first.source_id, first.last_at - first.first_at) == (source().id, HOUR)
    assert second.source_id == FOREIGN.id
    assert {title.source_id for title in profile.titles} == {source().id}
    assert profile.places == (replace(MOVSES, names=()),)
    assert profile.theatre == THEATRE


def test_a_profile_stays_small() -> None:
    """However often an incident is told."""
    incident = grow(None, report(1), finding())
    for number in range(2, 60):
        told = report(number, replace(FOREIGN, id=f"s{number}"), title=f"Headline {number}")
        incident = grow(incident, told, finding())
    assert len(summarise(incident).titles) == MOST_TITLES
