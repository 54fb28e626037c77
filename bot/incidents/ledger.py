"""Incidents kept in memory: the same placing and growing as the service's, for analysis and measurements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from bot.incidents.claims import Sides
from bot.incidents.codes import free_code
from bot.incidents.growing import grow
from bot.incidents.placing import Placement, place
from bot.incidents.profiles import Profile, search_for, summarise
from bot.incidents.shingles import is_copy, shingle_hashes
from bot.model import Finding, Incident, Report


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a report: the incident before (None: it is new) and after, and why it went there."""

    before: Incident | None
    after: Incident
    placement: Placement


class Ledger:
    """Incidents that are told in order of publication. `observers` are the party ids of monitors."""

    def __init__(self, observers: Collection[str] = ()) -> None:
        self._sides = Sides(frozenset(observers))
        self._incidents: dict[int, Incident] = {}
        self._by_theatre: dict[str, list[int]] = {}
        self._codes: set[str] = set()
        self._copies: dict[int, list[int]] = {}
        self._reports: set[int] = set()
        self._profiles: dict[int, Profile] = {}
        self._of: dict[int, int] = {}
        self._sources: dict[int, str] = {}

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Every incident, in the order in which they were opened."""
        return tuple(self._incidents.values())

    def add(self, report: Report, finding: Finding) -> Placed | None:
        """Place a report of a violation; None when it is none. A report without an id gets the next one."""
        if not finding.is_violation or finding.theatre is None:
            return None
        told = report if report.id is not None else replace(report, id=len(self._reports) + 1)
        copied = self._remember_text(told)
        placement = place(
            told,
            finding,
            self._candidates(told, finding),
            own=self._profiles.get(self._of.get(told.id or 0, 0)),
            copied=self._of.get(copied or 0),
            is_own_copy=self._sources.get(copied or 0) == told.source.id,
        )
        before = self._incidents[placement.joined.id or 0] if placement.joined else None
        after = grow(
            before,
            told,
            finding,
            code="" if before else self._free_code(told, finding),
            sides=self._sides,
            copied_report=copied,
            is_late=placement.is_late,
        )
        kept = self._keep(after)
        self._of[told.id or 0] = kept.id or 0
        return Placed(before, kept, placement)

    def _candidates(self, report: Report, finding: Finding) -> list[Profile]:
        search = search_for(report, finding)
        profiles = (self._profiles[i] for i in self._by_theatre.get(search.theatre, ()))
        return [profile for profile in profiles if search.admits(profile)]

    def _keep(self, incident: Incident) -> Incident:
        number = incident.id or len(self._incidents) + 1
        if incident.id is None:
            self._codes.add(incident.code)
            self._by_theatre.setdefault(incident.theatre, []).append(number)
        self._incidents[number] = kept = replace(incident, id=number)
        self._profiles[number] = summarise(kept)
        return kept

    def _free_code(self, report: Report, finding: Finding) -> str:
        day = finding.occurred or report.reported_at.date()
        seed = f"{report.source.id} {report.key}"
        return free_code(finding.theatre or "", day, seed, self._codes.__contains__)

    def _remember_text(self, report: Report) -> int | None:
        """The id of the earlier report that this one copies, if any."""
        number = report.id or 0
        hashes = shingle_hashes(f"{report.title}\n{report.text}")
        nearest = self._nearest(number, hashes)
        self._reports.add(number)
        self._sources[number] = report.source.id
        for value in hashes:
            self._copies.setdefault(value, []).append(number)
        return nearest

    def _nearest(self, report_id: int, hashes: Iterable[int]) -> int | None:
        kept = tuple(hashes)
        shared = Counter(i for value in kept for i in self._copies.get(value, ()) if i != report_id)
        best = min(shared.items(), key=lambda item: (-item[1], item[0]), default=None)
        return best[0] if best is not None and is_copy(kept, best[1]) else None
