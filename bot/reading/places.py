"""Where it happened: which theatre a report is about, and which of its places are the scene."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from bot.atlas import RANKS
from bot.data import Facts, Town
from bot.folding import fold
from bot.model import FoundPlace, Region, RegionLevel
from bot.reading.homonyms import Homonyms
from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages
from bot.reading.scene import Capitals, is_voice, may_be_scene
from bot.reading.sounds import Sounds
from bot.reading.text import Folder
from bot.reading.unlisted import (
    LIKELY,
    SURE,
    Romanizer,
    find_capitalised,
    find_led,
    find_unlisted,
    glued_in,
    is_latin,
    lies_in,
)
from bot.reading.wider import AREAS, Bearings, Named, are_close, drop_wider

REGION_WEIGHT = 2.0
TOWN_WEIGHT = 0.6
"""A gazetteer town counts less than a place of a theatre's own tree: its name may be a person's."""

PARTY_WEIGHT = 1.6
PAIR_BONUS = 2.0
"""Two parties of one truce in a report say more than each alone."""

SIDE_WEIGHT = 0.5
TITLE_FACTOR = 1.4
LEAST_EVIDENCE = 1.2


MOST_PLACES = 12

MOST_REMEMBERED = 8192
"""Names whose theatres are kept: the same places are named again and again."""


_PRECISE = frozenset({RegionLevel.PLACE, RegionLevel.DISTRICT})


class Map:
    """The facts' places, ready to be asked; `theatre_of` and `choose` never change anything."""

    def __init__(self, facts: Facts, truce_parties: Mapping[str, frozenset[str]]) -> None:
        self._atlas, self._towns, self._parties = facts.atlas, facts.towns, facts.parties
        self._bound_in: defaultdict[str, list[str]] = defaultdict(list)
        for theatre, parties in truce_parties.items():
            for party in parties:
                self._bound_in[party].append(theatre)
        self._theatres_of = lru_cache(MOST_REMEMBERED)(self._weigh_theatres)
        self._theatres: Mapping[str, Any] = facts.theatres
        self._widest = frozenset(wide for row in facts.theatres.values() for wide in row.get("wide", ()))
        self._elsewhere = frozenset(fold(name) for name in facts.languages["elsewhere"]["names"])
        self._endings = frozenset(facts.languages["endings"])
        self._sounds = Sounds(facts.atlas, facts.languages)
        self._homonyms = Homonyms(facts.atlas)
        self._capitals = Capitals(facts.languages, Folder())
        self._bearings = Bearings(facts.languages, Folder())
        self._glued = {code: glued_in(words) for code, words in facts.languages["glued_in"].items()}
        self._romanizer = Romanizer(facts.languages["romanized"])
        self._by_country: dict[str, list[str]] = {}
        for theatre, row in facts.theatres.items():
            for country in row["countries"]:
                self._by_country.setdefault(country, []).append(theatre)

    def _weigh_theatres(self, codes: tuple[str, ...]) -> dict[str, float]:
        """What a mention with these codes adds to each theatre in which a place of its name lies."""
        weights = {self._atlas.path(code[2:])[0]: REGION_WEIGHT for code in codes if code[0] == "r"}
        for town in (int(code[2:]) for code in codes if code[0] == "t"):
            for theatre in self._by_country.get(self._towns.country(town), ()):
                weights.setdefault(theatre, TOWN_WEIGHT)
        return {theatre: weight / len(weights) ** 0.5 for theatre, weight in weights.items()}

    def rate_theatres(self, passages: Passages, side: str) -> Mapping[str, float]:
        """How strongly a report points at each theatre."""
        rating: defaultdict[str, float] = defaultdict(float)
        seen: set[tuple[str, ...]] = set()
        for mention in passages.places:
            if mention.codes in seen:
                continue
            seen.add(mention.codes)
            factor = TITLE_FACTOR if mention.start < passages.text.body_start else 1.0
            factor *= 0.4 if mention.start < passages.text.dateline_end and factor == 1.0 else 1.0
            for theatre, weight in self._theatres_of(mention.codes).items():
                rating[theatre] += factor * weight
        self._rate_parties(passages, side, rating)
        return rating

    def _rate_parties(self, passages: Passages, side: str, rating: defaultdict[str, float]) -> None:
        named = {party for mention in passages.parties for party in codes_of(mention, "p")}
        for party in named | {side}:
            theatres = self._parties[party].theatres if party in self._parties else ()
            for theatre in theatres:
                weight = PARTY_WEIGHT if party in named else SIDE_WEIGHT
                rating[theatre] += weight / len(theatres) ** 0.5
        bound = Counter(theatre for party in named | {side} for theatre in self._bound_in.get(party, ()))
        for theatre, parties in bound.items():
            rating[theatre] += PAIR_BONUS if parties > 1 else 0.0

    def choose_theatre(self, passages: Passages, side: str) -> str | None:
        """The theatre that a report points at most; None when it points at none."""
        rating = self.rate_theatres(passages, side)
        if not rating:
            return None
        theatre, weight = max(rating.items(), key=lambda item: (item[1], item[0]))
        return theatre if weight >= LEAST_EVIDENCE else None

    def find_scene(self, passages: Passages, theatre: str) -> list[tuple[Mention, FoundPlace]]:
        """Places of the theatre where the report says that it happened, the most specific first."""
        spans = [(m.start, m.end) for m in passages.parties if self._is_of(m, theatre)]
        unlisted = [self._recognise(passages, m, theatre) for m in find_unlisted(passages)]
        unlisted += self._sounding(passages, unlisted, theatre)
        listed = [m for m in passages.places if not any(n.start <= m.start < n.end for n in unlisted)]
        mentions = [m for m in (*listed, *unlisted) if may_be_scene(passages, m)]
        capitals = [m for m in mentions if _is_within(spans, m)]
        sure = [m for m in mentions if m not in capitals or self._is_city(passages, m)]
        cities = [m for m in capitals if self._may_be_city(passages, m)]
        quiet = [m for m in sure if not is_voice(passages, m)]
        choices = (self._choose_scene(passages, theatre, some) for some in (quiet, sure, cities))
        return next((scene for scene in choices if scene), [])

    def _is_of(self, party: Mention, theatre: str) -> bool:
        """Whether a party fights or speaks in the theatre: Algeria's name is only a town's in Colombia."""
        return any(
            theatre in self._parties[code].theatres for code in codes_of(party, "p") if code in self._parties
        )

    def _recognise(self, passages: Passages, mention: Mention, theatre: str) -> Mention:
        """The listed place that an unlisted name sounds like, where there is one: `Kefr Nuran`."""
        code = mention.codes[0]
        region = self._sounds.find(code[2:], passages.language, theatre, code.startswith(SURE))
        return mention._replace(codes=(f"r:{region.id}",)) if region else mention

    def _sounding(self, passages: Passages, found: list[Mention], theatre: str) -> list[Mention]:
        """Other capitalised words that sound like one of the theatre's places, each word once."""
        sounding: list[Mention] = []
        for mention in find_capitalised(passages):
            recognised = self._recognise(passages, mention, theatre)
            is_free = not any(m.start < mention.end and mention.start < m.end for m in (*found, *sounding))
            if recognised is not mention and is_free:
                sounding.append(recognised)
        return sounding + self._led(passages, [*found, *sounding], theatre)

    def _led(self, passages: Passages, found: list[Mention], theatre: str) -> list[Mention]:
        """Listed places of which a word beside `village` or `near` is a form in another script."""
        led: list[Mention] = []
        for mention in find_led(passages, self._glued.get(passages.language)):
            if not any(m.start < mention.end and mention.start < m.end for m in (*found, *led)):
                region = self._sounds.find_form(mention.codes[0][2:], passages.language, theatre)
                led += [mention._replace(codes=(f"r:{region.id}",))] if region else []
        return led

    def _choose_scene(
        self, passages: Passages, theatre: str, mentions: list[Mention]
    ) -> list[tuple[Mention, FoundPlace]]:
        """What is told of as the scene, of mentions that may all be it."""
        named: dict[str, Named] = {}
        for mention in sorted(mentions):
            place = self.locate(passages, mention, theatre)
            if (
                place is not None
                and place.level is not RegionLevel.THEATRE
                and place.region not in self._widest
            ):
                named.setdefault(place.region or place.name, Named(place, [])).mentions.append(mention)
        found = self._bearings.drop_beside(passages, _prefer_told(passages, list(named.values())))
        kept = drop_wider(passages, _prefer_regions(passages, found), self._atlas, self._is_town)[
            :MOST_PLACES
        ]
        return [(item.mentions[0], self._as_written(passages, item)) for item in kept]

    def _as_written(self, passages: Passages, item: Named) -> FoundPlace:
        """The place, called as the report writes it too: without the article, or as nobody else does.

        Only Latin letters are kept, in languages whose names take no endings.
        """
        if passages.language in self._endings:
            return item.place
        text, names = passages.text, item.place.names
        written = (text.raw[slice(*text.raw_span(m.start, m.end))] for m in item.mentions)
        others = {fold(name): name for name in written if name not in names and is_latin(name)}
        known = {fold(name) for name in names} if others else set()
        added = [name for folded, name in others.items() if folded not in known]
        return replace(item.place, names=(*names, *added)) if added else item.place

    def _is_city(self, passages: Passages, mention: Mention) -> bool:
        """Whether a capital that stands for its government elsewhere is the city here."""
        return _is_party(passages, mention) and self._capitals.is_city(passages, mention)

    def _is_town(self, passages: Passages, mention: Mention) -> bool:
        """Whether a district's name means the town that it is called after."""
        return self._capitals.is_city(passages, mention) and not _is_beside(passages, "roles.area", mention)

    def _may_be_city(self, passages: Passages, mention: Mention) -> bool:
        return _is_party(passages, mention) and self._capitals.may_be_city(passages, mention)

    def locate(self, passages: Passages, mention: Mention, theatre: str) -> FoundPlace | None:
        """The place of the theatre that a mention names: of its own tree, else a town of its countries.

        Where a province and its city share the name, `region` or `district` beside it tells which is meant.
        """
        if mention.codes[0][:2] in {SURE, LIKELY}:
            return self._unlisted(mention.codes[0][2:], passages.language, theatre)
        regions = [r for i in codes_of(mention, "r") if (r := self._atlas.get(i)) and self._is_in(i, theatre)]
        if len(regions) > 1:
            regions = self._homonyms.choose(passages, mention, regions)
        if regions:
            is_area = _is_beside(passages, "roles.area", mention)
            rank = min if is_area else max
            return self._place_of(rank(regions, key=lambda r: RANKS[r.level]))
        return self._town_of(passages, mention, theatre)

    def _unlisted(self, name: str, language: str, theatre: str) -> FoundPlace | None:
        """A place of which nothing is known but how it is called; no capital or country elsewhere."""
        if fold(name) in self._elsewhere:
            return None
        latin = self._romanizer.write(name, language)
        title = name if is_latin(name) else latin
        return FoundPlace(title, (name, latin), None, (theatre,), RegionLevel.PLACE, None, None)

    def _town_of(self, passages: Passages, mention: Mention, theatre: str) -> FoundPlace | None:
        """The town of the theatre's countries that has this name first, else the largest that has it."""
        countries = self._theatres[theatre]["countries"]
        numbers = [int(n) for n in codes_of(mention, "t") if self._towns.country(int(n)) in countries]
        if not numbers:
            return None
        known = next((r for n in numbers if (r := self._region_of_town(self._towns[n], theatre))), None)
        if known:
            return self._place_of(known)
        words = passages.text.folded[mention.start : mention.end]
        town = min((self._towns[n] for n in numbers), key=lambda t: (fold(t.name) != words, -t.population))
        names = (town.name, *town.names)
        return FoundPlace(town.name, names, None, (theatre,), RegionLevel.PLACE, town.lat, town.lon)

    def _region_of_town(self, town: Town, theatre: str) -> Region | None:
        """The place of the theatre's own tree that has one of a town's names and lies where it does."""
        for name in (town.name, *town.names):
            region = self._atlas.find(name)
            if region and self._is_in(region.id, theatre) and are_close(region, town):
                return region
        return None

    def _is_in(self, region: str, theatre: str) -> bool:
        return self._atlas.path(region)[0] == theatre

    def _place_of(self, region: Region) -> FoundPlace:
        return FoundPlace(
            region.name,
            region.spellings,
            region.id,
            self._atlas.path(region.id),
            region.level,
            region.lat,
            region.lon,
            self._atlas.reach_km(region.id),
        )


