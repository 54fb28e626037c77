"""What an answer means for a delivery's row and its chat's: pure, from an outcome to what is stored."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.model import Alert, DeliveryForm, DeliveryState
from bot.sender import Fate, Outcome
from bot.storage.deliveries import ClaimedDelivery, Recorded
from bot.storage.outcomes import Settled
from bot.watch.counts import Count, Counted

LONGEST_RETRY_S: Final = 300.0
MOST_DOUBLINGS: Final = 8


def settle_answer(
    claimed: ClaimedDelivery, outcome: Outcome, now: datetime, alert: Alert | None = None
) -> Settled:
    """What is stored after a request that is over (every fate but SIMPLER); `alert`: what it told, if any."""
    match outcome.fate:
        case Fate.SENT:
            return _settled(claimed, DeliveryState.SENT, outcome, now, alert=alert)
        case Fate.RETRY:
            until = now + timedelta(seconds=lengthen(outcome, claimed.attempts))
            return _settled(claimed, DeliveryState.PENDING, outcome, now, hold_until=until)
        case Fate.UNCERTAIN if not claimed.is_uncertain:
            again = now + timedelta(seconds=outcome.retry_after_s)
            return _settled(claimed, DeliveryState.PENDING, outcome, now, not_before=again)
        case Fate.OUTAGE | Fate.MIGRATED:
            return _settled(claimed, DeliveryState.PENDING, outcome, now)
        case _:
            return _settled(claimed, DeliveryState.FAILED, outcome, now)


def settle_unsent(claimed: ClaimedDelivery, wait_s: float, now: datetime) -> Settled:
    """Back to the outbox without a request; an edit waits alone, anything else makes its chat wait."""
    until = now + timedelta(seconds=wait_s) if wait_s else None
    is_edit = claimed.form is DeliveryForm.EDIT
    hold_until, not_before = (None, until) if is_edit else (until, None)
    unsent = Outcome(Fate.RETRY)
    return _settled(claimed, DeliveryState.PENDING, unsent, now, hold_until=hold_until, not_before=not_before)


def settle_interrupted(claimed: ClaimedDelivery, now: datetime) -> Settled:
    """A request cut short by the end of the service: it may have arrived, and goes out once more."""
    return _settled(claimed, DeliveryState.PENDING, Outcome(Fate.UNCERTAIN, "stopped"), now)


def lengthen(outcome: Outcome, attempts: int) -> float:
    """Seconds to wait: what Telegram asked for, or the rule's own time, doubled with every attempt."""
    if outcome.reason == "too_many_requests":
        return outcome.retry_after_s
    doubled = outcome.retry_after_s * (1 << min(attempts - 1, MOST_DOUBLINGS))
    return max(outcome.retry_after_s, min(doubled, LONGEST_RETRY_S))


def _count(state: DeliveryState, outcome: Outcome) -> tuple[Count, ...]:
    """One request that is over and told nothing; what never left is not counted."""
    if state is DeliveryState.SENT:
        return ()
    if state is DeliveryState.FAILED:
        return ((Counted.FAILED, outcome.reason, 1),)
    counts: tuple[Count, ...] = ((Counted.RETRIED, outcome.reason, 1),) if outcome.reason else ()
    return (*counts, (Counted.UNCERTAIN, "answer", 1)) if outcome.fate is Fate.UNCERTAIN else counts


def _settled(
    claimed: ClaimedDelivery,
    state: DeliveryState,
    outcome: Outcome,
    now: datetime,
    *,
    not_before: datetime | None = None,
    hold_until: datetime | None = None,
    alert: Alert | None = None,
) -> Settled:
    is_edit_anew = claimed.form is DeliveryForm.EDIT and outcome.message_id not in (
        None,
        claimed.target_message_id,
    )
    recorded = Recorded(
        claimed.id,
        state,
        now,
        message_id=outcome.message_id,
        reason=outcome.reason or None,
        not_before=not_before,
        is_uncertain=claimed.is_uncertain or outcome.fate is Fate.UNCERTAIN,
        renewed_id=claimed.target_id if is_edit_anew else None,
    )
    return Settled(
        recorded,
        claimed.chat_id,
        claimed.telegram_id,
        hold_until=hold_until,
        is_chat_gone=outcome.fate is Fate.GONE,
        is_topic_only=outcome.reason == "topic_deleted",
        new_telegram_id=outcome.new_telegram_id,
        counts=_count(state, outcome),
        form=claimed.form,
        alert=alert,
    )
