"""What an incident can be chosen by follows from its claims."""

from __future__ import annotations

from dataclasses import replace

from bot.choices import Trait
from bot.incidents import grow, spots_of, traits_of
from bot.incidents.traits import REACH_KM
from bot.model import Incident, IncidentStatus, RegionLevel, Severity
from tests.incidents.telling import MOVSES, TAVUSH, finding, place, report


def incident(**changes: object) -> Incident:
    return grow(None, report(1), finding(**changes))


def test_an_incident_has_every_severity_up_to_its_own() -> None:
    """Who chose serious ones hears of grave ones, too; minor ones have one trait."""
    severities = {code for trait, code in traits_of(incident(killed=1)) if trait is Trait.SEVERITY}
    assert severities == set(Severity)
    assert {c for trait, c in traits_of(incident()) if trait is Trait.SEVERITY} == {Severity.MINOR}


def test_parties_count_in_either_role() -> None:
    """Accuser and accused, the act, and every region above the village."""
    traits = traits_of(incident())
    assert {code for trait, code in traits if trait is Trait.PARTY} == {"armenia", "azerbaijan"}
    assert (Trait.ACT, "small_arms") in traits
    assert {(Trait.REGION, "armenia-azerbaijan"), (Trait.REGION, "tavush")} <= traits


def test_only_a_confirmed_incident_has_a_status_to_choose() -> None:
    """A claim has none."""
    claimed = incident()
    confirmed = replace(claimed, status=IncidentStatus.CONFIRMED)
    assert not [trait for trait, _ in traits_of(claimed) if trait is Trait.STATUS]
    assert (Trait.STATUS, IncidentStatus.CONFIRMED) in traits_of(confirmed)


def test_spots_are_the_most_precise_places_on_the_map() -> None:
    """A village and its province are the village; a theatre and a place without a point are none."""
    (spot,) = spots_of(incident(places=(MOVSES, replace(TAVUSH, region="tavush"))))
    assert (spot.lat, spot.reach_km) == (MOVSES.lat, REACH_KM[RegionLevel.PLACE])
    theatre = place("Theatre", path=(), level=RegionLevel.THEATRE)
    for nowhere in (theatre, place("A", lat=None), place("B", lon=None)):
        assert spots_of(incident(places=(nowhere,))) == ()


def test_the_data_may_tell_how_far_a_place_reaches() -> None:
    """Else it follows from its level."""
    (spot,) = spots_of(incident(places=(replace(TAVUSH, reach_km=40.0),)))
    assert spot.reach_km == 40.0
