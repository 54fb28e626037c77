"""What an incident can be chosen by: its traits as codes, and the spots where it may have been."""

from __future__ import annotations

from collections.abc import Iterator

from bot.choices import Spot, Trait
from bot.incidents.nearness import narrow
from bot.incidents.profiles import DISTRICT_KM
from bot.model import FoundPlace, Incident, IncidentStatus, RegionLevel, Severity

REACH_KM = {RegionLevel.PLACE: 3.0, RegionLevel.DISTRICT: DISTRICT_KM, RegionLevel.PROVINCE: 75.0}
"""How far from its point a place reaches where the data does not tell. A theatre is no place at all."""
MOST_SPOTS = 12


def traits_of(incident: Incident) -> frozenset[tuple[Trait, str]]:
    """Its regions, acts, parties on either side, each severity it has reached, and that it is confirmed."""
    return frozenset(_traits(incident))


def spots_of(incident: Incident) -> tuple[Spot, ...]:
    """Points with their reach, the most precise of what is known; none where only the theatre is."""
    spots = dict.fromkeys(spot for place in narrow(incident.places) for spot in _spot(place))
    return tuple(sorted(spots, key=lambda spot: spot.reach_km)[:MOST_SPOTS])


def _traits(incident: Incident) -> Iterator[tuple[Trait, str]]:
    reached = list(Severity)[: list(Severity).index(incident.severity) + 1]
    yield from ((Trait.SEVERITY, severity) for severity in reached)
    yield from ((Trait.ACT, act) for act in incident.acts)
    yield from ((Trait.PARTY, party) for party in incident.accused)
    yield from ((Trait.PARTY, party) for claim in incident.claims for party in claim.accuser)
    yield from ((Trait.REGION, region) for region in (incident.theatre, *incident.regions))
    if incident.status is IncidentStatus.CONFIRMED:
        yield Trait.STATUS, IncidentStatus.CONFIRMED


def _spot(place: FoundPlace) -> Iterator[Spot]:
    if place.lat is None or place.lon is None or place.level is RegionLevel.THEATRE:
        return
    yield Spot(place.lat, place.lon, place.reach_km or REACH_KM[place.level])
