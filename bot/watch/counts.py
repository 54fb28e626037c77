"""What the service counts for good, each under a name and a label."""

from __future__ import annotations

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


def count_delays(reported_at: datetime, stored_at: datetime, sent_at: datetime) -> tuple[Count, ...]:
    """Of one message that left; a report that dates itself ahead took no time."""
    stored_s = max((sent_at - stored_at).total_seconds(), 0.0)
    reported_s = max((sent_at - reported_at).total_seconds(), 0.0)
    return (
        (Counted.STORED_TO_SENT, label_of(stored_s), 1),
        (Counted.STORED_TO_SENT_MS, "", round(stored_s * 1000)),
        (Counted.REPORTED_TO_SENT, label_of(reported_s), 1),
        (Counted.REPORTED_TO_SENT_MS, "", round(reported_s * 1000)),
    )
