"""The table of Telegram's answers, end to end: from bytes on the wire to what becomes of the delivery."""

from __future__ import annotations

from dataclasses import replace

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from bot.model import DeliveryForm, DeliveryState
from bot.sender import ANSWERS, Answer, Draft, Fate, Sender, classify
from bot.storage.database import Database
from bot.transport import Flooded
from tests.clock import PATIENCE_S
from tests.delivery.outbox import (
    JumpingClock,
    add_chats,
    connected,
    delivering,
    rows,
    tell,
    wait_until_done,
)
from tests.telegram_server import Answer as ServerAnswer
from tests.telegram_server import TelegramServer, delay, drop, flood, migrate, raw, refuse

DRAFT = Draft(7, "<b>x</b>", "x")


def bad(text: str) -> ServerAnswer:
    return refuse(400, f"Bad Request: {text}")


def no(text: str) -> ServerAnswer:
    return refuse(403, f"Forbidden: {text}")


NOT_TELEGRAMS_OWN = (302, 400, 401, 403, 404, 407, 409, 451)
"""Refusals that mean something else where no word of Telegram's comes with them."""
TABLE = [
    (flood(17), Fate.RETRY, "too_many_requests"),
    (refuse(429, "Too Many Requests: retry later"), Fate.RETRY, "too_many_requests"),
    (migrate(-1007), Fate.MIGRATED, "migrated"),
    (bad("group chat was upgraded to a supergroup chat"), Fate.RETRY, "migrated_unknown"),
    (no("bot was blocked by the user"), Fate.GONE, "blocked"),
    (no("user is deactivated"), Fate.GONE, "deactivated"),
    (no("bot was kicked from the supergroup chat"), Fate.GONE, "kicked"),
    (no("bot was kicked from the channel chat"), Fate.GONE, "kicked"),
    (no("bot is not a member of the channel chat"), Fate.GONE, "not_a_member"),
    (no("the group chat was deleted"), Fate.GONE, "chat_deleted"),
    (no("bot can't initiate conversation with a user"), Fate.GONE, "never_started"),
    (no("bot can't send messages to bots"), Fate.GONE, "is_a_bot"),
    (no("CHAT_WRITE_FORBIDDEN"), Fate.FAILED, "no_rights"),
    (no("something that nobody has seen"), Fate.GONE, "forbidden"),
    (bad("chat not found"), Fate.GONE, "chat_not_found"),
    (bad("PEER_ID_INVALID"), Fate.GONE, "chat_not_found"),
    (bad("group chat was deactivated"), Fate.GONE, "chat_deleted"),
    (bad("message thread not found"), Fate.GONE, "topic_deleted"),
    (bad("TOPIC_DELETED"), Fate.GONE, "topic_deleted"),
    (bad("TOPIC_CLOSED"), Fate.FAILED, "topic_closed"),
    (bad("not enough rights to send text messages to the chat"), Fate.FAILED, "no_rights"),
    (bad("have no rights to send a message"), Fate.FAILED, "no_rights"),
    (bad("need administrator rights in the channel chat"), Fate.FAILED, "no_rights"),
    (bad("CHAT_RESTRICTED"), Fate.FAILED, "no_rights"),
    (bad("message is too long"), Fate.FAILED, "too_long"),
    (bad("message text is empty"), Fate.FAILED, "empty"),
    (bad("something that nobody has seen"), Fate.FAILED, "bad_request"),
    (bad("can't parse entities: unsupported start tag"), Fate.SIMPLER, "bad_markup"),
    (refuse(401, "Unauthorized"), Fate.OUTAGE, "token_refused"),
    (refuse(404, "Not Found"), Fate.OUTAGE, "token_refused"),
    (refuse(409, "Conflict: terminated by other getUpdates request"), Fate.RETRY, "conflict"),
    (refuse(413, "Request Entity Too Large"), Fate.FAILED, "too_large"),
    (raw(413, b"<html>too large</html>"), Fate.FAILED, "too_large"),
    (refuse(500, "Internal Server Error"), Fate.RETRY, "telegram_error"),
    (raw(502, b"<html>nginx</html>"), Fate.RETRY, "telegram_down"),
    (refuse(502, "Bad Gateway"), Fate.RETRY, "telegram_down"),
    (raw(503, b""), Fate.RETRY, "telegram_down"),
    (raw(504, b"late", is_accepted=True), Fate.UNCERTAIN, "gateway_timeout"),
    (raw(429, b"<html>slow down</html>"), Fate.RETRY, "too_many_requests"),
    *((raw(status, b"<html>no</html>"), Fate.RETRY, "not_telegram") for status in NOT_TELEGRAMS_OWN),
    (raw(599, b""), Fate.UNCERTAIN, "unknown_answer"),
    (raw(200, b'{"ok":', is_accepted=True), Fate.UNCERTAIN, "unreadable_answer"),
    (drop(is_accepted=True), Fate.UNCERTAIN, "no_answer"),
    (drop(is_accepted=False), Fate.UNCERTAIN, "no_answer"),
    (delay(2 * PATIENCE_S), Fate.UNCERTAIN, "no_answer"),
]


