"""Draws docs/alert.svg: the alert of 12 December 2020 as the service itself reads, groups and renders it.

    python -m tools.picture

The texts are our own; the picture is a chat bubble of SVG text, so it can be read, searched and compared.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from pathlib import Path

from bot.data import Facts, load_facts
from bot.data.messages import load_words
from bot.incidents import Ledger
from bot.model import Alert, AlertKind, Incident, Report, Source, SourceKind, SourceType
from bot.reading import Reader
from bot.rendering.alert import render_alert

TARGET = Path(__file__).parent.parent / "docs" / "alert.svg"
NOON = datetime(2020, 12, 12, 12, 0, tzinfo=UTC)
LINE_PX, PAD_PX, WIDTH_PX, FONT_PX = 25, 20, 760, 16
TAG = re.compile(r"(</?(?:b|a|s)[^>]*>)")
STYLES = {"b": 'font-weight="600"', "a": 'fill="#2a6fb5"', "s": 'text-decoration="line-through"'}

TOLD = (
    (
        ("mod-am", "Ministry of Defence of Armenia", SourceType.MOD, "armenia"),
        "Azerbaijani troops attack two villages in Hadrut",
        "On 12 December Azerbaijani forces attacked the villages of Khtsaberd and Hin Tagher in the Hadrut "
        "district of Nagorno-Karabakh, violating the ceasefire, the defence ministry of Armenia said. "
        "Six servicemen of the Defence Army were wounded.",
    ),
    (
        ("mod-az", "Ministry of Defence of Azerbaijan", SourceType.MOD, "azerbaijan"),
        "Armenian armed groups broke the truce, Baku says",
        "Armenian armed formations violated the ceasefire on 12 December near Hin Tagher in the Hadrut "
        "district, the defence ministry of Azerbaijan said.",
    ),
)


def main() -> None:
    """Write the picture."""
    facts = load_facts()
    alert = Alert(None, tell(facts), AlertKind.NEW, NOON + timedelta(minutes=1))
    html = render_alert(alert, load_words()["en"], NOON + timedelta(minutes=1), facts).html
    TARGET.write_text(draw(html.split("\n")), encoding="utf-8")


def tell(facts: Facts) -> Incident:
    """The incident as it stands after the reports of TOLD."""
    reader = Reader(facts)
    ledger = Ledger({party.id for party in facts.parties.values() if party.kind == "monitor"})
    for number, ((id_, name, type_, side), title, text) in enumerate(TOLD, start=1):
        source = Source(id_, name, SourceKind.FEED, f"https://{id_}.example", type_, side)
        at = NOON + timedelta(minutes=number)
        report = Report(source, str(number), f"{source.url}/{number}", title, text, at, at, id=number)
        ledger.add(report, reader.read(report))
    return ledger.incidents[0]


def draw(lines: list[str]) -> str:
    """The lines of Telegram HTML as a chat bubble."""
    height = 2 * PAD_PX + LINE_PX * len(lines)
    rows = "".join(
        f'<text x="{2 * PAD_PX}" y="{PAD_PX + LINE_PX * (n + 1) - 6}">{draw_line(line)}</text>\n'
        for n, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH_PX} {height + PAD_PX}" '
        f'font-family="system-ui, sans-serif" font-size="{FONT_PX}" fill="#1c1e21">\n'
        f'<rect width="{WIDTH_PX}" height="{height + PAD_PX}" fill="#dfe8ef"/>\n'
        f'<rect x="{PAD_PX}" y="{PAD_PX / 2}" width="{WIDTH_PX - 2 * PAD_PX}" height="{height}" rx="14" '
        f'fill="#ffffff"/>\n{rows}</svg>\n'
    )


def draw_line(line: str) -> str:
    """One line, bold and links as spans."""
    spans, open_tags = [], list[str]()
    for part in TAG.split(line):
        if part.startswith("</"):
            open_tags.pop()
        elif TAG.fullmatch(part):
            open_tags.append(part[1])
        elif part:
            style = " ".join(STYLES[tag] for tag in open_tags)
            spans.append(f"<tspan {style}>{escape(unescape(part), quote=False)}</tspan>")
    return "".join(spans)


if __name__ == "__main__":
    main()
