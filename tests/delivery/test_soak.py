"""Long runs, by `make soak`: a storm of refusals, a tenth of the answers lost."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from functools import partial
from statistics import median
from time import monotonic
from typing import Any

import pytest

from bot.model import DeliveryForm, DeliveryState, Severity
from bot.storage.database import Database
from tests.delivery.outbox import add_chats, delivering, follow_up, rows, tell, wait_until_done
from tests.telegram_server import Answer, TelegramServer, drop, flood

pytestmark = pytest.mark.soak


class Weather:
    """Which sends are answered otherwise; seeded, so that a run can be had again."""

    def __init__(self, share: float, longest_s: int = 0) -> None:
        """`share` of the sends is refused for up to `longest_s`, or accepted with the answer lost."""
        self._share, self._longest_s = share, longest_s
        self._dice = random.Random(20201212)
        self.deadlines: dict[int, list[tuple[float, float]]] = defaultdict(list)
        """For each chat: when it was refused, and until when."""
        self.dropped = Counter[tuple[int, str]]()

    def answer(self, chat: int, text: str, at_s: float) -> Answer | None:
        if self._dice.random() >= self._share or self.dropped[chat, text]:
            return None
        if not self._longest_s:
            self.dropped[chat, text] += 1
            return drop(is_accepted=True)
        wait_s = self._dice.randint(1, self._longest_s)
        self.deadlines[chat].append((at_s, at_s + wait_s))
        return flood(wait_s)


class StormyTelegram(TelegramServer):
    """A Telegram with weather."""

    def __init__(self, weather: Weather) -> None:
        super().__init__(is_strict=False)
        self._weather = weather

    def has_heard(self, count: int) -> bool:
        return len(self.requests) >= count

    def _choose(self, token: str, method: str, parameters: dict[str, Any], at_s: float) -> Answer | None:
        stormy = self._weather.answer(int(parameters["chat_id"]), parameters["text"], at_s)
        return stormy or super()._choose(token, method, parameters, at_s)


async def test_a_storm_of_refusals(db: Database) -> None:
    """30 % of the sends are refused for 1 to 60 s: no deadline is broken, over three restarts neither."""
    chats = range(1, 301)
    await add_chats(db, chats)
    await tell(db, "storm", Severity.GRAVE)
    weather = Weather(0.3, longest_s=60)
    async with StormyTelegram(weather) as server:
        for _ in range(3):
            enough = len(server.requests) + 40
            async with delivering(db, server, rate=100):
                await server.wait_until(partial(server.has_heard, enough), 60)
        async with delivering(db, server, rate=100):
            await wait_until_done(db, 400)
        accepted = [r for r in server.requests if r.status == 200]
        assert sorted(r.chat_id for r in accepted) == list(chats)
        assert len(server.requests) <= 1.5 * len(accepted)
        for request in server.requests:
            held = [until for at, until in weather.deadlines[request.chat_id] if at < request.at_s]
            assert all(request.at_s >= until for until in held)


async def test_a_tenth_of_the_answers_is_lost(db: Database) -> None:
    """Nothing is lost, and doubled are exactly the messages whose answer was lost."""
    chats = range(1, 501)
    await add_chats(db, chats)
    for code in ("a", "b"):
        await tell(db, code, Severity.GRAVE)
    weather = Weather(0.1)
    async with StormyTelegram(weather) as server, delivering(db, server, rate=200):
        await wait_until_done(db, 120)
        arrived = Counter((chat, f"<b>{text}</b>") for chat in chats for text in server.texts(chat))
    assert 50 < sum(weather.dropped.values()) < 150
    expected = Counter((chat, f"<b>{code} message</b>") for chat in chats for code in ("a", "b"))
    assert arrived == expected + weather.dropped
    assert {row.state for row in await rows(db)} == {DeliveryState.SENT}


def most_in(times: list[float], window_s: float) -> int:
    """The greatest number of arrivals in any window of this length."""
    return max(sum(start <= at < start + window_s for at in times) for start in times)


async def test_a_group_in_a_busy_hour(db: Database) -> None:
    """Thirty messages, then thirty edits for a group: 15 edits and 20 of all in any 60 s, as they arrive."""
    await add_chats(db, [-5])
    incidents = [await tell(db, f"n{number}", Severity.GRAVE) for number in range(30)]
    async with TelegramServer(is_strict=False) as server, delivering(db, server) as service:
        await wait_until_done(db, 200)
        for incident in incidents:
            await follow_up(db, incident, DeliveryForm.EDIT)
        service.wake.set()
        await wait_until_done(db, 300)
        arrivals = [r.at_s for r in server.requests]
        edits = [r.at_s for r in server.requests if r.method == "editMessageText"]
        assert (len(arrivals), len(edits)) == (60, 30)
        assert most_in(arrivals, 60.0) == 20
        assert most_in(edits, 60.0) <= 15
        assert most_in(arrivals, 1.0) <= 3


async def measure_delays(db: Database, code: str, chats: range, refused: range) -> float:
    """The median time from the commit to the arrival, of the chats that are not refused."""
    async with (
        TelegramServer(is_strict=False, latency_s=0.02) as server,
        delivering(db, server, rate=100) as service,
    ):
        for chat in refused:
            server.answer_always("sendMessage", flood(43_837), chat_id=chat)
        await tell(db, code, Severity.GRAVE)
        began_s = monotonic()
        service.wake.set()
        others = set(chats) - set(refused)
        await server.wait_until(lambda: others <= {r.chat_id for r in server.requests}, 60)
        return median(r.at_s - began_s for r in server.requests if r.chat_id in others)


async def test_refused_chats_delay_no_other(db: Database) -> None:
    """With a tenth of the chats refused for twelve hours the median of the others is at most 1.1 times that
    of a run without; one refused chat is among them from the first moment."""
    chats = range(1, 501)
    await add_chats(db, chats)
    calm = await measure_delays(db, "calm", chats, range(0))
    stormy = await measure_delays(db, "stormy", chats, range(1, 501, 10))
    assert stormy <= 1.1 * calm
