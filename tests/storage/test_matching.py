"""Which chats an alert is queued for."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model import AlertKind, DeliveryForm, DeliveryState, Severity
from bot.storage import alerts, deliveries
from bot.storage.alerts import Chunk
from bot.storage.chats import mark_gone
from bot.storage.database import Database
from bot.storage.deliveries import Recorded
from bot.storage.incidents import add_incident
from bot.storage.states import PRIORITIES, PRIORITY_EDIT, PRIORITY_GRAVE, PRIORITY_NEW, PRIORITY_REPLY
from bot.storage.subscriptions import EVERYTHING, filters_of, set_keywords, subscribe, unsubscribe
from bot.storage.tables import alert_term
from bot.storage.tables import delivery as delivery_table
from tests.clock import START
from tests.storage.values import a_chat, an_alert, an_incident, queued, tell

MESSAGE = "message"


async def hear(conn: AsyncConnection, text: str, **keywords: tuple[str, ...]) -> bool:
    """Whether a chat with these keywords hears of reports that say `text`."""
    await a_chat(conn, 1, "hill", **keywords)
    _, alert_id = await tell(conn, an_incident(), text)
    return await queued(conn, alert_id) == {1: MESSAGE}


async def send_all(conn: AsyncConnection) -> None:
    """Everything that waits is sent."""
    while claimed := await deliveries.claim_due(conn, START, 100):
        sent = [Recorded(each.id, DeliveryState.SENT, START, message_id=1000 + each.id) for each in claimed]
        await deliveries.record(conn, sent)


async def test_a_region_stands_for_everything_below_it(db: Database) -> None:
    """Who chose the theatre, the district or all hears of the place; who chose another place does not."""
    async with db.writing() as conn:
        for number, region in enumerate(["north", "hill", "top", "valley", "south", EVERYTHING]):
            await a_chat(conn, number, region)
        await a_chat(conn, 10)
        await a_chat(conn, 11, "north", "hill", "top", EVERYTHING)
        _, alert_id = await tell(conn, an_incident(regions=("north", "hill", "top")))
        assert sorted(await queued(conn, alert_id)) == [0, 1, 2, 5, 11]


async def test_an_incident_without_regions_is_its_theatres(db: Database) -> None:
    """The theatre is always among what can be chosen."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "north")
        _, alert_id = await tell(conn, an_incident(regions=()))
        assert await queued(conn, alert_id) == {1: MESSAGE}


@pytest.mark.parametrize(
    ("text", "include", "is_heard"),
    [
        ("a drone was seen", ("drone",), True),
        ("a drone was seen", ("mortar", "drone"), True),
        ("drones were seen", ("drone",), False),
        ("the mortar was heard", ("DRONE",), False),
        ("Обстріл Харкова", ("обстріл",), True),
        ("shots near Ağdam", ("agdam",), True),
        ("the line of contact was quiet", ("line of contact",), True),
        ("the line was in contact", ("line of contact",), False),
        ("a drone", ("dro.e", "dr*"), False),
        ("50% of a_drone", ("%",), True),
        (
            "one two three four five six seven eight nine ten",
            ("two three four five six seven eight nine",),
            True,
        ),
        ("1 2 3 4 5 6 7 8 9 10", ("1 2 3 4 5 6 7 8 9",), True),
        ("1 2 3 4 5 6 7 8 99", ("1 2 3 4 5 6 7 8 9",), False),
        ("กองทัพไทยยิงปืนใหญ่", ("ปืนใหญ่",), True),
        ("กองทัพไทย", ("ปืนใหญ่",), False),
        ("", ("drone",), False),
    ],
)
async def test_included_words(db: Database, text: str, include: tuple[str, ...], is_heard: bool) -> None:
    """Any of them must occur: literally, whole words, in any letter case and accents."""
    async with db.writing() as conn:
        assert await hear(conn, text, include=include) is is_heard


@pytest.mark.parametrize(
    ("text", "include", "exclude", "is_heard"),
    [
        ("a drone was seen", (), ("drone",), False),
        ("drones were seen", (), ("drone",), True),
        ("a drone near the sea", ("drone",), ("sea",), False),
        ("a drone near the hill", ("drone",), ("sea",), True),
        ("the sea", ("drone",), ("sea",), False),
        ("กองทัพไทยยิงปืนใหญ่", (), ("ไทย",), False),
    ],
)
async def test_excluded_words(
    db: Database, text: str, include: tuple[str, ...], exclude: tuple[str, ...], is_heard: bool
) -> None:
    """None of them may occur, whatever else does."""
    async with db.writing() as conn:
        assert await hear(conn, text, include=include, exclude=exclude) is is_heard


async def test_terms_of_another_alert_do_not_count(db: Database) -> None:
    """While two alerts are queued at once each has its own words."""
    async with db.writing() as conn:
        stored = await add_incident(conn, an_incident("N-0", ("sea",)))
        await alerts.add_alert(conn, an_alert(stored, "a drone"))
        assert not await hear(conn, "a mortar", include=("drone",))


