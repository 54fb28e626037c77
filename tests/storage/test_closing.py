"""What served to deliver an incident of long ago goes; the record stays, and nobody is told of it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState, Incident
from bot.retention import Retention
from bot.storage import closing
from bot.storage.database import Database
from bot.storage.incidents import get_incident
from bot.storage.tables import alert, alert_term, delivery, incident
from tests.clock import START
from tests.storage.values import a_chat, an_incident, queued, tell

KEEP = timedelta(days=30)
LATER = START + KEEP + timedelta(days=1)
SENT = {"state": DeliveryState.SENT, "sent_at": START, "message_id": 1}


async def happen(conn: AsyncConnection, number: int, *, is_old: bool = True) -> Incident:
    """An incident that was told and sent to everybody in its region, long ago or just now."""
    at = START if is_old else LATER
    made = an_incident(f"N-{number}", opened_at=at, last_report_at=at)
    stored, alert_id = await tell(conn, made)
    await conn.execute(update(alert).where(alert.c.id == alert_id).values(created_at=at))
    await conn.execute(update(delivery).where(delivery.c.alert_id == alert_id).values(**SENT))
    return stored


async def gather(conn: AsyncConnection, first: Incident, *others: Incident) -> int:
    """Make a roll-up of the messages about incidents, as if they had come in a busy hour."""
    row = (await conn.execute(select(delivery).where(delivery.c.incident_id == first.id))).first()
    assert row is not None
    values = row._asdict() | {"form": DeliveryForm.ROLLUP}
    del values["id"]
    roll_id = (await conn.execute(insert(delivery).values(**values).returning(delivery.c.id))).scalar_one()
    inside = delivery.c.incident_id.in_([first.id, *(each.id for each in others)])
    is_message = delivery.c.form == DeliveryForm.MESSAGE
    await conn.execute(update(delivery).where(inside, is_message).values(target_id=roll_id))
    return int(roll_id)


async def left(db: Database) -> tuple[set[int], set[int]]:
    """Incidents that deliveries and alerts are left of."""
    async with db.reading() as conn:
        deliveries = set((await conn.execute(select(delivery.c.incident_id))).scalars())
        return deliveries, set((await conn.execute(select(alert.c.incident_id))).scalars())


async def tidy(db: Database, keep: timedelta = KEEP) -> None:
    await Retention(db, lambda: LATER, keep).tidy()


async def test_what_delivered_an_old_incident_goes(db: Database) -> None:
    """Its deliveries and alerts, in all forms and with all that hangs on them; not those of a recent one."""
    async with db.writing() as conn:
        for number in range(3):
            await a_chat(conn, number, "hill")
        old = await happen(conn, 1)
        await tell(conn, old, kind=AlertKind.GROWN)
        await conn.execute(update(delivery).values(**SENT))
        recent = await happen(conn, 2, is_old=False)
    await tidy(db)
    assert await left(db) == ({recent.id}, {recent.id})
    async with db.reading() as conn:
        assert await get_incident(conn, old.id or 0) == old
        assert (await conn.execute(select(func.count()).select_from(alert_term))).scalar() == 0


async def test_nothing_goes_where_all_is_kept(db: Database) -> None:
    """Zero days: for ever."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        old, recent = await happen(conn, 1), await happen(conn, 2, is_old=False)
    await tidy(db, timedelta(0))
    assert await left(db) == ({old.id, recent.id}, {old.id, recent.id})


async def test_the_incident_that_was_alerted_last_stays(db: Database) -> None:
    """However long ago: it says when the last alert was."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        _, last = await happen(conn, 1), await happen(conn, 2)
    await tidy(db)
    assert await left(db) == ({last.id}, {last.id})


async def test_what_was_reported_or_alerted_of_late_stays(db: Database) -> None:
    """An incident of long ago that is still reported on may change, and its messages with it."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told = await happen(conn, 1)
        reported = await happen(conn, 2)
        recent = await happen(conn, 3, is_old=False)
        _, alert_id = await tell(conn, told, kind=AlertKind.GROWN)
        await conn.execute(update(alert).where(alert.c.id == alert_id).values(created_at=LATER))
        late = update(incident).where(incident.c.id == reported.id)
        await conn.execute(late.values(last_report_at=LATER))
    await tidy(db)
    everything = {told.id, reported.id, recent.id}
    assert await left(db) == (everything, everything)


async def test_a_closed_incident_is_told_to_nobody(db: Database) -> None:
    """Who had its message is forgotten: a late change would come as news of something long past."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        old = await happen(conn, 1)
        await happen(conn, 2, is_old=False)
    await tidy(db)
    async with db.writing() as conn:
        for kind in (AlertKind.GROWN, AlertKind.CONFIRMED, AlertKind.RETRACTED):
            _, alert_id = await tell(conn, replace(old, changes=1), kind=kind, now=LATER)
            assert await queued(conn, alert_id) == {}


async def test_what_is_not_finished_stays(db: Database) -> None:
    """What a chat keeps for its digest is told when its hour comes; then it goes, and the alert with it."""
    async with db.writing() as conn:
        for number in (1, 2):
            await a_chat(conn, number, "hill")
        old, recent = await happen(conn, 1), await happen(conn, 2, is_old=False)
        waiting = select(func.min(delivery.c.id)).where(delivery.c.incident_id == old.id).scalar_subquery()
        await conn.execute(update(delivery).where(delivery.c.id == waiting).values(state=DeliveryState.HELD))
    await tidy(db)
    assert await left(db) == ({old.id, recent.id}, {old.id, recent.id})
    async with db.writing() as conn:
        await conn.execute(update(delivery).values(**SENT))
    await tidy(db)
    assert await left(db) == ({recent.id}, {recent.id})


async def test_a_roll_up_stays_while_it_tells_of_something_recent(db: Database) -> None:
    """It can still change; it goes with the last incident that it told of, whichever was its first."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        old, other = await happen(conn, 1), await happen(conn, 2, is_old=False)
        last = await happen(conn, 3, is_old=False)
        roll_id = await gather(conn, old, other)
    await tidy(db)
    async with db.reading() as conn:
        kept = select(delivery.c.id).where(delivery.c.incident_id == old.id)
        assert list((await conn.execute(kept)).scalars()) == [roll_id]
    async with db.writing() as conn:
        await conn.execute(update(alert).where(alert.c.incident_id == other.id).values(created_at=START))
        aged = update(incident).where(incident.c.id == other.id)
        await conn.execute(aged.values(last_report_at=START))
    await tidy(db)
    assert await left(db) == ({last.id}, {last.id})


async def test_in_parts(db: Database) -> None:
    """Each part is a transaction; whoever goes on finds what is left, until nothing is."""
    async with db.writing() as conn:
        for number in range(5):
            await a_chat(conn, number, "hill")
        old = await happen(conn, 1)
        await happen(conn, 2, is_old=False)
    parts: list[int] = []
    while not parts or parts[-1]:
        async with db.writing() as conn:
            assert await closing.closable(conn, LATER - KEEP) == [old.id]
            parts.append(await closing.drop_deliveries(conn, old.id or 0, limit=2))
    assert parts == [2, 2, 1, 0]
    async with db.writing() as conn:
        assert await closing.drop_alerts(conn, old.id or 0)
        assert await closing.closable(conn, LATER - KEEP) == []
