"""One request to Telegram for one delivery, and the one table of what Telegram's answers mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any, Final

from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot.model import DeliveryForm
from bot.transport import on_departure

Buttons = tuple[tuple[tuple[str, str], ...], ...]
"""Rows of (label, what it does): an http(s) address opens, anything else comes back as callback data."""

SEND_MESSAGE: Final = "sendMessage"
EDIT_MESSAGE: Final = "editMessageText"


class Fate(StrEnum):
    """What becomes of a delivery after one request."""

    SENT = "sent"
    RETRY = "retry"
    """Not accepted; the chat is held for `retry_after_s`, then the delivery goes again."""
    OUTAGE = "outage"
    """Not accepted, and none would be: everything waits for `retry_after_s`."""
    SIMPLER = "simpler"
    """Not accepted, but `instead` may be: plain text, without the reply or the buttons, a new message."""
    UNCERTAIN = "uncertain"
    """It may have been accepted; to be repeated once at most."""
    MIGRATED = "migrated"
    """Not accepted: the group is now `new_telegram_id`."""
    GONE = "gone"
    """Not accepted: the chat does not want us or does not exist; ask it nothing more."""
    FAILED = "failed"
    """Not accepted and never will be; the next delivery to this chat may be."""


class Answer(StrEnum):
    """The kinds of answers and faults, as far as the library and the transport tell them apart."""

    FLOOD = "flood"
    MIGRATED = "migrated"
    FORBIDDEN = "forbidden"
    BAD_REQUEST = "bad request"
    TOKEN = "token"  # noqa: S105 - a kind of answer, not a secret
    CONFLICT = "conflict"
    NOT_SENT = "not sent"
    NO_ANSWER = "no answer"
    OTHER_STATUS = "other status"
    UNREADABLE = "unreadable"


_KINDS: Final[tuple[tuple[type[TelegramError], Answer], ...]] = (
    (RetryAfter, Answer.FLOOD),
    (ChatMigrated, Answer.MIGRATED),
    (Forbidden, Answer.FORBIDDEN),
    (BadRequest, Answer.BAD_REQUEST),  # BadRequest and TimedOut are NetworkErrors too: the order matters
    (InvalidToken, Answer.TOKEN),
    (EndPointNotFound, Answer.TOKEN),
    (Conflict, Answer.CONFLICT),
    (TimedOut, Answer.NO_ANSWER),
    (NetworkError, Answer.OTHER_STATUS),
    (TelegramError, Answer.UNREADABLE),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """An answer of kind `answer` whose text holds `words` (lower case; empty: any) means `fate`."""

    answer: Answer
    words: str
    fate: Fate
    reason: str
    retry_after_s: float = 0.0


_BAD, _NO, _ODD = Answer.BAD_REQUEST, Answer.FORBIDDEN, Answer.OTHER_STATUS

ANSWERS: Final[tuple[Rule, ...]] = (
    Rule(Answer.FLOOD, "", Fate.RETRY, "too_many_requests"),  # for as long as it says
    Rule(Answer.MIGRATED, "", Fate.MIGRATED, "migrated"),
    Rule(_NO, "blocked by the user", Fate.GONE, "blocked"),
    Rule(_NO, "user is deactivated", Fate.GONE, "deactivated"),
    Rule(_NO, "kicked", Fate.GONE, "kicked"),
    Rule(_NO, "not a member", Fate.GONE, "not_a_member"),
    Rule(_NO, "was deleted", Fate.GONE, "chat_deleted"),
    Rule(_NO, "initiate conversation", Fate.GONE, "never_started"),
    Rule(_NO, "messages to bots", Fate.GONE, "is_a_bot"),
    Rule(_NO, "chat_write_forbidden", Fate.FAILED, "no_rights"),
    Rule(_NO, "not enough rights", Fate.FAILED, "no_rights"),
    Rule(_NO, "", Fate.GONE, "forbidden"),
    Rule(_BAD, "chat not found", Fate.GONE, "chat_not_found"),
    Rule(_BAD, "user not found", Fate.GONE, "chat_not_found"),
    Rule(_BAD, "peer_id_invalid", Fate.GONE, "chat_not_found"),
    Rule(_BAD, "chat_id is empty", Fate.GONE, "chat_not_found"),
    Rule(_BAD, "chat_id_invalid", Fate.GONE, "chat_not_found"),
    Rule(_BAD, "channel_private", Fate.GONE, "not_a_member"),
    Rule(_BAD, "group chat was deactivated", Fate.GONE, "chat_deleted"),
    Rule(_BAD, "input_user_deactivated", Fate.GONE, "deactivated"),
    Rule(_BAD, "user_is_blocked", Fate.GONE, "blocked"),
    Rule(_BAD, "message thread not found", Fate.GONE, "topic_deleted"),
    Rule(_BAD, "topic_deleted", Fate.GONE, "topic_deleted"),
    # The service message that tells the new number is still to come.
    Rule(_BAD, "upgraded to a supergroup", Fate.RETRY, "migrated_unknown", 600.0),
    Rule(_BAD, "topic_closed", Fate.FAILED, "topic_closed"),
    Rule(_BAD, "topic is closed", Fate.FAILED, "topic_closed"),
    Rule(_BAD, "not enough rights", Fate.FAILED, "no_rights"),
    Rule(_BAD, "no rights", Fate.FAILED, "no_rights"),
    Rule(_BAD, "administrator rights", Fate.FAILED, "no_rights"),
    Rule(_BAD, "chat_write_forbidden", Fate.FAILED, "no_rights"),
    Rule(_BAD, "chat_restricted", Fate.FAILED, "no_rights"),
    Rule(_BAD, "chat_send_plain_forbidden", Fate.FAILED, "no_rights"),
    Rule(_BAD, "not modified", Fate.SENT, "not_modified"),
    Rule(_BAD, "message to edit not found", Fate.SIMPLER, "message_deleted"),
    Rule(_BAD, "message can't be edited", Fate.SIMPLER, "message_not_editable"),
    Rule(_BAD, "reply_message_id_invalid", Fate.SIMPLER, "reply_target_deleted"),
    Rule(_BAD, "message_id_invalid", Fate.SIMPLER, "message_deleted"),
    Rule(_BAD, "replied not found", Fate.SIMPLER, "reply_target_deleted"),
    Rule(_BAD, "reply message not found", Fate.SIMPLER, "reply_target_deleted"),
    Rule(_BAD, "parse entities", Fate.SIMPLER, "bad_markup"),
    Rule(_BAD, "entity_bounds_invalid", Fate.SIMPLER, "bad_markup"),
    Rule(_BAD, "button_", Fate.SIMPLER, "bad_buttons"),
    Rule(_BAD, "inline keyboard button", Fate.SIMPLER, "bad_buttons"),
    Rule(_BAD, "too long", Fate.FAILED, "too_long"),
    Rule(_BAD, "message_too_long", Fate.FAILED, "too_long"),
    Rule(_BAD, "empty", Fate.FAILED, "empty"),
    Rule(_BAD, "", Fate.FAILED, "bad_request"),
    # Nobody's delivery is to blame: everything waits until the operator has mended it.
    Rule(Answer.TOKEN, "", Fate.OUTAGE, "token_refused", 60.0),
    Rule(Answer.CONFLICT, "", Fate.RETRY, "conflict", 5.0),
    Rule(Answer.NOT_SENT, "", Fate.OUTAGE, "not_connected", 3.0),
    Rule(Answer.NO_ANSWER, "", Fate.UNCERTAIN, "no_answer", 1.0),
    # A proxy that is being set up refuses whoever comes; no chat is lost for that.
    Rule(_ODD, "not in telegram's words", Fate.RETRY, "not_telegram", 30.0),
    Rule(_ODD, "too many requests", Fate.RETRY, "too_many_requests", 30.0),
    Rule(_ODD, "entity too large", Fate.FAILED, "too_large"),
    Rule(_ODD, "content too large", Fate.FAILED, "too_large"),
    Rule(_ODD, "internal server error", Fate.RETRY, "telegram_error", 2.0),
    Rule(_ODD, "bad gateway", Fate.RETRY, "telegram_down", 2.0),
    Rule(_ODD, "service unavailable", Fate.RETRY, "telegram_down", 2.0),
    Rule(_ODD, "gateway time", Fate.UNCERTAIN, "gateway_timeout", 5.0),
    Rule(_ODD, "", Fate.UNCERTAIN, "unknown_answer", 5.0),
    Rule(Answer.UNREADABLE, "", Fate.UNCERTAIN, "unreadable_answer", 1.0),
)
"""Read from the top; the first rule that fits counts. The last rule of every kind fits all its answers."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message ready to go. `message_id`: what to edit (EDIT) or to reply to (REPLY), if known."""

    telegram_id: int
    html: str
    plain: str
    form: DeliveryForm = DeliveryForm.MESSAGE
    message_id: int | None = None
    topic_id: int = 0
    buttons: Buttons = ()
    is_silent: bool = False
    is_plain: bool = False
    may_renew: bool = True
    """Whether an edit of a message that is gone, or too old to be edited, goes out as a new one."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to; `reason` is a code of the table, never Telegram's or a chat's own words."""

    fate: Fate
    reason: str = ""
    message_id: int | None = None
    retry_after_s: float = 0.0
    new_telegram_id: int | None = None
    instead: Draft | None = None


