"""What a report's words say of each party's part: who acts, suffers, speaks, is blamed or denies."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bot.reading.names import Mention, codes_of
from bot.reading.passages import Passages
from bot.reading.phrases import Hit

AFTER = 26
"""Folded letters after a party's name within which `forces`, `drone` or `said` still belong to it."""

BEFORE = 7
"""Letters between `by`, `on`, `against` and the party that follows."""

SPEECH = 45
"""Letters between a party and its word of speaking."""

OF = 9
"""Letters between what was fired or done and whose it was: `drones of the`, `tirs de l'`."""

LONGEST = 45
"""No phrase of the roles is longer, in letters."""

FRAME = 70
"""Letters between a verb of accusing or denying and who accuses, denies or is accused."""

DEED = 60
"""Letters between a party and what it does, or what is done to it, within one clause."""

OBJECTS = frozenset({"victim", "speaker", "target"})
"""Kinds of words around a party whose next act is another's."""

BLAMES = ("accuse", "deny")
"""Words of a stance by which somebody is blamed."""

ARMED = frozenset({"state", "group"})
"""Kinds of parties that fight."""

Naming = tuple[Mention, list[str]]
"""A mention and the fighting parties that it stands for."""


class Spot(NamedTuple):
    """A mention of a party and how far the words around it are about it: no other party stands between."""

    mention: Mention
    clause_start: int
    clause_end: int
    sentence_end: int
    sentence: int
    zone: str
    """Whether it stands in the headline (`title`), the first sentence (`lead`) or the rest."""


Told = tuple[int, list[str], list[str]]
"""A mention's sentence, its parties and what is said of them."""

VOICES = frozenset({"speaker"})
DEEDS = frozenset({"deed", "breaks", "by", "actor", "act_of"})


@dataclass(frozen=True, slots=True)
class Sides:
    """A theatre's armed parties, those that a truce in force binds, and who stands with whom."""

    fighters: frozenset[str]
    bound: frozenset[str]
    blocs: Sequence[Sequence[str]] = ()
    guarantors: Sequence[str] = ()
    seconds: Sequence[str] = ()
    """Who stands behind a side, governs beside it or watches over the truce: often named, seldom acting."""
    arms: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """For each act that only some parties have the arms for: those parties."""

    def are_allies(self, one: str, other: str) -> bool:
        """Whether two parties are one, or of one bloc."""
        return one == other or any(one in bloc and other in bloc for bloc in self.blocs)


class Counts(dict[str, int]):
    """How often each kind of thing is said of a party; 0 for what is not."""

    def __missing__(self, kind: str) -> int:
        return 0


@dataclass(slots=True)
class Parts:
    """Parties in the order in which the text names them; `told` counts what is said of each, by kind."""

    order: list[str] = field(default_factory=list)
    told: defaultdict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))

    def add(self, parties: Sequence[str], kind: str) -> None:
        """Says something of each of the parties."""
        for party in parties:
            self.told[party][kind] += 1


def find_namings(passages: Passages, sides: Sides) -> list[Naming]:
    """Every mention of fighting parties in the news, or where it names none, in what is told of the past."""
    namings = [
        (mention, own)
        for mention in passages.parties
        if (own := [p for p in codes_of(mention, "p") if p in sides.fighters])
    ]
    return [each for each in namings if not passages.is_past(each[0].start)] or namings


def read_parts(passages: Passages, namings: Sequence[Naming], sides: Sides, order: str) -> Parts:
    """The part of every party of the `namings`; `order` is "last" where verbs stand last."""
    parts = Parts()
    places = {(m.start, m.end) for m in passages.places}
    mutual = {passages.text.sentence_of(hit.start) for hit in mutual_blame(passages)}
    firsts = {passages.text.sentence_of(hit.start) for hit in passages.found.of("roles.first")}
    told: list[Told] = []
    for number, (mention, own) in enumerate(namings):
        until = namings[number + 1][0].start if number + 1 < len(namings) else len(passages.text.folded)
        since = namings[number - 1][0].end if number else 0
        here = _place(passages, mention, since, until)
        kinds = _kinds(passages, here)
        told.append((here.sentence, own, kinds))
        parts.add(own, f"named_{here.zone}")
        for kind in kinds:
            parts.add(own, kind)
            parts.add(own, f"{kind}_{here.zone}")
            if order:
                parts.add(own, f"{order}_{kind}")
        if here.sentence in mutual:
            parts.add(own, "each_other")
        if here.sentence in firsts:
            parts.add(own, "first_says" if "speaker" in kinds else "first_done")
        if (mention.start, mention.end) in places:
            parts.add(own, "as_place")
    _read_frames(passages, namings, order, parts)
    _read_voices(told, sides, parts)
    _read_clashes(passages, namings, sides, parts)
    _read_clauses(passages, namings, order, parts)
    parts.order = list(dict.fromkeys(p for _, own in namings for p in own))
    return parts


