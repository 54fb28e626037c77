"""An incident as a message: at most eight lines and 600 visible characters, neutral throughout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.data import Facts
from bot.data.messages import Words
from bot.model import Act, Alert, Claim, Incident, IncidentStatus
from bot.rendering.direction import lay_out
from bot.rendering.html import bold, clean, cut, escape, link, shorten, strike, to_plain, visible_length
from bot.rendering.names import Names
from bot.rendering.words import ACTS, MARKS, STATUSES, WITHDRAWN

MOST_LINES = 8
MOST_VISIBLE = 600
"""UTF-16 units that people see of an alert: it is read at a glance, on a lock screen."""

LONGEST_HEADLINE = 90
"""UTF-16 units of the headline that is quoted; fewer where the rest is long."""

LONGEST_REASON = 150
"""UTF-16 units of a retraction's reason."""

_DETAILS = (3, 2, 1)
"""How many names stand in a line, the fewer the longer they are."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in Telegram's HTML, and the same as plain text for when Telegram refuses the markup."""

    html: str
    plain: str


def render_alert(alert: Alert, words: Words, now: datetime, facts: Facts) -> Rendered:
    """The message of an alert that a reader of `words` gets at `now`, be it new or an edit."""
    names = Names(words, facts)
    pages = [
        lay_out("\n".join(_Page(alert.incident, words, names, now, detail).lines(alert)), words)
        for detail in _DETAILS
    ]
    html = next((page for page in pages if visible_length(page) <= MOST_VISIBLE), pages[-1])
    html = cut(html, MOST_VISIBLE)
    return Rendered(html, to_plain(html))


def say_casualties(incident: Incident, words: Words, names: Names, detail: int = 3) -> str:
    """Killed and wounded with who says so, as HTML; empty when nobody gives a number."""
    killed = _latest_numbers([(c, c.killed) for c in incident.claims if not c.is_copy])
    wounded = _latest_numbers([(c, c.wounded) for c in incident.claims if not c.is_copy])
    parts = []
    if killed:
        parts.append(words.text("Killed: {figure}", figure=_figure(killed, words, names, detail)))
    if wounded:
        parts.append(words.text("Wounded: {figure}", figure=_figure(wounded, words, names, detail)))
    return " · ".join(parts)


def say_sides(incident: Incident, words: Words, names: Names, detail: int = 3) -> str:
    """Who is accused, and by whom, as HTML; empty when neither is known."""

    def name(ids: Sequence[str]) -> str:
        return escape(words.comma.join([names.party(party) for party in ids][:detail]))

    accused = name(incident.accused)
    accusers = name(tuple(dict.fromkeys(p for c in incident.claims for p in c.accuser)))
    if accused and accusers:
        return words.text("Accused: {accused} · says: {accusers}", accused=accused, accusers=accusers)
    if accused:
        return words.text("Accused: {accused}", accused=accused)
    return words.text("Says: {accusers}", accusers=accusers) if accusers else ""


def say_acts(incident: Incident, words: Words, most: int = 3) -> str:
    """What happened, as the reports call it: plain words, the first with a capital."""
    precise = tuple(act for act in incident.acts if act is not Act.OTHER)
    told = words.comma.join(words.text(ACTS[act]) for act in precise[:most]) or words.text(ACTS[Act.OTHER])
    return words.capital(told)


def say_status(incident: Incident, words: Words, names: Names, detail: int = 3) -> str:
    """How far it is established, and by whom, as HTML."""
    status = words.text(STATUSES[incident.status])
    who = _names_of([c for c in incident.claims if c.report_id in incident.rests_on], names, detail)
    if incident.status is IncidentStatus.CONFIRMED and who:
        return words.text("Status: confirmed by {who}", who=who)
    if incident.status is IncidentStatus.DENIED and who:
        return words.text("Status: claimed, denied by {who}", who=who)
    return words.text("Status: {status}", status=escape(status))


def say_retraction(incident: Incident, words: Words) -> str:
    """Why it is struck out, as HTML: an admin's own words, or the source's withdrawal."""
    reason = incident.retraction or ""
    told = words.text(WITHDRAWN) if reason == WITHDRAWN else reason
    return escape(shorten(clean(told), LONGEST_REASON))


