"""GDELT 2.0: every 15 minutes a file of events and one of the articles that they were read from.

Runs in the parser process; `bot.sources.gather` fetches both files. An entry points to an article; its words
are the headline of that article, never the coding of GDELT, which is machine-made and no source.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import IO
from urllib.parse import unquote, urlsplit

import msgspec

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.page import join_address
from bot.sources.plain import to_line

COUNTRIES = {
    "AM": "AM", "AZ": "AJ", "UA": "UP", "RU": "RS", "GE": "GG", "MD": "MD", "CY": "CY", "LB": "LE",
    "IL": "IS", "SY": "SY", "IR": "IR", "YE": "YM", "LY": "LY", "SD": "SU", "SS": "OD", "ET": "ET",
    "CD": "CG", "CF": "CT", "EH": "WI", "CO": "CO", "PK": "PK", "IN": "IN", "AF": "AF", "KR": "KS",
    "KP": "KN", "TH": "TH", "KH": "CB", "MM": "BM", "PH": "RP",
}  # fmt: skip
"""ISO 3166 codes of the theatres' countries as GDELT (FIPS 10-4) writes them; Palestine has two."""
PALESTINE = frozenset({"GZ", "WE"})
PLACES = frozenset(COUNTRIES.values()) | PALESTINE

MAX_ENTRIES = 200
MOST_UNZIPPED_BYTES = 64 * 1024 * 1024
MOST_ROWS = 50_000
LONGEST_LINE = 2_000_000
_ROOTS = frozenset({"19", "20"})
"""CAMEO: 19 fight, 20 use unconventional mass violence; 196 is "violate ceasefire"."""
_VIOLATE_CEASEFIRE = "196"
_EVENT_COLUMNS, _ARTICLE_COLUMNS = 61, 27
_DAY, _CODE, _ROOT, _MENTIONS, _COUNTRY, _ADDED, _URL = 1, 26, 28, 31, 53, 59, 60
_ARTICLE_URL, _EXTRAS = 4, 26
_OLDEST = timedelta(days=2)
"""Before it was added: GDELT dates an event as the article does, also one of years ago."""
_TITLE = re.compile(r"<PAGE_TITLE>(.{1,1000}?)</PAGE_TITLE>", re.DOTALL)
_PUBLISHED = re.compile(r"<PAGE_PRECISEPUBTIMESTAMP>(\d{14})</PAGE_PRECISEPUBTIMESTAMP>", re.ASCII)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)
_SLUG = re.compile(r"[^\W\d_]{2,}(?:[-_]\w+){3,}")


@dataclass(frozen=True, slots=True)
class _Event:
    url: str
    is_breach: bool
    mentions: int
    added_at: datetime


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """One entry an article that tells of fighting in a theatre, broken ceasefires first, then the most told.

    `body` is both files, events first, as one MessagePack array; `origin` is the article's site. Raises
    ParseError, and nothing else.
    """
    try:
        events, articles = msgspec.msgpack.decode(body, type=tuple[bytes, bytes])
        chosen = sorted(_events(events), key=lambda e: (not e.is_breach, -e.mentions))[:MAX_ENTRIES]
        heads = _heads(articles, frozenset(event.url for event in chosen))
    except (msgspec.MsgspecError, ValueError, OverflowError) as error:
        raise ParseError("the answer is not GDELT's") from error
    entries = (_entry(event, *heads.get(event.url, ("", None))) for event in chosen)
    return tuple(entry for entry in entries if entry is not None)


def _events(zipped: bytes) -> list[_Event]:
    """The worst event of each article."""
    found: dict[str, _Event] = {}
    for row in _rows(zipped, _EVENT_COLUMNS):
        event = _event(row)
        if event is None:
            continue
        known = found.get(event.url)
        if known is None or (event.is_breach, event.mentions) > (known.is_breach, known.mentions):
            found[event.url] = event
    return list(found.values())


def _event(row: Sequence[str]) -> _Event | None:
    if row[_ROOT] not in _ROOTS or row[_COUNTRY] not in PLACES:
        return None
    url, added_at, day = join_address(row[_URL], ""), _stamp(row[_ADDED]), _stamp(f"{row[_DAY]}000000")
    if not url or added_at is None or day is None or added_at - day > _OLDEST + timedelta(days=1):
        return None
    mentions = int(row[_MENTIONS]) if row[_MENTIONS].isascii() and row[_MENTIONS].isdigit() else 0
    return _Event(url, row[_CODE] == _VIOLATE_CEASEFIRE, mentions, added_at)


def _heads(zipped: bytes, wanted: frozenset[str]) -> dict[str, tuple[str, datetime | None]]:
    """Headline and time of the wanted articles."""
    found = {}
    for row in _rows(zipped, _ARTICLE_COLUMNS):
        url = join_address(row[_ARTICLE_URL], "")
        if url in wanted:
            title, moment = _TITLE.search(row[_EXTRAS]), _PUBLISHED.search(row[_EXTRAS])
            head = to_line(html.unescape(title[1])) if title else ""
            found[url] = (head, _stamp(moment[1]) if moment else None)
    return found


def _rows(zipped: bytes, columns: int) -> Iterator[list[str]]:
    """Rows of a zipped table, unpacked as they are read and never further than a bound. Raises ParseError."""
    try:
        with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
            names = archive.namelist()
            if len(names) != 1:
                raise ParseError("GDELT's archive does not hold one file")
            with archive.open(names[0]) as file:
                yield from _split(_bounded(file), columns)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise ParseError("GDELT's archive is broken") from error


def _split(lines: Iterator[str], columns: int) -> Iterator[list[str]]:
    for line in islice(lines, MOST_ROWS):
        row = line.rstrip("\n").split("\t")
        if len(row) >= columns:
            yield row


def _bounded(file: IO[bytes]) -> Iterator[str]:
    spent = 0
    while line := file.readline(LONGEST_LINE):
        spent += len(line)
        if spent > MOST_UNZIPPED_BYTES:
            raise ParseError("GDELT's archive unpacks to more than is allowed")
        yield line.decode("utf-8", "replace").replace("\x00", "").replace("\r", "")


def _entry(event: _Event, title: str, published_at: datetime | None) -> Entry | None:
    parts = urlsplit(event.url)
    title = title or _title_from(parts.path)
    if not title:
        return None
    site = (parts.hostname or "").removeprefix("www.")
    return Entry(event.url, "", title, "", published_at or event.added_at, origin=site)


def _title_from(path: str) -> str:
    """Headlines stand in many addresses; GDELT gives some articles none."""
    slug = _SLUG.search(unquote(path).rpartition("/")[2] or unquote(path.rstrip("/")).rpartition("/")[2])
    return to_line(re.sub(r"[-_]+", " ", slug[0])) if slug else ""


def _stamp(digits: str) -> datetime | None:
    """A time of fourteen digits; strptime would load itself when nothing can be opened any more."""
    match = _DIGITS.fullmatch(digits)
    try:
        return datetime(*map(int, match.groups()), tzinfo=UTC) if match else None  # type: ignore[arg-type,misc]
    except ValueError:
        return None
