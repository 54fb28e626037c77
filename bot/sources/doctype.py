"""Documents that declare things are refused before a parser sees them: nobody's feed needs entities."""

from __future__ import annotations

import re

from bot.errors import ParseError

_DOCTYPE = re.compile(r"<!DOCTYPE[^<>\[]{0,1000}>", re.IGNORECASE)
_CDATA_OR_COMMENT = re.compile(r"<!\[CDATA\[.*?\]\]>|<!--.*?-->", re.DOTALL)
_DTD = re.compile(r"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION|DOCTYPE)", re.IGNORECASE)


def without_dtd(text: str) -> str:
    """Drops a document type that only names a file; raises ParseError for one that declares anything."""
    bare = _CDATA_OR_COMMENT.sub("", text) if _DTD.search(text) else ""
    if not bare:
        return text
    if _DTD.search(_DOCTYPE.sub("", bare, count=1)):
        raise ParseError("the document declares entities or an internal document type, which is refused")
    return _DOCTYPE.sub("", text, count=1)
