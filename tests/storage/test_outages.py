"""After an outage: what is late is told a chat in one message, and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState, Severity
from bot.storage import outages
from bot.storage.alerts import add_alert, queue_next_chunk, unqueued_alerts
from bot.storage.columns import to_microseconds
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, claim_due, hold_chat, record
from bot.storage.incidents import add_incident, save_incident
from bot.storage.outages import LATE, SETTLING, find_late, in_parts, is_catching_up, merge_late
from bot.storage.rollups import members_of
from bot.storage.settings import LAST_SENT_AT, put_setting
from bot.storage.tables import delivery
from bot.storage.tallies import add_counts, fold_hours
from bot.watch.counts import Counted
from tests.clock import START
from tests.storage.test_following import send_due
from tests.storage.values import a_chat, an_alert, an_incident, expire, states, tell

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAY = 24 * HOUR


async def merge(conn: AsyncConnection, now: datetime) -> int:
    return sum([await merge_late(conn, part, now) for part in in_parts(await find_late(conn, now))])


async def codes(conn: AsyncConnection, roll_id: int | None) -> list[str]:
    assert roll_id is not None
    return [each.code for each in await members_of(conn, roll_id)]


async def test_a_day_of_waiting_messages_becomes_one(db: Database) -> None:
    """Forty alerts of two theatres, grave ones too, leave as one roll-up; another chat's one stays alone."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill", "south")
        await a_chat(conn, 2, "lake")
        for number in range(40):
            severity = Severity.GRAVE if number % 9 == 0 else Severity.SERIOUS
            theatre = "south" if number % 2 else "north"
            incident = an_incident(f"N-{number:02}", (theatre, "hill"), theatre=theatre, severity=severity)
            await tell(conn, incident, now=START + number * 36 * MINUTE)
        await tell(conn, an_incident("L-1", ("lake",)), now=START)
        now = START + DAY
        assert await merge(conn, now) > 0
        assert await merge(conn, now) == 0
        left = await send_due(conn, now)
        assert sorted((each.telegram_id, str(each.form)) for each in left) == [(1, "rollup"), (2, "message")]
        (roll,) = [each for each in left if each.form is DeliveryForm.ROLLUP]
        assert sorted(await codes(conn, roll.rollup_id)) == [f"N-{number:02}" for number in range(40)]
        assert await send_due(conn, now) == []


async def test_fresh_news_leaves_first_and_alone(db: Database) -> None:
    """What was queued just now is no part of it, and does not wait behind it."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(3):
            await tell(conn, an_incident(f"N-{number}"))
        now = START + LATE + MINUTE
        await tell(conn, an_incident("N-9"), now=now)
        assert await merge(conn, now) == 3
        first, second = await send_due(conn, now), await send_due(conn, now)
        assert [str(each.form) for each in (*first, *second)] == ["message", "rollup"]


async def test_a_short_wait_merges_nothing(db: Database) -> None:
    """Half an hour is not late; nor is a single message, nor what waits for its own time."""
    async with db.writing() as conn:
        chat = await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "hill", "lake")
        await tell(conn, an_incident("N-1"))
        await tell(conn, an_incident("L-1", ("lake",)))
        assert await merge(conn, START + LATE) == 0
        later = {"not_before": START + DAY}
        await conn.execute(update(delivery).where(delivery.c.chat_id != chat.id).values(**later))
        assert await merge(conn, START + LATE + MINUTE) == 0


async def test_a_long_queue_is_no_outage(db: Database) -> None:
    """While messages leave, only a chat that Telegram asked to leave alone gets its own in one."""
    async with db.writing() as conn:
        held, _ = await a_chat(conn, 1, "hill"), await a_chat(conn, 2, "hill")
        for number in range(2):
            await tell(conn, an_incident(f"N-{number}"))
        now = START + HOUR
        assert await outages.was_silent(conn, now)
        await put_setting(conn, LAST_SENT_AT, to_microseconds(now - MINUTE))
        assert not await outages.was_silent(conn, now)
        assert await find_late(conn, now, is_after_outage=False) == []
        await hold_chat(conn, held.id, START + MINUTE)
        late = await find_late(conn, now, is_after_outage=False)
        assert [each.chat_id for each in late] == [held.id] * 2


async def test_what_may_have_arrived_stays_alone(db: Database) -> None:
    """A message that was being sent at a crash goes out once more as itself."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(3):
            await tell(conn, an_incident(f"N-{number}"))
        (first, *_) = await claim_due(conn, START, 1)
        await record(conn, [Recorded(first.id, DeliveryState.PENDING, START, is_uncertain=True)])
        now = START + HOUR
        assert await merge(conn, now) == 2
        assert [str(each.form) for each in (*await send_due(conn, now), *await send_due(conn, now))] == [
            "message",
            "rollup",
        ]


