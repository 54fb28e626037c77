"""What an operator does with the catalogue on the command line: try it, list it, OPML in and out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TextIO

from bot.errors import ConfigurationError, ParseError
from bot.model import NEUTRAL, Source
from bot.sources.addresses import Exemptions
from bot.sources.fetch import Fetcher
from bot.sources.identity import canonical_url
from bot.sources.opml import read_opml, write_opml
from bot.sources.parser import Parser
from bot.sources.trial import Trial, Verdict, judge_age, try_sources

WIDEST_ID = 28
SELECTORS = ("items", "link", "title", "time")
_ORDER = (Verdict.DEAD, Verdict.FOUND, Verdict.REDIRECTS, Verdict.EMPTY, Verdict.OLD, Verdict.WORKS)
_NO_NAME = "cannot be found"


async def check_sources(sources: Sequence[Source], exemptions: Exemptions, out: TextIO, now: datetime) -> int:
    """Try all and print a table, what needs mending first. Returns 0 when every source answers."""
    async with Fetcher(exemptions) as fetcher, Parser() as parser:
        trials = [judge_age(trial, now) async for trial in try_sources(sources, fetcher, parser)]
    trials.sort(key=lambda t: (_ORDER.index(t.verdict), t.source.id))
    for trial in trials:
        print(_line(trial), file=out)
    counts = Counter(trial.verdict for trial in trials)
    print(", ".join(f"{counts[v]} {v}" for v in _ORDER if counts[v]), file=out)
    if trials and all(_NO_NAME in trial.reason for trial in trials):
        print("No host name could be found: there seems to be no network here.", file=out)
    return 0 if set(counts) <= {Verdict.WORKS, Verdict.OLD, Verdict.EMPTY} else 1


def _line(trial: Trial) -> str:
    newest = f"{trial.newest:%Y-%m-%d %H:%M}" if trial.newest else "-"
    note = trial.reason or (f"-> {trial.address}" if trial.address else "")
    start = f"{trial.source.id:{WIDEST_ID}} {trial.source.kind:9} {trial.verdict:15} {trial.entries:>4}"
    return f"{start}  {newest:16}  {note}".rstrip()


def list_sources(sources: Iterable[Source], out: TextIO) -> int:
    """One line a source: id, kind, side, type, language, theatres, address."""
    for s in sources:
        words = (s.kind, s.side, s.type, s.options.language or "-", ",".join(s.theatres) or "all", s.url)
        print(f"{s.id:{WIDEST_ID}} {words[0]:9} {words[1]:18} {words[2]:11} {words[3]:3} ", end="", file=out)
        print(f"{words[4]}  {words[5]}", file=out)
    return 0


def export_opml(sources: Iterable[Source], path: Path) -> int:
    """Write the list for a reader of feeds."""
    path.write_bytes(write_opml(sources))
    return 0


def import_opml(path: Path, known: Sequence[Source], out: TextIO) -> int:
    """Print the sources of an OPML list that are not `known` yet, as a sources file wants them.

    Raises ConfigurationError when the file cannot be read.
    """
    try:
        found = read_opml(path.read_bytes())
    except (OSError, ParseError) as error:
        raise ConfigurationError([f"{path}: {getattr(error, 'strerror', None) or error}"]) from error
    addresses = {canonical_url(source.url) for source in known}
    taken = {source.id for source in known}
    for source in found:
        if canonical_url(source.url) not in addresses:
            print(to_toml(source, taken), file=out)
    return 0


def to_toml(source: Source, taken: Collection[str] = ()) -> str:
    """The source as an entry of a sources file; an id that is `taken` gets a mark."""
    free = source.id if source.id not in taken else f"{source.id}-opml"
    words = {"id": free, "name": source.name, "kind": source.kind, "url": source.url, "type": source.type}
    optional = {
        "side": "" if source.side == NEUTRAL else source.side,
        "origin": source.origin,
        "language": source.options.language or "",
        **{name: getattr(source.options, name) for name in SELECTORS},
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in words.items()]
    lines += [f"{name} = {_quoted(value)}" for name, value in optional.items() if value]
    if source.options.full_text:
        lines.append("full_text = true")
    if source.theatres:
        lines.append(f"theatres = [{', '.join(map(_quoted, source.theatres))}]")
    if source.interval_s is not None:
        lines.append(f"interval_s = {source.interval_s}")
    return "\n".join(["[[source]]", *lines, ""])


def _quoted(text: str) -> str:
    """JSON's strings are TOML's, but for a character that no name holds."""
    return json.dumps(str(text), ensure_ascii=False).replace("\x7f", "")
