"""What the regions, parties, truces and speakers of an incident are called in a reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.atlas import RANKS
from bot.data import Facts
from bot.data.messages import Words
from bot.model import Claim, FoundPlace, Incident
from bot.rendering.html import clean, shorten

LONGEST_NAME = 40
"""UTF-16 units of a place, party or outlet beyond which its name is cut."""

LONGEST_TRUCE = 90
"""UTF-16 units of a truce's name."""


class Names:
    """Names for one reader; everything that comes out is plain text of limited length, not yet escaped."""

    def __init__(self, words: Words, facts: Facts) -> None:
        self._words = words
        self._facts = facts
        self._truces = {truce.id: truce for truce in facts.truces}

    def region(self, region_id: str) -> str:
        """A region of a tree; its id where the tree has changed since."""
        region = self._facts.atlas.get(region_id)
        return _short(self._words.region(region) if region else region_id)

    def place(self, place: FoundPlace) -> str:
        """A place, in the reader's language where the data has it."""
        region = self._facts.atlas.get(place.region) if place.region else None
        return _short(self._words.region(region) if region else place.name)

    def party(self, party_id: str) -> str:
        """A side or an observer."""
        party = self._facts.parties.get(party_id)
        return _short(self._words.name(party.name, "party") if party else party_id)

    def speaker(self, claim: Claim) -> str:
        """Who says it: a party, or the outlet where it speaks for itself."""
        return self.party(claim.speaker) if claim.speaker in self._facts.parties else self.outlet(claim)

    def outlet(self, claim: Claim) -> str:
        """The outlet in which it can be read."""
        return _short(claim.source_name) or _short(claim.source_id)

    def truce(self, truce_id: str) -> str:
        """An agreement; its id where the data has changed since."""
        truce = self._truces.get(truce_id)
        name = self._words.name(truce.name, "truce") if truce else truce_id
        return shorten(clean(name), LONGEST_TRUCE)

    def speakers(self, claims: Sequence[Claim], most: int | None = None) -> str:
        """Who makes the claims, each once, at most `most` of them."""
        said = dict.fromkeys(self.speaker(claim) for claim in claims)
        return self._words.comma.join(tuple(said)[:most])

    def scene(self, incident: Incident, most: int) -> tuple[str, str]:
        """The most precise places (`most` of them, then how many more), and what they lie in."""
        places = precise_first(incident.places)
        if not places:
            return self.region(incident.theatre), ""
        shown = tuple(dict.fromkeys(self.place(place) for place in places[:most]))
        rest = len(places) - most
        named = self._words.comma.join(shown) + (f" +{self._words.number(rest)}" if rest > 0 else "")
        around = [self.region(region) for region in _around(places[0]) if region not in _ids(places)]
        return named, self._words.comma.join(name for name in dict.fromkeys(around) if name not in shown)


def precise_first(places: Iterable[FoundPlace]) -> tuple[FoundPlace, ...]:
    """Villages before districts before provinces; regions that hold another named place are left out."""
    ordered = sorted(places, key=lambda place: -RANKS[place.level])
    return tuple(p for p in ordered if not any(p.region in _above(other) for other in ordered))


def _above(place: FoundPlace) -> Sequence[str]:
    """Ids of the regions that hold the place, itself not included."""
    return place.path[:-1] if place.path and place.path[-1] == place.region else place.path


def _around(place: FoundPlace) -> Sequence[str]:
    """The nearest region above a place and the theatre."""
    above = _above(place)
    return (above[-1], above[0]) if above else ()


def _ids(places: Iterable[FoundPlace]) -> set[str | None]:
    return {place.region for place in places}


def _short(name: str) -> str:
    return shorten(clean(name), LONGEST_NAME)
