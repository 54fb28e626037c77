"""Judges a file of reports as the service would: read, placed into incidents, one line of JSON each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from bot.data import Facts, load_facts
from bot.errors import ConfigurationError
from bot.incidents import Ledger, tell_roles
from bot.model import Finding, Incident, Report, Source, SourceKind, SourceType
from bot.reading import Reader


def main(path: Path, output: Path | None, stdout: TextIO) -> None:
    """Judges the reports of `path` (JSON lines) and writes a line each, in the file's order.

    Raises ConfigurationError when the file cannot be read or a line is no report.
    """
    rows = _read_rows(path)
    facts = load_facts()
    judged = analyse(rows, facts)
    with output.open("w", encoding="utf-8") if output else nullcontext(stdout) as target:
        for row in rows:
            target.write(json.dumps(judged[row["id"]], ensure_ascii=False) + "\n")


def analyse(rows: Iterable[Mapping[str, Any]], facts: Facts) -> dict[str, dict[str, Any]]:
    """Report id -> judgement; reports are taken in order of publication, as the service would see them."""
    reader = Reader(facts)
    ledger = Ledger([party for party, row in facts.parties.items() if row.kind == "monitor"])
    judged = {}
    for number, row in enumerate(sorted(rows, key=lambda r: _moment(r["published"])), start=1):
        report = make_report(row, number)
        finding = reader.read(report)
        placed = ledger.add(report, finding)
        judged[row["id"]] = describe(row["id"], finding, placed.after if placed else None, number)
    return judged


def make_report(row: Mapping[str, Any], number: int) -> Report:
    """The report of one line."""
    outlet = row["source"]
    name = outlet["name"]
    source = Source(
        id=name,
        name=name,
        kind=SourceKind.FEED,
        url=row.get("url", ""),
        type=SourceType(outlet["kind"]),
        side=outlet["side"],
    )
    published = _moment(row["published"])
    return Report(
        source=source,
        key=str(row["id"]),
        url=row.get("url", ""),
        title=row["title"],
        text=row["text"],
        published_at=published,
        seen_at=published,
        id=number,
    )


def describe(report_id: str, finding: Finding, incident: Incident | None, number: int) -> dict[str, Any]:
    """A judgement in the form that measurements read; stance and day as the ledger tells them."""
    stance, occurred = finding.stance, finding.occurred
    if incident:
        claim = next(c for c in tell_roles(incident).claims if c.report_id == number)
        stance, occurred = claim.stance, claim.occurred
    return {
        "id": report_id,
        "violation": finding.is_violation,
        "score": round(finding.score, 4),
        "language": finding.language,
        "stance": stance,
        "theatre": finding.theatre,
        "truce": finding.truce,
        "places": [
            {"name": p.name, "names": list(p.names), "lat": p.lat, "lon": p.lon} for p in finding.places
        ],
        "occurred": occurred.isoformat() if occurred else None,
        "accused": list(finding.accused),
        "accuser": list(finding.accuser),
        "acts": list(finding.acts),
        "killed": finding.killed,
        "wounded": finding.wounded,
        "incident": incident.code if incident else None,
        "evidence": [asdict(e) for e in finding.evidence],
        "reasons": [asdict(r) for r in finding.reasons],
    }


def _read_rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8") as lines:
            return list(_parse(lines))
    except OSError as error:
        raise ConfigurationError([f"{path} cannot be read: {error.strerror}"]) from error


def _parse(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            make_report(row, number)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ConfigurationError([f"line {number} is no report: {error!r}"]) from error
        yield row


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
