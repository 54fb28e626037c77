"""WebSub: hubs tell of a feed's news, and what they tell makes the feed be checked at once.

What a hub sends is a signal and no news: the feed itself is asked, through the same door and to the same
rules as at every check, so that neither a hub nor whoever finds its address can put words into an outlet's
mouth. Checks on schedule go on; a hub that falls silent costs some seconds, nothing else.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from bot.errors import ParseError, SourceError
from bot.model import Entry, Source
from bot.sources.fetch import Fetched, NotModified
from bot.sources.gather import Asks, Reads
from bot.sources.kinds import HUB_OF_FEED
from bot.storage.database import Database
from bot.storage.hubs import activate_link, feeds_with_hubs, find_link, keep_link, refuse_link
from bot.watch.hubs import LEASE, HubLink, LinkState, Step, plan_step

log = logging.getLogger(__name__)

PATH = "/websub"
"""Below the service's public address; a secret for each feed follows."""
MOST_A_LOOK = 20
"""Feeds whose hub is sought or asked in one look, lest a start asks everybody for everything at once."""
SHORTEST_LEASE = timedelta(minutes=5)
LONGEST_LEASE = timedelta(days=30)
REST_S = 5.0
"""Between two checks of a source because of its hub: one that cries without pause is heard so often."""
_METHODS = {name: getattr(hashlib, name) for name in ("sha1", "sha256", "sha384", "sha512")}
"""The specification's ways to sign."""


class Submits(Asks, Protocol):
    """What asks sources, and sends forms to hubs."""

    async def submit(self, url: str, form: Mapping[str, str]) -> None:
        """Raises FetchError unless the answer is a success."""
        ...


class Hubs:
    """Keeps the subscriptions, answers the hubs' questions, hears what they tell. `close` it at the end."""

    def __init__(
        self,
        database: Database,
        fetcher: Submits,
        parser: Reads,
        check_again: Callable[[str], Awaitable[None]],
        *,
        callback: str,
        clock: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`callback` is the address, without the last part, at which hubs reach this service."""
        self._database, self._fetcher, self._parser = database, fetcher, parser
        self._check_again, self._callback = check_again, callback
        self._clock, self._sleep = clock, sleep
        self._checks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()

    async def look(self) -> None:
        """Seek the hubs of feeds that were not looked at yet, ask those that are due."""
        async with self._database.reading() as conn:
            feeds = await feeds_with_hubs(conn)
        now = self._clock()
        due = [(source, link) for source, link in feeds if plan_step(link, now) is not Step.WAIT]
        for source, link in due[:MOST_A_LOOK]:
            try:
                is_sought = link is None or plan_step(link, now) is Step.SEEK
                await self._ask(await self._seek(source) if is_sought or link is None else link)
            except SourceError as error:
                log.debug("source %s: its hub: %s", source.id, error)

    async def answer_challenge(self, path: str, mode: str, topic: str, lease_s: float) -> bool:
        """Whether the hub's question about a subscription is confirmed: it was asked for, and is wanted."""
        async with self._database.writing() as conn:
            link = await find_link(conn, path)
            if link is None or not hmac.compare_digest(topic.encode(), link.topic.encode()):
                return mode == "unsubscribe"  # nobody here wants it
            now = self._clock()
            if mode == "denied":
                await refuse_link(conn, link.source_id, now)
                log.info("source %s: its hub refuses to tell of it", link.source_id)
                return True
            is_wanted = mode == "subscribe" and link.state in (LinkState.ASKED, LinkState.ACTIVE)
            if is_wanted:
                lease = min(max(timedelta(seconds=lease_s), SHORTEST_LEASE), LONGEST_LEASE)
                await activate_link(conn, link.source_id, now, now + lease)
            return is_wanted

    async def hear(self, path: str, body: bytes, signature: str) -> bool:
        """A hub tells of news: the feed is checked at once. False when nobody asked this hub for anything.

        What is not signed with the link's secret is answered alike and changes nothing.
        """
        async with self._database.reading() as conn:
            link = await find_link(conn, path)
        if link is None or link.state is not LinkState.ACTIVE:
            return False
        if is_signed(link.secret, body, signature):
            self._start(link.source_id)
        else:
            log.info("source %s: what its hub sent was not signed by it", link.source_id)
        return True

    async def close(self) -> None:
        """Break off what runs; the next checks on schedule find the news."""
        tasks = list(self._checks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _seek(self, source: Source) -> HubLink:
        """What the feed says of its hub now. Raises SourceError when the feed cannot be had."""
        answer = await self._fetcher.fetch(source.url)
        link = HubLink(source.id, LinkState.NONE, self._clock())
        if not isinstance(answer, NotModified):
            found = await self._links_of(answer)
            hub, topic = answer.hub or "", answer.topic or ""
            if found and not hub:
                hub, topic = found[0].url, topic or found[0].guid
            if hub:
                path, secret = secrets.token_urlsafe(24), secrets.token_hex(32)
                link = replace(
                    link, state=LinkState.ASKED, hub=hub, topic=topic or source.url, path=path, secret=secret
                )
        async with self._database.writing() as conn:
            await keep_link(conn, link)
        return link

    async def _links_of(self, feed: Fetched) -> tuple[Entry, ...]:
        """Nothing of a feed whose links cannot be read: it would be fetched anew at every look."""
        try:
            return await self._parser.parse(HUB_OF_FEED, feed.body, feed.content_type, feed.final_url)
        except ParseError:
            return ()

    async def _ask(self, link: HubLink) -> None:
        """Ask the hub to tell of news, or to go on. Raises SourceError."""
        if not link.hub:
            return
        now = self._clock()
        is_active = link.state is LinkState.ACTIVE and link.until is not None and link.until > now
        asked = replace(link, state=LinkState.ACTIVE if is_active else LinkState.ASKED, changed_at=now)
        async with self._database.writing() as conn:
            await keep_link(conn, asked)  # before the hub asks back
        form = {
            "hub.mode": "subscribe",
            "hub.topic": link.topic,
            "hub.callback": f"{self._callback}/{link.path}",
            "hub.secret": link.secret,
            "hub.lease_seconds": str(int(LEASE.total_seconds())),
        }
        await self._fetcher.submit(link.hub, form)

    def _start(self, source_id: str) -> None:
        """Check the source; a cry during its check makes one more check afterwards."""
        if source_id in self._checks:
            self._again.add(source_id)
            return
        task = asyncio.create_task(self._check(source_id), name=f"hub of {source_id}")
        self._checks[source_id] = task
        task.add_done_callback(lambda _: self._checks.pop(source_id, None))

    async def _check(self, source_id: str) -> None:
        while True:
            self._again.discard(source_id)
            await self._check_again(source_id)
            await self._sleep(REST_S)
            if source_id not in self._again:
                return


def is_signed(secret: str, body: bytes, signature: str) -> bool:
    """Whether an `X-Hub-Signature` (`sha256=…`) is that of the body under the secret."""
    method, _, digest = signature.partition("=")
    make = _METHODS.get(method.strip().lower())
    if make is None:
        return False
    genuine = hmac.new(secret.encode(), body, make).hexdigest()
    return hmac.compare_digest(genuine.encode(), digest.strip().lower().encode("utf-8", "replace"))
