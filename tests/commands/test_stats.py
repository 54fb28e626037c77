"""/stats for the admins, and the speed that everybody sees in /status."""

from __future__ import annotations

from datetime import timedelta

from bot.storage.alerts import note_sent
from bot.storage.tallies import add_counts
from bot.watch.counts import Count, Counted, count_delays
from tests.chat import ADMIN, Scene, Somebody
from tests.storage.values import an_incident, tell

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


async def test_a_quiet_service(scene: Scene) -> None:
    """Nothing is told of what did not happen."""
    assert (await scene.person(ADMIN).says("/stats")).splitlines() == [
        "The figures of the service",
        "Waiting: 0; being sent: 0",
        "Sent in 24 hours: 0; this hour: 0",
    ]


async def test_a_busy_service(scene: Scene, anna: Somebody) -> None:
    """Queue by priority, what left, 429s, failures by kind, possible duplicates, delays, the last alert."""
    await anna.says("/subscribe everything")
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        _, alert_id = await tell(conn, an_incident("AA-1207-K3"), now=now)
        await note_sent(conn, alert_id, now + SECOND, 1_200)
        await note_sent(conn, alert_id, now + 90 * SECOND, 34)
        await add_counts(conn, [(Counted.SENT, "message", 7)], now - 2 * HOUR)
        await add_counts(conn, [(Counted.SENT, "message", 9_999)], now - 30 * HOUR)
        counts: list[Count] = [
            (Counted.SENT, "message", 1_227),
            (Counted.SENT, "edit", 40),
            (Counted.RETRIED, "too_many_requests", 3),
            (Counted.RETRIED, "telegram_down", 2),
            (Counted.FAILED, "no_rights", 1),
            (Counted.FAILED, "blocked", 5),
            (Counted.UNCERTAIN, "crash", 6),
        ]
        for seconds in (0.15, 0.15, 130):
            counts += count_delays(now, now, now + seconds * SECOND)
        await add_counts(conn, counts, now)
    assert (await scene.person(ADMIN).says("/stats")).splitlines()[1:] == [
        "Waiting: 1; being sent: 0 (new 1)",
        "Sent in 24 hours: 1,274; this hour: 1,267 (message 1,234, edit 40)",
        "Refused as too many (429): 3",
        "To be repeated: 2 (telegram_down 2)",
        "Failed: 6 (blocked 5, no_rights 1)",
        "Possibly sent twice: 6 (crash 6)",
        "From stored to sent: p50 0.16 s, p95 3 minutes",
        "From reported to sent: p50 0.16 s, p95 3 minutes",
        "AA-1207-K3: 12 Dec, reported 09:00 UTC, stored +0 s, first sent +1 s, last sent +1 minute, "
        "1,234 deliveries",
        "Chats: 1, of which 1 chose something; left or blocked: 0",
        "New in 7 days: 1, in 30 days: 1",
        "By language: en 1",
        "Most chosen: everything 1",
    ]


async def test_everybody_sees_the_speed(scene: Scene, anna: Somebody) -> None:
    """Of the last week, in /status; before anything was sent it says nothing of it."""
    assert "sent: p50" not in await anna.says("/status")
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        await add_counts(conn, count_delays(now - 40 * SECOND, now - SECOND, now), now - timedelta(days=6))
        old = count_delays(now - 40 * HOUR, now - 40 * HOUR, now)
        await add_counts(conn, [count for _ in range(9) for count in old], now - timedelta(days=8))
    assert (await anna.says("/status")).splitlines()[-2:] == [
        "From stored to sent: p50 1 s, p95 1 s",
        "From reported to sent: p50 40 s, p95 40 s",
    ]


async def test_others_are_refused(anna: Somebody) -> None:
    """The figures are for the people who run the bot."""
    assert "for the people who run this bot" in await anna.says("/stats")
