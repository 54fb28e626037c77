"""The outbox loop: what was committed is delivered, once, in order, at Telegram's pace."""

from bot.deliver.drafts import Author, Rendered
from bot.deliver.outbox import Clock, Deliverer

__all__ = ["Author", "Clock", "Deliverer", "Rendered"]
