"""The whole of reading: one report in, one finding out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import fsum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.data import Facts
from bot.model import Evidence, Finding, FoundPlace, Reason, Report, Stance, Truce
from bot.reading.actors import actors_for, meant_by_enemy, name_actors, narrow_to_ground
from bot.reading.acts import judge_acts, told_acts
from bot.reading.blame import Blame, Case, blame_features, judge_blame
from bot.reading.bonds import Bonds, bond_features
from bot.reading.casualties import Casualties, read_casualties
from bot.reading.contexts import Context, read_contexts, weigh_contexts
from bot.reading.dates import day_of_report, is_of_the_truce, judge_day
from bot.reading.days import Day, read_days
from bot.reading.language import Detector
from bot.reading.lexicon import Lexicons
from bot.reading.names import Mention, Names, codes_of
from bot.reading.parts import Sides, find_namings, read_parts
from bot.reading.passages import Passages, mark_older_days, mark_passages
from bot.reading.places import Map
from bot.reading.relevance import OF_A_TRUCE, OF_THE_REST, highest_score, text_features, weigh
from bot.reading.stance import judge_stance, stance_features
from bot.reading.text import Folder, Text, read_text
from bot.reading.truces import TruceTable, free_hours

THRESHOLD = 0.63
"""A finding with a lower score is no violation. From 0.50 to here the F1 over the training reports stays
the same while false alarms become fewer."""

OLDER = timedelta(days=2)
"""Days that lie so far before the incident tell of another one."""

BELLIGERENT = frozenset({"state", "group"})
"""Kinds of parties that fight."""

MOST_EVIDENCE = 60


@dataclass(slots=True)
class Workings:
    """The evidence behind a finding, by judgement: what `tools.model` fits weights to."""

    relevance: dict[str, float]
    stance: dict[str, float] = field(default_factory=dict)
    blame: dict[str, dict[str, float]] = field(default_factory=dict)
    """By party."""
    contexts: dict[str, list[Context]] = field(default_factory=dict)
    """By party, one a mention."""
    words: frozenset[str] = frozenset()
    """Which words of the lexicon the report has."""


class When(NamedTuple):
    """The days that a report names, which of them it is about, and on which day that was."""

    days: Sequence[Day]
    day: Day | None
    occurred: date


class Reader:
    """Reads reports in any of the languages that the facts have a lexicon for. Never raises on any text."""

    def __init__(self, facts: Facts) -> None:
        self._folder = Folder()
        self._detector = Detector(facts.languages, self._folder)
        self._lexicons = Lexicons(facts.lexicons, facts.languages["clitics"], self._folder)
        self._names = Names(facts, self._folder)
        self._truces = TruceTable(facts.truces, facts.atlas)
        self._parties = facts.parties
        bound = {theatre: self._truces.parties_of(theatre) for theatre in facts.theatres}
        self._map = Map(facts, bound)
        self._actors = {theatre: row.get("actors", {}) for theatre, row in facts.theatres.items()}
        self._enemies = {theatre: row.get("enemies", {}) for theatre, row in facts.theatres.items()}
        self._blocs = {theatre: row.get("blocs", []) for theatre, row in facts.theatres.items()}
        self._atlas = facts.atlas
        self._grounds = {theatre: row.get("grounds", {}) for theatre, row in facts.theatres.items()}
        self._guarantors = {theatre: row.get("guarantors", []) for theatre, row in facts.theatres.items()}
        self._seconds = {theatre: row.get("seconds", []) for theatre, row in facts.theatres.items()}
        self._arms = {theatre: row.get("arms", {}) for theatre, row in facts.theatres.items()}
        self._verb_last = frozenset(facts.languages["order"]["verb_last"])
        self._adjective_last = frozenset(facts.languages["order"]["adjective_last"])
        self._tables = _by_judgement(facts.weights)
        self._weights = {**self._tables[""], "wording": 1.0}
        self._fighters = {theatre: self._belligerents(theatre) for theatre in facts.theatres}
        groups = frozenset(p for p, row in facts.parties.items() if row.kind == "group")
        self._groups = {theatre: fighters & groups for theatre, fighters in self._fighters.items()}
        self._zones = {theatre: ZoneInfo(row["zone"]) for theatre, row in facts.theatres.items()}

    def read(self, report: Report) -> Finding:
        """What the report says, with the words that each judgement rests on.

        Of a report that is surely no violation, whatever else it says, only what shows this is told: its
        theatre, the evidence until then and its score, and the words by which it takes something back.
        """
        passages, features, theatre = self._look(report)
        if theatre is None or highest_score(features, self._weights, OF_A_TRUCE + OF_THE_REST) < THRESHOLD:
            return self._dismiss(passages, features, theatre)
        when = self._date(report, passages, theatre)
        if not self._may_be_bound(report, features, theatre, when):
            return self._dismiss(passages, features | {"no_truce": 1.0}, theatre)
        return self._judge(report, passages, features, theatre, when)[0]

    def work(self, report: Report) -> tuple[Finding, Workings]:
        """The finding with all the evidence that can be weighed for it, also where a part of it would do."""
        passages, features, theatre = self._look(report)
        if theatre is None:
            finding, workings = self._dismiss(passages, features, theatre), Workings(features)
        else:
            when = self._date(report, passages, theatre)
            finding, workings = self._judge(report, passages, features, theatre, when)
        workings.words = passages.found.words()
        return finding, workings

    def _look(self, report: Report) -> tuple[Passages, dict[str, float], str | None]:
        """What the words alone say, and which theatre they point at."""
        text = read_text(self._folder, report.title, report.text)
        language = self._detector.detect(text.raw, text.folded)
        places, parties = self._names.find(text)
        found = self._lexicons.read(language, text)
        passages = Passages(text, language, found, places, parties, report.reported_at.date())
        mark_passages(passages)
        features = text_features(passages)
        features["wording"] = fsum(self._tables["words"].get(word, 0.0) for word in found.words())
        theatre = self._map.choose_theatre(passages, report.source.side)
        if theatre is None:
            features["no_theatre"] = 1.0
        return passages, features, theatre

    def _dismiss(self, passages: Passages, features: dict[str, float], theatre: str | None) -> Finding:
        score, reasons = weigh(features, self._weights)
        taken_back = tuple(_evidence(passages.text, _retractions(passages)))
        return Finding(False, score, passages.language, theatre, evidence=taken_back, reasons=reasons)

    def _date(self, report: Report, passages: Passages, theatre: str) -> When:
        """The days that the report names, and the one that it is about."""
        passages.published = day_of_report(report.reported_at, self._zones[theatre])
        days = read_days(passages)
        day = judge_day(passages, days)
        return When(days, day, day.day if day else passages.published)

    def _may_be_bound(self, report: Report, features: dict[str, float], theatre: str, when: When) -> bool:
        """Whether a truce ran on that day, somewhere in the theatre; not asked where it decides nothing."""
        unbound = features | {"no_truce": 1.0}
        if highest_score(unbound, self._weights, OF_THE_REST) >= THRESHOLD:
            return True
        return bool(self._truces.in_force(theatre, when.occurred, report.reported_at, ()))

    def _judge(
        self, report: Report, passages: Passages, features: dict[str, float], theatre: str, when: When
    ) -> tuple[Finding, Workings]:
        occurred = when.occurred
        mark_older_days(passages, _older(passages, when.days, occurred))
        self._name_actors(passages, theatre, report.source.side)
        scene = self._map.find_scene(passages, theatre)
        regions = [place.region for _, place in scene if place.region]
        around = frozenset(a for region in regions for a in self._atlas.path(region))
        narrow_to_ground(passages, self._grounds[theatre], around)
        truces = self._truces.in_force(theatre, occurred, report.reported_at, regions)
        bound = frozenset(p for truce in truces for p in truce.parties)
        sides = self._sides(theatre, bound)
        order = "last" if passages.language in self._verb_last else ""
        namings = find_namings(passages, sides)
        parts = read_parts(passages, namings, sides, order)
        age_days = (passages.published - occurred).days
        workings = Workings(features, stance_features(passages, report, age_days, parts, sides))
        stance = judge_stance(workings.stance, self._tables)
        if stance is Stance.TALLY:
            passages.past.clear()
        casualties = read_casualties(passages)
        workings.contexts = read_contexts(passages, namings, sides)
        case = Case(passages, report, stance, sides, parts, self._lean(workings.contexts))
        workings.blame = blame_features(case)
        blame = judge_blame(case, workings.blame, self._tables["accused"], self._grounds[theatre], around)
        named = _named(passages) & sides.fighters
        truce = self._truces.binding(truces, blame.accused, sorted(named | {report.source.side}), regions)
        features.update(_party_features(blame, named, bound, truce))
        features.update(_stance_parts(stance, blame))
        bonds = Bonds(sides, [frozenset(truce.parties) for truce in truces], self._parties)
        acts = told_acts(passages)
        features.update(bond_features(passages, acts, parts, bonds))
        holding = [t for t in truces if bound.intersection(t.parties, blame.accused)] or truces
        hours = free_hours(holding, occurred, self._zones[theatre], report.reported_at)
        features["free_before"], features["free_after"] = hours
        features["scene"] = float(bool(scene))
        features["casualties"] = float(bool(casualties.killed or casualties.wounded))
        score, reasons = weigh(features, self._weights)
        finding = Finding(
            is_violation=score >= THRESHOLD,
            score=score,
            language=passages.language,
            theatre=theatre,
            truce=truce.id if truce else None,
            stance=stance,
            places=tuple(place for _, place in scene),
            accused=blame.accused,
            accuser=blame.accuser,
            acts=judge_acts(passages, acts, stance, casualties.killed or 0),
            killed=casualties.killed,
            wounded=casualties.wounded,
            occurred=occurred,
            evidence=_gather(passages, scene, casualties, when.day),
            reasons=_name_truce(reasons, truce),
        )
        return finding, workings

    def _lean(self, contexts: Mapping[str, Sequence[Context]]) -> dict[str, float]:
        """What the contexts of each party weigh."""
        return {party: weigh_contexts(own, self._tables["context"]) for party, own in contexts.items()}

    def _name_actors(self, passages: Passages, theatre: str, side: str) -> None:
        """Adds whom `the army`, `rebels` and `the enemy` mean there when this side's outlet says it."""
        actors = self._actors_in(passages, theatre, side)
        fighters, groups = self._fighters[theatre], self._groups[theatre]
        name_actors(passages, actors, fighters, groups, self._adjective_last)

    def _sides(self, theatre: str, bound: frozenset[str]) -> Sides:
        """Who fights there, which of them truces in force bind, and who stands with whom."""
        fighters, blocs = self._fighters[theatre], self._blocs[theatre]
        guarantors, seconds, arms = self._guarantors[theatre], self._seconds[theatre], self._arms[theatre]
        return Sides(fighters, bound & fighters, blocs, guarantors, seconds, arms)

    def _actors_in(self, passages: Passages, theatre: str, side: str) -> dict[str, Sequence[str]]:
        """Whom the general words of a report mean in the mouth of an outlet of this side."""
        enemies = self._enemies[theatre]
        actors = actors_for(self._actors[theatre], enemies, side, self._fighters[theatre])
        return actors | {"enemy": meant_by_enemy(passages, enemies.get(side, ()), side, self._blocs[theatre])}

    def _belligerents(self, theatre: str) -> frozenset[str]:
        """Parties that can break a truce there: those of its truces and the armed groups beside them."""
        beside = {
            p for p, row in self._parties.items() if theatre in row.theatres and row.kind in BELLIGERENT
        }
        observers = {p for p, row in self._parties.items() if row.kind == "monitor"}
        return (self._truces.parties_of(theatre) | beside) - observers


