"""Pages of news without a feed: what a list shows of its items, by the selectors of the sources file.

Runs in the parser process.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from bot.errors import ParseError
from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.charset import decode, is_garbled
from bot.sources.identity import canonical_url
from bot.sources.plain import to_line, to_plain

MAX_ITEMS = 200
MAX_ADDRESS_CHARS = 2_000
SHORTEST_HEADLINE = 25
"""Characters: links of menus are shorter, where no selector tells items apart."""
FEWEST_HEADLINES = 3
"""Without selectors: with fewer it is a riddle, a notice about cookies or an empty frame, no list of news."""
MOST_OPENINGS = 20_000
"""Elements of a page; what has more is an attack on recursion, not a list of news."""
_OPENING = re.compile(r"<[a-zA-Z]")
_FRAME = (
    "nav, footer, header nav, aside, script, style, noscript, template, [role=navigation], .menu, #menu, "
    ".navbar, .mega-menu, .mobile-menu, .offcanvas, .off-canvas, .breadcrumb, .breadcrumbs"
)
"""What stands around the news; of a long menu the links would be taken for the first thirty headlines."""
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """At most 200 items in the order of the page, each address once; times without a zone are left out.

    Raises ParseError, and nothing else, for a page on which the selectors find nothing, or which without
    selectors shows fewer than three headlines.
    """
    try:
        entries = _read(open_page(body, content_type), base_url, options)
    except (SelectolaxError, ValueError) as error:
        raise ParseError("one of the selectors is no CSS selector") from error
    if not entries:
        wanted = f"the selector {options.items!r}" if options.items else "a headline with a link"
        raise ParseError(f"nothing on the page answers to {wanted[:120]}")
    if not options.items and len(entries) < FEWEST_HEADLINES:
        raise ParseError("the page has too few headlines with links to be a list of news")
    return entries


def open_page(body: bytes, content_type: str) -> LexborHTMLParser:
    """The page as a tree. Raises ParseError for what is empty or nested beyond reason."""
    text = decode(body, content_type)
    if not text.strip():
        raise ParseError("the answer is empty")
    if is_garbled(text):
        raise ParseError("the page's letters cannot be read in any charset that it declares")
    if len(_OPENING.findall(text)) > MOST_OPENINGS:
        raise ParseError("the page has more elements than a page of news")
    return LexborHTMLParser(text)


def _read(tree: LexborHTMLParser, base_url: str, options: SourceOptions) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    nodes = tree.css(options.items) if options.items else _links_of_news(tree)
    for node in nodes:
        entry = _item(node, base_url, options)
        if entry is not None:
            found.setdefault(canonical_url(entry.url), entry)
        if len(found) >= MAX_ITEMS:
            break
    return tuple(found.values())


def _links_of_news(tree: LexborHTMLParser) -> list[LexborNode]:
    for frame in tree.css(_FRAME):
        frame.decompose()
    return [node for node in tree.css("a[href]") if len(to_line(node.text())) >= SHORTEST_HEADLINE]


def _item(node: LexborNode, base_url: str, options: SourceOptions) -> Entry | None:
    link = _first(node, options.link or "a[href]")
    address = join_address((link.attributes.get("href") if link else "") or "", base_url)
    shown = _first(node, options.title) if options.title else link
    title = to_line(shown.text(separator=" ")) if shown is not None else ""
    if not address or not title:
        return None
    if not options.items and urlsplit(address).hostname != urlsplit(base_url).hostname:
        return None
    text = to_plain(node.html or "") if options.items else title
    return Entry(address, "", title, text, _time(node, options))


def _first(node: LexborNode, selector: str) -> LexborNode | None:
    """The node itself where it is what is looked for: many lists are nothing but links."""
    if selector == "a[href]" and node.tag == "a" and node.attributes.get("href"):
        return node
    return node.css_first(selector)


def _time(node: LexborNode, options: SourceOptions) -> datetime | None:
    shown = node.css_first(options.time or "time[datetime]")
    if shown is None:
        return None
    return zoned_time(shown.attributes.get("datetime") or shown.attributes.get("content") or shown.text())


def zoned_time(written: str) -> datetime | None:
    """A time in ISO 8601 with its zone as UTC; None for all else: hours that may be wrong mislead."""
    try:
        moment = datetime.fromisoformat(written.strip())
        found = moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and _EARLIEST <= found < _LATEST else None


def join_address(written: str, base_url: str) -> str:
    """An absolute http(s) address without fragment, or an empty string."""
    written = written.strip()
    if not written or written.startswith("#") or len(written) > MAX_ADDRESS_CHARS:
        return ""
    try:
        joined = urljoin(base_url, written).partition("#")[0]
        host = urlsplit(joined).hostname
    except ValueError:
        return ""
    return joined if host and re.match(r"(?i)https?://", joined) else ""
