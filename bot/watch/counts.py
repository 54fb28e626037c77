"""What the service counts for good, each under a name and a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from bot.watch.delays import label_of

Count = tuple["Counted", str, int]
"""A name, a label, and how many more."""


class Counted(StrEnum):
    """The names; what their labels are stands beside each."""

    SENT = "sent"
    """Messages, edits and replies that left; the form."""
    FAILED = "failed"
    """What will never be sent; the reason, a code of `bot.sender.ANSWERS`."""
    RETRIED = "retried"
    """Requests that came to nothing for now; the reason."""
    EXPIRED = "expired"
    """What waited for too long; "too_old"."""
    UNCERTAIN = "uncertain"
    """What may have been sent twice; the cause: "crash" or "answer"."""
    CHECKS = "checks"
    """Checks of sources; "ok" or "failed"."""
    STORED_TO_SENT = "stored_to_sent"
    REPORTED_TO_SENT = "reported_to_sent"
    """Delays of first messages; the bound of `bot.watch.delays`."""
    STORED_TO_SENT_MS = "stored_to_sent_ms"
    REPORTED_TO_SENT_MS = "reported_to_sent_ms"
    """Their sums, in milliseconds; no label."""


REFUSED: Final = "too_many_requests"
"""The reason of a request that came too soon for Telegram (429)."""


def count_delays(reported_at: datetime, stored_at: datetime, *sent_at: datetime) -> tuple[Count, ...]:
    """Of messages of one alert that left; a report that dates itself ahead took no time."""
    return (
        *_count_since(Counted.STORED_TO_SENT, Counted.STORED_TO_SENT_MS, stored_at, sent_at),
        *_count_since(Counted.REPORTED_TO_SENT, Counted.REPORTED_TO_SENT_MS, reported_at, sent_at),
    )


def _count_since(
    name: Counted, in_all: Counted, began_at: datetime, sent_at: Sequence[datetime]
) -> Iterator[Count]:
    delays_s = [max((at - began_at).total_seconds(), 0.0) for at in sent_at]
    yield from ((name, label, many) for label, many in Counter(map(label_of, delays_s)).items())
    yield in_all, "", sum(round(delay_s * 1000) for delay_s in delays_s)
