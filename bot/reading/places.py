"""Where it happened: which theatre a report is about, and which of its places are the scene."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from bot.data import Facts
from bot.model import FoundPlace, Region, RegionLevel
from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages

REGION_WEIGHT = 2.0
TOWN_WEIGHT = 0.6
"""A gazetteer town counts less than a place of a theatre's own tree: its name may be a person's."""

PARTY_WEIGHT = 1.6
PAIR_BONUS = 2.0
"""Two parties of one truce in a report say more than each alone."""

SIDE_WEIGHT = 0.5
TITLE_FACTOR = 1.4
LEAST_EVIDENCE = 1.2

LEAD_REACH = 6
"""Folded letters between `fired from` and the place that it speaks of."""

MOST_PLACES = 12


class Map:
    """The facts' places, ready to be asked; `theatre_of` and `choose` never change anything."""

    def __init__(self, facts: Facts, truce_parties: Mapping[str, frozenset[str]]) -> None:
        self._atlas, self._towns, self._parties = facts.atlas, facts.towns, facts.parties
        self._truce_parties = truce_parties
        self._theatres: Mapping[str, Any] = facts.theatres
        self._by_country: dict[str, list[str]] = {}
        for theatre, row in facts.theatres.items():
            for country in row["countries"]:
                self._by_country.setdefault(country, []).append(theatre)

    def theatres_of(self, mention: Mention) -> dict[str, float]:
        """The theatres in which a place of this name lies, with the weight of that."""
        weights: dict[str, float] = {}
        for region in codes_of(mention, "r"):
            weights[self._atlas.path(region)[0]] = REGION_WEIGHT
        for town in codes_of(mention, "t"):
            for theatre in self._by_country.get(self._towns[int(town)].country, ()):
                weights.setdefault(theatre, TOWN_WEIGHT)
        return weights

    def rate_theatres(self, passages: Passages, side: str) -> Counter[str]:
        """How strongly a report points at each theatre."""
        rating: Counter[str] = Counter()
        seen: set[tuple[str, ...]] = set()
        for mention in passages.places:
            if mention.codes in seen:
                continue
            seen.add(mention.codes)
            weights = self.theatres_of(mention)
            factor = TITLE_FACTOR if mention.start < passages.text.body_start else 1.0
            factor *= 0.4 if mention.start < passages.text.dateline_end and factor == 1.0 else 1.0
            for theatre, weight in weights.items():
                rating[theatre] += factor * weight / len(weights) ** 0.5
        self._rate_parties(passages, side, rating)
        return rating

    def _rate_parties(self, passages: Passages, side: str, rating: Counter[str]) -> None:
        named = {party for mention in passages.parties for party in codes_of(mention, "p")}
        for party in named | {side}:
            theatres = self._parties[party].theatres if party in self._parties else ()
            for theatre in theatres:
                weight = PARTY_WEIGHT if party in named else SIDE_WEIGHT
                rating[theatre] += weight / len(theatres) ** 0.5
        for theatre, bound in self._truce_parties.items():
            if len(bound & (named | {side})) > 1:
                rating[theatre] += PAIR_BONUS

    def choose_theatre(self, passages: Passages, side: str) -> str | None:
        """The theatre that a report points at most; None when it points at none."""
        rating = self.rate_theatres(passages, side)
        if not rating:
            return None
        theatre, weight = max(rating.items(), key=lambda item: (item[1], item[0]))
        return theatre if weight >= LEAST_EVIDENCE else None

    def find_scene(self, passages: Passages, theatre: str) -> list[tuple[Mention, FoundPlace]]:
        """Places of the theatre where the report says that it happened, the most specific first."""
        party_spans = {(m.start, m.end) for m in passages.parties}
        named: dict[str, tuple[Mention, FoundPlace]] = {}
        for mention in passages.places:
            if (mention.start, mention.end) in party_spans or not self._is_scene(passages, mention):
                continue
            place = self.locate(mention, theatre)
            if place is not None and place.level is not RegionLevel.THEATRE:
                named.setdefault(place.region or place.name, (mention, place))
        return _drop_wider(list(named.values()))[:MOST_PLACES]

    def locate(self, mention: Mention, theatre: str) -> FoundPlace | None:
        """The place of the theatre that a mention names: of its own tree, else a town of its countries."""
        for region_id in codes_of(mention, "r"):
            if self._atlas.path(region_id)[0] == theatre:
                return self._place_of(self._atlas.get(region_id))
        countries = self._theatres[theatre]["countries"]
        for number in codes_of(mention, "t"):
            town = self._towns[int(number)]
            if town.country in countries:
                return FoundPlace(
                    town.name, (town.name, *town.names), None, (theatre,), RegionLevel.PLACE, town.lat, town.lon
                )
        return None

    def _place_of(self, region: Region | None) -> FoundPlace | None:
        if region is None:
            return None
        return FoundPlace(
            region.name, region.spellings, region.id, self._atlas.path(region.id), region.level, region.lat, region.lon
        )

    def _is_scene(self, passages: Passages, mention: Mention) -> bool:
        """Whether a place is neither the dateline nor led in by `fired from`, `said in` or `fled to`."""
        text, found = passages.text, passages.found
        if text.body_start <= mention.start < text.dateline_end or passages.is_past(mention.start):
            return False
        clause = text.clause_of(mention.start)
        for code in ("scope.from_direction", "scope.said_in", "scope.fled_to"):
            for hit in found.of(code):
                if 0 <= mention.start - hit.end <= LEAD_REACH and text.clause_of(hit.start) == clause:
                    return False
        return True


def _drop_wider(places: Sequence[tuple[Mention, FoundPlace]]) -> list[tuple[Mention, FoundPlace]]:
    """Without provinces and districts that only say where a named place lies; narrow places first."""
    holders = {region for _, place in places for region in place.path[:-1]}
    kept = [
        (mention, place)
        for mention, place in places
        if place.region not in holders or place.level is RegionLevel.PLACE
    ]
    ranks = {RegionLevel.PLACE: 0, RegionLevel.DISTRICT: 1, RegionLevel.PROVINCE: 2, RegionLevel.THEATRE: 3}
    return sorted(kept, key=lambda item: (ranks[item[1].level], item[0].start))
