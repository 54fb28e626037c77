"""The day on which it happened: the dates and days that a report names, weighed against each other."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from bot.reading.days import OLDEST, Day
from bot.reading.passages import Passages

LEAST_WEIGHT = 0.4
"""Less likely days tell nothing: then the day of the report is the best guess."""

VERB_LAST = frozenset({"tr", "az", "hi", "ur", "fa", "ps", "am", "ko", "my", "ka", "hy", "ja", "zh"})
"""Languages whose verb stands at the end, and whose truces follow the day of their beginning."""

SAID_PENALTY, SAID_TODAY_PENALTY, SINCE_PENALTY, LAST_BONUS = 1.4, 0.6, 1.5, 0.8

SAID_REACH = 16
"""Letters between a day and the verb of saying that it belongs to."""

OF_REACH, SINCE_REACH = 4, 30
"""Letters between a truce and the day on which it was made: `of 9 November`, `in force since 1 October`."""

EFFECT_REACH = 24
"""Letters between words like `took effect` and the day on which a truce began."""

BEGUN_REACH = 34
"""Letters between the day on which a truce began and the truce: Turkish `dün başlayan ateşkes`."""

BEGINS_REACH = 6
"""Letters between an act and `began`: it was the act that did, `fighting that began on Monday`."""

EAST_ASIAN_REACH = 12
"""The same as BEGUN_REACH for days in figures: Chinese `22日晚开始的停火`."""

BREACH_REACH = 20
"""Letters between `violation` and the truce that it is of: such a day is the violation's."""

_KIND_WEIGHTS = {"date": 3.3, "relative": 2.6, "today": 0.8, "weekday": 2.8, "number": 2.4}
"""`today` says no more than the date of the report."""


SENTENCE_PENALTY = 0.25
"""News stands at the top."""

AND_REACH, NIGHT_REACH = 6, 18
"""Letters between the weekday on which a night began and the one on which it ended, more than for `and`."""

MORNING_PENALTY = 0.3

PAST_PENALTY, TRUCE_PENALTY, NAME_PENALTY = 4.0, 3.5, 1.0
"""For days of older matters, of the agreement itself, and more for one that is the agreement's name."""

TODAY_PENALTIES = {"weekday": 0.7, "number": 0.7, "date": 0.3}
"""A day that is the report's own more often tells when something was said."""

_SINCE = re.compile(
    r" (?:since|as of|as at|с|со|по состоянию на|з|із|станом на|depuis|desde|din|منذ|מאז)"
    r"(?: (?:the|le|la|el|o|a))? (?:\d\d \d\d )?(?:\d{1,2} )?(?:de )?$"
)
"""`since Monday`: the beginning of a longer time."""

_UNTIL = re.compile(
    r" (?:until|till|до|jusqu a|jusqu au|hasta|ate|حتي|الي|עד|pana|kadar|mpaka|hanggang)"
    r"(?: (?:the|le|la|el|o|a))? (?:\d\d \d\d )?(?:\d{1,2} )?(?:de )?$"
)
"""`until Monday` may be one that comes."""

_THAT = re.compile(r" (?:that|что|що|que|qu|ca|oti|ان|انه|انها|بان|כי|na|kuwa|kwamba|რომ) |ว่า|ថា|ότι|οτι| ש")
"""What opens the words that were said: a day behind it is one that they name."""

_LAST = re.compile(r"(?:지난 ?|本月|上月|이달 ?)$")
"""Korean and Chinese: of the days named, the last one is told of, the other is when it was said."""

EARLY = timedelta(hours=2)
"""A report from the small hours tells of the day that has just ended."""


def day_of_report(moment: datetime, zone: tzinfo) -> date:
    """The local day that a report made at this moment tells of where it names none."""
    return (moment.astimezone(zone) - EARLY).date()


def judge_day(passages: Passages, days: list[Day]) -> Day | None:
    """The day of the incident; None when no day that could be it is named."""
    recent = [d for d in days if passages.published - d.day <= OLDEST]
    weighed = [
        (_weight(passages, day) - MORNING_PENALTY * _ends_a_night(before, day), -day.position, day)
        for before, day in zip([None, *recent], recent, strict=False)
    ]
    best = max(weighed, default=None)
    return best[2] if best and best[0] >= LEAST_WEIGHT else None


def _ends_a_night(before: Day | None, day: Day) -> bool:
    """Whether the day only ends what began on the one before: `from Tuesday night to Wednesday morning`."""
    return (
        before is not None
        and before.kind == day.kind == "weekday"
        and AND_REACH < day.position - before.end <= NIGHT_REACH
        and day.day - before.day == timedelta(days=1)
    )


