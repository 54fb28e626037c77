"""One page, one report, one text."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Entry
from bot.sources.identity import canonical_url, content_hash, distinct, report_key

PAGE = "https://outlet.example/news/1"
SAME = [
    "http://outlet.example/news/1",
    "https://www.outlet.example/news/1/",
    "HTTPS://Outlet.Example:443/news/1",
    "http://outlet.example:80/news/1",
    "https://m.outlet.example/news/1#comments",
    "https://mobile.outlet.example/news/1",
    "https://amp.outlet.example/news/1",
    "https://outlet.example/news/1/amp",
    "https://outlet.example/news/1/amp/",
    "https://outlet.example/amp/news/1",
    "https://outlet.example/news/1?amp=1",
    "https://outlet.example/news/1?utm_source=rss&utm_medium=feed&fbclid=x",
    "https://outlet.example/news/1?at_medium=RSS&at_campaign=KARANGA",
    "https://outlet.example/./news//../news/1",
    "https://outlet-example.cdn.ampproject.org/c/s/outlet.example/news/1",
    "https://www.google.com/amp/s/outlet.example/news/1",
    " https://outlet.example/news/1 ",
    "https://outlet.example/news/1;jsessionid=5AC6268DD8D4D5D1FDF5D41E9F2FD960.node1",
    "https://outlet.example/news/1?PHPSESSID=0p2o5t8k3l",
    "https://user:word@outlet.example/news/1",
]
OTHER = [
    "https://outlet.example/news/2",
    "https://outlet.example/news/1?page=2",
    "https://outlet.example/news/1?sid=2",
    "https://news.outlet.example/news/1",
    "https://outlet.example/News/1",
    "https://outlet.example:8443/news/1",
    "https://outlet.example/news/1/ampere",
]


@pytest.mark.parametrize("url", SAME)
def test_the_ways_to_one_page_are_one_address(url: str) -> None:
    """Tracking, scheme, www, mobile and AMP variants, ports, fragments make no difference."""
    assert canonical_url(url) == PAGE


@pytest.mark.parametrize("url", OTHER)
def test_other_pages_stay_apart(url: str) -> None:
    """What may be another article is another address."""
    assert canonical_url(url) not in (PAGE, "")


def test_parameters_that_tell_are_kept_in_one_order() -> None:
    """?id=1&lang=ru is ?lang=ru&id=1."""
    one = canonical_url("https://outlet.example/?id=1&lang=ru&utm_x=1")
    assert (
        one
        == canonical_url("http://www.outlet.example/?lang=ru&id=1")
        == "https://outlet.example?id=1&lang=ru"
    )


def test_letters_of_any_script_are_written_alike() -> None:
    """Percent-encoded or plain."""
    plain = canonical_url("https://новости.example/статья")
    assert plain == canonical_url("https://xn--b1amnebsh.example/%D1%81%D1%82%D0%B0%D1%82%D1%8C%D1%8F")


@given(st.text(max_size=60) | st.text(max_size=60).map("https://outlet.example/".__add__))
def test_any_text_gives_an_address_or_nothing(text: str) -> None:
    """Never an error; and doing it twice changes nothing."""
    once = canonical_url(text)
    assert once == "" or once.startswith("https://")
    assert canonical_url(once) == once


def _entry(url: str = "", guid: str = "", title: str = "Shots at Sotk", text: str = "") -> Entry:
    return Entry(url, guid, title, text, datetime(2024, 12, 2, 10, tzinfo=UTC))


def test_a_report_is_known_by_address_then_guid_then_title_and_day() -> None:
    """In this order, each only where the one before is missing."""
    assert report_key(_entry(PAGE, "g")) == f"url:{PAGE}"
    assert report_key(_entry("", " g ")) == "guid:g"
    by_title = report_key(_entry())
    assert by_title.startswith("title:2024-12-02:")
    assert report_key(_entry(title="SHOTS at  Sotk!")) == by_title
    assert report_key(_entry(title="Shots at Kut")) != by_title


def test_a_front_page_is_no_address_of_a_report() -> None:
    """Some feeds link every item to it."""
    assert report_key(_entry("https://outlet.example/", "g1")) == "guid:g1"
    assert report_key(_entry("https://outlet.example/?p=7", "g1")) == "url:https://outlet.example?p=7"


def test_a_key_has_a_bounded_length() -> None:
    """And long ones stay apart."""
    one, two = (report_key(_entry(f"https://outlet.example/{'a' * 1_500}{n}")) for n in (1, 2))
    assert len(one) <= 400
    assert one != two


def test_a_text_is_changed_when_words_change() -> None:
    """Case, accents and spaces are no change."""
    first = content_hash(_entry(text="Three  wounded, Hadrút"))
    assert content_hash(_entry(text="three wounded. hadrut")) == first
    assert content_hash(_entry(text="six wounded, Hadrut")) != first


@given(st.permutations([_entry(PAGE, text="a"), _entry(PAGE + "?utm_source=x", text="b"), _entry(guid="g")]))
def test_of_an_article_listed_twice_one_counts_whatever_the_order(entries: list[Entry]) -> None:
    """Else a shuffled feed would look changed each time."""
    kept = {report_key(e): content_hash(e) for e in distinct(entries)}
    assert len(kept) == 2
    again = {report_key(e): content_hash(e) for e in distinct(list(reversed(entries)))}
    assert kept == again
