"""GDELT's files of a quarter of an hour, and ReliefWeb's answers."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from bot.errors import ParseError
from bot.model import Entry
from bot.sources import reliefweb
from bot.sources.gdelt import COUNTRIES, MOST_UNZIPPED_BYTES, PALESTINE, parse
from tests.ground import shared_facts

ADDED = datetime(2025, 1, 9, 10, 15, tzinfo=UTC)


def event(
    url: str, *, code: str = "190", country: str = "LE", day: str = "20250109", mentions: int = 5
) -> str:
    """A row of the events' file."""
    row = [""] * 61
    row[1], row[26], row[28], row[31] = day, code, code[:2], str(mentions)
    row[53], row[59], row[60] = country, "20250109101500", url
    return "\t".join(row)


def head(url: str, title: str, published: str = "20250109094500") -> str:
    """A row of the articles' file."""
    row = [""] * 27
    row[4] = url
    row[26] = (
        f"<PAGE_TITLE>{title}</PAGE_TITLE><PAGE_PRECISEPUBTIMESTAMP>{published}</PAGE_PRECISEPUBTIMESTAMP>"
    )
    return "\t".join(row)


def zipped(*lines: str, names: tuple[str, ...] = ("20250109101500.csv",)) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, "\n".join(lines))
    return file.getvalue()


def packed(events: list[str], heads: list[str]) -> bytes:
    return msgspec.msgpack.encode((zipped(*events), zipped(*heads)))


def test_an_entry_points_to_an_article_with_its_own_headline() -> None:
    """The site is its origin; GDELT's coding is no word of it."""
    url = "https://www.outlet.example/2025/01/a-strike"
    body = packed([event(url)], [head(url, "Strike near Tyre &amp; two wounded")])
    assert parse(body) == (
        Entry(
            url,
            "",
            "Strike near Tyre & two wounded",
            "",
            datetime(2025, 1, 9, 9, 45, tzinfo=UTC),
            origin="outlet.example",
        ),
    )


def test_broken_ceasefires_come_first_then_what_is_told_most() -> None:
    """However few tell of them; each article once."""
    events = [
        event("https://a.example/1", mentions=9),
        event("https://a.example/2", mentions=50),
        event("https://a.example/3", code="196", mentions=1),
        event("https://a.example/3", mentions=2),
    ]
    heads = [head(f"https://a.example/{n}", f"Headline {n}") for n in (1, 2, 3)]
    assert [e.title for e in parse(packed(events, heads))] == ["Headline 3", "Headline 2", "Headline 1"]


@pytest.mark.parametrize(
    "change",
    [{"code": "042"}, {"code": "171"}, {"country": "FR"}, {"day": "20150109"}, {"day": "x"}],
)
def test_only_fighting_of_these_days_in_the_theatres_counts(change: dict[str, Any]) -> None:
    """Meetings, arrests, other countries and anniversaries are left out."""
    url = "https://a.example/1"
    assert parse(packed([event(url, **change)], [head(url, "A headline")])) == ()


def test_a_headline_may_stand_in_the_address() -> None:
    """Where GDELT has none; an address without words gives no entry."""
    events = [
        event("https://a.example/news/two-wounded-in-strike-near-tyre-123"),
        event("https://a.example/7"),
    ]
    (found,) = parse(packed(events, []))
    assert found.title == "two wounded in strike near tyre 123"
    assert found.published_at == ADDED


def test_every_country_of_the_theatres_is_known() -> None:
    """By the codes that GDELT writes."""
    countries = {c for facts in shared_facts().theatres.values() for c in facts["countries"]}
    assert countries - COUNTRIES.keys() == {"PS"}
    assert {"GZ", "WE"} == PALESTINE


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no archives",
        msgspec.msgpack.encode((b"no zip", b"")),
        msgspec.msgpack.encode((zipped("a")[:-30], zipped("a"))),
        msgspec.msgpack.encode((zipped("a", names=("a", "b")), zipped("a"))),
    ],
)
def test_what_is_no_archive_of_gdelt_is_said_so(body: bytes) -> None:
    """ParseError alone."""
    with pytest.raises(ParseError):
        parse(body)


def test_an_archive_is_unpacked_no_further_than_its_bound() -> None:
    """A hundred megabytes of nothing in a hundred kilobytes."""
    line = "x" * 1_000_000
    bomb = zipped(*(line for _ in range(MOST_UNZIPPED_BYTES // 1_000_000 + 2)))
    assert len(bomb) < 1_000_000
    with pytest.raises(ParseError, match="more than is allowed"):
        parse(msgspec.msgpack.encode((bomb, zipped("a"))))


def test_a_report_of_reliefweb_names_who_signed_it() -> None:
    """Its address, text, time and language too."""
    fields = {
        "title": "Flash update",
        "body": "<p>Two killed near <b>Goma</b>.</p>",
        "url_alias": "https://reliefweb.int/report/x/flash-update",
        "date": {"created": "2025-01-09T10:00:00+00:00"},
        "source": [{"name": "OCHA", "shortname": "OCHA"}],
        "language": [{"code": "en"}],
    }
    answer = {"data": [{"id": "41", "fields": fields}, {"id": 2}, "nonsense"]}
    assert reliefweb.parse(json.dumps(answer).encode()) == (
        Entry(
            "https://reliefweb.int/report/x/flash-update",
            "reliefweb-41",
            "Flash update",
            "Two killed near Goma.",
            datetime(2025, 1, 9, 10, 0, tzinfo=UTC),
            "en",
            "OCHA",
        ),
    )


def test_what_reliefweb_refuses_is_passed_on() -> None:
    """Such as a name that it has not approved."""
    told = {"status": 403, "error": {"message": "You are not using an approved appname"}}
    with pytest.raises(ParseError, match="approved appname"):
        reliefweb.parse(json.dumps(told).encode())
    for body in (b"", b"[]", b"{", b"[" * 100_000, b'{"data": 5}'):
        with pytest.raises(ParseError):
            reliefweb.parse(body)
