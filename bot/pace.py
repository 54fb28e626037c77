"""When the next request to Telegram may leave: one clock, even spacing, nothing of I/O.

The caller asks at the moment it could send; the answer is "now" (and counts) or how long to wait and
whether only this chat must. Nothing is booked ahead, so the most urgent delivery is chosen anew each
time, and what is counted is what was sent. Between "now" and the request's leaving lie a text to be written
and perhaps a connection to be made: the limits are about when it left, which the caller tells. Times are
seconds of one monotonic clock.
"""

from __future__ import annotations

import heapq
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.model import DeliveryForm

MARGIN_S: Final = 0.015
"""A second is so much longer here: what takes more or less time on its way, by up to so much, cannot put one
too many into a second at the receiving end."""
MARGIN_AT_HIGH_RATES_S: Final = 0.025
HIGH_RATE: Final = 100.0
"""From here on whatever is busy for some milliseconds, here or there, holds up several at once."""
CATCH_UP_S: Final = 0.05  # so much that a busy loop, or a late timer, held up is made good at once
ASK_AGAIN_S: Final = 0.02  # when a whole second's messages were let go and none of them has left
CHAT_GAP_S: Final = 1.02  # Telegram: one message a second in a chat; the rest is jitter
CHAT_BURST: Final = 3  # ... but the first three of a minute may go at once
GROUP_WINDOW_S: Final = 60.5
GROUP_MESSAGES: Final = 20  # Telegram: 20 messages a minute in a group
GROUP_EDITS: Final = 15  # found by others; Telegram does not publish it
FLOODED_CHATS: Final = 10
"""So many distinct chats in a row that are refused, and no other answer between, mean all of them.
Were every third send refused for its own chat, this would come about once in 200,000 sends."""


@dataclass(frozen=True, slots=True)
class Turn:
    """`wait_s` 0: send now, it is counted. Else ask again then; `is_chat`: other chats need not wait."""

    wait_s: float
    is_chat: bool = False


NOW: Final = Turn(0.0)


