"""Forty ways to be taken in: what one voice says in many ways never counts as established."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.ingest import Limits
from bot.model import Incident, IncidentStatus, Source, SourceType, Stance
from bot.storage.database import Database
from tests.clock import FakeClock
from tests.incidents.telling import ALIBEYLI, source
from tests.ingest.telling import Newsroom, at_movses, minutes

YEREVAN = source("Ararat Wire")
SISTER = source("Ararat Television", SourceType.BROADCASTER, "armenia", origin="ararat-wire")
MASIS = source("Masis Daily", SourceType.NEWSPAPER, "armenia")
ALLY = source("Highland Courier", SourceType.NEWSPAPER, "nagorno-karabakh")
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
ABSHERON = source("Absheron Agency", SourceType.AGENCY, "azerbaijan")
MOSCOW = source("Northern Ministry", SourceType.MOD, "russia")
LAKESIDE = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
HARBOUR = source("Harbour Times", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")
LOOKALIKE = source("Line Watch Reports", SourceType.BLOG, "neutral")
CHANNEL = source("Front in a Minute", SourceType.CHANNEL, "neutral")
SITES = tuple(source(f"Site {number}", SourceType.NEWSPAPER, "neutral") for number in range(10))
OUTLETS = tuple(replace(site, id=f"outlet-{n}", origin="one-owner") for n, site in enumerate(SITES))

HEADLINES = ("Shots at Movses", "Villagers wake to gunfire", "Quiet broken in Tavush", "A post under fire")
WIRE = (
    "Units on the other side opened fire with rifles at a post near the village of Movses at about four in "
    "the morning and kept firing for twenty minutes, the ministry said, adding that return fire silenced them"
)
EDITED = WIRE.replace("about four", "nearly four").replace("kept firing", "went on firing")
BY_ARMENIA: dict[str, Any] = {}
CONFIRMED: dict[str, Any] = {"stance": Stance.CONFIRMATION}
QUOTES_MONITOR: dict[str, Any] = {"stance": Stance.CONFIRMATION, "accuser": ("osce",)}
SAYS_SO_ITSELF: dict[str, Any] = {"stance": Stance.CONFIRMATION, "accuser": (), "accused": ()}
ADMITS: dict[str, Any] = {"stance": Stance.CONFIRMATION, "accuser": ()}
BY_ALLY: dict[str, Any] = {"stance": Stance.CONFIRMATION, "accuser": ("nagorno-karabakh",)}
BY_RUSSIA: dict[str, Any] = {"stance": Stance.CONFIRMATION, "accuser": ("russia",)}
DENIED: dict[str, Any] = {"stance": Stance.DENIAL}
SWAPPED: dict[str, Any] = {"accused": ("armenia",), "accuser": ("azerbaijan",), "places": (ALIBEYLI,)}


@dataclass(frozen=True)
class Item:
    """What a source publishes: its own words unless `text` is given; `age` None leaves the date out."""

    by: Source
    says: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    origin: str = ""
    age: timedelta | None = timedelta()
    is_first_check: bool = False


@dataclass(frozen=True)
class Hoax:
    """What is published, ten minutes apart, and what comes of it: always of one incident."""

    name: str
    items: tuple[Item, ...]
    status: IncidentStatus = IncidentStatus.CLAIMED
    new_alerts: int = 1


def copies(
    by: tuple[Source, ...], says: dict[str, Any], text: str = WIRE, origin: str = ""
) -> tuple[Item, ...]:
    """One text, or one credited origin, in many places."""
    return tuple(Item(each, says, text, origin) for each in by)


CLAIM = Item(YEREVAN)
DENIAL = Item(BAKU, DENIED)
HOAXES = (
    Hoax("one outlet alone", (CLAIM,)),
    Hoax("one outlet that tells it three times", (CLAIM, CLAIM, CLAIM)),
    Hoax("one text on ten sites", copies((YEREVAN, *SITES), BY_ARMENIA)),
    Hoax(
        "a text and lightly edited copies", (Item(YEREVAN, text=WIRE), *copies(SITES[:5], BY_ARMENIA, EDITED))
    ),
    Hoax(
        "a copied text that calls itself confirmed", (Item(YEREVAN, text=WIRE), Item(MASIS, CONFIRMED, WIRE))
    ),
    Hoax(
        "a copied text that quotes a monitor",
        (Item(YEREVAN, text=WIRE), Item(HARBOUR, QUOTES_MONITOR, EDITED)),
    ),
    Hoax("ten outlets of one owner", tuple(Item(each) for each in OUTLETS)),
    Hoax(
        "ten outlets of one owner that confirm each other",
        tuple(Item(each, QUOTES_MONITOR) for each in OUTLETS),
    ),
    Hoax("two outlets of one side", (CLAIM, Item(MASIS))),
    Hoax("a side's paper confirms its ministry", (CLAIM, Item(MASIS, CONFIRMED))),
    Hoax("a paper abroad prints that the ministry confirms itself", (CLAIM, Item(LAKESIDE, CONFIRMED))),
    Hoax("an ally confirms", (CLAIM, Item(ALLY, BY_ALLY))),
    Hoax("an ally confirms in a paper abroad", (CLAIM, Item(LAKESIDE, BY_ALLY))),
    Hoax(
        "an ally confirms what papers abroad repeat",
        (CLAIM, Item(LAKESIDE), Item(HARBOUR), Item(ALLY, BY_ALLY)),
    ),
    Hoax("an ally first, the accuser second", (Item(ALLY, BY_ALLY), CLAIM)),
    Hoax("a monitor's look-alike", (Item(LOOKALIKE, SAYS_SO_ITSELF),)),
    Hoax("a look-alike after the accuser", (CLAIM, Item(LOOKALIKE, SAYS_SO_ITSELF))),
    Hoax("a look-alike that quotes the monitor", (Item(LOOKALIKE, QUOTES_MONITOR),)),
    Hoax("a look-alike that quotes the monitor after the accuser", (CLAIM, Item(LOOKALIKE, QUOTES_MONITOR))),
    Hoax(
        "a look-alike and a channel that quote each other",
        (CLAIM, Item(LOOKALIKE, QUOTES_MONITOR), Item(CHANNEL, QUOTES_MONITOR)),
    ),
    Hoax("a look-alike copied by ten sites", copies((LOOKALIKE, *SITES), QUOTES_MONITOR)),
    Hoax("a channel tells that the accused admits it", (CLAIM, Item(CHANNEL, ADMITS))),
    Hoax("an agency quoted by ten that credit it", (CLAIM, *copies(SITES, CONFIRMED, "", "Ararat Wire"))),
    Hoax(
        "forwarded posts of one channel", (Item(CHANNEL), *copies(SITES[:4], QUOTES_MONITOR, "", CHANNEL.id))
    ),
    Hoax("a source that quotes itself", (CLAIM, Item(YEREVAN, CONFIRMED))),
    Hoax("a source that quotes the monitor on its own report", (CLAIM, Item(YEREVAN, QUOTES_MONITOR))),
    Hoax("the owner's other outlet quotes the monitor", (CLAIM, Item(SISTER, QUOTES_MONITOR))),
    Hoax("a paper alone that quotes the monitor", (Item(LAKESIDE, QUOTES_MONITOR),)),
    Hoax("a paper alone that quotes an admission", (Item(LAKESIDE, ADMITS),)),
    Hoax("a translated copy", (CLAIM, Item(LAKESIDE, {"language": "ru"}))),
    Hoax("a copy translated there and back", (CLAIM, Item(LAKESIDE, {"language": "ru"}), Item(HARBOUR))),
    Hoax("a monitor that only quotes a side", (CLAIM, Item(WATCH))),
    Hoax("a denial that repeats the claim", (CLAIM, DENIAL), IncidentStatus.DENIED),
    Hoax("a denial before the claim is heard", (DENIAL, CLAIM), IncidentStatus.DENIED),
    Hoax("a denial copied by ten sites", copies((BAKU, *SITES), DENIED), IncidentStatus.DENIED),
    Hoax(
        "a denial and a look-alike", (CLAIM, DENIAL, Item(LOOKALIKE, QUOTES_MONITOR)), IncidentStatus.DENIED
    ),
    Hoax("a denial is no second account", (DENIAL, Item(LAKESIDE, QUOTES_MONITOR)), IncidentStatus.DENIED),
    Hoax("both sides accuse", (CLAIM, Item(BAKU, SWAPPED)), IncidentStatus.DISPUTED),
    Hoax(
        "both sides accuse and their outlets confirm",
        (
            CLAIM,
            Item(BAKU, SWAPPED),
            Item(MASIS, CONFIRMED),
            Item(ABSHERON, {**SWAPPED, **CONFIRMED}),
        ),
        IncidentStatus.DISPUTED,
    ),
    Hoax("a copy that adds forty dead", (Item(YEREVAN, text=WIRE), Item(HARBOUR, {"killed": 40}, EDITED))),
    Hoax("a back-dated item", (Item(YEREVAN, age=timedelta(hours=25)),), new_alerts=0),
    Hoax(
        "a back-dated item on a first check",
        (Item(YEREVAN, age=timedelta(hours=3), is_first_check=True),),
        new_alerts=0,
    ),
    Hoax("a future-dated item", (Item(YEREVAN, age=-timedelta(hours=2)),), new_alerts=0),
    Hoax("an undated archive", (Item(YEREVAN, age=None, is_first_check=True),), new_alerts=0),
    Hoax("a back-dated item that would have been first", (CLAIM, Item(MASIS, age=timedelta(hours=30)))),
)
ESTABLISHED = (
    Hoax("a monitor's own report", (Item(WATCH, SAYS_SO_ITSELF),)),
    Hoax("the accused admits it", (CLAIM, Item(BAKU, ADMITS))),
    Hoax("a third party that accuses nobody else", (CLAIM, Item(MOSCOW, BY_RUSSIA))),
    Hoax("a paper quotes the monitor on what a side claims", (CLAIM, Item(LAKESIDE, QUOTES_MONITOR))),
    Hoax("a monitor after a denial", (CLAIM, DENIAL, Item(WATCH, SAYS_SO_ITSELF))),
)


@pytest.fixture
def news(db: Database) -> Newsroom:
    return Newsroom(db, Limits(observers=frozenset({"osce"}), blocs={"nagorno-karabakh": "armenia"}))


async def publish(news: Newsroom, clock: FakeClock, items: tuple[Item, ...]) -> Incident:
    """Each item is checked when it is published, ten minutes after the former; returns the one incident."""
    for number, item in enumerate(items):
        now = clock.advance(minutes(10))
        entry = news.entry(
            f"{HEADLINES[number % len(HEADLINES)]} {number}",
            None if item.age is None else now - item.age,
            at_movses(**item.says),
            item.text or f"{item.by.name}, account {number}",
            origin=item.origin,
        )
        await news.check(now, entry, by=item.by, is_first=item.is_first_check)
    (incident,) = await news.incidents()
    return incident


@pytest.mark.parametrize("hoax", HOAXES, ids=lambda hoax: hoax.name)
async def test_a_hoax_is_never_confirmed(hoax: Hoax, news: Newsroom, clock: FakeClock) -> None:
    """However it is dressed up, it is one incident, told once at most, and as far established as it is."""
    incident = await publish(news, clock, hoax.items)
    assert incident.status is hoax.status
    kinds = await news.kinds()
    assert kinds.count("new") == hoax.new_alerts
    assert not [kind for kind in kinds if kind.startswith("confirmed")]


@pytest.mark.parametrize("told", ESTABLISHED, ids=lambda told: told.name)
async def test_what_is_established_is_confirmed(told: Hoax, news: Newsroom, clock: FakeClock) -> None:
    """Two independent origins, a monitor, or the accused itself."""
    incident = await publish(news, clock, told.items)
    assert incident.status is IncidentStatus.CONFIRMED
    assert incident.rests_on


def test_there_are_forty() -> None:
    """Each with a name of its own."""
    assert len({hoax.name for hoax in HOAXES}) == len(HOAXES) >= 40
