"""A digest, and an alert in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.incidents import grow
from bot.model import Alert, AlertKind, Incident, Severity
from bot.rendering.digest import MOST_BYTES, MOST_VISIBLE_DIGEST, render_digest
from bot.rendering.html import visible_length
from bot.rendering.replies import render_brief
from tests import telegram_html
from tests.ground import shared_words
from tests.incidents.telling import NOON, finding, report
from tests.rendering.facts import FACTS

WORDS = shared_words()
ENGLISH = WORDS["en"]
MOVSES = grow(None, report(1), finding(), code="AA-0705-K3")


def several(number: int, **changes: Any) -> list[Incident]:
    """So many incidents, a minute apart."""
    return [
        replace(MOVSES, code=f"AA-{each:04}", opened_at=NOON + timedelta(minutes=each), **changes)
        for each in range(number)
    ]


def test_the_gravest_stand_first() -> None:
    """Then the newest; the theatre is named only where there are several."""
    grave = replace(MOVSES, code="AA-GRAVE", severity=Severity.GRAVE)
    lines = render_digest([*several(2), grave], ENGLISH, FACTS).plain.splitlines()
    assert lines[0] == "Digest: 3 alerts"
    assert [line.rpartition(" · ")[2] for line in lines[1:]] == ["AA-GRAVE", "AA-0001", "AA-0000"]
    elsewhere = replace(MOVSES, theatre="atlantis")
    assert (
        render_digest([MOVSES, elsewhere], ENGLISH, FACTS)
        .plain.splitlines()[1]
        .endswith(" · Armenia and Azerbaijan")
    )
    assert render_digest([MOVSES], WORDS["ru"], FACTS).plain.startswith("Сводка: 1 сообщение\n")


@settings(max_examples=20)
@given(st.integers(1, 400), st.text(max_size=200))
def test_any_digest_fits_a_message(number: int, name: str) -> None:
    """Within what Telegram takes; what does not fit is counted."""
    places = (replace(MOVSES.places[0], name=name, region=None),)
    told = render_digest(several(number, places=places), ENGLISH, FACTS)
    telegram_html.visible_text(told.html)
    assert visible_length(told.html) <= MOST_VISIBLE_DIGEST
    assert len(told.html.encode()) <= MOST_BYTES or number == 1
    shown = sum(line.count("AA-") for line in told.plain.splitlines())
    left = number - shown
    assert (f"… and {left} more: /latest" in told.plain) is (left > 0)


def test_an_alert_in_one_line() -> None:
    """With its first report, where there is one."""
    alert = Alert(None, MOVSES, AlertKind.NEW, NOON)
    brief = render_brief(alert, ENGLISH, FACTS)
    assert "\n" not in brief.plain
    assert brief.plain.endswith("AA-0705-K3 · Ararat Wire")
    assert '<a href="https://news.example/1">Ararat Wire</a>' in brief.html
    bare = render_brief(replace(alert, incident=replace(MOVSES, claims=())), ENGLISH, FACTS)
    assert bare.plain.endswith("AA-0705-K3")


def test_digests_and_lines_run_in_the_direction_of_their_language() -> None:
    """Every line; the slash of a command stays before its word."""
    arabic = WORDS["ar"]
    digest = render_digest(several(300), arabic, FACTS).plain
    assert all(line.startswith("\u200f") for line in digest.splitlines())
    assert "\u200e/latest" in digest
    brief = render_brief(Alert(None, MOVSES, AlertKind.NEW, NOON), arabic, FACTS)
    assert brief.plain.startswith("\u200f")
    assert brief.html.startswith("\u200f")
