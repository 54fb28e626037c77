"""Draws the pictures of docs/tour.md: chats as the service itself leads them, photographed with Chromium.

    python -m tools.tour [NAME…]

Telegram is the tests' server on loopback, the regions, parties, truces and the reader are the real ones, the
reports are our own texts. Each picture is a chat as HTML; Chromium (`apt-get install chromium`) takes it, and
pngquant, where it is installed, makes it small.
"""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from bot.data import Facts, load_facts
from bot.data.messages import load_words
from bot.ingest import Limits, ingest
from bot.model import Entry, Source, SourceKind, SourceType
from bot.reading import Reader
from bot.storage.database import Database
from bot.storage.sources import upsert_catalogue
from tests.chat import ADMIN
from tests.commands.outbox import deliver_waiting
from tests.commands.screens import ANNA, Stage, open_stage
from tests.telegram_server import BOT
from tools.picture import TOLD

TARGET = Path(__file__).parent.parent / "docs" / "tour"
WIDTH_PX, SCALE = 440, 1.5
MEASURE = """<script>
document.body.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)
</script>"""
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
HEIGHT = re.compile(r'data-height="(\d+)"')
REPORTS = (
    *TOLD,
    (
        ("peacekeepers", "Truce Monitoring Centre", SourceType.MONITOR, "russian-peacekeepers"),
        "Ceasefire violation recorded in Hadrut district",
        "One case of violation of the ceasefire was recorded on 12 December in the Hadrut district near Hin "
        "Tagher and Khtsaberd, the command of the Russian peacekeepers said. Six people were wounded.",
    ),
)
"""Outlet, title and text; one each half hour from noon on."""

STYLE = """
body { margin: 0; padding: 10px 12px; width: 416px; background: #cfdde6; font: 15px/1.32 "Noto Sans",
  "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Color Emoji",
  sans-serif; }
.said, .told { white-space: pre-wrap; unicode-bidi: plaintext; overflow-wrap: anywhere; border-radius: 13px;
  padding: 6px 11px 7px; margin: 6px 0 3px; width: fit-content; max-width: 372px; text-align: start; }
.said { background: #e3f7cf; margin-left: auto; }
.told { background: #fff; }
.reply { border-inline-start: 3px solid #4a90c4; padding-inline-start: 7px; margin-bottom: 4px;
  color: #5b6b78; font-size: 13px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
  max-width: 330px; }
.keys { display: grid; gap: 3px; margin-bottom: 6px; max-width: 394px; }
.row { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 3px; }
.key { background: #8ba4b5; color: #fff; text-align: center; border-radius: 8px; padding: 5px 4px;
  font-size: 14px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; unicode-bidi: plaintext; }
a { color: #2a6fb5; text-decoration: none; }
"""


@dataclass(frozen=True)
class Picture:
    """A chat in a language: what is done first, unseen, and what is seen. `+` publishes the next report."""

    language: str
    before: tuple[str, ...]
    shown: tuple[str, ...]
    chat: int = ANNA


def pictures() -> dict[str, Picture]:
    """Every picture by the name of its file."""
    chosen = ("/subscribe hadrut",)
    confirmed = (*chosen, "+", "+", "+")
    announced = ("@admin /announce Hadrut: The bot moves to another server tonight.",)
    return {
        "en-start": Picture("en", (), ("/start",)),
        "en-choose": Picture("en", ("/start",), ("/subscribe Hadrud", "!take|hadrut", "/subscribe Շուշի")),
        "en-alert": Picture("en", chosen, ("+",)),
        "en-living": Picture("en", chosen, ("+", "+", "+")),
        "en-why": Picture("en", confirmed, ("!why",)),
        "en-filters": Picture("en", (*confirmed, "/severity serious"), ("/filters", "/preview")),
        "ru-alert": Picture("ru", chosen, ("+",)),
        "he-start": Picture("he", (), ("/start",)),
        "he-alert": Picture("he", chosen, ("+",)),
        "ar-living": Picture("ar", chosen, ("+", "+", "+")),
        "en-quiet": Picture("en", chosen, ("/quiet 22:00-07:00 Europe/Kyiv",)),
        "en-review": Picture("en", ("@admin /review all",), ("+", "@admin !review|"), chat=ADMIN),
        "en-announce": Picture("en", chosen, announced, chat=ADMIN),
    }


