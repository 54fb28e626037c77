"""Digests, silent messages and short ones, as they arrive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.choices import Digest, Length, Rhythm, Sound
from bot.deliver import Author, Rendered
from bot.model import Alert, AlertKind, DeliveryForm, Incident, Severity
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.chats import set_length, set_sound
from bot.storage.database import Database
from bot.storage.digests import release_due, save_rhythm
from tests.delivery.outbox import add_chats, delivering, follow_up, plain_rollup, tell, wait_until_done
from tests.telegram_server import TelegramServer


def render(alert: Alert, language: str | None, form: DeliveryForm, length: Length) -> Rendered:
    """Names the incident, the form and the length."""
    text = f"{alert.incident.code} {form} {length}"
    return Rendered(text, text)


def render_digest(incidents: Sequence[Incident], language: str | None) -> Rendered:
    """The codes of a digest."""
    text = "digest " + " ".join(each.code for each in incidents)
    return Rendered(text, text)


AUTHOR = Author(render, plain_rollup, lambda *_: (), render_digest=render_digest)


async def queue_all(db: Database, now: datetime) -> None:
    """Every alert is queued for everybody."""
    async with db.writing() as conn:
        for alert_id in await unqueued_alerts(conn):
            await queue_next_chunk(conn, alert_id, now)


async def test_a_digest_arrives_once_and_changes_when_it_was_wrong(db: Database) -> None:
    """One message for what was kept, over a restart; only a retraction edits and answers it."""
    now = datetime.now(UTC)
    (chat_id,) = await add_chats(db, [7])
    async with db.writing() as conn:
        await save_rhythm(conn, chat_id, Rhythm(Digest.HOURLY), now - timedelta(hours=2))
    told = await tell(db, "one")
    await tell(db, "two", Severity.GRAVE)
    await queue_all(db, now)
    async with db.writing() as conn:
        assert await release_due(conn, now, 100) == 1
        assert await release_due(conn, now, 100) == 0
    async with TelegramServer(is_strict=False) as server:
        for _ in range(2):
            async with delivering(db, server, author=AUTHOR):
                await wait_until_done(db)
        assert server.texts(7) == ["digest two one"]
        await follow_up(db, told, DeliveryForm.EDIT, AlertKind.GROWN)
        async with delivering(db, server, author=AUTHOR):
            await wait_until_done(db)
        assert server.calls("editMessageText") == []
        await follow_up(db, told, DeliveryForm.EDIT, AlertKind.RETRACTED)
        async with delivering(db, server, author=AUTHOR):
            await wait_until_done(db)
        assert len(server.calls("editMessageText")) == 1


async def test_a_digest_leaves_after_everything_else(db: Database) -> None:
    """It was queued first, and gives way even to the edits of the others."""
    now = datetime.now(UTC)
    (chat_id,) = await add_chats(db, [7])
    async with db.writing() as conn:
        await save_rhythm(conn, chat_id, Rhythm(Digest.HOURLY), now - timedelta(hours=2))
    await add_chats(db, range(1, 6))
    told = await tell(db, "one")
    async with TelegramServer(is_strict=False) as server:
        async with delivering(db, server, author=AUTHOR):
            await server.wait_until(lambda: len(server.calls("sendMessage")) == 5)
        async with db.writing() as conn:
            assert await release_due(conn, now, 100) == 1
        await follow_up(db, told, DeliveryForm.EDIT, AlertKind.GROWN)
        await queue_all(db, now)
        async with delivering(db, server, author=AUTHOR):
            await wait_until_done(db)
        later = sorted(server.requests[5:], key=lambda request: request.at_s)
        assert [r.method for r in later] == ["editMessageText"] * 5 + ["sendMessage"]
        assert server.texts(7) == ["digest one"]


@pytest.mark.parametrize(
    ("sound", "silent"),
    [
        (Sound.ALL, set()),
        (Sound.SERIOUS, {"minor"}),
        (Sound.GRAVE, {"minor", "serious"}),
        (Sound.NONE, {"minor", "serious", "grave"}),
    ],
)
async def test_what_sounds(db: Database, sound: Sound, silent: set[str]) -> None:
    """By severity, and in the length that was chosen; links are never previewed."""
    (chat_id,) = await add_chats(db, [7])
    async with db.writing() as conn:
        await set_sound(conn, chat_id, sound)
        await set_length(conn, chat_id, Length.COMPACT)
    for severity in Severity:
        await tell(db, severity.value, severity)
    async with TelegramServer(is_strict=False) as server, delivering(db, server, author=AUTHOR):
        await wait_until_done(db)
        sent = [call.parameters for call in server.calls("sendMessage")]
    assert {each["text"] for each in sent} == {f"{severity} message compact" for severity in Severity}
    assert {each["text"].split()[0] for each in sent if each.get("disable_notification")} == silent
    assert all(each["link_preview_options"] == {"is_disabled": True} for each in sent)
