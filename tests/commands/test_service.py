"""What anybody may ask, how a chat is forgotten, and what is said to those who ask otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.commands import set_menu
from bot.errors import StorageError
from bot.model import (
    Claim,
    FoundPlace,
    Incident,
    RegionLevel,
    Source,
    SourceKind,
    SourceType,
    Stance,
)
from bot.storage.incidents import add_incident
from bot.storage.sources import SourceState, save_state, upsert_catalogue
from tests.chat import ADMIN, Scene, Somebody
from tests.telegram_server import refuse

FEED = Source(
    "monitor", "The Monitor & Co", SourceKind.FEED, "https://monitor.example/feed", SourceType.MONITOR
)


def incident(scene: Scene, code: str, *path: str) -> Incident:
    """An incident at the last region of the path, an hour ago."""
    now = scene.clock.now() - timedelta(hours=1)
    place = FoundPlace(path[-1].title(), (path[-1],), path[-1], path, RegionLevel.DISTRICT, None, None)
    claim = Claim(
        *(
            "monitor",
            SourceType.MONITOR,
            "neutral",
            "monitor",
            Stance.CLAIM,
            1,
            "monitor",
            "The Monitor & Co",
        ),
        *(f"https://monitor.example/{code}", "Shots", "en", now),
    )
    return Incident(
        None, code, path[0], date(2020, 12, 12), now, now, (claim,), places=(place,), regions=path
    )


@pytest.fixture
async def happened(scene: Scene) -> None:
    """One incident in each of three regions."""
    async with scene.db.writing() as conn:
        await add_incident(conn, incident(scene, "AA1", "armenia-azerbaijan", "karabakh", "hadrut"))
        await add_incident(conn, incident(scene, "AA2", "armenia-azerbaijan", "karabakh", "shusha"))
        await add_incident(conn, incident(scene, "SL1", "sandland", "sandland-east", "zone-01"))


async def test_quiet_regions_have_a_latest_incident_too(scene: Scene, anna: Somebody) -> None:
    """However much has happened elsewhere since."""
    async with scene.db.writing() as conn:
        await add_incident(conn, incident(scene, "AA1", "armenia-azerbaijan", "karabakh", "hadrut"))
        for number in range(250):
            await add_incident(conn, incident(scene, f"SL{number}", "sandland", "sandland-east", "zone-01"))
    await anna.says("/subscribe karabakh")
    assert "AA1" in await anna.says("/latest")


@pytest.mark.usefixtures("happened")
async def test_latest_of_several_places(anna: Somebody) -> None:
    """Of all of them together; what is no place is said."""
    said = (await anna.says("/latest Hadrut, Zone 01, Atlantis")).splitlines()
    assert said[0] == "Latest in Hadrut (Armenia – Azerbaijan) and Zone 01 (Sand & Land)"
    assert ["SL1" in said[1], "AA1" in said[2]] == [True, True]
    assert said[3] == "I do not know “Atlantis”."


@pytest.mark.usefixtures("happened")
async def test_latest(scene: Scene, anna: Somebody) -> None:
    """Of a place, of the chat's regions, of everywhere: a line and a button each."""
    said = await anna.says("/latest Hadrut")
    assert said.startswith("Latest in Hadrut (Armenia – Azerbaijan)")
    assert ("AA1" in said, "AA2" in said, len(said.splitlines())) == (True, False, 2)
    assert anna.buttons == ["AA1"]
    anywhere = await anna.says("/latest")
    assert [code for code in ("AA1", "AA2", "SL1") if code in anywhere] == ["AA1", "AA2", "SL1"]
    await anna.says("/subscribe karabakh")
    mine = await anna.says("/latest")
    assert mine.startswith("Latest in your regions")
    assert [code for code in ("AA1", "AA2", "SL1") if code in mine] == ["AA1", "AA2"]
    assert "Latest in Syunik (Armenia – Azerbaijan): nothing is known yet." in await anna.says(
        "/latest Syunik"
    )
    await anna.says("/latest Hadrud")
    await anna.presses("Hadrut")
    assert "AA1" in anna.sees
    assert (await anna.filters()).regions == ("karabakh",), "looking is not choosing"


async def test_status(scene: Scene, anna: Somebody) -> None:
    """Sources alive, last check, last alert, queue."""
    assert (await anna.says("/status")).splitlines() == [
        "Sources that answer: 0 of 0",
        "Last check: none yet",
        "Last alert: none yet",
        "Nothing waits to be sent.",
    ]
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        await upsert_catalogue(conn, [FEED, replace(FEED, id="other")])
        await save_state(conn, "monitor", SourceState(last_checked_at=now, last_ok_at=now))
    scene.clock.advance(timedelta(minutes=3))
    assert (await anna.says("/status")).splitlines()[:2] == [
        "Sources that answer: 1 of 2",
        "Last check: 3 minutes ago",
    ]