async def test_what_is_claimed_meanwhile_is_let_be(db: Database) -> None:
    """Between finding and merging one has left: it is told once, and a chat's last one stays alone."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(2):
            await tell(conn, an_incident(f"N-{number}"))
        now = START + HOUR
        late = await find_late(conn, now)
        (claimed,) = await claim_due(conn, now, 1)
        assert await merge_late(conn, late, now) == 0
        await record(conn, [Recorded(claimed.id, DeliveryState.SENT, now, message_id=5)])
        assert [str(each.form) for each in await send_due(conn, now)] == ["message"]


async def test_a_longer_outage_grows_the_message(db: Database) -> None:
    """Later ones join what waits; the roll-ups of busy hours dissolve in it; the oldest drop out unread."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(9):
            await tell(conn, an_incident(f"A-{number}"), now=START)
        assert [form for _, form, _ in await states(conn)].count("rollup") == 1
        assert await merge(conn, START + HOUR) > 0
        await tell(conn, an_incident("B-1"), now=START + 20 * HOUR)
        await tell(conn, an_incident("B-2"), now=START + 20 * HOUR)
        assert await merge(conn, START + 21 * HOUR) == 2
        now = START + 25 * HOUR
        assert await expire(conn, now - DAY) == 9
        (roll,) = await send_due(conn, now)
        assert await codes(conn, roll.rollup_id) == ["B-1", "B-2"]
        reasons = (await conn.execute(select(delivery.c.reason))).scalars()
        assert set(reasons) == {"it waited too long", None}


async def test_a_message_whose_news_is_all_too_old_is_given_up(db: Database) -> None:
    """With the last of what it told, the roll-up goes."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        for number in range(2):
            await tell(conn, an_incident(f"N-{number}"))
        await merge(conn, START + HOUR)
        assert await expire(conn, START + MINUTE) > 0
        assert await send_due(conn, START + DAY + MINUTE) == []
        assert {state for _, _, state in await states(conn)} == {"expired"}


async def test_what_happens_to_a_merged_incident_is_in_the_message(db: Database) -> None:
    """Before it leaves it tells the newest; afterwards it is edited."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told = [(await tell(conn, an_incident(f"N-{number}")))[0] for number in range(2)]
        now = START + HOUR
        await merge(conn, now)
        await save_incident(conn, replace(told[0], changes=7))
        await tell(conn, replace(told[0], changes=7), kind=AlertKind.GROWN, now=now)
        (roll,) = await send_due(conn, now)
        assert [each.changes for each in await members_of(conn, roll.id)] == [7, 0]
        assert await send_due(conn, now) == []
        await tell(conn, told[1], kind=AlertKind.GROWN, now=now)
        (edit,) = await send_due(conn, now)
        assert (edit.form, edit.rollup_id) == (DeliveryForm.EDIT, roll.id)