async def test_gone_chats_are_left_out(db: Database) -> None:
    """Nobody is there to tell."""
    async with db.writing() as conn:
        gone = await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "hill")
        await mark_gone(conn, gone.id, START)
        _, alert_id = await tell(conn, an_incident())
        assert await queued(conn, alert_id) == {2: MESSAGE}


async def test_one_message_for_an_incident(db: Database) -> None:
    """A second new alert of one incident reaches only who has no message yet."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, first = await tell(conn, an_incident())
        await a_chat(conn, 2, "hill")
        _, second = await tell(conn, told)
        assert await queued(conn, first) == {1: MESSAGE}
        assert await queued(conn, second) == {2: MESSAGE}


@pytest.mark.parametrize("follow_up", [DeliveryForm.EDIT, DeliveryForm.REPLY])
async def test_a_grown_incident(db: Database, follow_up: DeliveryForm) -> None:
    """Who was told gets the follow-up, though the choice changed since; who matches only now, a message."""
    async with db.writing() as conn:
        told_once = await a_chat(conn, 1, "hill")
        await a_chat(conn, 2, "valley")
        await a_chat(conn, 3, "hill", include=("killed",))
        await a_chat(conn, 4, "sea")
        told, _ = await tell(conn, an_incident(), "shots")
        await send_all(conn)
        await unsubscribe(conn, told_once.id)
        grown = an_incident(id=told.id, regions=("north", "hill", "valley"))
        _, alert_id = await tell(conn, grown, "shots, two killed", AlertKind.GROWN, follow_up)
        assert await queued(conn, alert_id) == {1: str(follow_up), 2: MESSAGE, 3: MESSAGE}


async def test_a_retraction_reaches_exactly_those_who_were_told(db: Database) -> None:
    """Nobody hears of an incident by its retraction."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        await send_all(conn)
        await a_chat(conn, 2, "hill")
        _, alert_id = await tell(conn, told, kind=AlertKind.RETRACTED, follow_up=DeliveryForm.REPLY)
        assert await queued(conn, alert_id) == {1: "reply"}


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.EXPIRED])
async def test_no_follow_up_to_a_message_that_never_left(db: Database, state: DeliveryState) -> None:
    """What failed or expired cannot be edited, and is not sent anew by a change."""
    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident())
        (claimed,) = await deliveries.claim_due(conn, START, 10)
        await deliveries.record(conn, [Recorded(claimed.id, state, START, reason="closed")])
        _, alert_id = await tell(conn, told, kind=AlertKind.CONFIRMED)
        assert await queued(conn, alert_id) == {}


async def test_priorities(db: Database) -> None:
    """Grave new incidents before others, replies before edits."""

    async def priorities(conn: AsyncConnection) -> list[int]:
        return list((await conn.execute(select(delivery_table.c.priority).order_by("id"))).scalars())

    async with db.writing() as conn:
        await a_chat(conn, 1, "hill")
        told, _ = await tell(conn, an_incident("N-1"))
        await tell(conn, an_incident("N-2", severity=Severity.GRAVE))
        await send_all(conn)
        await tell(conn, told, kind=AlertKind.GROWN)
        await tell(conn, told, kind=AlertKind.CONFIRMED, follow_up=DeliveryForm.REPLY)
        expected = [PRIORITY_NEW, PRIORITY_GRAVE, PRIORITY_EDIT, PRIORITY_REPLY]
        assert await priorities(conn) == expected
    assert list(PRIORITIES) == sorted(PRIORITIES)


@pytest.mark.parametrize("kind", [AlertKind.NEW, AlertKind.GROWN])
async def test_chunk_by_chunk(db: Database, kind: AlertKind) -> None:
    """Each step is committed for itself; together they reach everybody once, whoever goes on with them."""
    async with db.writing() as conn:
        for number in range(23):
            await a_chat(conn, number, *("hill", "north", EVERYTHING)[: number % 3 + 1])
        stored = await add_incident(conn, an_incident())
        alert_id = await alerts.add_alert(conn, an_alert(stored, "a drone", kind))
    steps: list[Chunk] = []
    while not steps or not steps[-1].is_done:
        async with db.writing() as conn:
            assert await alerts.unqueued_alerts(conn) == [alert_id]
            steps.append(await alerts.queue_next_chunk(conn, alert_id, START, size=5))
    assert len(steps) > 23 / 5
    assert max(step.queued for step in steps) <= 5
    assert sum(step.queued for step in steps) == 23
    async with db.writing() as conn:
        assert await alerts.unqueued_alerts(conn) == []
        assert await alerts.queue_next_chunk(conn, alert_id, START) == Chunk(0, is_done=True)
        assert await queued(conn, alert_id) == dict.fromkeys(range(23), MESSAGE)
        assert (await conn.execute(select(func.count()).select_from(alert_term))).scalar() == 0


