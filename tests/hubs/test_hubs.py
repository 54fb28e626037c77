"""Hubs that feeds name are subscribed to, come back with a challenge, and make feeds be checked at once."""

from __future__ import annotations

import asyncio
import hmac
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from urllib.parse import parse_qs

import aiohttp
import pytest
from aiohttp import web

from bot.callbacks import hub_routes
from bot.hubs import Hubs
from bot.model import Source, SourceKind, SourceType
from bot.sources.addresses import read_exemptions
from bot.sources.fetch import Fetcher
from bot.sources.parser import Parser
from bot.storage.database import Database
from bot.storage.hubs import feeds_with_hubs, find_link
from bot.storage.sources import SourceState, due_checks, pause, save_state, upsert_catalogue
from bot.watch.hubs import HubLink, LinkState
from bot.web import Web
from tests.clock import START, FakeClock
from tests.source_host import SourceHost, feed, status

ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Wire</title>
<link rel="hub" href="{hub}"/><link rel="self" href="{topic}"/></feed>"""
RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>
<title>Wire</title><atom:link rel="hub" href="{hub}"/>
<atom:link rel="self" href="{topic}"/></channel></rss>"""
JSON = """{{"version": "https://jsonfeed.org/version/1.1", "title": "Wire", "items": [],
"feed_url": "{topic}", "hubs": [
{{"type": "rssCloud", "url": "https://no.example"}}, {{"type": "WebSub", "url": "{hub}"}}]}}"""
PLAIN = "<rss version='2.0'><channel><title>Wire</title></channel></rss>"


@dataclass
class Ground:
    """A feed's host that is a hub as well, the service's side, and which checks were asked for."""

    db: Database
    clock: FakeClock
    host: SourceHost
    hubs: Hubs
    session: aiohttp.ClientSession
    forms: list[dict[str, str]] = field(default_factory=list)
    checks: list[str] = field(default_factory=list)
    rest_is_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def link(self) -> HubLink:
        """How the wire stands with its hub."""
        async with self.db.reading() as conn:
            ((_, found),) = await feeds_with_hubs(conn)
        assert found is not None
        return found

    async def challenge(self, link: HubLink, **changes: str) -> tuple[int, str]:
        """The hub asks back; what it is answered."""
        asked = {"mode": "subscribe", "topic": link.topic, "challenge": "a riddle", "lease_seconds": "86400"}
        query = {f"hub.{name}": value for name, value in (asked | changes).items()}
        async with self.session.get(f"/websub/{link.path}", params=query) as answer:
            return answer.status, await answer.text()

    async def push(self, link: HubLink, body: bytes = b"<feed/>", secret: str = "") -> int:
        """The hub tells of news, signed."""
        digest = hmac.new((secret or link.secret).encode(), body, "sha256").hexdigest()
        headers = {"X-Hub-Signature": f"sha256={digest}"}
        async with self.session.post(f"/websub/{link.path}", data=body, headers=headers) as answer:
            return answer.status

    def hub_answers(self, code: int = 202, **headers: str) -> None:
        """What the hub says to a form, which is kept."""

        async def take(request: web.Request) -> web.StreamResponse:
            form = parse_qs((await request.read()).decode())
            self.forms.append({name: values[0] for name, values in form.items()})
            return web.Response(status=code, headers=headers)

        self.host.answer("/hub", take)


@asynccontextmanager
async def open_ground(db: Database, clock: FakeClock, port: int) -> AsyncIterator[Ground]:
    checks: list[str] = []
    rest_is_over = asyncio.Event()

    async def check_again(source_id: str) -> None:
        checks.append(source_id)

    async def rest(seconds: float) -> None:
        await rest_is_over.wait()

    parser = Parser()
    async with SourceHost() as host, Fetcher(read_exemptions(("127.0.0.1",))) as fetcher:
        callback = f"http://127.0.0.1:{port}/websub"
        hubs = Hubs(db, fetcher, parser, check_again, callback=callback, clock=clock.now, sleep=rest)
        server = Web("127.0.0.1", port, hub_routes(hubs))
        await server.start()
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
            ground = Ground(db, clock, host, hubs, session, checks=checks, rest_is_over=rest_is_over)
            ground.hub_answers()
            try:
                yield ground
            finally:
                await hubs.close()
                await server.close()
                await parser.close()


