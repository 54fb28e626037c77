"""The sources file: what an operator may write, and what the bundled one says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.model import NEUTRAL, Source, SourceKind, SourceOptions, SourceType
from bot.sources.catalogue import Vocabulary, read_catalogue, read_samples
from tests.ground import shared_facts

GOOD = """
[[source]]
id = "unifil"
name = "UNIFIL"
kind = "feed"
url = "https://unifil.unmissions.org/rss.xml"
type = "monitor"
origin = "un"
theatres = ["israel-lebanon"]
interval_s = 120
"""


def _read(tmp_path: Path, text: str | bytes, known: Vocabulary | None = None) -> tuple[Source, ...]:
    path = tmp_path / "sources.toml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_catalogue(path, known or Vocabulary())


def _faults(tmp_path: Path, text: str | bytes, known: Vocabulary | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        _read(tmp_path, text, known)
    return "\n".join(caught.value.faults)


def test_a_source_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Every setting arrives; what is left out takes its default."""
    assert _read(tmp_path, GOOD) == (
        Source(
            "unifil",
            "UNIFIL",
            SourceKind.FEED,
            "https://unifil.unmissions.org/rss.xml",
            SourceType.MONITOR,
            NEUTRAL,
            "un",
            ("israel-lebanon",),
            120,
        ),
    )


def test_all_faults_are_told_at_once_with_file_and_entry(tmp_path: Path) -> None:
    """One run is enough to mend a file."""
    told = _faults(
        tmp_path,
        GOOD
        + """
[[source]]
id = "A b"
kind = "fax"
url = "ftp://a.example/"
type = "rumour"
side = 5
colour = "red"
[[source]]
id = "two"
name = "Two"
kind = "feed"
url = "http://user:word@two.example/feed"
type = "agency"
side = "atlantis"
theatres = ["moon"]
interval_s = 1
""",
        Vocabulary({"armenia"}, {"israel-lebanon"}),
    )
    for part in (
        "sources.toml, source 'A b': name is missing",
        "source 'A b': colour is not a setting",
        "source 'A b': side must be text",
        "source 'two': url",
        "source 'two': side 'atlantis'",
        "source 'two': theatre 'moon'",
        "source 'two': interval_s must be",
    ):
        assert part in told


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("feed", "fax"), "kind 'fax' cannot be checked; possible are"),
        (('"monitor"', '"rumour"'), "type 'rumour' is unknown"),
        (("https://unifil.unmissions.org/rss.xml", "sample:wire"), "must be an http or https address"),
        (
            ("https://unifil.unmissions.org/rss.xml", "https://a.example/#x"),
            "must be an http or https address",
        ),
        (('"unifil"', '"Unifil!"'), "id must be small letters"),
        (("120", '"often"'), "interval_s must be a whole number"),
        (("120", "true"), "interval_s must be a whole number"),
        (('["israel-lebanon"]', '"israel-lebanon"'), "theatres must be a list"),
        (("[[source]]", "[source]"), "two brackets"),
        (("[[source]]", "[[sources]]"), "knows only [[source]]"),
    ],
)
def test_a_fault_says_what_to_write(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    """In words for the person who edits the file."""
    assert fault in _faults(tmp_path, GOOD.replace(*change))


def test_a_source_is_listed_once(tmp_path: Path) -> None:
    """By id and by address, tracking or not."""
    assert "another source has the same id" in _faults(tmp_path, GOOD + GOOD)
    twin = GOOD.replace('"unifil"', '"twin"', 1).replace("rss.xml", "rss.xml?utm_source=x")
    assert "'twin': has the same address as 'unifil'" in _faults(tmp_path, GOOD + twin)


@pytest.mark.parametrize("text", ["[[source", b"\xff\xfe", ""])
def test_a_file_that_is_none_is_a_fault_of_configuration(tmp_path: Path, text: str | bytes) -> None:
    """Broken TOML, broken UTF-8, nothing at all."""
    assert "sources.toml" in _faults(tmp_path, text)


def test_a_file_that_is_not_there_is_a_fault_of_configuration(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(ConfigurationError, match=r"gone\.toml"):
        read_catalogue(tmp_path / "gone.toml")


def test_the_samples_are_sources() -> None:
    """Several outlets, both sides and neutral ones."""
    samples = read_samples()
    assert {s.side for s in samples} >= {"armenia", "azerbaijan", NEUTRAL}
    assert all(s.name.startswith("Sample ") for s in samples)


def test_options_say_how_a_source_is_read(tmp_path: Path) -> None:
    """Language and full text for every kind, selectors for pages."""
    more = 'language = "hy"\nfull_text = true\nitems = "ul li"\nlink = "a"\ntitle = "h3"\ntime = "time"\n'
    (source,) = _read(tmp_path, GOOD.replace('"feed"', '"page"') + more)
    assert source.options == SourceOptions("hy", True, "ul li", "a", "h3", "time")


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('language = "Armenian"', "language must be its code"),
        ("language = 5", "language must be its code"),
        ('full_text = "yes"', "full_text must be true or false"),
        ('items = "li"', "items is for sources of kind 'page'"),
        ("items = 5", "items must be a CSS selector"),
    ],
)
def test_a_fault_of_an_option_says_what_to_write(tmp_path: Path, line: str, fault: str) -> None:
    """Like every other."""
    assert fault in _faults(tmp_path, f"{GOOD}{line}\n")


