"""Who may say what: one table of commands and roles. What is not allowed here is not allowed."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum, IntEnum


class Role(Enum):
    """What somebody is to a command; an update has one role, or two when its author is a bot admin too."""

    PRIVATE = "private user"
    MEMBER = "group member"
    CHAT_ADMIN = "chat admin"
    ANONYMOUS_ADMIN = "anonymous admin"
    LINKED_CHANNEL = "linked channel"
    CHANNEL_POST = "channel post"
    BOT_ADMIN = "bot admin"
    FORWARDED = "forwarded"
    EDITED = "edited"
    VIA_BOT = "via another bot"


class Verdict(IntEnum):
    """What becomes of a command, the best last; silence is broken by a hint in private chats only."""

    SILENT = 0
    REFUSE = 1
    ALLOW = 2


_SIGNS = {".": Verdict.SILENT, "-": Verdict.REFUSE, "+": Verdict.ALLOW}


def _row(cells: str) -> dict[Role, Verdict]:
    return {role: _SIGNS[sign] for role, sign in zip(Role, cells.split(), strict=True)}


# A bot admin's own column grants nothing that changes a group: there the chat's admins decide.
_READS = "+ + + + . + + . . ."
_CHANGES = "+ - + + . + - . . ."
_RULES = "- - - - . - + . . ."
# For one's private chat; who leads a group is told so there.
_ALONE = "+ . + + . . . . . ."

TABLE: dict[str, dict[Role, Verdict]] = {
    # command             private, member, chat admin, anonymous, linked, post, bot admin, fwd, edited, via
    "help": _row(_READS),
    "status": _row(_READS),
    "privacy": _row(_READS),
    "latest": _row(_READS),
    "filters": _row(_READS),
    "why": _row(_READS),
    "incident": _row(_READS),
    "share": _row(_READS),
    "export": _row(_READS),
    "preview": _row(_READS),
    "missed": _row(_READS),
    "start": _row(_CHANGES),
    "subscribe": _row(_CHANGES),
    "unsubscribe": _row(_CHANGES),
    "keywords": _row(_CHANGES),
    "severity": _row(_CHANGES),
    "confirmed": _row(_CHANGES),
    "acts": _row(_CHANGES),
    "parties": _row(_CHANGES),
    "around": _row(_CHANGES),
    "digest": _row(_CHANGES),
    "quiet": _row(_CHANGES),
    "mute": _row(_CHANGES),
    "unmute": _row(_CHANGES),
    "style": _row(_CHANGES),
    "language": _row(_CHANGES),
    "import": _row(_CHANGES),
    "editors": _row(_CHANGES),
    "channel": _row(_ALONE),
    "forgetme": _row(_CHANGES),
    "refresh": _row(_RULES),
    "stats": _row(_RULES),
    "sources": _row(_RULES),
    "addsource": _row(_RULES),
    "removesource": _row(_RULES),
    "pause": _row(_RULES),
    "resume": _row(_RULES),
    "retract": _row(_RULES),
    "merge": _row(_RULES),
    "split": _row(_RULES),
    "move": _row(_RULES),
    "announce": _row(_RULES),
    "admins": _row(_RULES),
    "mode": _row(_RULES),
    "audit": _row(_RULES),
    "review": _row(_RULES),
}


_LED = frozenset({"editors", "forgetme"})
"""What only a group's admins change, though all members may change the rest."""
_OWN_READS = frozenset({"export", "filters", "latest", "missed", "preview", "share"})
"""Commands that read what a chat has chosen."""


def judge(command: str, roles: Iterable[Role]) -> Verdict:
    """The best that any of the roles has in the table; silence for a command without a row and for nobody."""
    row = TABLE.get(command, {})
    return max((row.get(role, Verdict.SILENT) for role in roles), default=Verdict.SILENT)


def needs_admin_check(command: str, roles: frozenset[Role]) -> bool:
    """True when being an admin of the chat would make a difference to a member of it."""
    if Role.MEMBER not in roles:
        return False
    return judge(command, roles | {Role.CHAT_ADMIN}) > judge(command, roles)


def may_be_opened(command: str) -> bool:
    """True for changes that a group's admins may leave to all of its members."""
    return command not in _LED


def is_about_the_chat(command: str) -> bool:
    """True for what reads or changes a chat's choice: a channel's admin may say it for the channel."""
    if command in _OWN_READS:
        return True
    changes = judge(command, {Role.CHANNEL_POST}) > judge(command, {Role.MEMBER})
    return changes and command not in {"start", "editors"}


def is_admin_command(command: str) -> bool:
    """True for what only admins of the bot may do."""
    row = TABLE.get(command, {})
    return {role for role, verdict in row.items() if verdict is Verdict.ALLOW} == {Role.BOT_ADMIN}
