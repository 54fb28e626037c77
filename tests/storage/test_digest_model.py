"""What chats keep, over arbitrary days: everything is told exactly once, alone or in one digest."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Digest, Rhythm
from bot.hours import Hold, next_hold
from bot.model import AlertKind, DeliveryForm, DeliveryState, Incident, Severity
from bot.storage import deliveries
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.digests import release_due, save_rhythm
from bot.storage.incidents import add_incident
from bot.storage.tables import delivery
from tests.clock import START
from tests.conftest import empty_tables
from tests.storage.values import a_chat, an_alert, an_incident

SETTINGS = settings(max_examples=25, stateful_step_count=25)
RHYTHMS = st.builds(
    Rhythm,
    digest=st.sampled_from(Digest),
    digest_at=st.sampled_from((0, 8 * 60)),
    quiet_from=st.just(22 * 60),
    quiet_until=st.sampled_from((7 * 60, 23 * 60)),
    zone=st.sampled_from(("UTC", "Asia/Yerevan")),
    lets_grave=st.booleans(),
) | st.builds(Rhythm, digest=st.sampled_from(Digest), lets_grave=st.booleans())


class DiedError(Exception):
    """The process dies before it commits."""


class Keeping(RuleBasedStateMachine):
    """One chat that changes its hours while things happen; the job runs late, twice, and dies half-way."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = self.runner.run(Database.open(url))
        self.now = START
        self.chat_id = 0
        self.rhythm = Rhythm()
        self.hold: Hold | None = None
        self.incidents: list[Incident] = []
        self.retracted: set[int] = set()

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        self.runner.close()

    def write(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.db.writing() as conn:
                return await work(conn)

        return self.runner.run(run())

    @initialize()
    def begin(self) -> None:
        self.runner.run(empty_tables(self.db))
        self.chat_id = self.write(lambda conn: a_chat(conn, 1, "north")).id

    @property
    def is_holding(self) -> bool:
        return self.hold is not None and self.hold.begins <= self.now

    def rows(self) -> list[Any]:
        async def read(conn: AsyncConnection) -> Any:
            return (await conn.execute(select(delivery).order_by(delivery.c.id))).all()

        found: list[Any] = self.write(read)
        return found

    def message(self, incident: Incident) -> Any:
        (own,) = [r for r in self.rows() if r.incident_id == incident.id and r.form == DeliveryForm.MESSAGE]
        return own

    @rule(chosen=RHYTHMS)
    def choose(self, chosen: Rhythm) -> None:
        self.write(lambda conn: save_rhythm(conn, self.chat_id, chosen, self.now))
        self.rhythm, self.hold = chosen, next_hold(chosen, self.now)
        if not self.is_holding:
            assert not any(row.state == DeliveryState.HELD for row in self.rows())

    @rule(minutes=st.integers(1, 20 * 60))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(severity=st.sampled_from(Severity))
    def happen(self, severity: Severity) -> None:
        new = an_incident(f"N-{len(self.incidents)}", severity=severity)
        incident = self.write(lambda conn: add_incident(conn, new))
        self.incidents.append(incident)
        self.tell(incident, AlertKind.NEW)
        is_let = severity is Severity.GRAVE and self.rhythm.lets_grave
        kept = DeliveryState.HELD if self.is_holding and not is_let else DeliveryState.PENDING
        if self.message(incident).target_id is None:  # else the hour was busy, and it is in a roll-up
            assert self.message(incident).state == kept

    @precondition(lambda self: self.incidents)
    @rule(data=st.data(), kind=st.sampled_from((AlertKind.DEATHS, AlertKind.RETRACTED)))
    def change(self, data: st.DataObject, kind: AlertKind) -> None:
        place = data.draw(st.integers(0, len(self.incidents) - 1))
        incident = replace(self.incidents[place], severity=Severity.GRAVE)
        if incident.id in self.retracted:
            return
        before = self.message(incident)
        self.tell(incident, kind)
        if kind is AlertKind.RETRACTED:
            self.retracted.add(incident.id or 0)
            if before.state == DeliveryState.HELD:
                assert self.message(incident).state == DeliveryState.EXPIRED

    @rule(dies=st.booleans())
    def look(self, dies: bool) -> None:
        async def release(conn: AsyncConnection) -> int:
            many = await release_due(conn, self.now, 10)
            if dies:
                raise DiedError
            return many

        if dies:
            before = self.rows()
            with pytest.raises(DiedError):
                self.write(release)
            assert self.rows() == before
            return
        held = [row.id for row in self.rows() if row.state == DeliveryState.HELD]
        is_due = self.hold is not None and self.hold.ends <= self.now
        digests = self.digests()
        assert self.write(release) == is_due
        if is_due:
            self.hold = next_hold(self.rhythm, self.now)
            made = self.digests() - digests
            assert len(made) == bool(held)
            assert {row.id for row in self.rows() if row.target_id in made} == set(held)

    @rule()
    def send(self) -> None:
        claimed = self.write(lambda conn: deliveries.claim_due(conn, self.now, 10))
        assert not any(each.form is DeliveryForm.MESSAGE and self.is_kept(each.id) for each in claimed)
        sent = [Recorded(each.id, DeliveryState.SENT, self.now, message_id=each.id) for each in claimed]
        self.write(lambda conn: deliveries.record(conn, sent))

    def is_kept(self, delivery_id: int) -> bool:
        return any(row.id == delivery_id and row.state == DeliveryState.HELD for row in self.rows())

    def digests(self) -> set[int]:
        return {row.id for row in self.rows() if row.form == DeliveryForm.DIGEST}

    @invariant()
    def everything_is_told_once(self) -> None:
        """One message's row for each incident; kept ones are in no digest, those in one were kept."""
        messages = [row for row in self.rows() if row.form == DeliveryForm.MESSAGE]
        assert [row.incident_id for row in messages] == [each.id for each in self.incidents]
        for row in messages:
            assert row.state != DeliveryState.HELD or row.target_id is None

    def tell(self, incident: Incident, kind: AlertKind) -> None:
        async def queue(conn: AsyncConnection) -> None:
            for form in (DeliveryForm.REPLY, DeliveryForm.EDIT):
                if kind is AlertKind.NEW and form is DeliveryForm.REPLY:
                    continue
                alert = replace(an_alert(incident, "", kind), created_at=self.now)
                alert_id = await add_alert(conn, alert, form)
                while not (await queue_next_chunk(conn, alert_id, self.now)).is_done:
                    pass

        self.write(queue)


def test_everything_is_told_once(db_url: str) -> None:
    """Whatever happens when, and whenever the job runs or dies."""

    class OnThisDatabase(Keeping):
        def __init__(self) -> None:
            super().__init__(db_url)

    run_state_machine_as_test(OnThisDatabase, settings=SETTINGS)
