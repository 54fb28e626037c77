"""The command line: run the service, show it in a terminal, judge a file of reports."""

from __future__ import annotations

import argparse
import asyncio
import gc
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot import __version__
from bot.config import Settings, load_settings
from bot.errors import EX_CONFIG, ConfigurationError, StorageError
from bot.log import set_up_logging

if TYPE_CHECKING:  # the service is heavy: a subcommand imports what it needs
    from bot.stages import Stage
    from bot.storage.database import Database

T = TypeVar("T")
ALREADY_OUT = timedelta(minutes=5)
"""`demo --once` behaves as if it had been started so long ago: every sample is there already."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for; returns the exit status."""
    args = _parser().parse_args(arguments)
    try:
        return int(args.run(args))
    except ConfigurationError as error:
        print("Trucewatch cannot start:", file=sys.stderr)
        for fault in error.faults:
            print(f"  - {fault}", file=sys.stderr)
        return EX_CONFIG
    except StorageError as error:
        print(f"Trucewatch has ended: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m bot", description="Tells when a ceasefire is broken.")
    parser.add_argument("--version", action="version", version=f"Trucewatch {__version__}")
    parser.set_defaults(run=run)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    commands.add_parser("run", help="run the service (the default)").set_defaults(run=run)
    demo_parser = commands.add_parser("demo", help="the service in this terminal, offline, on sample feeds")
    demo_parser.add_argument("--once", action="store_true", help="print the alerts and end")
    demo_parser.set_defaults(run=demo)
    _add_exports(commands)
    backing_up = commands.add_parser("backup", help="copy the SQLite database while the service runs")
    backing_up.add_argument("file", type=Path, metavar="FILE", help="a new file")
    backing_up.set_defaults(run=backup)
    _add_sources(commands)
    judging = commands.add_parser("analyse", help="judge a file of reports (JSON lines)")
    judging.add_argument("file", type=Path, metavar="FILE.jsonl")
    judging.add_argument("--output", type=Path, metavar="FILE", help="where to write; default: here")
    judging.set_defaults(run=analyse)
    return parser


