"""Logging: one line a record, and no token in any of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from bot.log import set_up_logging

TOKEN = "123456789:AAEabcdefghijklmnopqrstuvwxyz0123456"


@pytest.fixture(autouse=True)
def _restored_logging() -> Iterator[None]:
    root = logging.getLogger()
    kept, level = root.handlers[:], root.level
    yield
    root.handlers[:] = kept
    root.setLevel(level)


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_token_reaches_the_log_at_any_level(form: str) -> None:
    """Neither the configured token nor anything of a token's shape, in message, argument or traceback."""
    out = io.StringIO()
    set_up_logging("DEBUG", form, secrets=["opensesame"], stream=out)
    log = logging.getLogger("bot.test")
    log.debug("POST https://api.telegram.org/bot%s/sendMessage", TOKEN)
    try:
        raise ValueError(f"opensesame {TOKEN}")
    except ValueError:
        log.exception("failed")
    text = out.getvalue()
    assert "«token»" in text
    assert TOKEN not in text
    assert "opensesame" not in text


def test_json_lines_are_json() -> None:
    """With LOG_FORMAT=json every line parses and carries its level and UTC time."""
    out = io.StringIO()
    set_up_logging("INFO", "json", stream=out)
    logging.getLogger("bot.test").warning("a\nb")
    line = json.loads(out.getvalue())
    assert (line["level"], line["message"]) == ("WARNING", "a\nb")
    assert line["time"].endswith("Z")


def test_libraries_that_log_addresses_are_kept_quiet() -> None:
    """At DEBUG the libraries that would print request addresses or chat texts stay at WARNING."""
    set_up_logging("DEBUG", "text", stream=io.StringIO())
    assert not logging.getLogger("telegram.ext").isEnabledFor(logging.INFO)
    assert not logging.getLogger("aiosqlite").isEnabledFor(logging.DEBUG)


def test_updates_that_cannot_be_parsed_are_not_logged() -> None:
    """The Telegram library prints such updates, texts of chats and all, at the highest level."""
    set_up_logging("DEBUG", "text", stream=io.StringIO())
    for name in ("telegram.Bot", "telegram.ext.ExtBot"):
        assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL)
