"""Feeds of every form and charset, well-formed or not."""

from __future__ import annotations

import codecs
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import ParseError
from bot.model import Entry
from bot.sources.charset import KNOWN
from bot.sources.feed import MAX_ENTRIES, parse_feed
from bot.sources.plain import MAX_CHARS
from tests.sources.opened import nothing_opened

TEN = datetime(2024, 12, 2, 10, 0, tzinfo=UTC)
RSS = """<?xml version="1.0" encoding="{charset}"?><rss version="2.0"><channel><language>ru</language>
<item><title>{title}</title><link>https://outlet.example/1</link><guid isPermaLink="false">g1</guid>
<description>&lt;p&gt;Three &lt;b&gt;w&lt;/b&gt;ounded&lt;/p&gt;&lt;p&gt;near Kut&lt;/p&gt;</description>
<pubDate>Mon, 02 Dec 2024 14:00:00 +0400</pubDate></item></channel></rss>"""
FORMS = {
    "rss 0.91": """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
        "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><title>t</title>
        <item><title>A</title><link>https://outlet.example/1</link></item></channel></rss>""",
    "rss 2.0": """<rss version="2.0"><channel><item><title>A</title><link>https://outlet.example/1</link>
        <pubDate>Mon, 02 Dec 2024 10:00:00 GMT</pubDate></item></channel></rss>""",
    "rdf": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
        xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://outlet.example/"><title>t</title>
        </channel><item rdf:about="https://outlet.example/1"><title>A</title><link>https://outlet.example/1</link>
        <dc:date>2024-12-02T10:00:00Z</dc:date></item></rdf:RDF>""",
    "atom 1.0": """<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title><entry><title>A</title>
        <link rel="self" href="https://outlet.example/api/1"/><link href="https://outlet.example/1"/>
        <id>tag:1</id><updated>2024-12-02T13:00:00+03:00</updated></entry></feed>""",
    "atom 0.3": """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>t</title><entry><title>A</title>
        <link rel="alternate" href="https://outlet.example/1"/><issued>2024-12-02T10:00:00Z</issued></entry></feed>""",
    "json": """{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A",
        "url": "https://outlet.example/1", "date_published": "2024-12-02T10:00:00Z"}]}""",
    "no root prefix": """garbage before <rss version="2.0"><channel><item><title>A</title>
        <link>https://outlet.example/1</link></item></channel></rss>""",
}
BOMBS = {
    "laughs": '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><title>&b;</title></rss>',
    "external": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item><title>&a;</title></item></rss>',
    "parameter": '<!DOCTYPE l [<!ENTITY % a SYSTEM "http://127.0.0.1/"> %a;]><rss version="2.0"/>',
    "blowup": f'<!DOCTYPE l [<!ENTITY a "{"x" * 50_000}">]><rss><title>{"&a;" * 9_000}</title></rss>',
    "attributes": '<!DOCTYPE l [<!ATTLIST item x CDATA "y">]><rss version="2.0"/>',
    "behind a comment": '<!-- <rss> --><!DOCTYPE l [<!ENTITY a "b">]><rss version="2.0"/>',
    "behind noise": 'x<?a?><!doctype l\n[\n<!entity a "b">]><rss version="2.0"/>',
    "twice": '<!DOCTYPE a SYSTEM "b"><!DOCTYPE l [<!ENTITY a "b">]><rss version="2.0"/>',
}


def one(body: bytes | str, content_type: str = "", base: str = "") -> Entry:
    (entry,) = parse_feed(body.encode() if isinstance(body, str) else body, content_type, base)
    return entry


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_feed_is_read(name: str) -> None:
    """The same item in each."""
    entry = one(FORMS[name])
    assert (entry.title, entry.url) == ("A", "https://outlet.example/1")
    assert entry.published_at in (TEN, None)
    assert (entry.published_at is None) == (name in {"rss 0.91", "no root prefix"})


