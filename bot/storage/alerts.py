"""Alerts, and how each is queued for the chats that it concerns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from sqlalchemy import and_, bindparam, case, delete, false, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incidents import spots_of, traits_of
from bot.model import Alert, AlertKind, DeliveryForm, Incident, Severity
from bot.storage.following import follow_up
from bot.storage.inserts import Insert, insert_as, insert_new
from bot.storage.matches import Match, Window
from bot.storage.matching import insert_matches
from bot.storage.outages import SETTLING, is_catching_up, is_late_news, is_one_of_many_late, was_late
from bot.storage.rollups import roll_up
from bot.storage.states import PRIORITY_DIGEST, PRIORITY_EDIT, PRIORITY_GRAVE, PRIORITY_NEW
from bot.storage.tables import alert as table
from bot.storage.tables import alert_sent, alert_spot, alert_term, alert_trait
from bot.storage.tables import incident as incident_table
from bot.storage.windows import next_window
from bot.watch.delays import reported_at

TERMS_A_STATEMENT = 2_000
FIRST_CHATS, CHUNK_CHATS, TOLD_CHATS = 2_000, 9_000, 5_000
"""Chats looked at in one transaction: the first message leaves after the first few, and no other writer waits
for more than some tens of milliseconds. To follow up what they were told costs more than to tell it."""


_UNQUEUED = (
    select(table, incident_table.c.closed_at)
    .join(incident_table)
    .where(table.c.id == bindparam("alert_id"), table.c.queued_at.is_(None))
)
_MOVE = (
    update(table)
    .where(table.c.id == bindparam("of"))
    .values(cursor=bindparam("to"), queued_at=bindparam("done_at"))
)
"""Built once: they run with every chunk."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one step of queueing did: deliveries made, and whether the alert is queued for everybody."""

    queued: int
    is_done: bool


@dataclass(frozen=True, slots=True)
class AlertTimes:
    """The way of one alert. None: not known, or not yet; `many` deliveries of it have left."""

    code: str
    occurred: date
    reported_at: datetime | None
    stored_at: datetime
    queued_at: datetime | None
    first_sent_at: datetime | None
    last_sent_at: datetime | None
    many: int


async def add_alert(
    conn: AsyncConnection,
    new: Alert,
    follow_up: DeliveryForm = DeliveryForm.EDIT,
    *,
    is_rolled: bool = False,
) -> int:
    """Store an alert of a stored incident, to be queued; returns its id.

    Chats that were told of the incident get it in the form `follow_up`, the others as a new message, or
    with others in one message when it `is_rolled`.
    """
    if new.incident.id is None:
        raise ValueError("an alert needs an incident that has an id")
    urgent = PRIORITY_GRAVE if new.incident.severity is Severity.GRAVE else PRIORITY_NEW
    values = {
        "incident_id": new.incident.id,
        "kind": new.kind,
        "created_at": new.created_at,
        "priority": PRIORITY_DIGEST if is_rolled else urgent,
        "follow_up": follow_up,
        "snapshot": replace(new, terms=frozenset(), folded_text=""),
        "folded_text": new.folded_text,
        "cursor": 0,
        "reported_at": reported_at(new),
    }
    alert_id = int((await conn.execute(insert(table).values(**values).returning(table.c.id))).scalar_one())
    await _add_terms(conn, alert_id, new.terms)
    await _add_traits(conn, alert_id, new.incident)
    return alert_id


async def get_alert(conn: AsyncConnection, alert_id: int) -> Alert | None:
    """The alert as it was when it was made, without its terms and text (they serve matching alone)."""
    row = (await conn.execute(select(table.c.id, table.c.snapshot).where(table.c.id == alert_id))).first()
    return None if row is None else replace(row.snapshot, id=row.id)


async def told_kinds(
    conn: AsyncConnection, incident_id: int, first_alert_id: int, alert_id: int
) -> tuple[AlertKind, ...]:
    """What the replies about an incident from one alert to another tell, each once, oldest first."""
    statement = (
        select(table.c.kind, table.c.snapshot)
        .where(table.c.incident_id == incident_id, table.c.follow_up == DeliveryForm.REPLY)
        .where(table.c.id >= first_alert_id, table.c.id <= alert_id)
        .order_by(table.c.id)
    )
    rows = await conn.execute(statement)
    return tuple(dict.fromkeys(kind for row in rows for kind in row.snapshot.kinds or (row.kind,)))


_IS_CHANGE = table.c.kind != AlertKind.NEW
_URGENCY = (
    case((and_(_IS_CHANGE, table.c.follow_up == DeliveryForm.EDIT), PRIORITY_EDIT), else_=table.c.priority),
    case((_IS_CHANGE, 1), else_=0),
)
"""What many were told of and has changed is not queued for all of them before what is new; a reply may be the
news that an incident has become grave, to those who chose only such ones."""
_HAS_BEGUN = and_(~_IS_CHANGE, table.c.cursor > 0)
_TURN = (case((_HAS_BEGUN, 1), else_=0), case((_HAS_BEGUN, -table.c.id), else_=table.c.id))
"""What has not begun need not wait until all that began is queued for everybody; of these the newest goes on,
so that the deliveries of each stand together."""


async def unqueued_alerts(conn: AsyncConnection, now: datetime | None = None) -> list[int]:
    """Ids of the alerts not yet queued for everybody, the most urgent first.

    With `now`, those alone that are to be queued: after an outage, late news waits a minute for more of it.
    """
    settles = table.c.created_at > now - SETTLING if now is not None else false()
    columns = (table.c.id, and_(settles, is_late_news()).label("is_settling"))
    waiting = select(*columns).where(table.c.queued_at.is_(None)).order_by(*_URGENCY, *_TURN)
    rows = (await conn.execute(waiting)).all()
    if now is not None and any(row.is_settling for row in rows) and await is_catching_up(conn, now):
        rows = [row for row in rows if not row.is_settling]
    return [row.id for row in rows]


