"""The two ways of asking filters, all chats of a range at once and chat by chat, mean what the rules say."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import BigInteger, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.choices import Trait
from bot.model import Act, Incident, IncidentStatus, Severity
from bot.storage import filters
from bot.storage.alerts import add_alert
from bot.storage.database import Database
from bot.storage.filtering import Told, passes, refusing
from bot.storage.incidents import add_incident
from bot.storage.states import EVERYTHING
from bot.storage.tables import alert, chat
from tests.clock import START
from tests.storage.test_matching_model import ModelChat
from tests.storage.values import a_chat, an_alert, an_incident

CHATS, ALERTS = 60, 8
PARTIES, PLACES = ("reds", "blues", "greens"), ("north", "hill", "top", "sea", EVERYTHING)
WORDS, TEXTS = (
    ("drone", "line of contact", "ปืน", "!"),
    ("a drone", "the line of contact", "ยิงปืนใหญ่", "drone line"),
)
HOURS = (-1, 0, 1)


async def choose(conn: AsyncConnection, number: int, draw: random.Random) -> ModelChat:
    """A chat that chose each kind of filter or not."""
    include, exclude = (draw.sample(WORDS, draw.choice((0, 0, 1, 2))) for _ in range(2))
    made = await a_chat(conn, number, include=tuple(include), exclude=tuple(exclude))
    model = ModelChat(made.id, {EVERYTHING}, include, exclude, draw.choice(list(Severity)))
    model.is_confirmed_only = draw.random() < 0.2
    model.acts = set(draw.sample((Act.DRONE, Act.MORTAR, Act.OTHER), draw.choice((0, 0, 1, 2))))
    model.parties = set(draw.sample(PARTIES, draw.choice((0, 0, 1, 2))))
    if draw.random() < 0.3:
        model.muted[draw.choice(PLACES)] = START + timedelta(hours=draw.choice(HOURS))
    least = () if model.least is Severity.MINOR else (model.least,)
    confirmed = (IncidentStatus.CONFIRMED,) if model.is_confirmed_only else ()
    for kind, codes in ((Trait.SEVERITY, least), (Trait.STATUS, confirmed), (Trait.ACT, model.acts)):
        await filters.ask_for(conn, made.id, kind, codes)
    await filters.ask_for(conn, made.id, Trait.PARTY, model.parties)
    for region, until in model.muted.items():
        await filters.mute(conn, made.id, region, until)
    return model


def happen(number: int, draw: random.Random) -> Incident:
    """Something of any weight, by anybody, in one of the places."""
    return replace(
        an_incident(f"I-{number}", draw.choice((("north",), ("north", "hill"), ("north", "hill", "top")))),
        severity=draw.choice(list(Severity)),
        status=draw.choice((IncidentStatus.CLAIMED, IncidentStatus.CONFIRMED)),
        acts=tuple(draw.sample((Act.DRONE, Act.MORTAR), draw.choice((0, 1, 2)))),
        accused=tuple(draw.sample(PARTIES, draw.choice((0, 1, 2)))),
    )


async def refused(conn: AsyncConnection, told: Told, *, at_once: bool) -> set[int]:
    """Chats that an alert does not get through to."""
    everybody = (literal(0, BigInteger()), literal(1 << 60, BigInteger()))
    one_by_one = select(chat.c.id).where(~passes(told, chat.c.id))
    statement = union_all(*refusing(told, everybody)) if at_once else one_by_one
    return set((await conn.execute(statement)).scalars())


@pytest.mark.parametrize("at_once", [True, False], ids=["all at once", "one by one"])
@pytest.mark.parametrize("is_indexed", [True, False], ids=["by words", "by text"])
async def test_filters_refuse_what_the_rules_refuse(db: Database, at_once: bool, is_indexed: bool) -> None:
    """Whatever sixty chats chose: exactly those refuse an alert whom rules in plain Python name."""
    draw = random.Random(7)
    async with db.writing() as conn:
        models = [await choose(conn, number, draw) for number in range(CHATS)]
        for number in range(ALERTS):
            incident = await add_incident(conn, happen(number, draw))
            text = draw.choice(TEXTS)
            made = an_alert(incident, text)
            alert_id = literal(await add_alert(conn, made), BigInteger())
            now = literal(START, alert.c.created_at.type)
            told = Told(alert_id, literal(f" {made.folded_text} "), is_indexed, now)
            expected = {each.id for each in models if not each.wants(incident, text, START)}
            assert 0 < len(expected) < CHATS
            assert await refused(conn, told, at_once=at_once) == expected
