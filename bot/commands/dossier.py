"""/why and /incident: what an alert rests on, and the whole ledger of its incident."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bot.choices import Circle, Trait
from bot.commands.access import Verdict, judge
from bot.commands.buttons import review_buttons
from bot.commands.choice import name_region
from bot.commands.grammar import echo
from bot.commands.narrowing import acts_line, confirmed_line, parties_line, severity_line
from bot.commands.picker import Reaction
from bot.commands.pins import name_circle
from bot.commands.screen import Button, Screen
from bot.commands.visit import Visit
from bot.folding import fold
from bot.incidents import tell_roles, traits_of
from bot.model import ChatKind, Incident, IncidentStatus
from bot.reading.text import is_spaceless
from bot.rendering.dossier import count_pages, render_ledger, render_why
from bot.rendering.html import bold, escape, to_plain
from bot.rendering.replies import render_line
from bot.storage.findings import findings_of, matched_texts
from bot.storage.incidents import incident_by_any_code
from bot.storage.previews import circles_around
from bot.storage.subscriptions import EVERYTHING, Filters
from bot.watch.verdicts import Reviewing

CODE = re.compile(r"\b[A-Z]{2}-\d{4}-[A-Z0-9]{2,8}\b")
"""A code of an incident in any text."""
_MOST_KEYWORDS = 5


async def say_why(visit: Visit) -> Screen:
    """/why in reply to an alert, or with a code."""
    incident = await find_incident(visit, visit.text or _code_in(visit.answered))
    if incident is None:
        return _say_unknown(visit, visit.text)
    return Screen(await _explain(visit, incident), ((_details_button(visit, incident),),))


async def say_incident(visit: Visit) -> Screen:
    """/incident CODE: the first page of the ledger; in reply to an alert no code is needed."""
    incident = await find_incident(visit, visit.text or _code_in(visit.answered))
    if incident is None:
        return _say_unknown(visit, visit.text)
    return show_ledger(visit, incident, 0)


async def press_why(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`code`: under an alert; the answer comes as a message of its own, in a channel as a notice."""
    incident = await find_incident(visit, arguments[0])
    if incident is None:
        return Reaction(visit.words.text("This incident is no longer known."), is_urgent=True)
    if visit.kind is ChatKind.CHANNEL:
        return Reaction(_brief(visit, incident), is_urgent=True)
    text = await _explain(visit, incident)
    return Reaction(answer=Screen(text, ((_details_button(visit, incident),),)))