async def note_sent(conn: AsyncConnection, alert_id: int, at: datetime, many: int) -> None:
    """So many messages, edits or replies of an alert have left, the last of them at `at`."""
    row = {"alert_id": alert_id, "first_at": at, "last_at": at, "many": many}
    await conn.execute(_note(conn.dialect.name), row)


@lru_cache
def _note(dialect: str) -> Insert:
    statement = insert_as(dialect, alert_sent)
    new = statement.excluded
    again = {"last_at": new.last_at, "many": alert_sent.c.many + new.many}
    return statement.on_conflict_do_update(index_elements=["alert_id"], set_=again)


async def latest_times(conn: AsyncConnection, limit: int) -> list[AlertTimes]:
    """The times of the newest alerts of new incidents, the newest first."""
    columns = (table.c.snapshot, table.c.reported_at, table.c.created_at, table.c.queued_at)
    sent = (alert_sent.c.first_at, alert_sent.c.last_at, alert_sent.c.many)
    newest = select(*columns, *sent).outerjoin(alert_sent, alert_sent.c.alert_id == table.c.id)
    rows = await conn.execute(
        newest.where(table.c.kind == AlertKind.NEW).order_by(table.c.created_at.desc()).limit(limit)
    )
    return [
        AlertTimes(row.snapshot.incident.code, row.snapshot.incident.occurred, *row[1:-1], many=row.many or 0)
        for row in rows
    ]


async def last_alert_at(conn: AsyncConnection) -> datetime | None:
    """When the newest alert was made."""
    newest: datetime | None = (await conn.execute(select(func.max(table.c.created_at)))).scalar()
    return newest


async def queue_next_chunk(
    conn: AsyncConnection, alert_id: int, now: datetime, size: int | None = None
) -> Chunk:
    """Queue an alert for the next chats that it concerns (about `size`); the cursor moves with them.

    Whoever is interrupted goes on from there: no chat is left out and none is queued twice.
    """
    match = await _match(conn, alert_id, now)
    if match is None:
        return Chunk(0, is_done=True)
    window = await next_window(conn, match, size or _chunk_size(match))
    queued = await _queue(conn, match, window, now)
    moved = {"of": alert_id, "to": window.last_chat_id, "done_at": now if window.is_last else None}
    await conn.execute(_MOVE, moved)
    if window.is_last:
        await conn.execute(delete(alert_term).where(alert_term.c.alert_id == alert_id))
    return Chunk(queued, window.is_last)


def _chunk_size(match: Match) -> int:
    if not match.cursor:
        return FIRST_CHATS
    return CHUNK_CHATS if match.is_new else TOLD_CHATS


async def _queue(conn: AsyncConnection, match: Match, window: Window, now: datetime) -> int:
    """First those who know the incident, lest the others be taken for told by this same alert."""
    told = await follow_up(conn, match, window, now) if window.has_told else 0
    new = await insert_matches(conn, match, window, now)
    if new and (match.priority != PRIORITY_GRAVE or match.is_late):
        await roll_up(conn, match, window, now)
    return told + new


async def _match(conn: AsyncConnection, alert_id: int, now: datetime) -> Match | None:
    """What the statement needs to know of an alert; None when it is queued for everybody."""
    row = (await conn.execute(_UNQUEUED, {"alert_id": alert_id})).first()
    if row is None:
        return None
    incident = row.snapshot.incident
    return Match(
        alert_id=alert_id,
        incident_id=row.incident_id,
        kind=row.kind,
        theatre=incident.theatre,
        regions=tuple(sorted({incident.theatre, *incident.regions})),
        folded_text=row.folded_text,
        priority=row.priority,
        follow_up=row.follow_up,
        cursor=row.cursor,
        has_spots=bool(spots_of(incident)),
        is_closed=row.closed_at is not None,
        is_late=row.priority == PRIORITY_DIGEST
        or (
            (was_late(row.kind, row.created_at, row.reported_at))
            and await is_one_of_many_late(conn, alert_id, now)
        ),
    )


async def _add_terms(conn: AsyncConnection, alert_id: int, terms: frozenset[str]) -> None:
    rows: Iterator[dict[str, object]] = ({"alert_id": alert_id, "term": term} for term in sorted(terms))
    while part := list(islice(rows, TERMS_A_STATEMENT)):
        await conn.execute(insert_new(conn, alert_term), part)


async def _add_traits(conn: AsyncConnection, alert_id: int, told: Incident) -> None:
    """What the alert can be chosen by, and where on the map it was."""
    traits = [{"alert_id": alert_id, "kind": kind, "code": code} for kind, code in sorted(traits_of(told))]
    await conn.execute(insert(alert_trait), traits)
    spots = [
        {"alert_id": alert_id, "number": number, "east_km": spot.east_km, **asdict(spot)}
        for number, spot in enumerate(spots_of(told))
    ]
    if spots:
        await conn.execute(insert(alert_spot), spots)


async def drop_traits(conn: AsyncConnection, before: datetime) -> None:
    """Forget by what alerts made before then could be chosen: no preview looks back so far."""
    old = select(table.c.id).where(table.c.created_at < before, table.c.queued_at.is_not(None))
    for each in (alert_trait, alert_spot):
        await conn.execute(delete(each).where(each.c.alert_id.in_(old)))