@pytest.fixture
async def ground(db: Database, clock: FakeClock, unused_tcp_port: int) -> AsyncIterator[Ground]:
    """A wire that answers, and whose feed names its hub."""
    async with open_ground(db, clock, unused_tcp_port) as opened:
        await publish(opened, ATOM)
        yield opened


async def publish(ground: Ground, document: str, content_type: str = "application/xml") -> None:
    body = document.format(hub=ground.host.url("/hub"), topic=ground.host.url("/feed"))
    url = ground.host.answer("/feed", feed(body.encode(), content_type=content_type))
    wire = Source("wire", "Wire", SourceKind.FEED, url, SourceType.AGENCY, "neutral", "wire")
    page = replace(wire, id="page", kind=SourceKind.PAGE)
    silent = replace(wire, id="silent", url=url + "2")
    async with ground.db.writing() as conn:
        await upsert_catalogue(conn, [wire, page, silent])
        await save_state(conn, "wire", SourceState(last_checked_at=START, last_ok_at=START))


async def subscribe(ground: Ground) -> HubLink:
    await ground.hubs.look()
    link = await ground.link()
    assert await ground.challenge(link) == (200, "a riddle")
    return await ground.link()


@pytest.mark.parametrize(
    ("document", "kind"), [(ATOM, "text/xml"), (RSS, "text/xml"), (JSON, "application/feed+json")]
)
async def test_a_hub_is_found_asked_and_confirmed(ground: Ground, document: str, kind: str) -> None:
    """In whatever form the feed names it; the subscription counts when the hub's challenge was answered."""
    await publish(ground, document, kind)
    await ground.hubs.look()
    (form,) = ground.forms
    link = await ground.link()
    assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", ground.host.url("/feed"))
    assert form["hub.callback"].endswith(f"/websub/{link.path}")
    assert (form["hub.secret"], link.state) == (link.secret, LinkState.ASKED)
    assert await ground.push(link) == 410, "not before it is confirmed"
    assert await ground.challenge(link) == (200, "a riddle")
    link = await ground.link()
    assert (link.state, link.until) == (LinkState.ACTIVE, ground.clock.now() + timedelta(days=1))
    await ground.hubs.look()
    assert len(ground.forms) == 1


async def test_a_hub_in_a_header_comes_before_one_in_the_document(ground: Ground) -> None:
    """Link headers are the specification's first choice."""
    links = f'<{ground.host.url("/hub")}>; rel="hub", <https://wire.example/feed>; rel=self'

    async def with_links(request: web.Request) -> web.StreamResponse:
        return web.Response(text=PLAIN, headers={"Link": links})

    ground.host.answer("/feed", with_links)
    await ground.hubs.look()
    assert [form["hub.topic"] for form in ground.forms] == ["https://wire.example/feed"]


async def test_a_feed_without_a_hub_is_asked_again_in_a_week(ground: Ground) -> None:
    """Not at every look."""
    await publish(ground, PLAIN)
    for _ in range(3):
        await ground.hubs.look()
    assert ground.host.times_asked("/feed") == 1
    assert (await ground.link()).state is LinkState.NONE
    ground.clock.advance(timedelta(days=7))
    await ground.hubs.look()
    assert ground.host.times_asked("/feed") == 2


async def test_a_feed_whose_links_cannot_be_read_is_asked_again_in_a_week(ground: Ground) -> None:
    """Not at every look: it would be fetched each minute, whatever it allows."""
    ground.host.answer("/feed", feed(b'{"hubs": 1, "items": []}', content_type="application/feed+json"))
    for _ in range(3):
        await ground.hubs.look()
    assert ground.host.times_asked("/feed") == 1
    ground.clock.advance(timedelta(days=7))
    await ground.hubs.look()
    assert ground.host.times_asked("/feed") == 2


async def test_news_make_the_feed_be_checked_at_once(ground: Ground) -> None:
    """What was sent is a signal alone; of cries while the source rests one check comes, when that is over."""
    link = await subscribe(ground)
    for _ in range(3):
        assert await ground.push(link) == 202
    assert ground.checks == ["wire"]
    (task,) = ground.hubs._checks.values()
    ground.rest_is_over.set()
    await task
    assert ground.checks == ["wire", "wire"]


