"""The tables of those who run the bot: who they are, what they did and judged, and whom they let in."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from bot.model import ChatKind
from bot.storage.columns import Choice, Encoded, Instant, Prose, RowId
from bot.storage.schema import metadata
from bot.watch.verdicts import Judgement, Reviewing

__all__ = ["act", "admin", "applicant", "broadcast", "metadata", "reviewer", "verdict"]

admin = Table(
    "admin",
    metadata,
    Column("telegram_id", RowId, primary_key=True, autoincrement=False),
    Column("added_at", Instant, nullable=False),
    Column("added_by", RowId, nullable=False),
)
"""Admins of the bot that other admins added; those of the settings have no row."""

act = Table(
    "act",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("admin_id", RowId, nullable=False),
    Column("what", String, nullable=False),
    Column("subject", Prose, nullable=False),
    Column("detail", Prose, nullable=False),
    Index("act_at", "at"),
)
"""The audit log: who of the admins did what, to what, and when."""

verdict = Table(
    "verdict",
    metadata,
    Column("code", String, primary_key=True),
    Column("judge", String, primary_key=True),
    Column("judgement", Choice(Judgement), nullable=False),
    Column("judged_at", Instant, nullable=False),
    Column("reports", Encoded(tuple[int, ...]), nullable=False),
    Index("verdict_judged", "judged_at"),
    sqlite_with_rowid=False,
)
"""No foreign key: a verdict outlives an incident that became part of another. `judge` is a keyed hash."""

reviewer = Table(
    "reviewer",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("reviewing", Choice(Reviewing), nullable=False),
)
"""Admins' private chats that chose what they review; without a row it is what the chat hears of anyway."""

applicant = Table(
    "applicant",
    metadata,
    Column("telegram_id", RowId, primary_key=True, autoincrement=False),
    Column("kind", Choice(ChatKind), nullable=False),
    Column("language", String),
    Column("asked_at", Instant, nullable=False),
    Column("declined_at", Instant),
    Index("applicant_asked", "asked_at"),
)
"""Chats that ask to be let in while the bot is open by approval only."""

broadcast = Table(
    "broadcast",
    metadata,
    Column("notice_id", ForeignKey("notice.id", ondelete="CASCADE"), primary_key=True),
    Column("regions", Encoded(tuple[str, ...]), nullable=False),
    Column("telegram_id", RowId, nullable=False),
    Column("message_id", RowId, nullable=False),
    Column("language", String, nullable=False),
    Column("finished_at", Instant),
)
"""An announcement under way: whom it concerns (no regions: everybody), and the message that tells how far."""
