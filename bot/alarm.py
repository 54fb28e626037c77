"""What the admins are told past the outbox, because it may be the outbox that does not work."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable

from bot.storage.database import Database

log = logging.getLogger(__name__)

Tells = Callable[[int, str], Awaitable[None]]
"""Sends a text to a person; raises what it likes when it cannot."""

REFUSES = "The database refuses to be written: {why}. Nothing is checked or sent meanwhile; nothing is lost."
WORKS_AGAIN = "The database can be written again; everything goes on."


class Alarm:
    """Tells each admin once when the database begins to refuse, and once when that is over."""

    def __init__(self, database: Database, admin_ids: Iterable[int], tell: Tells) -> None:
        self._database, self._admin_ids, self._tell = database, tuple(admin_ids), tell
        self._is_raised = False

    async def look(self) -> None:
        """Compare the state with the one that was told; to be called every few seconds."""
        why = self._database.trouble
        if (why is not None) == self._is_raised:
            return
        self._is_raised = why is not None
        text = WORKS_AGAIN if why is None else REFUSES.format(why=why)
        log.log(logging.INFO if why is None else logging.ERROR, "%s", text)
        for admin_id in self._admin_ids:
            try:
                await self._tell(admin_id, text)
            except Exception as error:  # one admin who cannot be told is nothing to the others
                log.warning("an admin could not be told: %s", type(error).__name__)
