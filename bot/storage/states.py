"""Words that only the tables and those who ask them need."""

from __future__ import annotations

from enum import StrEnum

EVERYTHING = "*"
"""The region of a chat that subscribed to all theatres."""


class ChatState(StrEnum):
    """gone: it blocked the bot or removed it; its settings wait for its return."""

    ACTIVE = "active"
    GONE = "gone"


class Sign(StrEnum):
    """What a keyword does: one of the included must occur, none of the excluded may."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
