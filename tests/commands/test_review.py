"""Verdicts: buttons under what admins get, stored, changed, published and exported."""

from __future__ import annotations

import io
import json
from functools import partial

import pytest

from bot.labelled import export_verdicts
from bot.model import Incident
from bot.storage.acts import latest_acts
from bot.storage.verdicts import keep_verdict, verdicts_since
from bot.watch.verdicts import FEWEST, Judgement, Verdict
from tests.chat import ADMIN, Scene, Somebody
from tests.commands.outbox import delivering
from tests.commands.test_rulings import happen

JUDGED = ["👍 Right", "👎 No violation", "👯 Duplicate", "📍 Wrong place"]
CODE = "AA-1212-K3"
BEN = 8


@pytest.fixture
async def admin(scene: Scene, anna: Somebody) -> Somebody:
    """Who runs the bot; Anna hears of Hadrut."""
    await anna.says("/subscribe Hadrut")
    return scene.person(ADMIN)


async def alert(scene: Scene, *chats: int, code: str = CODE) -> Incident:
    """An incident at Hadrut, delivered by the real outbox to these chats."""
    told = await happen(scene, code, 1, is_delivered=False)
    async with delivering(scene):
        for chat in chats:
            await scene.server.wait_until(partial(is_told, scene, chat, code))
    return told


def is_told(scene: Scene, chat: int, code: str) -> bool:
    return any(code in text for text in scene.server.texts(chat))


async def judged(scene: Scene) -> list[tuple[str, Judgement]]:
    async with scene.db.reading() as conn:
        return [(verdict.code, verdict.judgement) for verdict in await verdicts_since(conn)]


async def test_an_admin_who_subscribed_judges_below_the_alert(
    scene: Scene, admin: Somebody, anna: Somebody
) -> None:
    """Others have no such buttons; the verdict is marked, may be changed, and is written down."""
    await admin.says("/subscribe Hadrut")
    told = await alert(scene, 7, ADMIN)
    assert anna.buttons == ["Why", "Details"]
    assert admin.buttons == ["Why", "Details", *JUDGED]
    assert await admin.presses("Right") == "Noted: Right"
    assert admin.buttons[2] == "✅ Right"
    assert await admin.presses("Wrong place") == "Noted: Wrong place"
    assert admin.buttons[2:] == [*JUDGED[:3], "✅ Wrong place"]
    assert await judged(scene) == [(told.code, Judgement.WRONG_PLACE)]
    async with scene.db.reading() as conn:
        verdict = (await verdicts_since(conn))[0]
        acts = await latest_acts(conn, 0, 9)
    assert verdict.reports == tuple(claim.report_id for claim in told.claims)
    assert str(ADMIN) not in verdict.judge
    assert [(act.what, act.subject, act.detail) for act in acts] == [
        ("review", CODE, "wrong_place"),
        ("review", CODE, "right"),
    ]


async def test_review_all_brings_every_new_incident(scene: Scene, admin: Somebody) -> None:
    """Without a subscription, past keywords; off again, none comes."""
    await admin.says("/keywords +elsewhere")
    assert await admin.says("/review all") == (
        "Every new incident comes here with buttons to judge it.\n"
        "/review all, /review on, /review off change that."
    )
    await alert(scene, 7, ADMIN)
    assert admin.buttons[2:] == JUDGED
    await admin.says("/review off")
    before = len(admin.messages)
    await alert(scene, 7, code="AA-1212-K4")
    assert len(admin.messages) == before


async def test_review_off_leaves_the_buttons_out(scene: Scene, admin: Somebody) -> None:
    """Then an admin's alerts look like anybody's; on is the default."""
    assert "Alerts that this chat chose" in await admin.says("/review")
    await admin.says("/subscribe Hadrut")
    await admin.says("/review off")
    await alert(scene, 7, ADMIN)
    assert admin.buttons == ["Why", "Details"]
    assert "Alerts that this chat chose" in await admin.says("/review on")
    await alert(scene, 7, ADMIN, code="AA-1212-K4")
    assert admin.buttons[2:] == JUDGED
    assert "I know all, on and off, not “maybe”." in await admin.says("/review maybe")
    group = scene.member(-1001, ADMIN)
    assert await group.says("/review all") == "Say this in your private chat with me."


