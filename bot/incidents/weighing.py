"""How much speaks for a report telling of a certain incident: a sum of weights with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from rapidfuzz import fuzz

from bot.folding import fold
from bot.incidents.nearness import FACING, narrow, weigh_places
from bot.incidents.profiles import (
    FOLLOWING,
    MOST_DAYS_ANSWERED,
    MOST_DAYS_APART,
    RARE_TOLL,
    Heard,
    Profile,
    is_answer,
    is_day_named,
)
from bot.model import Act, Finding, FoundPlace, Reason, Report, Stance

JOIN_AT = 2.5
"""The weight at which a report joins an incident."""

IMPOSSIBLE = Reason("another_day", -100.0)
"""What is left when nothing else can speak for it."""

OVERNIGHT = timedelta(hours=16)
"""A voice that speaks again sooner goes on telling of the same night; bulletins come a day apart."""

OWN_NEXT_DAY = -6.0
"""A source that made a claim makes another a day later: no likeness tells it from the day before."""

OWN_NEXT_PLACE = -4.0
"""A source that named one village names another: it means another, however alike it tells of it."""

SAME_VILLAGE = 2.0
"""The weight of places from which a village is shared."""

MOST_OF_PLACES = 3.0
"""The most that places can speak for an incident: one village, and others besides."""

SAME_ACCUSED, SAME_ACT, SAME_TOLL = 1.5, 0.7, 1.5
"""The most that parties, acts and each of two numbers can speak for an incident."""

COPIED, LIKE_TITLE = 1.5, 0.5
"""What a near-copy of another source's report speaks for its incident, and a headline with changes."""

TWO_TALLIES = 0.5
"""Two counts over one day speak of one and the same, whoever counts."""

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
    total: float


@dataclass(frozen=True, slots=True)
class Telling:
    """A report and its finding, with what every candidate is compared with made once."""

    report: Report
    finding: Finding
    places: tuple[FoundPlace, ...]
    accused: frozenset[str]
    accuser: frozenset[str]
    acts: frozenset[Act]
    title: str
    is_day_named: bool
    is_answer: bool
    """A denial, an update or a confirmation that names no day can come days later."""
    most_else: float
    """The most that everything besides day, places and words can speak for an incident."""


def prepare(report: Report, finding: Finding) -> Telling:
    """Make ready for weighing."""
    numbers = sum(number is not None for number in (finding.killed, finding.wounded))
    answer = TWO_TALLIES if finding.stance is Stance.TALLY else _weigh_answer(finding)
    return Telling(
        report=report,
        finding=finding,
        places=narrow(finding.places),
        accused=frozenset(finding.accused),
        accuser=frozenset(finding.accuser),
        acts=frozenset(finding.acts) - {Act.OTHER},
        title=fold(report.title),
        is_day_named=is_day_named(finding),
        is_answer=is_answer(finding),
        most_else=SAME_ACCUSED + SAME_ACT + SAME_TOLL * numbers + answer,
    )


def weigh(telling: Telling, incident: Profile, *, is_copy: bool = False) -> Weight:
    """Weigh one report against one incident of the same theatre.

    `is_copy` is true when the text is a near-copy of another source's report in that incident.
    """
    again = _heard_before(telling, incident)
    day = weigh_day(telling, incident, again)
    if day.weight + MOST_OF_PLACES + telling.most_else + COPIED < JOIN_AT:
        return Weight((day,), day.weight)
    places = _weigh_scene(telling, incident, again)
    is_formula = day.code == "next_day" or places < 0  # bulletins of other days and places are alike
    text = 0.0 if is_formula else COPIED if is_copy else LIKE_TITLE
    if day.weight + places + telling.most_else + text < JOIN_AT:
        return Weight((day, Reason("places", places)), day.weight + places)
    casualties = weigh_casualties(telling.finding, incident, is_again=bool(again))
    if text and not is_copy:
        text = weigh_title(telling, incident)
    reasons = (
        day,
        Reason("places", places),
        Reason("parties", weigh_parties(telling, incident)),
        Reason("acts", weigh_acts(telling, incident)),
        Reason("casualties", min(casualties, 0.0) if is_formula and again else casualties),
        Reason("stance", weigh_stance(telling.finding, incident, day, places)),
        Reason("text", text),
    )
    return Weight(reasons, sum([reason.weight for reason in reasons]))