def _by_judgement(weights: Mapping[str, float]) -> Mapping[str, Mapping[str, float]]:
    """The weights of each table; those of the relevance, which have no table before their names, under ""."""
    tables: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for key, weight in weights.items():
        table, _, name = key.partition(".") if "." in key else ("", "", key)
        tables[table][name] = weight
    return tables


def _older(passages: Passages, days: Sequence[Day], occurred: date) -> list[int]:
    """Where dates stand that lie well before the incident; a truce's own date tells of no other one."""
    return [
        day.position
        for day in days
        if occurred - day.day >= OLDER and day.kind == "date" and not is_of_the_truce(passages, day)
    ]


def _stance_parts(stance: Stance, blame: Blame) -> dict[str, float]:
    """What the part that a report plays adds; a denial negates a breach by its nature."""
    is_tally, is_denial = stance is Stance.TALLY, stance is Stance.DENIAL
    parts = {
        "tally": float(is_tally),
        "unblamed": float(not blame.is_said and not is_tally),
        "denial": float(is_denial),
    }
    return parts | {"breach_negated": 0.0} if is_denial else parts


def _named(passages: Passages) -> set[str]:
    """Every party that the text names."""
    return {party for mention in passages.parties for party in codes_of(mention, "p")}


def _party_features(
    blame: Blame, named: set[str], bound: frozenset[str], truce: Truce | None
) -> dict[str, float]:
    """How far the truces in force bind those whom the report accuses and names."""
    accused = blame.accused
    return {
        "truce_in_force": float(truce is not None),
        "no_truce": float(not bound),
        "accused": float(bool(accused)),
        "parties_bound": float(truce is not None and len(named & set(truce.parties)) > 1),
        "accused_unbound": float(bool(accused) and not bound & set(accused)),
    }


