"""What is told about the sources themselves: to subscribers when a theatre falls silent, to admins daily."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.watch.health import Diagnosis


class NoticeKind(StrEnum):
    """lost, back: for those who subscribed there; broken: for admins, what should be looked at.

    announcement: what the people who run the bot have to say.
    """

    LOST = "lost"
    BACK = "back"
    BROKEN = "broken"
    ANNOUNCEMENT = "announcement"


@dataclass(frozen=True, slots=True)
class Trouble:
    """A source that is not well, as its name stands in the catalogue."""

    name: str
    found: Diagnosis


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it was when it was made; `what` as in `bot.watch.coverage.Loss`."""

    kind: NoticeKind
    created_at: datetime
    theatre: str = ""
    what: str = ""
    since: datetime | None = None
    troubles: tuple[Trouble, ...] = ()
    broken: int = 0
    total: int = 0
    """Sources that are not well and all that are watched; `troubles` may be fewer."""
    text: str = ""
    """An announcement's own words, plain."""
    id: int | None = None
