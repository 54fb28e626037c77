"""Reports, revisions, near-copies; incidents and what is looked up of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from bot.errors import StorageError
from bot.model import (
    Act,
    Claim,
    FoundPlace,
    Incident,
    IncidentStatus,
    RegionLevel,
    Severity,
    SourceType,
    Stance,
)
from bot.storage import incidents, reports, sources
from bot.storage.database import Database
from bot.storage.reports import KnownReport, NearCopy
from bot.storage.tables import report_revision, report_shingle
from tests.clock import START
from tests.storage.values import FINDING, WIRE, a_report, an_incident

HOUR = timedelta(hours=1)
COPYCAT = replace(WIRE, id="copycat", origin="owner")
PLACE = FoundPlace("Hill", ("Hill", "Холм"), "hill", ("north", "hill"), RegionLevel.PLACE, 40.1, 46.9)
CLAIM = Claim(
    "army", SourceType.MOD, "army", "mod", Stance.CLAIM, 1,
    "wire", "The Wire", "https://w.example", "T\u202e",
    "en", START, ("rebels",), ("army",), (Act.SHELLING,), (PLACE,), None, 3, "truce-1", True,
)  # fmt: skip


@pytest.fixture(autouse=True)
async def catalogue(db: Database) -> None:
    """Reports belong to sources."""
    async with db.writing() as conn:
        await sources.upsert_catalogue(conn, [WIRE, COPYCAT])


async def test_a_report_is_recognised_in_its_source(db: Database) -> None:
    """By its key, within the source that published it."""
    async with db.writing() as conn:
        report_id = await reports.add_report(conn, a_report("k1"), "hash", FINDING)
        await reports.add_report(conn, a_report("k1", COPYCAT), "hash", FINDING)
        known = await reports.known_reports(conn, "wire", ["k0", "k1"])
        assert known == {"k1": KnownReport(report_id, 1, "hash", None)}
        assert await reports.known_reports(conn, "nobody", ["k1"]) == {}
        assert await reports.known_reports(conn, "wire", []) == {}


async def test_thousands_of_keys_at_once(db: Database) -> None:
    """A long feed is looked up in parts."""
    async with db.writing() as conn:
        for number in (0, 499, 500, 1_999):
            await reports.add_report(conn, a_report(f"k{number}"), "hash", FINDING)
        known = await reports.known_reports(conn, "wire", [f"k{number}" for number in range(2_000)])
    assert sorted(known) == ["k0", "k1999", "k499", "k500"]


async def test_one_report_cannot_be_added_twice(db: Database) -> None:
    """The database itself refuses, and nothing of the transaction stays."""

    async def add_twice() -> None:
        async with db.writing() as conn:
            for _ in range(2):
                await reports.add_report(conn, a_report(), "hash", FINDING)

    with pytest.raises(StorageError):
        await add_twice()
    async with db.reading() as conn:
        assert await reports.known_reports(conn, "wire", ["k1"]) == {}


async def test_a_changed_text_is_a_revision(db: Database) -> None:
    """The newest text is the report's, the former ones are kept with what was read out of them."""
    async with db.writing() as conn:
        report_id = await reports.add_report(conn, a_report(text="three wounded"), "h1", FINDING)
        changed = a_report(text="six wounded", seen_at=START + HOUR)
        assert await reports.add_revision(conn, report_id, changed, "h2", replace(FINDING, wounded=6)) == 2
        assert await reports.add_revision(conn, report_id, changed, "h3", replace(FINDING, wounded=7)) == 3
        known = await reports.known_reports(conn, "wire", ["k1"])
        assert known["k1"] == KnownReport(report_id, 3, "h3", None)
        kept = (await conn.execute(select(report_revision).order_by(report_revision.c.revision))).all()
    assert [(row.revision, row.text, row.finding.wounded) for row in kept] == [
        (1, "three wounded", None),
        (2, "six wounded", 6),
    ]


