"""What the outbox sends, written: alerts, roll-ups, notices, and the buttons under them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.admins import Admins
from bot.choices import Length
from bot.commands.buttons import buttons_under
from bot.commands.notices import render_notice
from bot.commands.seal import Seal
from bot.data import Facts
from bot.data.messages import SOURCE_LANGUAGE, Words
from bot.deliver import Author, Rendered
from bot.model import Alert, DeliveryForm, Incident
from bot.rendering.alert import render_alert
from bot.rendering.digest import render_digest
from bot.rendering.html import to_plain
from bot.rendering.replies import render_brief, render_reply
from bot.rendering.rollup import render_rollup
from bot.sender import Buttons
from bot.watch.notices import Notice
from bot.watch.verdicts import Reviewing


def make_author(
    facts: Facts, words: Mapping[str, Words], now: Callable[[], datetime], seal_key: bytes, admins: Admins
) -> Author:
    """Everything in the language of the chat that it is for, English where it never said one."""
    seal = Seal(seal_key)

    def speak(language: str | None) -> Words:
        return words.get(language or SOURCE_LANGUAGE, words[SOURCE_LANGUAGE])

    def render(alert: Alert, language: str | None, form: DeliveryForm, length: Length) -> Rendered:
        spoken = speak(language)
        if form is DeliveryForm.REPLY:
            reply = render_reply(alert, spoken, facts)
            return Rendered(reply.html, reply.plain)
        if length is Length.COMPACT:
            brief = render_brief(alert, spoken, facts)
            return Rendered(brief.html, brief.plain)
        message = render_alert(alert, spoken, now(), facts)
        return Rendered(message.html, message.plain)

    def roll_up(incidents: Sequence[Incident], language: str | None) -> Rendered:
        rolled = render_rollup(incidents, speak(language), now(), facts)
        return Rendered(rolled.html, rolled.plain)

    def digest(incidents: Sequence[Incident], language: str | None) -> Rendered:
        told = render_digest(incidents, speak(language), facts)
        return Rendered(told.html, told.plain)

    def make_buttons(incidents: Sequence[Incident], language: str | None, telegram_id: int) -> Buttons:
        is_reviewed = admins.reviewing(telegram_id) is not Reviewing.NONE
        return buttons_under(incidents, speak(language), seal, telegram_id, is_reviewed=is_reviewed)

    def give_notice(notice: Notice, language: str | None) -> Rendered:
        html = render_notice(notice, speak(language), facts)
        return Rendered(html, to_plain(html))

    return Author(render, roll_up, make_buttons, give_notice, digest)
