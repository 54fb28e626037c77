"""/audit: what the admins of the bot did, the newest first, page by page."""

from __future__ import annotations

from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.rendering.html import bold, clean, escape, shorten
from bot.storage.acts import Act, count_acts, latest_acts

PAGE = 10
_LONGEST_DETAIL = 60


async def say_audit(visit: Visit) -> Screen:
    """/audit: the newest acts."""
    return await _show(visit, 0)


async def press_audit(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`page`: another page in place of this one."""
    return Reaction(screen=await _show(visit, int(arguments[0])))


async def _show(visit: Visit, page: int) -> Screen:
    words = visit.words
    if not visit.is_private:
        raise RefusedInput(words.text("Say this in your private chat with me."))
    async with visit.desk.db.reading() as conn:
        total = await count_acts(conn)
        acts = await latest_acts(conn, page * PAGE, PAGE)
    if not acts:
        return Screen(words.text("No admin has done anything yet."))
    heading = bold(words.text("What admins did"))
    back = (visit.button("‹", "audit", str(page - 1)),) if page > 0 else ()
    onward = (visit.button("›", "audit", str(page + 1)),) if (page + 1) * PAGE < total else ()
    turning = (*back, *onward)
    return Screen("\n".join([heading, *(_line(visit, act) for act in acts)]), (turning,) if turning else ())


def _line(visit: Visit, act: Act) -> str:
    """`12 Dec 09:00 · 99 · /retract AA-1212-K3 a hoax`"""
    when = visit.words.moment(act.at, visit.desk.clock.now())
    what = " ".join(part for part in (f"/{act.what}", act.subject) if part)
    detail = shorten(clean(act.detail), _LONGEST_DETAIL)
    return " · ".join([when, str(act.admin_id), escape(f"{what} {detail}".strip())])