async def test_a_report_that_changes_at_every_look_does_not_grow_for_ever(db: Database) -> None:
    """What it first said is kept, and what it said of late."""
    async with db.writing() as conn:
        report_id = await reports.add_report(conn, a_report(), "h1", FINDING)
        other = await reports.add_report(conn, a_report("k2"), "h1", FINDING)
        await reports.add_revision(conn, other, a_report("k2"), "h2", FINDING)
        for number in range(2, 41):
            assert await reports.add_revision(conn, report_id, a_report(), f"h{number}", FINDING) == number
        of, revision = report_revision.c.report_id, report_revision.c.revision
        kept = select(revision).where(of == report_id).order_by(revision)
        assert list((await conn.execute(kept)).scalars()) == [1, *range(20, 40)]
        assert list((await conn.execute(select(revision).where(of == other))).scalars()) == [1]


async def test_reports_of_an_incident(db: Database) -> None:
    """In order of publication; those without a date stand at the time when they were seen."""
    async with db.writing() as conn:
        told = await incidents.add_incident(conn, an_incident())
        assert told.id is not None
        undated = a_report("k1", published_at=None, seen_at=START + HOUR)
        await reports.add_report(conn, undated, "h", FINDING, told.id)
        later = await reports.add_report(conn, a_report("k2", published_at=START), "h", FINDING)
        await reports.link_report(conn, later, told.id)
        links = await reports.reports_of(conn, told.id)
    assert [(link.url, link.reported_at) for link in links] == [
        ("https://wire.example/k2", START),
        ("https://wire.example/k1", START + HOUR),
    ]


async def test_the_nearest_copy(db: Database) -> None:
    """The report that shares most shingles, the earliest of equals, with the owner of its words."""
    async with db.writing() as conn:
        first = await reports.add_report(conn, a_report("k1"), "h", FINDING)
        second = await reports.add_report(conn, a_report("k2", COPYCAT), "h", FINDING)
        await reports.add_shingles(conn, first, [1, 2, 3, -(2**63)])
        await reports.add_shingles(conn, second, [3, 4, 5, 2**63 - 1])
        await reports.add_shingles(conn, second, [3, 4, 5])
        nearest = await reports.nearest_copy(conn, [2, 3, 9])
        assert nearest == NearCopy(first, "wire", 2, "wire", None)
        assert await reports.nearest_copy(conn, [3, 4, 4, 4]) == NearCopy(second, "owner", 2, COPYCAT.id)
        assert await reports.nearest_copy(conn, [3]) == NearCopy(first, "wire", 1, "wire")
        assert await reports.nearest_copy(conn, [3], besides=first) == NearCopy(
            second, "owner", 1, COPYCAT.id
        )
        assert await reports.nearest_copy(conn, [99]) is None
        assert await reports.nearest_copy(conn, []) is None


async def test_old_shingles_are_forgotten(db: Database) -> None:
    """Those of reports seen before a time, no others."""
    async with db.writing() as conn:
        for number in range(3):
            report_id = await reports.add_report(
                conn, a_report(f"k{number}", seen_at=START + number * HOUR), "h", FINDING
            )
            await reports.add_shingles(conn, report_id, [number])
        assert await reports.drop_shingles(conn, START + HOUR) == 1
        assert await reports.drop_shingles(conn, START + HOUR) == 0
        left = (await conn.execute(select(func.count()).select_from(report_shingle))).scalar()
    assert left == 2


async def test_a_report_revised_last_hides_no_other(db: Database) -> None:
    """One of an early report that was revised after all others; those of others are forgotten as well."""
    async with db.writing() as conn:
        for number in range(4):
            report_id = await reports.add_report(conn, a_report(f"k{number}"), "h", FINDING)
            await reports.add_shingles(conn, report_id, [number])
        first = (await reports.known_reports(conn, WIRE.id, ["k0"]))["k0"].id
        await reports.add_revision(conn, first, a_report("k0", seen_at=START + HOUR), "i", FINDING)
        assert await reports.drop_shingles(conn, START + 2 * HOUR) == 4