@pytest.mark.parametrize(
    ("answer", "fate", "reason"), TABLE, ids=[f"{i}-{r}" for i, (_, _, r) in enumerate(TABLE)]
)
async def test_each_answer_has_its_outcome(answer: ServerAnswer, fate: Fate, reason: str) -> None:
    """One request, whatever comes back, and the outcome that the table says."""
    async with TelegramServer() as server, connected(server, 0.3 if answer.delay_s else PATIENCE_S) as bot:
        server.add_chat(7)
        await bot.initialize()
        server.answer_next("sendMessage", answer)
        outcome = await Sender(bot).send(DRAFT)
        assert (outcome.fate, outcome.reason) == (fate, reason)
        assert len(server.calls("sendMessage")) == (0 if answer.delay_s else 1)


async def test_what_each_answer_costs(db: Database) -> None:
    """Through the outbox, always answered so: what is final one request, what is unknown two."""
    final = [row for row in TABLE if row[1] in (Fate.GONE, Fate.FAILED)]
    unknown = [row for row in TABLE if row[1] is Fate.UNCERTAIN and not row[0].delay_s]
    table = dict(enumerate((*final, *unknown), start=1))
    await add_chats(db, list(table))
    await tell(db, "x")
    clock = JumpingClock()
    async with TelegramServer(is_strict=False) as server:
        for chat, (answer, *_) in table.items():
            server.answer_always("sendMessage", answer, chat)
        async with delivering(db, server, clock=clock) as service:
            await server.wait_until(lambda: len(server.requests) >= len(table))
            clock.ahead_s += 60  # what is unknown waits a little before it is repeated
            service.wake.set()
            await wait_until_done(db)
        asked = {chat: len(server.calls("sendMessage", chat)) for chat in table}
    assert asked == {chat: 2 if fate is Fate.UNCERTAIN else 1 for chat, (_, fate, _) in table.items()}
    found = {row.telegram_id: (row.state, row.reason, row.is_uncertain) for row in await rows(db)}
    assert found == {
        chat: (DeliveryState.FAILED, reason, fate is Fate.UNCERTAIN)
        for chat, (_, fate, reason) in table.items()
    }


async def test_what_an_outcome_carries() -> None:
    """The seconds of a 429, the new number of a group, the number of a message, the simpler draft."""
    async with TelegramServer() as server, connected(server) as bot:
        server.add_chat(7)
        sender = Sender(bot, is_paid=True)
        server.answer_next("sendMessage", flood(17), migrate(-1007), bad("can't parse entities: x"))
        assert (await sender.send(DRAFT)).retry_after_s == 17
        assert (await sender.send(DRAFT)).new_telegram_id == -1007
        assert (await sender.send(DRAFT)).instead == replace(DRAFT, is_plain=True)
        outcome = await sender.send(
            replace(DRAFT, topic_id=3, is_silent=True, buttons=((("Map", "https://x.y/"),),))
        )
        assert outcome.message_id == server.messages(7)[0]["message_id"]
        sent = server.requests[-1].parameters
        assert (sent["message_thread_id"], sent["disable_notification"], sent["allow_paid_broadcast"]) == (
            3,
            True,
            True,
        )
        assert sent["reply_markup"]["inline_keyboard"] == [[{"text": "Map", "url": "https://x.y/"}]]
        assert sent["link_preview_options"] == {"is_disabled": True}


