"""Previews of public Telegram channels."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import Entry, Report, Source, SourceKind, SourceOptions, SourceType
from bot.sources.channel import parse
from bot.sources.identity import content_hash, report_key
from bot.sources.messages import Job
from bot.sources.worker import run
from tests.ground import shared_reader

NOW = datetime(2024, 12, 2, 12, 0, tzinfo=UTC)


def _post(number: int, words: str, *, forwarded: str = "", extra: str = "", kind: str = "") -> str:
    text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{words}</div>' if words else ""
    return f"""<div class="tgme_widget_message {kind}" data-post="Front_Line/{number}">
        <div class="tgme_widget_message_bubble"><a class="tgme_widget_message_owner_name">Front line</a>
        {forwarded}{extra}
        {text}<div class="tgme_widget_message_footer"><span class="tgme_widget_message_meta">edited
        <a class="tgme_widget_message_date" href="https://t.me/Front_Line/{number}">
        <time datetime="2024-12-02T13:00:00+03:00">13:00</time></a></span></div></div></div>"""


def _page(*posts: str) -> bytes:
    head = '<html><body><div class="tgme_channel_info"></div><section class="tgme_channel_history">'
    return f"{head}{''.join(posts)}</section></body></html>".encode()


def _one(page: bytes) -> Entry:
    (entry,) = parse(page, "text/html; charset=utf-8", "https://t.me/s/Front_Line")
    return entry


def test_a_post_is_an_entry_with_its_address_and_time() -> None:
    """The first line is its title, all of it its text."""
    words = '<b>Shots near Kut</b><br/><br/>One <a href="https://a.example">soldier</a> hurt &amp; safe.'
    assert _one(_page(_post(7, words))) == Entry(
        url="https://t.me/Front_Line/7",
        guid="front_line/7",
        title="Shots near Kut",
        text="Shots near Kut\nOne soldier hurt & safe.",
        published_at=datetime(2024, 12, 2, 10, 0, tzinfo=UTC),
    )


def test_an_edited_post_is_the_same_report_with_another_text() -> None:
    """Its address stays."""
    before, after = (_one(_page(_post(7, words))) for words in ("One wounded", "Two wounded"))
    assert report_key(before) == report_key(after)
    assert content_hash(before) != content_hash(after)


def test_a_forwarded_post_names_the_channel_it_comes_from() -> None:
    """By address, or by name where the author hides."""
    linked = '<a class="tgme_widget_message_forwarded_from_name" href="https://t.me/Other_Side/3">Other</a>'
    hidden = '<span class="tgme_widget_message_forwarded_from_name">Somebody</span>'
    assert _one(_page(_post(1, "Shots", forwarded=linked))).origin == "other_side"
    assert _one(_page(_post(1, "Shots", forwarded=hidden))).origin == "Somebody"


def test_what_a_post_answers_to_is_not_its_text() -> None:
    """Nor is the preview of a page that it links."""
    extra = (
        '<a class="tgme_widget_message_reply"><div class="tgme_widget_message_text">Older words</div></a>'
        '<a class="tgme_widget_message_link_preview"><div class="link_preview_title">A page</div></a>'
    )
    assert _one(_page(_post(1, "New words", extra=extra))).text == "New words"


def test_captions_count_and_posts_without_words_do_not() -> None:
    """An album has one caption; stickers and service messages have none."""
    album = (
        '<div class="tgme_widget_message_grouped_wrap"><a class="tgme_widget_message_photo_wrap"></a></div>'
    )
    page = _page(
        _post(1, "", extra=album),
        _post(2, "Caption", extra=album),
        _post(3, "pinned a message", kind="service_message"),
    )
    assert _one(page).text == "Caption"


def test_a_text_within_a_text_counts_once() -> None:
    """As the page wraps replies and formatted posts."""
    words = '<div class="tgme_widget_message_text js-message_text">Shots near Kut</div>'
    assert _one(_page(_post(1, words))).text == "Shots near Kut"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Short one.", "Short one."),
        ("Shots near Kut. " + "More follows here. " * 20, "Shots near Kut."),
        ("word " * 100, "word " * 39 + "word…"),
    ],
)
def test_the_title_of_a_long_paragraph_is_its_first_sentence(words: str, title: str) -> None:
    """Cut at a word where that is long as well."""
    assert _one(_page(_post(1, words))).title == title


def test_posts_keep_the_order_of_the_page() -> None:
    """Oldest first."""
    assert [e.title for e in parse(_page(_post(1, "a"), _post(2, "b")))] == ["a", "b"]


def test_a_channel_without_posts_is_no_error() -> None:
    """It may fill later."""
    assert parse(_page()) == ()


def test_a_switched_off_preview_is_said_so() -> None:
    """Telegram leads to the channel's card then."""
    with pytest.raises(ParseError, match="no public preview"):
        parse(b'<html><div class="tgme_page"><div class="tgme_page_title">Front line</div></div></html>')
    with pytest.raises(ParseError, match="not a channel"):
        parse(b"<html>Are you a robot?</html>")


def test_each_post_has_a_language_of_its_own() -> None:
    """Whatever the catalogue says of the channel: it is read as it is written."""
    page = _page(
        _post(1, "Азербайджан обстрелял село, один солдат ранен."),
        _post(2, "Ադրբեջանը կրակ է բացել գյուղի ուղղությամբ, մեկ զինծառայող վիրավորվել է։"),
        _post(3, "Azerbaijan opened fire at the village, one soldier was wounded."),
    )
    russian = SourceOptions(language="ru")
    channel = Source("a", "A", SourceKind.CHANNEL, "https://t.me/s/a", SourceType.CHANNEL, options=russian)
    entries = run(Job(SourceKind.CHANNEL, page, "text/html; charset=utf-8", channel.url, russian)).entries
    reader = shared_reader()
    reports = [Report(channel, e.guid, e.url, e.title, e.text, e.published_at, NOW) for e in entries]
    assert [reader.read(report).language for report in reports] == ["ru", "hy", "en"]


SEED = _page(
    _post(1, "a<br>b"), _post(2, "c", forwarded="<a class='tgme_widget_message_forwarded_from_name'>")
)


@settings(max_examples=500)
@given(st.integers(0, len(SEED)), st.integers(0, 80), st.binary(max_size=20))
def test_damaged_pages_give_entries_or_a_parse_error(start: int, cut: int, filler: bytes) -> None:
    """Nothing else leaves."""
    try:
        entries = parse(SEED[:start] + filler + SEED[start + cut :])
    except ParseError:
        return
    assert all(entry.url.startswith("https://t.me/") for entry in entries)