async def test_an_incident_comes_back_whole(db: Database) -> None:
    """With every claim, place and number, now with its id."""
    full = an_incident(
        claims=(CLAIM,), status=IncidentStatus.DISPUTED, severity=Severity.SERIOUS, places=(PLACE,),
        accused=("rebels",), acts=(Act.SHELLING, Act.DRONE), killed=(0, 2), wounded=(3, 6), changes=2,
        truce="truce-1", retraction="it was an exercise",
    )  # fmt: skip
    async with db.writing() as conn:
        stored = await incidents.add_incident(conn, full)
        assert stored == replace(full, id=stored.id)
        assert stored.id is not None
        assert await incidents.incident_by_code(conn, "N-1") == stored
        assert await incidents.get_incident(conn, stored.id) == stored
        assert await incidents.incident_by_code(conn, "N-2") is None
        assert await incidents.get_incident(conn, stored.id + 1) is None


async def test_a_saved_incident_moves_with_its_regions(db: Database) -> None:
    """What changed is found where it now belongs and no longer where it was."""
    async with db.writing() as conn:
        stored = await incidents.add_incident(conn, an_incident())
        grown = replace(stored, regions=("north", "valley"), last_report_at=START + HOUR, changes=1)
        await incidents.save_incident(conn, grown)
        assert await incidents.latest_incidents(conn, "valley", 5) == [grown]
        assert await incidents.latest_incidents(conn, "hill", 5) == []
        assert await incidents.open_incidents(conn, "north", START + HOUR) == [grown]


async def test_open_incidents_of_a_theatre(db: Database) -> None:
    """Those reported on since, the most recent first."""

    def reported(code: str, hours: int, theatre: str = "north") -> Incident:
        return an_incident(code, last_report_at=START + hours * HOUR, theatre=theatre)

    async with db.writing() as conn:
        for told in (reported("a", 0), reported("b", 2), reported("c", 1), reported("d", 2, "south")):
            await incidents.add_incident(conn, told)
        found = await incidents.open_incidents(conn, "north", START + HOUR)
    assert [told.code for told in found] == ["b", "c"]


async def test_latest_incidents(db: Database) -> None:
    """The newest first, in a region and below it, or anywhere."""
    async with db.writing() as conn:
        for number, regions in enumerate([("north", "hill"), ("north", "valley"), ("north", "hill", "top")]):
            opened_at = START + number * HOUR
            await incidents.add_incident(conn, an_incident(f"N-{number}", regions, opened_at=opened_at))

        async def codes(region: str | None, limit: int = 9) -> list[str]:
            return [told.code for told in await incidents.latest_incidents(conn, region, limit)]

        assert await codes(None) == ["N-2", "N-1", "N-0"]
        assert await codes("north", 2) == ["N-2", "N-1"]
        assert await codes("hill") == ["N-2", "N-0"]
        assert await codes("top") == ["N-2"]
        assert await codes("sea") == []


async def test_incidents_page_by_page(db: Database) -> None:
    """An export goes on after the last id of a page."""
    async with db.writing() as conn:
        for number in range(5):
            told = an_incident(f"N-{number}", opened_at=START + number * HOUR, occurred=date(2021, 1, 1))
            await incidents.add_incident(conn, told)
        first = await incidents.incidents_since(conn, START + HOUR, limit=3)
        assert [told.code for told in first] == ["N-1", "N-2", "N-3"]
        assert first[-1].id is not None
        rest = await incidents.incidents_since(conn, START + HOUR, after_id=first[-1].id)
        assert [told.code for told in rest] == ["N-4"]
        assert await incidents.incidents_since(conn, None, "sea") == []
        assert len(await incidents.incidents_since(conn, None, "hill")) == 5
