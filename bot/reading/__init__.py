"""Pure: a report's text becomes a finding in codes and numbers."""

from bot.reading.reader import Reader

__all__ = ["Reader"]
