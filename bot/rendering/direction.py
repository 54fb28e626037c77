"""Which way a message runs: for languages that are written from right to left."""

from __future__ import annotations

import re

from bot.data.messages import Words

_RIGHT_TO_LEFT_MARK, _LEFT_TO_RIGHT_MARK = "\u200f", "\u200e"
_COMMAND = re.compile(r"<[^>]*>|(?<![A-Za-z0-9:/])/(?=[a-z])")
"""A tag, which is left alone, or the slash of a command."""


def lay_out(html: str, words: Words) -> str:
    """The message with every line begun in the direction of its language.

    A phone takes the direction of a line from its first letter, which may be a foreign place or outlet. The
    slash of a command is kept before its word: by itself it goes to the other side, and is not recognised
    after a letter of the language.
    """
    if not words.is_rtl:
        return html
    marked = _COMMAND.sub(lambda found: _LEFT_TO_RIGHT_MARK + "/" if found[0] == "/" else found[0], html)
    return "\n".join(_RIGHT_TO_LEFT_MARK + line if line else line for line in marked.split("\n"))
