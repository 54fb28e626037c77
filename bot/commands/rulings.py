"""/retract, /merge, /split and /move: shown first, done when the button is pressed."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime

from bot.commands.amending import MootError, Ruling, carry_out, claim_of, order_by_age
from bot.commands.dossier import find_incident
from bot.commands.forget import OFFER_STANDS
from bot.commands.grammar import echo
from bot.commands.picker import Reaction
from bot.commands.screen import Screen
from bot.commands.seal import short_hash
from bot.commands.visit import Visit
from bot.errors import RefusedInput
from bot.incidents import retract
from bot.model import Alert, AlertKind, Incident
from bot.rendering.alert import LONGEST_REASON, render_alert
from bot.rendering.html import clean, escape, length, link
from bot.rendering.replies import render_line
from bot.storage.acts import note_act
from bot.storage.findings import incident_of_report
from bot.storage.merging import count_told
from bot.storage.settings import get_setting, put_setting

log = logging.getLogger(__name__)

KEPT = "ruling:"
"""The settings under which what was asked for waits for its confirmation."""


async def say_retract(visit: Visit) -> Screen:
    """/retract INCIDENT reason: shows the message struck through, and who would see it."""
    code, reason = (*visit.text.split(maxsplit=1), "", "")[:2]
    incident, reason = await _incident(visit, code), clean(reason)
    if not reason:
        raise RefusedInput(visit.words.text("Say why: /retract INCIDENT reason. People read the reason."))
    if length(reason) > LONGEST_REASON:
        raise RefusedInput(
            visit.words.text("At most {most} characters, please.", most=visit.words.number(LONGEST_REASON))
        )
    if incident.retraction is not None:
        raise RefusedInput(visit.words.text("This incident is retracted already."))
    alert = Alert(None, retract(incident, reason), AlertKind.RETRACTED, visit.desk.clock.now())
    shown = render_alert(alert, visit.words, visit.desk.clock.now(), visit.desk.facts).html
    told = await _say_told(visit, incident)
    return await _ask(visit, Ruling("retract", incident.code, reason=reason), f"{shown}\n\n{told}")


async def say_merge(visit: Visit) -> Screen:
    """/merge A B: shows both, and which one stays."""
    one, other = _two(visit, "/merge INCIDENT INCIDENT")
    first, second = await _incident(visit, one), await _incident(visit, other)
    if first.id == second.id:
        raise RefusedInput(visit.words.text("That is one incident already."))
    kept, gone = order_by_age(first, second)
    lines = [
        _line(visit, kept),
        _line(visit, gone),
        visit.words.text(
            "{gone} becomes part of {kept}; nobody is alerted, messages about both change.",
            gone=escape(gone.code),
            kept=escape(kept.code),
        ),
    ]
    return await _ask(visit, Ruling("merge", kept.code, other=gone.code), "\n".join(lines))


async def say_split(visit: Visit) -> Screen:
    """/split INCIDENT REPORT: shows the report that becomes an incident of its own."""
    code, number = _two(visit, "/split INCIDENT REPORT")
    incident = await _incident(visit, code)
    report = _report(visit, incident, number)
    if len(incident.claims) < 2:
        raise RefusedInput(visit.words.text("This is the incident's only report."))
    ending = visit.words.text("This report becomes an incident of its own.")
    shown = f"{_line(visit, incident)}\n{_show_report(incident, report)}\n{ending}"
    return await _ask(visit, Ruling("split", incident.code, report_id=report), shown)


async def say_move(visit: Visit) -> Screen:
    """/move REPORT INCIDENT: shows the report, where it is and where it goes."""
    number, code = _two(visit, "/move REPORT INCIDENT")
    target = await _incident(visit, code)
    source = await _holder(visit, number)
    report = _report(visit, source, number)
    if source.id == target.id:
        raise RefusedInput(visit.words.text("This report is there already."))
    ending = visit.words.text(
        "This report goes from {source} to {target}.",
        source=escape(source.code),
        target=escape(target.code),
    )
    shown = f"{_line(visit, target)}\n{_show_report(source, report)}\n{ending}"
    return await _ask(visit, Ruling("move", source.code, other=target.code, report_id=report), shown)


async def press_rule(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: what was asked for is done, unless that is too long ago or no longer fits."""
    now, key = visit.desk.clock.now(), KEPT + arguments[0]
    async with visit.desk.db.writing() as conn:
        kept = await get_setting(conn, key)
        await put_setting(conn, key, None)
        if kept is None or now - datetime.fromtimestamp(kept["asked_at"], UTC) > OFFER_STANDS:
            return _nothing(visit)
    ruling = Ruling(**kept)
    try:
        async with visit.desk.db.writing() as conn:
            incident = await carry_out(conn, ruling, now)
            await note_act(conn, visit.act(ruling.what, ruling.code, _describe(ruling)))
    except MootError:
        return _nothing(visit)
    log.info("an admin's %s of %s was carried out", ruling.what, ruling.code)
    visit.desk.wake()
    done = visit.words.text("Done: {code}.", code=escape(incident.code))
    return Reaction(screen=Screen(f"{done}\n{_line(visit, incident)}"))


