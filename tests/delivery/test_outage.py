"""After a day in which nothing could be sent: one message a chat, none of it older than the limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.model import Severity
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.database import Database
from tests.delivery.outbox import JumpingClock, add_chats, delivering, tell, wait_until_done
from tests.telegram_server import TelegramServer

ALERTS = 40
CHATS = range(1, 4)


async def test_a_day_without_telegram_is_one_message(db: Database) -> None:
    """Forty alerts over thirty hours: those of the last day in one roll-up, then what is fresh, alone."""
    began = datetime.now(UTC) - timedelta(hours=30)
    await add_chats(db, CHATS)
    for number in range(ALERTS):
        at = began + number * timedelta(minutes=45)
        await tell(db, f"n{number:02}", Severity.GRAVE, created_at=at)
        async with db.writing() as conn:
            for alert_id in await unqueued_alerts(conn):
                await queue_next_chunk(conn, alert_id, at)
    await tell(db, "fresh")
    async with TelegramServer(is_strict=False) as server, delivering(db, server, clock=JumpingClock()):
        await wait_until_done(db)
        for chat in CHATS:
            (rolled,) = [text for text in server.texts(chat) if text.startswith("rollup")]
            alone = [text for text in server.texts(chat) if not text.startswith("rollup")]
            assert alone[0] == "fresh message"
            assert len(alone) <= 2  # the last of the thirty hours had not waited for half an hour
            told = {*rolled.split()[1:], *(text.split()[0] for text in alone)} - {"fresh"}
            assert told == {f"n{number:02}" for number in range(ALERTS) if number * 45 > 6 * 60}
