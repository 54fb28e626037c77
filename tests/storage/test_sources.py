"""Sources and how their checks stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.model import Source
from bot.storage import sources
from bot.storage.database import Database
from bot.storage.sources import SourceState
from tests.clock import START, FakeClock
from tests.storage.values import WIRE

MINUTE = timedelta(minutes=1)
RADIO = replace(WIRE, id="radio", url="https://radio.example/rss", theatres=("north", "south"), interval_s=30)


async def due(db: Database, clock: FakeClock) -> list[str]:
    async with db.reading() as conn:
        return [check.source.id for check in await sources.due_checks(conn, clock.now(), 10)]


async def put(db: Database, *listed: Source) -> None:
    async with db.writing() as conn:
        await sources.upsert_catalogue(conn, listed)


async def save(db: Database, source_id: str, state: SourceState) -> None:
    async with db.writing() as conn:
        await sources.save_state(conn, source_id, state)


async def state_of(db: Database, source_id: str) -> SourceState:
    async with db.reading() as conn:
        check = await sources.get_check(conn, source_id)
    assert check is not None
    return check.state


async def test_new_sources_are_due_at_once(db: Database, clock: FakeClock) -> None:
    """They come back as they were listed, with an empty state."""
    await put(db, WIRE, RADIO)
    assert await due(db, clock) == ["radio", "wire"]
    async with db.reading() as conn:
        checks = await sources.all_checks(conn)
    assert [check.source for check in checks] == [RADIO, WIRE]
    assert checks[0].state == SourceState()


async def test_a_saved_state_comes_back(db: Database, clock: FakeClock) -> None:
    """Every field of it, and the source is due when it says."""
    await put(db, WIRE)
    state = SourceState("e", "l", "h", START + MINUTE, START, START, START, START, 3, "it timed out")
    await save(db, "wire", state)
    assert await state_of(db, "wire") == state
    assert await due(db, clock) == []
    clock.advance(MINUTE)
    assert await due(db, clock) == ["wire"]


async def test_the_longest_due_come_first(db: Database, clock: FakeClock) -> None:
    """Never checked before all others; no more than asked for."""
    await put(db, WIRE, RADIO, replace(WIRE, id="zine"))
    await save(db, "wire", SourceState(next_check_at=START - MINUTE))
    await save(db, "radio", SourceState(next_check_at=START - 2 * MINUTE))
    assert await due(db, clock) == ["zine", "radio", "wire"]
    async with db.reading() as conn:
        assert len(await sources.due_checks(conn, START, 2)) == 2


async def test_a_new_catalogue_keeps_the_state(db: Database, clock: FakeClock) -> None:
    """What left the catalogue is not checked; when it returns it goes on from where it stood."""
    await put(db, WIRE, RADIO)
    await save(db, "wire", SourceState(etag="e", next_check_at=START + MINUTE))
    await put(db, RADIO)
    assert await due(db, clock) == ["radio"]
    async with db.reading() as conn:
        assert await sources.get_check(conn, "wire") is None
        assert [check.source.id for check in await sources.all_checks(conn)] == ["radio"]
    await put(db, replace(WIRE, name="The New Wire"), RADIO)
    assert (await state_of(db, "wire")).etag == "e"


async def test_a_moved_source_is_read_afresh(db: Database, clock: FakeClock) -> None:
    """Another address means that nothing known of the former body holds."""
    await put(db, WIRE)
    await save(db, "wire", SourceState("e", "l", "h", START + MINUTE, first_checked_at=START))
    await put(db, replace(WIRE, url="https://wire.example/new"))
    assert await state_of(db, "wire") == SourceState(first_checked_at=START)
    assert await due(db, clock) == ["wire"]


async def test_pausing_and_resuming(db: Database, clock: FakeClock) -> None:
    """A paused source is not checked, also when a check that ran meanwhile saves its state."""
    await put(db, WIRE)
    async with db.writing() as conn:
        assert await sources.pause(conn, "wire", START)
        assert not await sources.pause(conn, "wire", START)
        assert not await sources.pause(conn, "nobody", START)
    await save(db, "wire", SourceState(next_check_at=START))
    assert (await state_of(db, "wire")).paused_at == START
    assert await due(db, clock) == []
    async with db.writing() as conn:
        assert await sources.request_check(conn, None, START) == 0
        assert await sources.resume(conn, "wire", START)
        assert not await sources.resume(conn, "wire", START)
    assert await due(db, clock) == ["wire"]


async def test_asking_for_a_check(db: Database, clock: FakeClock) -> None:
    """One source or all of them become due now."""
    await put(db, WIRE, RADIO)
    for source_id in ("wire", "radio"):
        await save(db, source_id, SourceState(next_check_at=START + MINUTE))
    async with db.writing() as conn:
        assert await sources.request_check(conn, "radio", START) == 1
        assert await sources.request_check(conn, "nobody", START) == 0
    assert await due(db, clock) == ["radio"]
    async with db.writing() as conn:
        assert await sources.request_check(conn, None, START) == 2
    assert await due(db, clock) == ["radio", "wire"]
