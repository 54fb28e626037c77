"""Telegram's HTML: nothing that a feed holds breaks a message."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.html import (
    bold,
    clean,
    cut,
    escape,
    italic,
    length,
    link,
    safe_url,
    shorten,
    strike,
    to_plain,
    visible_length,
)
from tests import telegram_html

ANY = st.text(st.characters())


def test_markup_of_strangers_is_shown_not_obeyed() -> None:
    """A title with tags, quotes and ampersands is only text."""
    assert escape('<b>"A" & B</b>') == "&lt;b&gt;&quot;A&quot; &amp; B&lt;/b&gt;"
    assert telegram_html.visible_text(escape("<script>")) == "<script>"


def test_bidi_and_control_characters_vanish() -> None:
    """Nobody turns the rest of a line around; the joiner that Persian needs stays."""
    assert clean("a\u202eb\u2066c\u200f\u0000\x1b") == "abc"
    assert clean("می\u200cشود") == "می\u200cشود"
    assert clean(" two\n lines\u2028\tof\u00a0text ") == "two lines of text"
    assert clean("lone \ud800 surrogate") == "lone surrogate"


def test_tags_are_not_made_for_nothing() -> None:
    """An empty name has no bold."""
    assert (bold(""), italic(""), strike("")) == ("", "", "")
    assert (bold("a"), italic("b"), strike("c")) == ("<b>a</b>", "<i>b</i>", "<s>c</s>")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "tg://user?id=1",
        "data:text/html,x",
        "https://",
        "http:///path",
        "//host/path",
        "https://[::1/",
        "https://host/\u202egpj.exe",
        "ftp://host/file",
        "https://host/" + "a" * 1_000,
        "https://host/" + "ж" * 400,
        "",
    ],
)
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    """Everything else is shown as the words alone."""
    assert safe_url(url) is None
    assert link(url, "words") == "words"


def test_an_address_is_quoted_for_its_attribute() -> None:
    """Quotes and angle brackets cannot leave the attribute, what is quoted already stays so."""
    made = link("https://host.example/a?b=1&c=\"><b>'x'&d=%20é", "words")
    assert made == (
        '<a href="https://host.example/a?b=1&amp;c=%22%3E%3Cb%3E%27x%27&amp;d=%20%C3%A9">words</a>'
    )
    assert telegram_html.visible_text(made) == "words"
    assert link("https://host.example", "") == ""


def test_length_counts_as_telegram_does() -> None:
    """A character beyond the basic plane is two units, markup none, an entity one."""
    assert length("a🔴") == 3
    assert visible_length('<b>&lt;🔴</b> <a href="https://x.example">y</a>') == 5


@given(ANY, st.integers(-3, 60))
def test_shortened_text_keeps_the_limit(text: str, limit: int) -> None:
    """Any text, any limit."""
    shortened = shorten(text, limit)
    assert length(shortened) <= max(limit, 0)
    assert shortened == text or shortened.endswith("…") or limit <= 0


def test_text_is_shortened_between_words() -> None:
    """A cut falls before a word when one begins near, and leaves nothing dangling."""
    assert shorten("a village near the line", 15) == "a village near…"
    assert shorten("abcdefghijkl", 6) == "abcde…"
    assert shorten("👩\u200d👩\u200d👧 family", 5) == "👩…"
    assert shorten("one, two", 5) == "one…"


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "s", "a", ""]), ANY), max_size=8), st.integers(0, 80))
def test_cut_html_stays_valid_and_short(parts: list[tuple[str, str]], limit: int) -> None:
    """Wherever it is cut, tags are closed and entities whole."""
    wrap: dict[str, Callable[[str], str]] = {
        "b": bold,
        "i": italic,
        "s": strike,
        "a": lambda html: link("https://x.example/?a&b", html),
        "": lambda html: html,
    }
    html = "".join(wrap[tag](escape(text)) for tag, text in parts)
    short = cut(strike(html), limit)
    assert telegram_html.length(telegram_html.visible_text(short)) <= limit
    assert visible_length(html) > limit or short == strike(html)


@given(ANY)
def test_plain_text_is_what_is_seen(text: str) -> None:
    """Escaping and reading back loses nothing but what was cleaned away."""
    assert to_plain(escape(text)) == clean(text)
    assert to_plain(link("https://x.example", bold(escape(text)))) == clean(text)