def test_an_entry_is_plain_text_in_paragraphs_with_a_utc_date() -> None:
    """Markup is gone, words stay whole, language and guid are kept."""
    entry = one(RSS.format(charset="utf-8", title="A &amp;amp; B"))
    assert entry == Entry(
        url="https://outlet.example/1",
        guid="g1",
        title="A & B",
        text="Three wounded\nnear Kut",
        published_at=TEN,
        language="ru",
    )


@pytest.mark.parametrize(
    ("charset", "title"),
    [
        ("utf-8", "Обстрел, Şuşa, 停戦"),
        ("windows-1251", "Обстрел под Мартуни"),
        ("koi8-r", "Обстрел под Мартуни"),
        ("iso-8859-5", "Обстрел под Мартуни"),
        ("windows-1254", "Ağdam'da ateşkes"),
        ("iso-8859-9", "Ağdam'da ateşkes"),
        ("windows-1256", "وقف إطلاق النار"),
        ("windows-1255", "הפסקת אש"),
        ("iso-8859-1", "Côte d'Ivoire"),
        ("windows-874", "หยุดยิง"),
        ("gb2312", "停火协议"),
        ("big5", "停火協議"),
        ("shift_jis", "停戦合意"),
        ("euc-jp", "停戦合意"),
        ("iso-2022-jp", "停戦合意"),
        ("euc-kr", "휴전 협정"),
        ("utf-16", "Обстрел"),
    ],
)
@pytest.mark.parametrize("told_in", ["prolog", "header", "both"])
def test_every_charset_is_read_wherever_it_is_declared(charset: str, title: str, told_in: str) -> None:
    """In the HTTP header, in the document, or in both."""
    prolog = charset if told_in != "header" else "utf-8"
    body = RSS.format(charset=prolog, title=title).encode(charset.replace("windows-", "cp"))
    header = f'text/xml; charset="{charset}"' if told_in != "prolog" else "text/xml"
    assert one(body, header).title == title


@pytest.mark.parametrize("charset", ["utf-8-sig", "utf-16-le", "utf-16-be", "utf-32"])
def test_marks_and_widths_need_no_declaration(charset: str) -> None:
    """A byte order mark, or the shape of the first bytes, is enough."""
    assert one(RSS.format(charset="utf-8", title="Обстрел").encode(charset)).title == "Обстрел"


def test_utf8_is_believed_over_a_header_that_lies() -> None:
    """Servers send their default; bytes that are UTF-8 cannot be anything else by chance."""
    assert (
        one(RSS.format(charset="utf-8", title="Обстрел"), "text/xml; charset=iso-8859-1").title == "Обстрел"
    )


@pytest.mark.parametrize("default", ["iso-8859-1", "us-ascii", "windows-1252"])
def test_a_document_is_believed_over_the_default_of_its_server(default: str) -> None:
    """Every byte reads as something in Latin-1, so it proves nothing."""
    body = RSS.format(charset="windows-1251", title="Обстрел под Мартуни").encode("cp1251")
    assert one(body, f"text/xml; charset={default}").title == "Обстрел под Мартуни"


def test_letters_that_cannot_be_read_are_no_news() -> None:
    """A feed in an undeclared charset is a fault that an admin sees, not a source with nothing to say."""
    body = RSS.format(charset="utf-8", title="Обстрел под Мартуни " * 20).encode("cp1251")
    with pytest.raises(ParseError, match="charset"):
        parse_feed(body, "text/xml; charset=utf-8")


@pytest.mark.parametrize("name", ["no-such-charset", "base64", "rot13", "idna", "utf-7", "../../etc/passwd"])
def test_a_charset_that_is_none_is_passed_over(name: str) -> None:
    """Neither an error nor a codec that is not one for text."""
    body = RSS.format(charset=name, title="Обстрел")
    assert one(body, f"text/xml; charset={name}").title == "Обстрел"
    assert one(body.encode("cp1252", "replace")).title