async def test_help_and_privacy(anna: Somebody) -> None:
    """Short, and complete about what is kept."""
    said = await anna.says("/help")
    assert len(said.splitlines()) <= 12
    assert "Here only the admins" not in said
    assert "removed after 48 hours" in await anna.says("/privacy")
    assert await anna.chat() is None


async def test_a_chat_is_forgotten_in_two_steps(scene: Scene, anna: Somebody) -> None:
    """Asked first; no keeps all, yes leaves nothing, an old yes does nothing."""
    assert await anna.says("/forgetme") == "I know nothing about this chat."
    await anna.says("/subscribe Hadrut")
    await anna.says("/forgetme")
    await anna.presses("No, keep it")
    assert anna.sees == "Everything stays as it was."
    await anna.says("/forgetme")
    scene.clock.advance(timedelta(minutes=11))
    await anna.presses("Yes, forget")
    assert "nothing was removed" in anna.sees
    await anna.says("/forgetme")
    await anna.presses("Yes, forget")
    assert "I know nothing about this chat any more" in anna.sees
    assert await anna.chat() is None


async def test_unknown_commands_get_the_nearest(anna: Somebody) -> None:
    """In private chats nothing goes unanswered."""
    assert await anna.says("/subscrib Hadrut") == "I do not know “/subscrib”. Did you mean /subscribe?"
    assert await anna.says("/xyzzy") == "I do not know “/xyzzy”. /help lists what I know."
    assert "Write a place's name" in await anna.says("", sticker=None)


async def test_a_fault_is_told_and_logged_without_words(
    scene: Scene, anna: Somebody, caplog: pytest.LogCaptureFixture
) -> None:
    """A command that cannot be done says sorry; the log has no text of the chat."""
    await anna.says("/subscribe Hadrut")
    await anna.says("/subscribe")
    await scene.db.close()
    assert "Something went wrong on my side" in await anna.says("/status secretword")
    assert "Something went wrong" in await anna.presses("Everything")
    assert "an update was not handled" in caplog.text
    assert "secretword" not in caplog.text
    assert StorageError.__name__ in caplog.text


async def test_a_chat_that_cannot_be_written_to_is_no_fault(scene: Scene, anna: Somebody) -> None:
    """The answer is dropped, the order was done."""
    scene.server.block(7)
    await anna.says("/subscribe Hadrut")
    assert (await anna.filters()).regions == ("hadrut",)
    scene.server.answer_always("sendMessage", refuse(500, "Internal Server Error"), 7)
    await anna.says("/subscribe Shusha")
    assert len((await anna.filters()).regions) == 2


async def test_the_menu_has_scopes(scene: Scene) -> None:
    """Everybody, groups, their admins, and each admin of the bot; a refusal does not end it."""
    scene.server.answer_next("setMyCommands", refuse(400, "Bad Request: chat not found"))
    await set_menu(scene.application.bot, scene.desk)
    calls = scene.server.calls("setMyCommands")
    scopes = [call.parameters["scope"]["type"] for call in calls if not call.parameters.get("language_code")]
    assert scopes == ["default", "all_group_chats", "all_chat_administrators", "chat"]
    names = {c.parameters["scope"]["type"]: [x["command"] for x in c.parameters["commands"]] for c in calls}
    assert "subscribe" not in names["all_group_chats"]
    assert "refresh" not in names["default"]
    assert {"refresh", "sources", "subscribe"} <= set(names["chat"])
    assert calls[-1].parameters["scope"]["chat_id"] == ADMIN


async def test_words_after_a_command_may_begin_on_a_new_line(anna: Somebody) -> None:
    """Spaces of any kind part the command from the rest."""
    await anna.says("/subscribe\nHadrut\nShusha")
    assert (await anna.filters()).regions == ("hadrut", "shusha")
    await anna.says("/UNSUBSCRIBE\tHadrut")
    assert (await anna.filters()).regions == ("shusha",)


async def test_the_longest_panel_is_one_message(anna: Somebody) -> None:
    """Fifty keywords of 64 characters and thirty regions still fit."""
    await anna.says("/subscribe " + ", ".join(f"Zone {n:02}" for n in range(1, 31)))
    for sign, letter in ("+a", "-b"):
        words = (f'{sign}"{n:02}' + letter * 62 + '"' for n in range(25))
        await anna.says("/keywords " + " ".join(words))
    assert (await anna.says("/filters")).startswith("Regions\n")
    assert len((await anna.filters()).include) == 25


async def test_the_queue_is_counted(scene: Scene, anna: Somebody) -> None:
    """What waits to be sent is told with its number."""
    from bot.commands.service import _tell_status
    from bot.storage.status import ServiceStatus

    now = scene.clock.now()
    status = ServiceStatus(1, 2, now, None, 1200)
    lines = _tell_status(scene.desk.words_for("en"), status, now)
    assert lines[-1] == "1,200 messages wait to be sent."