async def main(names: Sequence[str]) -> None:
    """Draw the named pictures, or all whose language has a catalogue."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if browser is None:
        sys.exit("No Chromium was found; on Debian: apt-get install chromium fonts-noto-core")
    facts, words = load_facts(), load_words()
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, picture in pictures().items():
        if (not names or name in names) and picture.language in words:
            photograph(browser, await play(picture, facts), TARGET / f"{name}.png")


async def play(picture: Picture, facts: Facts) -> str:
    """The chat after all steps, from where `shown` begins, as HTML."""
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/tour.db")
        try:
            async with open_stage(database, picture.language, facts=facts, words=load_words()) as stage:
                reporter = Reporter(stage, facts)
                await reporter.do(picture.before)
                seen = len(stage.scene.server._messages[picture.chat])
                await reporter.do(picture.shown)
                return draw(stage, picture.chat, seen)
        finally:
            await database.close()


class Reporter:
    """Plays steps, and lets the outlets of REPORTS publish in turn."""

    def __init__(self, stage: Stage, facts: Facts) -> None:
        self._stage, self._waiting = stage, list(REPORTS)
        self._reader = Reader(facts)
        observers = frozenset(party.id for party in facts.parties.values() if party.kind == "monitor")
        self._limits = Limits(observers=observers)

    async def do(self, steps: Sequence[str]) -> None:
        """One after the other."""
        for step in steps:
            await (self._publish() if step == "+" else self._stage.play([step]))

    async def _publish(self) -> None:
        scene = self._stage.scene
        (id_, name, type_, side), title, text = self._waiting.pop(0)
        scene.clock.advance(timedelta(minutes=30))
        now: datetime = scene.clock.now()
        source = Source(id_, name, SourceKind.FEED, f"https://{id_}.example", type_, side)
        entry = Entry(f"{source.url}/{now:%H%M}", "", title, text, now - timedelta(minutes=1))
        async with scene.db.writing() as conn:
            await upsert_catalogue(conn, [source])
            await ingest(conn, source, [entry], now, False, self._reader, self._limits)
        await deliver_waiting(scene)


def draw(stage: Stage, chat: int, seen: int) -> str:
    """The messages of a chat from number `seen` on, and older ones that changed, as a page."""
    server = stage.scene.server
    html = rich_texts(stage, chat)
    shown = list(server._messages[chat].values())[seen:] or list(server._messages[chat].values())[-1:]
    parts = [_bubble(message, html.get(message["message_id"])) for message in shown]
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style><body>{"".join(parts)}</body>'


def rich_texts(stage: Stage, chat: int) -> dict[int, str]:
    """Telegram HTML of the bot's messages as they stand, by number: what was sent, and what it became."""
    server = stage.scene.server
    calls = [call for call in server.calls("sendMessage", chat) if call.status == 200]
    numbers = [message["message_id"] for message in server.messages(chat)]
    texts = {n: str(call.parameters["text"]) for n, call in zip(numbers, calls, strict=True)}
    for call in server.calls("editMessageText", chat):
        if call.status == 200:
            texts[int(call.parameters["message_id"])] = str(call.parameters["text"])
    return texts


def _bubble(message: dict[str, Any], html: str | None) -> str:
    if message.get("from", BOT) != BOT or html is None:
        return f'<div class="said">{escape(message["text"])}</div>'
    answered = message.get("reply_to_message")
    quoted = f'<div class="reply">{escape(answered["text"].splitlines()[0])}</div>' if answered else ""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    keys = "".join(f'<div class="row">{"".join(_key(button) for button in row)}</div>' for row in rows)
    return f'<div class="told">{quoted}{html}</div>' + (f'<div class="keys">{keys}</div>' if keys else "")


def _key(button: dict[str, Any]) -> str:
    return f'<div class="key">{escape(button["text"])}</div>'


def photograph(browser: str, page: str, target: Path) -> None:
    """The page as a PNG that is as high as what is on it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page + MEASURE, encoding="utf-8")
        common = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        common += [f"--user-data-dir={folder}/profile", f"--force-device-scale-factor={SCALE}"]
        seen = _run([*common, f"--window-size={WIDTH_PX},800", "--dump-dom", file.as_uri()])
        height = HEIGHT.search(seen)
        assert height is not None, "the page was not laid out"
        size = f"--window-size={WIDTH_PX},{height[1]}"
        _run([*common, size, f"--screenshot={target}", file.as_uri()])
    if shrink := shutil.which("pngquant"):
        _run([shrink, "--force", "--skip-if-larger", "--output", str(target), "64", str(target)])
    print(f"{target}: {target.stat().st_size:,} bytes")


def _run(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
