"""The dead man's switch: told once when nothing moves, and once when it is over, over restarts too."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.admins import Admins, Bell
from bot.alarm import TRY_AGAIN, DeadMansSwitch
from bot.model import DeliveryState
from bot.storage.database import Database
from bot.storage.deliveries import Recorded, claim_due
from bot.storage.outcomes import Settled, settle
from bot.storage.settings import ALL_TOLD, put_setting
from bot.storage.sources import SourceState, save_state, upsert_catalogue
from bot.watch.pulse import PATIENCE
from tests.clock import START, FakeClock
from tests.ground import shared_words
from tests.storage.values import WIRE, a_chat, an_incident, tell

ADMINS = (11, 12)
SECOND = timedelta(seconds=1)
WORDS = shared_words()


@dataclass
class Watch:
    """A database, a clock, and what each admin was told."""

    db: Database
    clock: FakeClock
    told: list[tuple[int, str]] = field(default_factory=list)
    deaf: set[int] = field(default_factory=set)

    def start(self) -> DeadMansSwitch:
        """As a process that has just begun."""
        return DeadMansSwitch(self.db, Bell(Admins(ADMINS), self.db, WORDS, self._tell), self.clock.now)

    async def _tell(self, admin_id: int, text: str) -> None:
        if admin_id in self.deaf:
            raise ConnectionError
        self.told.append((admin_id, text))

    async def answer(self) -> None:
        """The source answers now."""
        now = self.clock.now()
        async with self.db.writing() as conn:
            state = SourceState(last_checked_at=now, last_ok_at=now, next_check_at=now + timedelta(minutes=1))
            await save_state(conn, "wire", state)

    async def send_one(self) -> None:
        """A message leaves now."""
        now = self.clock.now()
        async with self.db.writing() as conn:
            (one,) = await claim_due(conn, now, 1)
            sent = Recorded(one.id, DeliveryState.SENT, now, message_id=1)
            await settle(conn, [Settled(sent, one.chat_id, one.telegram_id)], now)

    def take(self) -> list[tuple[int, str]]:
        told, self.told = self.told, []
        return told


@pytest.fixture
async def watch(db: Database, clock: FakeClock) -> Watch:
    """One source, two chats."""
    async with db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        for number in (1, 2):
            await a_chat(conn, number, "hill")
    return Watch(db, clock)


async def test_due_work_that_does_not_leave_is_told_once(watch: Watch) -> None:
    """After ten minutes; again when it leaves, and not between, whoever looks however often."""
    switch = watch.start()
    async with watch.db.writing() as conn:
        await tell(conn, an_incident())
    for wait in (PATIENCE, SECOND, SECOND, PATIENCE):
        watch.clock.advance(wait)
        await watch.answer()
        await switch.look()
    assert watch.take() == [
        (admin, "Messages wait, and none has left since 09:00 UTC. The log says why.") for admin in ADMINS
    ]
    await watch.send_one()
    for _ in range(2):
        await switch.look()
    assert watch.take() == [(admin, "Messages leave again; none did since 09:00 UTC.") for admin in ADMINS]


async def test_ten_minutes_are_not_yet_too_long(watch: Watch) -> None:
    """Nobody is told before; and a message that leaves begins the time anew."""
    switch = watch.start()
    async with watch.db.writing() as conn:
        await tell(conn, an_incident())
    watch.clock.advance(PATIENCE)
    await watch.answer()
    await switch.look()
    await watch.send_one()
    watch.clock.advance(PATIENCE)
    await watch.answer()
    await switch.look()
    assert watch.take() == []


async def test_no_good_check_is_told_once_over_restarts(watch: Watch) -> None:
    """A process that starts in the middle repeats nothing, and takes nothing back before it knows."""
    await watch.answer()
    switch = watch.start()
    watch.clock.advance(2 * PATIENCE)
    await switch.look()
    assert watch.take() == [
        (admin, "No source could be checked since 09:00 UTC. The log says why.") for admin in ADMINS
    ]
    again = watch.start()
    for _ in range(3):
        await again.look()
        watch.clock.advance(PATIENCE)
    assert watch.take() == []
    await watch.answer()
    await watch.start().look()
    over = "Sources are checked again; none could be since 09:00 UTC."
    assert watch.take() == [(admin, over) for admin in ADMINS]
    await watch.start().look()
    assert watch.take() == []


async def test_what_the_report_on_sources_told_is_not_told_twice(watch: Watch) -> None:
    """Admins have the list of all sources that fail; that it is over they hear all the same."""
    await watch.answer()
    switch = watch.start()
    async with watch.db.writing() as conn:
        await put_setting(conn, ALL_TOLD, True)
    watch.clock.advance(2 * PATIENCE + SECOND)
    await switch.look()
    assert watch.take() == []
    await watch.answer()
    await switch.look()
    assert len(watch.take()) == len(ADMINS)


async def test_who_could_not_be_told_is_tried_again(watch: Watch) -> None:
    """Every five minutes, alone, over restarts; who knows is not told again."""
    switch = watch.start()
    async with watch.db.writing() as conn:
        await tell(conn, an_incident())
    watch.clock.advance(PATIENCE + SECOND)
    await watch.answer()
    watch.deaf = {12}
    await switch.look()
    assert [admin for admin, _ in watch.take()] == [11]
    watch.deaf = set()
    watch.clock.advance(TRY_AGAIN - SECOND)
    await watch.answer()
    await switch.look()
    assert watch.take() == []
    watch.clock.advance(SECOND)
    for _ in range(2):
        await watch.start().look()
    assert [admin for admin, _ in watch.take()] == [12]


async def test_a_young_process_has_time_to_begin(watch: Watch) -> None:
    """After a night's stop everything is old; nobody is woken for that."""
    async with watch.db.writing() as conn:
        await tell(conn, an_incident(), now=START)
    await watch.answer()
    watch.clock.advance(timedelta(hours=9))
    switch = watch.start()
    for _ in range(2):
        await switch.look()
        watch.clock.advance(PATIENCE)
    assert watch.take() == []
    watch.clock.advance(SECOND)
    await switch.look()
    assert len(watch.take()) == 2 * len(ADMINS)
