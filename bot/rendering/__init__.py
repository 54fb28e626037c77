"""Alerts, replies and lists as Telegram HTML in a reader's language. Pure."""

from bot.rendering.alert import Rendered, render_alert
from bot.rendering.replies import render_line, render_reply
from bot.rendering.rollup import render_rollup

__all__ = ["Rendered", "render_alert", "render_line", "render_reply", "render_rollup"]
