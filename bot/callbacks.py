"""Where hubs call: they ask whether a subscription is wanted, and tell of news."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from bot.hubs import PATH, Hubs
from bot.web import Route

LARGEST_PUSH = 2 * 1024 * 1024
"""What a hub may send of a feed; more is not read, and the schedule finds the news."""


def hub_routes(hubs: Hubs) -> tuple[Route, ...]:
    """The two routes at one secret address for each feed."""

    async def answer(request: web.Request) -> web.Response:
        asked = request.query
        lease = asked.get("hub.lease_seconds", "")
        lease_s = float(lease) if lease.isascii() and lease.isdigit() and len(lease) < 12 else 0.0
        mode, topic = asked.get("hub.mode", ""), asked.get("hub.topic", "")
        if not await hubs.answer_challenge(request.match_info["path"], mode, topic, lease_s):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        challenge = asked.get("hub.challenge", "")  # plain text: whoever sent it gets no page made of it
        return web.Response(text=challenge, headers={"X-Content-Type-Options": "nosniff"})

    async def hear(request: web.Request) -> web.Response:
        body = bytearray()
        async for chunk in request.content.iter_any():
            body += chunk
            if len(body) > LARGEST_PUSH:
                return web.Response(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        signature = request.headers.get("X-Hub-Signature", "")
        is_known = await hubs.hear(request.match_info["path"], bytes(body), signature)
        return web.Response(status=HTTPStatus.ACCEPTED if is_known else HTTPStatus.GONE)

    path = PATH + "/{path:[A-Za-z0-9_-]{10,64}}"
    return (Route("GET", path, answer), Route("POST", path, hear))
