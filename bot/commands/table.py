"""Every command and every button: what runs, and for buttons which command's right they need."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.commands import (
    addsource,
    announce,
    audit,
    dossier,
    editors,
    forget,
    keywords,
    languages,
    mode,
    narrowing,
    outlook,
    panel,
    picker,
    pins,
    regions,
    review,
    rhythm,
    roster,
    rulings,
    service,
    sharing,
    sources,
    standing,
    stats,
    style,
    transfer,
    zones,
)
from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.visit import Visit

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
    "filters": panel.say_filters,
    "severity": narrowing.say_severity,
    "confirmed": narrowing.say_confirmed,
    "acts": narrowing.say_acts,
    "parties": narrowing.say_parties,
    "around": pins.say_around,
    "digest": rhythm.say_digest,
    "quiet": rhythm.say_quiet,
    "mute": rhythm.say_mute,
    "unmute": rhythm.say_unmute,
    "preview": outlook.say_preview,
    "missed": outlook.say_missed,
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
    "export": transfer.say_export,
    "import": transfer.say_import,
    "editors": editors.say_editors,
    "retract": rulings.say_retract,
    "merge": rulings.say_merge,
    "split": rulings.say_split,
    "move": rulings.say_move,
    "announce": announce.say_announce,
    "admins": roster.say_admins,
    "mode": mode.say_mode,
    "audit": audit.say_audit,
    "review": review.say_review,
}
"""What each command shows; those that go on after their answer, or ask Telegram, are told apart."""

REFRESH, ADD_SOURCE, CHANNEL = "refresh", "addsource", "channel"
LASTING = (REFRESH, ADD_SOURCE, CHANNEL)

PRESSES: dict[str, Pressable] = {
    "open": Pressable(picker.press_open, "subscribe"),
    "on": Pressable(picker.press_on, "subscribe"),
    "off": Pressable(picker.press_off, "subscribe"),
    "covered": Pressable(picker.press_covered, "subscribe"),
    "done": Pressable(service.press_done, "subscribe"),
    "take": Pressable(regions.press_take, "subscribe"),
    "drop": Pressable(regions.press_drop, "unsubscribe"),
    "latest": Pressable(service.press_latest, "latest"),
    "filters": Pressable(panel.press_filters, "filters"),
    "severity": Pressable(narrowing.press_severity, "severity"),
    "confirmed": Pressable(narrowing.press_confirmed, "confirmed"),
    "acts": Pressable(narrowing.press_acts, "acts"),
    "parties": Pressable(narrowing.press_parties, "parties"),
    "rhythm": Pressable(rhythm.press_rhythm, "quiet"),
    "zones": Pressable(zones.press_zones, "quiet"),
    "mute": Pressable(rhythm.press_mute, "mute"),
    "pin": Pressable(pins.press_pin, "around"),
    "pins": Pressable(pins.press_pins, "around"),
    "unpin": Pressable(pins.press_unpin, "around"),
    "preview": Pressable(outlook.press_preview, "preview"),
    "missed": Pressable(outlook.press_missed, "missed"),
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
    "styles": Pressable(style.press_styles, "style"),
    "language": Pressable(languages.press_language, "language"),
    "share": Pressable(sharing.press_share, "share"),
    "editors": Pressable(editors.press_editors, "editors"),
    "rule": Pressable(rulings.press_rule, "retract"),
    "drop-rule": Pressable(rulings.press_drop, "retract"),
    "announce": Pressable(announce.press_announce, "announce"),
    "drop-announce": Pressable(announce.press_drop_announce, "announce"),
    "unadmin": Pressable(roster.press_remove, "admins"),
    "mode": Pressable(mode.press_mode, "mode"),
    "admit": Pressable(mode.press_admit, "mode"),
    "decline": Pressable(mode.press_decline, "mode"),
    "audit": Pressable(audit.press_audit, "audit"),
    "review": Pressable(review.press_review, "review"),
}
