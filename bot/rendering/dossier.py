"""All that is known of an incident: each voice of its ledger, and on which words the reading rests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Claim, Evidence, Finding, Incident, Stance
from bot.rendering.alert import say_acts, say_casualties, say_retraction, say_status
from bot.rendering.html import bold, clean, escape, link, safe_url, shorten, strike
from bot.rendering.names import Names
from bot.rendering.words import ACTS, MARKS, mark

CLAIMS_A_PAGE = 5
"""Voices on one page of a ledger: each takes two or three lines of a phone."""
MOST_READINGS = 4
"""Reports whose words are quoted: the first ones are those that made the alert."""
MOST_WORDS = 4
"""Quotations of one kind from one report."""
LONGEST_REFERENCE = 80
"""UTF-16 units of what says where a truce is written down."""
LONGEST_WORDS = 40
"""UTF-16 units of a quotation."""

_STANCES = {
    Stance.CLAIM: mark("claims"),
    Stance.CONFIRMATION: mark("confirms"),
    Stance.DENIAL: mark("denies"),
    Stance.UPDATE: mark("updates"),
    Stance.TALLY: mark("counts"),
}
_QUOTED = {
    "act": mark("act"),
    "truce": mark("truce"),
    "party": mark("parties"),
    "place": mark("place"),
    "day": mark("day"),
    "killed": mark("killed"),
    "wounded": mark("wounded"),
}
"""Kinds of evidence that people are shown, in this order."""


def count_pages(incident: Incident) -> int:
    """How many pages the ledger has, one at least."""
    return max(1, -(-len(incident.claims) // CLAIMS_A_PAGE))


def render_ledger(
    incident: Incident, page: int, words: Words, now: datetime, facts: Facts, *, is_numbered: bool = False
) -> str:
    """One page (from 0) of the ledger as HTML; `is_numbered`: with the reports' numbers."""
    names = Names(words, facts)
    first = page * CLAIMS_A_PAGE
    shown = incident.claims[first : first + CLAIMS_A_PAGE]
    voices = [_voice(claim, words, names, now, is_numbered) for claim in shown]
    return "\n\n".join(("\n".join(_head(incident, words, names)), *voices))


def render_why(
    incident: Incident, readings: Sequence[tuple[Claim, Finding]], words: Words, facts: Facts
) -> str:
    """Words, places, parties, the truce and the sources behind an alert, and what its status rests on."""
    names = Names(words, facts)
    lines = [bold(words.text("Why this alert: {code}", code=escape(incident.code)))]
    for claim, finding in readings[:MOST_READINGS]:
        quoted = " · ".join(_quotations(finding.evidence, words))
        lines.append(f"• {link(claim.url, escape(names.outlet(claim)))}: {quoted}")
    if len(readings) > MOST_READINGS:
        left = len(readings) - MOST_READINGS
        lines.append(words.count("… and {n} more report", "… and {n} more reports", left))
    lines += [_truce(incident, words, names, facts), _rest(incident, words, names)]
    return "\n".join(line for line in lines if line)


def _head(incident: Incident, words: Words, names: Names) -> list[str]:
    places, around = names.scene(incident, 3)
    told = f"{say_acts(incident, words)} · {words.date(incident.occurred)}"
    title = f"{bold(escape(places))}" + (f" · {escape(around)}" if around else "")
    lines = [f"{MARKS[incident.severity]} {title} · {escape(incident.code)}", escape(told)]
    lines += [say_casualties(incident, words, names), say_status(incident, words, names)]
    if incident.retraction is None:
        return [line for line in lines if line]
    reason = words.text("Retracted: {reason}", reason=say_retraction(incident, words))
    return [reason, *(strike(line) for line in lines[:3] if line)]


def _voice(claim: Claim, words: Words, names: Names, now: datetime, is_numbered: bool) -> str:
    """Who says what, when and where; a copy of another report says so."""
    stance = words.text(_STANCES[claim.stance])
    acts = words.comma.join(words.text(ACTS[act]) for act in claim.acts)
    head = f"{bold(escape(names.speaker(claim)))} {escape(stance)}" + (f": {escape(acts)}" if acts else "")
    details = [
        *_parties(claim, words, names),
        *_tolls(claim, words),
        escape(words.comma.join(names.place(place) for place in claim.places[:3])),
    ]
    where = [link(claim.url, escape(names.outlet(claim))), escape(words.moment(claim.said_at, now))]
    where += [escape(words.text("copy"))] if claim.is_copy else []
    where += [f"#{claim.report_id}"] if is_numbered else []
    parts = [head, " · ".join(detail for detail in details if detail), " · ".join(where)]
    return "\n".join(part for part in parts if part)


def _parties(claim: Claim, words: Words, names: Names) -> Iterable[str]:
    if claim.accused:
        accused = escape(words.comma.join(names.party(party) for party in claim.accused[:3]))
        yield words.text("Accused: {accused}", accused=accused)


def _tolls(claim: Claim, words: Words) -> Iterable[str]:
    if claim.killed is not None:
        yield words.text("Killed: {figure}", figure=words.number(claim.killed))
    if claim.wounded is not None:
        yield words.text("Wounded: {figure}", figure=words.number(claim.wounded))


def _quotations(evidence: Sequence[Evidence], words: Words) -> Iterable[str]:
    """The words of a report by what they were taken for."""
    for what, title in _QUOTED.items():
        said = dict.fromkeys(shorten(clean(e.words), LONGEST_WORDS) for e in evidence if e.what == what)
        quoted = words.comma.join(words.isolate(f"“{escape(each)}”") for each in list(said)[:MOST_WORDS])
        if quoted:
            yield f"{escape(words.text(title))} {quoted}"


def _truce(incident: Incident, words: Words, names: Names, facts: Facts) -> str:
    """The agreement in force, and where it is written down."""
    truce = next((each for each in facts.truces if each.id == incident.truce), None)
    if truce is None:
        return ""
    since, name = escape(words.date(truce.since.date())), link(truce.reference, escape(names.truce(truce.id)))
    told = words.text("Truce: {name}, since {day}", name=name, day=since)
    is_linked = safe_url(truce.reference) is not None
    return told if is_linked else f"{told} ({escape(shorten(clean(truce.reference), LONGEST_REFERENCE))})"


def _rest(incident: Incident, words: Words, names: Names) -> str:
    """How far it is established, and the reports on which that rests."""
    resting = [claim for claim in incident.claims if claim.report_id in incident.rests_on]
    links = dict.fromkeys(link(claim.url, escape(names.outlet(claim))) for claim in resting)
    status = say_status(incident, words, names)
    return f"{status} · {words.text('rests on {reports}', reports=', '.join(links))}" if links else status


__all__ = ["CLAIMS_A_PAGE", "MOST_READINGS", "count_pages", "render_ledger", "render_why"]
