"""Reports, their earlier revisions, and the shingles by which near-copies are found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incidents.shingles import KEPT
from bot.model import Finding, Report
from bot.storage.batches import in_slices
from bot.storage.columns import Instant
from bot.storage.inserts import insert_new
from bot.storage.tables import report, report_revision, report_shingle

REPORTS_AT_ONCE = 200
LATEST_SEEN = 1_000
"""Reports looked at for the highest number: one revised late has a low one, and many are seen at a moment."""
FORMER_KEPT = 20
"""Revisions of a report besides the first and the current: some pages write themselves anew at every look."""
_KEPT = ("revision", "url", "title", "text", "published_at", "seen_at", "content_hash", "finding")

_HASHES = tuple(f"hash_{number}" for number in range(KEPT))
_SHARED = func.count().label("shared")
_BEST = (
    select(report_shingle.c.report_id, _SHARED)
    .where(
        report_shingle.c.hash.in_([bindparam(name, type_=BigInteger()) for name in _HASHES]),
        report_shingle.c.report_id != bindparam("besides"),
    )
    .group_by(report_shingle.c.report_id)
    .order_by(_SHARED.desc(), report_shingle.c.report_id)
    .limit(1)
    .subquery()
)
_NEAREST = select(
    _BEST.c.report_id, report.c.origin, _BEST.c.shared, report.c.source_id, report.c.incident_id
).join(report, report.c.id == _BEST.c.report_id)
"""Built once, with a place for each hash: making it takes longer than running it."""


@dataclass(frozen=True, slots=True)
class KnownReport:
    """What is known of a report: enough to tell a repetition from a new revision."""

    id: int
    revision: int
    content_hash: str
    incident_id: int | None


@dataclass(frozen=True, slots=True)
class NearCopy:
    """The stored report that shares most shingles with a text: how many, and the owner of its wording."""

    report_id: int
    origin: str
    shared: int
    source_id: str = ""
    incident_id: int | None = None


@dataclass(frozen=True, slots=True)
class ReportLink:
    """A report of an incident as it is shown to people."""

    id: int
    source_id: str
    url: str
    title: str
    revision: int
    reported_at: datetime


async def known_reports(
    conn: AsyncConnection, source_id: str, keys: Collection[str]
) -> dict[str, KnownReport]:
    """Those of `keys` that the source has published before."""
    columns = (report.c.key, report.c.id, report.c.revision, report.c.content_hash, report.c.incident_id)
    known: dict[str, KnownReport] = {}
    for part in in_slices(list(keys)):
        for row in await conn.execute(
            select(*columns).where(report.c.source_id == source_id, report.c.key.in_(part))
        ):
            known[row.key] = KnownReport(row.id, row.revision, row.content_hash, row.incident_id)
    return known


async def add_report(
    conn: AsyncConnection, new: Report, content_hash: str, finding: Finding, incident_id: int | None = None
) -> int:
    """Store a report seen for the first time; returns its id."""
    values = _values(new, content_hash, finding) | {
        "source_id": new.source.id,
        "key": new.key,
        "origin": new.source.origin_id,
        "revision": new.revision,
        "incident_id": incident_id,
    }
    return int((await conn.execute(insert(report).values(**values).returning(report.c.id))).scalar_one())


async def add_revision(
    conn: AsyncConnection, report_id: int, new: Report, content_hash: str, finding: Finding
) -> int:
    """Make `new` the current text of a report and keep the former; returns the number of the revision.

    Of the former ones the first and the last twenty stay.
    """
    former = select(report.c.id, *(report.c[name] for name in _KEPT)).where(report.c.id == report_id)
    await conn.execute(insert(report_revision).from_select(["report_id", *_KEPT], former))
    values: dict[str, Any] = _values(new, content_hash, finding) | {"revision": report.c.revision + 1}
    changed = update(report).where(report.c.id == report_id).values(**values).returning(report.c.revision)
    number = int((await conn.execute(changed)).scalar_one())
    if number > FORMER_KEPT + 2:
        between = report_revision.c.revision.between(2, number - FORMER_KEPT - 1)
        await conn.execute(delete(report_revision).where(report_revision.c.report_id == report_id, between))
    return number


async def link_report(conn: AsyncConnection, report_id: int, incident_id: int | None) -> None:
    """Say of which incident a report tells."""
    await conn.execute(update(report).where(report.c.id == report_id).values(incident_id=incident_id))


async def reports_of(conn: AsyncConnection, incident_id: int) -> list[ReportLink]:
    """The reports that tell of an incident, in the order in which they were published."""
    reported_at = func.coalesce(report.c.published_at, report.c.seen_at, type_=Instant())
    columns = (report.c.id, report.c.source_id, report.c.url, report.c.title, report.c.revision)
    statement = (
        select(*columns, reported_at.label("reported_at"))
        .where(report.c.incident_id == incident_id)
        .order_by(reported_at, report.c.id)
    )
    return [ReportLink(**row._asdict()) for row in await conn.execute(statement)]


async def add_shingles(conn: AsyncConnection, report_id: int, hashes: Collection[int]) -> None:
    """Keep the shingle hashes (signed 64-bit) of a report; those of a former revision stay findable."""
    if hashes:
        rows = [{"hash": value, "report_id": report_id} for value in sorted(set(hashes))]
        await conn.execute(insert_new(conn, report_shingle), rows)


async def nearest_copy(
    conn: AsyncConnection, hashes: Collection[int], *, besides: int | None = None
) -> NearCopy | None:
    """The report that shares most of `hashes`, the earliest of equals; `besides` is left out.

    Of more hashes than a text has the smallest count.
    """
    if not hashes:
        return None
    smallest = sorted(set(hashes))[:KEPT]
    smallest += [smallest[-1]] * (KEPT - len(smallest))  # the same again finds nothing more
    asked = dict(zip(_HASHES, smallest, strict=True)) | {"besides": besides or 0}
    row = (await conn.execute(_NEAREST, asked)).first()
    return None if row is None else NearCopy(*row)


async def drop_shingles(conn: AsyncConnection, before: datetime, limit: int = REPORTS_AT_ONCE) -> int:
    """Forget the shingles of up to `limit` reports seen before a time: copies come within days.

    Returns how many rows, 0: none is left. Looked for among the first numbers, lest all reports of years be
    looked through.
    """
    seen = select(report.c.id).where(report.c.seen_at < before).order_by(report.c.seen_at.desc())
    last = select(func.max(seen.limit(LATEST_SEEN).subquery().c.id))
    of = report_shingle.c.report_id
    kept = select(of).distinct().join(report, report.c.id == of).where(report.c.seen_at < before)
    oldest = kept.where(of <= last.scalar_subquery()).order_by(of).limit(limit)
    ids = list((await conn.execute(oldest)).scalars())
    return (await conn.execute(delete(report_shingle).where(of.in_(ids)))).rowcount


def _values(new: Report, content_hash: str, finding: Finding) -> dict[str, Any]:
    return {
        "url": new.url,
        "title": new.title,
        "text": new.text,
        "published_at": new.published_at,
        "seen_at": new.seen_at,
        "content_hash": content_hash,
        "finding": finding,
    }
