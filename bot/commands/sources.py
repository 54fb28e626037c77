"""/sources: how each source is, with buttons to pause and resume it."""

from __future__ import annotations

from datetime import datetime

from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.rendering.html import bold, clean, escape, shorten
from bot.storage.sources import SourceCheck, all_checks, pause, resume
from bot.storage.status import is_alive

PAGE = 8
"""Sources on one page: each has a line and a button."""
_LONGEST_NAME = 40
_LONGEST_ERROR = 80


async def say_sources(visit: Visit) -> Screen:
    """/sources: the first page."""
    return await _show(visit, 0)


async def press_sources(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`page`: another page."""
    return Reaction(screen=await _show(visit, int(arguments[0])))


async def press_pause(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash page`: check this source no more."""
    return await _switch(visit, arguments, is_pause=True)


async def press_resume(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash page`: check it again, at once."""
    return await _switch(visit, arguments, is_pause=False)


async def _switch(visit: Visit, arguments: tuple[str, ...], *, is_pause: bool) -> Reaction:
    hashed, page = arguments
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        for check in await all_checks(conn):
            if short_hash(check.source.id) == hashed:
                await (pause if is_pause else resume)(conn, check.source.id, now)
    return Reaction(screen=await _show(visit, int(page)))


async def _show(visit: Visit, page: int) -> Screen:
    now, words = visit.desk.clock.now(), visit.words
    async with visit.desk.db.reading() as conn:
        checks = await all_checks(conn)
    alive = sum(is_alive(check, now) for check in checks)
    heading = words.text(
        "Sources that answer: {alive} of {total}", alive=words.number(alive), total=words.number(len(checks))
    )
    shown = checks[page * PAGE : (page + 1) * PAGE]
    lines = [bold(heading), *(_line(words, check, now) for check in shown)]
    rows = tuple((_switch_button(visit, check, page),) for check in shown)
    return Screen("\n".join(lines), (*rows, *_turning(visit, page, len(checks))))


def _line(words: Words, check: SourceCheck, now: datetime) -> str:
    name = bold(escape(_short_name(check)))
    if check.state.paused_at is not None:
        return f"⏸ {name}: " + words.text("paused")
    if check.state.last_checked_at is None:
        return f"▫️ {name}: " + words.text("not checked yet")
    ago = words.text("{span} ago", span=words.span(now - check.state.last_checked_at))
    if not check.state.failures:
        return f"✅ {name}: {ago}"
    times = words.count("failed once", "failed {n} times in a row", check.state.failures)
    why = escape(shorten(clean(check.state.last_error or ""), _LONGEST_ERROR))
    return f"⚠️ {name}: {times}, {ago}\n{why}"


def _short_name(check: SourceCheck) -> str:
    return shorten(clean(check.source.name), _LONGEST_NAME)


def _switch_button(visit: Visit, check: SourceCheck, page: int) -> Button:
    is_paused = check.state.paused_at is not None
    name = _short_name(check)
    label = (
        visit.words.text("Resume {name}", name=name)
        if is_paused
        else visit.words.text("Pause {name}", name=name)
    )
    return visit.button(label, "resume" if is_paused else "pause", short_hash(check.source.id), str(page))


def _turning(visit: Visit, page: int, total: int) -> tuple[tuple[Button, ...], ...]:
    back = (visit.button("‹", "sources", str(page - 1)),) if page > 0 else ()
    onward = (visit.button("›", "sources", str(page + 1)),) if (page + 1) * PAGE < total else ()
    return ((*back, *onward),) if back or onward else ()
