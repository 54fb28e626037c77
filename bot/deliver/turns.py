"""Whose turn it is among alerts that are equally urgent: the newest is on its way at once, beside the others.

One alert may be on its way to a hundred thousand chats for an hour. What is told after it must not wait for
that hour, nor stop it: every second turn is the newest alert's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.storage.claiming import Fresh
from bot.storage.deliveries import ClaimedDelivery

MOST: Final = 100
"""So many are remembered; what began before them waits for its turn behind them."""


class Turns:
    """The new alerts that began to be queued in this process, until nothing of them is claimed any more."""

    def __init__(self) -> None:
        self._begun: dict[int, Fresh] = {}

    @property
    def newest(self) -> dict[int, Fresh]:
        """For each priority, the alert whose turn is every second one."""
        return {fresh.priority: fresh for fresh in self._begun.values()}

    def knows(self, alert_id: int) -> bool:
        """Whether it has begun."""
        return alert_id in self._begun

    def begin(self, fresh: Fresh) -> None:
        """It is queued from now on."""
        self._begun[fresh.alert_id] = fresh
        if len(self._begun) > MOST:
            del self._begun[next(iter(self._begun))]

    def place(self, alert_id: int) -> int:
        """Among what was claimed already and is equally urgent, the lower leaves first."""
        return -self._begun[alert_id].after_id if alert_id in self._begun else 0

    def note(self, claimed: Sequence[ClaimedDelivery]) -> None:
        """What was claimed: when nothing of it is the newest's, that has come to its end."""
        newest = self.newest.get(claimed[0].priority) if claimed else None
        if newest is not None and all(each.alert_id != newest.alert_id for each in claimed):
            del self._begun[newest.alert_id]