def mutual_blame(passages: Passages) -> list[Hit]:
    """Words that blame both sides, where something is done or somebody accused; not `both agreed`."""
    found, text = passages.found, passages.text
    told = {
        text.sentence_of(hit.start)
        for hits in (
            found.under("acts"),
            found.of("truce.breach"),
            *(found.of(f"stance.{c}") for c in BLAMES),
        )
        for hit in hits
    }
    return [hit for hit in found.under("mutual") if text.sentence_of(hit.start) in told]


def acts_in(told: Mapping[str, int], zone: str) -> bool:
    """Whether a party acts in the headline (`title`), the first sentence (`lead`) or the rest."""
    return bool(told[f"deed_{zone}"] or told[f"actor_{zone}"] or told[f"by_{zone}"])


def does_it(passages: Passages, mention: Mention, end: int) -> bool:
    """Whether the words around a mention, up to `end`, say that its people act."""
    kinds = _words_around(passages, _place(passages, mention, 0, end))
    return "by" in kinds or ("actor" in kinds and "target" not in kinds)


def _place(passages: Passages, mention: Mention, since: int, until: int) -> Spot:
    """What bounds the words that may belong to a mention."""
    text = passages.text
    sentence, clause = text.sentence_of(mention.start), text.clause_of(mention.start)
    following = clause + 1
    clause_end = text.clauses[following] if following < len(text.clauses) else len(text.folded)
    zone = "lead" if sentence <= text.sentence_of(text.dateline_end) else "rest"
    return Spot(
        mention,
        max(since, text.clauses[clause]),
        min(until, clause_end),
        min(until, text.sentence_span(sentence)[1]),
        sentence,
        "title" if mention.start < text.body_start else zone,
    )


def _kinds(passages: Passages, here: Spot) -> list[str]:
    """Everything that the words around one mention say of its part."""
    kinds = _words_around(passages, here)
    found, end = passages.found, here.mention.end
    reach = min(end + DEED, here.clause_end)
    kinds += ["not"] if found.has("scope.negation", end, reach) else []
    kinds += _deeds_around(passages, here, is_doer=not OBJECTS.intersection(kinds))
    kinds += ["answers"] if found.has("roles.answer", here.mention.start, here.clause_end) else []
    kinds += ["in_answer"] if found.has("roles.answer", here.clause_start, here.mention.start) else []
    kinds += ["suffers"] if found.has("roles.passive", end, reach) else []
    kinds += ["says_deed"] if "speaker" in kinds and "beside_deed" in kinds else []
    kinds += ["suffers_deed"] if "deed" in kinds and "suffers" in kinds else []
    return kinds


def _words_around(passages: Passages, here: Spot) -> list[str]:
    """What the words directly around one mention say of its part."""
    found, mention = passages.found, here.mention
    is_by = _ends_before(passages, "roles.by", mention)
    victim = found.first("roles.victim", mention.end, mention.end + 3)
    actor = found.first("roles.actor", mention.start + 1, min(mention.end + AFTER, here.sentence_end))
    is_speaker = _speaks(passages, mention, min(mention.end + SPEECH, here.sentence_end))
    is_victim = victim is not None and (actor is None or actor.start >= victim.start)
    told = {
        "by": is_by,
        "target": not is_by and _ends_before(passages, "roles.target", mention),
        "victim": is_victim,
        "speaker": is_speaker,
        "actor": actor is not None and not is_speaker and not is_victim,
        "clitic": passages.text.folded[mention.start - 1] != " ",
    }
    return [kind for kind, is_so in told.items() if is_so]


def _speaks(passages: Passages, mention: Mention, reach: int) -> bool:
    """Whether the party is a ministry or says something before anything is done."""
    found = passages.found
    office = found.first("roles.office", mention.start + 1, reach)
    for code in ("stance.report", "stance.accuse", "stance.deny"):
        hit = found.first(code, mention.end, reach)
        office = min(office, hit) if office and hit else office or hit
    return office is not None and not found.has_under("acts", mention.end, office.start + 1)


