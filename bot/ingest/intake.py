"""Entries of one check become reports, findings, incidents and alerts, all in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import StorageError
from bot.folding import fold
from bot.incidents import (
    Profile,
    Sides,
    code_candidates,
    grow,
    is_copy,
    merge,
    place,
    search_for,
    shingle_hashes,
    summarise,
    withdraw,
)
from bot.ingest.telling import Connection, tell_change
from bot.model import Alert, AlertKind, DeliveryForm, Entry, Finding, Incident, Report, Source
from bot.rendering.words import WITHDRAWN
from bot.sources.identity import content_hash, distinct, report_key
from bot.storage.alerts import add_alert
from bot.storage.incidents import (
    add_incident,
    find_profiles,
    get_incident,
    is_code_taken,
    save_incident,
)
from bot.storage.merging import merge_incidents
from bot.storage.reports import (
    KnownReport,
    NearCopy,
    add_report,
    add_revision,
    add_shingles,
    known_reports,
    link_report,
    nearest_copy,
)
from bot.storage.surges import current_surge, save_surge

FIRST_CHECK_AGE = timedelta(hours=2)
"""A source that is checked for the first time alerts nothing older: its whole archive would be news."""

FUTURE_SLACK = timedelta(minutes=10)
"""Clocks of newsrooms differ by minutes; whatever is dated further ahead has a wrong date."""

ALERTS_AN_HOUR = 20
"""New incidents that one source may alert within an hour. On the worst nights a ministry tells of a dozen;
whatever is over this is stored and placed, held for one roll-up, and the admins are told."""


class Reads(Protocol):
    """What judges reports: `bot.reading.Reader`."""

    def read(self, report: Report) -> Finding:
        """What the report says; never raises for any text."""
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """What an operator and the data decide. `alert_max_age` None: no limit; `observers`: ids of monitors.

    `blocs` says of parties with which other they count as one side.
    """

    alert_max_age: timedelta | None = timedelta(hours=24)
    observers: frozenset[str] = frozenset()
    blocs: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ingested:
    """What a check brought: how many reports, new revisions, new incidents and alerts.

    `held` counts new incidents that the source may not alert singly: it told of too many within the hour.
    """

    new_reports: int = 0
    revisions: int = 0
    incidents: int = 0
    alerts: int = 0
    held: int = 0


async def ingest(
    conn: Connection,
    source: Source,
    entries: Sequence[Entry],
    now: datetime,
    is_first_check: bool,
    reader: Reads,
    limits: Limits = Limits(),
) -> Ingested:
    """Take in what a source published; entries that are known and unchanged leave no trace.

    Everything is written through `conn`: commit it together with the source's state. Raises StorageError.
    """
    intake = _Intake(conn, source, now, is_first_check, reader, limits)
    found = {report_key(entry): entry for entry in distinct(entries)}
    known = await known_reports(conn, source.id, found.keys())
    for key, entry in sorted(found.items(), key=lambda item: (item[1].published_at or now, item[0])):
        await intake.take(key, entry, known.get(key))
    return await intake.finish()


def is_fresh(
    published_at: datetime | None, now: datetime, is_first_check: bool, max_age: timedelta | None
) -> bool:
    """True when an entry of this date may alert somebody at `now`.

    Without a date it counts as published at first sight, though never on a source's first check.
    """
    if published_at is None:
        return not is_first_check
    if published_at > now + FUTURE_SLACK:
        return False
    if is_first_check:
        max_age = FIRST_CHECK_AGE if max_age is None else min(max_age, FIRST_CHECK_AGE)
    return max_age is None or now - published_at <= max_age


@dataclass(slots=True)
class _Touched:
    """An incident that this check opened or changed: as it was told, as it is now, and by which texts."""

    before: Incident | None
    after: Incident
    is_telling: bool = False
    texts: list[str] = field(default_factory=list)

    @property
    def is_new_alert(self) -> bool:
        """True when it is to be told, and nobody was told of it before."""
        return self.is_telling and (self.before is None or self.before.told_at is None)


class _Intake:
    """One check's way through the rooms; the alerts of an incident are made once, at the end."""

    def __init__(
        self,
        conn: Connection,
        source: Source,
        now: datetime,
        is_first_check: bool,
        reader: Reads,
        limits: Limits,
    ) -> None:
        self._conn = conn
        self._source = source
        self._now = now
        self._is_first_check = is_first_check
        self._reader = reader
        self._limits = limits
        self._new_reports = self._revisions = self._incidents = 0
        self._touched: dict[int, _Touched] = {}
        self._profiles: dict[int, Profile] = {}

    async def take(self, key: str, entry: Entry, known: KnownReport | None) -> None:
        """One entry: nothing when it is known as it is, else a report or a revision, and what it tells."""
        hashed = content_hash(entry)
        if known is not None and known.content_hash == hashed:
            return
        report = self._report(key, entry, known)
        finding = self._reader.read(report)
        report = await self._store(report, hashed, finding, known)
        if finding.is_violation and finding.theatre is not None:
            await self._place(report, entry, finding, known)
        elif known is not None and known.incident_id is not None and _is_withdrawal(finding):
            await self._withdraw(known.id, known.incident_id, f"{report.title} \n {report.text}")

    async def finish(self) -> Ingested:
        """Alerts for what the check changed; new ones only as many as the source may raise in an hour."""
        alerts, held = 0, await self._hold_back()
        for number, touched in self._touched.items():
            before = touched.before
            if not touched.is_telling or number in held:
                await save_incident(self._conn, touched.after)
                continue
            told = await tell_change(self._conn, before, touched.after, self._now, touched.texts)
            is_new = before is None or before.told_at is None
            alerts += is_new or told.changes > touched.after.changes
        return Ingested(self._new_reports, self._revisions, self._incidents, alerts, len(held))

    async def _hold_back(self) -> frozenset[int]:
        """Ids of the incidents that are new to everybody and over the source's limit; they are counted."""
        new = [number for number, touched in self._touched.items() if touched.is_new_alert]
        if not new:
            return frozenset()
        surge = await current_surge(self._conn, self._source.id, self._now)
        allowed = max(0, ALERTS_AN_HOUR - surge.alerted)
        told, held = new[:allowed], new[allowed:]
        known = tuple(dict.fromkeys((*surge.held, *held)))
        await save_surge(self._conn, replace(surge, alerted=surge.alerted + len(told), held=known))
        return frozenset(held)

    def _report(self, key: str, entry: Entry, known: KnownReport | None) -> Report:
        """A date from the future is no date: it would keep an incident open for years."""
        published_at = entry.published_at
        if published_at is not None and published_at > self._now + FUTURE_SLACK:
            published_at = None
        return Report(
            source=self._source,
            key=key,
            url=entry.url,
            title=entry.title,
            text=entry.text,
            published_at=published_at,
            seen_at=self._now,
            revision=known.revision + 1 if known else 1,
            id=known.id if known else None,
        )

    async def _store(
        self, report: Report, hashed: str, finding: Finding, known: KnownReport | None
    ) -> Report:
        if known is not None:
            self._revisions += 1
            await add_revision(self._conn, known.id, report, hashed, finding)
            return report
        self._new_reports += 1
        return replace(report, id=await add_report(self._conn, report, hashed, finding))

    async def _place(self, report: Report, entry: Entry, finding: Finding, known: KnownReport | None) -> None:
        """Find the incident that the report tells of, or open one, and let it grow."""
        copied = await self._copied(report)
        own = await self._load(known.incident_id) if known and known.incident_id else None
        placement = place(
            report,
            finding,
            await self._candidates(report, finding),
            own=summarise(own) if own else None,
            copied=copied.incident_id if copied else None,
            is_own_copy=copied is not None and copied.source_id == self._source.id,
        )
        before = own or (await self._load(placement.joined.id or 0) if placement.joined else None)
        if before and placement.twin:
            before = await self._unite(before, placement.twin.id or 0)
        after = grow(
            before,
            report,
            finding,
            code="" if before else await self._free_code(report, finding),
            sides=Sides(self._limits.observers, self._limits.blocs),
            origin=fold(entry.origin).replace(" ", "-") or None,
            copied_report=copied.report_id if copied else None,
            is_late=placement.is_late,
        )
        after = await self._keep(report, before, after)
        is_telling = not placement.is_late and self._may_tell(entry, known, before)
        self._remember(before, after, is_telling, f"{report.title} \n {report.text}")

    def _may_tell(self, entry: Entry, known: KnownReport | None, before: Incident | None) -> bool:
        """A new revision of a report that was not worth an alert is none either, unless it tells it first."""
        if known is not None and known.incident_id is not None:
            return before is not None and before.told_at is not None
        return is_fresh(entry.published_at, self._now, self._is_first_check, self._limits.alert_max_age)

    async def _withdraw(self, report_id: int, incident_id: int, text: str) -> None:
        """The source took its report back: whoever was told of it learns that, too."""
        before = await self._load(incident_id)
        if before is not None and before.retraction is None:
            after = withdraw(before, report_id, WITHDRAWN)
            self._remember(before, after, before.told_at is not None, text)

    async def _unite(self, one: Incident, twin_id: int) -> Incident:
        """Two incidents that turned out to be one: the older with what both told; nobody is alerted again."""
        twin = await self._load(twin_id)
        if twin is None:
            return one
        kept, gone = sorted((one, twin), key=lambda each: (each.opened_at, each.id or 0))
        if kept.told_at is None and gone.told_at is not None:
            return one  # who was told of the younger would have to be told of the older: left to an admin
        merged = merge(kept, gone)
        touched = [t for each in (kept, gone) if (t := self._touched.pop(each.id or 0, None))]
        self._profiles.pop(gone.id or 0, None)
        await merge_incidents(self._conn, kept.id or 0, gone.id or 0, self._now)
        if merged.told_at is not None:
            merged = replace(merged, changes=merged.changes + 1)
            await add_alert(self._conn, Alert(None, merged, AlertKind.MERGED, self._now), DeliveryForm.EDIT)
        texts = [text for each in touched for text in each.texts]
        is_telling = any(each.is_telling for each in touched)
        self._touched[kept.id or 0] = _Touched(merged, merged, is_telling, texts)
        return merged

    async def _copied(self, report: Report) -> NearCopy | None:
        """The report whose text this one copies; its own shingles are kept for later ones."""
        hashes = shingle_hashes(f"{report.title}\n{report.text}")
        nearest = await nearest_copy(self._conn, hashes, besides=report.id)
        await add_shingles(self._conn, report.id or 0, hashes)
        return nearest if nearest is not None and is_copy(hashes, nearest.shared) else None

    async def _candidates(self, report: Report, finding: Finding) -> list[Profile]:
        """Incidents worth weighing: those stored, and as they have become those that this check touched."""
        search = search_for(report, finding)
        stored = await find_profiles(self._conn, search)
        own = [profile for profile in self._profiles.values() if search.admits(profile)]
        return [*own, *(each for each in stored if each.id not in self._profiles)]

    async def _load(self, incident_id: int) -> Incident | None:
        """The incident as this check left it, or as it is stored."""
        touched = self._touched.get(incident_id)
        return touched.after if touched else await get_incident(self._conn, incident_id)

    async def _free_code(self, report: Report, finding: Finding) -> str:
        day = finding.occurred or report.reported_at.date()
        codes = code_candidates(finding.theatre or "", day, f"{report.source.id} {report.key}")
        for code in codes:
            if not await is_code_taken(self._conn, code):
                return code
        raise StorageError(f"no code is left for an incident of {day}")

    async def _keep(self, report: Report, before: Incident | None, after: Incident) -> Incident:
        """The incident with its id, linked to its report."""
        if before is None:
            self._incidents += 1
            after = await add_incident(self._conn, after)
        if report.id is not None:
            await link_report(self._conn, report.id, after.id)
        return after

    def _remember(self, before: Incident | None, after: Incident, is_telling: bool, text: str) -> None:
        number = after.id or 0
        self._profiles[number] = summarise(after)
        touched = self._touched.setdefault(number, _Touched(before, after))
        touched.after = after
        if is_telling:
            touched.is_telling = True
            touched.texts.append(text)


def _is_withdrawal(finding: Finding) -> bool:
    """A new text that says it corrects itself, and no longer tells of a violation."""
    return any(e.what == "retract" for e in finding.evidence)
