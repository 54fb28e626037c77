"""What the headers of an answer say: how long to wait, and where news of it are told."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp

_MAX_AGE = re.compile(r"(?:\A|[\s,])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_LONGEST_LINK = 2_000


def max_age_of(response: aiohttp.ClientResponse) -> timedelta | None:
    return read_max_age(response.headers.get("Cache-Control", ""), response.headers.get("Age", ""))


def link_of(response: aiohttp.ClientResponse, relation: str) -> str | None:
    """The address that a Link header names for the relation; None also where it is written wrongly."""
    if "Link" not in response.headers:
        return None
    try:
        found = response.links.get(relation)
    except ValueError:  # something in it is no address: no reason to lose the document
        return None
    return str(found["url"])[:_LONGEST_LINK] if found else None


def read_max_age(cache_control: str, age: str = "") -> timedelta | None:
    """What is left of a max-age; None when the answer names none, or may not be kept at all.

    Pages shown to browsers are often "private, max-age=0", which asks for nothing.
    """
    found = _MAX_AGE.search(cache_control[:500])
    if found is None or "no-cache" in cache_control or "no-store" in cache_control:
        return None
    spent = int(age[:9]) if age.isascii() and age.isdigit() else 0
    return timedelta(seconds=max(int(found[1]) - spent, 0))


def read_retry_after(value: str, now: datetime) -> float | None:
    """Seconds to wait from a Retry-After header in either form; None when it says nothing usable."""
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, IndexError, TypeError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
