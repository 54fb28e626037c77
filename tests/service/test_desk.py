"""What the bot's admins do, through the whole service: an announcement arrives, an alert is judged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.service.newsroom import Newsroom, Outlet, open_newsroom

NOW = datetime(2020, 12, 12, 12, 0, tzinfo=UTC)
ADMIN, ANNA, BEN = 99, 7, 8
OUTLET = Outlet("mod-am", "Ministry of Defence of Armenia", "mod", "armenia")
TITLE = "Azerbaijani troops attack two villages in Hadrut"
TEXT = (
    "On 12 December Azerbaijani forces attacked the villages of Khtsaberd and Hin Tagher in the Hadrut "
    "district of Nagorno-Karabakh, violating the ceasefire, the defence ministry of Armenia said."
)


def press(room: Newsroom, chat: int, label: str) -> None:
    """Press the newest button with this label."""
    for message in reversed(room.telegram.messages(chat)):
        rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
        for button in (button for row in rows for button in row):
            if label in button["text"]:
                room.telegram.press(chat, message["message_id"], button["callback_data"])
                return
    raise AssertionError(f"no button {label!r}")


async def test_an_announcement_arrives_and_its_result_is_told(tmp_path: Path, empty_url: str) -> None:
    """The jobs of the service queue it, deliver it, and tell the admin in the message of the confirmation."""
    async with open_newsroom(tmp_path, empty_url, NOW, [OUTLET], admin_ids=str(ADMIN)) as room:
        for chat in (ANNA, BEN):
            await room.tells(chat, "/subscribe Hadrut")
        await room.tells(ADMIN, "/announce Hadrut: We move tonight.")
        press(room, ADMIN, "Yes, send it")
        for chat in (ANNA, BEN):
            await room.reads(chat, "From the people who run this bot", "We move tonight.")
        await room.reads(ADMIN, "The announcement was sent.", "Got it: 2", "Failed: 0")


async def test_an_alert_is_judged_below_it(tmp_path: Path, empty_url: str) -> None:
    """A report becomes an alert with buttons in the admin's chat alone, and the verdict is marked there."""
    async with open_newsroom(tmp_path, empty_url, NOW, [OUTLET], admin_ids=str(ADMIN)) as room:
        await room.tells(ANNA, "/subscribe Hadrut")
        await room.tells(ADMIN, "/review all")
        await room.publish(OUTLET.id, "khtsaberd", TITLE, TEXT, NOW + timedelta(minutes=1))
        await room.reads(ANNA, "Khtsaberd", "claimed by one side")
        await room.reads(ADMIN, "Khtsaberd", "claimed by one side")
        press(room, ADMIN, "Right")
        await room.telegram.wait_until(lambda: room.telegram.calls("editMessageReplyMarkup", ADMIN))
        marked = str(room.telegram.messages(ADMIN)[-1]["reply_markup"])
        assert "✅ Right" in marked
        assert "Right" not in str(room.telegram.messages(ANNA)[-1]["reply_markup"])


async def test_an_admin_who_was_added_is_one_after_a_restart(tmp_path: Path, empty_url: str) -> None:
    """So is the mode that was chosen: both are rows."""
    async with open_newsroom(tmp_path, empty_url, NOW, [OUTLET], admin_ids=str(ADMIN)) as room:
        await room.tells(ADMIN, f"/admins add {BEN}")
        await room.tells(ADMIN, "/mode closed")
    (tmp_path / "again").mkdir()
    async with open_newsroom(tmp_path / "again", empty_url, NOW, [OUTLET], admin_ids=str(ADMIN)) as room:
        await room.tells(BEN, "/mode")
        await room.reads(BEN, "Closed")
        await room.tells(ANNA, "/start")
        assert room.telegram.texts(ANNA) == ["This bot takes in nobody new at the moment."]
