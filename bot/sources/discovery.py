"""The feeds that a page names: what somebody gets who gives a home page instead of a feed.

Runs in the parser process.
"""

from __future__ import annotations

from bot.model import DEFAULT_OPTIONS, Entry, SourceOptions
from bot.sources.identity import canonical_url
from bot.sources.page import join_address, open_page
from bot.sources.plain import to_line

MOST_FEEDS = 20
FEED_TYPES = frozenset(
    {
        "application/rss+xml",
        "application/atom+xml",
        "application/rdf+xml",
        "application/feed+json",
    }
)


def parse(
    body: bytes, content_type: str = "", base_url: str = "", options: SourceOptions = DEFAULT_OPTIONS
) -> tuple[Entry, ...]:
    """One entry for each `<link rel=alternate>` to a feed: its address and title; those of comments last.

    Raises ParseError, and nothing else, for what is no page; none found is no error.
    """
    found: dict[str, Entry] = {}
    for node in open_page(body, content_type).css("link[href][type]"):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        relations = (node.attributes.get("rel") or "").lower().split()
        address = join_address(node.attributes.get("href") or "", base_url)
        if kind in FEED_TYPES and "alternate" in relations and address:
            title = to_line(node.attributes.get("title") or "", 200)
            found.setdefault(canonical_url(address), Entry(address, "", title, ""))
    ordered = sorted(found.values(), key=_is_of_comments)
    return tuple(ordered[:MOST_FEEDS])


def _is_of_comments(feed: Entry) -> bool:
    return "comment" in f"{feed.url} {feed.title}".lower()
