"""Matching compared with the rules written down in plain Python, over arbitrary histories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.folding import fold
from bot.model import AlertKind, ChatKind, DeliveryForm, DeliveryState, Incident, Severity
from bot.reading.text import is_spaceless
from bot.storage import alerts, chats, deliveries, subscriptions
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.incidents import add_incident
from bot.storage.subscriptions import EVERYTHING
from tests.clock import START
from tests.conftest import empty_tables
from tests.storage.values import an_alert, an_incident, queued

PATHS = (("north",), ("north", "hill"), ("north", "hill", "top"), ("north", "valley"), ("south", "sea"))
REGIONS = st.sampled_from(("north", "hill", "top", "valley", "south", "sea", EVERYTHING))
WORDS = st.sampled_from(
    ("drone", "Drones", "line of", "line of contact", "OF", "ปืน", "ใหญ่", "Ağdam", "!", "%")
)
PIECES = st.sampled_from(("drone", "the line", "of", "contact", "DRONES,", "ยิงปืนใหญ่", "agdam"))
TEXTS = st.lists(PIECES, max_size=6)
WISHES = st.lists(WORDS, max_size=2)
CHOICES = st.tuples(st.sets(REGIONS, min_size=1), WISHES, WISHES)
KINDS = st.sampled_from((AlertKind.NEW, AlertKind.GROWN, AlertKind.RETRACTED))
NUMBERS = st.integers(1, 5)
STATES = st.sampled_from((DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED))
CHUNKS = st.sampled_from((1, 2, 20_000))
SETTINGS = settings(max_examples=30, stateful_step_count=20, deadline=None)


@dataclass
class ModelChat:
    """What the rules know of a chat; `told` is the state of its message about each incident."""

    id: int
    regions: set[str] = field(default_factory=set)
    include: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    is_gone: bool = False
    told: dict[int, DeliveryState] = field(default_factory=dict)

    def wants(self, regions: set[str], text: str) -> bool:
        """The rules of matching, as an issue of the project would say them."""
        is_chosen = bool(self.regions & (regions | {EVERYTHING}))
        include = [word for word in self.include if fold(word)]
        is_wanted = not include or any(occurs(word, text) for word in include)
        return is_chosen and is_wanted and not any(fold(word) and occurs(word, text) for word in self.exclude)


def occurs(keyword: str, text: str) -> bool:
    """A keyword as a run of whole words, or a piece of text in scripts without spaces."""
    if is_spaceless(fold(keyword)):
        return fold(keyword) in fold(text)
    words, sought = fold(text).split(), fold(keyword).split()
    return any(words[start : start + len(sought)] == sought for start in range(len(words)))


class Matching(RuleBasedStateMachine):
    """Chats choose, leave and return; grave incidents (they come alone) are told, grow and are retracted."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = self.runner.run(Database.open(url))
        self.chats: dict[int, ModelChat] = {}
        self.incidents: list[Incident] = []

    def write(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.db.writing() as conn:
                return await work(conn)

        return self.runner.run(run())

    @initialize(
        choices=st.lists(st.tuples(st.sets(REGIONS, min_size=1), WISHES, WISHES), min_size=3, max_size=5)
    )
    def begin(self, choices: list[tuple[set[str], list[str], list[str]]]) -> None:
        """An empty database and a few chats that chose something already."""
        self.runner.run(empty_tables(self.db))
        for number, (regions, include, exclude) in enumerate(choices, start=1):
            self.subscribe(number, regions)
            self.set_keywords(number, include, exclude)

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        self.runner.close()

    def chat(self, number: int) -> ModelChat:
        if number not in self.chats:
            made = self.write(lambda conn: chats.ensure_chat(conn, number, ChatKind.PRIVATE, START))
            self.chats[number] = ModelChat(made.id)
        return self.chats[number]

    @rule(number=NUMBERS, regions=st.sets(REGIONS, max_size=3))
    def subscribe(self, number: int, regions: set[str]) -> None:
        chat = self.chat(number)
        added = self.write(lambda conn: subscriptions.subscribe(conn, chat.id, sorted(regions)))
        assert set(added) == regions - chat.regions
        chat.regions |= regions

    @rule(number=NUMBERS, regions=st.none() | st.sets(REGIONS, max_size=2))
    def unsubscribe(self, number: int, regions: set[str] | None) -> None:
        chat = self.chat(number)
        removed = self.write(lambda conn: subscriptions.unsubscribe(conn, chat.id, regions))
        assert set(removed) == (chat.regions if regions is None else chat.regions & regions)
        chat.regions -= set(removed)

    @rule(number=NUMBERS, include=WISHES, exclude=WISHES)
    def set_keywords(self, number: int, include: list[str], exclude: list[str]) -> None:
        chat = self.chat(number)
        self.write(lambda conn: subscriptions.set_keywords(conn, chat.id, include, exclude))
        chat.include, chat.exclude = include, exclude

    @rule(number=NUMBERS)
    def leave(self, number: int) -> None:
        """Those who are away return instead, so that most chats are there."""
        if self.chat(number).is_gone:
            self.come_back(number)
            return
        chat = self.chat(number)
        self.write(lambda conn: chats.mark_gone(conn, chat.id, START))
        chat.is_gone = True
        for incident_id, state in chat.told.items():
            if state is DeliveryState.PENDING:
                chat.told[incident_id] = DeliveryState.EXPIRED

    def come_back(self, number: int) -> None:
        chat = self.chat(number)
        assert self.write(lambda conn: chats.restore(conn, chat.id, START)) is chat.is_gone
        chat.is_gone = False

    @rule(number=NUMBERS)
    def be_forgotten(self, number: int) -> None:
        chat = self.chats.pop(number, None)
        if chat is not None:
            assert self.write(lambda conn: chats.forget(conn, chat.id))

    @rule(path=st.sampled_from(PATHS), words=TEXTS, size=CHUNKS)
    def happen(self, path: tuple[str, ...], words: list[str], size: int) -> None:
        new = replace(an_incident(f"I-{len(self.incidents)}", path), theatre=path[0], severity=Severity.GRAVE)
        self.incidents.append(self.write(lambda conn: add_incident(conn, new)))
        self.tell(self.incidents[-1], " ".join(words), AlertKind.NEW, DeliveryForm.EDIT, size)

    @precondition(lambda self: self.incidents)
    @rule(
        data=st.data(), words=TEXTS, path=st.sampled_from(PATHS), size=CHUNKS,
        kind=KINDS, form=st.sampled_from((DeliveryForm.EDIT, DeliveryForm.REPLY)),
    )  # fmt: skip
    def change(
        self,
        data: st.DataObject,
        words: list[str],
        path: tuple[str, ...],
        size: int,
        kind: AlertKind,
        form: DeliveryForm,
    ) -> None:
        place = data.draw(st.integers(0, len(self.incidents) - 1))
        before = self.incidents[place]
        self.incidents[place] = replace(before, regions=tuple({*before.regions, *path}))
        self.tell(self.incidents[place], " ".join(words), kind, form, size)

    @rule(state=STATES, limit=st.integers(1, 4))
    def send(self, state: DeliveryState, limit: int) -> None:
        """Some of what waits leaves, or comes to nothing."""
        claimed = self.write(lambda conn: deliveries.claim_due(conn, START, limit))
        outcomes = [Recorded(each.id, state, START, message_id=each.id) for each in claimed]
        self.write(lambda conn: deliveries.record(conn, outcomes))
        by_id = {chat.id: chat for chat in self.chats.values()}
        assert not any(by_id[each.chat_id].is_gone for each in claimed)
        assert len({each.chat_id for each in claimed}) == len(claimed)
        for each in claimed:
            if each.form is DeliveryForm.MESSAGE:
                by_id[each.chat_id].told[each.incident_id] = state
            else:
                assert each.target_message_id is not None

    def tell(self, incident: Incident, text: str, kind: AlertKind, form: DeliveryForm, size: int) -> None:
        """Queue an alert chunk by chunk, and compare with what the rules say."""
        assert incident.id is not None
        expected = self.expect(incident, text, kind, form)

        async def queue(conn: AsyncConnection) -> dict[int, str]:
            alert_id = await alerts.add_alert(conn, an_alert(incident, text, kind), form)
            while not (await alerts.queue_next_chunk(conn, alert_id, START, size)).is_done:
                pass
            return await queued(conn, alert_id)

        assert self.write(queue) == expected
        for number, shape in expected.items():
            if shape == DeliveryForm.MESSAGE:
                self.chats[number].told[incident.id] = DeliveryState.PENDING
        for chat in self.chats.values():
            if kind is AlertKind.RETRACTED and chat.told.get(incident.id) is DeliveryState.PENDING:
                chat.told[incident.id] = DeliveryState.EXPIRED  # retracted before it was sent

    def expect(self, incident: Incident, text: str, kind: AlertKind, form: DeliveryForm) -> dict[int, str]:
        """Chats that get the alert, and in what form."""
        regions = {incident.theatre, *incident.regions}
        expected: dict[int, str] = {}
        for number, chat in self.chats.items():
            state = chat.told.get(incident.id or 0)
            if chat.is_gone:
                continue
            if state is None and kind is not AlertKind.RETRACTED and chat.wants(regions, text):
                expected[number] = str(DeliveryForm.MESSAGE)
            elif state is DeliveryState.PENDING and kind is AlertKind.GROWN:
                expected[number] = str(DeliveryForm.MESSAGE)  # it takes the newest state
            elif state is DeliveryState.SENT and kind is not AlertKind.NEW:
                expected[number] = str(form)
        return expected


def test_matching_follows_the_rules(db_url: str) -> None:
    """Whatever happened before, an alert is queued for exactly the chats that the rules name."""

    class OnThisDatabase(Matching):
        def __init__(self) -> None:
            super().__init__(db_url)

    run_state_machine_as_test(OnThisDatabase, settings=SETTINGS)
