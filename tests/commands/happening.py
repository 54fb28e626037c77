"""Incidents that happen while people talk to the bot, and a map on which they do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from bot.atlas import Atlas
from bot.data import Facts
from bot.folding import fold
from bot.model import (
    Act,
    Alert,
    AlertKind,
    Claim,
    DeliveryForm,
    FoundPlace,
    Incident,
    Party,
    Severity,
    SourceType,
    Stance,
)
from bot.reading.text import terms
from bot.storage.alerts import add_alert, queue_next_chunk
from bot.storage.incidents import add_incident, save_incident
from tests.chat import Scene, Somebody, small_facts

POINTS = {
    "hadrut": (39.52, 47.03),
    "khtsaberd": (39.49, 46.90),
    "shusha": (39.76, 46.75),
    "zone-01": (10.0, 20.0),
}
PARTIES = ("Armenia", "Azerbaijan", "Sandland", "Nobody")


def map_facts() -> Facts:
    """The small facts, with some regions on the map and four parties."""
    facts = small_facts()
    placed = [
        replace(each, lat=POINTS[each.id][0], lon=POINTS[each.id][1]) if each.id in POINTS else each
        for each in facts.atlas
    ]
    theatres = {"Sandland": ("sandland",)}
    parties = {
        name.lower(): Party(
            name.lower(), "state", name, {"ru": ("Азербайджан",)} if name == "Azerbaijan" else {},
            theatres.get(name, ("armenia-azerbaijan",)),
        )
        for name in PARTIES
    }  # fmt: skip
    return replace(facts, atlas=Atlas(placed), parties=parties)


async def happens(scene: Scene, code: str, region_id: str, text: str = "", **changes: Any) -> Incident:
    """A new incident in a region, told at once to everybody whom it concerns."""
    now, atlas = scene.clock.now(), scene.desk.atlas
    region = atlas.get(region_id)
    assert region is not None
    path = atlas.path(region_id)
    place = FoundPlace(
        region.name, (), region_id, path, region.level, region.lat, region.lon, atlas.reach_km(region_id)
    )
    claim = Claim(
        *("azerbaijan", SourceType.MOD, "azerbaijan", "mod", Stance.CLAIM, 1, "mod", "The Ministry"),
        *("https://mod.example/1", "Shots", "en", now),
        accuser=("azerbaijan",),
    )
    new = Incident(
        None, code, path[0], date(2020, 12, 12), now, now, (claim,),
        places=(place,), regions=path, accused=("armenia",), acts=(Act.SMALL_ARMS,), told_at=now,
    )  # fmt: skip
    async with scene.db.writing() as conn:
        stored = await add_incident(conn, replace(new, **changes))
    await tell(scene, stored, text, AlertKind.NEW)
    return stored


async def grows(scene: Scene, incident: Incident, text: str = "", **changes: Any) -> Incident:
    """What has become of an incident is told."""
    grown = replace(incident, **changes)
    async with scene.db.writing() as conn:
        await save_incident(conn, grown)
    await tell(scene, grown, text, AlertKind.GROWN)
    return grown


async def tell(scene: Scene, incident: Incident, text: str, kind: AlertKind) -> None:
    """One alert, queued for everybody."""
    folded = fold(text)
    alert = Alert(None, incident, kind, scene.clock.now(), terms(folded), folded)
    async with scene.db.writing() as conn:
        alert_id = await add_alert(conn, alert, DeliveryForm.EDIT)
        while not (await queue_next_chunk(conn, alert_id, scene.clock.now())).is_done:
            pass
    scene.clock.advance(timedelta(hours=2).total_seconds())


GRAVE = {"severity": Severity.GRAVE}

__all__ = ["GRAVE", "Somebody", "grows", "happens", "map_facts", "tell"]
