"""What a chat has chosen as a file that people can keep, pass on and send back: JSON, one object."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from bot.choices import MOST_KM, Circle, Length, Rhythm, Sound, around
from bot.commands.choice import MOST_REGIONS
from bot.commands.grammar import LONGEST_KEYWORD, MOST_KEYWORDS
from bot.commands.pins import MOST_CIRCLES
from bot.data import Facts
from bot.folding import fold
from bot.model import Act, ChatStyle
from bot.storage.subscriptions import EVERYTHING, Filters

FORMAT = "trucewatch-settings-1"
LARGEST_BYTES = 64 * 1024
"""Two hundred regions and fifty keywords are a tenth of it."""
_DAY_MINUTES = int(timedelta(days=1).total_seconds()) // 60


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """A chat's choice as it stands in a file; what an older file lacks is as for a new chat."""

    format: str
    language: str | None = None
    style: ChatStyle = ChatStyle.LIVING
    sound: Sound = Sound.ALL
    length: Length = Length.FULL
    filters: Filters = field(default_factory=Filters)
    rhythm: Rhythm = field(default_factory=Rhythm)


def write_settings(chosen: SettingsFile) -> bytes:
    """The file, readable for people too."""
    return msgspec.json.format(msgspec.json.encode(chosen), indent=2) + b"\n"


def read_settings(
    content: bytes, facts: Facts, languages: Collection[str]
) -> tuple[SettingsFile, int] | None:
    """The file with only what this bot knows and allows, and how many entries were left out for that.

    None for what is no such file.
    """
    try:
        file = msgspec.json.decode(content[: LARGEST_BYTES + 1], type=SettingsFile)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    if file.format != FORMAT:
        return None
    filters = _keep_known(file.filters, facts)
    language = file.language if file.language in languages else None
    known = replace(file, filters=filters, rhythm=_keep_usual(file.rhythm), language=language)
    return known, _size(file.filters) - _size(filters)


def _keep_known(given: Filters, facts: Facts) -> Filters:
    regions = [r for r in dict.fromkeys(given.regions) if r == EVERYTHING or facts.atlas.get(r)]
    include = _usable(given.include)
    exclude = [each for each in _usable(given.exclude) if fold(each) not in {fold(one) for one in include}]
    return replace(
        given,
        regions=tuple(regions[:MOST_REGIONS]),
        circles=_usual_circles(given.circles),
        include=tuple(include[:MOST_KEYWORDS]),
        exclude=tuple(exclude[: MOST_KEYWORDS - len(include[:MOST_KEYWORDS])]),
        acts=tuple(act for act in given.acts if act in set(Act)),
        parties=tuple(party for party in given.parties if party in facts.parties),
    )


def _usable(keywords: Collection[str]) -> list[str]:
    named = {fold(keyword): keyword for keyword in keywords}
    return [k for folded, k in named.items() if folded and max(len(k), len(folded)) <= LONGEST_KEYWORD]


def _keep_usual(given: Rhythm) -> Rhythm:
    """A rhythm whose times are on a clock and whose zone there is; the rest as for a new chat."""
    quiet = (given.quiet_from, given.quiet_until)
    is_quiet = None not in quiet and quiet[0] != quiet[1] and all(_is_time(each) for each in quiet)
    begins, ends = quiet if is_quiet else (None, None)
    at = given.digest_at if _is_time(given.digest_at) else Rhythm().digest_at
    return replace(given, quiet_from=begins, quiet_until=ends, digest_at=at, zone=_known_zone(given.zone))


def _is_time(minutes: int | None) -> bool:
    return minutes is not None and 0 <= minutes < _DAY_MINUTES


def _known_zone(zone: str | None) -> str | None:
    try:
        return ZoneInfo(zone).key if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _usual_circles(given: Collection[Circle]) -> tuple[Circle, ...]:
    """Circles on earth, rounded like those of the chat, one a centre, at most as many as a chat may have."""
    rounded = [around(c.lat, c.lon, c.radius_km) for c in given if _is_on_earth(c)]
    return tuple({(c.lat, c.lon): c for c in rounded}.values())[:MOST_CIRCLES]


def _is_on_earth(circle: Circle) -> bool:
    return abs(circle.lat) <= 90 and abs(circle.lon) <= 180 and 1 <= circle.radius_km <= MOST_KM


def _size(filters: Filters) -> int:
    parts = (
        filters.regions,
        filters.circles,
        filters.include,
        filters.exclude,
        filters.acts,
        filters.parties,
    )
    return sum(len(part) for part in parts)
