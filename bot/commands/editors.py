"""/editors: whether all members of a group may change what the bot tells there, or its admins alone."""

from __future__ import annotations

from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.model import ChatKind
from bot.storage.chats import ensure_chat, set_open

_GROUPS = (ChatKind.GROUP, ChatKind.SUPERGROUP)


async def say_editors(visit: Visit) -> Screen:
    """/editors: who may change the group's settings now, with buttons. Raises RefusedInput elsewhere."""
    if visit.kind not in _GROUPS:
        raise RefusedInput(visit.words.text("/editors is for groups: who may change what I tell there."))
    return await _show(visit)


async def press_editors(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`all` or `admins`: from now on, in every topic of the group."""
    async with visit.desk.db.writing() as conn:
        now = visit.desk.clock.now()
        chat = await ensure_chat(
            conn, visit.place.telegram_id, visit.kind, now, language=visit.words.language
        )
        await set_open(conn, chat.id, is_open=arguments[0] == "all")
    return Reaction(screen=await _show(visit))


async def _show(visit: Visit) -> Screen:
    words, is_open = visit.words, await visit.is_open()
    if is_open:
        text = words.text("All members may change what I tell here. Only admins can change that.")
    else:
        text = words.text("Only the admins of this chat may change what I tell here.")
    labels = {"admins": words.text("Admins only"), "all": words.text("All members")}
    chosen = "all" if is_open else "admins"
    marked = {who: ("✅ " if who == chosen else "") + label for who, label in labels.items()}
    return Screen(text, (tuple(visit.button(label, "editors", who) for who, label in marked.items()),))
