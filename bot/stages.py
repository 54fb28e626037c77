"""Where the service plays: on Telegram, or in this terminal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

from telegram.request import BaseRequest

from bot.config import Settings
from bot.data import Facts
from bot.errors import ConfigurationError
from bot.hubs import Submits
from bot.model import Source
from bot.sources.addresses import read_exemptions
from bot.sources.catalogue import Vocabulary, read_catalogue, read_samples
from bot.sources.fetch import Fetcher
from bot.sources.samples import SampleFetcher
from bot.terminal import LOCAL_CHAT_ID, TERMINAL_TOKEN, TerminalRequest
from bot.transport import AiohttpRequest


class Fetching(Submits, Protocol):
    """What asks sources and their hubs, and can be closed."""

    async def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Stage:
    """Who answers the Bot API, what is watched, where the rows are, who is an admin."""

    token: str
    requests: tuple[BaseRequest, BaseRequest]
    """For calls and for polling; may be the same object."""
    fetcher: Fetching
    sources: Callable[[Facts], Sequence[Source]]
    database_url: str
    admin_ids: frozenset[int]
    is_terminal: bool = False


def telegram_stage(settings: Settings) -> Stage:
    """Telegram, or the self-hosted Bot API of the settings. Raises ConfigurationError without a token."""
    if settings.token is None:
        raise ConfigurationError(["TELEGRAM_BOT_TOKEN: is missing; @BotFather gives one on /newbot"])
    return Stage(
        token=settings.token,
        requests=(AiohttpRequest(), AiohttpRequest(pool_size=2)),
        fetcher=Fetcher(read_exemptions(settings.allow_private_hosts)),
        sources=partial(_catalogue, settings),
        database_url=settings.database_url,
        admin_ids=frozenset(settings.admin_ids),
    )


def terminal_stage(settings: Settings, folder: Path, started_at: datetime) -> Stage:
    """This terminal: on the samples, in a database of its own in `folder`; or, where the operator names a
    sources file, on those sources and in the operator's database."""
    request = TerminalRequest(hello=True)
    has_samples = settings.sources_file is None
    exemptions = read_exemptions(settings.allow_private_hosts)
    return Stage(
        token=TERMINAL_TOKEN,
        requests=(request, request),
        fetcher=SampleFetcher(started_at) if has_samples else Fetcher(exemptions),
        sources=(lambda facts: read_samples()) if has_samples else partial(_catalogue, settings),
        database_url=f"sqlite+aiosqlite:///{folder}/terminal.db" if has_samples else settings.database_url,
        admin_ids=frozenset({LOCAL_CHAT_ID}),
        is_terminal=True,
    )


def _catalogue(settings: Settings, facts: Facts) -> tuple[Source, ...]:
    return read_catalogue(settings.sources_file, Vocabulary(facts.parties, frozenset(facts.theatres)))
