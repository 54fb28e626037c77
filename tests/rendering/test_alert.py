"""An alert says in eight lines what is known, who says it, and how far it is established."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.data.messages import Catalogue, Words
from bot.incidents import grow, retract
from bot.model import Act, Alert, AlertKind, FoundPlace, Incident, RegionLevel, SourceType, Stance
from bot.rendering import render_alert, render_line, render_reply, render_rollup
from bot.rendering.alert import MOST_LINES, MOST_VISIBLE
from bot.rendering.direction import lay_out
from tests import telegram_html
from tests.ground import shared_words
from tests.incidents.telling import (
    AYGEPAR,
    MOVSES,
    NOON,
    TAVUSH,
    THEATRE,
    YERASKH,
    finding,
    report,
    source,
    told,
)
from tests.rendering.facts import FACTS

WORDS = shared_words()
ENGLISH = WORDS["en"]
HOUR = timedelta(hours=1)
BAKU = source("Caspian Bulletin", SourceType.MOD, "azerbaijan")
FOREIGN = source("Lakeside Post", SourceType.NEWSPAPER, "neutral")
WATCH = source("Line Watch", SourceType.MONITOR, "neutral")


def alert(incident: Incident, kind: AlertKind = AlertKind.NEW) -> Alert:
    return Alert(1, incident, kind, NOON + HOUR)


def lines(incident: Incident, kind: AlertKind = AlertKind.NEW, language: str = "en") -> list[str]:
    return render_alert(alert(incident, kind), WORDS[language], NOON + HOUR, FACTS).plain.split("\n")


def reply(incident: Incident, kind: AlertKind) -> str:
    return render_reply(alert(incident, kind), ENGLISH, FACTS).plain


@pytest.fixture
def movses() -> Incident:
    """Armenia says that Azerbaijan fired at Movses and wounded one."""
    return told(grow(None, report(1), finding(wounded=1, truce="trilateral"), code="AA-0705-K3"))


def test_an_alert_says_what_where_who_and_when(movses: Incident) -> None:
    """Eight lines: place, act and day, casualties, sides, truce, status, sources, times."""
    assert lines(movses) == [
        "🟠 Movses · Tavush, Armenia and Azerbaijan",
        "Small-arms fire · 5 July 2021",
        "Wounded: 1 (Armenia)",
        "Accused: Azerbaijan · says: Armenia",
        "Truce: Trilateral statement of 9 November 2020",
        "Status: claimed by one side, not confirmed",
        "Ararat Wire 12:00 · “Shots at dawn”",
        "reported 12:00 · sent 12:00 UTC · AA-0705-K3",
    ]


def test_the_source_is_a_link(movses: Incident) -> None:
    """The report itself is one press away."""
    html = render_alert(alert(movses), ENGLISH, NOON, FACTS).html
    assert '<a href="https://news.example/1">Ararat Wire</a> 12:00' in html
    assert telegram_html.visible_text(html) == render_alert(alert(movses), ENGLISH, NOON, FACTS).plain


def test_an_alert_is_told_in_the_readers_language(movses: Incident) -> None:
    """Names of places, too, where the data has them."""
    russian = lines(movses, language="ru")
    assert russian[0] == "🟠 Мовсес · Тавуш, Армения и Азербайджан"
    assert russian[1].endswith("5 июля 2021 г.")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("uk", "Вогонь зі стрілецької зброї|Звинувачують: Азербайджан · заявляє: Вірменія"),
        ("hy", "Կրակ հրաձգային զենքից|Մեղադրվում է՝ Ադրբեջան · հայտնում է՝ Հայաստան"),
        ("az", "Atıcı silahlardan atəş|İttiham olunur: Azərbaycan · bildirir: Ermənistan"),
        ("ka", "ცეცხლი მსუბუქი იარაღიდან|ბრალდებული: აზერბაიჯანი · აცხადებს: სომხეთი"),
        ("tr", "Hafif silah ateşi|Suçlanan: Azerbaycan · bildiren: Ermenistan"),
    ],
)
def test_an_alert_names_acts_and_sides_in_the_languages_of_the_region(
    movses: Incident, language: str, told: str
) -> None:
    """Both sides of a line, and their neighbours, read it in their own words."""
    alert_lines = lines(movses, language=language)
    assert [alert_lines[1].split(" · ")[0], alert_lines[3]] == told.split("|")


def test_the_headline_is_quoted_with_its_language(movses: Incident) -> None:
    """The reader sees the original words of the first report, and in which language they are."""
    first = replace(movses.claims[0], title="Կրակոցներ լուսաբացին", language="hy")
    foreign = replace(movses, claims=(first,))
    assert lines(foreign)[6] == "Ararat Wire 12:00 · “Կրակոցներ լուսաբացին” (Armenian)"
    assert lines(foreign, language="ru")[6].endswith("(армянский)")
    assert lines(replace(movses, claims=(replace(first, title=" "),)))[6] == "Ararat Wire 12:00"


def test_a_language_from_right_to_left_keeps_its_direction(movses: Incident) -> None:
    """Every line begins with the mark of its direction, and foreign names stand apart."""
    hebrew = Words(Catalogue("he", {}, lambda n: 0))
    incidents = (movses, replace(movses, code="AA-0705-K4"))
    for rendered in (
        render_alert(alert(movses), hebrew, NOON, FACTS),
        render_reply(alert(movses, AlertKind.WIDER), hebrew, FACTS),
        render_rollup(incidents, hebrew, NOON, FACTS),
    ):
        assert all(line.startswith("\u200f") for line in rendered.plain.split("\n"))
    assert "\u2068Ararat Wire 12:00\u2069" in render_alert(alert(movses), hebrew, NOON, FACTS).plain
    assert lay_out("one\n\ntwo", hebrew) == "\u200fone\n\n\u200ftwo"


def test_a_command_keeps_its_slash_before_it(movses: Incident) -> None:
    """From right to left as well, right after a letter too; addresses and tags are left alone."""
    hebrew, same = Words(Catalogue("he", {}, lambda n: 0)), '<a href="https://x.org/y /z">a</a> km/h'
    assert lay_out("/why ו/latest", hebrew) == "\u200f\u200e/why ו\u200e/latest"
    assert lay_out(same, hebrew) == f"\u200f{same}"
    assert lay_out("/why", WORDS["en"]) == "/why"


def test_the_earliest_report_says_since_when_it_is_known(movses: Incident) -> None:
    """Though a later check brought it."""
    earlier = grow(movses, report(2, after=-timedelta(minutes=10)), finding())
    said = render_alert(alert(earlier), ENGLISH, NOON, FACTS).plain
    assert "reported 11:50" in said


def test_a_growing_incident_shows_ranges_sources_and_changes(movses: Incident) -> None:
    """Both sides' numbers with who gives them, each origin once, and how often it was updated."""
    grown = grow(movses, report(2, BAKU, HOUR), finding(stance=Stance.DENIAL, wounded=0, killed=0))
    grown = grow(grown, report(3, source("Second Wire", origin="ararat-wire"), HOUR), finding(wounded=3))
    grown = replace(grown, changes=2)
    said = lines(grown, AlertKind.GROWN)
    assert said[2] == "Killed: none (Azerbaijan) · Wounded: 0–3 (Armenia, Azerbaijan)"
    assert said[5] == "Status: claimed, denied by Azerbaijan"
    assert said[6] == "Ararat Wire 12:00, Caspian Bulletin 13:00 · “Shots at dawn”"
    assert said[7] == "reported 12:00 · sent 12:00 UTC · updated 13:00, change 2 · AA-0705-K3"


