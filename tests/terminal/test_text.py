"""What the bot sends, as a terminal shows it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.terminal.text import Choice, number_choices, show_choices, show_html, show_plain


def test_html_without_colours() -> None:
    """Tags vanish, entities become characters, links keep their address."""
    html = "🟠 <b>Hadrut</b> &amp; more &lt;3\n"
    html += '<a href="https://x.example/?a=1&amp;b=2">The <i>Monitor</i></a> 14:20'
    shown = "🟠 Hadrut & more <3\nThe Monitor (https://x.example/?a=1&b=2) 14:20"
    assert show_html(html, colour=False) == shown


def test_a_link_that_shows_its_address_is_not_told_twice() -> None:
    """Nor is a link without one told at all."""
    assert show_html('<a href="https://x.example">https://x.example</a>', colour=False) == "https://x.example"
    assert show_html("<a>here</a></a>", colour=False) == "here"


def test_html_with_colours() -> None:
    """Styles nest: closing one leaves the others."""
    shown = show_html("<b>a<i>b</i>c</b><tg-spoiler>d</tg-spoiler></s>", colour=True)
    assert shown == "\x1b[1ma\x1b[3mb\x1b[0m\x1b[1mc\x1b[0md"


def test_buttons_are_numbered_over_all_rows() -> None:
    """A line for each row; addresses are shown."""
    markup = {
        "inline_keyboard": [
            [{"text": "Yes", "callback_data": "y"}, {"text": "No\x1b[2J", "callback_data": "n"}],
            [{"text": "Site", "url": "https://x.example"}],
        ]
    }
    rows = number_choices(markup)
    assert rows[1] == [Choice(3, "Site", url="https://x.example")]
    assert show_choices(rows, colour=False) == "[1] Yes  [2] No[2J\n[3] Site https://x.example"
    assert "\x1b[1m[1]\x1b[0m" in show_choices(rows, colour=True)
    assert number_choices(None) == []


@given(st.text())
def test_no_feed_steers_the_terminal(text: str) -> None:
    """Whatever a text holds, no control character but tabs and line ends comes out."""
    for shown in (
        show_plain(text),
        show_html(text, colour=False),
        show_html(f'<a href="{text}">x</a>', colour=False),
    ):
        assert not [c for c in shown if (ord(c) < 32 and c not in "\t\n") or 0x7F <= ord(c) <= 0x9F]
