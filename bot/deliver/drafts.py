"""From a claimed delivery to the message that goes out; rendered once an alert, language and form."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from bot.model import Alert, DeliveryForm
from bot.sender import Buttons, Draft
from bot.storage.deliveries import ClaimedDelivery

CACHED: Final = 256
"""Alerts and renderings kept: all that an outbox sends at one time, a few kilobytes each."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An alert in one language: Telegram HTML, the same without markup, and buttons."""

    html: str
    plain: str
    buttons: Buttons = ()


Render = Callable[[Alert, str | None, DeliveryForm], Rendered]
"""Renders an alert in a chat's language (None: the chat never said) for a message, an edit or a reply."""


class Drafts:
    """Composes drafts and remembers the latest alerts and renderings."""

    def __init__(self, render: Render) -> None:
        self._render = render
        self._alerts: OrderedDict[int, Alert | None] = OrderedDict()
        self._rendered: OrderedDict[tuple[int, str | None, DeliveryForm], Rendered] = OrderedDict()

    def unknown(self, claimed: Collection[ClaimedDelivery]) -> set[int]:
        """The ids of the alerts that have to be fetched first."""
        return {each.alert_id for each in claimed} - self._alerts.keys()

    def learn(self, found: dict[int, Alert | None]) -> None:
        """Remember alerts; None for one that is no more."""
        self._alerts.update(found)

    def alert_of(self, claimed: ClaimedDelivery) -> Alert | None:
        """The alert of a delivery; it was learnt before."""
        self._alerts.move_to_end(claimed.alert_id)
        return self._alerts[claimed.alert_id]

    def forget_oldest(self) -> None:
        """Keep no more than `CACHED` alerts."""
        while len(self._alerts) > CACHED:
            self._alerts.popitem(last=False)

    def compose(self, claimed: ClaimedDelivery, alert: Alert | None) -> Draft:
        """What to send. Raises whatever rendering raises, and LookupError when the alert is no more."""
        if alert is None:
            raise LookupError(claimed.alert_id)
        rendered = self._render_once(claimed, alert)
        draft = Draft(
            claimed.telegram_id,
            rendered.html,
            rendered.plain,
            claimed.form,
            message_id=claimed.target_message_id,
            topic_id=claimed.topic_id,
            buttons=rendered.buttons,
        )
        if claimed.form is DeliveryForm.EDIT and claimed.target_message_id is None:
            # The message's number was lost (an unread answer, a migration): the news is told anew, silently.
            return replace(draft, form=DeliveryForm.MESSAGE, is_silent=True)
        return draft

    def _render_once(self, claimed: ClaimedDelivery, alert: Alert) -> Rendered:
        key = (claimed.alert_id, claimed.language, claimed.form)
        if key not in self._rendered:
            self._rendered[key] = self._render(alert, claimed.language, claimed.form)
            if len(self._rendered) > CACHED:
                self._rendered.popitem(last=False)
        self._rendered.move_to_end(key)
        return self._rendered[key]
