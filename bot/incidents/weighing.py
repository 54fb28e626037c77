"""How much speaks for a report telling of a certain incident: a sum of weights with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.folding import fold
from bot.incidents.nearness import narrow, weigh_places
from bot.incidents.profiles import (
    FOLLOWING,
    MOST_DAYS_ANSWERED,
    MOST_DAYS_APART,
    Heard,
    Profile,
    is_answer,
    is_day_named,
)
from bot.model import Act, Finding, Reason, Report, Stance

IMPOSSIBLE = Reason("another_day", -100.0)
"""What is left when nothing else can speak for it."""

OVERNIGHT = timedelta(hours=16)
"""A voice that speaks again sooner goes on telling of the same night; bulletins come a day apart."""

RARE_TOLL = 10
"""A number of dead or hurt that two reports do not share by chance."""

OWN_NEXT_DAY = -6.0
"""A source that made a claim makes another a day later: no likeness tells it from the day before."""

OWN_NEXT_PLACE = -4.0
"""A source that named one village names another: it means another, however alike it tells of it."""

LIKE_TITLES = 75
"""Likeness (0 to 100) from which two titles are one headline with changes."""

_INDIRECT = frozenset({Act.SHELLING, Act.MORTAR, Act.ROCKET_MISSILE})
_AIR = frozenset({Act.DRONE, Act.AIR_STRIKE, Act.AIRSPACE, Act.ROCKET_MISSILE})
_GROUND = frozenset(
    {Act.GROUND_ASSAULT, Act.INCURSION, Act.CAPTURE, Act.SMALL_ARMS, Act.SNIPER, Act.ABDUCTION}
)
FAMILIES = (_INDIRECT, _AIR, _GROUND)
"""Acts that reporters take for one another."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The sum of what speaks for (positive) and against (negative) one incident."""

    reasons: tuple[Reason, ...]

    @property
    def total(self) -> float:
        """The weight itself."""
        return sum(reason.weight for reason in self.reasons)


def weigh(report: Report, finding: Finding, incident: Profile, is_copy: bool = False) -> Weight:
    """Weigh one report against one incident of the same theatre.

    `is_copy` is true when the text is a near-copy of another source's report in that incident.
    """
    again = _heard_before(report, finding, incident)
    day = weigh_day(report, finding, incident, again)
    if day.weight <= IMPOSSIBLE.weight:
        return Weight((day,))
    places = _weigh_scene(report, finding, incident, again)
    is_formula = day.code == "next_day" or places < 0  # bulletins of other days and places are alike
    casualties = weigh_casualties(finding, incident, is_again=bool(again))
    return Weight(
        (
            day,
            Reason("places", places),
            Reason("parties", weigh_parties(finding, incident)),
            Reason("acts", weigh_acts(finding, incident)),
            Reason("casualties", min(casualties, 0.0) if is_formula and again else casualties),
            Reason("stance", weigh_stance(finding, incident)),
            Reason("text", 0.0 if is_formula else weigh_text(report, finding, incident, is_copy)),
        )
    )


def weigh_day(report: Report, finding: Finding, incident: Profile, again: list[Heard]) -> Reason:
    """The same day speaks for it; another day only for what answers or continues an earlier report.

    A voice that tells of the next day (`again`: where it was heard) tells of something new: bulletins are
    alike every day.
    """
    if finding.occurred is None:
        return Reason("no_day", 0.0 if (report.reported_at - incident.last_report_at).days <= 2 else -4.0)
    apart = min(abs((finding.occurred - day).days) for day in incident.days)
    if apart == 0:
        return Reason("same_day", 1.5)
    return _weigh_other_day(report, finding, again, apart)


def _weigh_other_day(report: Report, finding: Finding, again: list[Heard], apart: int) -> Reason:
    is_told, answers = is_day_named(finding), is_answer(finding)
    if apart > (MOST_DAYS_ANSWERED if answers else MOST_DAYS_APART):
        return IMPOSSIBLE
    if answers:
        return Reason("answered_later", -0.2 * apart)
    is_own = any(heard.source_id == report.source.id for heard in again)
    if (is_told and is_own) or (again and finding.stance not in FOLLOWING):
        if apart == 1 and report.reported_at - again[0].first_at < OVERNIGHT:
            return Reason("overnight", -1.2 if is_told or is_own else 0.0)
        return Reason("next_day", (OWN_NEXT_DAY if is_own else -3.2 if is_told else -2.6) * apart)
    if not is_told:
        return Reason("day_unknown", -0.8 * apart)
    return Reason("near_day", -0.6 if apart == 1 else -2.5 * apart)


