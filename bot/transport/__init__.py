"""The one HTTP connection to Telegram."""

from bot.transport.request import AiohttpRequest, Flooded, on_departure

__all__ = ["AiohttpRequest", "Flooded", "on_departure"]
