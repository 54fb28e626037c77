"""The sources file: TOML in, `Source` values out, every fault told at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from bot.errors import ConfigurationError
from bot.model import NEUTRAL, Source, SourceKind, SourceOptions, SourceType
from bot.sources.identity import canonical_url
from bot.sources.kinds import is_supported

SHORTEST_INTERVAL_S = 5
LONGEST_INTERVAL_S = 86_400
REQUIRED = ("id", "name", "kind", "url", "type")
SELECTORS = ("items", "link", "title", "time")
KNOWN = frozenset(
    {
        *(*REQUIRED, "side", "origin", "theatres", "interval_s"),
        *("language", "full_text", *SELECTORS),
    }
)
SAMPLE_SCHEME = "sample:"
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PREVIEW = re.compile(r"https://t\.me/s/\w{3,40}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_GDELT_INDEX = re.compile(r"https?://[^/?#]+/gdeltv2/lastupdate(?:-translation)?\.txt")
_RELIEFWEB = re.compile(r"https://api\.reliefweb\.int/v2/\S+[?&]appname=[\w.-]+\S*")
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+(?:[/?][^\s#]*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The sides and theatres that a source may name; empty: anything goes."""

    parties: Collection[str] = ()
    theatres: Collection[str] = ()


ANY_WORD = Vocabulary()


def read_catalogue(path: Path | None = None, known: Vocabulary = ANY_WORD) -> tuple[Source, ...]:
    """The sources of the operator's file, or of the bundled catalogue when there is none.

    Raises ConfigurationError with every fault, each with the file and the entry.
    """
    if path is None:
        return _read_files(_bundled("sources"), known)
    return _read_files([path], known)


def read_samples() -> tuple[Source, ...]:
    """The bundled sample sources, which `bot.sources.samples` serves without a network."""
    return _read_files([files("bot.data") / "samples" / "samples.toml"], ANY_WORD, samples=True)


def _bundled(folder: str) -> list[Traversable]:
    found = [f for f in (files("bot.data") / folder).iterdir() if f.name.endswith(".toml")]
    return sorted(found, key=lambda f: f.name)


def _read_files(
    paths: list[Traversable] | list[Path], known: Vocabulary, *, samples: bool = False
) -> tuple[Source, ...]:
    faults: list[str] = []
    sources: list[Source] = []
    for path in paths:
        for place, entry in _entries(path, faults):
            found = list(_faults(entry, known, samples=samples))
            faults += [f"{place}: {fault}" for fault in found]
            if not found:
                sources.append(_source(entry))
    faults += _repeats(sources)
    if not faults and not sources:
        faults.append(f"{paths[0] if paths else 'the catalogue'}: names no source; add a [[source]]")
    if faults:
        raise ConfigurationError(faults)
    return tuple(sources)