def test_a_broken_byte_does_not_change_the_charset() -> None:
    """One bad byte in a UTF-8 feed costs one letter."""
    body = RSS.format(charset="utf-8", title="Обстрел под Мартуни").encode().replace("М".encode(), b"\xd0", 1)
    assert one(body).title.startswith("Обстрел под")


@pytest.mark.parametrize(
    "broken",
    [
        '<rss version="2.0"><channel><item><title>Tom & Jerry</title><link>https://outlet.example/1</link></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>A&nbsp;B</title><link>https://outlet.example/1</link></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>A</title><link>https://outlet.example/1</link></item>',
        '<rss version="2.0"><channel><item><title>A\x0bB</title><link>https://outlet.example/1</link></item></channel></rss>',
        '\n\n  <?xml version="1.0"?><rss version="2.0"><channel><item><title>A</title><link>https://outlet.example/1</link></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>A</title><link>https://outlet.example/1</link><x:y>z</x:y></item></channel></rss>',
        '<rss version="2.0"><channel><item><title>A</b></title><link>https://outlet.example/1</link></item></channel></rss>',
    ],
)
def test_broken_feeds_are_read_all_the_same(broken: str) -> None:
    """A bare ampersand, unknown entities, a missing end, control characters, unknown prefixes."""
    entry = one(broken)
    assert entry.url == "https://outlet.example/1"
    assert entry.title


@pytest.mark.parametrize("name", BOMBS)
def test_declarations_are_refused(name: str) -> None:
    """Billion laughs and its relatives never reach a parser."""
    with pytest.raises(ParseError, match="refused"):
        parse_feed(BOMBS[name].encode())
    with pytest.raises(ParseError, match="refused"):
        parse_feed(BOMBS[name].encode("utf-16"))


def test_an_article_may_speak_of_declarations() -> None:
    """What stands in a CDATA section is text."""
    body = RSS.replace("{title}", "<![CDATA[On <!ENTITY and <!DOCTYPE html [ ]>]]>").format(charset="utf-8")
    assert "On" in one(body).title


@pytest.mark.parametrize(
    "nothing",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><body>Are you a robot?</body></html>",
        b"<html><rss></html>",
        b"\x89PNG\r\n\x1a\n" + bytes(500),
        b"just words",
        b"{}",
        b"[]",
        b'{"items": 5}',
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"<?xml version='1.0'?><opml><body/></opml>",
    ],
)
def test_what_is_no_feed_is_said_so(nothing: bytes) -> None:
    """ParseError, not an empty success."""
    with pytest.raises(ParseError):
        parse_feed(nothing)


def test_an_empty_feed_is_a_feed() -> None:
    """It may fill later."""
    assert parse_feed(b'<rss version="2.0"><channel><title>t</title></channel></rss>') == ()


def test_two_hundred_entries_are_kept() -> None:
    """The first of the feed, whichever parser reads it."""
    items = "".join(
        f"<item><title>n{n}</title><link>https://o.example/{n}</link></item>" for n in range(1_000)
    )
    for tail in ("", "<oops>"):
        entries = parse_feed(f'<rss version="2.0"><channel>{items}{tail}</channel></rss>'.encode())
        assert len(entries) == MAX_ENTRIES
        assert entries[0].title == "n0"


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/news/1", "https://outlet.example/news/1"),
        ("2", "https://outlet.example/rss/2"),
        ("//cdn.example/3", "https://cdn.example/3"),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        ("http://[", ""),
        ("https://outlet.example/" + "a" * 5_000, ""),
    ],
)
def test_addresses_are_absolute_and_of_the_web(link: str, url: str) -> None:
    """Relative ones are joined to where the feed was found; others are dropped."""
    body = f'<rss version="2.0"><channel><item><title>A</title><link>{link}</link></item></channel></rss>'
    assert one(body, "", "https://outlet.example/rss/feed.xml").url == url


