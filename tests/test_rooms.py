"""The rooms: imports only go down, libraries stay in their rooms, nothing happens on import."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FILES = sorted((ROOT / "bot").rglob("*.py"))
LEVELS = {
    0: {"model", "errors", "config", "log", "atlas", "choices", "folding", "voices", "data"},
    1: {"hours", "incidents", "reading", "rendering", "watch"},
    2: {"knowledge", "sources", "storage", "transport"},
    3: {
        *("admins", "ingest", "sender", "pace"),
        *("analyse", "export", "labelled", "metrics", "watched", "evidence"),
    },
    4: {"alarm", "check", "deliver", "digests", "floodgate", "survey", "lookout", "hubs", "retention"},
    5: {"jobs", "commands", "terminal", "web"},
    6: {"__main__", "app", "callbacks", "service", "stages"},
}
LEVEL_OF = {room: level for level, rooms in LEVELS.items() for room in rooms}
HOME_OF = {
    "telegram": {"service", "sender", "transport", "terminal", "commands", "app", "stages"},
    "aiohttp": {"sources.fetch", "sources.headers", "transport", "web", "callbacks"},
    "prometheus_client": {"metrics"},
    "httptools": {"transport"},
    "sqlalchemy": {"storage"},
    "alembic": {"storage"},
    "aiosqlite": {"storage"},
    "asyncpg": {"storage"},
    "apscheduler": {"jobs"},
    "httpx": set(),
}
KEPT_FROM_THE_CORE = {"asyncio", "time", "socket", "sqlite3", "urllib.request", "subprocess", "threading"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "bot").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path: Path) -> str:
    return name_of(path).partition(".")[0]


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "bot":
                yield from (f"bot.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_only_go_down(path: Path) -> None:
    """A room imports rooms of a lower level and its own modules, nothing beside or above it."""
    room = room_of(path)
    if not room:
        return
    for imported in imports_of(path):
        if imported.startswith("bot."):
            other = imported.split(".")[1]
            if other == "__version__":
                continue
            allowed = other == room or LEVEL_OF[other] < LEVEL_OF[room] or LEVEL_OF[room] in {0, 6}
            assert allowed, f"{name_of(path)} imports {imported}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    """SQL is written in storage alone, Telegram spoken and HTTP fetched in the rooms made for it."""
    name = name_of(path)
    for imported in imports_of(path):
        homes = HOME_OF.get(imported.partition(".")[0])
        if homes is not None:
            assert any(name == h or name.startswith(f"{h}.") for h in homes), f"{name} imports {imported}"


@pytest.mark.parametrize("path", [p for p in FILES if LEVEL_OF.get(room_of(p)) == 1], ids=name_of)
def test_the_core_knows_no_clock_and_no_network(path: Path) -> None:
    """Reading, incidents and rendering neither wait, nor look at the clock, nor open anything."""
    assert not KEPT_FROM_THE_CORE & set(imports_of(path))
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"datetime.now", "datetime.utcnow", "date.today", "open"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_the_environment_is_read_in_config_alone(path: Path) -> None:
    """No other module looks at os.environ."""
    if name_of(path) != "config":
        text = path.read_text(encoding="utf-8")
        assert "environ" not in text
        assert "getenv" not in text


def test_importing_the_service_does_nothing() -> None:
    """Importing every module prints nothing and starts neither threads nor loops."""
    names = [f"bot.{name_of(p)}" for p in FILES if name_of(p) and "migrations" not in name_of(p)]
    names = [n for n in names if n != "bot.__main__"]
    code = f"import importlib, threading\nfor n in {names!r}: importlib.import_module(n)\n"
    code += "assert threading.active_count() == 1, threading.enumerate()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_the_service_knows_needs_no_large_library() -> None:
    """The data are read first: the reader takes more to be made than it keeps, and the libraries that come
    after it take that over. What is loaded for it, and by the command line itself, has none of them."""
    large = ("telegram", "sqlalchemy", "aiohttp", "httpx", "apscheduler")
    code = f"import sys, bot.__main__, bot.knowledge\nassert not sys.modules.keys() & {set(large)!r}"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
