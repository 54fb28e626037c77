"""From a claimed delivery to the message that goes out; rendered once an alert, language and form."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from bot.choices import Length, Sound
from bot.model import Alert, AlertKind, DeliveryForm, Incident, Severity
from bot.sender import Buttons, Draft
from bot.storage.alerts import get_alert, told_kinds
from bot.storage.coverage import get_notice
from bot.storage.deliveries import ClaimedDelivery
from bot.storage.rollups import members_of
from bot.watch.notices import Notice

CACHED: Final = 256
"""Alerts and renderings kept: all that an outbox sends at one time, a few kilobytes each."""

Connection = Any
"""A connection as `bot.storage` hands it out; what it is made of stays there."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """An alert in one language: Telegram HTML, the same without markup, and buttons."""

    html: str
    plain: str
    buttons: Buttons = ()


Render = Callable[[Alert, str | None, DeliveryForm, Length], Rendered]
"""Renders an alert in a chat's language (None: the chat never said) for a message, an edit or a reply."""

RenderRollup = Callable[[Sequence[Incident], str | None], Rendered]
"""Renders several incidents in one message: those of a busy hour, or a digest."""

MakeButtons = Callable[[Sequence[Incident], str | None, int], Buttons]
"""The buttons under a message about incidents, in a language, for one chat (Telegram's number) alone."""


RenderNotice = Callable[[Notice, str | None], Rendered]
"""Renders a notice about the service itself."""


def _write_nothing(notice: Notice, language: str | None) -> Rendered:
    raise LookupError("nobody here writes notices")


def _gather_nothing(incidents: Sequence[Incident], language: str | None) -> Rendered:
    raise LookupError("nobody here writes digests")


@dataclass(frozen=True, slots=True)
class Author:
    """All that writes messages: an alert, the roll-up of a busy hour, the buttons under both, and notices."""

    render: Render
    render_rollup: RenderRollup
    make_buttons: MakeButtons
    render_notice: RenderNotice = _write_nothing
    render_digest: RenderRollup = _gather_nothing


@dataclass(frozen=True, slots=True)
class Content:
    """What a delivery tells: an alert (None: it is no more), the incidents of a roll-up, or a notice."""

    alert: Alert | None
    members: tuple[Incident, ...] = ()
    notice: Notice | None = None


class Drafts:
    """Composes drafts and remembers the latest alerts and renderings."""

    def __init__(self, author: Author) -> None:
        self._author = author
        self._alerts: OrderedDict[int, Alert | None] = OrderedDict()
        self._kinds: OrderedDict[tuple[int, int], tuple[AlertKind, ...]] = OrderedDict()
        self._rendered: OrderedDict[tuple[object, ...], Rendered] = OrderedDict()

    async def read(self, conn: Connection, claimed: ClaimedDelivery) -> Content:
        """What the delivery tells; a roll-up is read anew each time, as it grows."""
        if claimed.form is DeliveryForm.NOTICE:
            return Content(None, notice=await get_notice(conn, claimed.alert_id))
        if claimed.rollup_id is not None and claimed.form is not DeliveryForm.REPLY:
            return Content(None, tuple(await members_of(conn, claimed.rollup_id)))
        if claimed.alert_id not in self._alerts:
            _keep(self._alerts, claimed.alert_id, await get_alert(conn, claimed.alert_id))
        alert = self._alerts[claimed.alert_id]
        if alert is None or claimed.first_alert_id is None:
            return Content(alert)
        key = (claimed.first_alert_id, claimed.alert_id)
        if key not in self._kinds:
            _keep(self._kinds, key, await told_kinds(conn, claimed.incident_id, *key))
        return Content(replace(alert, kinds=self._kinds[key]))

    def compose(self, claimed: ClaimedDelivery, content: Content) -> Draft:
        """What to send. Raises whatever rendering raises, and LookupError when there is nothing to tell."""
        if content.alert is None and not content.members and content.notice is None:
            raise LookupError(claimed.alert_id)
        rendered = self._render(claimed, content)
        draft = Draft(
            claimed.telegram_id,
            rendered.html,
            rendered.plain,
            claimed.form,
            message_id=None if claimed.form is DeliveryForm.ANEW else claimed.target_message_id,
            topic_id=claimed.topic_id,
            buttons=rendered.buttons or self._make_buttons(claimed, content),
            may_renew=not claimed.is_renewed,
            is_silent=not may_sound(claimed.sound, content),
        )
        if claimed.form is DeliveryForm.EDIT and claimed.target_message_id is None:
            # The message's number was lost (an unread answer, a migration): the news is told anew, silently.
            return replace(draft, form=DeliveryForm.MESSAGE, is_silent=True)
        return draft

    def _make_buttons(self, claimed: ClaimedDelivery, content: Content) -> Buttons:
        if claimed.form in (DeliveryForm.REPLY, DeliveryForm.NOTICE):
            return ()
        incidents = content.members or ((content.alert.incident,) if content.alert else ())
        return self._author.make_buttons(incidents, claimed.language, claimed.telegram_id)

    def _render(self, claimed: ClaimedDelivery, content: Content) -> Rendered:
        if content.notice is not None:
            return self._render_notice(content.notice, claimed.language)
        if content.alert is None:
            write = self._author.render_digest if claimed.is_digest else self._author.render_rollup
            return write(content.members, claimed.language)
        key = (claimed.alert_id, claimed.first_alert_id, claimed.language, claimed.form, claimed.length)
        if key not in self._rendered:
            rendered = self._author.render(content.alert, claimed.language, claimed.form, claimed.length)
            _keep(self._rendered, key, rendered)
        self._rendered.move_to_end(key)
        return self._rendered[key]

    def _render_notice(self, notice: Notice, language: str | None) -> Rendered:
        key = ("notice", notice.id, language)
        if key not in self._rendered:
            _keep(self._rendered, key, self._author.render_notice(notice, language))
        return self._rendered[key]


def may_sound(sound: Sound, content: Content) -> bool:
    """Whether a message about this may sound in a chat; notices and what is taken back always may."""
    is_retraction = content.alert is not None and content.alert.kind is AlertKind.RETRACTED
    if sound is Sound.ALL or content.notice is not None or is_retraction:
        return True
    incidents = content.members or ((content.alert.incident,) if content.alert else ())
    loud = {Sound.SERIOUS: (Severity.SERIOUS, Severity.GRAVE), Sound.GRAVE: (Severity.GRAVE,)}.get(sound, ())
    return any(incident.severity in loud for incident in incidents)


def _keep(cache: OrderedDict[Any, Any], key: object, value: object) -> None:
    """Remember, and forget the oldest when there is too much."""
    cache[key] = value
    if len(cache) > CACHED:
        cache.popitem(last=False)