def test_a_confirmation_says_by_whom(movses: Incident) -> None:
    """A status without a name would be the bot's own word."""
    seen = grow(movses, report(2, WATCH, HOUR), finding(stance=Stance.CONFIRMATION, accuser=()))
    assert "Status: confirmed by Line Watch" in lines(seen)


def test_what_is_not_known_takes_no_line() -> None:
    """No place, no parties, no truce, no numbers: the theatre and the rest."""
    bare = grow(None, report(1), finding(places=(), accused=(), accuser=(), acts=()), code="AA-0705-K3")
    assert lines(bare) == [
        "🟡 Armenia and Azerbaijan",
        "Armed incident · 5 July 2021",
        "Status: claimed by one side, not confirmed",
        "Ararat Wire 12:00 · “Shots at dawn”",
        "reported 12:00 · sent 13:00 UTC · AA-0705-K3",
    ]


def test_one_sided_blame_is_told_as_far_as_it_goes() -> None:
    """An accused without an accuser, and an accuser without an accused."""
    assert "Accused: Azerbaijan" in lines(grow(None, report(1), finding(accuser=())))
    assert "Says: Armenia" in lines(grow(None, report(1), finding(accused=())))


def test_precise_places_come_first_and_what_holds_them_is_not_repeated() -> None:
    """A village before its province; a fourth place is only counted."""
    wide = grow(None, report(1), finding(places=(TAVUSH, MOVSES, YERASKH, AYGEPAR)))
    assert lines(wide)[0].endswith("Movses, Yeraskh, Aygepar · Tavush, Armenia and Azerbaijan")
    many = grow(
        None,
        report(1),
        finding(
            places=(MOVSES, YERASKH, AYGEPAR, replace(MOVSES, name="X", region="x", path=(THEATRE, "x")))
        ),
    )
    assert "Movses, Yeraskh, Aygepar +1" in lines(many)[0]