def _entries(path: Traversable | Path, faults: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Each entry with the words that lead an editor to it."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        faults.append(f"{path}: cannot be read ({error.strerror})")
        return []
    except ValueError as error:  # broken TOML, broken UTF-8
        faults.append(f"{path}: is no TOML file ({error})")
        return []
    unknown = sorted(content.keys() - {"source"})
    if unknown:
        faults.append(f"{path}: knows only [[source]], not {', '.join(unknown)}")
    entries = content.get("source", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        faults.append(f"{path}: write each source under [[source]], with two brackets")
        return []
    return [(f"{path.name}, {_called(e, n)}", e) for n, e in enumerate(entries, start=1)]


def _called(entry: dict[str, Any], number: int) -> str:
    return f"source {entry['id']!r}" if isinstance(entry.get("id"), str) else f"source number {number}"


def _faults(entry: dict[str, Any], known: Vocabulary, *, samples: bool) -> Iterator[str]:
    for name in sorted(entry.keys() - KNOWN):
        yield f"{name} is not a setting of a source"
    for name in REQUIRED:
        if name not in entry:
            yield f"{name} is missing"
    for name in ("id", "name", "kind", "url", "type", "side", "origin"):
        if name in entry and (not isinstance(entry[name], str) or not entry[name].strip()):
            yield f"{name} must be text in quotation marks"
            return
    yield from _word_faults(entry, known)
    yield from _address_faults(entry.get("url", ""), entry.get("kind", ""), samples=samples)
    yield from _theatre_faults(entry.get("theatres", []), known)
    yield from _option_faults(entry)
    interval = entry.get("interval_s", SHORTEST_INTERVAL_S)
    if type(interval) is not int or not SHORTEST_INTERVAL_S <= interval <= LONGEST_INTERVAL_S:
        yield f"interval_s must be a whole number from {SHORTEST_INTERVAL_S} to {LONGEST_INTERVAL_S}"


def _word_faults(entry: dict[str, Any], known: Vocabulary) -> Iterator[str]:
    for name in ("id", "side", "origin"):
        if name in entry and not _SLUG.fullmatch(entry[name]):
            yield f"{name} must be small letters, digits and hyphens, such as 'unifil'"
    kind = entry.get("kind", SourceKind.FEED)
    if kind not in set(SourceKind) or not is_supported(SourceKind(kind)):
        possible = ", ".join(k for k in SourceKind if is_supported(k))
        yield f"kind {kind!r} cannot be checked; possible are {possible}"
    if entry.get("type", SourceType.AGENCY) not in set(SourceType):
        yield f"type {entry['type']!r} is unknown; possible are {', '.join(SourceType)}"
    side = entry.get("side", NEUTRAL)
    if known.parties and side != NEUTRAL and side not in known.parties:
        yield f"side {side!r} is neither 'neutral' nor a known party"


def _address_faults(url: str, kind: str, *, samples: bool) -> Iterator[str]:
    if samples and url.startswith(SAMPLE_SCHEME):
        return
    if url and not _WEB_ADDRESS.fullmatch(url):
        yield f"url {url[:200]!r} must be an http or https address without spaces, fragment or password"
    elif url and kind == SourceKind.CHANNEL and not _PREVIEW.fullmatch(url):
        yield f"url {url[:200]!r} must be a channel's preview, such as https://t.me/s/NAME"
    elif url and kind == SourceKind.GDELT and not _GDELT_INDEX.fullmatch(url):
        yield "url must be GDELT's list, http://data.gdeltproject.org/gdeltv2/lastupdate.txt"
    elif url and kind == SourceKind.RELIEFWEB and not _RELIEFWEB.fullmatch(url):
        yield "url must be of https://api.reliefweb.int/v2/ and name an approved appname"


def _option_faults(entry: dict[str, Any]) -> Iterator[str]:
    language = entry.get("language", "en")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        yield "language must be its code, such as 'hy'"
    if not isinstance(entry.get("full_text", False), bool):
        yield "full_text must be true or false"
    for name in SELECTORS:
        if name not in entry:
            continue
        if not isinstance(entry[name], str) or not entry[name].strip():
            yield f"{name} must be a CSS selector in quotation marks"
        elif entry.get("kind") != SourceKind.PAGE:
            yield f"{name} is for sources of kind 'page'"


def _theatre_faults(theatres: object, known: Vocabulary) -> Iterator[str]:
    if not isinstance(theatres, list) or not all(isinstance(t, str) for t in theatres):
        yield "theatres must be a list of texts"
        return
    for theatre in theatres:
        if known.theatres and theatre not in known.theatres:
            yield f"theatre {theatre!r} is unknown"


def _source(entry: dict[str, Any]) -> Source:
    return Source(
        id=entry["id"],
        name=entry["name"].strip(),
        kind=SourceKind(entry["kind"]),
        url=entry["url"],
        type=SourceType(entry["type"]),
        side=entry.get("side", NEUTRAL),
        origin=entry.get("origin", ""),
        theatres=tuple(entry.get("theatres", ())),
        interval_s=entry.get("interval_s"),
        options=SourceOptions(
            language=entry.get("language"),
            full_text=entry.get("full_text", False),
            **{name: entry.get(name, "") for name in SELECTORS},
        ),
    )


def _repeats(sources: list[Source]) -> Iterator[str]:
    """A source that is listed twice would be checked twice and count as two."""
    ids: set[str] = set()
    addresses: dict[str, str] = {}
    for source in sources:
        if source.id in ids:
            yield f"source {source.id!r}: another source has the same id"
        ids.add(source.id)
        address = canonical_url(source.url) or source.url
        first = addresses.setdefault(address, source.id)
        if first != source.id:
            yield f"source {source.id!r}: has the same address as {first!r}"