def weigh_day(telling: Telling, incident: Profile, again: list[Heard]) -> Reason:
    """The same day speaks for it; another day only for what answers or continues an earlier report.

    A voice that tells of the next day (`again`: where it was heard) tells of something new: bulletins are
    alike every day.
    """
    occurred = telling.finding.occurred
    if occurred is None:
        since = telling.report.reported_at - incident.last_report_at
        return Reason("no_day", 0.0 if since.days <= 2 else -4.0)
    apart = min(abs((occurred - day).days) for day in incident.days)
    if apart > (MOST_DAYS_ANSWERED if telling.is_answer else MOST_DAYS_APART):
        return IMPOSSIBLE
    if _speaks_anew(telling, incident, again):
        return Reason("next_day", OWN_NEXT_DAY * max(apart, 1))
    return _weigh_other_day(telling, incident, again, apart) if apart else Reason("same_day", 1.5)


def _speaks_anew(telling: Telling, incident: Profile, again: list[Heard]) -> bool:
    """True when a source that told of it a night ago names no day of it, and says no more than it did."""
    finding, is_of_it = telling.finding, telling.finding.occurred in incident.days
    own = next((heard for heard in again if heard.source_id == telling.report.source.id), None)
    if own is None or telling.report.reported_at - own.first_at < OVERNIGHT:
        return False
    if telling.is_answer:
        is_more = finding.stance is Stance.UPDATE and raises_toll(finding, incident)
        return not is_of_it and not is_more
    if finding.stance in FOLLOWING or (is_of_it and telling.is_day_named):
        return False
    return finding.occurred != min(incident.days)


def _weigh_other_day(telling: Telling, incident: Profile, again: list[Heard], apart: int) -> Reason:
    if telling.is_answer:
        return Reason("answered_later", -0.2 * apart)
    is_told, is_own = telling.is_day_named, _is_own(telling, again)
    if apart == 1 and not is_own and repeats_toll(telling.finding, incident):
        return Reason("same_toll", -0.6)
    if (is_told and is_own) or (again and telling.finding.stance not in FOLLOWING):
        if apart == 1 and telling.report.reported_at - again[0].first_at < OVERNIGHT:
            return Reason("overnight", -1.2 if is_told or is_own else 0.0)
        return Reason("next_day", (OWN_NEXT_DAY if is_own else -3.2 if is_told else -2.6) * apart)
    if not is_told:
        is_morning_after = apart == 1 and telling.report.reported_at - incident.last_report_at < OVERNIGHT
        return Reason("day_unknown", -0.4 if is_morning_after else -0.8 * apart)
    return Reason("near_day", -0.6 if apart == 1 else -2.5 * apart)


def raises_toll(finding: Finding, incident: Profile) -> bool:
    """True when it counts more dead or hurt than were told before."""
    pairs = ((finding.killed, incident.killed), (finding.wounded, incident.wounded))
    return any(ours and (theirs is None or ours > theirs[1]) for ours, theirs in pairs)


def repeats_toll(finding: Finding, incident: Profile) -> bool:
    """True when it gives a number of dead or hurt that was told before, and none that is smaller."""
    pairs = ((finding.killed, incident.killed), (finding.wounded, incident.wounded))
    told = [(ours, theirs) for ours, theirs in pairs if ours is not None and theirs is not None]
    is_less = any(ours < low for ours, (low, _) in told)
    return not is_less and any(ours and ours in theirs for ours, theirs in told)


