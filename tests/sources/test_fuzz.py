"""Five thousand damaged documents for the kinds that are no feeds: only ParseError leaves."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import SourceOptions
from bot.sources import article, channel, discovery, gdelt, hub, opml, page, reliefweb
from bot.sources.charset import KNOWN
from bot.sources.identity import canonical_url
from tests.sources.opened import nothing_opened
from tests.sources.test_channel import SEED as PREVIEW
from tests.sources.test_gdelt import event, head, packed
from tests.sources.test_opml import FOREIGN
from tests.sources.test_page import ARTICLE, LIST

SELECTED = SourceOptions(items="li", link="a", title="h3", time="time")
REPORT = {"title": "A", "body": "<p>b</p>", "date": {"created": "2025-01-09T10:00:00+00:00"}, "source": [{}]}
NEWS = LIST.replace(b"javascript:go()", b"/en/news/4")
"""Three headlines: fewer are no list of news."""
Read = Callable[[bytes, str], object]


def read_in(parse: Callable[..., object], body: bytes, content_type: str) -> object:
    return parse(body, content_type, "https://outlet.example/")


KINDS: dict[str, tuple[Read, bytes]] = {
    "channel": (partial(read_in, channel.parse), PREVIEW),
    "page": (partial(read_in, page.parse), NEWS),
    "selected": (lambda b, c: page.parse(b, c, "https://outlet.example/", SELECTED), LIST),
    "discovery": (
        partial(read_in, discovery.parse),
        b"<link rel=alternate type='application/rss+xml' href='/feed' title='News'>",
    ),
    "hub": (
        partial(read_in, hub.parse),
        b"<feed xmlns='http://www.w3.org/2005/Atom'><link rel='hub' href='https://hub.example/'/></feed>",
    ),
    "article": (partial(read_in, article.parse), ARTICLE.encode()),
    "gdelt": (
        partial(read_in, gdelt.parse),
        packed([event("https://a.example/1")], [head("https://a.example/1", "A")]),
    ),
    "reliefweb": (
        partial(read_in, reliefweb.parse),
        json.dumps({"data": [{"id": 1, "fields": REPORT}]}).encode(),
    ),
    "opml": (lambda b, c: opml.read_opml(b), FOREIGN.encode()),
}
PIECES = [
    *(b"<", b">", b"&", b'"', b"]]>", b"<!--", b"\x00", b"\xff", b"&#xD800;", b"{", b"[", b"null", b"-1"),
    *(b"http://[", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<script>", b"\xed\xa0\x80", b"9" * 30, b"\t\t"),
]


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, bytes]:
    """A document of one kind with parts cut out, doubled or replaced by what parsers stumble over."""
    name = draw(st.sampled_from(sorted(KINDS)))
    body = KINDS[name][1]
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        filler = draw(st.sampled_from(PIECES) | st.binary(max_size=8) | st.just(body[start:end] * 2))
        body = body[:start] + filler + body[end:]
    return name, body


def read_damaged(document: tuple[str, bytes], content_type: str) -> None:
    name, body = document
    try:
        KINDS[name][0](body, content_type)
    except ParseError:
        return


TYPES = st.sampled_from(["", "text/html; charset=utf-16", "application/json", "x"])
warm_up = settings(max_examples=20)(given(damaged(), TYPES)(read_damaged))
fuzz = settings(max_examples=5_000)(given(damaged(), TYPES)(read_damaged))


def test_only_parse_errors_leave_and_nothing_is_opened() -> None:
    """Whatever the kind."""
    for name in KNOWN:
        codecs.lookup(name)
    for read, seed in KINDS.values():  # what is imported on demand is imported now
        read(seed, "")
    codecs.lookup("idna")
    canonical_url("http://Ünder.example/%7e ä")
    warm_up()  # so is what hypothesis itself imports
    with nothing_opened() as opened:
        fuzz()
    assert [what for what in opened if ".hypothesis" not in what] == []