async def test_the_ledger_has_the_buttons_too(scene: Scene, admin: Somebody, anna: Somebody) -> None:
    """What was told in a roll-up can be judged there; the rest of the keyboard stays."""
    await alert(scene, 7)
    await admin.says(f"/incident {CODE}")
    assert admin.buttons == ["Why", *JUDGED]
    await admin.presses("Duplicate")
    assert admin.buttons == ["Why", *JUDGED[:2], "✅ Duplicate", JUDGED[3]]
    await anna.says(f"/incident {CODE}")
    assert anna.buttons == ["Why"]


async def test_only_admins_judge(scene: Scene, admin: Somebody) -> None:
    """Whoever was one when the alert came, and is none now, judges no more and gets no more."""
    ben = scene.person(BEN)
    await admin.says(f"/admins add {BEN}")
    await ben.says("/review all")
    await alert(scene, 7, BEN)
    await admin.says(f"/admins remove {BEN}")
    assert "people who run this bot" in await ben.presses("Right")
    assert await judged(scene) == []
    before = len(ben.messages)
    await alert(scene, 7, code="AA-1212-K4")
    assert len(ben.messages) == before


async def test_a_verdict_on_what_is_no_more(scene: Scene, admin: Somebody) -> None:
    """An incident that became part of another is not judged."""
    await admin.says("/review all")
    await happen(scene, "AA-1211-B2", 5)
    await alert(scene, ADMIN)
    await admin.says("/merge AA-1211-B2 AA-1212-K3")
    await admin.presses("Yes, do it")
    assert await admin.presses("Right") == "This incident is no longer known."
    assert await judged(scene) == []


async def test_the_precision_is_published(scene: Scene, admin: Somebody, anna: Somebody) -> None:
    """With the number of verdicts and their span; nothing while they are few."""
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        for n in range(FEWEST - 1):
            await keep_verdict(conn, Verdict(f"AA-{n}", "x", Judgement.RIGHT, now))
    assert "were right" not in await anna.says("/status")
    async with scene.db.writing() as conn:
        await keep_verdict(conn, Verdict("AA-99", "x", Judgement.NO_VIOLATION, now))
    assert (
        "Of 30 alerts that people judged from 12 December 2020 to 12 December 2020, 97% were right."
        in await anna.says("/status")
    )


async def test_verdicts_are_exported_as_labelled_reports(scene: Scene, admin: Somebody) -> None:
    """A line for each report, in the corpus' form; what the verdict denies is not claimed."""
    told = await happen(scene, CODE, 1, reports=2)
    lines = {}
    for judgement in Judgement:
        verdict = Verdict(CODE, "x", judgement, scene.clock.now(), tuple(c.report_id for c in told.claims))
        async with scene.db.writing() as conn:
            await keep_verdict(conn, verdict)
        out = io.StringIO()
        assert await export_verdicts(scene.db, out, None) == 2
        lines[judgement] = [json.loads(line) for line in out.getvalue().splitlines()]
    right = lines[Judgement.RIGHT][0]
    assert right == {
        "id": f"judged-{told.claims[0].report_id}",
        "source": {"name": "The Wire", "kind": "agency", "side": "neutral"},
        "url": f"https://wire.example/{CODE}/0",
        "published": "2020-12-12T08:00:00Z",
        "lang": "en",
        "title": f"{CODE} shelled 0",
        "text": "drones over Hadrut",
        "label": {
            "violation": True,
            "stance": None,
            "theatre": "armenia-azerbaijan",
            "places": [],
            "incident": CODE,
            "occurred": None,
            "accused": [],
            "accuser": [],
            "acts": [],
            "killed": None,
            "wounded": None,
            "why": "judged right on 2020-12-12",
        },
        "split": "judged",
    }
    denied = lines[Judgement.NO_VIOLATION][0]["label"]
    assert (denied["violation"], denied["incident"], denied.keys()) == (False, None, right["label"].keys())
    assert right["label"].keys() - lines[Judgement.WRONG_PLACE][0]["label"].keys() == {"places"}
    assert right["label"].keys() - lines[Judgement.DUPLICATE][0]["label"].keys() == {"incident"}
    assert await export_verdicts(scene.db, io.StringIO(), scene.clock.advance(1)) == 0
