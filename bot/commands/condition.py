"""How a source is, in words, with the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.data.messages import Words
from bot.rendering.html import clean, escape, shorten
from bot.watch.counts import Counted
from bot.watch.delays import quantile
from bot.watch.health import Diagnosis, Health, Why
from bot.watch.vitals import percentile

_LONGEST_DETAIL = 80
_MINUTE_S = 60
_MARKS = {
    Health.UNKNOWN: "▫️",
    Health.PAUSED: "⏸",
    Health.OK: "✅",
    Health.SLOW: "🐢",
    Health.MOVED: "↪️",
    Health.STALE: "💤",
    Health.FAILING: "⚠️",
    Health.BLOCKED: "⛔",
}


def mark_of(found: Diagnosis) -> str:
    """One sign for each state of health."""
    return _MARKS[found.health]


def say_why(words: Words, found: Diagnosis, now: datetime) -> str:
    """The evidence as a clause, HTML; empty for a source that is well."""
    span = words.span(found.span) if found.span else ""
    detail = escape(shorten(clean(found.detail), _LONGEST_DETAIL))
    since = words.moment(found.since, now) if found.since else ""
    said = {
        Why.NOTHING: "",
        Why.ERROR: detail,
        Why.PAGE: words.text("answers with a web page instead of what it used to"),
        Why.CHALLENGE: words.text("asks for a proof of being human instead of answering"),
        Why.REFUSED: words.text("refuses to answer: {why}", why=detail),
        Why.GONE: words.text("nothing is at its address any more: {why}", why=detail),
        Why.TOO_OFTEN: words.text("says that it is asked too often"),
        Why.EMPTY: words.text("answers without any entries"),
        Why.SAME: words.text("has had the same entries for {span}", span=span),
        Why.SILENT: words.text("silent since {when}; usually it speaks every {span}", when=since, span=span),
        Why.SLOW_ANSWER: words.text("takes {span} to answer", span=span),
        Why.SLOW_NEWS: words.text("its reports come {span} after they are dated", span=span),
        Why.ELSEWHERE: words.text("answers from another address: {address}", address=detail),
    }
    return said[found.why]


def say_delay(words: Words, lags_s: tuple[int, ...]) -> str:
    """From published to stored, the median and the 95th percentile; empty when nothing was measured."""
    half, most = percentile(lags_s, 0.5), percentile(lags_s, 0.95)
    if half is None or most is None:
        return ""
    return words.text(
        "from published to stored: p50 {half}, p95 {most}",
        half=words.span(timedelta(seconds=half)),
        most=words.span(timedelta(seconds=most)),
    )


def say_sending(words: Words, counted: Mapping[tuple[Counted, str], int]) -> list[str]:
    """How soon first messages left, from the alert and from the report; nothing when none was measured."""
    said = []
    for name in (Counted.STORED_TO_SENT, Counted.REPORTED_TO_SENT):
        steps = {float(label): many for (one, label), many in counted.items() if one is name}
        half, most = quantile(steps, 0.5), quantile(steps, 0.95)
        if half is None or most is None:
            continue
        shown = {"half": say_short(words, half), "most": say_short(words, most)}
        if name is Counted.STORED_TO_SENT:
            said.append(words.text("From stored to sent: p50 {half}, p95 {most}", **shown))
        else:
            said.append(words.text("From reported to sent: p50 {half}, p95 {most}", **shown))
    return said


def say_short(words: Words, span: timedelta) -> str:
    """A length of time, with tenths where it is a matter of seconds."""
    seconds = span.total_seconds()
    if seconds >= _MINUTE_S:
        return words.span(span)
    return words.text("{n} s", n=words.number(round(seconds, 1 if seconds >= 1 else 2)))
