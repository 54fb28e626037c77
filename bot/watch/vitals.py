"""What is observed of a source over its checks, in one small value that is kept in its row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.model import SourceKind

LAGS_KEPT = 50
"""Delays remembered of each source: enough for a 95th percentile, a few hundred bytes in its row."""
LONGEST_LAG = timedelta(days=2)
"""Whatever is dated further back was published late or dated wrongly: it says nothing about our speed."""
_WEIGHT_OF_NEWEST = 0.2
"""Of a new observation in a running mean: the last handful counts."""
_PAGE = re.compile(rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)
_CHALLENGE = re.compile(
    rb"captcha|cf-chl|challenge-platform|just a moment|are you (?:a )?(?:human|robot)|ddos-guard|"
    rb"verify (?:that )?you are|access denied|qrator|servicepipe",
    re.IGNORECASE,
)
_LOOKED_AT = 20_000
REFUSED = frozenset({401, 403, 407, 451})
GONE = frozenset({404, 410})
TOO_MANY = 429


class Fault(StrEnum):
    """Why the last check gave nothing, as far as it changes what is to be done about it."""

    NONE = ""
    OTHER = "other"
    NO_ANSWER = "no_answer"
    PAGE = "page"
    CHALLENGE = "challenge"
    REFUSED = "refused"
    GONE = "gone"
    TOO_OFTEN = "too_often"


@dataclass(frozen=True, slots=True)
class Vitals:
    """Running observations; every default means that nothing was observed yet."""

    entries: int | None = None
    """In the last document that was read."""
    newest_at: datetime | None = None
    """The latest date that any of its entries ever had."""
    rhythm_s: float | None = None
    """Running mean of the time between checks that brought news."""
    news: int = 0
    """Checks that brought news, the first not counted."""
    answer_s: float | None = None
    """Running mean of what an answer takes."""
    allowed_s: float = 0.0
    """What the source asked to be left alone for after its last answer."""
    floor_s: float = 0.0
    """The shortest wait that it seems to bear since it last answered 429; fades with good answers."""
    lags_s: tuple[int, ...] = ()
    """From published to stored, the latest last."""
    found_at: str = ""
    """Where the answer came from when that is not the address of the catalogue."""
    fault: Fault = Fault.NONE
    failing_since: datetime | None = None
    whole_at: datetime | None = None
    """When it last answered in full, rather than that nothing has changed."""


NOTHING_OBSERVED = Vitals()


def note_answer(
    seen: Vitals, *, elapsed: timedelta, allowed: timedelta | None, found_at: str, whole_at: datetime | None
) -> Vitals:
    """After an answer, with or without news. `whole_at`: now, when it came in full; else None."""
    return replace(
        seen,
        answer_s=_mean(seen.answer_s, elapsed.total_seconds()),
        allowed_s=allowed.total_seconds() if allowed else 0.0,
        floor_s=seen.floor_s * 0.9 if seen.floor_s > 1 else 0.0,
        found_at=found_at,
        fault=Fault.NONE,
        failing_since=None,
        whole_at=whole_at or seen.whole_at,
    )


def note_document(
    seen: Vitals,
    *,
    now: datetime,
    entries: int,
    newest_at: datetime | None,
    news_after: timedelta | None,
    lags: Iterable[timedelta],
) -> Vitals:
    """After a document was read. `news_after`: the time since the news before; None: nothing new."""
    dates = [d for d in (seen.newest_at, newest_at) if d is not None and d <= now + timedelta(minutes=10)]
    fresh = [max(round(lag.total_seconds()), 0) for lag in lags if lag <= LONGEST_LAG]
    rhythm_s, news = seen.rhythm_s, seen.news
    if news_after is not None:
        rhythm_s, news = _mean(rhythm_s, news_after.total_seconds()), news + 1
    return replace(
        seen,
        entries=entries,
        newest_at=max(dates, default=None),
        rhythm_s=rhythm_s,
        news=news,
        lags_s=(*seen.lags_s, *fresh)[-LAGS_KEPT:],
    )


def note_failure(seen: Vitals, fault: Fault, now: datetime, last_wait: timedelta) -> Vitals:
    """After a check that gave nothing; a 429 says that `last_wait` was too short."""
    floor_s = seen.floor_s
    if fault is Fault.TOO_OFTEN:
        floor_s = min(max(2 * floor_s, 2 * last_wait.total_seconds()), 3600.0)
    return replace(seen, fault=fault, floor_s=floor_s, failing_since=seen.failing_since or now)


def fault_of_status(status: int | None) -> Fault:
    """What an HTTP status other than 200 means for the source's health."""
    if status in REFUSED:
        return Fault.REFUSED
    if status in GONE:
        return Fault.GONE
    return Fault.TOO_OFTEN if status == TOO_MANY else Fault.OTHER


def fault_of_document(kind: SourceKind, body: bytes) -> Fault:
    """What stands there instead of the document that was expected and could not be read."""
    head = body[:_LOOKED_AT]
    is_page = _PAGE.search(head) is not None
    if is_page and _CHALLENGE.search(head):
        return Fault.CHALLENGE
    return Fault.PAGE if is_page and kind is SourceKind.FEED else Fault.OTHER


def percentile(values: Sequence[int], share: float) -> int | None:
    """The value that `share` (0 to 1) of the values do not exceed; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    rank = max(0, -(-len(ordered) * round(share * 100) // 100) - 1)
    return ordered[rank]


def _mean(before: float | None, now: float) -> float:
    return now if before is None else before + _WEIGHT_OF_NEWEST * (now - before)