def _latest_numbers(said: Sequence[tuple[Claim, int | None]]) -> list[tuple[Claim, int]]:
    """What each speaker said last: a toll that rises replaces the former one."""
    return list({claim.speaker: (claim, number) for claim, number in said if number is not None}.values())


def _names_of(claims: Sequence[Claim], names: Names, most: int) -> str:
    return escape(names.speakers(claims, most))


def _figure(said: Sequence[tuple[Claim, int]], words: Words, names: Names, detail: int) -> str:
    """A number or a range, and who gives it."""
    numbers = [number for _, number in said]
    low, high = min(numbers), max(numbers)
    figure = words.number(low) if low == high else f"{words.number(low)}–{words.number(high)}"
    shown = words.text("none") if high == 0 else bold(figure)
    who = _names_of([claim for claim, _ in said], names, detail)
    return words.text("{figure} ({who})", figure=shown, who=who)


@dataclass(frozen=True, slots=True)
class _Page:
    """What the lines of one alert need."""

    incident: Incident
    words: Words
    names: Names
    now: datetime
    detail: int

    def lines(self, alert: Alert) -> list[str]:
        """The lines of the alert, none empty."""
        body = [
            self._scene(),
            self._act(),
            say_casualties(self.incident, self.words, self.names, self.detail),
            say_sides(self.incident, self.words, self.names, self.detail),
            self._truce(),
            say_status(self.incident, self.words, self.names, self.detail),
        ]
        ends = [self._sources(), self._times(alert)]
        if self.incident.retraction is None:
            return [line for line in (*body, *ends) if line]
        struck = [strike(line) for line in body[:4] if line]
        reason = say_retraction(self.incident, self.words)
        return [self.words.text("Retracted: {reason}", reason=reason), *struck, *ends]

    def _scene(self) -> str:
        places, around = self.names.scene(self.incident, self.detail)
        mark = MARKS[self.incident.severity]
        return f"{mark} {bold(escape(places))}" + (f" · {escape(around)}" if around else "")

    def _act(self) -> str:
        act = escape(say_acts(self.incident, self.words, self.detail))
        return f"{act} · {escape(self.words.date(self.incident.occurred))}"

    def _truce(self) -> str:
        if self.incident.truce is None:
            return ""
        return self.words.text("Truce: {name}", name=escape(self.names.truce(self.incident.truce)))

    def _sources(self) -> str:
        claims = list(self._first_of_each_origin())
        links = [self._source(claim) for claim in claims[: self.detail]]
        rest = len(claims) - self.detail
        told = self.words.comma.join(links) + (f" +{self.words.number(rest)}" if rest > 0 else "")
        return " · ".join(part for part in (told, self._headline()) if part)

    def _headline(self) -> str:
        """The first report's own headline, quoted, and its language where that is not the reader's."""
        first = self.incident.claims[0]
        title = shorten(clean(first.title), LONGEST_HEADLINE * self.detail // _DETAILS[0])
        if not title:
            return ""
        quoted = self.words.isolate(f"“{escape(title)}”")
        if first.language in (self.words.language, ""):
            return quoted
        return f"{quoted} ({escape(self.words.tongue(first.language))})"

    def _first_of_each_origin(self) -> Iterator[Claim]:
        seen: set[str] = set()
        for claim in self.incident.claims:
            if claim.origin not in seen:
                seen.add(claim.origin)
                yield claim

    def _source(self, claim: Claim) -> str:
        name = link(claim.url, escape(self.names.outlet(claim)))
        return self.words.isolate(f"{name} {escape(self.words.moment(claim.said_at, self.now))}")

    def _times(self, alert: Alert) -> str:
        told = self.incident.told_at or alert.created_at
        reported = min([self.incident.opened_at, *(claim.said_at for claim in self.incident.claims)])
        parts = [
            self.words.text("reported {time}", time=self.words.moment(reported, self.now)),
            self.words.text("sent {time} UTC", time=self.words.moment(told, self.now)),
        ]
        if self.incident.changes:
            time = self.words.moment(alert.created_at, self.now)
            number = self.words.number(self.incident.changes)
            parts.append(self.words.text("updated {time}, change {number}", time=time, number=number))
        return " · ".join((*map(escape, parts), escape(self.incident.code)))
