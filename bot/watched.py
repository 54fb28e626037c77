"""The sources that the service watches, those that were added in a chat among them, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import ConfigurationError
from bot.model import Source
from bot.sources.identity import canonical_url
from bot.storage.database import Database
from bot.storage.sources import add_source, all_checks, find_by_url, known_ids, restore_source


@dataclass(frozen=True, slots=True)
class Added:
    """How many sources are new, were removed and are watched again, and were watched already."""

    new: int = 0
    again: int = 0
    known: int = 0


async def read_watched(database: Database) -> tuple[Source, ...]:
    """Every source that the service watches, paused ones too, by id."""
    async with database.reading() as conn:
        return tuple(check.source for check in await all_checks(conn))


async def add_watched(database: Database, sources: Sequence[Source], now: datetime) -> Added:
    """Let a running service watch these too, at once and without a restart; one address is watched once.

    Raises ConfigurationError, and adds nothing, when the id of a new one belongs to another source.
    """
    watched = {address_of(source.url) for source in await read_watched(database)}
    fresh = [source for source in sources if address_of(source.url) not in watched]
    again = 0
    async with database.writing() as conn:
        former = {s.id: found[0].source.id for s in fresh if (found := await find_by_url(conn, s.url))}
        taken = await known_ids(conn)
        faults = [_say_taken(s) for s in fresh if s.id not in former and s.id in taken]
        if faults:
            raise ConfigurationError(faults)
        for source in fresh:
            if source.id in former:
                again += await restore_source(conn, former[source.id], now)
            else:
                await add_source(conn, source, now)
    return Added(len(fresh) - len(former), again, len(sources) - len(fresh))


def address_of(url: str) -> str:
    """What is equal for two addresses of one source; Telegram's names know no capitals."""
    address = canonical_url(url) or url
    return address.lower() if address.startswith("https://t.me/") else address


def _say_taken(source: Source) -> str:
    return f"source {source.id!r}: the service has known another source by this id; write another id"
