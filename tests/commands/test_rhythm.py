"""Digests, quiet hours, mutes and time zones, from what is typed to what arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from bot.choices import Digest, Rhythm
from bot.data.messages import Words
from bot.data.zones import find_zone, zone_at, zones_of
from bot.digests import Digests
from bot.model import AlertKind, DeliveryForm, DeliveryState
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.database import Database
from bot.storage.digests import rhythm_of
from bot.storage.rollups import members_of
from bot.storage.tables import chat, delivery, incident
from tests.chat import Scene, Somebody, open_bot
from tests.commands.happening import GRAVE, grows, happens, map_facts, tell
from tests.storage.values import an_alert

NOON = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def scene(db: Database) -> AsyncIterator[Scene]:
    """A running bot at noon UTC."""
    async with open_bot(db, facts=map_facts()) as running:
        set_clock(running, NOON)
        yield running


def set_clock(scene: Scene, moment: datetime) -> None:
    """It is that time now."""
    scene.clock.advance((moment - scene.clock.now()).total_seconds())


async def look(scene: Scene) -> None:
    """The job that makes digests runs."""
    await Digests(scene.db, scene.clock.now, lambda: None).look()


async def outbox(scene: Scene, somebody: Somebody) -> list[tuple[str, str, str]]:
    """What is kept for somebody: (incident, form, state) in order."""
    rows = select(incident.c.code, delivery.c.form, delivery.c.state).select_from(delivery)
    rows = rows.join(chat, chat.c.id == delivery.c.chat_id)
    rows = rows.join(incident, incident.c.id == delivery.c.incident_id)
    rows = rows.where(chat.c.telegram_id == somebody.chat_id).order_by(delivery.c.id)
    async with scene.db.reading() as conn:
        return [(row.code, str(row.form), str(row.state)) for row in await conn.execute(rows)]


async def digests(scene: Scene) -> list[list[str]]:
    """The incidents of each digest."""
    made = select(delivery.c.id).where(delivery.c.form == DeliveryForm.DIGEST).order_by(delivery.c.id)
    async with scene.db.reading() as conn:
        ids = list((await conn.execute(made)).scalars())
        return [[each.code for each in await members_of(conn, number)] for number in ids]


async def rhythm(scene: Scene, somebody: Somebody) -> Rhythm:
    """What somebody chose."""
    found = await somebody.chat()
    assert found is not None
    async with scene.db.reading() as conn:
        return await rhythm_of(conn, found.id)


async def test_a_daily_digest(scene: Scene, anna: Somebody) -> None:
    """What happens is kept, told once at its hour by the clocks of the zone, and not again."""
    await anna.says("/subscribe Hadrut")
    said = await anna.says("/digest daily 18:30 Kyiv")
    assert said.splitlines()[:2] == ["Alerts come every day 18:30", "Time zone: Kyiv, where it is 15:00 now"]
    await happens(scene, "ONE", "hadrut")
    await happens(scene, "TWO", "khtsaberd", **GRAVE)
    held = ("message", "held")
    assert await outbox(scene, anna) == [("ONE", *held), ("TWO", *held)]
    set_clock(scene, NOON + timedelta(hours=3, minutes=29, seconds=59))
    await look(scene)
    assert await digests(scene) == []
    set_clock(scene, NOON + timedelta(hours=3, minutes=30))
    await look(scene)
    await look(scene)
    assert await digests(scene) == [["ONE", "TWO"]]
    assert ("ONE", "message", "sent") in await outbox(scene, anna)
    set_clock(scene, NOON + timedelta(hours=28))
    await look(scene)
    assert len(await digests(scene)) == 1, "nothing happened: nothing is told"


async def test_quiet_hours_end_in_one_digest(scene: Scene, anna: Somebody) -> None:
    """Over midnight; before and after everything is told at once; grave ones come through when wished."""
    await anna.says("/subscribe Hadrut")
    said = await anna.says("/quiet 22:00-07:00 Europe/Kyiv")
    assert "Quiet hours: 22:00–07:00, Kyiv" in said
    assert "Grave ones wait, too" in said
    await happens(scene, "DAY", "hadrut")
    set_clock(scene, NOON + timedelta(hours=8))
    shots = await happens(scene, "NIGHT", "hadrut")
    await anna.presses("Grave ones at once")
    await happens(scene, "DEATHS", "hadrut", **GRAVE)
    message = "message"
    assert await outbox(scene, anna) == [
        *(("DAY", message, "pending"), ("NIGHT", message, "held"), ("DEATHS", message, "pending"))
    ]
    await grows(scene, shots, **GRAVE)
    assert ("NIGHT", message, "pending") in await outbox(scene, anna), "it became grave"
    await happens(scene, "LATER", "hadrut")
    set_clock(scene, datetime(2024, 5, 2, 4, 0, tzinfo=UTC))
    await look(scene)
    assert await digests(scene) == [["LATER"]]
    await happens(scene, "MORNING", "hadrut")
    assert ("MORNING", message, "pending") in await outbox(scene, anna)


async def test_what_is_retracted_meanwhile_is_not_told(scene: Scene, anna: Somebody) -> None:
    """And a change at night makes no sound; what was told by day and taken back is told in the morning."""
    await anna.says("/subscribe Hadrut")
    await anna.says("/quiet 22:00-07:00 UTC")
    told = await happens(scene, "TOLD", "hadrut")
    set_clock(scene, NOON + timedelta(hours=11))
    held = await happens(scene, "HELD", "hadrut")
    await tell(scene, held, "", AlertKind.RETRACTED)
    assert ("HELD", "message", "expired") in await outbox(scene, anna)
    async with scene.db.writing() as conn:
        await conn.execute(
            delivery.update().where(delivery.c.incident_id == told.id).values(state=DeliveryState.SENT)
        )
        for kind in (AlertKind.CONFIRMED, AlertKind.RETRACTED):
            alert_id = await add_alert(conn, an_alert(told, "", kind), DeliveryForm.REPLY)
            await queue_next_chunk(conn, alert_id, scene.clock.now())
        replies = delivery.c.form == DeliveryForm.REPLY
        waiting = list((await conn.execute(select(delivery.c.not_before).where(replies))).scalars())
    assert waiting == [datetime(2024, 5, 2, 7, 0, tzinfo=UTC)]


async def test_leaving_a_rhythm_tells_what_was_kept(scene: Scene, anna: Somebody) -> None:
    """Back to everything at once: nothing is forgotten in a drawer."""
    await anna.says("/subscribe Hadrut")
    await anna.says("/digest hourly")
    await happens(scene, "KEPT", "hadrut")
    await anna.presses("At once")
    assert await digests(scene) == [["KEPT"]]
    assert scene.woken
    await anna.presses("Every day 20:00")
    assert (await rhythm(scene, anna)).digest_at == 20 * 60


async def test_mute(scene: Scene, anna: Somebody) -> None:
    """Everything, or one region, for a while; /missed tells it."""
    await anna.says("/subscribe Hadrut, Shusha")
    assert "Muted until" in await anna.says("/mute Hadrut 8h")
    await happens(scene, "MUTED", "khtsaberd")
    await happens(scene, "HEARD", "shusha")
    assert [code for code, *_ in await outbox(scene, anna)] == ["HEARD"]
    assert "↳ muted" in await anna.says("/missed")
    await anna.says("/mute 30min")
    assert "Muted until 16:30: everything" in await anna.says("/filters")
    await anna.says("/mute")
    await anna.presses("🔔 everything")
    await happens(scene, "AGAIN", "shusha")
    set_clock(scene, NOON + timedelta(hours=9))
    await happens(scene, "OVER", "hadrut")
    assert [code for code, *_ in await outbox(scene, anna)] == ["HEARD", "AGAIN", "OVER"]
    await anna.says("/mute")
    await anna.presses("8 hours")
    assert (await anna.says("/unmute")).startswith("Alerts come again.")
    assert (await anna.says("/unmute")).startswith("Nothing was muted.")


async def test_what_a_mute_left_out_is_told_after_it_was_ended(scene: Scene, anna: Somebody) -> None:
    """As the answer to /unmute says."""
    await anna.says("/subscribe Hadrut")
    await anna.says("/mute 8h")
    await happens(scene, "AA-1212-K3", "hadrut")
    assert "/missed tells what was left out." in await anna.says("/unmute")
    assert "AA-1212-K3" in await anna.says("/missed")
    assert "↳ muted" in anna.sees
    await anna.says("/severity grave")
    await anna.says("/mute 8h")
    assert "↳ less grave than you want" in await anna.says("/missed")
    assert "muted" not in anna.sees


@pytest.mark.parametrize(
    ("typed", "begins", "ends"),
    [
        ("22:00-07:00", 22 * 60, 7 * 60),
        ("22 – 7", 22 * 60, 7 * 60),
        ("23.30 to 6:15 Yerevan", 23 * 60 + 30, 6 * 60 + 15),
        ("10pm-7am", 22 * 60, 7 * 60),
        ("0:00-24:00", None, None),
        ("12am-12pm", 0, 12 * 60),
        ("21 до 6", 21 * 60, 6 * 60),
    ],
)
async def test_quiet_hours_as_people_type_them(
    scene: Scene, anna: Somebody, typed: str, begins: int | None, ends: int | None
) -> None:
    """Dashes, dots, words, bare hours; all of the day is no hour at all."""
    await anna.says(f"/quiet {typed}")
    if begins is None:
        assert "I read no beginning and end" in anna.sees
        return
    chosen = await rhythm(scene, anna)
    assert (chosen.quiet_from, chosen.quiet_until) == (begins, ends)


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ("/quiet 22:00", "I read no beginning and end in “22:00”. Write /quiet 22:00-07:00"),
        ("/quiet 25:00-07:00", "“25:00” is no time of day. Write it as 07:30."),
        ("/quiet 22-7 kiyv", "I do not know “kiyv”. Did you mean Kyiv?"),
        ("/quiet 22-7 Zzyzxland", "I do not know “Zzyzxland” as a time zone. Write a town such as Yerevan"),
        ("/digest weekly", "I do not know “weekly” as a rhythm. Write /digest off, /digest hourly"),
        ("/digest daily noon", "“noon” is no time of day."),
        ("/mute soon", "I read no length of time in “soon”. Write /mute 8h or /mute Hadrut 2d"),
        ("/mute 40d", "I read no length of time in “40d”."),
        ("/mute Hadrud 8h", "I do not know “Hadrud”. Did you mean Hadrut?"),
        ("/mute Nowhereland 8h", "I do not know “Nowhereland”."),
        ("/style loudly", "I do not know “loudly” as a style."),
    ],
)
async def test_a_mistake_says_what_would_work(anna: Somebody, wrong: str, answer: str) -> None:
    """And changes nothing."""
    assert (await anna.says(wrong)).startswith(answer)
    assert await anna.chat() is None


async def test_the_time_zone(scene: Scene, anna: Somebody) -> None:
    """From a pin, from a list, from a town; shown with its time."""
    await anna.says("", location={"latitude": 39.49, "longitude": 46.9})
    await anna.presses("Time zone")
    zone = (await rhythm(scene, anna)).zone
    assert zone is not None
    await anna.says("/quiet")
    await anna.presses("Another time zone")
    assert "New York 08:00" in anna.buttons
    await anna.presses("New York")
    assert (await rhythm(scene, anna)).zone == "America/New_York"
    await anna.presses("🌙 22:00–07:00")
    assert "Quiet hours: 22:00–07:00, New York" in anna.sees
    await anna.presses("No quiet hours")
    assert (await rhythm(scene, anna)).quiet_from is None
    await anna.says("/quiet 22-7 UTC+3")
    assert "Time zone: UTC+3, where it is 15:00 now" in anna.sees


@pytest.mark.parametrize(("language", "town"), [("ru", "Берлин"), ("fa", "تهران"), ("hy", "Երևան")])
async def test_a_zone_is_named_as_it_is_shown(scene: Scene, anna: Somebody, language: str, town: str) -> None:
    """In the language of the chat, too."""
    await anna.says(f"/language {language}")
    await anna.says(f"/quiet 22:00-07:00 {town}")
    assert town in anna.sees
    assert (await rhythm(scene, anna)).zone in ("Europe/Berlin", "Asia/Tehran", "Asia/Yerevan")


async def test_several_regions_are_muted_at_once(anna: Somebody) -> None:
    """Between commas, as everywhere; one that is unknown mutes none."""
    await anna.says("/mute Hadrut, Shusha 8h")
    assert anna.sees.count("Muted until") == 2
    await anna.says("/unmute")
    assert "Did you mean Hadrut?" in await anna.says("/mute Shusha, Hadrud 8h")
    assert "Muted until" not in await anna.says("/filters")


def test_zones() -> None:
    """By name, by town, by offset, by place; a country's chief zone reaches farther."""
    names = ("kyiv", "Europe/Kiev", "new york", "UTC+3", "gmt -5", "+0", "UTC+20", "nowhere")
    assert [find_zone(name) for name in names] == [
        *("Europe/Kyiv", "Europe/Kiev", "America/New_York", "Etc/GMT-3", "Etc/GMT+5", "UTC", None, None)
    ]
    assert (zone_at(48.0, 37.8, "UA"), zone_at(45.0, 34.1, "UA")) == ("Europe/Kyiv", "Europe/Simferopol")
    assert zone_at(52.5, 13.4) == "Europe/Berlin"
    assert zones_of(["UA", "AM"]) == ["Europe/Kyiv", "Europe/Simferopol", "Asia/Yerevan"]


