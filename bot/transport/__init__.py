"""The one HTTP connection to Telegram."""

from bot.transport.request import AiohttpRequest, Flooded

__all__ = ["AiohttpRequest", "Flooded"]
