"""Incidents for other programs: the three forms, the filters, and nothing that runs in a spreadsheet."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sys
from asyncio.subprocess import PIPE
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.export import export_incidents
from bot.model import Claim, FoundPlace, RegionLevel, SourceType, Stance
from bot.storage.database import Database
from bot.storage.incidents import add_incident
from tests.clock import START
from tests.storage.values import an_incident

HILL = FoundPlace("Hill", ("Hügel",), "hill", ("north", "hill"), RegionLevel.PLACE, 39.5, 46.9)
SOMEWHERE = FoundPlace("Somewhere", (), None, ("north",), RegionLevel.PLACE, None, None)
CLAIM = Claim(
    speaker="alpha",
    speaker_type=SourceType.MOD,
    side="alpha",
    origin="mod-a",
    stance=Stance.CLAIM,
    report_id=1,
    source_id="mod-a",
    source_name="Ministry A",
    url="https://mod-a.example/1",
    title="Fire at the hill",
    language="en",
    said_at=START,
    wounded=3,
)


async def write(database: Database, form: str, **filters: Any) -> str:
    out = io.StringIO()
    chosen = {"since": None, "region_id": None} | filters
    await export_incidents(database, form, out, **chosen)
    return out.getvalue()


async def store(database: Database) -> None:
    """One incident on the hill with a claim, and one a day later in the valley without any place."""
    told = an_incident("N-1", places=(HILL, SOMEWHERE), claims=(CLAIM,), wounded=(3, 3), accused=("beta",))
    later = START + timedelta(days=1)
    async with database.writing() as conn:
        await add_incident(conn, told)
        await add_incident(conn, an_incident("N-2", ("north", "valley"), opened_at=later, retraction="=1+1"))


async def test_a_line_of_json_holds_the_claims_and_their_addresses(db: Database) -> None:
    """Every claim says who speaks, what, and where it can be read."""
    await store(db)
    lines = [json.loads(line) for line in (await write(db, "jsonl")).splitlines()]
    assert [line["code"] for line in lines] == ["N-1", "N-2"]
    assert lines[0]["claims"][0]["url"] == CLAIM.url
    assert (lines[0]["wounded"], lines[0]["killed"]) == ([3, 3], None)


async def test_an_outlet_that_tells_a_night_later_brings_an_update(db: Database) -> None:
    """The part that a report plays in its incident is told, not what it would be alone."""
    later = replace(
        CLAIM, report_id=2, speaker_type=SourceType.AGENCY, said_at=START + timedelta(hours=20), speaker="b"
    )
    async with db.writing() as conn:
        await add_incident(conn, an_incident("N-1", places=(HILL,), claims=(CLAIM, later)))
    told = json.loads(await write(db, "jsonl"))
    assert [claim["stance"] for claim in told["claims"]] == ["claim", "update"]


async def test_a_csv_can_be_opened_without_running_anything(db: Database) -> None:
    """Each incident is a row; a text that begins like a formula is kept a text."""
    await store(db)
    rows = list(csv.DictReader(io.StringIO(await write(db, "csv"))))
    assert rows[0]["places"] == "Hill;Somewhere"
    assert (rows[0]["wounded_most"], rows[0]["reports"]) == ("3", CLAIM.url)
    assert rows[1]["retraction"] == "'=1+1"


async def test_a_map_has_a_point_for_each_known_place(db: Database) -> None:
    """GeoJSON: longitude first; what has no coordinates has no point."""
    await store(db)
    features = json.loads(await write(db, "geojson"))["features"]
    assert [f["geometry"]["coordinates"] for f in features] == [[46.9, 39.5]]
    assert features[0]["properties"]["place"] == "Hill"


async def test_incidents_are_chosen_by_time_and_region(db: Database) -> None:
    """`since` and `region` narrow what is written; many pages are one file."""
    await store(db)
    assert "N-1" not in await write(db, "jsonl", since=START + timedelta(hours=1))
    assert "N-2" not in await write(db, "jsonl", region_id="hill")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["--format", "csv"], 0, "code,theatre"),
        (["--region", "atlantis"], 78, "atlantis"),
        (["--since", "soon"], 2, "soon"),
    ],
)
async def test_the_command_line_exports(tmp_path: Path, arguments: list[str], status: int, said: str) -> None:
    """`export incidents` writes to standard output; a region that does not exist is a fault."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "export", "incidents", *arguments),
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parent.parent), "DATABASE_URL": "sqlite:///x.db"},
        stdout=PIPE,
        stderr=PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == status, err
    assert said in (out + err).decode()
