"""Updates of one chat are handled in order and answered at most once a second; a flood gets one answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.commands.desk import Clock

ANSWER_GAP_S = 1.0
"""Telegram: one message a second in a chat."""
MOST_WAITING = 4
"""Commands that wait behind the one being answered; with more the person is flooding, and all of them go."""
MOST_PRESSES = 12
"""Presses that wait: people tick a row of regions faster than once a second."""
_ROOMS_KEPT = 1024


@dataclass(slots=True)
class Turn:
    """One update's place in the order of its chat."""

    turns: Turns
    chat: int
    pressed: int | None = None

    @property
    def is_last(self) -> bool:
        """False while another press on the same message waits: what this one shows is about to change."""
        return not self.turns.is_press_waiting(self.chat, self.pressed)

    async def wait_to_answer(self) -> None:
        """Returns when the chat may be answered again, and counts the answer."""
        await self.turns.wait_to_answer(self.chat)


@dataclass(slots=True)
class _Room:
    """The updates of one chat: one inside, some waiting."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: list[int | None] = field(default_factory=list)
    users: int = 0
    floods: int = 0
    free_at: float = 0.0


class Turns:
    """The order of every chat; chats do not wait for each other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._rooms: dict[int, _Room] = {}

    @asynccontextmanager
    async def take(self, chat: int, pressed: int | None = None) -> AsyncIterator[Turn | None]:
        """Waits for the chat's turn; gives None when the chat floods and the update is not to be handled.

        `pressed`: the message whose button was pressed, None for what was written.
        """
        room = self._room(chat)
        waiting = sum((message is None) == (pressed is None) for message in room.waiting)
        if waiting >= (MOST_WAITING if pressed is None else MOST_PRESSES):
            room.floods += pressed is None
            yield None
            return
        floods = room.floods
        room.users += 1
        try:
            await _enter(room, pressed)
            try:
                is_thrown_out = pressed is None and floods != room.floods
                yield None if is_thrown_out else Turn(self, chat, pressed)
            finally:
                room.lock.release()
        finally:
            room.users -= 1

    def is_press_waiting(self, chat: int, pressed: int | None) -> bool:
        """True when a press on this message waits for its turn."""
        room = self._rooms.get(chat)
        return room is not None and pressed is not None and pressed in room.waiting

    async def wait_to_answer(self, chat: int) -> None:
        """Returns a second after the chat's last answer, at once when that is longer ago."""
        room = self._room(chat)
        wait_s = room.free_at - self._clock.monotonic()
        if wait_s > 0:
            await self._clock.sleep(wait_s)
        room.free_at = self._clock.monotonic() + ANSWER_GAP_S

    def _room(self, chat: int) -> _Room:
        if chat not in self._rooms and len(self._rooms) >= _ROOMS_KEPT:
            self._forget_idle()
        return self._rooms.setdefault(chat, _Room())

    def _forget_idle(self) -> None:
        now_s = self._clock.monotonic()
        for chat in [c for c, room in self._rooms.items() if not room.users and room.free_at <= now_s]:
            del self._rooms[chat]


async def _enter(room: _Room, pressed: int | None) -> None:
    room.waiting.append(pressed)
    try:
        await room.lock.acquire()
    finally:
        room.waiting.remove(pressed)