async def test_checks_go_on_beside_a_subscription(ground: Ground) -> None:
    """A hub that falls silent costs speed, not news: the feed is due when it would be without one."""
    soon = START + timedelta(minutes=1)
    planned = SourceState(last_checked_at=START, last_ok_at=START, next_check_at=soon)
    async with ground.db.writing() as conn:
        await save_state(conn, "wire", planned)
    link = await subscribe(ground)
    assert link.state is LinkState.ACTIVE
    async with ground.db.reading() as conn:
        due = {check.source.id: check.state for check in await due_checks(conn, soon, 10)}
    assert due["wire"] == planned


async def test_what_the_hub_did_not_sign_changes_nothing(ground: Ground) -> None:
    """It is answered like the rest, so that a guesser learns nothing."""
    link = await subscribe(ground)
    assert await ground.push(link, secret="another") == 202
    async with ground.session.post(f"/websub/{link.path}", data=b"<feed/>") as answer:
        assert answer.status == 202
    assert ground.checks == []


async def test_too_much_is_not_read(ground: Ground) -> None:
    """Two mebibytes are more than any feed."""
    link = await subscribe(ground)
    body = io.BytesIO(b"x" * (2 * 2**20 + 1))
    async with ground.session.post(f"/websub/{link.path}", data=body) as answer:
        assert answer.status == 413
    assert ground.checks == []


async def test_only_what_was_asked_for_is_confirmed(ground: Ground) -> None:
    """Another topic, another address, an end of what is wanted: no."""
    link = await subscribe(ground)
    assert (await ground.challenge(link, topic="https://evil.example/feed"))[0] == 404
    assert (await ground.challenge(replace(link, path="a" * 32)))[0] == 404
    assert (await ground.challenge(link, mode="unsubscribe"))[0] == 404
    assert (await ground.challenge(replace(link, path="b" * 32), mode="unsubscribe"))[0] == 200
    assert (await ground.link()).state is LinkState.ACTIVE


async def test_a_refusal_is_believed_for_a_week(ground: Ground) -> None:
    """The hub says so at the address that only it knows."""
    link = await subscribe(ground)
    assert (await ground.challenge(link, mode="denied"))[0] == 200
    assert (await ground.link()).state is LinkState.REFUSED
    assert await ground.push(link) == 410
    await ground.hubs.look()
    assert len(ground.forms) == 1


async def test_a_subscription_is_renewed_before_its_end(ground: Ground) -> None:
    """It goes on meanwhile; one that has ended is asked for anew and counts when it is confirmed."""
    link = await subscribe(ground)
    ground.clock.advance(timedelta(hours=12))
    await ground.hubs.look()
    assert (len(ground.forms), (await ground.link()).state) == (2, LinkState.ACTIVE)
    assert ground.forms[1]["hub.callback"] == ground.forms[0]["hub.callback"]
    ground.clock.advance(timedelta(hours=13))
    await ground.hubs.look()
    assert (len(ground.forms), (await ground.link()).state) == (3, LinkState.ASKED)
    assert await ground.push(link) == 410


async def test_a_hub_that_is_away_is_asked_again_later(ground: Ground) -> None:
    """Nothing else suffers."""
    ground.host.answer("/hub", status(503))
    await ground.hubs.look()
    assert (await ground.link()).state is LinkState.ASKED
    ground.hub_answers()
    await ground.hubs.look()
    assert ground.forms == []
    ground.clock.advance(timedelta(hours=6))
    await ground.hubs.look()
    assert len(ground.forms) == 1


async def test_a_moved_hub_gets_the_form_again(ground: Ground) -> None:
    """After 307 and 308; another redirect would make a question of it and is a refusal."""
    ground.host.answer("/old", status(307, Location=ground.host.url("/hub")))
    await publish(ground, ATOM.replace("{hub}", "/old"))
    await ground.hubs.look()
    assert len(ground.forms) == 1
    assert (await ground.link()).hub == ground.host.url("/old")


async def test_a_paused_feed_is_left_alone(ground: Ground) -> None:
    """Nothing is asked of its hub."""
    async with ground.db.writing() as conn:
        await pause(conn, "wire", START)
    await ground.hubs.look()
    assert ground.host.asked == []
    async with ground.db.reading() as conn:
        assert await find_link(conn, "nobody") is None
