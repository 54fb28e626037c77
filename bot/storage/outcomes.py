"""What a batch of sends came to, for the deliveries and for their chats, in one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import Alert, DeliveryForm, DeliveryState
from bot.storage.alerts import note_sent
from bot.storage.chats import mark_gone, topics_of
from bot.storage.columns import to_microseconds
from bot.storage.deliveries import Recorded, hold_chat, record
from bot.storage.moves import migrate
from bot.storage.settings import LAST_SENT_AT, put_setting
from bot.storage.tallies import add_counts
from bot.watch.counts import Count, Counted, count_delays
from bot.watch.delays import reported_at


class Settled(NamedTuple):
    """What came of a claimed delivery, and what follows for its chat.

    `hold_until`: nothing goes to the chat before. `is_chat_gone`: it gets nothing more, with all its topics
    unless only the topic is gone. `new_telegram_id`: the group's number from now on. `counts`: what it adds
    to the tallies besides what is counted of all that left: its `form`, and the way of the `alert` it told.
    """

    recorded: Recorded
    chat_id: int
    telegram_id: int
    hold_until: datetime | None = None
    is_chat_gone: bool = False
    is_topic_only: bool = False
    new_telegram_id: int | None = None
    counts: tuple[Count, ...] = ()
    form: DeliveryForm | None = None
    alert: Alert | None = None


async def settle(conn: AsyncConnection, outcomes: Sequence[Settled], now: datetime) -> None:
    """Keep all of them; doing it twice changes nothing."""
    await record(conn, [outcome.recorded for outcome in outcomes])
    for outcome in outcomes:
        if outcome.hold_until is not None:
            await hold_chat(conn, outcome.chat_id, outcome.hold_until)
        if outcome.is_chat_gone:
            await _lose_chat(conn, outcome, now)
        if outcome.new_telegram_id is not None:
            await migrate(conn, outcome.telegram_id, outcome.new_telegram_id)
    await _count(conn, outcomes, now)


async def _count(conn: AsyncConnection, outcomes: Sequence[Settled], now: datetime) -> None:
    sent = [outcome for outcome in outcomes if outcome.recorded.state is DeliveryState.SENT]
    told: dict[int, list[Settled]] = {}
    for outcome in sent:
        if outcome.alert is not None and outcome.alert.id is not None:
            told.setdefault(outcome.alert.id, []).append(outcome)
    await add_counts(conn, chain(_count_sent(sent, told), *(each.counts for each in outcomes)), now)
    for alert_id, of_alert in sorted(told.items()):
        await note_sent(conn, alert_id, now, len(of_alert))
    if sent:
        await put_setting(conn, LAST_SENT_AT, to_microseconds(now))


def _count_sent(sent: Sequence[Settled], told: Mapping[int, Sequence[Settled]]) -> Iterator[Count]:
    """All that left, by form; and how long first messages took: what follows them keeps its distance."""
    forms = Counter(outcome.form for outcome in sent)
    yield from ((Counted.SENT, form, many) for form, many in forms.items() if form is not None)
    for of_alert in told.values():
        alert = of_alert[0].alert
        first = [each.recorded.at for each in of_alert if each.form is DeliveryForm.MESSAGE]
        if alert is not None and first:
            yield from count_delays(reported_at(alert), alert.created_at, *first)


async def _lose_chat(conn: AsyncConnection, outcome: Settled, now: datetime) -> None:
    if outcome.is_topic_only:
        await mark_gone(conn, outcome.chat_id, now)
        return
    for chat in await topics_of(conn, outcome.telegram_id):
        await mark_gone(conn, chat.id, now)
