"""The tables of what chats choose besides regions and keywords, and of what alerts can be chosen by."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table

from bot.choices import Digest, Trait
from bot.storage.columns import Choice, Instant
from bot.storage.schema import metadata

alert_trait = Table(
    "alert_trait",
    metadata,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Choice(Trait), primary_key=True),
    Column("code", String, primary_key=True),
    sqlite_with_rowid=False,
)

alert_spot = Table(
    "alert_spot",
    metadata,
    Column("alert_id", ForeignKey("alert.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("lat", Float(53), nullable=False),
    Column("lon", Float(53), nullable=False),
    Column("reach_km", Float(53), nullable=False),
    Column("east_km", Float(53), nullable=False),
    sqlite_with_rowid=False,
)
"""What an alert is chosen by, kept as long as a preview looks back. east_km: a degree of longitude there."""

chat_filter = Table(
    "chat_filter",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Choice(Trait), primary_key=True),
    Column("code", String, primary_key=True),
    Column("until", Instant),
    sqlite_with_rowid=False,
)
"""Few chats have a row, so that it costs the others one look. until: a region (or all) that is muted."""

circle = Table(
    "circle",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("lat", Float(53), primary_key=True),
    Column("lon", Float(53), primary_key=True),
    Column("radius_km", Integer, nullable=False),
    sqlite_with_rowid=False,
)

rhythm = Table(
    "rhythm",
    metadata,
    Column("chat_id", ForeignKey("chat.id", ondelete="CASCADE"), primary_key=True),
    Column("digest", Choice(Digest), nullable=False),
    Column("digest_at", Integer, nullable=False),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("zone", String),
    Column("lets_grave", Boolean, nullable=False),
    Column("held_from", Instant),
    Column("held_until", Instant),
    Index("rhythm_due", "held_until"),
    sqlite_with_rowid=False,
)
"""held_from, held_until: the hold that is on or comes next; alerts made since it began wait for its end."""
