"""Which way a message runs: for languages that are written from right to left."""

from __future__ import annotations

from bot.data.messages import Words

_RIGHT_TO_LEFT_MARK = "\u200f"


def lay_out(html: str, words: Words) -> str:
    """The message with every line begun in the direction of its language.

    A phone takes the direction of a line from its first letter, which may be a foreign place or outlet.
    """
    if not words.is_rtl:
        return html
    return "\n".join(_RIGHT_TO_LEFT_MARK + line if line else line for line in html.split("\n"))
