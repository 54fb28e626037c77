"""Sources, reports, findings, incidents and alerts as frozen values; nothing here does anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.model.kinds import (
    Act,
    AlertKind,
    IncidentStatus,
    RegionLevel,
    Severity,
    SourceKind,
    SourceType,
    Stance,
)

UNSOUGHT = "und"
"""The tag of names that are everyday words: a region is known by them, and no text is searched for them."""

NEUTRAL = "neutral"
"""The side of a source that no party of a truce owns."""


@dataclass(frozen=True, slots=True)
class SourceOptions:
    """What the sources file may say of how one source is read; selectors are CSS, for pages."""

    language: str | None = None
    """What it publishes in, such as "hy", where that is known."""
    full_text: bool = False
    """Its items are teasers: the articles that they point to are fetched and read."""
    items: str = ""
    """What encloses each item of a page; without it every link with a headline's length counts."""
    link: str = ""
    title: str = ""
    time: str = ""


DEFAULT_OPTIONS = SourceOptions()


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet's feed, channel, page or interface; `side` is a party's identifier or "neutral"."""

    id: str
    name: str
    kind: SourceKind
    url: str
    type: SourceType
    side: str = NEUTRAL
    origin: str = ""
    theatres: tuple[str, ...] = ()
    interval_s: int | None = None
    options: SourceOptions = DEFAULT_OPTIONS

    @property
    def origin_id(self) -> str:
        """Outlets of one owner share it; by default the source is its own origin."""
        return self.origin or self.id


@dataclass(frozen=True, slots=True)
class Entry:
    """What a source published, as parsed and not yet recognised: plain text, no markup."""

    url: str
    guid: str
    title: str
    text: str
    published_at: datetime | None = None
    language: str | None = None
    """What the source claims; feeds rarely tell it rightly."""
    origin: str = ""
    """Where the source says that it took the entry from (a forwarded channel, a credited wire)."""
    digest: str = ""
    """The hash of its folded text where the parser process has made it; see `bot.sources.identity`."""


@dataclass(frozen=True, slots=True)
class Report:
    """One entry of a source at one revision; `key` recognises it within its source."""

    source: Source
    key: str
    url: str
    title: str
    text: str
    published_at: datetime | None
    seen_at: datetime
    revision: int = 1
    id: int | None = None

    @property
    def reported_at(self) -> datetime:
        """When it was published, or first seen where the source does not say."""
        return self.published_at or self.seen_at


@dataclass(frozen=True, slots=True)
class Region:
    """A node of a theatre's tree. `names` maps a language code to spellings, the preferred one first."""

    id: str
    level: RegionLevel
    parent: str | None
    name: str
    names: dict[str, tuple[str, ...]]
    lat: float | None = None
    lon: float | None = None
    country: str = ""

    @property
    def sought(self) -> dict[str, tuple[str, ...]]:
        """The names that texts are searched for, by language."""
        return {tag: names for tag, names in self.names.items() if tag != UNSOUGHT}

    @property
    def spellings(self) -> tuple[str, ...]:
        """The English name and every other, without repeats, in file order."""
        return tuple(dict.fromkeys((self.name, *(n for names in self.names.values() for n in names))))


@dataclass(frozen=True, slots=True)
class Truce:
    """An agreement in force from `since` to `until` (UTC; None: no end), binding `parties` in `area`."""

    id: str
    theatre: str
    name: str
    parties: tuple[str, ...]
    area: tuple[str, ...]
    since: datetime
    until: datetime | None
    status: str
    reference: str


@dataclass(frozen=True, slots=True)
class Party:
    """A side of a truce, or an observer (`kind`: state, group, monitor, other); its names by language."""

    id: str
    kind: str
    name: str
    names: dict[str, tuple[str, ...]]
    theatres: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words a judgement rests on: `text` is report.title + "\\n" + report.text from start to end."""

    what: str
    """The judgement: act, truce_word, breach, party, place, killed, wounded, day, negation, ..."""
    code: str
    """What was read out of the words: an act, a party, a region id, a number."""
    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a finding's score: a code (`armed_act`, `truce_in_force`, `sport_words`) and its weight."""

    code: str
    weight: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """A place that a report names as the scene. `region`: its id in a tree, None for a gazetteer town.

    `path` are the ids from the theatre down to the nearest region that holds it, itself included.
    """

    name: str
    names: tuple[str, ...]
    region: str | None
    path: tuple[str, ...]
    level: RegionLevel
    lat: float | None
    lon: float | None
    reach_km: float | None = field(default=None, compare=False)
    """How far from its point it may have been; None where nobody said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one report says, in codes and numbers. `killed`, `wounded`: None when it gives no number.

    What is surely no violation is read no further than to know it: most of its finding may be empty.
    """

    is_violation: bool
    score: float
    language: str
    theatre: str | None = None
    truce: str | None = None
    stance: Stance | None = None
    places: tuple[FoundPlace, ...] = ()
    accused: tuple[str, ...] = ()
    accuser: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    killed: int | None = None
    wounded: int | None = None
    occurred: date | None = None
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One voice of an incident at one report: who says what, where it can be read."""

    speaker: str
    """A party's identifier, or the origin of a source that speaks for itself (a monitor, an agency)."""
    speaker_type: SourceType
    side: str
    origin: str
    stance: Stance
    report_id: int
    source_id: str
    source_name: str
    url: str
    title: str
    language: str
    said_at: datetime
    accused: tuple[str, ...] = ()
    accuser: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    places: tuple[FoundPlace, ...] = ()
    killed: int | None = None
    wounded: int | None = None
    truce: str | None = None
    is_copy: bool = False
    """True when its text is a near-copy of an earlier report's: it counts with that report's origin."""
    occurred: date | None = None
    """The day that this voice gives."""
    bloc: str = ""
    """The side with which the speaker counts as one; empty: the speaker stands for itself."""


@dataclass(frozen=True, slots=True)
class Incident:
    """One event in the world with each side's claims, oldest first; values follow from the claims."""

    id: int | None
    code: str
    theatre: str
    occurred: date
    opened_at: datetime
    last_report_at: datetime
    claims: tuple[Claim, ...]
    truce: str | None = None
    status: IncidentStatus = IncidentStatus.CLAIMED
    severity: Severity = Severity.MINOR
    places: tuple[FoundPlace, ...] = ()
    regions: tuple[str, ...] = ()
    """Ids of every region that a subscriber could have chosen to hear of it, the theatre included."""
    accused: tuple[str, ...] = ()
    acts: tuple[Act, ...] = ()
    killed: tuple[int, int] | None = None
    """The lowest and the highest number claimed."""
    wounded: tuple[int, int] | None = None
    changes: int = 0
    """How often it has grown since it was first told."""
    retraction: str | None = None
    told_at: datetime | None = None
    """When its first alert was made; None while nobody was told of it."""
    rests_on: tuple[int, ...] = ()
    """Ids of the reports on which a confirmation or a denial rests."""


@dataclass(frozen=True, slots=True)
class Alert:
    """An incident at a moment at which it is worth telling: a snapshot, so that it renders the same later."""

    id: int | None
    incident: Incident
    kind: AlertKind
    created_at: datetime
    terms: frozenset[str] = frozenset()
    """Folded words and word sequences of its reports, for keyword filters."""
    folded_text: str = ""
    """The folded text itself, for keywords in scripts without spaces."""
    kinds: tuple[AlertKind, ...] = ()
    """The changes that a reply tells where it tells several, the strongest or newest last; empty: `kind`."""
