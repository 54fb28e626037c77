"""When two addresses are one page, and when two entries are one report."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from url_normalize import url_normalize

from bot.folding import fold
from bot.model import Entry

TRACKING = re.compile(
    r"(?i)(?:utm_.*|mtm_.*|pk_.*|piwik_.*|matomo_.*|hsa_.*|at_(?:medium|campaign|custom\d|link.*|format|bbc.*|ptr.*)"
    r"|mc_[ce]id|_ga|_gl|ga_.*|gclid|gclsrc|dclid|wbraid|gbraid|fbclid|fb_.*|yclid|ysclid|_openstat|msclkid"
    r"|twclid|ttclid|igsh(?:id)?|li_fat_id|mkt_tok|xtor|cmp|cmpid|cid|icid|ocid|ncid|smid|sref|soc_src"
    r"|soc_trk|spm|wt[._].*|ns_.*|trk|traffic_source|intcmp|ito|guccounter|guce_.*|ref|ref_src|ref_url|referrer"
    r"|phpsessid|jsessionid|aspsessionid\w*"
    r"|s_cid|partner|partnerid|from_rss|rss|feed|source|share|shared|amp|outputtype|tg_rhash|spref|vgo_ee)"
)
"""Query parameters that say how or when a reader came, not what the reader sees."""
_SESSION = re.compile(r";jsessionid=[\w.!-]*", re.IGNORECASE)
"""Some servers write it into the path: each check would find every report anew."""
_SAME_SITE = re.compile(r"(?:www\d?|m|mobile|amp|wap|touch)\.(?=[^.]+\.)")
_AMP_END = re.compile(r"(?:/amp(?:\.html?)?|[./]amp\.html?|\.amp)/?\Z", re.IGNORECASE)
_AMP_START = re.compile(r"\A/(?:amp|m|mobile)(?=/)", re.IGNORECASE)
_AMP_CACHE = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z.]+/amp|[\w-]+\.cdn\.ampproject\.org/[acvi])/(s/)?(?=[^/]+\.)",
    re.IGNORECASE,
)
_PLAIN = re.compile(
    r"https?://[a-z0-9.-]+(?::\d+)?(?:/[\w~-]+(?:\.\w+)*)*/?(?:\?[\w=&.~-]*)?(?:#.*)?", re.ASCII
)
"""An address that is written as `url_normalize` would write it: most are, and it costs twenty times more."""
_PORT = re.compile(r":(?:80|443)?\Z")
MAX_KEY_CHARS = 400


def canonical_url(url: str) -> str:
    """One address for every way to the same page: `https://host/path?query`; "" when it is none of the web.

    Scheme, www, mobile and AMP variants, default ports, fragments, tracking parameters, their order and a
    trailing slash make no difference. Applying it twice changes nothing. Never raises.
    """
    written = _AMP_CACHE.sub("https://", _SESSION.sub("", url.strip()), count=1)
    if not re.match(r"(?i)https?://", written):
        return ""
    try:
        parts = urlsplit(written if _PLAIN.fullmatch(written) else url_normalize(written) or "")
        host = _bare_host(parts.netloc.rpartition("@")[2])
        query = _telling(parts.query)
    except ValueError:  # UnicodeError and the IDNA errors are such
        return ""
    if not host:
        return ""
    path = _bare_path(parts.path)
    return f"https://{host}{path}{'?' + query if query else ''}"


def report_key(entry: Entry) -> str:
    """What recognises an entry within its source: its canonical address, else its guid, else title and day.

    A site's front page is no address of a report: broken feeds give it to all their items.
    """
    address = canonical_url(entry.url)
    if address.partition("://")[2].count("/") or "?" in address:
        return _bounded(f"url:{address}")
    if entry.guid.strip():
        return _bounded(f"guid:{entry.guid.strip()}")
    day = entry.published_at.astimezone(UTC).date().isoformat() if entry.published_at else ""
    return _bounded(f"title:{day}:{_digest(fold(entry.title or entry.text))}")


def content_hash(entry: Entry) -> str:
    """Equal for texts that differ in case, accents, spaces or punctuation alone: 32 hexadecimal digits."""
    return entry.digest or _digest(f"{fold(entry.title)}\n{fold(entry.text)}")


def distinct(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """One entry a key, in the order of first appearance.

    Of several under one key the latest counts, by a rule that does not depend on their order, so that a feed
    which lists an article twice does not look like one that is changed at every check.
    """
    best: dict[str, Entry] = {}
    for entry in entries:
        key = report_key(entry)
        if key not in best or _rank(entry) > _rank(best[key]):
            best[key] = entry
    return tuple(best.values())


def _rank(entry: Entry) -> tuple[datetime, str]:
    return entry.published_at or datetime.min.replace(tzinfo=UTC), content_hash(entry)


def body_hash(body: bytes) -> str:
    """Tells whether a source answered the very same bytes as last time."""
    return blake2b(body, digest_size=16).hexdigest()


def _bare_host(host: str) -> str:
    host = _PORT.sub("", host.lower()).rstrip(".")
    while (shorter := _SAME_SITE.sub("", host, count=1)) != host and _SAME_SITE.match(host):
        host = shorter
    return host


def _bare_path(path: str) -> str:
    while (shorter := _AMP_START.sub("", _AMP_END.sub("", path.rstrip("/")))) != path:
        path = shorter
    return path


def _telling(query: str) -> str:
    kept = [(k, v) for k, v in parse_qsl(query, keep_blank_values=True) if not TRACKING.fullmatch(k)]
    return urlencode(sorted(kept), quote_via=quote)


def _bounded(key: str) -> str:
    return key if len(key) <= MAX_KEY_CHARS else f"{key[: MAX_KEY_CHARS - 33]}:{_digest(key)}"


def _digest(text: str) -> str:
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
