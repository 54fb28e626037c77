"""The outbox loop: what was committed is delivered, once, in order, at Telegram's pace."""

from bot.deliver.drafts import Render, Rendered
from bot.deliver.outbox import Clock, Deliverer

__all__ = ["Clock", "Deliverer", "Render", "Rendered"]