def _heard_before(telling: Telling, incident: Profile) -> list[Heard]:
    """Where the same source or accuser was heard already: it speaks again."""
    own = telling.report.source.id
    return [h for h in incident.heard if h.source_id == own or not telling.accuser.isdisjoint(h.accuser)]


def _is_own(telling: Telling, again: list[Heard]) -> bool:
    return any(heard.source_id == telling.report.source.id for heard in again)


def weigh_parties(telling: Telling, incident: Profile) -> float:
    """Parties are compared in either role: the other side swaps accuser and accused."""
    accused = {p for h in incident.heard for p in h.accused}
    accuser = {p for h in incident.heard for p in h.accuser}
    if not (telling.accused or telling.accuser) or not (accused or accuser):
        return 0.0
    if accused & telling.accused:
        return SAME_ACCUSED
    is_shared = accused & telling.accuser or accuser & (telling.accused | telling.accuser)
    return 1.0 if is_shared else -1.2


def weigh_acts(telling: Telling, incident: Profile) -> float:
    """The same act speaks for it a little; acts that nobody confuses speak against it."""
    ours, theirs = telling.acts, set(incident.acts) - {Act.OTHER}
    if not ours or not theirs:
        return 0.0
    if ours & theirs:
        return SAME_ACT
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
        return SAME_TOLL if is_rare else 1.0 if ours > 2 else 0.5 if ours else 0.1
    if not ours or not high:
        return -0.3
    more, fewer = max(ours, high), min(ours, low) or 1
    return 0.0 if more <= 3 * fewer or more - fewer <= 5 else -1.0


def weigh_stance(finding: Finding, incident: Profile, day: Reason, places: float) -> float:
    """A denial wants an incident to deny; a tally is an incident of its own, but two of one day are one.

    A tally that names the village of a single incident (`places` weighs that) may be how a monitor tells it.
    """
    answer, is_tally = _weigh_answer(finding), finding.stance is Stance.TALLY
    if is_tally != incident.is_tally:
        return answer - (1.4 if places >= SAME_VILLAGE else 3.0)
    return answer + (TWO_TALLIES if is_tally and day.code == "same_day" else 0.0)


def _weigh_answer(finding: Finding) -> float:
    return 1.2 if finding.stance is Stance.DENIAL else 0.8 if finding.stance in FOLLOWING else 0.0


def weigh_title(telling: Telling, incident: Profile) -> float:
    """A like headline of another source: one source's bulletins are alike whatever they tell."""
    own, language = telling.report.source.id, telling.finding.language
    others = (t.folded for t in incident.titles if t.source_id != own and t.language == language)
    likeness = (fuzz.token_sort_ratio(telling.title, other, score_cutoff=LIKE_TITLES) for other in others)
    return LIKE_TITLE if any(likeness) else 0.0


def is_other_side(telling: Telling, heard: Heard) -> bool:
    """True when the two are told by sides that oppose each other, and not by the same accuser."""
    own = telling.report.source
    if heard.source_id == own.id or not telling.accuser.isdisjoint(heard.accuser):
        return False
    if own.side in heard.accused:
        return True
    if telling.finding.stance is not Stance.DENIAL and not telling.accused.isdisjoint(heard.accused):
        return False  # who blames both, as an observer does, is no other side
    ours = not telling.accuser.isdisjoint(heard.accused)
    return ours or heard.side in telling.accused or not telling.accused.isdisjoint(heard.accuser)


def _weigh_scene(telling: Telling, incident: Profile, again: list[Heard]) -> float:
    """Who speaks for the first time, of the same day, may name the village across the line."""
    weight = weigh_places(telling.places, incident.places, is_other_side=False)
    if weight >= FACING:
        return weight
    if _is_own(telling, again):
        return min(weight, OWN_NEXT_PLACE) if weight < 0 else weight
    occurred = telling.finding.occurred
    is_new_voice = occurred is None or occurred in incident.days
    if is_new_voice and any(is_other_side(telling, heard) for heard in incident.heard):
        return weigh_places(telling.places, incident.places, is_other_side=True)
    return weight
