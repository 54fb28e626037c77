"""Telegram's Bot API as a real HTTP server on loopback: strict, scriptable, and it remembers every request.

async with TelegramServer() as server:
    server.add_chat(7)
    bot = Bot(server.token, base_url=server.base_url, request=AiohttpRequest())
    server.answer_next("sendMessage", refuse(400, "Bad Request: chat not found"), chat_id=7)
    server.say(7, "/start")
    ...
    await server.wait_until(lambda: server.messages(7))
    assert server.texts(7) == [...]
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from tests.clock import PATIENCE_S
from tests.telegram_answers import (
    Answer,
    Limits,
    RefusedError,
    accept,
    delay,
    drop,
    flood,
    merge,
    migrate,
    raw,
    refuse,
)
from tests.telegram_html import MarkupError, length, visible_text

__all__ = ["TOKEN", "Answer", "Limits", "Request", "TelegramServer", "delay", "drop", "flood", "migrate"]
__all__ += ["person", "raw", "refuse"]

TOKEN = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFakeFake"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Trucewatch", "username": "trucewatch_test_bot"}
LONGEST_TEXT = 4096
ADMIN_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories"),
)
RESTRICTED_RIGHTS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos"),
    *("can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages"),
    *("can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages"),
    *("can_manage_topics", "can_edit_tag", "can_react_to_messages"),
)
PLAIN_ACKNOWLEDGED = {
    *(
        "answerCallbackQuery",
        "answerInlineQuery",
        "setMyCommands",
        "deleteMyCommands",
        "deleteWebhook",
        "sendChatAction",
    ),
    *("setMyDescription", "setMyShortDescription", "setMyName", "leaveChat", "logOut", "close"),
}


@dataclass(frozen=True)
class Request:
    """One request as it arrived; `status` is what was answered (0: the connection was cut)."""

    method: str
    parameters: dict[str, Any]
    at_s: float
    status: int

    @property
    def chat_id(self) -> int:
        return int(self.parameters.get("chat_id", 0))


@dataclass
class TelegramServer:
    """The server; everything public may be looked at and changed while it runs."""

    token: str = TOKEN
    latency_s: float = 0.0
    limits: Limits = field(default_factory=Limits)
    is_strict: bool = True
    """False: every chat is known (for tests with thousands of them)."""
    requests: list[Request] = field(default_factory=list)
    chats: dict[int, dict[str, Any]] = field(default_factory=dict)
    members: dict[tuple[int, int], str] = field(default_factory=dict)
    """Status of a user in a chat: creator, administrator, member, left, kicked."""
    languages: dict[int, str] = field(default_factory=dict)
    """What the clients of users are set to, where that is not English."""
    rights: dict[tuple[int, int], dict[str, bool]] = field(default_factory=dict)
    """What an administrator may do besides."""
    port: int = 0
    files: dict[str, bytes] = field(default_factory=dict)
    """What was sent as files, by their ids."""

    def __post_init__(self) -> None:
        self._messages: dict[int, dict[int, dict[str, Any]]] = defaultdict(dict)
        self._scripts: dict[tuple[str, int | None], deque[Answer]] = defaultdict(deque)
        self._standing: dict[tuple[str, int | None], Answer] = {}
        self._updates: list[dict[str, Any]] = []
        self._next_update = 1
        self._last_message = 0
        self._polls = 0
        self._is_closing = False
        self._changed = asyncio.Condition()
        self._arrivals: dict[int | None, deque[float]] = defaultdict(deque)
        self._runner: web.AppRunner | None = None

    # --- its life

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=60 * 2**20)
        app.router.add_route("*", "/bot{token}/{method}", self._receive)
        app.router.add_route("GET", "/file/bot{token}/{name}", self._hand_out)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closing = True
        await self._announce()
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def url(self) -> str:
        """What TELEGRAM_API_URL would be."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def base_url(self) -> str:
        """What `telegram.Bot(base_url=...)` wants; the token is appended by the library."""
        return f"{self.url}/bot"

    # --- what a test says

    def add_chat(self, chat_id: int, kind: str = "private", **more: Any) -> None:
        """From now on the bot may write there; kind: private, group, supergroup, channel."""
        name = {"first_name": f"Person {chat_id}"} if kind == "private" else {"title": f"Chat {chat_id}"}
        self.chats[chat_id] = {"id": chat_id, "type": kind, **name, **more}

    def answer_next(self, method: str, *answers: Answer, chat_id: int | None = None) -> None:
        """The next requests of this method (to this chat) are answered so, one each; then truly again."""
        self._scripts[method, chat_id].extend(answers)

    def answer_always(self, method: str, answer: Answer | None, chat_id: int | None = None) -> None:
        """Every request of this method (to this chat) is answered so, until None takes it back."""
        if answer is None:
            self._standing.pop((method, chat_id), None)
        else:
            self._standing[method, chat_id] = answer

    def block(self, chat_id: int) -> None:
        """The person of this chat blocks the bot."""
        self.answer_always("sendMessage", refuse(403, "Forbidden: bot was blocked by the user"), chat_id)
        self.answer_always("editMessageText", refuse(403, "Forbidden: bot was blocked by the user"), chat_id)

    def add_update(self, **update: Any) -> int:
        """Something happened: `message={...}`, `callback_query={...}`, `my_chat_member={...}`; its id."""
        update_id = self._next_update
        self._next_update += 1
        self._updates.append({"update_id": update_id, **update})
        asyncio.get_running_loop().create_task(self._announce())
        return update_id

    def say(self, chat_id: int, text: str, user_id: int | None = None, **more: Any) -> dict[str, Any]:
        """A person writes in a chat (a new private one, where it is unknown); the message."""
        if chat_id not in self.chats:
            self.add_chat(chat_id)
        message = self._new_message(chat_id, text, self._person(user_id or abs(chat_id)), **more)
        if text.startswith("/"):
            end = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": end}]
        kind = "channel_post" if self.chats[chat_id]["type"] == "channel" else "message"
        if kind == "channel_post":
            message.pop("from", None)
        self.add_update(**{kind: message})
        return message

    def press(self, chat_id: int, message_id: int, data: str, user_id: int | None = None) -> int:
        """A person presses a button under a message."""
        query = {
            "id": str(self._next_update),
            "from": self._person(user_id or abs(chat_id)),
            "chat_instance": "1",
            "message": self._messages[chat_id][message_id],
            "data": data,
        }
        return self.add_update(callback_query=query)

    def send_file(
        self, chat_id: int, content: bytes, user_id: int | None = None, **more: Any
    ) -> dict[str, Any]:
        """A person sends a file; the message."""
        file_id = f"file{len(self.files) + 1}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_size": len(content)}
        sender = person(user_id or abs(chat_id))
        message = self._new_message(chat_id, "", sender, document=document, **more)
        message.pop("text")
        self.add_update(message=message)
        return message

    def type_inline(self, user_id: int, text: str, **more: Any) -> int:
        """A person types the bot's name and a text in some chat."""
        query = {"id": str(self._next_update), "from": person(user_id) | more, "query": text, "offset": ""}
        return self.add_update(inline_query=query)

    def _person(self, user_id: int) -> dict[str, Any]:
        return person(user_id) | {"language_code": self.languages.get(user_id, "en")}

    async def wait_until(self, is_so: Callable[[], Any], timeout_s: float = PATIENCE_S) -> None:
        """Return as soon as `is_so()`, looked at after every request; raises TimeoutError."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(is_so)

    # --- what a test asks

    def calls(self, method: str, chat_id: int | None = None) -> list[Request]:
        """The requests of a method (about a chat), oldest first."""
        return [r for r in self.requests if r.method == method and chat_id in (None, r.chat_id)]

    def messages(self, chat_id: int) -> list[dict[str, Any]]:
        """What the bot has in a chat, as it stands now (after edits), oldest first."""
        return [m for m in self._messages[chat_id].values() if m.get("from") == BOT]

    def texts(self, chat_id: int) -> list[str]:
        """The visible text of each of the bot's messages."""
        return [m["text"] for m in self.messages(chat_id)]

    # --- the server's own work

    async def _receive(self, http: web.Request) -> web.StreamResponse:
        at_s = time.monotonic()
        method = http.match_info["method"]
        if self.latency_s:
            await asyncio.sleep(self.latency_s)
        parameters = await _read_parameters(http)
        answer = self._choose(http.match_info["token"], method, parameters, at_s)
        if answer is None or answer.is_accepted:
            true_answer = await self._perform(method, parameters)
            answer = merge(answer, true_answer)
        await self._announce()
        if answer.delay_s:
            await asyncio.sleep(answer.delay_s)
        self.requests.append(Request(method, parameters, at_s, 0 if answer.is_dropped else answer.status))
        await self._announce()
        if answer.is_dropped and http.transport is not None:
            http.transport.abort()
        return web.Response(body=answer.body, status=answer.status, content_type="application/json")

    def _choose(self, token: str, method: str, parameters: dict[str, Any], at_s: float) -> Answer | None:
        """The scripted answer, a limit's, or None for the true one."""
        if token != self.token:
            return refuse(401, "Unauthorized") if ":" in token else refuse(404, "Not Found")
        chat_id = (
            int(parameters["chat_id"]) if str(parameters.get("chat_id", "")).lstrip("-").isdigit() else None
        )
        for key in ((method, chat_id), (method, None)):
            if self._scripts[key]:
                return self._scripts[key].popleft()
        for key in ((method, chat_id), (method, None)):
            if key in self._standing:
                return self._standing[key]
        return self._limit(chat_id, at_s) if method.startswith(("send", "edit")) else None

    def _limit(self, chat_id: int | None, at_s: float) -> Answer | None:
        group = chat_id is not None and chat_id < 0
        rules = (
            (None, 1.0, self.limits.per_second),
            (chat_id, 1.0, self.limits.per_chat_second),
            (chat_id, 60.0, self.limits.per_group_minute if group else None),
        )
        for key, window_s, most in rules:
            if most is not None and sum(t > at_s - window_s for t in self._arrivals[key]) >= most:
                return flood(self.limits.retry_after_s)
        for key in (None, chat_id):
            times = self._arrivals[key]
            times.append(at_s)
            while times[0] <= at_s - 60.0:
                times.popleft()
        return None

    async def _perform(self, method: str, parameters: dict[str, Any]) -> Answer:
        try:
            if method == "getUpdates":
                return accept(await self._poll(parameters))
            if method in PLAIN_ACKNOWLEDGED:
                return accept(True)
            perform = getattr(self, f"_do_{method}", None)
            if perform is None:
                return refuse(404, "Not Found")
            return accept(perform(parameters))
        except RefusedError as refusal:
            return refusal.answer

    async def _poll(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        offset = int(parameters.get("offset") or 0)
        self._polls += 1
        mine = self._polls
        self._updates = [u for u in self._updates if u["update_id"] >= offset]
        await self._announce()

        def is_over() -> bool:
            return bool(self._updates) or mine != self._polls or self._is_closing

        try:
            await self.wait_until(is_over, float(parameters.get("timeout") or 0.001))
        except TimeoutError:
            return []
        if mine != self._polls:
            text = "Conflict: terminated by other getUpdates request; make sure that only one bot is running"
            raise RefusedError(refuse(409, text))
        return self._updates[: int(parameters.get("limit") or 100)]

    async def _announce(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _do_getMe(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - Telegram's name
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False}

    def _do_getWebhookInfo(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _do_getMyCommands(self, _: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        calls = self.calls("setMyCommands")
        return calls[-1].parameters["commands"] if calls else []

    def _do_getChat(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        return self._chat(parameters) | {"accent_color_id": 0, "max_reaction_count": 11}

    def _do_getChatMember(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat_id, user_id = self._chat(parameters)["id"], int(parameters["user_id"])
        status = self.members.get((chat_id, user_id), "member")
        return _member(user_id, status) | self.rights.get((chat_id, user_id), {})

    def _do_getChatAdministrators(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        chat_id = self._chat(parameters)["id"]
        leading = ("creator", "administrator")
        return [_member(u, s) for (c, u), s in self.members.items() if c == chat_id and s in leading]

    def _do_sendMessage(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat_id, text = self._chat(parameters)["id"], _check_text(parameters)
        reply = parameters.get("reply_parameters") or {}
        if reply and reply["message_id"] not in self._messages[chat_id]:
            if not reply.get("allow_sending_without_reply"):
                raise RefusedError(refuse(400, "Bad Request: message to be replied not found"))
            reply = {}
        more = {key: parameters[key] for key in ("reply_markup", "message_thread_id") if parameters.get(key)}
        if reply:
            more["reply_to_message"] = self._messages[chat_id][reply["message_id"]]
        return self._new_message(chat_id, text, BOT, **more)

    def _do_sendDocument(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat_id, file = self._chat(parameters)["id"], parameters["document"]
        content = file.file.read()
        file_id = f"file{len(self.files) + 1}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": file.filename}
        document["file_size"] = len(content)
        caption = _check_text({**parameters, "text": parameters.get("caption")})
        more = {"reply_markup": parameters["reply_markup"]} if parameters.get("reply_markup") else {}
        return self._new_message(chat_id, caption, BOT, document=document, **more)

    def _do_getFile(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        file_id = str(parameters["file_id"])
        if file_id not in self.files:
            raise RefusedError(refuse(400, "Bad Request: invalid file_id"))
        return {"file_id": file_id, "file_unique_id": file_id, "file_path": file_id}

    async def _hand_out(self, http: web.Request) -> web.Response:
        return web.Response(body=self.files[http.match_info["name"]])

    def _do_editMessageText(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat_id, text = self._chat(parameters)["id"], _check_text(parameters)
        message = self._messages[chat_id].get(int(parameters.get("message_id") or 0))
        if message is None or message["from"] != BOT:
            raise RefusedError(refuse(400, "Bad Request: message to edit not found"))
        markup = parameters.get("reply_markup")
        if (message["text"], message.get("reply_markup")) == (text, markup):
            raise RefusedError(
                refuse(400, "Bad Request: message is not modified: specified new message content")
            )
        message["text"] = text
        message["edit_date"] = int(time.time())
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

    def _do_editMessageReplyMarkup(self, parameters: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        message = self._messages[self._chat(parameters)["id"]].get(int(parameters["message_id"]))
        if message is None:
            raise RefusedError(refuse(400, "Bad Request: message to edit not found"))
        message["reply_markup"] = parameters.get("reply_markup") or {"inline_keyboard": []}
        return message

    def _do_deleteMessage(self, parameters: dict[str, Any]) -> bool:  # noqa: N802
        if self._messages[self._chat(parameters)["id"]].pop(int(parameters["message_id"]), None) is None:
            raise RefusedError(refuse(400, "Bad Request: message to delete not found"))
        return True

    def _chat(self, parameters: dict[str, Any]) -> dict[str, Any]:
        named = str(parameters.get("chat_id") or 0)
        chat_id = int(named) if named.lstrip("-").isdigit() else 0
        if chat_id not in self.chats:
            if self.is_strict:
                raise RefusedError(refuse(400, "Bad Request: chat not found"))
            self.add_chat(chat_id, "private" if chat_id > 0 else "supergroup")
        return self.chats[chat_id]

    def _new_message(self, chat_id: int, text: str, sender: dict[str, Any], **more: Any) -> dict[str, Any]:
        self._last_message += 1
        message_id = self._last_message
        message = {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": self.chats[chat_id],
            "from": sender,
            "text": text,
            **more,
        }
        self._messages[chat_id][message_id] = message
        return message


def person(user_id: int) -> dict[str, Any]:
    """A user as Telegram describes one."""
    return {"id": user_id, "is_bot": False, "first_name": f"Person {user_id}", "language_code": "en"}


def _member(user_id: int, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"status": status, "user": person(user_id)}
    if status == "creator":
        member["is_anonymous"] = False
    if status == "administrator":
        member |= dict.fromkeys(ADMIN_RIGHTS, False)
    if status == "kicked":
        member["until_date"] = 0
    return member


def _check_text(parameters: dict[str, Any]) -> str:
    """The visible text of a message that Telegram would take."""
    text = parameters.get("text")
    if not isinstance(text, str) or not text.strip():
        raise RefusedError(refuse(400, "Bad Request: message text is empty"))
    if parameters.get("parse_mode") == "HTML":
        try:
            text = visible_text(text)
        except MarkupError as error:
            raise RefusedError(refuse(400, f"Bad Request: can't parse entities: {error}")) from error
    if length(text) > LONGEST_TEXT:
        raise RefusedError(refuse(400, "Bad Request: message is too long"))
    for row in (parameters.get("reply_markup") or {}).get("inline_keyboard", ()):
        for button in row:
            if len(button.get("callback_data", "").encode()) > 64:
                raise RefusedError(refuse(400, "Bad Request: BUTTON_DATA_INVALID"))
    return text


async def _read_parameters(http: web.Request) -> dict[str, Any]:
    if http.content_type == "application/json":
        body = await http.read()
        return json.loads(body) if body else {}
    if http.content_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        return {key: _from_form(value) for key, value in (await http.post()).items()}
    return dict(http.query)


def _from_form(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{" and value:
        return json.loads(value)
    return value
