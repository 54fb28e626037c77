"""12 December 2020: the incident that the product began with, from the outlets' feeds to the chats."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from tests.service.newsroom import Outlet, open_newsroom

HADRUT, UKRAINE = 7, 8


def at(hour: int, minute: int = 0, day: int = 12) -> datetime:
    return datetime(2020, 12, day, hour, minute, tzinfo=UTC)


def outlets() -> list[Outlet]:
    return [
        Outlet("mod-am", "Ministry of Defence of Armenia", "mod", "armenia"),
        Outlet("mod-az", "Ministry of Defence of Azerbaijan", "mod", "azerbaijan"),
        Outlet("mod-ru", "Russian Ministry of Defence", "mod", "russia"),
        Outlet("agency", "Ararat Wire", "agency", "armenia"),
        Outlet("paper", "Foreign Herald", "newspaper", "neutral"),
    ]


CLAIM = (
    "Azerbaijani troops attack two villages in Hadrut",
    (
        "On 12 December Azerbaijani forces launched an attack on the villages of Khtsaberd and Hin Tagher "
        "in the Hadrut district of Nagorno-Karabakh, violating the ceasefire of 10 November, the defence "
        "ministry of Armenia said. Three servicemen of the Defence Army were wounded."
    ),
)
COUNTERCLAIM = (
    "Armenian armed groups broke the truce, Baku says",
    (
        "Armenian armed formations violated the ceasefire on 12 December near Hin Tagher in the Hadrut "
        "district, and Azerbaijani units had to respond, the defence ministry of Azerbaijan said. "
        "It blamed Armenia."
    ),
)
CONFIRMATION = (
    "Бюллетень о прекращении огня",
    (
        "12 декабря зафиксирован один случай нарушения режима прекращения огня в Гадрутском районе Нагорного "
        "Карабаха, в районе населённого пункта Хцаберд, сообщило министерство обороны России."
    ),
)


async def test_a_subscriber_to_hadrut_gets_one_alert_that_grows(tmp_path: Path, empty_url: str) -> None:
    """One message for Hadrut, changed as sides and numbers change; nothing for Ukraine."""
    async with open_newsroom(tmp_path, empty_url, at(9), outlets()) as room:
        await room.tells(HADRUT, "/start")
        await room.tells(HADRUT, "/subscribe Hadrut")
        await room.tells(UKRAINE, "/subscribe Ukraine")
        answered, elsewhere = len(room.telegram.messages(HADRUT)), len(room.telegram.messages(UKRAINE))
        for outlet in room.outlets:
            await room.checked(outlet)

        await room.publish("mod-am", "khtsaberd", *CLAIM, at=at(12))
        await room.reads(HADRUT, "Khtsaberd", "Wounded: 3", "Accused: Azerbaijan", "not confirmed")

        await room.publish("agency", "story", CLAIM[0], CLAIM[1], at=at(12, 20))
        await room.publish("paper", "story", "Fighting in Karabakh", CLAIM[1], at=at(12, 40))
        await room.publish("mod-az", "answer", *COUNTERCLAIM, at=at(13))
        await room.reads(HADRUT, "Khtsaberd", "Ministry of Defence of Azerbaijan")

        await room.publish("mod-ru", "bulletin", *CONFIRMATION, at=at(14))
        await room.reads(HADRUT, "Khtsaberd", "confirmed")

        six = CLAIM[1].replace("Three servicemen", "Six servicemen")
        await room.publish("agency", "story", CLAIM[0], six, at=at(15))
        await room.reads(HADRUT, "Khtsaberd", "Wounded: 6")
        held = six + " The village of Hin Tagher is still held by the attackers."
        await room.publish("agency", "story", CLAIM[0], held, at=at(16))

        messages = room.telegram.messages(HADRUT)[answered:]
        alerts = [m for m in messages if "reply_to_message" not in m]
        assert len(alerts) == 1, [m["text"] for m in messages]
        assert len(room.telegram.messages(UKRAINE)) == elsewhere
