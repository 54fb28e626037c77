"""The ledger, the reasons of an alert, and the roll-up of a busy hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data import Facts
from bot.incidents import grow, retract
from bot.model import Alert, AlertKind, Evidence, Finding, Incident, Severity, SourceType, Stance
from bot.rendering import render_reply, render_rollup
from bot.rendering.alert import MOST_LINES, MOST_VISIBLE
from bot.rendering.dossier import (
    MOST_READINGS,
    REPORTS_A_VOICE,
    VOICES_A_PAGE,
    count_pages,
    render_ledger,
    render_why,
)
from bot.rendering.html import to_plain, visible_length
from tests import telegram_html
from tests.ground import shared_words
from tests.incidents.telling import NOON, finding, report, source, told
from tests.rendering.facts import FACTS, TRUCE

WORDS = shared_words()
ENGLISH = WORDS["en"]
HOUR = timedelta(hours=1)
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
READ = Finding(
    is_violation=True,
    score=0.9,
    language="en",
    evidence=(
        Evidence("act", "shelling", 0, 7, "shelled"),
        Evidence("act", "shelling", 9, 16, "shelled"),
        Evidence("place", "movses", 20, 26, "Movses <b>"),
        Evidence("offtopic", "sport", 30, 35, "match"),
    ),
)


@pytest.fixture
def movses() -> Incident:
    """Armenia says that Azerbaijan fired at Movses, killed none and wounded one."""
    return told(grow(None, report(1), finding(killed=0, wounded=1, truce="trilateral"), code="AA-0705-K3"))


def ledger(incident: Incident, page: int = 0, *, is_numbered: bool = False) -> str:
    html = render_ledger(incident, page, ENGLISH, NOON + HOUR, FACTS, is_numbered=is_numbered)
    telegram_html.visible_text(html)
    return to_plain(html)


def test_a_ledger_has_each_voice(movses: Incident) -> None:
    """Who says what, where, when; numbers of reports only for who may move them."""
    said = ledger(movses)
    assert "AA-0705-K3" in said.splitlines()[0]
    assert "Armenia claims" in said
    assert "Killed: 0 · Wounded: 1" in said
    assert "#1" not in said
    assert "Ararat Wire 12:00 (#1)" in ledger(movses, is_numbered=True)


def test_outlets_of_one_voice_are_one_line(movses: Incident) -> None:
    """Its stances, latest numbers, when it was heard first and last, its own reports; copies are counted."""
    masis, foreign = source("Masis Daily"), source("Lakeside Post", side="neutral")
    says = finding(stance=Stance.UPDATE, wounded=3)
    more = grow(movses, report(2, masis, HOUR), says)
    copied = grow(more, report(3, foreign, 2 * HOUR), says, copied_report=2)
    both = grow(copied, report(4, BAKU, 2 * HOUR), finding(stance=Stance.DENIAL, accuser=()))
    _, armenia, baku = ledger(both).split("\n\n")
    assert armenia.splitlines() == [
        "Armenia claims, updates: small-arms fire",
        "Accused: Azerbaijan · Killed: 0 · Wounded: 3 · Movses",
        "first 12:00, last 14:00",
        "Ararat Wire 12:00, Masis Daily 13:00 · 1 copy",
    ]
    assert baku.startswith("Azerbaijan denies")
    assert "first" not in baku
    assert "Lakeside Post 14:00 (copy, #3)" in ledger(both, is_numbered=True)


def test_a_ledger_is_paged(movses: Incident) -> None:
    """Five voices a page; one that was heard often is told in parts; who only repeats says so."""
    bare = replace(movses.claims[0], accused=(), acts=(), places=(), killed=None, wounded=None)
    sites = [replace(bare, report_id=n, speaker=f"site-{n}", is_copy=True) for n in range(2, 8)]
    long = replace(movses, claims=(movses.claims[0], *sites))
    assert (count_pages(movses), count_pages(long), count_pages(replace(movses, claims=()))) == (1, 2, 1)
    assert ledger(long, 1, is_numbered=True).count("copy, #") == len(sites) + 1 - VOICES_A_PAGE
    often = replace(movses, claims=tuple(replace(bare, report_id=n) for n in range(1, 2 * REPORTS_A_VOICE)))
    first, second = ledger(often, is_numbered=True).split("\n\n")[1:]
    assert first.count("#") == REPORTS_A_VOICE
    assert second.splitlines()[0] == "Armenia claims"
    assert f"#{2 * REPORTS_A_VOICE - 1}" in second


def test_a_retracted_ledger_says_so_first(movses: Incident) -> None:
    """The reason stands above what is struck out."""
    said = render_ledger(retract(movses, "A wrong <date>"), 0, ENGLISH, NOON, FACTS)
    assert said.startswith("Retracted: A wrong &lt;date&gt;\n<s>")


def test_a_ledger_without_places_or_numbers(movses: Incident) -> None:
    """What is not known takes no line."""
    bare = replace(movses, places=(), claims=())
    assert len(ledger(bare).splitlines()) == 3


def test_why_quotes_the_words(movses: Incident) -> None:
    """Each kind once, escaped; the truce with its day and where it is written."""
    html = render_why(movses, [(movses.claims[0], READ)], ENGLISH, FACTS)
    telegram_html.visible_text(html)
    said = to_plain(html)
    assert said.splitlines()[0] == "Why this alert: AA-0705-K3"
    assert "act “shelled” · place “Movses <b>”" in said
    assert "match" not in said
    assert "Trilateral statement of 9 November 2020, since 9 November 2020 (kremlin.ru)" in said
    assert said.splitlines()[-1].startswith("Status: claimed")


def test_why_links_and_what_confirms(movses: Incident) -> None:
    """A reference that is an address is a link; a status rests on named reports; many reports are counted."""
    denied = grow(movses, report(2, BAKU), finding(stance=Stance.DENIAL, accused=(), accuser=()))
    linked = replace(FACTS, truces=(replace(TRUCE, reference="https://law.example/text"),))
    readings = [(movses.claims[0], READ)] * (MOST_READINGS + 2)
    html = render_why(denied, readings, ENGLISH, linked)
    assert '<a href="https://law.example/text">' in html
    assert "rests on" in html
    assert "Caspian Bulletin" in html.splitlines()[-1]
    assert "… and 2 more reports" in html


def test_why_without_a_truce(movses: Incident) -> None:
    """An agreement that the data no longer has is left out."""
    bare: Facts = replace(FACTS, truces=())
    assert "Truce" not in render_why(movses, [], ENGLISH, bare)


def test_a_roll_up_begins_with_the_gravest(movses: Incident) -> None:
    """Grave, serious, minor, and what was taken back last, struck through; the rest is counted."""
    marks = (Severity.MINOR, Severity.GRAVE, Severity.SERIOUS)
    incidents = [replace(movses, code=f"AA-0705-K{n}", severity=marks[n % 3]) for n in range(9)]
    html = render_rollup(incidents, ENGLISH, NOON, FACTS).html
    lines = to_plain(html).splitlines()
    assert lines[0] == "9 more alerts · Armenia and Azerbaijan"
    assert [line[0] for line in lines[1:-1]] == ["🔴"] * 3 + ["🟠"] * 3
    assert lines[-1] == "… and 3 more: /latest · updated 12:00"
    few = render_rollup([retract(incidents[1], "no"), incidents[0]], ENGLISH, NOON, FACTS)
    assert few.html.splitlines()[2].startswith("<s>🔴")
    assert few.plain.splitlines()[3] == "updated 12:00"


def test_a_roll_up_of_several_theatres(movses: Incident) -> None:
    """After an outage: two are named, more are not."""
    theatres = ("armenia-azerbaijan", "israel-lebanon", "ukraine-russia")
    incidents = [replace(movses, theatre=theatre, code=f"K{n}") for n, theatre in enumerate(theatres)]
    two = render_rollup(incidents[:2], ENGLISH, NOON, FACTS).plain.splitlines()[0]
    assert two == "2 more alerts · Armenia and Azerbaijan · israel-lebanon"
    three = render_rollup(incidents, ENGLISH, NOON, FACTS).plain.splitlines()[0]
    assert three == "3 more alerts · several regions"


@given(
    name=st.text(min_size=1, max_size=80), many=st.integers(1, 40), language=st.sampled_from(sorted(WORDS))
)
def test_a_roll_up_is_within_the_limits(name: str, many: int, language: str) -> None:
    """Eight lines, 600 visible characters, valid HTML, whatever the names."""
    begun = grow(None, report(1), finding(), code="AA-0705-K3")
    place = replace(begun.places[0], name=name * 9, region=None)
    incidents = [replace(begun, places=(place,), code=f"AA-0705-{'K' * n}{n}") for n in range(many)]
    html = render_rollup(incidents, WORDS[language], NOON, FACTS).html
    telegram_html.visible_text(html)
    assert visible_length(html) <= MOST_VISIBLE
    assert len(html.splitlines()) <= MOST_LINES


def test_a_merged_reply_tells_each_change(movses: Incident) -> None:
    """Several changes that waited for one reply, the last first; a retraction leaves nothing else to say."""
    denied = grow(movses, report(2, BAKU), finding(stance=Stance.DENIAL, accused=(), accuser=()))
    kinds = (AlertKind.DENIED, AlertKind.DEATHS)
    said = render_reply(Alert(1, denied, AlertKind.DEATHS, NOON, kinds=kinds), ENGLISH, FACTS).plain
    assert said.splitlines()[0].startswith("More deaths reported, Denied · Movses")
    assert said.splitlines()[1].startswith("By: ")
    assert "Wounded: 1" in said
    taken = retract(denied, "It was thunder")
    told_of = Alert(1, taken, AlertKind.RETRACTED, NOON, kinds=(*kinds, AlertKind.RETRACTED))
    assert render_reply(told_of, ENGLISH, FACTS).plain.splitlines()[0].startswith("Retracted · ")
