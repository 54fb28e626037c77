"""A host, a database with sources on the host, and the checker between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.check import Checked, Checker
from bot.ingest import Ingested
from bot.model import Entry, Finding, Report, Source, SourceKind, SourceType
from bot.sources.identity import report_key
from bot.storage.database import Database
from bot.storage.sources import SourceState, get_check, upsert_catalogue
from tests.clock import PATIENCE_S, FakeClock
from tests.source_host import SourceHost

PARSE_LIMIT = timedelta(seconds=PATIENCE_S)


@dataclass
class Intake:
    """Stands where the real intake goes: remembers what it was given, and fails for a source when told to."""

    given: list[tuple[str, list[str], bool]] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)

    async def __call__(
        self, conn: Any, source: Source, entries: Sequence[Entry], now: Any, is_first_check: bool
    ) -> Ingested:
        self.given.append((source.id, [report_key(entry) for entry in entries], is_first_check))
        if source.id in self.errors:
            raise self.errors[source.id]
        return Ingested(new_reports=len(entries))


class Calm:
    """A reader for whom nothing is a violation."""

    def read(self, report: Report) -> Finding:
        return Finding(is_violation=False, score=0.0, language="en")


@dataclass
class Newsroom:
    """A host, a database with sources on the host, and the checker between them."""

    host: SourceHost
    database: Database
    clock: FakeClock
    intake: Intake
    checker: Checker

    async def list_sources(self, *names: str) -> None:
        async with self.database.writing() as conn:
            await upsert_catalogue(conn, [self.source(name) for name in names])

    def source(self, name: str) -> Source:
        return Source(name, name.title(), SourceKind.FEED, self.host.url(f"/{name}"), SourceType.AGENCY)

    async def state(self, name: str) -> SourceState:
        async with self.database.reading() as conn:
            check = await get_check(conn, name)
        assert check is not None
        return check.state

    async def check_after(self, passed: timedelta) -> dict[str, Checked]:
        self.clock.advance(passed)
        return {checked.source.id: checked for checked in await self.checker.check_due()}
