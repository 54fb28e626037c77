"""The data files as an editor sees them, for the tests that check them one by one."""

from __future__ import annotations

import csv
import tomllib
from pathlib import Path
from typing import Any

import bot.data

DATA = Path(bot.data.__file__).parent
THEATRES = tuple(sorted(path.stem for path in (DATA / "regions").glob("*.csv")))
PARTY_FILES = tuple(sorted(path.stem for path in (DATA / "parties").glob("*.toml")))
TRUCE_FILES = tuple(sorted(path.stem for path in (DATA / "truces").glob("*.toml")))


def read_regions(theatre: str) -> list[dict[str, str]]:
    """The rows of a theatre's tree, in file order."""
    text = (DATA / "regions" / f"{theatre}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_parties(theatre: str) -> list[dict[str, Any]]:
    """The parties of a theatre's file."""
    return _read_rows("parties", theatre, "party")


def read_truces(theatre: str) -> list[dict[str, Any]]:
    """The truces of a theatre's file."""
    return _read_rows("truces", theatre, "truce")


def read_theatres() -> dict[str, dict[str, Any]]:
    """What the reader needs to know of each theatre besides."""
    return tomllib.loads((DATA / "theatres.toml").read_text(encoding="utf-8"))


def spellings_of(row: dict[str, str]) -> list[str]:
    """A region's name and every other spelling, as written."""
    parts = [part.partition("=")[2] for part in row["names"].split(";") if part]
    return [row["name"], *(name for part in parts for name in part.split("|"))]


def _read_rows(folder: str, stem: str, kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = tomllib.loads(
        (DATA / folder / f"{stem}.toml").read_text(encoding="utf-8")
    ).get(kind, [])
    return rows
