"""/style: how a chat hears of what changes."""

from __future__ import annotations

from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.data.messages import mark
from bot.model import ChatStyle
from bot.rendering.html import bold
from bot.storage.chats import ensure_chat, set_style

_LABELS = {
    ChatStyle.LIVING: mark("Living message"),
    ChatStyle.EDITS: mark("Edits only"),
    ChatStyle.EACH: mark("A new message each time"),
}
_MEANINGS = {
    ChatStyle.LIVING: mark("each alert changes as more is known; what matters also gets a short reply"),
    ChatStyle.EDITS: mark("each alert changes as more is known, without a sound"),
    ChatStyle.EACH: mark("whatever changes comes as a message of its own"),
}


async def say_style(visit: Visit) -> Screen:
    """/style: what is chosen, and the other ways."""
    chat = await visit.known_chat()
    return _show(visit, chat.style if chat else ChatStyle.LIVING)


async def press_styles(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The same in place of the panel."""
    return Reaction(screen=await say_style(visit))


async def press_style(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`style`: this one from now on."""
    style, place, now = ChatStyle(arguments[0]), visit.place, visit.desk.clock.now()
    async with visit.desk.db.writing() as conn:
        chat = await ensure_chat(
            conn, place.telegram_id, visit.kind, now, place.topic_id, visit.words.language
        )
        await set_style(conn, chat.id, style)
    return Reaction(screen=_show(visit, style))


def _show(visit: Visit, chosen: ChatStyle) -> Screen:
    words = visit.words
    lines = [f"{bold(words.text(_LABELS[style]))}: {words.text(_MEANINGS[style])}" for style in ChatStyle]
    lines.append(words.text("A retraction is always told aloud."))
    buttons = [
        visit.button(("✅ " if style is chosen else "") + words.text(_LABELS[style]), "style", style.value)
        for style in ChatStyle
    ]
    return Screen("\n".join(lines), tuple((button,) for button in buttons))
