"""What buttons carry: an action with its arguments, sealed to its chat, in at most 64 bytes.

Telegram hands back whatever a client sends, so the bytes prove nothing by themselves: the seal tells that
this bot wrote them for this chat, and every press is authorised again like the command it stands for.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

LONGEST_BYTES = 64
"""The Bot API's limit of callback_data."""
VERSION = "1"
"""Changes when old buttons can no longer be understood; they are then answered as old."""
_SEAL_CHARACTERS = 8
_SEPARATOR = "|"


@dataclass(frozen=True, slots=True)
class Press:
    """What a genuine button says."""

    action: str
    arguments: tuple[str, ...]


class Seal:
    """Writes and reads the data of buttons with a key that stays the same over restarts."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, telegram_id: int, action: str, *arguments: str) -> str:
        """The data for a button in the chat `telegram_id`.

        Raises ValueError when it would be longer than 64 bytes or an argument holds the separator.
        """
        if any(_SEPARATOR in part for part in (action, *arguments)):
            raise ValueError("an argument of a button holds the separator")
        payload = _SEPARATOR.join((action, *arguments))
        data = VERSION + self._sign(telegram_id, payload) + payload
        if len(data.encode()) > LONGEST_BYTES:
            raise ValueError(f"a button's data is longer than {LONGEST_BYTES} bytes: {payload}")
        return data

    def read(self, telegram_id: int, data: str) -> Press | None:
        """What the button says; None when it is old, truncated, forged or from another chat."""
        head, payload = data[: 1 + _SEAL_CHARACTERS], data[1 + _SEAL_CHARACTERS :]
        genuine = VERSION + self._sign(telegram_id, payload)
        if not hmac.compare_digest(head.encode("utf-8", "replace"), genuine.encode()):
            return None
        action, *arguments = payload.split(_SEPARATOR)
        return Press(action, tuple(arguments))

    def _sign(self, telegram_id: int, payload: str) -> str:
        message = f"{VERSION}{_SEPARATOR}{telegram_id}{_SEPARATOR}{payload}".encode("utf-8", "replace")
        digest = hmac.digest(self._key, message, hashlib.sha256)
        return base64.urlsafe_b64encode(digest)[:_SEAL_CHARACTERS].decode()


def short_hash(text: str) -> str:
    """Eight characters that stand for a text too long or too free for a button."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode("utf-8", "replace")).digest())[:8].decode()