async def press_drop(visit: Visit, arguments: tuple[str, ...]) -> Reaction:
    """`hash`: it was not meant."""
    async with visit.desk.db.writing() as conn:
        await put_setting(conn, KEPT + arguments[0], None)
    return Reaction(screen=Screen(visit.words.text("Everything stays as it was.")))


async def _ask(visit: Visit, ruling: Ruling, shown: str) -> Screen:
    """The question with its two buttons; what was asked for waits in a row."""
    asked = replace(ruling, asked_at=int(visit.desk.clock.now().timestamp()))
    name = short_hash(f"{visit.place.telegram_id} {asked}")
    async with visit.desk.db.writing() as conn:
        await put_setting(conn, KEPT + name, asked.to_row())
    yes = visit.button(visit.words.text("Yes, do it"), "rule", name)
    no = visit.button(visit.words.text("No, leave it"), "drop-rule", name)
    return Screen(shown, ((yes, no),))


def _nothing(visit: Visit) -> Reaction:
    return Reaction(
        screen=Screen(visit.words.text("Nothing was done: this is old, or something has changed since."))
    )


async def _incident(visit: Visit, code: str) -> Incident:
    incident = await find_incident(visit, code)
    if incident is None:
        raise RefusedInput(
            visit.words.text("I know no incident {code}. /latest shows some.", code=echo(code or "?"))
        )
    return incident


def _two(visit: Visit, usage: str) -> tuple[str, str]:
    given = visit.text.split()
    if len(given) != 2:
        raise RefusedInput(visit.words.text("Write it as {usage}.", usage=escape(usage)))
    return given[0], given[1]


async def _holder(visit: Visit, number: str) -> Incident:
    """The incident that a report tells of."""
    if _number(number):
        async with visit.desk.db.reading() as conn:
            found = await incident_of_report(conn, _number(number))
        if found is not None:
            return found
    raise RefusedInput(_no_report(visit, number))


def _report(visit: Visit, incident: Incident, number: str) -> int:
    if claim_of(incident, _number(number)) is None:
        raise RefusedInput(_no_report(visit, number))
    return _number(number)


def _number(written: str) -> int:
    """A report's number as the ledger shows it; 0 for anything else."""
    digits = written.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 16 else 0


def _no_report(visit: Visit, number: str) -> str:
    return visit.words.text(
        "I know no such report: {number}. /incident shows the reports' numbers.", number=echo(number)
    )


def _show_report(incident: Incident, report_id: int) -> str:
    claim = claim_of(incident, report_id)
    return f"#{report_id} {link(claim.url, escape(claim.title or claim.source_name))}" if claim else ""


async def _say_told(visit: Visit, incident: Incident) -> str:
    async with visit.desk.db.reading() as conn:
        told = await count_told(conn, incident.id or 0)
    return visit.words.count("{n} chat sees this.", "{n} chats see this.", told)


def _describe(ruling: Ruling) -> str:
    """What the audit log says besides the incident."""
    report = f"#{ruling.report_id}" if ruling.report_id else ""
    return " ".join(part for part in (report, ruling.other, ruling.reason) if part)


def _line(visit: Visit, incident: Incident) -> str:
    return render_line(incident, visit.words, visit.desk.facts)
