"""/sources, /pause, /resume, /removesource: how each source is, and whether it is watched."""

from __future__ import annotations

from datetime import datetime

from bot.commands.condition import mark_of, say_delay, say_why
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.folding import fold
from bot.rendering.html import bold, clean, escape, shorten
from bot.storage.acts import note_act
from bot.storage.sources import (
    SourceCheck,
    all_checks,
    known_ids,
    pause,
    remove_source,
    restore_source,
    resume,
)
from bot.storage.status import is_alive
from bot.watch.health import Health, Why, diagnose

PAGE = 8
"""Sources on one page: each has a line and a button."""
_LONGEST_NAME = 40


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


async def say_pause(visit: Visit) -> Screen:
    """/pause SOURCE: check it no more for now."""
    check = await find_check(visit, "/pause")
    async with visit.desk.db.writing() as conn:
        await pause(conn, check.source.id, visit.desk.clock.now())
        await note_act(conn, visit.act("pause", check.source.id))
    return Screen(visit.words.text("{name} is paused.", name=bold(escape(_short_name(check)))))


async def say_resume(visit: Visit) -> Screen:
    """/resume SOURCE: check it again, at once."""
    check = await find_check(visit, "/resume")
    async with visit.desk.db.writing() as conn:
        await resume(conn, check.source.id, visit.desk.clock.now())
        await note_act(conn, visit.act("resume", check.source.id))
    return Screen(visit.words.text("{name} is watched.", name=bold(escape(_short_name(check)))))


async def say_removesource(visit: Visit) -> Screen:
    """/removesource SOURCE: watch it no more, whatever the catalogue says; what it told stays."""
    check = await find_check(visit, "/removesource")
    async with visit.desk.db.writing() as conn:
        await remove_source(conn, check.source.id, visit.desk.clock.now())
        await note_act(conn, visit.act("removesource", check.source.id))
    said = visit.words.text(
        "{name} is watched no more; what it told stays.", name=bold(escape(_short_name(check)))
    )
    undo = visit.button(visit.words.text("Watch it again"), "unremove", short_hash(check.source.id))
    return Screen(said, ((undo,),))


async def press_unremove(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: a removed source is watched again."""
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        ids = [each for each in await known_ids(conn) if short_hash(each) == arguments[0]]
        back = [each for each in ids if await restore_source(conn, each, now)]
        for each in back:
            await note_act(conn, visit.act("addsource", each))
    if not back:
        raise RefusedInput(visit.words.text("It is watched already."))
    return Reaction(screen=Screen(visit.words.text("It is watched again.")))


async def find_check(visit: Visit, command: str) -> SourceCheck:
    """The source that is named by its id, name or address; raises RefusedInput when there is none."""
    if not visit.text:
        raise RefusedInput(
            visit.words.text("Say which: {command} SOURCE. /sources lists them.", command=command)
        )
    async with visit.desk.db.reading() as conn:
        checks = await all_checks(conn)
    wanted = fold(visit.text)
    for check in checks:
        if wanted in (fold(check.source.id), fold(check.source.name)) or visit.text == check.source.url:
            return check
    raise RefusedInput(
        visit.words.text("I know no source {name}. /sources lists them.", name=echo(visit.text))
    )


async def _switch(visit: Visit, arguments: tuple[str, ...], *, is_pause: bool) -> Reaction:
    hashed, page = arguments
    now = visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        for check in await all_checks(conn):
            if short_hash(check.source.id) == hashed:
                await (pause if is_pause else resume)(conn, check.source.id, now)
                await note_act(conn, visit.act("pause" if is_pause else "resume", check.source.id))
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
    found, state = diagnose(check, now), check.state
    head = f"{mark_of(found)} {bold(escape(_short_name(check)))}: "
    if found.health is Health.PAUSED:
        return head + words.text("paused")
    if state.last_checked_at is None:
        return head + words.text("not checked yet")
    ago = words.ago(now - state.last_checked_at)
    if state.failures:
        ago = words.count("failed once", "failed {n} times in a row", state.failures) + ", " + ago
    why, delay = say_why(words, found, now), say_delay(words, state.vitals.lags_s)
    if not why and not delay:
        return head + ago
    rest = why if found.why is Why.ERROR else "; ".join(part for part in (why, delay) if part)
    return f"{head}{ago}\n{rest}"


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
