"""What the bot sends, as a terminal shows it: Telegram HTML to ANSI, buttons to numbered choices."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

_RESET = "\x1b[0m"
_STYLES = {
    "b": "\x1b[1m",
    "strong": "\x1b[1m",
    "i": "\x1b[3m",
    "em": "\x1b[3m",
    "u": "\x1b[4m",
    "ins": "\x1b[4m",
    "s": "\x1b[9m",
    "strike": "\x1b[9m",
    "del": "\x1b[9m",
    "code": "\x1b[36m",
    "pre": "\x1b[36m",
}
_DIM = "\x1b[2m"

# What a feed holds ends up here: nothing of it may steer the terminal.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Choice:
    """A button with the number that presses it; exactly one of `data` and `url` is filled."""

    number: int
    label: str
    data: str = ""
    url: str = ""


def show_html(text: str, *, colour: bool) -> str:
    """Telegram HTML as text for a terminal; links become their text and the address."""
    painter = _Painter(colour=colour)
    painter.feed(text)
    painter.close()
    return painter.shown()


def show_plain(text: str) -> str:
    """Text without markup, safe to print."""
    return _CONTROLS.sub("", text)


def dim(text: str, *, colour: bool) -> str:
    """Text that stands back."""
    return f"{_DIM}{text}{_RESET}" if colour else text


def number_choices(markup: Any) -> list[list[Choice]]:
    """The rows of an inline keyboard, numbered from 1; empty when there is none."""
    rows: list[list[Choice]] = []
    number = 0
    for row in (markup or {}).get("inline_keyboard", ()):
        choices = []
        for button in row:
            number += 1
            label = show_plain(str(button.get("text", "")))
            choices.append(
                Choice(number, label, str(button.get("callback_data", "")), str(button.get("url", "")))
            )
        rows.append(choices)
    return rows


def show_choices(rows: list[list[Choice]], *, colour: bool) -> str:
    """A line for each row of buttons, such as `[1] Ukraine  [2] Lebanon`."""
    return "\n".join("  ".join(_show_choice(choice, colour) for choice in row) for row in rows)


def _show_choice(choice: Choice, colour: bool) -> str:
    number = f"{_STYLES['b']}[{choice.number}]{_RESET}" if colour else f"[{choice.number}]"
    link = f" {show_plain(choice.url)}" if choice.url else ""
    return f"{number} {choice.label}{link}"


class _Painter(HTMLParser):
    """Collects text with ANSI styles; a closing tag restores the styles that are still open."""

    def __init__(self, *, colour: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._colour = colour
        self._parts: list[str] = []
        self._open: list[str] = []
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._links.append((show_plain(dict(attrs).get("href") or ""), len(self._parts)))
        elif tag in _STYLES:
            self._open.append(tag)
            self._paint(_STYLES[tag])

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._close_link()
        elif tag in self._open:
            self._open.remove(tag)
            self._paint(_RESET + "".join(_STYLES[t] for t in self._open))

    def handle_data(self, data: str) -> None:
        self._parts.append(show_plain(data))

    def shown(self) -> str:
        return "".join(self._parts)

    def _close_link(self) -> None:
        address, start = self._links.pop()
        if address and address != "".join(self._parts[start:]).strip():
            self._parts.append(f" ({address})")

    def _paint(self, code: str) -> None:
        if self._colour:
            self._parts.append(code)
