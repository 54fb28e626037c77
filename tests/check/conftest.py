"""What the tests of checks share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.check import Checker
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.database import Database
from tests.check.newsroom import PARSE_LIMIT, Intake, Newsroom
from tests.clock import FakeClock
from tests.source_host import SourceHost


@pytest.fixture
async def room(db: Database, clock: FakeClock) -> AsyncIterator[Newsroom]:
    intake = Intake()
    async with (
        SourceHost() as host,
        Fetcher(read_exemptions(["127.0.0.1"])) as fetcher,
        Parser(limit=PARSE_LIMIT) as parser,
    ):
        checker = Checker(db, fetcher, parser, intake, clock=clock.now)
        yield Newsroom(host, db, clock, intake, checker)
        await checker.close()
