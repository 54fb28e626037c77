"""Matching compared with the rules written down in plain Python, over arbitrary histories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import asin, cos, radians, sin, sqrt
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

from bot.choices import Circle, Trait
from bot.folding import fold
from bot.incidents.traits import REACH_KM
from bot.model import (
    Act,
    AlertKind,
    ChatKind,
    DeliveryForm,
    DeliveryState,
    FoundPlace,
    Incident,
    IncidentStatus,
    RegionLevel,
    Severity,
)
from bot.reading.text import is_spaceless
from bot.storage import alerts, chats, deliveries, filters, previews, subscriptions
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.incidents import add_incident
from bot.storage.subscriptions import EVERYTHING
from bot.storage.windows import SPARSE
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
SEVERITIES = st.sampled_from(Severity)
STATUSES = st.sampled_from((IncidentStatus.CLAIMED, IncidentStatus.CONFIRMED))
ACTS = st.sets(st.sampled_from((Act.DRONE, Act.MORTAR, Act.OTHER)), max_size=2)
PARTIES = st.sets(st.sampled_from(("reds", "blues", "greens")), max_size=2)
POINTS = st.sampled_from(((40.0, 45.0), (40.0, 45.5), (40.6, 45.0), (41.5, 44.0)))
RADII = st.sampled_from((5, 25, 100))
LEVELS = st.sampled_from((RegionLevel.PLACE, RegionLevel.DISTRICT, RegionLevel.THEATRE))
CHOICES = st.tuples(st.sets(REGIONS, min_size=1), WISHES, WISHES)
WEEK = timedelta(days=7)
APART = timedelta(hours=3)
"""Between two alerts: what is not grave would be rolled up in a busy hour."""
KINDS = st.sampled_from((AlertKind.NEW, AlertKind.GROWN, AlertKind.RETRACTED))
NUMBERS = st.integers(1, 5)
STATES = st.sampled_from((DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.EXPIRED))
CHUNKS = st.sampled_from((1, 2, 20_000))
SETTINGS = settings(max_examples=30, stateful_step_count=20)


@dataclass
class ModelChat:
    """What the rules know of a chat; `told` is the state of its message about each incident."""

    id: int
    regions: set[str] = field(default_factory=set)
    include: list[str] = field(default_factory=list)
    exclude: list[str] = field(default_factory=list)
    least: Severity = Severity.MINOR
    is_confirmed_only: bool = False
    acts: set[Act] = field(default_factory=set)
    parties: set[str] = field(default_factory=set)
    muted: dict[str, datetime] = field(default_factory=dict)
    circles: dict[tuple[float, float], int] = field(default_factory=dict)
    is_gone: bool = False
    told: dict[int, DeliveryState] = field(default_factory=dict)

    def wants(self, incident: Incident, text: str, now: datetime | None) -> bool:
        """The rules of matching, as an issue of the project would say them; `now` None: mutes aside."""
        regions = {incident.theatre, *incident.regions}
        is_near = any(may_lie_within(incident, *centre, km) for centre, km in self.circles.items())
        if not is_near and not self.regions & (regions | {EVERYTHING}):
            return False
        if now and any(until > now and each in regions | {EVERYTHING} for each, until in self.muted.items()):
            return False
        return self.asks_for(incident) and self.says(text)

    def asks_for(self, incident: Incident) -> bool:
        order = list(Severity)
        involved = {*incident.accused, *(party for claim in incident.claims for party in claim.accuser)}
        return (
            order.index(incident.severity) >= order.index(self.least)
            and (not self.is_confirmed_only or incident.status is IncidentStatus.CONFIRMED)
            and (not self.acts or bool(self.acts & set(incident.acts)))
            and (not self.parties or bool(self.parties & involved))
        )

    def says(self, text: str) -> bool:
        include = [word for word in self.include if fold(word)]
        is_wanted = not include or any(occurs(word, text) for word in include)
        return is_wanted and not any(fold(word) and occurs(word, text) for word in self.exclude)


async def pass_ids(conn: AsyncConnection, many: int) -> None:
    """So many ids of chats belong to nobody."""
    for number in range(many):
        passed = await chats.ensure_chat(conn, 1_000 + number, ChatKind.PRIVATE, START)
        await chats.forget(conn, passed.id)


def may_lie_within(incident: Incident, lat: float, lon: float, radius_km: int) -> bool:
    """By the great circle: the points that are drawn lie far from every edge."""
    for place in incident.places:
        if place.level is not RegionLevel.THEATRE and place.lat is not None and place.lon is not None:
            a, b = radians(lat), radians(place.lat)
            chord = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(place.lon - lon) / 2) ** 2
            if 2 * 6371 * asin(sqrt(chord)) <= radius_km + (place.reach_km or REACH_KM[place.level]):
                return True
    return False


def occurs(keyword: str, text: str) -> bool:
    """A keyword as a run of whole words, or a piece of text in scripts without spaces."""
    if is_spaceless(fold(keyword)):
        return fold(keyword) in fold(text)
    words, sought = fold(text).split(), fold(keyword).split()
    return any(words[start : start + len(sought)] == sought for start in range(len(words)))


class Matching(RuleBasedStateMachine):
    """Chats choose, leave and return; incidents are told, grow and are retracted, hours apart."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.db = self.runner.run(Database.open(url))
        self.chats: dict[int, ModelChat] = {}
        self.incidents: list[Incident] = []
        self.now = START
        self.forgotten = 0
        self.alerts: list[tuple[datetime, Incident, str, AlertKind]] = []

    def write(self, work: Callable[[AsyncConnection], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.db.writing() as conn:
                return await work(conn)

        return self.runner.run(run())

    @initialize(
        choices=st.lists(st.tuples(st.sets(REGIONS, min_size=1), WISHES, WISHES), min_size=3, max_size=5),
        forgotten=st.sampled_from((0, SPARSE + 1)),
    )
    def begin(self, choices: list[tuple[set[str], list[str], list[str]]], forgotten: int) -> None:
        """An empty database and a few chats that chose something already.

        Between the ids of two chats lie those of forgotten ones: filters are gathered where few do, and asked
        chat by chat where many do.
        """
        self.runner.run(empty_tables(self.db))
        self.forgotten = forgotten
        for number, (regions, include, exclude) in enumerate(choices, start=1):
            self.subscribe(number, regions)
            self.set_keywords(number, include, exclude)

    def teardown(self) -> None:
        self.runner.run(self.db.close())
        self.runner.close()

    def chat(self, number: int) -> ModelChat:
        if number not in self.chats:
            self.write(lambda conn: pass_ids(conn, self.forgotten))
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

    @rule(number=NUMBERS, least=SEVERITIES, is_confirmed_only=st.booleans(), acts=ACTS, parties=PARTIES)
    def ask(
        self, number: int, least: Severity, is_confirmed_only: bool, acts: set[Act], parties: set[str]
    ) -> None:
        chat = self.chat(number)

        async def ask_for(conn: AsyncConnection) -> None:
            severities = () if least is Severity.MINOR else (least,)
            await filters.ask_for(conn, chat.id, Trait.SEVERITY, severities)
            statuses = (IncidentStatus.CONFIRMED,) if is_confirmed_only else ()
            await filters.ask_for(conn, chat.id, Trait.STATUS, statuses)
            await filters.ask_for(conn, chat.id, Trait.ACT, acts)
            await filters.ask_for(conn, chat.id, Trait.PARTY, parties)

        self.write(ask_for)
        chat.least, chat.is_confirmed_only, chat.acts, chat.parties = least, is_confirmed_only, acts, parties

    @rule(number=NUMBERS, region=REGIONS, hours=st.integers(0, 24))
    def mute(self, number: int, region: str, hours: int) -> None:
        """Those who muted anything hear again instead."""
        chat, until = self.chat(number), self.now + timedelta(hours=hours)
        if any(each > self.now for each in chat.muted.values()):
            assert self.write(lambda conn: filters.unmute(conn, chat.id, self.now))
            chat.muted.update({muted: min(each, self.now) for muted, each in chat.muted.items()})
            return
        self.write(lambda conn: filters.mute(conn, chat.id, region, until))
        chat.muted[region] = until

    @rule(number=NUMBERS, centre=POINTS, radius_km=RADII, is_kept=st.booleans())
    def circle(self, number: int, centre: tuple[float, float], radius_km: int, is_kept: bool) -> None:
        chat = self.chat(number)
        self.write(lambda conn: filters.put_circle(conn, chat.id, Circle(*centre, radius_km)))
        chat.circles[centre] = radius_km
        if not is_kept:
            assert self.write(lambda conn: filters.drop_circle(conn, chat.id, *centre))
            del chat.circles[centre]

    @rule(number=NUMBERS)
    def look_back(self, number: int) -> None:
        """A preview says what the choice would have brought, and what it keeps is never among it."""
        chat, since = self.chat(number), self.now - WEEK
        told = {
            each.id
            for at, each, text, kind in self.alerts
            if at > since and kind is not AlertKind.RETRACTED and chat.wants(each, text, None)
        }
        assert set(self.write(lambda conn: previews.would_tell(conn, chat.id, since))) == told
        _, missed = self.write(lambda conn: previews.missed_since(conn, chat.id, since, 100))
        for each in missed:
            assert each.refusals
            assert chat.told.get(each.incident.id or 0) is None

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

    @rule(
        path=st.sampled_from(PATHS), words=TEXTS, size=CHUNKS, severity=SEVERITIES, status=STATUSES,
        acts=ACTS, parties=PARTIES, point=POINTS, level=LEVELS,
    )  # fmt: skip
    def happen(  # noqa: PLR0917 - hypothesis names each
        self,
        path: tuple[str, ...],
        words: list[str],
        size: int,
        severity: Severity,
        status: IncidentStatus,
        acts: set[Act],
        parties: set[str],
        point: tuple[float, float],
        level: RegionLevel,
    ) -> None:
        new = replace(
            an_incident(f"I-{len(self.incidents)}", path),
            theatre=path[0],
            severity=severity,
            status=status,
            acts=tuple(sorted(acts)),
            accused=tuple(sorted(parties)),
            places=(FoundPlace("Somewhere", (), None, path, level, *point),),
        )
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
        grown = data.draw(st.tuples(SEVERITIES, STATUSES, ACTS))
        self.incidents[place] = replace(
            before,
            regions=tuple({*before.regions, *path}),
            severity=max(before.severity, grown[0], key=list(Severity).index),
            status=grown[1],
            acts=tuple(sorted({*before.acts, *grown[2]})),
        )
        self.tell(self.incidents[place], " ".join(words), kind, form, size)

    @rule(state=STATES, limit=st.integers(1, 4))
    def send(self, state: DeliveryState, limit: int) -> None:
        """Some of what waits leaves, or comes to nothing."""
        claimed = self.write(lambda conn: deliveries.claim_due(conn, self.now, limit))
        outcomes = [Recorded(each.id, state, self.now, message_id=each.id) for each in claimed]
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
        self.now = now = self.now + APART
        self.alerts.append((now, incident, text, kind))
        expected = self.expect(incident, text, kind, form)

        async def queue(conn: AsyncConnection) -> dict[int, str]:
            alert_id = await alerts.add_alert(
                conn, replace(an_alert(incident, text, kind), created_at=now), form
            )
            while not (await alerts.queue_next_chunk(conn, alert_id, now, size)).is_done:
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
        expected: dict[int, str] = {}
        for number, chat in self.chats.items():
            state = chat.told.get(incident.id or 0)
            if chat.is_gone:
                continue
            if state is None and kind is not AlertKind.RETRACTED and chat.wants(incident, text, self.now):
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
