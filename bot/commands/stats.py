"""/stats: the figures of the service, for those who run it; one section for each subject."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from bot.commands.condition import say_sending, say_short
from bot.commands.population import tell_chats
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.rendering.html import bold, escape
from bot.storage.alerts import AlertTimes, latest_times
from bot.storage.deliveries import queue_by_priority, queue_size
from bot.storage.states import PRIORITY_NAMES
from bot.storage.tallies import Totals, totals
from bot.watch.counts import REFUSED, Counted

DAY: Final = timedelta(days=1)
LATEST: Final = 3
"""Alerts whose way is told."""

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""
Section = Callable[[Visit, Connection], Awaitable[list[str]]]
"""Some lines of the answer, as HTML; none when there is nothing to tell."""


async def say_stats(visit: Visit) -> Screen:
    """/stats: every section in turn, as the rows are at one moment."""
    lines = [bold(visit.words.text("The figures of the service"))]
    async with visit.desk.db.reading() as conn:
        for section in SECTIONS:
            lines += await section(visit, conn)
    return Screen("\n".join(lines))


async def _tell_queue(visit: Visit, conn: Connection) -> list[str]:
    words, waiting = visit.words, await queue_by_priority(conn)
    size = await queue_size(conn)
    told = words.text(
        "Waiting: {waiting}; being sent: {sending}",
        waiting=words.number(size.pending),
        sending=words.number(size.sending),
    )
    named = {name: waiting.get(priority, 0) for priority, name in PRIORITY_NAMES.items()}
    return [_with_kinds(words, told, named)]


async def _tell_deliveries(visit: Visit, conn: Connection) -> list[str]:
    words, now = visit.words, visit.desk.clock.now()
    day = await totals(conn, now - DAY)
    hour = await totals(conn, now.replace(minute=0, second=0, microsecond=0))
    told = words.text(
        "Sent in 24 hours: {day}; this hour: {hour}",
        day=words.number(sum(_of(day, Counted.SENT).values())),
        hour=words.number(sum(_of(hour, Counted.SENT).values())),
    )
    return [
        _with_kinds(words, told, _of(day, Counted.SENT)),
        *_tell_trouble(words, day),
        *say_sending(words, day),
    ]


def _tell_trouble(words: Words, day: Totals) -> list[str]:
    """What went wrong in a day; nothing of what did not happen."""
    failed, uncertain = _of(day, Counted.FAILED), _of(day, Counted.UNCERTAIN)
    retried = _of(day, Counted.RETRIED)
    refused = retried.pop(REFUSED, 0)
    lines = [
        (refused, words.text("Refused as too many (429): {n}", n=words.number(refused)), {}),
        (sum(retried.values()), words.text("To be repeated: {n}", n=_sum(words, retried)), retried),
        (sum(failed.values()), words.text("Failed: {n}", n=_sum(words, failed)), failed),
        (
            sum(uncertain.values()),
            words.text("Possibly sent twice: {n}", n=_sum(words, uncertain)),
            uncertain,
        ),
    ]
    return [_with_kinds(words, told, kinds) for many, told, kinds in lines if many]


async def _tell_latest(visit: Visit, conn: Connection) -> list[str]:
    return [_tell_way(visit, times) for times in await latest_times(conn, LATEST)]


def _tell_way(visit: Visit, times: AlertTimes) -> str:
    """When the report came out, and how long each step after it took."""
    words, now = visit.words, visit.desk.clock.now()
    steps = [f"{bold(escape(times.code))}: {words.day(times.occurred)}"]
    reported = times.reported_at or times.stored_at
    steps.append(words.text("reported {when}", when=words.moment(reported, now) + " UTC"))
    moments = (
        (times.stored_at, words.text("stored")),
        (times.first_sent_at, words.text("first sent")),
        (times.last_sent_at, words.text("last sent")),
    )
    before = reported
    for moment, name in moments:
        if moment is not None:
            steps.append(f"{name} +{say_short(words, max(moment - before, timedelta(0)))}")
            before = moment
    return ", ".join((*steps, words.count("{n} delivery", "{n} deliveries", times.many)))


def _of(counted: Totals, name: Counted) -> dict[str, int]:
    """One name's counts by label, the largest first."""
    found = {label: many for (one, label), many in counted.items() if one is name}
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _sum(words: Words, kinds: Mapping[str, int]) -> str:
    return words.number(sum(kinds.values()))


def _with_kinds(words: Words, told: str, kinds: Mapping[str, int]) -> str:
    """The kinds are codes, the same as in the log and in `/metrics`."""
    named = ", ".join(f"{escape(kind)} {words.number(many)}" for kind, many in kinds.items() if many)
    return f"{told} ({named})" if named else told


SECTIONS: Final[tuple[Section, ...]] = (_tell_queue, _tell_deliveries, _tell_latest, tell_chats)
"""In the order in which they are told."""