def _deeds_around(passages: Passages, here: Spot, *, is_doer: bool) -> list[str]:
    """Whether the next act or breach of its clause is the party's own, or the act before was done to it."""
    kinds = []
    acts, mention = passages.found.under("acts"), here.mention
    reach = min(mention.end + DEED, here.clause_end)
    for hits, kind in ((acts, "deed"), (passages.found.of("truce.breach"), "breaks")):
        index = bisect_left(hits, (mention.end,))
        if index < len(hits) and hits[index].start < reach:
            own = hits[index]
            name = "denied_deed" if passages.is_denied(own.start, own.end) else kind
            kinds.append(name if is_doer else f"beside_{name}")
    index = bisect_left(acts, (mention.start,)) - 1
    if index >= 0 and acts[index].start >= max(here.clause_start, mention.start - DEED):
        is_near = mention.start - acts[index].end <= OF and is_doer
        kinds.append("act_of" if is_near else "done_to")
    return kinds


def _read_clashes(passages: Passages, namings: Sequence[Naming], sides: Sides, parts: Parts) -> None:
    """Adds who fought whom: enemies in one clause with a clash, or with an act and `between`."""
    clause_of, found = passages.text.clause_of, passages.found
    acts = {clause_of(h.start) for h in found.under("acts")}
    for kind, clauses in (
        ("clash", {clause_of(h.start) for h in found.of("acts.ground_assault")}),
        ("between", acts & {clause_of(h.start) for h in found.of("roles.between")}),
    ):
        for clause in clauses:
            here = list(dict.fromkeys(p for m, own in namings if clause_of(m.start) == clause for p in own))
            both = [p for p in here if any(not sides.are_allies(p, other) for other in here)]
            parts.add(both, kind)


def _read_clauses(passages: Passages, namings: Sequence[Naming], order: str, parts: Parts) -> None:
    """Adds who stands first and who later in a clause with an act: who does it, where verbs stand last."""
    text = passages.text
    acts = {text.clause_of(h.start) for h in passages.found.under("acts")}
    seen: set[int] = set()
    for mention, own in namings:
        clause = text.clause_of(mention.start)
        if clause in acts:
            parts.add(own, f"{order}later" if clause in seen else f"{order}first_in_clause")
            seen.add(clause)


def _read_voices(told: Sequence[Told], sides: Sides, parts: Parts) -> None:
    """Adds who tells of a party's deeds: a sentence in which an enemy speaks, itself, or nobody."""
    for number in dict.fromkeys(number for number, _, _ in told):
        here = [(own, kinds) for n, own, kinds in told if n == number]
        voices = {p for own, kinds in here for p in own if VOICES.intersection(kinds)}
        for own, kinds in here:
            if DEEDS.intersection(kinds):
                for party in own:
                    foes = [v for v in voices if not sides.are_allies(v, party)]
                    parts.add([party], "told_by_foe" if foes else "told_by_own" if voices else "told_plainly")


def _read_frames(passages: Passages, namings: Sequence[Naming], order: str, parts: Parts) -> None:
    """Adds who accuses whom and who denies, by their order around the verb."""
    sentence_of = passages.text.sentence_of
    for code, subject_kind, object_kind in (
        ("stance.accuse", "accuser", "blamed"),
        ("stance.deny", "denier", "rebuffed"),
        ("stance.confirm", "admits", "admitted"),
    ):
        for hit in passages.found.of(code):
            sentence = sentence_of(hit.start)
            near = [(m, own) for m, own in namings if sentence_of(m.start) == sentence]
            before = [own for m, own in near if 0 <= hit.start - m.end <= FRAME]
            after = [own for m, own in near if 0 <= m.start - hit.end <= FRAME]
            subject, object_ = _around_verb(before, after, order)
            parts.add(subject, subject_kind)
            if object_ != subject:
                parts.add(object_, object_kind)


def _around_verb(
    before: Sequence[list[str]], after: Sequence[list[str]], order: str
) -> tuple[Sequence[str], Sequence[str]]:
    """Who does what the verb says, and to whom."""
    if order == "last":
        return (before[0] if before else ()), (before[-1] if len(before) > 1 else ())
    return (before[-1] if before else ()), (after[0] if after else ())


def _ends_before(passages: Passages, code: str, mention: Mention) -> bool:
    """Whether a phrase with this code ends directly before the mention."""
    hits = passages.found.of(code)
    first, last = bisect_left(hits, (mention.start - LONGEST,)), bisect_left(hits, (mention.start,))
    return any(0 <= mention.start - h.end <= BEFORE for h in hits[first:last])
