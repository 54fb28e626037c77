"""Bytes to text for documents that lie about their charset. Never raises, opens nothing."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
_IN_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE | re.ASCII)
_IN_PROLOG = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']\s*([\w.:-]+)""", re.IGNORECASE)
_IN_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)
_HEAD_BYTES = 2048
LAST_RESORT = "windows-1252"
"""Reads any byte as something: what browsers take where nothing is said."""

# Names that servers use and Python does not know, or knows as something narrower than what is meant.
_MEANT = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "iso-8859-11": "windows-874",
    "tis-620": "windows-874",
    "windows-874": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "big5": "big5hkscs",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "x-mac-cyrillic": "mac_cyrillic",
    "iso-8859-8-i": "iso-8859-8",
    "unicode": "utf-16",
}
KNOWN = frozenset(
    {
        *("utf_8", "utf_16_le", "utf_16_be", "utf_32_le", "utf_32_be", "utf_16", "utf_32"),
        *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258"),
        *("cp866", "cp874", "cp932", "cp949", "gb18030", "big5hkscs", "euc_jp", "iso2022_jp"),
        *("koi8_r", "koi8_u", "mac_cyrillic", "iso8859_2", "iso8859_4", "iso8859_5", "iso8859_6"),
        *("iso8859_7", "iso8859_8", "iso8859_13", "iso8859_15"),
    }
)
"""Codecs that the parser process loads before it closes its doors; others are read as the last resort."""
_DEFAULTS = frozenset({"cp1252"})
"""What servers claim of everything, and what reads without fault whatever it is: the last to be tried."""

MOST_LOST = 50
"""Letters that cannot be read before a document is suspected as a whole."""


def decode(body: bytes, content_type: str = "") -> str:
    """The text of `body`: a byte order mark first, then what reads without fault.

    Bytes that are valid UTF-8 beyond ASCII are UTF-8 whatever the header claims: no text in another
    charset comes out so by chance. Else the header counts, else the document's own declaration.
    """
    for mark, name in (*_BOMS, *_UNMARKED):
        if body.startswith(mark):
            return body.decode(name, "replace").removeprefix("\ufeff")
    names = declared(body, content_type)
    if b"\x1b" not in body:  # ISO-2022 hides in seven bits
        try:
            return body.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return _first_clean(body, names)


def is_garbled(text: str) -> bool:
    """Whether most letters beyond ASCII were lost: the bytes are of a charset that nothing declares."""
    lost = text.count("\ufffd")
    return lost > MOST_LOST and lost * 2 > sum(1 for letter in text if letter > "\x7f")


def declared(body: bytes, content_type: str = "") -> list[str]:
    """Charsets that are declared, the most trusted first, by the names of Python's codecs."""
    head = body[:_HEAD_BYTES]
    found = [m[1] for m in (_IN_HEADER.search(content_type),) if m]
    found += [m[1].decode("ascii", "replace") for m in (_IN_PROLOG.search(head), _IN_META.search(head)) if m]
    names = [_MEANT.get(name.lower(), name.lower()) for name in found]
    return sorted(names, key=lambda name: _codec_name(name) in _DEFAULTS)


def _first_clean(body: bytes, names: list[str]) -> str:
    for name in (*names, "utf-8"):
        text = _try(body, name, "strict")
        if text is not None:
            return text
    for name in (*names, "utf-8" if _is_mostly_utf8(body) else LAST_RESORT):
        text = _try(body, name, "replace")
        if text is not None:
            return text
    return body.decode(LAST_RESORT, "replace")


def _try(body: bytes, name: str, errors: str) -> str | None:
    """None when the codec is unknown, is none for text, cannot be loaded, or finds a fault."""
    if _codec_name(name) not in KNOWN:
        return None
    try:
        return body.decode(name, errors)
    except (LookupError, ValueError, OSError):
        return None


def _codec_name(name: str) -> str:
    try:
        return codecs.lookup(name).name.replace("-", "_")
    except (LookupError, ValueError, OSError):
        return ""


def _is_mostly_utf8(body: bytes) -> bool:
    """A stray byte or a cut at the end does not make it another charset."""
    wrong = body.decode("utf-8", "replace").count("\ufffd")
    return wrong * 50 <= sum(1 for b in body[:100_000] if b >= 0xC2) + 50
