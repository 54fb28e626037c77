"""The table of codes that people may still write: those of incidents that became part of others."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table

from bot.storage.schema import metadata

former_code = Table(
    "former_code",
    metadata,
    Column("code", String, primary_key=True),
    Column("incident_id", ForeignKey("incident.id", ondelete="CASCADE"), nullable=False),
    Index("former_code_of_incident", "incident_id"),
    sqlite_with_rowid=False,
)
