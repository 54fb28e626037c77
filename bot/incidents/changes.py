"""Which change of an incident is worth telling, and how."""

from __future__ import annotations

from collections.abc import Iterable

from bot.incidents.traits import spots_of, traits_of
from bot.model import AlertKind, FoundPlace, Incident, IncidentStatus, RegionLevel, Stance

TOLL_GROWS = 2
"""A toll that multiplies by this is told with sound."""


def judge_change(before: Incident | None, after: Incident) -> AlertKind | None:
    """The strongest reason to tell of `after` to who was told of `before`; None when nothing shows."""
    return next(iter(judge_changes(before, after)), None)


def judge_changes(before: Incident | None, after: Incident) -> tuple[AlertKind, ...]:
    """Every reason to tell of `after` to who was told of `before`, the strongest first."""
    if before is None:
        return (AlertKind.NEW,)
    if after.retraction is not None:
        return (AlertKind.RETRACTED,) if before.retraction is None else ()
    reasons = (
        (AlertKind.CORRECTED, _is_taken_back(before, after)),
        (AlertKind.CONFIRMED, _became_confirmed(before, after)),
        (AlertKind.DENIED, _is_denied(after) and not _is_denied(before)),
        (AlertKind.DEATHS, _grew_deadlier(before, after)),
        (AlertKind.WIDER, is_wider(before.places, after.places)),
        (AlertKind.GROWN, _shown(before) != _shown(after)),
    )
    return tuple(kind for kind, is_so in reasons if is_so)


def opens_to_others(before: Incident, after: Incident) -> bool:
    """True when somebody may hear of `after` whose choice kept `before` away.

    It lies elsewhere, became graver or confirmed, or another act or party was named.
    """
    is_elsewhere = set(spots_of(after)) - set(spots_of(before))
    return bool(traits_of(after) - traits_of(before) or is_elsewhere)


def is_wider(before: Iterable[FoundPlace], after: Iterable[FoundPlace]) -> bool:
    """True when a district is named in which, or above which, nothing was named before."""
    known = tuple(before)
    if not known:
        return False
    areas = {_area(place) for place in known}
    named = {place.region for place in known}
    return any(
        place.level is not RegionLevel.THEATRE
        and _area(place) not in areas
        and not any(region in named for region in place.path)
        and not any(_area(place) in other.path for other in known)
        for place in after
    )


def _area(place: FoundPlace) -> str:
    """The district of a place, or the region itself where it is a wider one."""
    is_spot = place.level is RegionLevel.PLACE and place.region is not None and len(place.path) > 1
    return place.path[-2] if is_spot else place.path[-1] if place.path else place.name


def _is_taken_back(before: Incident, after: Incident) -> bool:
    """A number or an accusation that was told stands no longer."""
    ranges = ((before.killed, after.killed), (before.wounded, after.wounded))
    if any(old and old[1] > (new[1] if new else 0) for old, new in ranges):
        return True
    return bool(set(before.accused) - set(after.accused))


def _became_confirmed(before: Incident, after: Incident) -> bool:
    return after.status is IncidentStatus.CONFIRMED and before.status is not IncidentStatus.CONFIRMED


def _is_denied(incident: Incident) -> bool:
    return any(claim.stance is Stance.DENIAL for claim in incident.claims)


def _grew_deadlier(before: Incident, after: Incident) -> bool:
    old = before.killed[1] if before.killed else 0
    new = after.killed[1] if after.killed else 0
    return new > 0 and (old == 0 or new >= TOLL_GROWS * old)


def _shown(incident: Incident) -> tuple[object, ...]:
    """What an alert shows of an incident."""
    originals = frozenset((c.report_id, c.stance, c.title) for c in incident.claims if not c.is_copy)
    return (
        originals,
        incident.status,
        incident.severity,
        incident.killed,
        incident.wounded,
        incident.accused,
        incident.acts,
        incident.places,
    )