async def test_edits() -> None:
    """An edit changes the message; unchanged counts as done; of a deleted message it has failed."""
    async with TelegramServer() as server, connected(server) as bot:
        server.add_chat(7)
        sender = Sender(bot)
        first = await sender.send(DRAFT)
        edit = replace(DRAFT, form=DeliveryForm.EDIT, message_id=first.message_id, html="<i>y</i>")
        assert (await sender.send(edit)).message_id == first.message_id
        assert server.texts(7) == ["y"]
        again = await sender.send(edit)
        assert (again.fate, again.reason, again.message_id) == (Fate.SENT, "not_modified", first.message_id)
        gone = await sender.send(replace(edit, message_id=99))
        assert (gone.fate, gone.reason) == (Fate.SIMPLER, "message_deleted")


async def test_what_is_made_simpler_twice_fails() -> None:
    """A refusal of markup, reply or buttons that are not there any more is final."""
    reply = replace(DRAFT, form=DeliveryForm.REPLY, message_id=5, buttons=((("a", "b"),),))
    refusals = {
        "can't parse entities: x": replace(reply, is_plain=True),
        "message to be replied not found": replace(reply, message_id=None),
        "BUTTON_DATA_INVALID": replace(reply, buttons=()),
    }
    async with TelegramServer() as server, connected(server) as bot:
        server.add_chat(7)
        for text, simpler in refusals.items():
            server.answer_next("sendMessage", bad(text), bad(text))
            assert (await Sender(bot).send(reply)).instead == simpler
            assert (await Sender(bot).send(simpler)).fate is Fate.FAILED
        assert (await Sender(bot).send(reply)).fate is Fate.SENT


def test_the_table_is_whole() -> None:
    """At least 25 rules, each reachable, and the last of every kind takes whatever is left."""
    assert len(ANSWERS) >= 25
    for answer in Answer:
        rules = [rule for rule in ANSWERS if rule.answer is answer]
        assert rules, answer
        assert rules[-1].words == ""
        for number, rule in enumerate(rules):
            assert not any(earlier.words in rule.words for earlier in rules[:number]), rule
    assert all(rule.retry_after_s > 0 for rule in ANSWERS if rule.fate in (Fate.OUTAGE, Fate.UNCERTAIN))


def test_every_error_of_the_library_has_a_kind() -> None:
    """BadRequest and TimedOut are NetworkErrors, yet told apart; the cause tells what was not sent."""
    unsent = NetworkError("x")
    unsent.__cause__ = ConnectionRefusedError()
    late = TimedOut()
    late.__cause__ = ConnectionRefusedError()
    expected = [
        (Flooded(1), Answer.FLOOD),
        (ChatMigrated(-1), Answer.MIGRATED),
        (Forbidden("x"), Answer.FORBIDDEN),
        (BadRequest("x"), Answer.BAD_REQUEST),
        (InvalidToken(), Answer.TOKEN),
        (EndPointNotFound("x"), Answer.TOKEN),
        (Conflict("x"), Answer.CONFLICT),
        (TimedOut(), Answer.NO_ANSWER),
        (NetworkError("x"), Answer.OTHER_STATUS),
        (TelegramError("x"), Answer.UNREADABLE),
        (unsent, Answer.NOT_SENT),
        (late, Answer.NOT_SENT),
    ]
    assert [classify(error) for error, _ in expected] == [answer for _, answer in expected]


async def test_the_fake_telegram_is_strict() -> None:
    """Unknown chats, markup that does not parse, empty and endless texts are refused as Telegram does."""
    async with TelegramServer() as server, connected(server) as bot:
        server.add_chat(7)
        sender = Sender(bot)
        for html in ("a & b", "<b>x", "<b>x</i>", "<p>x</p>", "a < b", "&nbsp;", '<a href="">x</a>'):
            assert (await sender.send(replace(DRAFT, html=html))).reason == "bad_markup"
        assert (await sender.send(replace(DRAFT, html="x" * 4097))).reason == "too_long"
        assert (await sender.send(replace(DRAFT, html="&amp;" * 4096))).fate is Fate.SENT
        assert (await sender.send(replace(DRAFT, html=" "))).reason == "empty"
        assert (await sender.send(replace(DRAFT, telegram_id=8))).reason == "chat_not_found"
