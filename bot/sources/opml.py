"""Lists of feeds as other programs know them: OPML, in and out.

What OPML has no word for (kind, side, origin) stands in attributes of our own namespace, which others ignore.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar
from xml.etree import ElementTree as ET

from bot.errors import ParseError
from bot.folding import fold
from bot.model import NEUTRAL, Source, SourceKind, SourceOptions, SourceType
from bot.sources.charset import decode
from bot.sources.doctype import without_dtd
from bot.sources.identity import canonical_url
from bot.sources.page import join_address
from bot.sources.plain import tidy

SPACE = "urn:trucewatch:source"
MOST_BYTES = 5 * 1024 * 1024
MOST_OUTLINES = 10_000
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,500}\?>", re.IGNORECASE)
_SELECTORS = ("items", "link", "title", "time")
T = TypeVar("T", SourceKind, SourceType)
_CHANNEL = re.compile(r"https?://(?:t|telegram)\.me/(?:s/)?(\w{3,40})/?", re.ASCII | re.IGNORECASE)


def write_opml(sources: Iterable[Source], title: str = "Trucewatch sources") -> bytes:
    """An OPML 2.0 document; feeds stand where every reader of feeds looks for them."""
    ET.register_namespace("trucewatch", SPACE)
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = title
    body = ET.SubElement(root, "body")
    for source in sources:
        ET.SubElement(body, "outline", _attributes(source))
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _attributes(source: Source) -> dict[str, str]:
    is_feed = source.kind is SourceKind.FEED
    plain = {
        "text": source.name,
        "title": source.name,
        "type": "rss" if is_feed else "link",
        "xmlUrl" if is_feed else "url": source.url,
        "language": source.options.language or "",
        "category": ",".join(f"/{theatre}" for theatre in source.theatres),
    }
    own = {
        "id": source.id,
        "kind": str(source.kind),
        "type": str(source.type),
        "side": "" if source.side == NEUTRAL else source.side,
        "origin": source.origin,
        "interval_s": str(source.interval_s or ""),
        "full_text": "true" if source.options.full_text else "",
        **{name: getattr(source.options, name) for name in _SELECTORS},
    }
    both = plain | {f"{{{SPACE}}}{name}": value for name, value in own.items()}
    return {name: value for name, value in both.items() if value}


def read_opml(body: bytes) -> tuple[Source, ...]:
    """The sources of a list, each address once; groups count for nothing, what is no address is left out.

    What another program wrote is a feed of a neutral newspaper until an editor says more. Raises ParseError,
    and nothing else, for what is no OPML or declares entities.
    """
    if len(body) > MOST_BYTES:
        raise ParseError("the list is larger than 5 MiB")
    text = without_dtd(_DECLARATION.sub("", decode(body).lstrip("\ufeff \t\r\n\x00"), count=1))
    try:
        root = ET.fromstring(text)  # noqa: S314 - document types are refused above, so there are no entities
    except (ET.ParseError, ValueError, RecursionError) as error:
        raise ParseError("the list is no well-formed XML") from error
    if root.tag.lower() != "opml":
        raise ParseError("the document is no OPML")
    return tuple(_distinct(list(root.iter("outline"))[:MOST_OUTLINES]))


def _distinct(outlines: Sequence[ET.Element]) -> Iterator[Source]:
    ids: set[str] = set()
    addresses: set[str] = set()
    for outline in outlines:
        source = _source(outline, ids)
        if source is not None and canonical_url(source.url) not in addresses:
            addresses.add(canonical_url(source.url))
            ids.add(source.id)
            yield source


def _source(outline: ET.Element, taken: set[str]) -> Source | None:
    def own(name: str) -> str:
        return (outline.get(f"{{{SPACE}}}{name}") or "").strip()

    feed = outline.get("xmlUrl") or outline.get("xmlurl") or ""
    url = join_address(feed or outline.get("url") or "", "")
    channel = _CHANNEL.fullmatch(url)
    kind = SourceKind.CHANNEL if channel else _word(SourceKind, own("kind"), SourceKind.FEED)
    if channel:
        url = f"https://t.me/s/{channel[1]}"
    if not url or (kind is SourceKind.FEED and not feed):
        return None
    name = " ".join(tidy(outline.get("title") or outline.get("text") or "").split())[:200] or url
    interval = own("interval_s")
    return Source(
        id=_free_id(own("id") or name, taken),
        name=name,
        kind=kind,
        url=url,
        type=_word(SourceType, own("type"), SourceType.CHANNEL if channel else SourceType.NEWSPAPER),
        side=_slug(own("side")) or NEUTRAL,
        origin=_slug(own("origin")),
        theatres=_theatres(outline.get("category") or ""),
        interval_s=int(interval) if re.fullmatch(r"[1-9]\d{0,4}", interval, re.ASCII) else None,
        options=SourceOptions(
            language=_language(outline.get("language") or ""),
            full_text=own("full_text") == "true",
            **{name: own(name)[:500] for name in _SELECTORS if kind is SourceKind.PAGE},
        ),
    )


def _word(words: type[T], written: str, default: T) -> T:
    return words(written) if written in set(words) else default


def _language(written: str) -> str | None:
    match = re.match(r"[a-z]{2,3}(?![a-z])", written.strip().lower())
    return match[0] if match else None


def _theatres(category: str) -> tuple[str, ...]:
    """Only categories that are written as we write them: those of other programs mean other things."""
    return tuple(part[1:] for part in category.split(",") if re.fullmatch(r"/[a-z][a-z-]{1,60}", part))


def _slug(written: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", fold(written)).strip("-")[:60].strip("-")


def _free_id(name: str, taken: set[str]) -> str:
    first = _slug(name) or "source"
    return next(
        each for each in (first, *(f"{first}-{n}" for n in range(2, MOST_OUTLINES + 2))) if each not in taken
    )