@pytest.mark.parametrize(
    ("kind", "url", "is_good"),
    [
        ("gdelt", "http://data.gdeltproject.org/gdeltv2/lastupdate.txt", True),
        ("gdelt", "https://api.gdeltproject.org/api/v2/doc/doc", False),
        ("reliefweb", "https://api.reliefweb.int/v2/reports?appname=mine&limit=50", True),
        ("reliefweb", "https://api.reliefweb.int/v2/reports?limit=50", False),
        ("channel", "https://t.me/unifil", False),
    ],
)
def test_addresses_fit_their_kind(tmp_path: Path, kind: str, url: str, is_good: bool) -> None:
    """What could never answer is told at the start."""
    text = GOOD.replace('"feed"', f'"{kind}"').replace("https://unifil.unmissions.org/rss.xml", url)
    if is_good:
        assert len(_read(tmp_path, text)) == 1
    else:
        assert re.search(r"url .*must be", _faults(tmp_path, text))


def test_the_bundled_catalogue_names_known_sides_and_theatres() -> None:
    """At least a hundred and fifty sources, each with its language but those that speak many."""
    facts = shared_facts()
    known = Vocabulary(set(facts.parties), set(facts.theatres))
    sources = read_catalogue(known=known)
    assert len(sources) >= 150
    assert [s.id for s in sources if s.options.language is None] == ["gdelt"]
    assert {s.kind for s in sources} >= {
        SourceKind.FEED,
        SourceKind.CHANNEL,
        SourceKind.PAGE,
        SourceKind.GDELT,
    }


SIDES = {
    "armenia-azerbaijan": ({"armenia", "nagorno-karabakh"}, {"azerbaijan"}),
    "ukraine": ({"ukraine"}, {"russia"}),
    "georgia": ({"georgia"}, {"abkhazia", "south-ossetia"}),
    "moldova-transnistria": ({"moldova"}, {"transnistria"}),
    "cyprus": ({"cyprus"}, {"north-cyprus", "turkey"}),
    "israel-gaza": ({"israel"}, {"hamas"}),
    "israel-lebanon": ({"israel"}, {"hezbollah", "lebanon"}),
    "syria": ({"syria"}, {"sdf", "druze-factions"}),
    "iran-israel": ({"iran"}, {"israel"}),
    "yemen": ({"houthi"}, {"yemen-government", "saudi-coalition"}),
    "libya": ({"gna"}, {"lna"}),
    "sudan": ({"saf"}, {"rsf"}),
    "south-sudan": ({"sspdf"}, {"spla-io"}),
    "ethiopia": ({"ethiopia-federal"}, {"tigray"}),
    "drc": ({"fardc"}, {"m23", "rwanda"}),
    "western-sahara": ({"morocco"}, {"polisario"}),
    "colombia": ({"colombia-army", "colombia-government"}, {"eln", "emc"}),
    "india-pakistan": ({"india"}, {"pakistan"}),
    "afghanistan-pakistan": ({"afghanistan"}, {"pakistan"}),
    "korea": ({"south-korea"}, {"north-korea"}),
    "thailand-cambodia": ({"thailand"}, {"cambodia"}),
    "myanmar": ({"myanmar-military"}, {"arakan-army", "knu"}),
    "philippines": ({"philippines"}, {"npa", "milf"}),
}
ONE_SIDED = {"central-african-republic": {"car-government"}}
"""Its armed groups publish nothing that could be checked on a schedule."""


@pytest.mark.parametrize("theatre", sorted(shared_facts().theatres))
def test_both_sides_of_every_theatre_are_heard(theatre: str) -> None:
    """And somebody who is neither, each for this theatre and not for the world at large."""
    heard = {s.side for s in read_catalogue() if theatre in s.theatres}
    assert NEUTRAL in heard
    for side in SIDES.get(theatre) or [ONE_SIDED[theatre]]:
        assert heard & side
