"""What the admins are told past the outbox, because it may be the outbox that does not work."""

from __future__ import annotations

from bot.admins import Bell
from bot.data.messages import Words
from bot.storage.database import Database


class Alarm:
    """Tells each admin once when the database begins to refuse, and once when that is over."""

    def __init__(self, database: Database, bell: Bell) -> None:
        self._database, self._bell = database, bell
        self._is_raised = False

    async def look(self) -> None:
        """Compare the state with the one that was told; to be called every few seconds."""
        why = self._database.trouble
        if (why is not None) == self._is_raised:
            return
        self._is_raised = why is not None
        await self._bell.ring(lambda words: _say(words, why))


def _say(words: Words, why: str | None) -> str:
    if why is None:
        return words.text("The database can be written again; everything goes on.")
    return words.text(
        "The database refuses to be written: {why}. Nothing is checked or sent meanwhile; nothing is lost.",
        why=why,
    )
