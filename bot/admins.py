"""Who runs the bot, at this moment; and the bell that tells each of them something in their language."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping

from bot.data.messages import SOURCE_LANGUAGE, Words
from bot.errors import StorageError
from bot.storage.admins import added_admins, drop_reviewers, languages_of, reviewing_of
from bot.storage.database import Database
from bot.watch.verdicts import Reviewing

log = logging.getLogger(__name__)

Tells = Callable[[int, str], Awaitable[None]]
"""Sends a text to a person; raises what it likes when it cannot."""
Say = Callable[[Words], str]
"""Words a text in a language."""


class Admins:
    """The admins of the settings and those whom they added. `load` follows every change of the rows."""

    def __init__(self, configured: Iterable[int] = ()) -> None:
        self.configured = frozenset(configured)
        self.added: dict[int, int] = {}
        """Whoever was added in a chat, with who added them."""
        self._reviewing: dict[int, Reviewing] = {}

    @property
    def ids(self) -> frozenset[int]:
        """Telegram's numbers of all of them."""
        return self.configured | self.added.keys()

    async def load(self, database: Database) -> None:
        """Read the rows; whoever reviewed and is no admin any more reviews no longer."""
        async with database.writing() as conn:
            self.added = await added_admins(conn)
            await drop_reviewers(conn, self.ids)
            self._reviewing = await reviewing_of(conn)

    def reviewing(self, telegram_id: int) -> Reviewing:
        """What a chat reviews: what it hears of anyway, if it is an admin's that chose nothing else."""
        if telegram_id not in self.ids:
            return Reviewing.NONE
        return self._reviewing.get(telegram_id, Reviewing.OWN)


class Bell:
    """Tells every admin something past the outbox, because it may be the outbox that does not work."""

    def __init__(self, admins: Admins, database: Database, words: Mapping[str, Words], tell: Tells) -> None:
        self._admins, self._database, self._words, self._tell = admins, database, words, tell
        self._languages: dict[int, str | None] = {}

    @property
    def admin_ids(self) -> frozenset[int]:
        """Telegram's numbers of those who hear it."""
        return self._admins.ids

    async def ring(self, say: Say, only: Collection[int] | None = None) -> frozenset[int]:
        """Tell all, or `only` some; returns whom it did not reach. The log has it in English.

        One admin who cannot be told is nothing to the others.
        """
        log.warning("%s", say(self._words[SOURCE_LANGUAGE]))
        await self._learn_languages()
        missed: set[int] = set()
        for admin_id in sorted(self.admin_ids if only is None else self.admin_ids.intersection(only)):
            words = self._words.get(self._languages.get(admin_id) or "", self._words[SOURCE_LANGUAGE])
            try:
                await self._tell(admin_id, say(words))
            except Exception as error:  # whatever keeps one from being told
                log.warning("an admin could not be told: %s", type(error).__name__)
                missed.add(admin_id)
        return frozenset(missed)

    async def _learn_languages(self) -> None:
        """As they were known last, when the database cannot be read just now."""
        try:
            async with self._database.reading() as conn:
                self._languages = await languages_of(conn, self._admins.ids)
        except StorageError as error:
            log.info("the admins' languages cannot be read: %s", error)