def _add_exports(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    exporting = commands.add_parser("export", help="write incidents, or what people judged of them")
    whats = exporting.add_subparsers(dest="what", required=True, metavar="WHAT")
    incidents = whats.add_parser("incidents", help="incidents with their claims, for other programs")
    incidents.add_argument("--format", choices=("jsonl", "csv", "geojson"), default="jsonl", dest="form")
    incidents.add_argument("--region", metavar="ID", help="in this region or below it, such as hadrut")
    verdicts = whats.add_parser("verdicts", help="labelled reports in the form of the corpus (JSON lines)")
    for one, when in ((incidents, "opened"), (verdicts, "judged")):
        help_text = f"{when} then or later, such as 2026-01-31"
        one.add_argument("--since", type=_moment, metavar="DATE", help=help_text)
        one.set_defaults(run=export)


def _add_sources(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    tending = commands.add_parser("sources", help="try or list the sources; OPML in and out")
    whats = tending.add_subparsers(dest="what", required=True, metavar="WHAT")
    for what, about in (
        ("check", "ask each source once and print what came of it"),
        ("list", "one line a source"),
        ("export-opml", "write the list for a reader of feeds"),
        ("import-opml", "print a list's new sources as entries of a sources file"),
    ):
        one = whats.add_parser(what, help=about)
        if what.endswith("opml"):
            one.add_argument("opml", type=Path, metavar="FILE.opml")
        which = one.add_mutually_exclusive_group()
        which.add_argument(
            "--file", type=Path, metavar="FILE.toml", help="these sources, not the configured ones"
        )
        which.add_argument(
            "--watched",
            action="store_true",
            help="what the service watches, added and removed ones considered",
        )
        one.set_defaults(run=sources)
    adding = whats.add_parser("add", help="let a running service watch the sources of a file too")
    adding.add_argument("file", type=Path, metavar="FILE.toml")
    adding.set_defaults(run=add_sources)


def run(args: argparse.Namespace) -> int:
    """The service: on Telegram with a token, else with a chat in this terminal."""
    settings = load_settings()
    if settings.token is None:
        return _run_terminal(settings, is_once=False)
    set_up_logging(settings.log_level, settings.log_format, [settings.token])
    asyncio.run(_serve(settings, _on_telegram))
    return 0


def _on_telegram(settings: Settings) -> Stage:
    from bot.stages import telegram_stage

    return telegram_stage(settings)


def _in_terminal(settings: Settings, *, folder: Path, started_at: datetime) -> Stage:
    from bot.stages import terminal_stage

    return terminal_stage(settings, folder, started_at)


def demo(args: argparse.Namespace) -> int:
    """The service in this terminal on the bundled samples, whatever the settings say of sources."""
    settings = load_settings(None)
    return _run_terminal(settings, is_once=args.once)


def sources(args: argparse.Namespace) -> int:
    """Try the sources, list them, or exchange them with readers of feeds."""
    from bot.sources import tending
    from bot.sources.addresses import read_exemptions
    from bot.sources.catalogue import read_catalogue
    from bot.watched import read_watched

    settings = load_settings()
    if args.watched:
        known = asyncio.run(_with_database(settings, read_watched))
    else:
        known = read_catalogue(args.file or settings.sources_file)
    if args.what == "check":
        exemptions = read_exemptions(settings.allow_private_hosts)
        return asyncio.run(tending.check_sources(known, exemptions, sys.stdout, datetime.now(UTC)))
    if args.what == "list":
        return tending.list_sources(known, sys.stdout)
    if args.what == "export-opml":
        return tending.export_opml(known, args.opml)
    return tending.import_opml(args.opml, known, sys.stdout)


def add_sources(args: argparse.Namespace) -> int:
    """Let the service watch the sources of a file too; it need not be restarted."""
    from bot.data import load_facts
    from bot.sources.catalogue import Vocabulary, read_catalogue
    from bot.watched import add_watched

    facts = load_facts()
    new = read_catalogue(args.file, Vocabulary(facts.parties, frozenset(facts.theatres)))
    add = partial(add_watched, sources=new, now=datetime.now(UTC))
    added = asyncio.run(_with_database(load_settings(), add))
    print(f"{added.new} new, {added.again} watched again, {added.known} watched already")
    return 0


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    from bot.storage.database import Database

    database = await Database.open(settings.database_url)
    try:
        return await work(database)
    finally:
        await database.close()


def analyse(args: argparse.Namespace) -> int:
    """Judge a file of reports and write a line of JSON for each."""
    from bot.analyse import main as judge_file

    judge_file(args.file, args.output, sys.stdout)
    return 0


def backup(args: argparse.Namespace) -> int:
    """Copy the database to a new file."""
    from bot.storage.backup import back_up

    size = asyncio.run(back_up(load_settings().database_url, args.file))
    print(f"{args.file}: {size:,} bytes, checked")
    return 0


def export(args: argparse.Namespace) -> int:
    """Write incidents, or verdicts, to standard output."""
    settings = load_settings()
    asyncio.run(_export(settings, args))
    return 0


async def _export(settings: Settings, args: argparse.Namespace) -> None:
    from bot.data import load_facts
    from bot.export import export_incidents
    from bot.labelled import export_verdicts

    is_of_incidents = args.what == "incidents"
    if is_of_incidents and args.region is not None and load_facts().atlas.get(args.region) is None:
        raise ConfigurationError(
            [f"--region: there is no region {args.region!r}; ids stand in bot/data/regions"]
        )
    if is_of_incidents:
        write = partial(
            export_incidents, form=args.form, out=sys.stdout, since=args.since, region_id=args.region
        )
    else:
        write = partial(export_verdicts, out=sys.stdout, since=args.since)
    await _with_database(settings, write)


def _moment(text: str) -> datetime:
    """An ISO date or time; without an offset it is UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _run_terminal(settings: Settings, *, is_once: bool) -> int:
    level = settings.log_level if settings.log_level != "INFO" else "WARNING"  # it would talk into the chat
    set_up_logging(level, settings.log_format)
    with tempfile.TemporaryDirectory(prefix="trucewatch-") as folder:
        started_at = datetime.now(UTC) - (ALREADY_OUT if is_once else timedelta())
        set_stage = partial(_in_terminal, folder=Path(folder), started_at=started_at)
        asyncio.run(_serve(settings, set_stage, is_once=is_once))
    return 0


async def _serve(
    settings: Settings, set_stage: Callable[[Settings], Stage], *, is_once: bool = False
) -> None:
    """Let the service run until a signal says stop. What it knows comes before the libraries: see there."""
    from bot.knowledge import gather_knowledge

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    knowledge = gather_knowledge()
    from bot.app import serve

    gc.collect()
    gc.freeze()  # what is there now stays: to look through it again holds up all else for a tenth of a second
    await serve(settings, set_stage(settings), knowledge, stop, is_once=is_once)


if __name__ == "__main__":
    sys.exit(main())
