"""/review, and the buttons under new incidents: right, no violation, duplicate, wrong place."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

from bot.commands.buttons import JUDGEMENTS, SIGNS
from bot.commands.dossier import find_incident
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Button, Screen
from bot.commands.visit import Visit
from bot.data.messages import Words, mark
from bot.errors import RefusedInput
from bot.rendering.html import bold
from bot.storage.acts import note_act
from bot.storage.admins import set_reviewing
from bot.storage.chats import ensure_chat
from bot.storage.verdicts import keep_verdict
from bot.watch.verdicts import Judgement, Precision, Reviewing, Verdict

CHOSEN = "✅"
_MODES = {
    Reviewing.ALL: mark("Every new incident comes here with buttons to judge it."),
    Reviewing.OWN: mark("Alerts that this chat chose come with buttons to judge them."),
    Reviewing.NONE: mark("Alerts come here without buttons to judge them."),
}
_WORDS = {"all": Reviewing.ALL, "on": Reviewing.OWN, "off": Reviewing.NONE}


async def say_review(visit: Visit) -> Screen:
    """/review all, on or off: what this admin's own chat gets to judge; alone it says how it is."""
    if not visit.is_private:
        raise RefusedInput(visit.words.text("Say this in your private chat with me."))
    desk, now = visit.desk, visit.desk.clock.now()
    if visit.text:
        reviewing = _WORDS.get(visit.text.lower())
        if reviewing is None:
            raise RefusedInput(visit.words.text("I know all, on and off, not {word}.", word=echo(visit.text)))
        async with desk.db.writing() as conn:
            language = visit.words.language
            chat = await ensure_chat(conn, visit.place.telegram_id, visit.kind, now, language=language)
            await set_reviewing(conn, chat.id, reviewing)
        await desk.admins.load(desk.db)
    said = visit.words.text(_MODES[desk.admins.reviewing(visit.place.telegram_id)])
    return Screen(said + "\n" + visit.words.text("/review all, /review on, /review off change that."))


async def press_review(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`code judgement`: what this admin says of the incident; it may be changed by pressing another."""
    code, judgement = arguments[0], Judgement(arguments[1])
    incident = await find_incident(visit, code)
    if incident is None or incident.code != code:  # what it became part of was not what was judged
        return Reaction(visit.words.text("This incident is no longer known."), is_urgent=True)
    judge = hmac.digest(visit.desk.seal_key, str(visit.speaker).encode(), hashlib.sha256).hex()[:16]
    reports = tuple(claim.report_id for claim in incident.claims)
    verdict = Verdict(code, judge, judgement, visit.desk.clock.now(), reports)
    async with visit.desk.db.writing() as conn:
        await keep_verdict(conn, verdict)
        await note_act(conn, visit.act("review", code, judgement.value))
    notice = visit.words.text("Noted: {what}", what=visit.words.text(JUDGEMENTS[judgement]))
    return Reaction(notice, keyboard=_mark_chosen(visit, code, judgement))


def say_precision(words: Words, measured: Precision | None) -> list[str]:
    """How often people found the alerts right; nothing while too few were judged."""
    if measured is None:
        return []
    return [
        words.count(
            "Of {n} alert that people judged from {first} to {last}, {share} were right.",
            "Of {n} alerts that people judged from {first} to {last}, {share} were right.",
            measured.judged,
            first=words.date(measured.first_at.date()),
            last=words.date(measured.last_at.date()),
            share=bold(words.percent(measured.share)),
        )
    ]


def _mark_chosen(visit: Visit, code: str, chosen: Judgement) -> tuple[tuple[Button, ...], ...]:
    """The pressed message's buttons, with a mark on what was said of this incident."""
    return tuple(tuple(_relabel(visit, button, code, chosen) for button in row) for row in visit.keyboard)


def _relabel(visit: Visit, button: Button, code: str, chosen: Judgement) -> Button:
    press = visit.seal.read(visit.place.telegram_id, button.data)
    if press is None or press.action != "review" or press.arguments[0] != code:
        return button
    each = Judgement(press.arguments[1])
    sign = CHOSEN if each is chosen else SIGNS[each]
    return replace(button, label=f"{sign} {visit.words.text(JUDGEMENTS[each])}")