def test_what_the_data_no_longer_knows_is_shown_by_its_code() -> None:
    """An old alert renders though an editor renamed a region, a party and a truce."""
    odd = finding(
        theatre="atlantis",
        places=(FoundPlace("Poseidonis", (), None, ("atlantis",), RegionLevel.PLACE, None, None),),
        accused=("minoans",),
        truce="old",
    )
    said = lines(grow(None, report(1), odd))
    assert said[0] == "🟡 Poseidonis · atlantis"
    assert "Accused: minoans · says: Armenia" in said
    assert "Truce: old" in said


def test_a_place_that_is_a_theatre_stands_alone() -> None:
    """Nothing lies around a theatre."""
    whole = FoundPlace("Armenia", (), THEATRE, (THEATRE,), RegionLevel.THEATRE, None, None)
    assert lines(grow(None, report(1), finding(places=(whole,))))[0] == "🟡 Armenia and Azerbaijan"


def test_a_retraction_strikes_the_alert_through(movses: Incident) -> None:
    """The reason first, what was told struck, nothing of truce and status."""
    gone = retract(movses, "The source <withdrew> it")
    html = render_alert(alert(gone, AlertKind.RETRACTED), ENGLISH, NOON, FACTS).html.split("\n")
    assert html[0] == "Retracted: The source &lt;withdrew&gt; it"
    assert all(line.startswith("<s>") and line.endswith("</s>") for line in html[1:5])
    assert len(html) == 7


def test_replies_say_what_changed(movses: Incident) -> None:
    """Confirmed and denied by whom, deaths with numbers, a retraction with its reason."""
    denied = grow(movses, report(2, BAKU, HOUR), finding(stance=Stance.DENIAL))
    seen = grow(movses, report(2, WATCH, HOUR), finding(stance=Stance.CONFIRMATION, accuser=()))
    deadly = grow(movses, report(2, FOREIGN, HOUR), finding(killed=2, wounded=None))
    assert reply(denied, AlertKind.DENIED) == "Denied · Movses · AA-0705-K3\nBy: Azerbaijan\nCaspian Bulletin"
    assert reply(seen, AlertKind.CONFIRMED) == "Confirmed · Movses · AA-0705-K3\nBy: Line Watch\nLine Watch"
    killed = "Killed: 2 (Armenia) · Wounded: 1 (Armenia)"
    assert (
        reply(deadly, AlertKind.DEATHS)
        == f"More deaths reported · Movses · AA-0705-K3\n{killed}\nLakeside Post"
    )
    assert reply(retract(movses, "a hoax"), AlertKind.RETRACTED) == "Retracted · Movses · AA-0705-K3\na hoax"
    assert reply(movses, AlertKind.WIDER).startswith("Wider area · Movses")


def test_a_correction_says_whom_it_blames_now(movses: Incident) -> None:
    """The first version may have blamed another side."""
    revised = grow(movses, report(1, revision=2), finding(accused=("armenia",), accuser=("azerbaijan",)))
    assert reply(revised, AlertKind.CORRECTED).splitlines() == [
        "Correction · Movses · AA-0705-K3",
        "Accused: Armenia · says: Azerbaijan",
        "Ararat Wire",
    ]


