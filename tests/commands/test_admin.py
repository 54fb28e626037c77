"""/refresh and /sources: what the people who run the bot can do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from bot.commands import Refreshed, Tell
from bot.errors import StorageError
from bot.model import Source, SourceKind, SourceType
from bot.storage.database import Database
from bot.storage.sources import SourceState, all_checks, get_check, pause, save_state, upsert_catalogue
from tests.chat import ADMIN, Scene, Somebody, open_bot

FEED = Source("unifil", "UNIFIL <news>", SourceKind.FEED, "https://un.example/feed", SourceType.MONITOR)


@dataclass
class Checker:
    """A check on demand that goes on when the test lets it."""

    asked: list[str | None]
    go_on: asyncio.Event
    told: asyncio.Event
    fault: Exception | None = None

    async def __call__(self, source_id: str | None, tell: Tell) -> Refreshed:
        self.asked.append(source_id)
        for done in range(3):
            await tell(Refreshed(done, 3))
        self.told.set()
        await self.go_on.wait()
        if self.fault:
            raise self.fault
        failures = tuple((f"Feed {n} & more", "no answer") for n in range(7))
        return Refreshed(3, 3, new_reports=4, incidents=2, alerts=1, failures=failures)


@pytest.fixture
def checker() -> Checker:
    """A check that has not been asked for."""
    return Checker([], asyncio.Event(), asyncio.Event())


@pytest.fixture
async def admin(db: Database, checker: Checker) -> AsyncIterator[Somebody]:
    """Who runs the bot, in a chat with it; three sources are in the catalogue."""
    async with open_bot(db, refresh=checker) as scene:
        async with scene.db.writing() as conn:
            more = [replace(FEED, id=f"feed-{n:02}", name=f"Feed {n:02}") for n in range(10)]
            await upsert_catalogue(conn, [FEED, *more])
        yield scene.person(ADMIN)


async def test_everybody_else_is_refused_politely(scene: Scene, anna: Somebody) -> None:
    """One sentence, whichever of them is asked for."""
    for command in ("/refresh", "/refresh unifil", "/sources"):
        assert "for the people who run this bot" in await anna.says(command)


async def test_a_check_on_demand_is_told_in_one_message(admin: Somebody, checker: Checker) -> None:
    """It begins at once, holds up nobody, and ends with what was found."""
    await admin.says("/refresh")
    await checker.told.wait()
    assert admin.sees == "Checking…"
    assert "Sources that answer" in await admin.says("/status")
    assert "I am checking already" in await admin.says("/refresh")
    checker.go_on.set()
    await admin.scene.conversation.refresher.wait()
    result = admin.messages[0].splitlines()
    assert result[:2] == ["Checked 3 sources.", "4 new reports, 2 incidents, 1 alert."]
    assert result[2] == "⚠️ Feed 0 & more: no answer"
    assert result[-1] == "… and 2 more"
    assert checker.asked == [None]


async def test_progress_is_shown_at_most_once_a_second(admin: Somebody, checker: Checker) -> None:
    """A thousand sources that answer at once are not a thousand edits."""
    from bot.commands.refresh import _Progress
    from bot.commands.screen import Place

    message = admin.scene.server.messages(ADMIN)
    assert message == []
    await admin.says("/status")
    number = admin.scene.server.messages(ADMIN)[0]["message_id"]
    desk, bot = admin.scene.desk, admin.scene.application.bot
    progress = _Progress(desk, desk.words_for("en"), bot, Place(ADMIN), number)
    for done in range(1000):
        await progress.tell(Refreshed(done, 1000))
        admin.scene.clock.advance(0.002)
    await admin.scene.server.wait_until(lambda: admin.scene.server.calls("editMessageText"))
    assert admin.sees.startswith("Checking… 5")
    assert len(admin.scene.server.calls("editMessageText")) <= 2


async def test_one_source_is_named_by_id_or_name(admin: Somebody, checker: Checker) -> None:
    """An unknown one and a paused one are told in a sentence."""
    checker.go_on.set()
    for name in ("unifil", "Unifil News"):
        await admin.says(f"/refresh {name}")
        await admin.scene.conversation.refresher.wait()
    assert checker.asked == ["unifil", "unifil"]
    assert "I know no source “reuters”" in await admin.says("/refresh reuters")
    async with admin.scene.db.writing() as conn:
        await pause(conn, "unifil", admin.scene.clock.now())
    assert "This source is paused" in await admin.says("/refresh unifil")


async def test_a_check_that_breaks_says_so(admin: Somebody, checker: Checker) -> None:
    """The message does not stay at "Checking"."""
    checker.fault = StorageError("the database is closed")
    checker.go_on.set()
    await admin.says("/refresh")
    await admin.scene.conversation.refresher.wait()
    assert admin.sees == "The check ended early: the database is closed"


async def test_nobody_to_tell_is_no_check(admin: Somebody, checker: Checker) -> None:
    """When the first message cannot be sent, nothing is begun; at the end a running one is broken off."""
    admin.scene.server.block(ADMIN)
    await admin.says("/refresh")
    await admin.scene.conversation.refresher.wait()
    assert checker.asked == []


async def test_sources_show_their_health(admin: Somebody) -> None:
    """A mark, how long ago, the fault's words; eight on a page."""
    now = admin.scene.clock.now()
    before = now - timedelta(minutes=5)
    async with admin.scene.db.writing() as conn:
        await save_state(conn, "feed-00", SourceState(last_checked_at=before, last_ok_at=before))
        failing = SourceState(last_checked_at=before, failures=3, last_error="HTTP 503 <html>")
        await save_state(conn, "feed-01", failing)
    said = (await admin.says("/sources")).splitlines()
    assert said[:4] == [
        "Sources that answer: 1 of 11",
        "✅ Feed 00: 5 minutes ago",
        "⚠️ Feed 01: failed 3 times in a row, 5 minutes ago",
        "HTTP 503 <html>",
    ]
    assert said[4] == "▫️ Feed 02: not checked yet"
    assert admin.buttons[-1] == "›"
    await admin.presses("›")
    assert "UNIFIL <news>" in admin.sees
    assert admin.buttons[-1] == "‹"


async def test_sources_are_paused_and_resumed(admin: Somebody) -> None:
    """By pressing, on the page where one is; pressing the old button again changes nothing."""
    await admin.says("/sources")
    await admin.presses("›")
    old = next(pair for pair in admin.button_data if "|pause|" in f"|{pair[1][9:]}")
    await admin.presses("Pause UNIFIL")
    assert "⏸ UNIFIL <news>: paused" in admin.sees
    assert await _paused(admin) == ["unifil"]
    await admin.presses("Resume UNIFIL")
    assert await _paused(admin) == []
    await admin.sends_press(*old)
    assert len(await _paused(admin)) == 1


async def test_only_admins_press_these(admin: Somebody) -> None:
    """The right is asked for again at each press."""
    await admin.says("/sources")
    stranger = Somebody(admin.scene, ADMIN, 8)
    assert "people who run this bot" in await stranger.presses("Pause Feed 00")
    assert await _paused(admin) == []


async def _paused(admin: Somebody) -> list[str]:
    async with admin.scene.db.reading() as conn:
        return [check.source.id for check in await all_checks(conn) if check.state.paused_at]


async def test_a_source_of_the_catalogue_is_found(admin: Somebody) -> None:
    """The names of the fixture are in the database."""
    async with admin.scene.db.reading() as conn:
        assert await get_check(conn, "unifil") is not None
