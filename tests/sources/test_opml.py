"""Lists of feeds, out and in."""

from __future__ import annotations

import tomllib
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bot.errors import ConfigurationError, ParseError
from bot.model import NEUTRAL, Source, SourceKind, SourceOptions, SourceType
from bot.sources.catalogue import read_catalogue
from bot.sources.opml import read_opml, write_opml
from bot.sources.tending import export_opml, import_opml

FOREIGN = """<?xml version="1.0" encoding="utf-8"?><opml version="1.1"><body><outline text="War &amp; peace">
<outline text="Größte Zeitung" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>
<outline title="Again" xmlUrl="http://www.a.example/feed?utm_source=x"/>
<outline text="Channel" type="rss" xmlUrl="https://t.me/front_line"/>
<outline text="A page" type="link" url="https://b.example/"/>
<outline text="A file" xmlUrl="file:///etc/passwd"/></outline></body></opml>"""


def test_the_whole_catalogue_comes_back_as_it_went_out() -> None:
    """Kinds, sides, selectors and all."""
    page = Source(
        "a-page",
        'A "page" & <more>',
        SourceKind.PAGE,
        "https://page.example/",
        SourceType.MOD,
        "armenia",
        "own",
        ("ukraine",),
        90,
        SourceOptions("hy", True, "li > a", "a", "h3", "time"),
    )
    sources = (*read_catalogue(), page)
    assert read_opml(write_opml(sources)) == sources


def test_readers_of_feeds_find_the_feeds() -> None:
    """Where OPML has them: an outline of type rss with xmlUrl."""
    root = ET.fromstring(write_opml(read_catalogue()))
    feeds = {o.get("xmlUrl") for o in root.iter("outline") if o.get("type") == "rss"}
    assert feeds == {s.url for s in read_catalogue() if s.kind is SourceKind.FEED}


def test_lists_of_other_programs_are_read() -> None:
    """Through groups, each address once; channels are recognised, what cannot be asked is left out."""
    newspaper, channel = read_opml(FOREIGN.encode())
    assert (newspaper.id, newspaper.name) == ("grosste-zeitung", "Größte Zeitung")
    assert (newspaper.kind, newspaper.type, newspaper.side) == (
        SourceKind.FEED,
        SourceType.NEWSPAPER,
        NEUTRAL,
    )
    assert (channel.kind, channel.url) == (SourceKind.CHANNEL, "https://t.me/s/front_line")


@pytest.mark.parametrize(
    ("attributes", "url"),
    [
        ('xmlurl="https://a.example/feed"', "https://a.example/feed"),
        ('xmlUrl="https://T.me/front_line"', "https://t.me/s/front_line"),
        ('xmlUrl="https://telegram.me/s/front_line/"', "https://t.me/s/front_line"),
    ],
)
def test_small_differences_of_writing_lose_no_source(attributes: str, url: str) -> None:
    """Programs differ in capitals and in the name of the host of channels."""
    (source,) = read_opml(f"<opml><body><outline text='A' {attributes}/></body></opml>".encode())
    assert source.url == url


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<opml",
        "<rss/>",
        '<!DOCTYPE o [<!ENTITY a "b">]><opml><body><outline text="&a;" xmlUrl="https://a.example/"/></body></opml>',
        '<!DOCTYPE o [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
        "<a>" * 200_000,
    ],
)
def test_what_is_no_list_or_declares_entities_is_refused(body: str) -> None:
    """ParseError alone."""
    with pytest.raises(ParseError):
        read_opml(body.encode())


def test_a_document_type_that_declares_nothing_is_passed_over() -> None:
    """Old programs write one."""
    assert len(read_opml(FOREIGN.replace("<opml", '<!DOCTYPE opml SYSTEM "x.dtd"><opml', 1).encode())) == 2


def test_an_import_prints_what_the_catalogue_lacks(tmp_path: Path) -> None:
    """As entries of a sources file that reads as it stands."""
    known, out = read_catalogue(), StringIO()
    export_opml(known, tmp_path / "list.opml")
    assert import_opml(tmp_path / "list.opml", known, out) == 0
    assert out.getvalue() == ""
    import_opml(tmp_path / "list.opml", known[:1], out)
    (tmp_path / "sources.toml").write_text(out.getvalue(), encoding="utf-8")
    assert read_catalogue(tmp_path / "sources.toml") == known[1:]
    assert len(tomllib.loads(out.getvalue())["source"]) == len(known) - 1


def test_a_list_that_cannot_be_read_is_a_fault_of_configuration(tmp_path: Path) -> None:
    """With its name and the reason."""
    with pytest.raises(ConfigurationError, match=r"gone\.opml: No such file"):
        import_opml(tmp_path / "gone.opml", (), StringIO())
