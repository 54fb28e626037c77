"""Profiles of incidents: found by day and place, written with the incident, made for those stored before."""

from __future__ import annotations

from datetime import date, timedelta

from alembic import command
from sqlalchemy import Connection, delete, func, select

from bot.incidents import Box, Search, grow, summarise
from bot.model import FoundPlace, Incident
from bot.storage import incidents
from bot.storage.database import Database
from bot.storage.migrating import alembic_config
from bot.storage.tables import incident, incident_profile
from tests.incidents.telling import AYGEPAR, DAY, MOVSES, TAVUSH, THEATRE, YERASKH, finding, report

AROUND_MOVSES = Box(40.7, 41.1, 45.3, 45.7)


def told(number: int, *places: FoundPlace, occurred: date = DAY) -> Incident:
    return grow(None, report(number), finding(places=places, occurred=occurred), code=f"AA-{number}")


async def found(db: Database, search: Search) -> list[int]:
    async with db.reading() as conn:
        return sorted(profile.id or 0 for profile in await incidents.find_profiles(conn, search))


async def test_profiles_are_found_as_a_search_admits_them(db: Database) -> None:
    """By theatre, days and the box around the places; what is nowhere in particular always."""
    stored = []
    named: list[tuple[FoundPlace, ...]] = [(MOVSES,), (AYGEPAR, MOVSES), (YERASKH,), (TAVUSH,), ()]
    async with db.writing() as conn:
        for number, places in enumerate(named, start=1):
            stored.append(await incidents.add_incident(conn, told(number, *places)))
        stored.append(await incidents.add_incident(conn, told(6, MOVSES, occurred=DAY - timedelta(days=5))))
    for search in (
        Search(THEATRE, DAY, DAY, AROUND_MOVSES),
        Search(THEATRE, DAY, DAY, None),
        Search(THEATRE, DAY - timedelta(days=9), DAY, AROUND_MOVSES),
        Search(THEATRE, DAY - timedelta(days=9), DAY - timedelta(days=1), None),
        Search("georgia", DAY, DAY, None),
    ):
        admitted = sorted(each.id or 0 for each in stored if search.admits(summarise(each)))
        assert await found(db, search) == admitted


async def test_a_profile_follows_its_incident(db: Database) -> None:
    """It has the incident's id, changes with it, and goes with it."""
    async with db.writing() as conn:
        stored = await incidents.add_incident(conn, told(1, MOVSES))
        grown = grow(stored, report(2), finding(places=(YERASKH,)))
        await incidents.save_incident(conn, grown)
        (profile,) = await incidents.find_profiles(conn, Search(THEATRE, DAY, DAY, None))
        assert profile == summarise(grown)
        await conn.execute(delete(incident))
        assert (await conn.execute(select(func.count()).select_from(incident_profile))).scalar() == 0


async def test_a_code_is_taken_once(db: Database) -> None:
    """Known by its code alone."""
    async with db.writing() as conn:
        await incidents.add_incident(conn, told(1, MOVSES))
        assert await incidents.is_code_taken(conn, "AA-1")
        assert not await incidents.is_code_taken(conn, "AA-2")


def down_and_up(connection: Connection) -> None:
    config = alembic_config(connection)
    command.downgrade(config, "0002")
    command.upgrade(config, "head")


async def test_incidents_stored_before_get_their_profiles(db: Database) -> None:
    """A database of an earlier version finds what it knew."""
    async with db.writing() as conn:
        stored = await incidents.add_incident(conn, told(1, MOVSES))
        await incidents.add_incident(conn, told(2, TAVUSH))
    async with db.writing() as conn:
        await conn.run_sync(down_and_up)
    async with db.reading() as conn:
        profiles = await incidents.find_profiles(conn, Search(THEATRE, DAY, DAY, AROUND_MOVSES))
    assert len(profiles) == 2
    assert summarise(stored) in profiles