def _heard_before(report: Report, finding: Finding, incident: Profile) -> list[Heard]:
    """Where the same source or accuser was heard already: it speaks again."""
    accusers = set(finding.accuser)
    return [
        h for h in incident.heard if h.source_id == report.source.id or not accusers.isdisjoint(h.accuser)
    ]


def weigh_parties(finding: Finding, incident: Profile) -> float:
    """Parties are compared in either role: the other side swaps accuser and accused."""
    theirs = {p for h in incident.heard for p in (*h.accused, *h.accuser)}
    ours = {*finding.accused, *finding.accuser}
    if not ours or not theirs:
        return 0.0
    accused = {p for h in incident.heard for p in h.accused}
    if accused & set(finding.accused):
        return 1.5
    return 1.0 if ours & theirs else -1.2


def weigh_acts(finding: Finding, incident: Profile) -> float:
    """The same act speaks for it a little; acts that nobody confuses speak against it."""
    ours = set(finding.acts) - {Act.OTHER}
    theirs = set(incident.acts) - {Act.OTHER}
    if not ours or not theirs:
        return 0.0
    if ours & theirs:
        return 0.7
    return 0.2 if any(ours & family and theirs & family for family in FAMILIES) else -0.5


def weigh_casualties(finding: Finding, incident: Profile, *, is_again: bool) -> float:
    """Equal numbers speak for it, a toll that rises is compatible, numbers far apart speak against it.

    An answer, and a side that has not spoken before, contradict little by counting otherwise.
    """
    weight, least = 0.0, -1.0 if is_again and finding.stance not in FOLLOWING else -0.4
    for ours, theirs in ((finding.killed, incident.killed), (finding.wounded, incident.wounded)):
        if ours is None or theirs is None:
            continue
        weight += _weigh_number(ours, theirs)
    return max(weight, least)


def _weigh_number(ours: int, theirs: tuple[int, int]) -> float:
    low, high = theirs
    if low <= ours <= high:
        is_rare = ours >= RARE_TOLL and ours in theirs
        return 1.5 if is_rare else 1.0 if ours > 2 else 0.5 if ours else 0.1
    if not ours or not high:
        return -0.3
    more, fewer = max(ours, high), min(ours, low) or 1
    return 0.0 if more <= 3 * fewer or more - fewer <= 5 else -1.0


def weigh_stance(finding: Finding, incident: Profile) -> float:
    """A denial wants an incident to deny; a tally is an incident of its own."""
    answer = 1.2 if finding.stance is Stance.DENIAL else 0.8 if finding.stance in FOLLOWING else 0.0
    return answer if (finding.stance is Stance.TALLY) == incident.is_tally else answer - 1.8


def weigh_text(report: Report, finding: Finding, incident: Profile, is_copy: bool) -> float:
    """Near-copies and like titles of another source: one source's bulletins are alike whatever they tell."""
    if is_copy:
        return 1.5
    others = [
        t.folded
        for t in incident.titles
        if t.source_id != report.source.id and t.language == finding.language
    ]
    if not others:
        return 0.0
    title = fold(report.title)
    return 0.5 if max(fuzz.token_sort_ratio(title, other) for other in others) >= LIKE_TITLES else 0.0


def is_other_side(report: Report, finding: Finding, heard: Heard) -> bool:
    """True when the two are told by sides that oppose each other, and not by the same accuser."""
    if heard.source_id == report.source.id or not set(finding.accuser).isdisjoint(heard.accuser):
        return False
    ours, theirs = {*finding.accuser, report.source.side}, {*heard.accuser, heard.side}
    return bool(ours & set(heard.accused) or theirs & set(finding.accused))


def _weigh_scene(report: Report, finding: Finding, incident: Profile, again: list[Heard]) -> float:
    across = any(is_other_side(report, finding, heard) for heard in incident.heard)
    weight = weigh_places(narrow(finding.places), incident.places, is_other_side=across)
    is_own = any(heard.source_id == report.source.id for heard in again)
    return min(weight, OWN_NEXT_PLACE) if weight < 0 and is_own else weight
