"""What the statements that queue an alert need to know of it, and the window of chats they work on."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model import AlertKind, DeliveryForm

KEPT_AMONG_THE_TOLD = (AlertKind.RETRACTED, AlertKind.MERGED, AlertKind.CORRECTED)
"""Alerts for those who know the incident already."""


@dataclass(frozen=True, slots=True)
class Match:
    """An alert as matching sees it. `regions` are all those that a subscriber to it may have chosen."""

    alert_id: int
    incident_id: int
    kind: AlertKind
    theatre: str
    regions: tuple[str, ...]
    folded_text: str
    priority: int
    follow_up: DeliveryForm
    cursor: int
    has_spots: bool = False
    """Whether it is known where on the map it was."""
    is_closed: bool = False
    """It is so long ago that nobody knows any more who was told."""
    is_late: bool = False
    """One of several that were found long after they were published, as after an outage, or that were held
    back: it is told with the others."""

    @property
    def is_new(self) -> bool:
        """Nobody was told of the incident before."""
        return self.kind is AlertKind.NEW

    @property
    def is_retracted(self) -> bool:
        """What was told is taken back."""
        return self.kind is AlertKind.RETRACTED

    @property
    def is_for_all_copies(self) -> bool:
        """Every message about the incident that a chat has is to change, not its living one alone."""
        return self.kind in (AlertKind.RETRACTED, AlertKind.MERGED)

    @property
    def reaches_others(self) -> bool:
        """Whether those who were not told are told now; who read nothing wrong needs no correction."""
        return self.kind not in KEPT_AMONG_THE_TOLD and not self.is_closed


@dataclass(frozen=True, slots=True)
class Window:
    """The chats after the cursor of a match up to an id, and what of them is to be looked at."""

    last_chat_id: int
    is_last: bool
    """Behind it nobody is concerned."""
    is_dense: bool
    """Most of its ids may be concerned."""
    regions: tuple[str, ...] = ()
    """Those of the match that somebody in it chose, the most crowded first."""
    has_reviewers: bool = False
    has_circles: bool = False
    has_told: bool = False
    """Somebody in it was told of the incident before."""
