"""Whose turn it is among alerts that are equally urgent: the newest is on its way at once, beside the others.

One alert may be on its way to a hundred thousand chats for an hour. What is told after it must not wait for
that hour, nor stop it: every second turn is the newest alert's.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.storage.deliveries import ClaimedDelivery, Fresh


class Turns:
    """The alerts that began to be queued in this process, until nothing of them is claimed any more."""

    def __init__(self) -> None:
        self._begun: dict[int, Fresh] = {}
        self._places: dict[int, int] = {}
        self._last_place = 0

    @property
    def newest(self) -> Fresh | None:
        """The alert whose turn is every second one."""
        return next(reversed(self._begun.values()), None)

    def knows(self, alert_id: int) -> bool:
        """Whether it has begun."""
        return alert_id in self._begun

    def begin(self, fresh: Fresh) -> None:
        """It is queued from now on."""
        self._last_place -= 1
        self._begun[fresh.alert_id] = fresh
        self._places[fresh.alert_id] = self._last_place

    def place(self, alert_id: int) -> int:
        """Among what was claimed already and is equally urgent, the lower leaves first."""
        return self._places.get(alert_id, 0)

    def note(self, claimed: Iterable[ClaimedDelivery]) -> None:
        """What was claimed with the newest in mind: when nothing of it was, it has come to its end."""
        newest = self.newest
        if newest is not None and all(each.alert_id != newest.alert_id for each in claimed):
            del self._begun[newest.alert_id], self._places[newest.alert_id]
