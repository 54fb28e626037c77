"""/status [REGION]: how the service stands, how quickly it hears, and what a theatre still hears."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.commands.choice import name_region
from bot.commands.condition import say_delay, say_sending
from bot.commands.notices import say_silence
from bot.commands.picker import Reaction
from bot.commands.regions import find_regions, say_unknown
from bot.commands.review import say_precision
from bot.commands.screen import Screen
from bot.commands.service import say_status as say_service
from bot.commands.visit import Visit
from bot.model import NEUTRAL
from bot.rendering.html import bold, escape
from bot.rendering.names import Names
from bot.storage.coverage import open_gaps
from bot.storage.sources import SourceCheck, all_checks
from bot.storage.tallies import totals
from bot.storage.verdicts import verdicts_since
from bot.watch.coverage import Coverage, Gap, Judged, Share, cover
from bot.watch.health import diagnose
from bot.watch.verdicts import LOOKS_BACK, measure_precision

MOST_GAPS = 5
SPEED_OF = timedelta(days=7)
"""How soon messages leave is told of the last week."""


async def say_status(visit: Visit) -> Screen:
    """/status: the service; /status REGION: what its theatre still hears, side by side."""
    if visit.text:
        named = find_regions(visit, visit.text)
        if not named.regions:
            return say_unknown(visit, named.unknown, action="status")
        return await _say_theatre(visit, named.regions[0].id)
    screen, now = await say_service(visit), visit.desk.clock.now()
    async with visit.desk.db.reading() as conn:
        checks = await all_checks(conn)
        gaps = [gap for gap in await open_gaps(conn) if gap.told_at is not None]
        counted = await totals(conn, now - SPEED_OF)
        verdicts = await verdicts_since(conn, now - LOOKS_BACK)
    delay = say_delay(visit.words, all_lags(checks))
    lines = [screen.text, *([visit.words.capital(delay)] if delay else [])]
    lines += say_sending(visit.words, counted)
    lines += say_precision(visit.words, measure_precision(verdicts, now))
    lines += [_gap_line(visit, gap) for gap in gaps[:MOST_GAPS]]
    if len(gaps) > MOST_GAPS:
        lines.append(visit.words.count("… and {n} more", "… and {n} more", len(gaps) - MOST_GAPS))
    return Screen("\n".join(lines), screen.buttons)


async def press_status(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`region`: what its theatre still hears."""
    return Reaction(screen=await _say_theatre(visit, arguments[0]))


def all_lags(checks: list[SourceCheck]) -> tuple[int, ...]:
    """The delays that are remembered of all sources together."""
    return tuple(lag for check in checks for lag in check.state.vitals.lags_s)


async def _say_theatre(visit: Visit, region_id: str) -> Screen:
    theatre = visit.desk.atlas.path(region_id)[0]
    now, words = visit.desk.clock.now(), visit.words
    async with visit.desk.db.reading() as conn:
        checks = await all_checks(conn)
    judged: list[Judged] = [(check, diagnose(check, now)) for check in checks]
    covered = cover(theatre, judged)
    heading = words.text(
        "{theatre}: what is heard", theatre=bold(name_region(visit.desk.atlas, words, theatre))
    )
    lines = [heading, *_shares(visit, covered, now)]
    own = [check for check in checks if theatre in check.source.theatres]
    delay = say_delay(words, all_lags(own))
    if delay:
        lines.append(words.capital(delay))
    return Screen("\n".join(lines))


def _shares(visit: Visit, covered: Coverage, now: datetime) -> list[str]:
    if not covered.sides:
        return [visit.words.text("No source is mostly about it; only those of the whole world are heard.")]
    return [_share_line(visit, side, share, now) for side, share in covered.sides]


def _share_line(visit: Visit, side: str, share: Share, now: datetime) -> str:
    words = visit.words
    name = words.text("Neutral") if side == NEUTRAL else Names(words, visit.desk.facts).party(side)
    heard = words.text(
        "{side}: {heard} of {total} sources are heard",
        side=bold(escape(name)),
        heard=words.number(share.heard_sources),
        total=words.number(share.sources),
    )
    if share.heard_sources or not share.sources:
        return heard
    last = words.moment(share.last_ok_at, now) + " UTC" if share.last_ok_at else words.text("none yet")
    return "🔇 " + heard + "; " + words.text("the last answer: {when}", when=last)


def _gap_line(visit: Visit, gap: Gap) -> str:
    now = visit.desk.clock.now()
    return "🔇 " + say_silence(gap.theatre, gap.what, gap.since, now, visit.words, visit.desk.facts)
