"""One reader for all tests of reading: it never changes, and takes a second or two to build."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from bot.data import Facts
from bot.model import NEUTRAL, Finding, Report, Source, SourceKind, SourceType
from bot.reading import Reader
from tests.ground import shared_facts, shared_reader

Read = Callable[..., Finding]


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The bundled facts."""
    return shared_facts()


@pytest.fixture(scope="session")
def reader(facts: Facts) -> Reader:
    """The reader that the service uses."""
    return shared_reader()


def make_report(
    title: str, text: str, when: str, kind: str = "agency", side: str = NEUTRAL, name: str = "Outlet"
) -> Report:
    """A report as a source of this kind and side would bring it."""
    moment = datetime.fromisoformat(when)
    source = Source("s", name, SourceKind.FEED, "https://outlet.invalid/rss", SourceType(kind), side)
    return Report(source, "k", "https://outlet.invalid/1", title, text, moment, moment)


@pytest.fixture(scope="session")
def read(reader: Reader) -> Read:
    """Reads a report given as title, text, time of publication and, perhaps, the outlet's kind and side."""

    def read_one(*args: str, **more: str) -> Finding:
        return reader.read(make_report(*args, **more))

    return read_one


@pytest.fixture(scope="session")
def read_in_full(reader: Reader) -> Read:
    """The same, judging also what is surely no violation to its end."""

    def read_one(*args: str, **more: str) -> Finding:
        return reader.work(make_report(*args, **more))[0]

    return read_one
