"""What the conversation needs from the rest of the service, handed in once at start."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.admins import Admins
from bot.atlas import Atlas
from bot.data import Facts
from bot.data.messages import SOURCE_LANGUAGE, Words
from bot.storage.database import Database
from bot.survey import Survey


class Clock(Protocol):
    """Time as an argument: the wall clock, the monotonic clock, and waiting."""

    def now(self) -> datetime:
        """Aware UTC."""

    def monotonic(self) -> float:
        """Seconds that never jump."""

    async def sleep(self, seconds: float) -> None:
        """Returns after `seconds`."""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a check on demand has done so far, or found when it is over. `failures`: source name, why."""

    checked: int
    total: int
    new_reports: int = 0
    incidents: int = 0
    alerts: int = 0
    failures: tuple[tuple[str, str], ...] = ()


Tell = Callable[[Refreshed], Awaitable[None]]
"""Called with the state so far whenever a source is done; it returns at once and never raises."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The dependencies of every command."""

    db: Database
    facts: Facts
    clock: Clock
    words: Mapping[str, Words]
    """Every language's catalogue by its code, as `bot.data.messages.load_words` gives them."""
    refresh: Callable[[str | None, Tell], Awaitable[Refreshed]]
    """Checks one source (by id) or all of them now; returns when they are checked."""
    survey: Callable[[str], Awaitable[Survey]]
    """Looks at an address that is to be watched; raises SourceError."""
    wake: Callable[[], None]
    """Tells the delivery that something may have become due: a chat came back."""
    seal_key: bytes
    """Any secret bytes that stay the same over restarts: buttons are sealed with it."""
    admins: Admins = field(default_factory=Admins)
    subscribes_on_start: bool = False
    """True in the terminal: /start chooses everything for a chat that has chosen nothing."""

    @property
    def atlas(self) -> Atlas:
        """The trees of regions."""
        return self.facts.atlas

    def words_for(self, language: str | None) -> Words:
        """The catalogue for a client's language code (`ru`, `pt-br`), English when there is none for it."""
        code = (language or SOURCE_LANGUAGE).replace("_", "-").lower()
        found = self.words.get(code) or self.words.get(code.partition("-")[0])
        return found or self.words[SOURCE_LANGUAGE]
