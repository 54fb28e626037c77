"""Logging to standard error: one line a record, as text or JSON; secrets are struck out at the root."""

from __future__ import annotations

import json
import logging
import re
import sys
import time
from collections.abc import Iterable
from typing import TextIO

TOKEN = re.compile(r"(?<!\d)\d{6,12}:[A-Za-z0-9_-]{30,64}")
LOUD = (
    "aiohttp",
    "aiosqlite",
    "alembic",
    "apscheduler",
    "asyncio",
    "httpcore",
    "httpx",
    "sqlalchemy",
    "telegram",
)
"""Libraries whose debug lines hold addresses with the token, or chat texts; never below WARNING."""

TALKATIVE = ("telegram.Bot", "telegram.ext.ExtBot")
"""They log updates that they cannot parse as CRITICAL, texts of chats and all."""
SILENT = logging.CRITICAL + 1


class _Struck(logging.Formatter):
    """A formatter whose output holds no token, whoever wrote the record and in whichever field."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03dZ"
    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = tuple(secrets)

    def format(self, record: logging.LogRecord) -> str:
        return self._strike(super().format(record))

    def _strike(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "«token»")
        return TOKEN.sub("«token»", text)


class _JsonLines(_Struck):
    """The same as one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return self._strike(json.dumps(line, ensure_ascii=False))


def set_up_logging(
    level: str, form: str, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> logging.Handler:
    """Send records of `level` and above to `stream` (standard error by default); returns the handler."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_JsonLines(secrets) if form == "json" else _Struck(secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in LOUD:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(SILENT)
    return handler
