"""`@bot Hadrut` in any chat: the latest incidents of a place as cards to share."""

from __future__ import annotations

import logging
from datetime import timedelta

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)
from telegram.constants import ParseMode
from telegram.error import TelegramError

from bot.commands.choice import label_region
from bot.commands.desk import Desk
from bot.commands.sharing import address_of
from bot.data.messages import Words
from bot.model import Alert, AlertKind, Incident, Region, RegionLevel
from bot.rendering.alert import render_alert, say_acts
from bot.rendering.html import shorten
from bot.rendering.names import Names
from bot.rendering.words import MARKS
from bot.storage.incidents import latest_incidents

log = logging.getLogger(__name__)

MOST_CARDS = 20
"""A phone shows four at a time; Telegram allows fifty."""
FRESH_FOR = timedelta(seconds=30)
"""How long Telegram may give the same cards to a person who types the same; others read another language."""
_LONGEST_BUTTON = 60
_LONGEST_QUERY = 64


class Inline:
    """Answers inline queries; nothing of them is kept."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def answer(self, query: InlineQuery, bot_name: str) -> None:
        """Cards for what was typed so far: a region by any of its names, everything for nothing."""
        words = self._desk.words_for(query.from_user.language_code)
        region = self._find(query.query)
        is_unknown = region is None and bool(query.query.strip())
        incidents = [] if is_unknown else await self._latest(region)
        cards = [self._card(incident, words, bot_name) for incident in incidents]
        button = None if cards else _say_nothing(words, region)
        try:
            await query.answer(cards, cache_time=FRESH_FOR, is_personal=True, button=button)
        except TelegramError as error:
            log.debug("an inline query was not answered: %s", error)

    def _find(self, text: str) -> Region | None:
        name = text.strip()[:_LONGEST_QUERY]
        if not name:
            return None
        atlas = self._desk.atlas
        return atlas.find(name) or next(iter(atlas.search(name, 1) or atlas.suggest(name, 1)), None)

    async def _latest(self, region: Region | None) -> list[Incident]:
        async with self._desk.db.reading() as conn:
            return await latest_incidents(conn, region.id if region else None, MOST_CARDS)

    def _card(self, incident: Incident, words: Words, bot_name: str) -> InlineQueryResultArticle:
        now, facts = self._desk.clock.now(), self._desk.facts
        places, around = Names(words, facts).scene(incident, 2)
        alert = Alert(None, incident, AlertKind.NEW, incident.last_report_at)
        return InlineQueryResultArticle(
            incident.code,
            f"{MARKS[incident.severity]} {places}: {say_acts(incident, words, 2)}",
            InputTextMessageContent(
                render_alert(alert, words, now, facts).html,
                parse_mode=ParseMode.HTML,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            ),
            reply_markup=self._invitation(incident, words, bot_name),
            description=" · ".join(part for part in (around, incident.code) if part),
        )

    def _invitation(self, incident: Incident, words: Words, bot_name: str) -> InlineKeyboardMarkup:
        """A button that brings whoever sees the card to the alerts of its region."""
        region_id = self._district(incident)
        name = label_region(self._desk.atlas, words, region_id)
        label = shorten(words.text("Alerts for {region}", region=name), _LONGEST_BUTTON)
        return InlineKeyboardMarkup([[InlineKeyboardButton(label, url=address_of(bot_name, region_id))]])

    def _district(self, incident: Incident) -> str:
        """The narrowest region of the first place that is wider than a village; the theatre without one."""
        path = incident.places[0].path if incident.places else ()
        known = [self._desk.atlas.get(region_id) for region_id in path]
        wide = [region.id for region in known if region and region.level is not RegionLevel.PLACE]
        return wide[-1] if wide else incident.theatre


def _say_nothing(words: Words, region: Region | None) -> InlineQueryResultsButton:
    """A line above no cards; pressing it opens the bot at the region."""
    if region is None:
        return InlineQueryResultsButton(words.text("Nothing found. Choose regions"), start_parameter="-")
    label = words.text("Nothing known in {region} yet. Get alerts", region=words.region(region))
    return InlineQueryResultsButton(shorten(label, _LONGEST_BUTTON), start_parameter=region.id)