async def test_a_step_looks_at_no_more_chats_for_several_regions(db: Database) -> None:
    """Where chats of four regions stand side by side, a step is at most twice as long as was asked for."""
    regions = ("north", "hill", "top", "sea")
    async with db.writing() as conn:
        for number in range(80):
            await a_chat(conn, number, regions[number % 4])
        stored = await add_incident(conn, an_incident(regions=regions))
        alert_id = await alerts.add_alert(conn, an_alert(stored))
        steps = [await alerts.queue_next_chunk(conn, alert_id, START, size=8)]
        while not steps[-1].is_done:
            steps.append(await alerts.queue_next_chunk(conn, alert_id, START, size=8))
        assert max(step.queued for step in steps) <= 16
        assert sum(step.queued for step in steps) == 80


async def test_a_step_that_is_undone_is_done_again(db: Database) -> None:
    """The cursor moves with the deliveries or not at all."""
    async with db.writing() as conn:
        for number in range(7):
            await a_chat(conn, number, "hill")
        stored = await add_incident(conn, an_incident())
        alert_id = await alerts.add_alert(conn, an_alert(stored))

    async def step_and_fail() -> None:
        async with db.writing() as conn:
            await alerts.queue_next_chunk(conn, alert_id, START, size=5)
            raise LookupError

    for _ in range(2):
        with pytest.raises(LookupError):
            await step_and_fail()
        async with db.writing() as conn:
            await alerts.queue_next_chunk(conn, alert_id, START, size=5)
    async with db.reading() as conn:
        assert await queued(conn, alert_id) == dict.fromkeys(range(7), MESSAGE)


async def test_more_regions_than_one_query_merges(db: Database) -> None:
    """An incident over hundreds of places is matched like any other."""
    regions = tuple(f"r{number}" for number in range(730))
    async with db.writing() as conn:
        for number in (0, 99, 100, 555, 729):
            await a_chat(conn, number, f"r{number}", f"r{(number * 7) % 730}")
        await a_chat(conn, 1000, "elsewhere")
        _, alert_id = await tell(conn, an_incident(regions=regions))
        assert sorted(await queued(conn, alert_id)) == [0, 99, 100, 555, 729]


async def test_the_most_urgent_alert_is_queued_first(db: Database) -> None:
    """A grave incident overtakes one that is still being queued."""
    async with db.writing() as conn:
        minor = await add_incident(conn, an_incident("N-1"))
        grave = await add_incident(conn, an_incident("N-2", severity=Severity.GRAVE))
        first = await alerts.add_alert(conn, an_alert(minor))
        second = await alerts.add_alert(conn, an_alert(grave))
        assert await alerts.unqueued_alerts(conn) == [second, first]


async def test_no_alert_waits_until_another_is_queued_for_all(db: Database) -> None:
    """Those that have not begun come first, the oldest of them; then the newest of those that have."""
    async with db.writing() as conn:
        for number in range(1, 5):
            await a_chat(conn, number, "hill")
        told = [await add_incident(conn, an_incident(f"N-{number}")) for number in range(4)]
        first, second = [await alerts.add_alert(conn, an_alert(each)) for each in told[:2]]
        assert await alerts.unqueued_alerts(conn) == [first, second]
        for each in (first, second):
            await alerts.queue_next_chunk(conn, each, START, size=1)
        third, fourth = [await alerts.add_alert(conn, an_alert(each)) for each in told[2:]]
        assert await alerts.unqueued_alerts(conn) == [third, fourth, second, first]


async def test_an_alert_comes_back_as_it_was_made(db: Database) -> None:
    """Later changes of the incident do not change what was told; its incident must have been stored."""
    async with db.writing() as conn:
        assert await alerts.last_alert_at(conn) is None
        stored = await add_incident(conn, an_incident())
        alert_id = await alerts.add_alert(conn, an_alert(stored, "a drone"))
        found = await alerts.get_alert(conn, alert_id)
        assert found is not None
        assert (found.id, found.incident, found.kind) == (alert_id, stored, AlertKind.NEW)
        assert await alerts.get_alert(conn, alert_id + 1) is None
        assert await alerts.last_alert_at(conn) == START
        with pytest.raises(ValueError, match="id"):
            await alerts.add_alert(conn, an_alert(an_incident("N-9")))


async def test_choosing_and_unchoosing(db: Database) -> None:
    """Each call says what it changed; the words come back as they were typed."""
    async with db.writing() as conn:
        made = await a_chat(conn, 1)
        assert await subscribe(conn, made.id, ["hill", "north", "hill"]) == ("hill", "north")
        assert await subscribe(conn, made.id, ["north", "sea"]) == ("sea",)
        assert await unsubscribe(conn, made.id, ["hill", "moon"]) == ("hill",)
        await set_keywords(conn, made.id, ["Drone", " drone ", "Ağdam", "!?"], ["two words"])
        filters = await filters_of(conn, made.id)
        assert filters.regions == ("north", "sea")
        assert filters.include == ("Ağdam", "drone")
        assert filters.exclude == ("two words",)
        await set_keywords(conn, made.id, ["other"], [])
        assert (await filters_of(conn, made.id)).include == ("other",)
        assert await unsubscribe(conn, made.id) == ("north", "sea")
        assert await unsubscribe(conn, made.id, []) == ()
        assert (await filters_of(conn, made.id)).regions == ()