async def test_style_and_sound_are_chosen(scene: Scene, anna: Somebody) -> None:
    """By one command or by pressing."""
    await anna.says("/style compact grave edits")
    assert {"✅ In one line", "✅ Only grave ones", "✅ Edits only"} <= set(anna.buttons)
    await anna.presses("None sounds")
    await anna.presses("In full")
    assert {"✅ In full", "✅ None sounds"} <= set(anna.buttons)


async def test_the_rhythm_is_a_part_of_the_panel(scene: Scene, anna: Somebody) -> None:
    """It opens there and leads back."""
    await anna.says("/filters")
    await anna.presses("When")
    await anna.presses("Every hour")
    assert (await rhythm(scene, anna)).digest is Digest.HOURLY
    await anna.presses("« Filters")
    assert "Alerts come every hour" in anna.sees


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("8h", 8),
        ("8 hours", 8),
        ("90min", 1.5),
        ("2 дня", 48),
        ("1w", 168),
        ("3", 3),
        ("Hadrut 12 часов", 12),
        ("5 годин", 5),
        ("2 ժամ", 2),
        ("3 gün", 72),
        ("1 კვირა", 168),
        ("2 jours", 48),
        ("3 horas", 3),
        ("8 ساعات", 8),
        ("۲ روز", 48),
        ("1 שבוע", 168),
    ],
)
async def test_lengths_of_time_as_people_type_them(
    scene: Scene, anna: Somebody, typed: str, hours: float
) -> None:
    """With or without a space, short or in full; a bare number is hours."""
    await anna.says(f"/mute {typed}")
    until = words_of(scene).moment(NOON + timedelta(hours=hours), scene.clock.now())
    assert f"Muted until {until}: " in anna.sees


def words_of(scene: Scene) -> Words:
    """What the bot says to Anna."""
    return scene.desk.words["en"]


async def test_a_time_alone_is_a_day_s(scene: Scene, anna: Somebody) -> None:
    """/digest 07:30 is /digest daily 07:30."""
    assert "Alerts come every day 07:30" in await anna.says("/digest 07:30")
