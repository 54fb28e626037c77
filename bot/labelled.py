"""What people judged, as labelled reports in the form of the corpus: one JSON object a line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any, TextIO

from bot.model import Finding
from bot.storage.database import Database
from bot.storage.verdicts import JudgedReport, judged_reports, verdicts_since
from bot.watch.verdicts import Judgement, Verdict


async def export_verdicts(database: Database, out: TextIO, since: datetime | None) -> int:
    """Write a line for each report of each judged incident, by its latest verdict; returns how many."""
    async with database.reading() as conn:
        latest = {verdict.code: verdict for verdict in await verdicts_since(conn, since)}
    written = 0
    for verdict in latest.values():
        async with database.reading() as conn:
            reports = await judged_reports(conn, verdict.reports)
        for report in reports:
            out.write(json.dumps(label(report, verdict), ensure_ascii=False) + "\n")
        written += len(reports)
    return written


def label(report: JudgedReport, verdict: Verdict) -> dict[str, Any]:
    """A report with what is right of what was read out of it; what the verdict denies is left out.

    `split` is "judged": what was judged is neither for training nor for testing until an editor has read it.
    """
    reported_at = report.reported_at.astimezone(UTC)
    return {
        "id": f"judged-{report.id}",
        "source": {"name": report.source_name, "kind": report.source_type, "side": report.source_side},
        "url": report.url,
        "published": reported_at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "lang": report.finding.language,
        "title": report.title,
        "text": report.text,
        "label": _label(report.finding, verdict),
        "split": "judged",
    }


def _label(finding: Finding, verdict: Verdict) -> dict[str, Any]:
    why = f"judged {verdict.judgement} on {verdict.judged_at.date()}"
    is_violation = verdict.judgement is not Judgement.NO_VIOLATION
    found = finding if is_violation else Finding(False, 0.0, finding.language, theatre=finding.theatre)
    told: dict[str, Any] = {
        "violation": is_violation,
        "stance": found.stance.value if found.stance else None,
        "theatre": found.theatre,
        "places": [place.name for place in found.places],
        "incident": verdict.code if is_violation else None,
        "occurred": found.occurred.isoformat() if found.occurred else None,
        "accused": list(found.accused),
        "accuser": list(found.accuser),
        "acts": [act.value for act in found.acts],
        "killed": found.killed,
        "wounded": found.wounded,
    }
    denied = {Judgement.WRONG_PLACE: "places", Judgement.DUPLICATE: "incident"}.get(verdict.judgement)
    return {name: value for name, value in told.items() if name != denied} | {"why": why}
