"""Words that only the tables and those who ask them need."""

from __future__ import annotations

from enum import StrEnum

EVERYTHING = "*"
"""The region of a chat that subscribed to all theatres."""
PRIORITY_GRAVE = 0
PRIORITY_NEW = 10
PRIORITY_REPLY = 20
PRIORITY_EDIT = 30
PRIORITY_DIGEST = 40
PRIORITY_ANNOUNCEMENT = 50
"""Small numbers leave first: new grave incidents, new ones, replies, edits, digests, announcements."""
PRIORITY_NAMES = {
    PRIORITY_GRAVE: "grave",
    PRIORITY_NEW: "new",
    PRIORITY_REPLY: "reply",
    PRIORITY_EDIT: "edit",
    PRIORITY_DIGEST: "digest",
    PRIORITY_ANNOUNCEMENT: "announcement",
}
PRIORITIES = tuple(PRIORITY_NAMES)


SENT_ANEW = "sent_anew"
"""The reason kept with a message that was gone and whose edit was sent as a new one: that is done once."""


class ChatState(StrEnum):
    """gone: it blocked the bot or removed it; its settings wait for its return."""

    ACTIVE = "active"
    GONE = "gone"


class Sign(StrEnum):
    """What a keyword does: one of the included must occur, none of the excluded may."""

    INCLUDE = "include"
    EXCLUDE = "exclude"
