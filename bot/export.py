"""Incidents as a file for other programs: JSON lines, CSV or GeoJSON."""

from __future__ import annotations

import csv
import json
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TextIO

from bot.incidents import tell_roles
from bot.model import Claim, Incident
from bot.storage.database import Database
from bot.storage.incidents import incidents_since

COLUMNS = (
    *("code", "theatre", "occurred", "status", "severity", "places", "accused", "acts"),
    *("killed_least", "killed_most", "wounded_least", "wounded_most", "truce"),
    *("opened_at", "last_report_at", "retraction", "reports"),
)
"""Of the CSV; lists are parted by a semicolon."""


async def export_incidents(
    database: Database, form: str, out: TextIO, since: datetime | None, region_id: str | None
) -> int:
    """Write the incidents opened since then, in or below the region; returns how many. `form`: see FORMS."""
    incidents = [each async for each in _read(database, since, region_id)]
    FORMS[form](incidents, out)
    return len(incidents)


async def _read(database: Database, since: datetime | None, region_id: str | None) -> AsyncIterator[Incident]:
    """Page by page: a reader that stays for long would keep the database's log from shrinking."""
    last_id = 0
    while True:
        async with database.reading() as conn:
            page = await incidents_since(conn, since, region_id, last_id)
        if not page:
            return
        for incident in page:
            yield incident
        last_id = page[-1].id or 0


def describe(incident: Incident) -> dict[str, Any]:
    """An incident in plain values: codes, ISO times, coordinates, each claim with its report's address."""
    return {
        "code": incident.code,
        "theatre": incident.theatre,
        "occurred": incident.occurred.isoformat(),
        "status": incident.status.value,
        "severity": incident.severity.value,
        "places": [
            {"name": p.name, "region": p.region, "level": p.level.value, "lat": p.lat, "lon": p.lon}
            for p in incident.places
        ],
        "accused": list(incident.accused),
        "acts": [act.value for act in incident.acts],
        "killed": incident.killed,
        "wounded": incident.wounded,
        "truce": incident.truce,
        "opened_at": incident.opened_at.isoformat(),
        "last_report_at": incident.last_report_at.isoformat(),
        "retraction": incident.retraction,
        "claims": [_describe_claim(claim) for claim in tell_roles(incident).claims],
    }


def _describe_claim(claim: Claim) -> dict[str, Any]:
    return {
        "speaker": claim.speaker,
        "side": claim.side,
        "origin": claim.origin,
        "stance": claim.stance.value,
        "source": claim.source_name,
        "url": claim.url,
        "title": claim.title,
        "language": claim.language,
        "said_at": claim.said_at.isoformat(),
        "accused": list(claim.accused),
        "killed": claim.killed,
        "wounded": claim.wounded,
        "is_copy": claim.is_copy,
    }


def _write_jsonl(incidents: Iterable[Incident], out: TextIO) -> None:
    for incident in incidents:
        out.write(json.dumps(describe(incident), ensure_ascii=False) + "\n")


def _write_csv(incidents: Iterable[Incident], out: TextIO) -> None:
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for incident in incidents:
        writer.writerow({name: _guard(value) for name, value in _row(incident).items()})


def _row(incident: Incident) -> dict[str, Any]:
    told = describe(incident)
    killed, wounded = incident.killed or (None, None), incident.wounded or (None, None)
    return {name: told[name] for name in COLUMNS if name in told} | {
        "places": ";".join(p.name for p in incident.places),
        "accused": ";".join(incident.accused),
        "acts": ";".join(told["acts"]),
        "killed_least": killed[0],
        "killed_most": killed[1],
        "wounded_least": wounded[0],
        "wounded_most": wounded[1],
        "reports": ";".join(claim.url for claim in incident.claims),
    }


def _guard(value: Any) -> Any:
    """A text that a spreadsheet would run as a formula is kept a text (OWASP, "CSV injection")."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value


def _write_geojson(incidents: Iterable[Incident], out: TextIO) -> None:
    features = [feature for incident in incidents for feature in _features(incident)]
    json.dump({"type": "FeatureCollection", "features": features}, out, ensure_ascii=False)
    out.write("\n")


def _features(incident: Incident) -> Iterator[dict[str, Any]]:
    """A point for each place whose coordinates are known; none when there is no such place."""
    told = describe(incident)
    shared = {name: value for name, value in told.items() if name != "places"}
    for place in told["places"]:
        if place["lat"] is not None and place["lon"] is not None:
            point = {"type": "Point", "coordinates": [place["lon"], place["lat"]]}
            yield {"type": "Feature", "geometry": point, "properties": shared | {"place": place["name"]}}


FORMS: Mapping[str, Callable[[Iterable[Incident], TextIO], None]] = {
    "jsonl": _write_jsonl,
    "csv": _write_csv,
    "geojson": _write_geojson,
}
"""How incidents can be written, by the word for it."""
