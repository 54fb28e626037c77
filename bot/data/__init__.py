"""The facts that Trucewatch knows, read from the files beside this one: one a theatre or a language.

Nothing here judges: `load_facts` brings regions, parties, truces, lexicons and the gazetteer into memory and
refuses files that contradict themselves, all faults at once.
"""

from __future__ import annotations

import csv
import gzip
import tomllib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from importlib.resources.abc import Traversable
from itertools import accumulate
from typing import Any

from bot.atlas import Atlas
from bot.errors import ConfigurationError
from bot.model import Party, Region, RegionLevel, Truce

Lexicon = dict[str, Any]
"""One language's tables of phrases, as docs/lexicons.md describes them."""


@dataclass(frozen=True, slots=True)
class Town:
    """A populated place of the gazetteer (GeoNames): `countries` is an ISO 3166 alpha-2 code."""

    name: str
    country: str
    lat: float
    lon: float
    population: int
    names: tuple[str, ...]


class Gazetteer:
    """The towns, kept as the lines of their file: twenty thousand that are seldom asked for."""

    def __init__(self, lines: Sequence[str] = ()) -> None:
        kept = [line.encode() for line in lines if line and not line.startswith("#")]
        self._text = b"".join(kept)
        self._ends = array("I", accumulate(map(len, kept)))

    def __len__(self) -> int:
        return len(self._ends)

    def _line(self, number: int) -> str:
        return self._text[self._ends[number - 1] if number else 0 : self._ends[number]].decode()

    def __getitem__(self, number: int) -> Town:
        name, country, lat, lon, population, names = self._line(number).split("\t")
        spellings = tuple(n for n in names.split("|") if n)
        return Town(name, country, float(lat), float(lon), int(population), spellings)

    def names(self, number: int) -> list[str]:
        """Every name of a town, without reading the rest."""
        name, _, _, _, _, names = self._line(number).split("\t")
        return [name, *names.split("|")] if names else [name]

    def country(self, number: int) -> str:
        """The country of a town, without reading the rest."""
        return self._line(number).split("\t", 2)[1]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything an editor can correct without touching code."""

    atlas: Atlas
    parties: dict[str, Party]
    truces: tuple[Truce, ...]
    lexicons: dict[str, Lexicon]
    towns: Gazetteer = field(default_factory=Gazetteer)
    languages: dict[str, Any] = field(default_factory=dict)
    theatres: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, float] = field(default_factory=dict)


def load_facts() -> Facts:
    """All data files as values. Raises ConfigurationError with every fault that was found."""
    root = resources.files("bot.data")
    regions = tuple(region for file in _files(root, "regions", ".csv") for region in _read_regions(file))
    truces = tuple(truce for file in _files(root, "truces", ".toml") for truce in _read_truces(file))
    return Facts(
        atlas=Atlas(regions, _read_toml(root / "former.toml")["former"]),
        parties=_merge_parties(_files(root, "parties", ".toml")),
        truces=truces,
        lexicons=_read_lexicons(root),
        towns=_read_towns(root / "gazetteer.tsv.gz"),
        languages=_read_toml(root / "languages.toml"),
        theatres=_read_toml(root / "theatres.toml"),
        weights=_read_weights(root / "relevance.toml"),
    )


def _files(root: Traversable, folder: str, ending: str) -> list[Traversable]:
    """The files of a folder in the order of their names; none when there is no such folder."""
    place = root / folder
    if not place.is_dir():
        return []
    return sorted((f for f in place.iterdir() if f.name.endswith(ending)), key=lambda f: f.name)


def _read_lexicons(root: Traversable) -> dict[str, Lexicon]:
    """Each language's words, and those that tell who did what, as one set of tables."""
    lexicons = {_stem(file): _read_toml(file) for file in _files(root, "lexicons", ".toml")}
    for file in _files(root, "roles", ".toml"):
        lexicon = lexicons.setdefault(_stem(file), {})
        for table, rows in _read_toml(file).items():
            lexicon[table] = _join_tables(lexicon.get(table, {}), rows)
    return lexicons


def _join_tables(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """Two tables as one; lists of the same key follow each other."""
    joined = {**first, **second}
    for key in first.keys() & second.keys():
        if isinstance(first[key], list):
            joined[key] = [*first[key], *second[key]]
    return joined


def _stem(file: Traversable) -> str:
    return file.name.split(".")[0]


def _read_toml(file: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError([f"{file.name} is no valid TOML: {error}"]) from error


def _read_weights(file: Traversable) -> dict[str, float]:
    """Every fitted weight by name; those of parties and stances as `accused.by`, `denial.own`."""
    tables = _read_toml(file)
    weights: dict[str, float] = dict(tables["weights"])
    for name in ("words", "accused", "context", "tally", "denial", "confirmation", "update"):
        weights |= {f"{name}.{key}": value for key, value in tables.get(name, {}).items()}
    return weights


def _read_regions(file: Traversable) -> Iterator[Region]:
    for row in csv.DictReader(file.read_text(encoding="utf-8").splitlines()):
        yield Region(
            id=row["id"],
            level=RegionLevel(row["level"]),
            parent=row["parent"] or None,
            name=row["name"],
            names=_names_by_language(row["names"]),
            lat=float(row["lat"]) if row["lat"] else None,
            lon=float(row["lon"]) if row["lon"] else None,
            country=row["country"],
        )


def _names_by_language(cell: str | None) -> dict[str, tuple[str, ...]]:
    """`en=Shusha|Shushi;ru=Шуша` as a mapping."""
    pairs = (part.partition("=") for part in (cell or "").split(";") if "=" in part)
    return {
        language.strip(): tuple(name.strip() for name in names.split("|") if name.strip())
        for language, _, names in pairs
    }


def _merge_parties(files: list[Traversable]) -> dict[str, Party]:
    """One party of each id: a party that several theatres name has the names of all of them."""
    merged: dict[str, Party] = {}
    for file in files:
        for row in _read_toml(file).get("party", []):
            merged[row["id"]] = _join_party(merged.get(row["id"]), row, _stem(file))
    return merged


def _join_party(known: Party | None, row: dict[str, Any], theatre: str) -> Party:
    names = dict(known.names) if known else {}
    for language, spellings in row.get("names", {}).items():
        names[language] = tuple(dict.fromkeys((*names.get(language, ()), *spellings)))
    theatres = tuple(dict.fromkeys((*(known.theatres if known else ()), theatre)))
    return Party(row["id"], known.kind if known else row["kind"], row["name"], names, theatres)


def _read_truces(file: Traversable) -> Iterator[Truce]:
    for row in _read_toml(file).get("truce", []):
        yield Truce(
            id=row["id"],
            theatre=_stem(file),
            name=row["name"],
            parties=tuple(row["parties"]),
            area=tuple(row["area"]),
            since=_moment(row["since"]),
            until=_moment(row["until"]) if row.get("until") else None,
            status=row["status"],
            reference=row["reference"],
        )


def _moment(value: str) -> datetime:
    """An ISO time with its offset, in UTC."""
    moment = datetime.fromisoformat(value)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def _read_towns(file: Traversable) -> Gazetteer:
    """The towns of the gazetteer; none when it has not been built."""
    if not file.is_file():
        return Gazetteer()
    return Gazetteer(gzip.decompress(file.read_bytes()).decode("utf-8").splitlines())