def test_a_permanent_guid_is_an_address() -> None:
    """Where an item has no link."""
    body = '<rss version="2.0"><channel><item><title>A</title><guid>https://outlet.example/7</guid></item></channel></rss>'
    assert one(body).url == "https://outlet.example/7"


@pytest.mark.parametrize("date", ["", "yesterday", "0000-00-00T00:00:00Z", "9999-12-31", "1 Jan 1970"])
def test_a_date_that_is_none_is_left_out(date: str) -> None:
    """An undated entry is better than a wrong one."""
    body = (
        f'<rss version="2.0"><channel><item><title>A</title><pubDate>{date}</pubDate></item></channel></rss>'
    )
    assert one(body).published_at is None


def test_full_text_is_taken_before_the_teaser() -> None:
    """content:encoded where there is one."""
    body = (
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>A</title>'
        "<description>A</description><content:encoded><![CDATA[<p>The whole story</p><style>x</style>]]>"
        "</content:encoded></item></channel></rss>"
    )
    assert one(body).text == "The whole story"


def test_long_and_deep_texts_are_cut() -> None:
    """64 KB authors, megabytes of text, a hundred thousand open elements."""
    deep = "&lt;div&gt;" * 100_000
    for text in ("word " * 200_000, deep, "&lt;" * 100_000):
        body = (
            f'<rss version="2.0"><channel><item><title>{"t" * 70_000}</title><author>{"a" * 65_536}</author>'
            f"<description>{text}</description></item></channel></rss>"
        )
        entry = one(body)
        assert len(entry.title) <= 1_000
        assert len(entry.text) <= MAX_CHARS


def test_json_values_of_the_wrong_type_are_missing_ones() -> None:
    """A number as an id is fine, a list as a title is none."""
    items = [{"id": 7, "title": ["x"], "content_html": "<p>Shots</p>"}, "nonsense", {"id": None}]
    entry = one(json.dumps({"items": items}))
    assert (entry.guid, entry.title, entry.text) == ("7", "Shots", "Shots")


SEEDS = [text.encode() for text in (*FORMS.values(), *BOMBS.values(), RSS)] + [
    b"http://127.0.0.1/feed",
    b"/etc/passwd",
    b"pyproject.toml",
    b"feed:http://127.0.0.1/",
    b"<?xml version='1.0' encoding='utf-16'?><rss/>",
]
PIECES = [
    b"<",
    b">",
    b"&",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"\x00",
    b"\xff",
    b"<!DOCTYPE ",
    b"&#0;",
    b"&#xD800;",
    b"?>",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed with parts cut out, doubled or replaced by what parsers stumble over."""
    body = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        filler = draw(st.sampled_from(PIECES) | st.binary(max_size=8) | st.just(body[start:end] * 2))
        body = body[:start] + filler + body[end:]
    return body


def read_damaged(body: bytes, content_type: str) -> None:
    try:
        parse_feed(body, content_type, "https://outlet.example/")
    except ParseError:
        return


BODIES = damaged() | st.binary(max_size=200)
TYPES = st.sampled_from(["", "text/xml; charset=utf-16", "text/xml; charset=x"])
warm_up = settings(max_examples=20)(given(BODIES, TYPES)(read_damaged))
fuzz = settings(max_examples=5_000)(given(BODIES, TYPES)(read_damaged))


def test_only_parse_errors_leave_and_nothing_is_opened() -> None:
    """Five thousand damaged feeds."""
    for name in KNOWN:
        codecs.lookup(name)
    for seed in SEEDS:  # what is imported on demand is imported now
        try:
            parse_feed(seed)
        except ParseError:
            continue
    warm_up()  # so is what hypothesis itself reads
    with nothing_opened() as opened:
        fuzz()
    assert [what for what in opened if ".hypothesis" not in what] == []
