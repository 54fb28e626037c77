"""Short answers to the living message, for changes that matter; and an incident in one line."""

from __future__ import annotations

from dataclasses import replace

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Alert, AlertKind, Claim, Incident, Stance
from bot.rendering.alert import Rendered, say_acts, say_casualties, say_retraction, say_sides
from bot.rendering.direction import lay_out
from bot.rendering.html import bold, cut, escape, link, strike, to_plain
from bot.rendering.names import Names
from bot.rendering.words import MARKS, STATUSES, mark

MOST_VISIBLE_REPLY = 300
"""UTF-16 units of a reply: the message that it answers says the rest."""

MOST_VISIBLE_LINE = 160
"""UTF-16 units of an incident in a list."""

_HEADS = {
    AlertKind.NEW: mark("New incident"),
    AlertKind.GROWN: mark("New details"),
    AlertKind.CONFIRMED: mark("Confirmed"),
    AlertKind.DENIED: mark("Denied"),
    AlertKind.CORRECTED: mark("Correction"),
    AlertKind.RETRACTED: mark("Retracted"),
    AlertKind.DEATHS: mark("More deaths reported"),
    AlertKind.WIDER: mark("Wider area"),
    AlertKind.MERGED: mark("Two incidents are one"),
}


def render_reply(alert: Alert, words: Words, facts: Facts) -> Rendered:
    """What changed, in two or three lines, with the report that changed it."""
    incident, names = alert.incident, Names(words, facts)
    places, _ = names.scene(incident, 3)
    head = bold(escape(words.comma.join(words.text(_HEADS[kind]) for kind in _kinds(alert))))
    lines = [f"{head} · {escape(places)} · {escape(incident.code)}", _what(alert, words, names)]
    if alert.kind is not AlertKind.RETRACTED:
        claim = _telling(alert)
        lines.append(link(claim.url, escape(names.outlet(claim))))
    html = cut(lay_out("\n".join(line for line in lines if line), words), MOST_VISIBLE_REPLY)
    return Rendered(html, to_plain(html))


def render_line(incident: Incident, words: Words, facts: Facts) -> str:
    """An incident in one line of HTML for a list: mark, day, place, what happened, status, code."""
    names = Names(words, facts)
    places, _ = names.scene(incident, 2)
    parts = [
        f"{MARKS[incident.severity]} {escape(words.day(incident.occurred))}",
        f"{bold(escape(places))}: {escape(say_acts(incident, words, 2))}",
        escape(words.text(STATUSES[incident.status])),
        escape(incident.code),
    ]
    line = " · ".join(parts)
    return cut(strike(line) if incident.retraction is not None else line, MOST_VISIBLE_LINE)


def render_brief(alert: Alert, words: Words, facts: Facts) -> Rendered:
    """An alert as one line with the first report of it, for those who want little of each."""
    incident, names = alert.incident, Names(words, facts)
    line = render_line(incident, words, facts)
    if incident.claims:
        claim = incident.claims[0]
        line += f" · {link(claim.url, escape(names.outlet(claim)))}"
    html = lay_out(line, words)
    return Rendered(html, to_plain(html))


def _kinds(alert: Alert) -> tuple[AlertKind, ...]:
    """The changes that the reply tells, the last first; a retraction leaves nothing else to say."""
    if alert.kind is AlertKind.RETRACTED:
        return (alert.kind,)
    return tuple(dict.fromkeys((alert.kind, *reversed(alert.kinds))))


def _what(alert: Alert, words: Words, names: Names) -> str:
    incident = alert.incident
    if alert.kind is AlertKind.RETRACTED:
        return say_retraction(incident, words)
    kinds, parts = _kinds(alert), []
    if AlertKind.CONFIRMED in kinds and _resting(incident):
        parts.append(words.text("By: {who}", who=_who(_resting(incident), names)))
    elif AlertKind.DENIED in kinds:
        parts.append(
            words.text("By: {who}", who=_who((_telling(replace(alert, kind=AlertKind.DENIED)),), names))
        )
    if set(kinds) - {AlertKind.CONFIRMED, AlertKind.DENIED}:
        parts.append(say_casualties(incident, words, names))
    if AlertKind.CORRECTED in kinds:  # what stands no longer may be whom it blamed
        parts.append(say_sides(incident, words, names))
    return "\n".join(part for part in parts if part)


def _who(claims: tuple[Claim, ...], names: Names) -> str:
    return escape(names.speakers(claims))


def _resting(incident: Incident) -> tuple[Claim, ...]:
    return tuple(claim for claim in incident.claims if claim.report_id in incident.rests_on)


def _telling(alert: Alert) -> Claim:
    """The report that brought the change: the last of the kind that the change rests on."""
    claims = [claim for claim in alert.incident.claims if not claim.is_copy] or list(alert.incident.claims)
    if alert.kind is AlertKind.CONFIRMED:
        claims = list(_resting(alert.incident)) or claims
    if alert.kind is AlertKind.DENIED:
        claims = [claim for claim in claims if claim.stance is Stance.DENIAL] or claims
    return claims[-1]