class Sender:
    """Sends drafts through the transport of a `telegram.Bot`; each call of `send` is exactly one request.

    The methods of Bot look at each parameter and build objects of each answer: as much work as all the rest.
    """

    def __init__(self, bot: Bot, is_paid: bool = False) -> None:
        """`is_paid`: let Telegram charge Stars for more than 30 messages a second."""
        self._transport = bot.request
        self._addresses = {name: f"{bot.base_url}/{name}" for name in (SEND_MESSAGE, EDIT_MESSAGE)}
        self._is_paid = is_paid

    async def send(self, draft: Draft, leave: Callable[[], None] | None = None) -> Outcome:
        """One request, whatever the answer; raises nothing for anything that Telegram or the network does.

        `leave` is called when the request leaves; not by every transport, and never for one that did not.
        """
        on_departure.set(leave)
        is_edit = draft.form is DeliveryForm.EDIT
        parameters = _edit(draft) if is_edit else _message(draft, self._is_paid)
        try:
            address = self._addresses[EDIT_MESSAGE if is_edit else SEND_MESSAGE]
            data = RequestData([RequestParameter(name, value, None) for name, value in parameters.items()])
            result = await self._transport.post(address, data)
        except TelegramError as error:
            return judge(error, draft)
        return Outcome(Fate.SENT, message_id=_message_id(result) or (draft.message_id if is_edit else None))


