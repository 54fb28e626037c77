"""Conversations played step by step, written down as text: what was said or pressed, and what is shown then.

A step is what somebody says; `!action|argument` presses the newest button that does this; `@name ` before
either says who does it: anna (the default), admin, mia and ada in a group, post in a channel. `~90m` lets
time pass, `=CODE` lets an incident happen at Hadrut that is delivered, `?` delivers what waits.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from bot.atlas import Atlas
from bot.commands.crier import Crier
from bot.commands.desk import Refreshed, Tell
from bot.data import Facts
from bot.digests import Digests
from bot.model import Party, Source, SourceKind, SourceType
from bot.storage.database import Database
from bot.storage.sources import upsert_catalogue
from tests.chat import ADMIN, Scene, Somebody, open_bot, small_facts
from tests.commands.outbox import deliver_waiting
from tests.commands.test_rulings import happen
from tests.ground import shared_words

ANNA, MIA, ADA, GROUP, CHANNEL = 7, 20, 21, -1001, -1002
CODE = "AA-1212-K3"
PLACES = {"hadrut": (39.52, 47.03), "shusha": (39.76, 46.75)}
PARTIES = {"armenia": ("Armenia", "Армения"), "azerbaijan": ("Azerbaijan", "Азербайджан")}
FEEDS = ("Harbour Wire", "Mountain Post", "The Monitor")


def stage_facts() -> Facts:
    """The small facts of the scenarios with two parties and two points on the map."""
    facts = small_facts()
    regions = [
        replace(region, lat=PLACES[region.id][0], lon=PLACES[region.id][1]) if region.id in PLACES else region
        for region in facts.atlas
    ]
    theatre = ("armenia-azerbaijan",)
    parties = {
        id_: Party(id_, "state", english, {"ru": (russian,)}, theatre)
        for id_, (english, russian) in PARTIES.items()
    }
    return replace(facts, atlas=Atlas(regions), parties=parties)


async def find_nothing(source_id: str | None, tell: Tell) -> Refreshed:
    """A check on demand of three sources that is over at once."""
    return Refreshed(3, 3, new_reports=4, incidents=1, alerts=1, failures=(("Mountain Post", "HTTP 503"),))


@dataclass
class Stage:
    """The bot in one language, everybody who talks to it, and what was written down."""

    scene: Scene
    lines: list[str] = field(default_factory=list)
    _shown: dict[tuple[int, int], str] = field(default_factory=dict)

    def somebody(self, name: str) -> Somebody:
        """Who is meant by a name."""
        if name == "admin":
            return self.scene.person(ADMIN)
        if name in ("mia", "ada"):
            return self.scene.member(GROUP, MIA if name == "mia" else ADA, _STATUS[name])
        return self.scene.channel(CHANNEL) if name == "post" else self.scene.person(ANNA)

    async def play(self, steps: Sequence[str]) -> str:
        """All steps, one after the other; returns what was written down."""
        for step in steps:
            name, _, rest = step[1:].partition(" ") if step.startswith("@") else ("anna", "", step)
            await self._do(self.somebody(name), name, rest)
        return "\n".join(self.lines).strip() + "\n"

    async def _do(self, who: Somebody, name: str, what: str) -> None:
        speaker = "" if name == "anna" else f"{name}: "
        if what.startswith("~"):
            self.scene.clock.advance(timedelta(minutes=int(what[1:-1])))
            return
        if what.startswith("="):
            await happen(self.scene, what[1:], 1, reports=2, is_delivered=False)
            await deliver_waiting(self.scene)
        elif what == "?":
            desk, crier = self.scene.desk, Crier(self.scene.desk, self.scene.application.bot)
            await Digests(self.scene.db, desk.clock.now, desk.wake).look()
            await crier.look()
            await deliver_waiting(self.scene)
            await crier.look()
        elif what.startswith("!"):
            message, data, label = find_button(who, what[1:])
            notice = await who.sends_press(message, data)
            self.lines.append(f"\n» {speaker}[{label}]" + (f"  ({notice})" if notice else ""))
        else:
            self.lines.append(f"\n» {speaker}{what}")
            await who.says(what)
        await self.scene.conversation.refresher.wait()
        await self.scene.conversation.adder.wait()
        self._write_news(who.chat_id if what not in ("?",) and not what.startswith("=") else None)

    def _write_news(self, chat_id: int | None) -> None:
        """Whatever is new or has changed in a chat, or in all of them."""
        for chat in sorted(self.scene.server.chats) if chat_id is None else [chat_id]:
            for message in self.scene.server.messages(chat):
                key, text = (chat, message["message_id"]), write(message)
                if self._shown.get(key) != text:
                    self._shown[key] = text
                    self.lines += [f"  to {chat}:", text] if chat_id is None else [text]


_STATUS = {"mia": "member", "ada": "administrator"}


def write(message: dict[str, Any]) -> str:
    """A message as text: its words, then its buttons row by row."""
    rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
    buttons = ["  " + " ".join(f"[{button['text']}]" for button in row) for row in rows]
    return "\n".join([message["text"], *buttons])


def find_button(who: Somebody, payload: str) -> tuple[int, str, str]:
    """The newest button that does this: its message, its data and its label."""
    for message in reversed(who.scene.server.messages(who.chat_id)):
        rows = (message.get("reply_markup") or {}).get("inline_keyboard", [])
        for button in (button for row in rows for button in row):
            if button.get("callback_data", "")[9:].startswith(payload):
                return message["message_id"], button["callback_data"], button["text"]
    raise AssertionError(f"no button does {payload!r} in:\n{who.sees}")


@asynccontextmanager
async def open_stage(db: Database, language: str, **changes: Any) -> AsyncIterator[Stage]:
    """The bot with two theatres and three sources; everybody's client is set to the language.

    `changes` are fields of the Desk that differ.
    """
    words = shared_words()
    known = {code: words[code] for code in ("en", "ru")}
    given: dict[str, Any] = {"facts": stage_facts(), "words": known, "refresh": find_nothing}
    async with open_bot(db, **(given | changes)) as scene:
        scene.server.languages = dict.fromkeys((ANNA, ADMIN, MIA, ADA), language)
        scene.server.add_chat(CHANNEL, "channel", username="harbour")
        scene.server.members[CHANNEL, ANNA] = "administrator"
        async with db.writing() as conn:
            await upsert_catalogue(conn, [_feed(name) for name in FEEDS])
        yield Stage(scene)


def _feed(name: str) -> Source:
    id_ = name.lower().replace(" ", "-")
    return Source(id_, name, SourceKind.FEED, f"https://{id_}.example/feed", SourceType.AGENCY)


def commands_of(steps: Sequence[str]) -> set[str]:
    """The commands that the steps say."""
    found = (re.match(r"(?:@\w+ )?/(\w+)", step) for step in steps)
    return {match[1] for match in found if match}


SCENARIOS: dict[str, tuple[str, ...]] = {
    "start": (
        "/start",
        "!open|armenia-azerbaijan",
        "!open|karabakh",
        "!on|hadrut",
        "!open|armenia-azerbaijan",
        "!on|armenia-azerbaijan",
        "!open|karabakh",
        "!covered|shusha",
        "!done",
        "/start",
        "/start shusha",
    ),
    "subscribe": (
        "/subscribe Hadrut, Shusha",
        "/subscribe Hadrud",
        "!take|hadrut",
        "/subscribe Hadrut, nowhere at all",
        "/subscribe qwertyuiop",
        "hadrut",
        "How are you today?",
        "/unsubscribe",
        "!drop|hadrut",
        "/unsubscribe Syunik",
        "/unsubscribe Shusha",
        "/subscribe all",
        "/unsubscribe all",
        "/unsubscribe",
    ),
    "keywords": (
        "/keywords",
        '/keywords +drone -football +"heavy artillery"',
        "/keywords drone",
        "/keywords +drone -drone",
        "/filters",
        "!keywords",
        "!unkey",
        "/keywords clear",
    ),
    "narrowing": (
        "/subscribe Hadrut",
        f"={CODE}",
        "/severity",
        "/severity grave",
        "/severity awful",
        "/missed",
        "/confirmed",
        "/acts",
        "/parties",
        "/filters",
        "/preview",
        "/around Shusha 25 km",
        "/around",
        "/around Shusha",
    ),
    "rhythm": (
        "/subscribe Hadrut",
        "/digest",
        "/digest daily 08:00 Europe/Kyiv",
        "/digest sometimes",
        "/quiet",
        "/quiet 22:00-07:00 Europe/Kyiv grave",
        "/quiet at night",
        "!zones",
        "/digest off",
        "/quiet off",
        "/mute",
        "/mute Hadrut 8h",
        "/mute soon",
        "/filters",
        "/unmute",
    ),
    "digest": (
        "/subscribe Hadrut",
        "/quiet 08:00-12:00 UTC",
        f"={CODE}",
        "=AA-1212-M7",
        "~200m",
        "?",
        "/status",
    ),
    "alert": (
        "/subscribe Hadrut",
        f"={CODE}",
        "!why",
        "!details",
        "/latest",
        "/latest Syunik",
        f"/incident {CODE}",
        "/incident",
        "/why XX-0101-ZZ",
        "/style",
        "!style|edits",
    ),
    "chat": (
        "/help",
        "/status",
        "/status Hadrut",
        "/privacy",
        "/language",
        "/language xx",
        "/share Hadrut",
        "/share",
        "/forgetme",
        "/start hadrut",
        "/forgetme",
        "!keep",
        "/forgetme",
        "!forget",
        "/forgetme",
        "/nonsense",
        "/subscrib",
    ),
    "transfer": ("/subscribe Hadrut", "/export", "/import", "/import nonsense"),
    "group": (
        "@mia /subscribe Hadrut",
        "@ada /subscribe Hadrut",
        "@ada /editors",
        "@mia /refresh",
        "@ada /help",
        "/channel",
        "/channel -1002",
        "/channel off",
        "@post /subscribe Shusha",
    ),
    "admin": (
        "@admin /sources",
        "@admin !pause",
        "@admin /refresh",
        "@admin /refresh nobody",
        "@admin /addsource",
        "@admin /addsource https://nowhere.example",
        "@admin /pause",
        "@admin /resume harbour-wire",
        "@admin /removesource the-monitor",
        "@admin !unremove",
        "@admin /stats",
        "@admin /audit",
        "/stats",
    ),
    "rulings": (
        "/subscribe Hadrut",
        f"={CODE}",
        "=AA-1212-M7",
        f"@admin /retract {CODE}",
        f"@admin /retract {CODE} It was thunder.",
        "@admin !drop-rule",
        f"@admin /merge {CODE} AA-1212-M7",
        f"@admin /split {CODE} 1",
        "@admin /move 1 AA-1212-M7",
        f"@admin /retract {CODE} It was thunder.",
        "@admin !rule",
        "?",
    ),
    "announce": (
        "/subscribe Hadrut",
        "@admin /announce",
        "@admin /announce Hadrud: We move.",
        "@admin /announce Hadrut: We move to another server.",
        "@admin !drop-announce",
        "@admin /announce We move to another server.",
        "@admin !announce",
        "?",
    ),
    "review": (
        "@admin /review",
        "@admin /review all",
        f"={CODE}",
        f"@admin !review|{CODE}|right",
        f"@admin !review|{CODE}|wrong_place",
        f"@admin /incident {CODE}",
        "@admin /review off",
    ),
    "admins": (
        "@admin /start",
        "@admin /admins",
        "@admin /admins add 8",
        "@admin /admins",
        "@admin !unadmin",
        "@admin /admins remove 99",
        "@admin /admins add somebody",
        "@admin /mode",
        "@admin !mode|approval",
        "/start",
        "/start",
        "@admin /mode",
        "@admin !decline",
        "/start",
        "@admin /mode closed",
        "@mia /help",
    ),
}
"""Every screen of the bot, each at least once."""
