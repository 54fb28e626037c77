"""Pages without feeds, the feeds that pages name, and articles behind them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.errors import ParseError
from bot.model import SourceOptions
from bot.sources import article, discovery
from bot.sources.page import parse

BASE = "https://mod.example/en/news"
LIST = b"""<html><body><nav><a href="/about">About the ministry and all its many departments</a></nav>
<ul class="news">
<li><h3><a href="/en/news/2">Shots at positions near Kut were reported</a></h3>
<time datetime="2024-12-02T14:00:00+04:00">2 December</time><p>No losses &amp; calm now.</p></li>
<li><h3><a href="3?utm_source=x#top">A soldier was wounded near Hadrut today</a></h3>
<span>2 December 13:00</span></li>
<li><h3><a href="/en/news/2">Shots at positions near Kut were reported</a></h3></li>
<li><h3><a href="javascript:go()">Nothing to be opened by anybody at all</a></h3></li>
</ul>
<a href="https://elsewhere.example/1">A partner's headline that is long enough</a></body></html>"""
WORDS = "One soldier was wounded near the village of Kut as fire was opened, the ministry of defence said. "
ARTICLE = f"""<html lang="en-GB"><head><title>Ministry</title>
<meta property="og:title" content="Shots near Kut">
<meta property="article:published_time" content="2024-12-02T14:00:00+04:00"></head><body>
<nav><a href="/">Home</a><a href="/world">World</a></nav><article><h1>Shots</h1>
<p>{WORDS * 3}</p><p>{WORDS * 2}</p>
</article><footer>Subscribe to our newsletter</footer></body></html>"""


def test_items_are_read_by_the_selectors_of_the_sources_file() -> None:
    """Address, headline, time and teaser; each address once, what cannot be opened not at all."""
    options = SourceOptions(items="ul.news li", link="h3 a", title="h3", time="time")
    first, second = parse(LIST, "text/html", BASE, options)
    assert (first.url, first.title) == (
        "https://mod.example/en/news/2",
        "Shots at positions near Kut were reported",
    )
    assert first.published_at == datetime(2024, 12, 2, 10, 0, tzinfo=UTC)
    assert "No losses & calm now." in first.text
    assert second.url == "https://mod.example/en/3?utm_source=x"
    assert second.published_at is None


def test_without_selectors_headlines_are_links_of_the_same_site() -> None:
    """Menus, short links and other sites are none."""
    page = LIST.replace(b"</ul>", b"<li><a href=4>The minister met the observers in Kut</a></ul>")
    assert [e.url for e in parse(page, "text/html", BASE)] == [
        "https://mod.example/en/news/2",
        "https://mod.example/en/3?utm_source=x",
        "https://mod.example/en/4",
    ]


@pytest.mark.parametrize(
    "frame",
    [
        "<nav>{}</nav>",
        "<div role='navigation'>{}</div>",
        "<ul class='big menu'>{}</ul>",
        "<div id=menu>{}</div>",
    ],
)
def test_a_long_menu_hides_no_news(frame: str) -> None:
    """Only so many articles of a page are read: its departments are none."""
    menu = "".join(f"<li><a href='/d/{n}'>Department of important matters {n}</a></li>" for n in range(50))
    news = "".join(f"<a href='/n/{n}'>Shots near the village of Kut, {n}</a>" for n in range(4))
    page = f"<body class=menu-open>{frame.format(menu)}<div class=menu-content>{news}</div></body>"
    assert [e.url for e in parse(page.encode(), "text/html", BASE)] == [
        f"https://mod.example/n/{n}" for n in range(4)
    ]


@pytest.mark.parametrize(
    ("body", "options", "why"),
    [
        (b"", SourceOptions(), "empty"),
        (b"<html><p>Are you a robot?</p></html>", SourceOptions(), "headline with a link"),
        (LIST, SourceOptions(), "too few headlines"),
        (
            b"<h1>Prove that you are human</h1><a href=/help>Why do I have to complete a captcha here?</a>",
            SourceOptions(),
            "too few headlines",
        ),
        (LIST, SourceOptions(items="div.gone"), r"div\.gone"),
        (LIST, SourceOptions(items="li[["), "no CSS selector"),
        (b"<div>" * 30_000, SourceOptions(), "more elements"),
    ],
)
def test_a_page_on_which_nothing_is_found_is_said_so(body: bytes, options: SourceOptions, why: str) -> None:
    """A redesigned site is noticed at once, it does not just fall silent."""
    with pytest.raises(ParseError, match=why):
        parse(body, "text/html", BASE, options)


def test_a_page_names_its_feeds() -> None:
    """Absolute, each once, those of comments last; style sheets and other languages are none."""
    head = b"""<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed/">
    <link rel="stylesheet" type="text/css" href="/a.css"><link rel="alternate" hreflang="fr" href="/fr">
    <link rel="alternate" type="application/atom+xml; charset=utf-8" title="News" href="feed.xml">
    <link rel="alternate" type="application/rss+xml" href="feed.xml">"""
    feeds = discovery.parse(head, "text/html", "https://outlet.example/en/")
    assert [(f.url, f.title) for f in feeds] == [
        ("https://outlet.example/en/feed.xml", "News"),
        ("https://outlet.example/comments/feed/", "Comments"),
    ]
    assert discovery.parse(b"<html>none</html>") == ()


def test_an_article_is_its_text_without_what_stands_around() -> None:
    """With headline, time and language as the page declares them."""
    (found,) = article.parse(ARTICLE.encode(), "text/html", "https://mod.example/en/news/2")
    assert (found.title, found.language) == ("Shots near Kut", "en")
    assert found.published_at == datetime(2024, 12, 2, 10, 0, tzinfo=UTC)
    assert found.text.startswith("One soldier") or "One soldier" in found.text
    assert "newsletter" not in found.text
    assert "World" not in found.text


def test_an_article_may_tell_its_time_in_structured_data() -> None:
    """Where no tag of the head does; broken data is passed over."""
    data = """<script type="application/ld+json">
    {"@graph": [{"datePublished": "2024-12-02T10:00:00Z"}]}</script>
    <script type="application/ld+json">{broken</script>"""
    page = ARTICLE.replace(
        '<meta property="article:published_time" content="2024-12-02T14:00:00+04:00">', data
    )
    (found,) = article.parse(page.encode())
    assert found.published_at == datetime(2024, 12, 2, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("body", [b"", b"<html><p>Please accept cookies</p></html>", b"\x00\xff" * 50])
def test_a_page_without_an_article_is_said_so(body: bytes) -> None:
    """A teaser is better than a notice about cookies."""
    with pytest.raises(ParseError):
        article.parse(body)