async def good_checks(conn: AsyncConnection, *hours: float) -> None:
    """Hours before or after the start in which a source was checked well."""
    for hour in hours:
        await add_counts(conn, [(Counted.CHECKS, "ok", 1)], START + hour * HOUR)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ((), False),
        ((0,), False),
        ((-1, 0), False),
        ((-3, -2, -1, 0), False),
        ((-9, -3, -2, -1), False),
        ((-4, 0), True),
        ((-4, -1, 0), True),
        ((-9, -3, -2, 0), True),
        ((-400, 0), True),
    ],
)
async def test_when_an_outage_was(db: Database, hours: tuple[float, ...], expected: bool) -> None:
    """An hour without any good check among the last three; not before the very first check."""
    async with db.writing() as conn:
        await good_checks(conn, *hours)
        await fold_hours(conn, START)
        assert await is_catching_up(conn, START + 30 * MINUTE) is expected


async def late_news(conn: AsyncConnection, number: int, age: timedelta = 5 * HOUR, **more: Any) -> None:
    """An incident that was reported long before it is stored, at the start of the clock."""
    told = an_incident(f"N-{number}", last_report_at=START - age, **more)
    stored = await add_incident(conn, told)
    await add_alert(conn, an_alert(stored))


async def queue_all(conn: AsyncConnection, now: datetime) -> None:
    for alert_id in await unqueued_alerts(conn, now):
        await queue_next_chunk(conn, alert_id, now)


async def test_late_news_after_an_outage_is_one_message(db: Database) -> None:
    """It waits a minute for its like, of any theatre, grave or not; fresh news waits for nothing."""
    async with db.writing() as conn:
        await good_checks(conn, -9, 0)
        await a_chat(conn, 1, "hill")
        for number in range(12):
            severity = Severity.GRAVE if number == 3 else Severity.MINOR
            await late_news(conn, number, theatre="south" if number % 2 else "north", severity=severity)
        await late_news(conn, 99, age=MINUTE)
        await queue_all(conn, START)
        assert [str(each.form) for each in await send_due(conn, START)] == ["message"]
        now = START + SETTLING
        await queue_all(conn, now)
        (roll,) = await send_due(conn, now)
        assert len(await members_of(conn, roll.id)) == 12
        assert await send_due(conn, now) == []


async def test_late_news_alone_is_a_message(db: Database) -> None:
    """One is not many, whatever came before it."""
    async with db.writing() as conn:
        await good_checks(conn, -9, 0)
        await a_chat(conn, 1, "hill")
        await late_news(conn, 1)
        await queue_all(conn, START + SETTLING)
        assert [str(each.form) for each in await send_due(conn, START + SETTLING)] == ["message"]


async def test_late_news_without_an_outage_is_as_any_other(db: Database) -> None:
    """A source that publishes late every day is told at once."""
    async with db.writing() as conn:
        await good_checks(conn, -3, -2, -1, 0)
        await a_chat(conn, 1, "hill")
        for number in range(3):
            await late_news(conn, number)
        await queue_all(conn, START)
        forms = [str(each.form) for _ in range(3) for each in await send_due(conn, START)]
        assert forms == ["message"] * 3


async def test_fresh_news_is_never_hidden_in_what_was_late(db: Database) -> None:
    """The hour after an outage counts its six alone, and then has a roll-up of its own."""
    async with db.writing() as conn:
        await good_checks(conn, -9, 0)
        await a_chat(conn, 1, "hill")
        for number in range(8):
            await late_news(conn, number)
        await queue_all(conn, START + SETTLING)
        await send_due(conn, START + SETTLING)
        now = START + 5 * MINUTE
        for number in range(20, 28):
            await tell(conn, an_incident(f"N-{number}"), now=now)
        forms = [str(each.form) for _ in range(9) for each in await send_due(conn, now)]
        assert sorted(forms) == ["message"] * 6 + ["rollup"]


def test_parts_keep_a_chat_together() -> None:
    """However long a chat's list is, its messages are merged in one transaction."""
    late = [outages.Late(number, number // 400, 1, 1, DeliveryForm.MESSAGE, START) for number in range(1_200)]
    assert [len(part) for part in in_parts(late)] == [800, 400]
