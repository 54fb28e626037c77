"""Every command and every button: what runs, and for buttons which command's right they need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.commands import (
    addsource,
    dossier,
    editors,
    forget,
    keywords,
    languages,
    picker,
    regions,
    rulings,
    service,
    sharing,
    sources,
    standing,
    stats,
    style,
)
from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit
from bot.data.messages import mark

Say = Callable[[Visit], Awaitable[Screen]]
React = Callable[[Visit, tuple[str, ...]], Awaitable[Reaction]]


@dataclass(frozen=True, slots=True)
class Pressable:
    """What a button does, and the command in the access table whose right it needs."""

    react: React
    command: str


COMMANDS: dict[str, Say] = {
    "start": service.say_start,
    "help": service.say_help,
    "subscribe": regions.say_subscribe,
    "unsubscribe": regions.say_unsubscribe,
    "keywords": keywords.say_keywords,
    "filters": keywords.say_filters,
    "latest": service.say_latest,
    "status": standing.say_status,
    "privacy": service.say_privacy,
    "forgetme": forget.say_forgetme,
    "stats": stats.say_stats,
    "sources": sources.say_sources,
    "removesource": sources.say_removesource,
    "pause": sources.say_pause,
    "resume": sources.say_resume,
    "why": dossier.say_why,
    "incident": dossier.say_incident,
    "style": style.say_style,
    "language": languages.say_language,
    "share": sharing.say_share,
    "editors": editors.say_editors,
    "retract": rulings.say_retract,
    "merge": rulings.say_merge,
    "split": rulings.say_split,
    "move": rulings.say_move,
}
"""What each command shows; those that go on after their answer, or ask Telegram, are told apart."""

REFRESH, ADD_SOURCE, CHANNEL = "refresh", "addsource", "channel"
LASTING = (REFRESH, ADD_SOURCE, CHANNEL)

PRESSES: dict[str, Pressable] = {
    "open": Pressable(picker.press_open, "subscribe"),
    "on": Pressable(picker.press_on, "subscribe"),
    "off": Pressable(picker.press_off, "subscribe"),
    "covered": Pressable(picker.press_covered, "subscribe"),
    "done": Pressable(picker.press_done, "subscribe"),
    "take": Pressable(regions.press_take, "subscribe"),
    "drop": Pressable(regions.press_drop, "unsubscribe"),
    "latest": Pressable(service.press_latest, "latest"),
    "filters": Pressable(keywords.press_filters, "filters"),
    "keywords": Pressable(keywords.press_keywords, "keywords"),
    "unkey": Pressable(keywords.press_remove_keyword, "keywords"),
    "forget": Pressable(forget.press_forget, "forgetme"),
    "keep": Pressable(forget.press_keep, "forgetme"),
    "sources": Pressable(sources.press_sources, "sources"),
    "pause": Pressable(sources.press_pause, "sources"),
    "resume": Pressable(sources.press_resume, "sources"),
    "unremove": Pressable(sources.press_unremove, "removesource"),
    "add-type": Pressable(addsource.press_type, "addsource"),
    "add-theatre": Pressable(addsource.press_theatre, "addsource"),
    "add-side": Pressable(addsource.press_side, "addsource"),
    "status": Pressable(standing.press_status, "status"),
    "why": Pressable(dossier.press_why, "why"),
    "details": Pressable(dossier.press_details, "incident"),
    "ledger": Pressable(dossier.press_ledger, "incident"),
    "style": Pressable(style.press_style, "style"),
    "language": Pressable(languages.press_language, "language"),
    "share": Pressable(sharing.press_share, "share"),
    "editors": Pressable(editors.press_editors, "editors"),
    "rule": Pressable(rulings.press_rule, "retract"),
    "drop-rule": Pressable(rulings.press_drop, "retract"),
}

MENU: dict[str, str] = {
    "subscribe": mark("Choose regions"),
    "filters": mark("What you have chosen"),
    "latest": mark("The latest incidents"),
    "incident": mark("Who says what of an incident"),
    "why": mark("What an alert rests on"),
    "keywords": mark("Only with, or without, a word"),
    "style": mark("How you hear of changes"),
    "unsubscribe": mark("Stop alerts for a region"),
    "language": mark("In which language I speak"),
    "share": mark("Links to pass on"),
    "channel": mark("Change a channel of yours from here"),
    "editors": mark("Who may change what I tell a group"),
    "status": mark("Is the service well?"),
    "help": mark("What I understand"),
    "privacy": mark("What is stored"),
    "forgetme": mark("Remove all about this chat"),
}
"""The command menu with one line each, the most used first."""

ADMIN_MENU: dict[str, str] = {
    "refresh": mark("Check the sources now"),
    "stats": mark("The figures of the service"),
    "sources": mark("How the sources are"),
    "addsource": mark("Watch another source"),
    "removesource": mark("Watch a source no more"),
    "pause": mark("Check a source no more for now"),
    "resume": mark("Check a paused source again"),
    "retract": mark("Take an incident back"),
    "merge": mark("Make two incidents one"),
    "split": mark("Make a report an incident of its own"),
    "move": mark("Put a report into another incident"),
}
"""What admins of the bot have besides."""

READER_MENU = ("latest", "incident", "why", "filters", "status", "help", "privacy")
"""What members of a group have."""