def judge(error: TelegramError, draft: Draft) -> Outcome:
    """What the table says of this answer to `draft`."""
    rule = find_rule(error)
    if rule.fate is Fate.SIMPLER:
        return _simplify(rule.reason, draft)
    if isinstance(error, ChatMigrated):
        return Outcome(rule.fate, rule.reason, new_telegram_id=error.new_chat_id)
    if isinstance(error, RetryAfter):
        return Outcome(rule.fate, rule.reason, retry_after_s=_seconds(error.retry_after))
    message_id = draft.message_id if rule.fate is Fate.SENT else None
    return Outcome(rule.fate, rule.reason, message_id, rule.retry_after_s)


def find_rule(error: TelegramError) -> Rule:
    """The first rule of the table that fits."""
    answer, text = classify(error), str(error).lower()
    return next(rule for rule in ANSWERS if rule.answer is answer and rule.words in text)


def classify(error: TelegramError) -> Answer:
    """The kind of an answer, or of its absence as the transport names it by the cause."""
    if isinstance(error.__cause__, ConnectionRefusedError):
        return Answer.NOT_SENT
    if isinstance(error.__cause__, ConnectionResetError):
        return Answer.NO_ANSWER
    return next(answer for kind, answer in _KINDS if isinstance(error, kind))


def _simplify(reason: str, draft: Draft) -> Outcome:
    """The draft without what Telegram refused; failed when it was already without."""
    if reason == "bad_markup" and not draft.is_plain:
        return Outcome(Fate.SIMPLER, reason, instead=replace(draft, is_plain=True))
    if reason == "reply_target_deleted" and draft.form is DeliveryForm.REPLY and draft.message_id:
        return Outcome(Fate.SIMPLER, reason, instead=replace(draft, message_id=None))
    is_gone = reason in ("message_deleted", "message_not_editable")
    if is_gone and draft.form is DeliveryForm.EDIT and draft.may_renew:
        anew = replace(draft, form=DeliveryForm.MESSAGE, message_id=None, is_silent=True)
        return Outcome(Fate.SIMPLER, reason, instead=anew)
    if reason == "bad_buttons" and draft.buttons:
        return Outcome(Fate.SIMPLER, reason, instead=replace(draft, buttons=()))
    return Outcome(Fate.FAILED, reason)


def _message(draft: Draft, is_paid: bool) -> dict[str, Any]:
    parameters = _text(draft)
    if draft.topic_id:
        parameters["message_thread_id"] = draft.topic_id
    if draft.message_id is not None:
        parameters["reply_parameters"] = {
            "message_id": draft.message_id,
            "allow_sending_without_reply": True,
        }
    if draft.is_silent:
        parameters["disable_notification"] = True
    if is_paid:
        parameters["allow_paid_broadcast"] = True
    return parameters


def _edit(draft: Draft) -> dict[str, Any]:
    return _text(draft) | {"message_id": draft.message_id}


def _text(draft: Draft) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "chat_id": draft.telegram_id,
        "text": draft.plain if draft.is_plain else draft.html,
        "link_preview_options": {"is_disabled": True},
    }
    if not draft.is_plain:
        parameters["parse_mode"] = "HTML"
    if draft.buttons:
        rows = [[_button(label, action) for label, action in row] for row in draft.buttons]
        parameters["reply_markup"] = {"inline_keyboard": rows}
    return parameters


def _button(label: str, action: str) -> dict[str, str]:
    kind = "url" if action.startswith(("http://", "https://")) else "callback_data"
    return {"text": label, kind: action}


def _message_id(result: object) -> int | None:
    """The number of the message in an answer; an edit of a message in a channel may answer only "true"."""
    message_id = result.get("message_id") if isinstance(result, dict) else None
    return message_id if isinstance(message_id, int) else None


def _seconds(retry_after: int | timedelta) -> float:
    return retry_after.total_seconds() if isinstance(retry_after, timedelta) else float(retry_after)