def _is_within(spans: Sequence[tuple[int, int]], mention: Mention) -> bool:
    """Whether a mention lies inside one of the sorted spans."""
    index = bisect_right(spans, (mention.start, 1 << 30))
    return any(mention.end <= end for _, end in spans[max(0, index - 3) : index])


def _is_party(passages: Passages, mention: Mention) -> bool:
    """Whether a mention is at once the whole name of a party."""
    return any((m.start, m.end) == (mention.start, mention.end) for m in passages.parties)


def _is_beside(passages: Passages, code: str, mention: Mention) -> bool:
    """Whether a phrase with this code touches the mention."""
    return any(
        0 <= h.start - mention.end <= 2 or 0 <= mention.start - h.end <= 4 for h in passages.found.of(code)
    )


def _prefer_told(passages: Passages, places: list[Named]) -> list[Named]:
    """Places of the headline and of sentences with acts, breaches or casualties, where there are any."""
    text, found = passages.text, passages.found
    hits = [*found.under("acts"), *found.of("truce.breach")]
    hits += [*found.of("casualties.killed"), *found.of("casualties.wounded")]
    told = {0, *(text.sentence_of(h.start) for h in hits)}
    return [p for p in places if any(text.sentence_of(m.start) in told for m in p.mentions)] or places


def _prefer_regions(passages: Passages, places: list[Named]) -> list[Named]:
    """Places of the theatre's own tree; towns of the gazetteer where it names none but provinces.

    A town behind `barangay` or before its district stays. A name that is only likely a place's counts
    where no table lists any.
    """
    sure = [p for p in places if not p.mentions[0].codes[0].startswith(LIKELY)]
    precise = [p for p in sure if p.place.region is not None and p.place.level in _PRECISE]
    if precise:
        return [
            p
            for p in sure
            if p.place.region is not None
            or p.place.lat is None
            or any(_is_told_apart(passages, m) for m in p.mentions)
        ]
    return places if all(p.place.level in AREAS for p in sure) else sure


def _is_told_apart(passages: Passages, mention: Mention) -> bool:
    """Whether `village of` leads a town in, or its district follows it."""
    _, end = passages.text.raw_span(mention.start, mention.end)
    return _is_beside(passages, "roles.place_before", mention) or lies_in(passages, end)
