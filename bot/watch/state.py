"""How the checks of a source stand, as its row tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.model import Source
from bot.watch.vitals import NOTHING_OBSERVED, Vitals


@dataclass(frozen=True, slots=True)
class SourceState:
    """How the checks of one source stand. `failures` counts since the last success; None times: never."""

    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    next_check_at: datetime | None = None
    first_checked_at: datetime | None = None
    last_checked_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    failures: int = 0
    last_error: str | None = None
    paused_at: datetime | None = None
    vitals: Vitals = NOTHING_OBSERVED


@dataclass(frozen=True, slots=True)
class SourceCheck:
    """A source with the state of its checks."""

    source: Source
    state: SourceState