def test_a_reply_speaks_though_its_reason_is_gone(movses: Incident) -> None:
    """A kind that the snapshot no longer bears out still names a report."""
    copies = replace(movses, claims=tuple(replace(c, is_copy=True) for c in movses.claims))
    for kind in AlertKind:
        assert "AA-0705-K3" in reply(copies, kind)


def test_a_line_tells_an_incident_in_a_list(movses: Incident) -> None:
    """Mark, day, place, act, status, code; struck through when retracted."""
    line = render_line(movses, ENGLISH, FACTS)
    assert telegram_html.visible_text(line) == (
        "🟠 5 Jul · Movses: Small-arms fire · claimed by one side, not confirmed · AA-0705-K3"
    )
    assert render_line(retract(movses, "a hoax"), ENGLISH, FACTS).startswith("<s>")


ANY = st.text(st.characters(), max_size=300)
LEVELS = st.sampled_from(list(RegionLevel))
NUMBERS = st.none() | st.integers(0, 10**9)


@st.composite
def incidents(draw: st.DrawFn) -> Incident:
    """An incident whose every text is anything at all."""
    incident: Incident | None = None
    for number in range(1, draw(st.integers(1, 5)) + 1):
        places = tuple(
            FoundPlace(draw(ANY), (), draw(st.none() | ANY), (THEATRE, draw(ANY)), draw(LEVELS), None, None)
            for _ in range(draw(st.integers(0, 5)))
        )
        parties = st.lists(ANY | st.sampled_from(["armenia", "osce"]), max_size=5).map(tuple)
        told_by = replace(
            FOREIGN,
            id=f"s{number}",
            name=draw(ANY),
            type=draw(st.sampled_from(list(SourceType))),
            side=draw(ANY),
        )
        says = finding(
            places=places,
            accused=draw(parties),
            accuser=draw(parties),
            stance=draw(st.sampled_from(list(Stance))),
            acts=tuple(draw(st.lists(st.sampled_from(list(Act)), max_size=5))),
            killed=draw(NUMBERS),
            wounded=draw(NUMBERS),
            truce=draw(st.none() | ANY),
            occurred=draw(st.dates(date(1990, 1, 1), date(2090, 1, 1))),
        )
        url = draw(ANY | ANY.map(lambda text: f"https://host.example/{text}"))
        incident = grow(incident, report(number, told_by, title=draw(ANY), url=url), says)
    assert incident is not None
    return retract(incident, draw(ANY)) if draw(st.booleans()) else incident


@given(incidents(), st.sampled_from(list(AlertKind)), st.sampled_from(sorted(WORDS)))
def test_any_text_gives_valid_html_within_the_limits(
    incident: Incident, kind: AlertKind, language: str
) -> None:
    """Whatever stands in titles, places, sources and links: eight lines, 600 units, no bidi, valid."""
    words = WORDS[language]
    told_alert = alert(incident, kind)
    for rendered in (render_alert(told_alert, words, NOON, FACTS), render_reply(told_alert, words, FACTS)):
        seen = telegram_html.visible_text(rendered.html)
        assert seen == rendered.plain
        assert telegram_html.length(seen) <= MOST_VISIBLE
        assert 1 <= len(seen.split("\n")) <= MOST_LINES
        assert not any(
            unicodedata.bidirectional(c) in {"LRE", "RLE", "LRO", "RLO", "LRI", "RLI"} for c in seen
        )
    assert "\n" not in telegram_html.visible_text(render_line(incident, words, FACTS))


def test_the_longest_names_are_still_within_the_limits() -> None:
    """Fewer names are shown when each is long; the end is never a broken tag."""
    around = ("t" * 50, "p" * 50)
    long = [
        FoundPlace("Long " * 20 + str(n), (), f"r{n}", (*around, f"r{n}"), RegionLevel.PLACE, None, None)
        for n in range(6)
    ]
    sides = tuple(f"party {'x' * 60} {n}" for n in range(5))
    said = finding(
        theatre="t" * 50,
        places=tuple(long),
        accused=sides,
        accuser=sides,
        truce="t" * 200,
        killed=10**9,
        wounded=10**9,
    )
    incident = grow(None, report(1, replace(FOREIGN, name="Outlet " * 20)), said)
    html = render_alert(alert(incident), ENGLISH, NOON, FACTS).html
    assert telegram_html.length(telegram_html.visible_text(html)) <= MOST_VISIBLE
