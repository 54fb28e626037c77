"""The tests can fail: five faults, each put into a copy of the product, are each caught by a test.

The copies are folders of links; only the file with the fault is a real one.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
TESTS_FAILED = 1
LONGEST_S = 400.0


@dataclass(frozen=True)
class Mutant:
    """In `file`, `right` is replaced by `wrong`; the test `chosen` among `tests` fails and says `why`."""

    name: str
    file: str
    right: str
    wrong: str
    tests: str
    chosen: str
    why: str


BOUNDARY = ("tests/delivery/test_boundaries.py", "test_a_death_before_the_first_request")
TRANSACTION = """        async with self._database.writing() as conn:
            now = self._clock()
            found = await self._ingest("""
CURSOR_FIRST = f"""        async with self._database.writing() as conn:
            early = _taken(source, answer, entries, Ingested(), ())
            await save_state(conn, source.id, self._plan(check, early))
{TRANSACTION}"""
MUTANTS = (
    Mutant(
        "marked before it is sent",
        "bot/storage/deliveries.py",
        ".values(state=DeliveryState.SENDING,",
        ".values(state=DeliveryState.SENT,",
        *BOUNDARY,
        "lost after boundary",
    ),
    Mutant(
        "the cursor before the reports",
        "bot/check.py",
        TRANSACTION,
        CURSOR_FIRST,
        "tests/check/test_check.py",
        "test_what_is_not_stored_is_found_again and sqlite",
        "is None",
    ),
    Mutant(
        "what was being sent is left so",
        "bot/deliver/outbox.py",
        "released = await deliveries.release_sending(conn, now)",
        "released = 0",
        *BOUNDARY,
        "left in `sending` after boundary",
    ),
    Mutant(
        "synchronous off",
        "bot/storage/engines.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=OFF",
        "tests/storage/test_database.py",
        "test_sqlite_is_set_to_lose_nothing",
        "assert 0 == 2",
    ),
    Mutant(
        "a bad request is repeated",
        "bot/sender.py",
        'Rule(_BAD, "", Fate.FAILED, "bad_request")',
        'Rule(_BAD, "", Fate.RETRY, "bad_request", 1.0)',
        "tests/delivery/test_answers.py",
        "bad_request",
        "Fate.RETRY",
    ),
)


def link_tree(target: Path) -> None:
    """Folders anew, every file a link: what is compiled already is compiled already there too."""
    for name in ("bot", "tests"):
        for folder, _, files in os.walk(ROOT / name):
            here = target / Path(folder).relative_to(ROOT)
            here.mkdir(parents=True)
            for file in files:
                (here / file).symlink_to(Path(folder) / file)
    (target / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")


def put_in(mutant: Mutant, tree: Path) -> None:
    path = tree / mutant.file
    text = path.read_text(encoding="utf-8")
    assert text.count(mutant.right) == 1, f"{mutant.name}: {mutant.file} no longer reads {mutant.right!r}"
    path.unlink()
    path.write_text(text.replace(mutant.right, mutant.wrong), encoding="utf-8")


async def run_tests(tree: Path, mutant: Mutant) -> tuple[int | None, str]:
    """The exit status of pytest in the copy, and what it printed."""
    options = ("-q", "-x", "-n", "0", "-p", "no:cacheprovider", "-k", mutant.chosen)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COV_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", *options, mutant.tests),
        cwd=tree,
        env=environment | {"PYTHONPATH": str(tree)},
        stdout=PIPE,
        stderr=STDOUT,
    )
    try:
        out, _ = await asyncio.wait_for(process.communicate(), LONGEST_S)
    except TimeoutError:
        process.kill()
        await process.communicate()
        raise
    return process.returncode, out.decode()


async def test_every_mutant_is_caught(tmp_path: Path) -> None:
    """In each changed copy the test for that fault fails, and for that reason."""
    trees = [tmp_path / str(number) for number in range(len(MUTANTS))]
    for mutant, tree in zip(MUTANTS, trees, strict=True):
        link_tree(tree)
        put_in(mutant, tree)
    runs = (run_tests(tree, mutant) for mutant, tree in zip(MUTANTS, trees, strict=True))
    for mutant, (status, out) in zip(MUTANTS, await asyncio.gather(*runs), strict=True):
        assert status == TESTS_FAILED, f"{mutant.name} was not caught:\n{out}"
        assert mutant.why in out, f"{mutant.name} was caught for another reason:\n{out}"
