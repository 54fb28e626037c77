"""The running service is asked how it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from tests.service.newsroom import Outlet, open_newsroom

NOW = datetime(2020, 12, 12, 9, tzinfo=UTC)


async def test_a_service_with_a_port_answers(tmp_path: Path, empty_url: str, unused_tcp_port: int) -> None:
    """Health and figures are those of the running service; when it has ended, nobody answers."""
    outlets = [Outlet("paper", "Foreign Herald", "newspaper", "neutral")]
    address = f"http://127.0.0.1:{unused_tcp_port}"
    async with aiohttp.ClientSession(address) as session:
        async with open_newsroom(tmp_path, empty_url, NOW, outlets, http_port=unused_tcp_port) as room:
            await room.checked("paper")
            async with session.get("/health") as answer:
                said = await answer.json()
                assert (answer.status, said["checks"]["last_ok_at"]) == (200, NOW.isoformat())
            async with session.get("/metrics") as answer:
                assert 'trucewatch_checks_total{outcome="ok"}' in await answer.text()
        try:
            async with session.get("/health"):
                raise AssertionError("somebody answers")
        except aiohttp.ClientConnectionError:
            pass
