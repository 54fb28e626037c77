"""What a source published becomes reports, findings, incidents and alerts."""

from bot.ingest.intake import ALERTS_AN_HOUR, Ingested, Limits, Reads, ingest, is_fresh
from bot.ingest.telling import Connection, tell_change

__all__ = ["ALERTS_AN_HOUR", "Connection", "Ingested", "Limits", "Reads", "ingest", "is_fresh", "tell_change"]
