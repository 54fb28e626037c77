"""Sources that a running service is given, or asked for, from the command line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.errors import ConfigurationError
from bot.model import Source, SourceKind, SourceType
from bot.storage.database import Database
from bot.storage.sources import due_checks, pause, remove_source, upsert_catalogue
from bot.watched import Added, add_watched, address_of, read_watched
from tests.clock import START

WIRE = Source("wire", "Wire", SourceKind.FEED, "https://wire.example/feed", SourceType.AGENCY)
LOCAL = replace(WIRE, id="local", name="Local", url="https://local.example/feed")
LATER = START + timedelta(hours=1)
FILE = """
[[source]]
id = "local"
name = "Local"
kind = "feed"
url = "https://local.example/feed"
type = "agency"
"""


async def list_wire(db: Database) -> None:
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])


async def test_what_is_added_is_due_at_once_and_outlives_the_catalogue(db: Database) -> None:
    """The next look at what is due finds it; a restart with the same catalogue does not remove it."""
    await list_wire(db)
    assert await add_watched(db, [WIRE, LOCAL], LATER) == Added(new=1, known=1)
    async with db.reading() as conn:
        assert {check.source.id for check in await due_checks(conn, LATER, 10)} == {"wire", "local"}
    await list_wire(db)
    assert await read_watched(db) == (LOCAL, WIRE)
    assert await add_watched(db, [WIRE, LOCAL], LATER) == Added(known=2)


async def test_what_was_removed_is_watched_again(db: Database) -> None:
    """Under the id that its reports have; a paused one counts as watched."""
    await list_wire(db)
    async with db.writing() as conn:
        await remove_source(conn, "wire", START)
    assert await read_watched(db) == ()
    assert await add_watched(db, [replace(WIRE, id="other")], LATER) == Added(again=1)
    async with db.writing() as conn:
        await pause(conn, "wire", START)
    assert await read_watched(db) == (WIRE,)


async def test_an_id_is_given_once(db: Database) -> None:
    """Reports belong to it; nothing of the file is added then."""
    await list_wire(db)
    with pytest.raises(ConfigurationError, match="source 'wire': the service has known another"):
        await add_watched(db, [LOCAL, replace(LOCAL, id="wire", url="https://b.example/")], LATER)
    assert await read_watched(db) == (WIRE,)


def test_the_command_line_adds_and_lists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in, OPML out; a side that nobody knows is a fault."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'bot.db'}")
    Path("new.toml").write_text(FILE)
    assert main(["sources", "add", "new.toml"]) == 0
    assert capsys.readouterr().out == "1 new, 0 watched again, 0 watched already\n"
    assert main(["sources", "list", "--watched"]) == 0
    assert capsys.readouterr().out.split()[0] == "local"
    assert main(["sources", "export-opml", "out.opml", "--watched"]) == 0
    assert "https://local.example/feed" in Path("out.opml").read_text()
    Path("new.toml").write_text(FILE + 'side = "nobody"\n')
    assert main(["sources", "add", "new.toml"]) == 78
    assert "'nobody' is neither" in capsys.readouterr().err


def test_one_source_has_one_address() -> None:
    """Names of channels know no capitals, paths of other hosts do."""
    assert address_of("https://t.me/s/Front_Line") == address_of("https://t.me/s/front_line")
    assert address_of("https://a.example/Feed") != address_of("https://a.example/feed")