async def press_details(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`code`: the ledger as a message of its own, in a channel as a notice."""
    incident = await find_incident(visit, arguments[0])
    if incident is None:
        return Reaction(visit.words.text("This incident is no longer known."), is_urgent=True)
    if visit.kind is ChatKind.CHANNEL:
        return Reaction(_brief(visit, incident), is_urgent=True)
    return Reaction(answer=show_ledger(visit, incident, 0))


async def press_ledger(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`code page`: another page in place of this one."""
    code, page = arguments
    incident = await find_incident(visit, code)
    if incident is None:
        return Reaction(visit.words.text("This incident is no longer known."), is_urgent=True)
    return Reaction(screen=show_ledger(visit, incident, int(page)))


async def find_incident(visit: Visit, code: str) -> Incident | None:
    """The incident with this code, in capital or small letters."""
    written = code.strip().upper()
    async with visit.desk.db.reading() as conn:
        return await incident_by_any_code(conn, written) if written else None


def show_ledger(visit: Visit, incident: Incident, page: int) -> Screen:
    """A page of the ledger with buttons to the others; the bot's admins see the reports' numbers."""
    is_numbered = judge("retract", visit.roles) is Verdict.ALLOW
    pages = count_pages(incident, is_numbered=is_numbered)
    page = min(max(0, page), pages - 1)
    text = render_ledger(
        tell_roles(incident),
        page,
        visit.words,
        visit.desk.clock.now(),
        visit.desk.facts,
        is_numbered=is_numbered,
    )
    turning = []
    if page > 0:
        turning.append(visit.button("‹", "ledger", incident.code, str(page - 1)))
    if page + 1 < pages:
        turning.append(visit.button("›", "ledger", incident.code, str(page + 1)))
    why = visit.button(visit.words.text("Why"), "why", incident.code)
    return Screen(text, ((*turning, why), *_review_rows(visit, incident)))


def _review_rows(visit: Visit, incident: Incident) -> tuple[tuple[Button, ...], ...]:
    """An admin judges the incident here too, in their own chat."""
    is_reviewed = visit.is_private and judge("review", visit.roles) is Verdict.ALLOW
    if not is_reviewed or visit.desk.admins.reviewing(visit.place.telegram_id) is Reviewing.NONE:
        return ()
    rows = review_buttons(visit.words, visit.seal, visit.place.telegram_id, incident.code)
    return tuple(tuple(Button(label, data) for label, data in row) for row in rows)


def _details_button(visit: Visit, incident: Incident) -> Button:
    return visit.button(visit.words.text("Details"), "details", incident.code)


async def _explain(visit: Visit, incident: Incident) -> str:
    async with visit.desk.db.reading() as conn:
        findings = await findings_of(conn, incident.id or 0)
        texts = await matched_texts(conn, incident.id or 0)
    readings = [(c, findings[c.report_id]) for c in incident.claims if c.report_id in findings]
    why = render_why(incident, readings, visit.words, visit.desk.facts)
    circles = await _circles(visit, incident)
    return f"{why}\n{_say_filter(visit, incident, await visit.filters(), circles, texts)}"


async def _circles(visit: Visit, incident: Incident) -> tuple[Circle, ...]:
    chat = await visit.known_chat()
    if chat is None:
        return ()
    async with visit.desk.db.reading() as conn:
        return await circles_around(conn, chat.id, incident.id or 0)


def _say_filter(
    visit: Visit, incident: Incident, filters: Filters, circles: tuple[Circle, ...], texts: list[str]
) -> str:
    """Which choice of this chat holds the incident."""
    words, held = visit.words, {incident.theatre, *incident.regions, EVERYTHING}
    chosen = [region for region in filters.regions if region in held]
    names = [bold(name_region(visit.desk.atlas, words, region)) for region in chosen]
    names += [bold(escape(name_circle(visit, each))) for each in circles]
    held_traits = traits_of(incident)
    if not names or any(asked and not set(asked) & held_traits for asked in _asked(filters)):
        return words.text("This chat's choice does not hold it now.")
    line = words.text("Your choice: {regions}", regions=words.list(names))
    found = [word for word in filters.include if any(_occurs(word, text) for text in texts)]
    if found:
        listed = ", ".join(bold(escape(word)) for word in found[:_MOST_KEYWORDS])
        line += " · " + words.text("your words: {words}", words=listed)
    return " · ".join((line, *_say_traits(visit, filters, held_traits)))


def _asked(filters: Filters) -> Iterator[list[tuple[Trait, str]]]:
    """What the chat asks for, kind by kind: of each, one must hold."""
    yield [(Trait.SEVERITY, filters.least)] if filters.least else []
    yield [(Trait.STATUS, IncidentStatus.CONFIRMED)] if filters.is_confirmed_only else []
    yield [(Trait.ACT, act) for act in filters.acts]
    yield [(Trait.PARTY, party) for party in filters.parties]


def _say_traits(visit: Visit, filters: Filters, held: Collection[tuple[Trait, str]]) -> Iterator[str]:
    """The filters that it got through; of acts and parties those that it has."""
    if filters.least:
        yield severity_line(visit.words, filters)
    if filters.is_confirmed_only:
        yield confirmed_line(visit.words, filters)
    if acts := [act for act in filters.acts if (Trait.ACT, act) in held]:
        yield acts_line(visit.words, acts)
    if parties := [party for party in filters.parties if (Trait.PARTY, party) in held]:
        yield parties_line(visit, parties)


def _occurs(keyword: str, folded_text: str) -> bool:
    """The rule of matching: whole words, or any piece in scripts without spaces."""
    folded = fold(keyword)
    return folded in folded_text if is_spaceless(folded) else f" {folded} " in f" {folded_text} "


def _brief(visit: Visit, incident: Incident) -> str:
    return to_plain(render_line(incident, visit.words, visit.desk.facts))


def _code_in(text: str) -> str:
    found = CODE.search(text)
    return found.group() if found else ""


def _say_unknown(visit: Visit, code: str) -> Screen:
    if code:
        return Screen(visit.words.text("I know no incident {code}. /latest shows some.", code=echo(code)))
    return Screen(
        visit.words.text(
            "Answer an alert with it, or write its code: /incident AA-1207-K3. /latest shows some."
        )
    )