def _weight(passages: Passages, day: Day) -> float:
    text, found = passages.text, passages.found
    sentence = text.sentence_of(day.position)
    start, end = text.sentence_span(sentence)
    is_today = day.day == passages.published
    weight = _KIND_WEIGHTS["today" if day.kind == "relative" and is_today else day.kind]
    if found.has_under("acts", start, end):
        weight += 1.5
    weight -= TODAY_PENALTIES.get(day.kind, 0.0) * is_today
    if passages.is_past(day.position):
        weight -= PAST_PENALTY
    if day.kind == "date" and text.body_start <= day.position < text.dateline_end:
        weight -= 4.0
    if is_of_the_truce(passages, day):
        weight -= TRUCE_PENALTY
    weight -= NAME_PENALTY * any(0 <= day.position - h.end <= OF_REACH for h in found.of("truce.words"))
    if day.position < text.body_start and not (is_today and day.kind == "relative"):
        weight += 0.8
    if _is_said_then(passages, day):
        weight -= SAID_TODAY_PENALTY if is_today else SAID_PENALTY
    before = text.folded[max(0, day.position - 24) : day.position]
    if _SINCE.search(before):
        weight -= SINCE_PENALTY
    if _UNTIL.search(before):
        weight -= PAST_PENALTY
    weight += LAST_BONUS * bool(_LAST.search(before))
    weight -= SENTENCE_PENALTY * sentence + 0.08 * (passages.published - day.day).days
    return weight


def is_of_the_truce(passages: Passages, day: Day) -> bool:
    """Whether the day is the agreement's own: `the ceasefire of 27 November`, `signed on Tuesday`."""
    found = passages.found
    clause = passages.text.clause_of(day.position)
    acts, breaches = found.under("acts"), found.of("truce.breach")
    dated = any(
        0 <= day.position - h.end <= OF_REACH
        or (
            day.kind == "date"
            and (0 <= day.position - h.end <= SINCE_REACH or 0 <= h.start - day.end <= 3)
            and passages.text.clause_of(h.start) == clause
            and not any(h.end <= act.start < day.position for act in acts)
            and not any(-BREACH_REACH <= breach.start - h.start <= BREACH_REACH for breach in breaches)
        )
        for h in found.of("truce.words")
    )
    if passages.language in VERB_LAST and day.kind != "date":
        reach = EAST_ASIAN_REACH if day.kind == "number" else BEGUN_REACH
        dated = dated or any(
            0 <= h.start - day.end <= reach
            and passages.text.clause_of(h.start) == clause
            and not any(day.end <= act.start < h.start for act in acts)
            and not any(0 <= breach.start - h.start <= BEGUN_REACH for breach in breaches)
            for h in found.of("truce.words")
        )
    dated = dated or _is_of_the_beginning(passages, day)
    return dated or any(0 <= day.position - h.end <= 14 for h in found.of("truce.talks"))


def _is_of_the_beginning(passages: Passages, day: Day) -> bool:
    """Whether a truce took effect on that day: `in force from Wednesday`, Turkish `Friday begun truce`."""
    text = passages.text
    clause, acts = text.clause_of(day.position), passages.found.under("acts")
    for hit in passages.found.of("truce.began"):
        is_behind = passages.language in VERB_LAST and 0 <= hit.start - day.end <= EFFECT_REACH
        is_before = 0 <= day.position - hit.end <= EFFECT_REACH
        if not (is_behind or is_before) or text.clause_of(hit.start) != clause:
            continue
        if any(0 <= hit.start - act.end <= BEGINS_REACH for act in acts):
            continue
        first, last = sorted((hit.start, day.position))
        if not any(first <= act.start < last for act in acts):
            return True
    return False


def _is_said_then(passages: Passages, day: Day) -> bool:
    """Whether the day tells when something was said: a verb of saying beside it.

    Where verbs stand last the day of saying comes before the verb, and what follows is what was said.
    """
    is_verb_last, text = passages.language in VERB_LAST, passages.text
    reach = SAID_REACH if is_verb_last else 3
    return any(
        (0 <= hit.start - day.end <= reach and text.sentence_of(hit.start) == text.sentence_of(day.position))
        or (
            not is_verb_last
            and 0 <= day.position - hit.end <= SAID_REACH
            and not _THAT.search(text.folded, hit.start, day.position)
        )
        for code in ("stance.report", "stance.accuse", "stance.deny", "stance.confirm")
        for hit in passages.found.of(code)
    )
