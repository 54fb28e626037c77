"""ReliefWeb's interface, version 2: reports of aid organisations and monitors, whose authors are origins.

Runs in the parser process. The address in the sources file says what is asked, and by which `appname`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode
from bot.sources.page import join_address, zoned_time
from bot.sources.plain import to_line, to_plain

HOST = "https://api.reliefweb.int/v2/"
MAX_ENTRIES = 200


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """The reports of one answer; `origin` is the first organisation that signs a report.

    Raises ParseError, and nothing else; what the interface itself says of an error is passed on.
    """
    try:
        answer = json.loads(decode(body, content_type))
    except (ValueError, RecursionError) as error:
        raise ParseError("the answer is broken JSON") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise ParseError(_why_not(answer))
    rows = [row for row in answer["data"][:MAX_ENTRIES] if isinstance(row, dict)]
    entries = (_entry(row) for row in rows)
    return tuple(entry for entry in entries if entry is not None)


def _why_not(answer: object) -> str:
    error = answer.get("error") if isinstance(answer, dict) else None
    told = error.get("message") if isinstance(error, dict) else None
    if isinstance(told, str) and told.strip():
        return f"ReliefWeb refuses: {to_line(told, 200)}"
    return "the answer is JSON but not of ReliefWeb's interface"


def _entry(row: Mapping[str, Any]) -> Entry | None:
    fields = row.get("fields")
    if not isinstance(fields, dict):
        return None
    title, text = to_line(_text(fields.get("title"))), to_plain(_text(fields.get("body")))
    if not title and not text:
        return None
    number = row.get("id")
    return Entry(
        url=join_address(_text(fields.get("url_alias")) or _text(fields.get("url")), ""),
        guid=f"reliefweb-{number}" if isinstance(number, int | str) else "",
        title=title or text.partition("\n")[0][:140],
        text=text,
        published_at=_time(fields.get("date")),
        language=_first(fields.get("language"), "code")[:8].lower() or None,
        origin=to_line(
            _first(fields.get("source"), "shortname") or _first(fields.get("source"), "name"), 200
        ),
    )


def _time(dates: object) -> datetime | None:
    """When it was put up: what its author dated it by may be a day without an hour."""
    return zoned_time(_text(dates.get("created"))) if isinstance(dates, dict) else None


def _first(rows: object, name: str) -> str:
    """A field of the first of a list of objects; single objects occur as well."""
    one = rows[0] if isinstance(rows, list) and rows else rows
    return _text(one.get(name)) if isinstance(one, dict) else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
