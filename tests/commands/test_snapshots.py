"""Every screen as text, in two languages; `make snapshots` writes them anew after a look at what changes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.commands.access import TABLE
from bot.storage.database import Database
from tests.commands.screens import SCENARIOS, commands_of, open_stage

FOLDER = Path(__file__).parent / "snapshots"
IS_RENEWED = os.environ.get("SNAPSHOTS") == "renew"


@pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("name", sorted(SCENARIOS))
async def test_every_screen_is_as_it_was(db: Database, name: str, language: str) -> None:
    """What a change does to what people read is seen in the files."""
    path = FOLDER / language / f"{name}.txt"
    async with open_stage(db, language) as stage:
        played = await stage.play(SCENARIOS[name])
    if IS_RENEWED:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(played, encoding="utf-8")
    assert played == path.read_text(encoding="utf-8")


def test_every_command_is_shown() -> None:
    """A command that no scenario says has no snapshot."""
    said = set().union(*(commands_of(steps) for steps in SCENARIOS.values()))
    assert set(TABLE) - said == set()


def test_no_file_is_left_over() -> None:
    """Every file belongs to a scenario."""
    files = {path.stem for path in FOLDER.rglob("*.txt")}
    assert files == set(SCENARIOS)
