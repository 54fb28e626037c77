"""The table of subscriptions at the hubs that feeds name."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from bot.storage.columns import Choice, Instant, Prose
from bot.storage.schema import metadata
from bot.watch.hubs import LinkState

hub_link = Table(
    "hub_link",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("state", Choice(LinkState), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("hub", Prose, nullable=False),
    Column("topic", Prose, nullable=False),
    Column("path", String, nullable=False),
    Column("secret", String, nullable=False),
    Column("until", Instant),
    Index("hub_link_path", "path"),
)