def _gather(
    passages: Passages, scene: list[tuple[Mention, FoundPlace]], casualties: Casualties, day: Day | None
) -> tuple[Evidence, ...]:
    """The words behind the judgements."""
    text, found = passages.text, passages.found
    spans = [("day", day.day.isoformat(), day.position, day.end)] if day else []
    spans += _retractions(passages)
    spans += [("act", h.code.partition(".")[2], h.start, h.end) for h in found.under("acts")]
    spans += [("truce", h.code.partition(".")[2], h.start, h.end) for h in found.under("truce")]
    spans += [("party", code, m.start, m.end) for m in passages.parties for code in codes_of(m, "p")]
    spans += [("place", place.region or place.name, m.start, m.end) for m, place in scene]
    spans += [(toll.kind, str(toll.value), toll.start, toll.end) for toll in casualties.tolls]
    spans += [("offtopic", h.code.partition(".")[2], h.start, h.end) for h in found.under("offtopic")]
    return tuple(_evidence(text, spans[:MOST_EVIDENCE]))


def _retractions(passages: Passages) -> list[tuple[str, str, int, int]]:
    """Words by which a source takes back or mends what it said; they count wherever the text is about."""
    return [("retract", "", h.start, h.end) for h in passages.found.of("stance.retract")]


def _evidence(text: Text, spans: Iterable[tuple[str, str, int, int]]) -> Iterable[Evidence]:
    for what, code, start, end in spans:
        begin, stop = text.raw_span(start, end)
        yield Evidence(what, code, begin, stop, text.raw[begin:stop])


def _name_truce(reasons: tuple[Reason, ...], truce: Truce | None) -> tuple[Reason, ...]:
    """The reasons with the truce's name where one speaks of it."""
    if truce is None:
        return reasons
    return tuple(
        Reason(r.code, r.weight, f"{truce.name}, {truce.status}") if r.code == "truce_in_force" else r
        for r in reasons
    )
