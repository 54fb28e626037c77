"""All that is known of an incident: each voice of its ledger, and on which words the reading rests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Claim, Evidence, Finding, Incident, Stance
from bot.rendering.alert import say_acts, say_casualties, say_retraction, say_status
from bot.rendering.html import bold, clean, escape, link, safe_url, shorten, strike
from bot.rendering.names import Names
from bot.rendering.words import ACTS, MARKS, mark
from bot.voices import Voice, collapse

VOICES_A_PAGE = 5
"""Voices on one page of a ledger: each takes three or four lines of a phone."""
REPORTS_A_VOICE = 6
"""Reports of one voice that stand together; what is more stands below its name once more."""
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


@dataclass(frozen=True, slots=True)
class _Entry:
    """A voice of the ledger with some of its reports."""

    voice: Voice
    reports: tuple[Claim, ...]
    is_first: bool
    copies: int = 0
    """Reports that only repeat another's text, after the last of the others."""


def count_pages(incident: Incident, *, is_numbered: bool = False) -> int:
    """How many pages the ledger has, one at least."""
    return max(1, -(-len(_entries(incident, is_numbered)) // VOICES_A_PAGE))


def render_ledger(
    incident: Incident, page: int, words: Words, now: datetime, facts: Facts, *, is_numbered: bool = False
) -> str:
    """One page (from 0) of the ledger as HTML: a voice for each side and observer, copies only counted.

    `is_numbered`: every report is named, copies too, with its number.
    """
    names = Names(words, facts)
    first = page * VOICES_A_PAGE
    shown = _entries(incident, is_numbered)[first : first + VOICES_A_PAGE]
    voices = [_show(entry, words, names, now, is_numbered) for entry in shown]
    return "\n\n".join(("\n".join(_head(incident, words, names)), *voices))


def _entries(incident: Incident, is_numbered: bool) -> list[_Entry]:
    return [entry for voice in collapse(incident.claims) for entry in _in_parts(voice, is_numbered)]


def _in_parts(voice: Voice, is_numbered: bool) -> Iterator[_Entry]:
    """A voice that is heard in many reports is told in several parts."""
    told = voice.said if is_numbered else voice.own
    for start in range(0, len(told), REPORTS_A_VOICE):
        part = told[start : start + REPORTS_A_VOICE]
        is_last = start + REPORTS_A_VOICE >= len(told)
        yield _Entry(voice, part, start == 0, voice.reports - len(told) if is_last else 0)


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


def _show(entry: _Entry, words: Words, names: Names, now: datetime, is_numbered: bool) -> str:
    """Who says what, when first and last, and in which reports."""
    voice = entry.voice
    lines = [_say_stances(voice, words, names)]
    if entry.is_first:
        places = dict.fromkeys(names.place(place) for claim in voice.own for place in claim.places)
        scene = escape(words.comma.join(list(places)[:3]))
        details = [*_parties(voice.claim, words, names), *_tolls(voice, words), scene]
        lines += [" · ".join(detail for detail in details if detail), _say_span(voice, words, now)]
    reports = words.comma.join(_say_report(each, words, names, now, is_numbered) for each in entry.reports)
    copies = words.count("{n} copy", "{n} copies", entry.copies) if entry.copies else ""
    lines.append(" · ".join(part for part in (reports, escape(copies)) if part))
    return "\n".join(line for line in lines if line)


def _say_stances(voice: Voice, words: Words, names: Names) -> str:
    """Armenia claims, updates: shelling."""
    stances = dict.fromkeys(words.text(_STANCES[claim.stance]) for claim in voice.own)
    acts = dict.fromkeys(words.text(ACTS[act]) for claim in voice.own for act in claim.acts)
    head = f"{bold(escape(names.speaker(voice.claim)))} {escape(words.comma.join(stances))}"
    return head + (f": {escape(words.comma.join(acts))}" if acts else "")


def _say_span(voice: Voice, words: Words, now: datetime) -> str:
    """When it was heard first and last; nothing where that is one time, which stands beside its report."""
    first, last = words.moment(voice.first_at, now), words.moment(voice.last_at, now)
    return escape(words.text("first {first}, last {last}", first=first, last=last)) if first != last else ""


def _say_report(claim: Claim, words: Words, names: Names, now: datetime, is_numbered: bool) -> str:
    told = f"{link(claim.url, escape(names.outlet(claim)))} {escape(words.moment(claim.said_at, now))}"
    marks = [escape(words.text("copy"))] if claim.is_copy else []
    marks += [f"#{claim.report_id}"] if is_numbered else []
    return words.isolate(f"{told} ({', '.join(marks)})" if marks else told)


def _parties(claim: Claim, words: Words, names: Names) -> Iterable[str]:
    if claim.accused:
        accused = escape(words.comma.join(names.party(party) for party in claim.accused[:3]))
        yield words.text("Accused: {accused}", accused=accused)


def _tolls(voice: Voice, words: Words) -> Iterable[str]:
    if voice.killed is not None:
        yield words.text("Killed: {figure}", figure=words.number(voice.killed))
    if voice.wounded is not None:
        yield words.text("Wounded: {figure}", figure=words.number(voice.wounded))


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


__all__ = ["MOST_READINGS", "REPORTS_A_VOICE", "VOICES_A_PAGE", "count_pages", "render_ledger", "render_why"]
