"""What the fake Telegram answers: truly, otherwise, late, broken or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """What to answer instead. `is_accepted`: the request takes effect first, only its answer differs."""

    status: int = 200
    body: bytes | None = None
    is_accepted: bool = False
    is_dropped: bool = False
    """The connection is cut instead of an answer."""
    delay_s: float = 0.0


def refuse(status: int, description: str, **parameters: Any) -> Answer:
    """Telegram's way of saying no."""
    said: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        said["parameters"] = parameters
    return Answer(status, json.dumps(said).encode())


def flood(retry_after_s: int) -> Answer:
    """429 with the seconds to wait."""
    text = f"Too Many Requests: retry after {retry_after_s}"
    return refuse(429, text, retry_after=retry_after_s)


def migrate(new_id: int) -> Answer:
    """The group has become a supergroup."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    return refuse(400, text, migrate_to_chat_id=new_id)


def drop(is_accepted: bool) -> Answer:
    """The connection is cut, after the message was taken or before."""
    return Answer(is_accepted=is_accepted, is_dropped=True)


def delay(seconds: float) -> Answer:
    """The true answer, late."""
    return Answer(is_accepted=True, delay_s=seconds)


def raw(status: int, body: bytes, is_accepted: bool = False) -> Answer:
    """Any bytes at all."""
    return Answer(status, body, is_accepted)


@dataclass(frozen=True)
class Limits:
    """Telegram's limits, enforced with 429 on sliding windows; None: not enforced."""

    per_second: int | None = None
    per_chat_second: int | None = None
    per_group_minute: int | None = None
    retry_after_s: int = 3


class RefusedError(Exception):
    """An answer found while a request was looked at."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def accept(result: Any) -> Answer:
    """Yes, with a result."""
    return Answer(200, json.dumps({"ok": True, "result": result}).encode())


def merge(scripted: Answer | None, true_answer: Answer) -> Answer:
    """What is sent when the request took effect but the script says something else of its answer."""
    if scripted is None:
        return true_answer
    body, status = (
        (true_answer.body, true_answer.status) if scripted.body is None else (scripted.body, scripted.status)
    )
    return Answer(status, body, True, scripted.is_dropped, scripted.delay_s)
