"""/forgetme: everything about a chat, with all its topics, is removed, in two steps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.storage.applicants import drop_applicant
from bot.storage.chats import forget, topics_of

OFFER_STANDS = timedelta(minutes=10)
"""A confirming button pressed later than this does nothing: whoever finds it may not know what it does."""


async def say_forgetme(visit: Visit) -> Screen:
    """/forgetme: asks first."""
    async with visit.desk.db.reading() as conn:
        is_known = bool(await topics_of(conn, visit.place.telegram_id))
    if not is_known:
        async with visit.desk.db.writing() as conn:
            await drop_applicant(conn, visit.place.telegram_id)
        return Screen(visit.words.text("I know nothing about this chat."))
    asked_at = str(int(visit.desk.clock.now().timestamp()))
    yes = visit.button(visit.words.text("Yes, forget everything"), "forget", asked_at)
    no = visit.button(visit.words.text("No, keep it"), "keep")
    text = visit.words.text(
        "Shall I remove this chat's regions, keywords and history? This cannot be undone."
    )
    return Screen(text, ((yes,), (no,)))


async def press_forget(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`seconds`: when it was asked; removes everything unless that is too long ago."""
    asked_at = datetime.fromtimestamp(int(arguments[0]), UTC)
    if visit.desk.clock.now() - asked_at > OFFER_STANDS:
        return Reaction(
            screen=Screen(
                visit.words.text("That was a while ago; nothing was removed. /forgetme asks again.")
            )
        )
    async with visit.desk.db.writing() as conn:
        for chat in await topics_of(conn, visit.place.telegram_id):
            await forget(conn, chat.id)
        await drop_applicant(conn, visit.place.telegram_id)
    await visit.desk.db.empty_log()
    return Reaction(
        screen=Screen(visit.words.text("Done: I know nothing about this chat any more. /start begins anew."))
    )


async def press_keep(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """Nothing is removed."""
    return Reaction(screen=Screen(visit.words.text("Everything stays as it was.")))
