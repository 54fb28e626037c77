"""/style: how a chat hears of what changes, how much of it, and what sounds."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from bot.choices import Length, Sound
from bot.commands.grammar import echo
from bot.commands.outlook import Connection, back_to_filters, change
from bot.commands.picker import CHOSEN, Reaction
from bot.commands.screen import Button, Screen, in_rows
from bot.commands.visit import Visit
from bot.data.messages import mark
from bot.errors import RefusedInput
from bot.folding import fold
from bot.model import ChatStyle
from bot.rendering.html import bold
from bot.storage.chats import set_length, set_sound, set_style

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
_LENGTHS = {Length.FULL: mark("In full"), Length.COMPACT: mark("In one line")}
_SOUNDS = {
    Sound.ALL: mark("All sound"),
    Sound.SERIOUS: mark("From serious on"),
    Sound.GRAVE: mark("Only grave ones"),
    Sound.NONE: mark("None sounds"),
}
_WORDS: dict[str, StrEnum] = {
    "living": ChatStyle.LIVING,
    "edits": ChatStyle.EDITS,
    "new": ChatStyle.EACH,
    "each": ChatStyle.EACH,
    "full": Length.FULL,
    "compact": Length.COMPACT,
    "loud": Sound.ALL,
    "serious": Sound.SERIOUS,
    "grave": Sound.GRAVE,
    "silent": Sound.NONE,
}
"""What can be written after /style; several together."""


async def say_style(visit: Visit) -> Screen:
    """/style [living|edits|new] [full|compact] [loud|serious|grave|silent]; alone it shows the choice."""
    chosen = []
    for word in visit.text.split():
        if fold(word) not in _WORDS:
            raise RefusedInput(
                visit.words.text(
                    "I do not know {word} as a style. These are known: living, edits, new; full, compact; "
                    "loud, serious, grave, silent.",
                    word=echo(word),
                )
            )
        chosen.append(_WORDS[fold(word)])
    if chosen:
        await _choose(visit, chosen)
    return await _show(visit)


async def press_styles(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """The same in place of the panel."""
    return Reaction(screen=await _show(visit))


async def press_style(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`style`, `sound X` or `length X`: this one from now on."""
    kinds: dict[str, type[StrEnum]] = {"sound": Sound, "length": Length}
    kind = kinds.get(arguments[0], ChatStyle)
    await _choose(visit, [kind(arguments[-1])])
    return Reaction(screen=await _show(visit))


async def _choose(visit: Visit, chosen: list[StrEnum]) -> None:
    async def work(conn: Connection, chat_id: int) -> None:
        for each in chosen:
            if isinstance(each, ChatStyle):
                await set_style(conn, chat_id, each)
            elif isinstance(each, Sound):
                await set_sound(conn, chat_id, each)
            elif isinstance(each, Length):
                await set_length(conn, chat_id, each)

    await change(visit, work)


async def _show(visit: Visit) -> Screen:
    words, chat = visit.words, await visit.known_chat()
    style = chat.style if chat else ChatStyle.LIVING
    lines = [f"{bold(words.text(_LABELS[each]))}: {words.text(_MEANINGS[each])}" for each in ChatStyle]
    lines.append(words.text("A retraction is always told aloud."))
    styles = _buttons(visit, _LABELS, style)
    lengths = _buttons(visit, _LENGTHS, chat.length if chat else Length.FULL, "length")
    sounds = _buttons(visit, _SOUNDS, chat.sound if chat else Sound.ALL, "sound")
    rows = (*in_rows(styles, 1), *in_rows(lengths, 2), *in_rows(sounds, 2), (back_to_filters(visit),))
    return Screen("\n".join(lines), rows)


def _buttons(visit: Visit, labels: Mapping[Any, str], chosen: StrEnum, *kind: str) -> list[Button]:
    return [
        visit.button((CHOSEN if each is chosen else "") + visit.words.text(label), "style", *kind, each.value)
        for each, label in labels.items()
    ]