class Pacer:
    """Decides for one sender; holds a minute of send times for the chats that were sent to in it."""

    def __init__(self, rate: float) -> None:
        """`rate`: messages a second in all."""
        stretch = 1 + (MARGIN_S if rate < HIGH_RATE else MARGIN_AT_HIGH_RATES_S)
        self._spacing_s = stretch / rate
        self._most = max(1, int(rate))
        self._second_s = stretch * max(1.0, 1 / rate)
        self._second: deque[float] = deque(maxlen=self._most)
        self._going = 0
        self._due_s = 0.0
        self._paused_until_s = 0.0
        self._sends: OrderedDict[int, tuple[float, ...]] = OrderedDict()
        self._edits: OrderedDict[int, tuple[float, ...]] = OrderedDict()
        self._deadlines: dict[int, float] = {}
        self._deadline_order: list[tuple[float, int]] = []
        self._refused: dict[int, float] = {}

    @property
    def paused_until_s(self) -> float:
        """Nothing leaves before; a time in the past when nothing is paused."""
        return self._paused_until_s

    @property
    def chats_held(self) -> int:
        """How many chats anything is remembered of."""
        return len(self._sends.keys() | self._edits.keys() | self._deadlines.keys())

    def reserve(self, chat: int, is_group: bool, form: DeliveryForm, now_s: float) -> Turn:
        """May this leave now? If so it is counted as sent at `now_s`, until `leave` says when it was."""
        self._forget_idle(now_s)
        all_s = self._wait_for_all(now_s)
        if all_s > 0:
            return Turn(all_s)
        is_edit = form is DeliveryForm.EDIT
        chat_s = self._wait_for_chat(chat, is_group, is_edit, now_s)
        if chat_s > 0:
            return Turn(chat_s, is_chat=True)
        self._due_s = max(now_s - CATCH_UP_S, self._due_s) + self._spacing_s
        self._going += 1
        self._remember(chat, is_group and is_edit, now_s)
        return NOW

    def leave(self, chat: int, is_group: bool, form: DeliveryForm, now_s: float) -> None:
        """What was let go leaves now, or came to nothing: once for every "now" that was answered."""
        self._going -= 1
        self._second.append(now_s)
        _correct(self._sends, chat, now_s)
        if is_group and form is DeliveryForm.EDIT:
            _correct(self._edits, chat, now_s)

    def wait_for_all(self, now_s: float) -> float:
        """Seconds until anything may leave, whichever the chat; 0 when it may now."""
        return max(0.0, self._wait_for_all(now_s))

    def recall(self, chat: int, is_group: bool, form: DeliveryForm, at_s: float) -> None:
        """Something left at `at_s`, before this pacer was made; told at the start, in the order of time."""
        self._second.append(at_s)
        self._remember(chat, is_group and form is DeliveryForm.EDIT, at_s)

    def note_refusal(self, chat: int, retry_after_s: float, now_s: float) -> bool:
        """Telegram answered 429: hold the chat; returns True when that paused all, by `paused_until_s`."""
        self.hold(chat, now_s + retry_after_s)
        self._refused.pop(chat, None)
        self._refused[chat] = retry_after_s
        if len(self._refused) < FLOODED_CHATS:
            return False
        until_s = now_s + min(self._refused.values())
        del self._refused[next(iter(self._refused))]  # the rest still counts when the pause is over
        if until_s < self._paused_until_s + 1:  # the answers that were under way when it began
            return False
        self._paused_until_s = until_s
        return True

    def note_acceptance(self) -> None:
        """Telegram gave another answer than 429: not everything is being refused."""
        self._refused.clear()

    def hold(self, chat: int, until_s: float) -> None:
        """Nothing leaves for this chat before `until_s`; a deadline is never brought forward."""
        if until_s > self._deadlines.get(chat, 0.0):
            self._deadlines[chat] = until_s
            heapq.heappush(self._deadline_order, (until_s, chat))

    def pause(self, until_s: float) -> None:
        """Nothing leaves for anyone before `until_s`."""
        self._paused_until_s = max(self._paused_until_s, until_s)

    def _wait_for_all(self, now_s: float) -> float:
        free_s = max(self._paused_until_s, self._due_s)
        return max(free_s, self._end_of_second(now_s)) - now_s

    def _end_of_second(self, now_s: float) -> float:
        """When so many have left a second ago that one more may, beside those that have yet to leave."""
        if self._going >= self._most:
            return now_s + ASK_AGAIN_S
        over = len(self._second) + self._going - self._most
        return self._second[over] + self._second_s if over >= 0 else now_s

    def _wait_for_chat(self, chat: int, is_group: bool, is_edit: bool, now_s: float) -> float:
        free_s = self._deadlines.get(chat, 0.0)
        sends = _since(self._sends.get(chat, ()), now_s - GROUP_WINDOW_S)
        if len(sends) >= CHAT_BURST:
            free_s = max(free_s, sends[-1] + CHAT_GAP_S)
        if is_group and len(sends) >= GROUP_MESSAGES:
            free_s = max(free_s, sends[-GROUP_MESSAGES] + GROUP_WINDOW_S)
        if is_group and is_edit:
            edits = _since(self._edits.get(chat, ()), now_s - GROUP_WINDOW_S)
            if len(edits) >= GROUP_EDITS:
                free_s = max(free_s, edits[-GROUP_EDITS] + GROUP_WINDOW_S)
        return free_s - now_s

    def _remember(self, chat: int, is_group_edit: bool, now_s: float) -> None:
        _append(self._sends, chat, now_s, GROUP_MESSAGES)
        if is_group_edit:
            _append(self._edits, chat, now_s, GROUP_EDITS)

    def _forget_idle(self, now_s: float) -> None:
        """Drop what no rule asks for any more; each entry is looked at once, when it is the oldest."""
        for times in (self._sends, self._edits):
            while times and next(iter(times.values()))[-1] <= now_s - GROUP_WINDOW_S:
                times.popitem(last=False)
        while self._deadline_order and self._deadline_order[0][0] <= now_s:
            until_s, chat = heapq.heappop(self._deadline_order)
            if self._deadlines.get(chat) == until_s:
                del self._deadlines[chat]


class Departure:
    """One request that was let go; `tell` may be called by all who may know when it leaves."""

    def __init__(
        self, pacer: Pacer, chat: int, is_group: bool, form: DeliveryForm, monotonic: Callable[[], float]
    ) -> None:
        self._pacer, self._monotonic = pacer, monotonic
        self._goes = (chat, is_group, form)
        self._is_told = False

    def tell(self) -> None:
        """It leaves now, if nobody said so before."""
        if not self._is_told:
            self._is_told = True
            self._pacer.leave(*self._goes, self._monotonic())


def _since(times: tuple[float, ...], begin_s: float) -> tuple[float, ...]:
    """The times after `begin_s`; `times` ascend and are at most twenty."""
    if not times or times[0] > begin_s:
        return times
    return tuple(t for t in times if t > begin_s)


def _append(times: OrderedDict[int, tuple[float, ...]], chat: int, now_s: float, longest: int) -> None:
    times[chat] = (*_since(times.get(chat, ()), now_s - GROUP_WINDOW_S), now_s)[-longest:]
    times.move_to_end(chat)


def _correct(times: OrderedDict[int, tuple[float, ...]], chat: int, now_s: float) -> None:
    """The last time of a chat was `now_s`."""
    if chat in times:
        times[chat] = (*times[chat][:-1], now_s)
