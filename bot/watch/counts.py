"""What the service counts for good, each under a name and a label."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from bot.watch.delays import bound_of

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
_DELAYS: Final = (
    (Counted.STORED_TO_SENT, Counted.STORED_TO_SENT_MS),
    (Counted.REPORTED_TO_SENT, Counted.REPORTED_TO_SENT_MS),
)


def count_delays(reported_at: datetime, stored_at: datetime, sent_at: datetime) -> Iterator[Count]:
    """Of one message that left; a report that dates itself ahead took no time."""
    for since, (steps, whole) in zip((stored_at, reported_at), _DELAYS, strict=True):
        delay = max(sent_at - since, timedelta(0))
        yield steps, f"{bound_of(delay):g}", 1
        yield whole, "", round(delay.total_seconds() * 1000)
