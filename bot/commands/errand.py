"""One piece of work beside the conversation at a time: no handler waits for a source or a long send."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


class Errand:
    """A background task of which there is never a second."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def is_busy(self) -> bool:
        """True while it is under way."""
        return self._task is not None and not self._task.done()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Start the work; only when not busy."""
        self._task = asyncio.create_task(work)

    async def wait(self) -> None:
        """Returns when what is under way, if anything is, has ended."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    async def close(self) -> None:
        """Breaks off what is under way."""
        if self._task is not None:
            self._task.cancel()
            await self.wait()
