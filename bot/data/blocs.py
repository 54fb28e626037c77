"""Which parties count as one side: the word of an ally is no independent confirmation."""

from __future__ import annotations

import tomllib
from importlib import resources


def load_blocs() -> dict[str, str]:
    """Party id -> id of the party that it speaks with; parties that stand for themselves are left out."""
    text = resources.files("bot.data").joinpath("blocs.toml").read_text(encoding="utf-8")
    blocs = tomllib.loads(text)["blocs"]
    return {member: head for head, members in blocs.items() for member in members}
