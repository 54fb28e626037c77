"""/retract, /merge, /split, /move: shown, confirmed, done; who was told learns of it, nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.ingest import tell_change
from bot.model import (
    Claim,
    DeliveryState,
    Evidence,
    Finding,
    FoundPlace,
    Incident,
    IncidentStatus,
    RegionLevel,
    Report,
    Source,
    SourceKind,
    SourceType,
    Stance,
)
from bot.storage.alerts import queue_next_chunk, unqueued_alerts
from bot.storage.deliveries import Recorded, claim_due, record
from bot.storage.incidents import add_incident, incident_by_code, save_incident
from bot.storage.reports import add_report, link_report
from bot.storage.sources import upsert_catalogue
from tests.chat import ADMIN, Scene, Somebody

WIRE = Source("wire", "The Wire", SourceKind.FEED, "https://wire.example/feed", SourceType.AGENCY)
FINDING = Finding(
    is_violation=True,
    score=0.9,
    language="en",
    theatre="armenia-azerbaijan",
    evidence=(Evidence("act", "shelling", 0, 7, "shelled"),),
)
PATH = ("armenia-azerbaijan", "karabakh", "hadrut")
PLACE = FoundPlace("Hadrut", ("Hadrut",), "hadrut", PATH, RegionLevel.DISTRICT, None, None)


async def happen(
    scene: Scene, code: str, hours_ago: int, reports: int = 1, wounded: int = 1, *, is_delivered: bool = True
) -> Incident:
    """An incident at Hadrut of so many reports, told to whoever chose the place."""
    now = scene.clock.now() - timedelta(hours=hours_ago)
    claims = []
    async with scene.db.writing() as conn:
        await upsert_catalogue(conn, [WIRE])
        for number in range(reports):
            url = f"https://wire.example/{code}/{number}"
            report = Report(WIRE, url, url, f"{code} shelled {number}", "drones over Hadrut", now, now)
            report_id = await add_report(conn, report, url, FINDING)
            claims.append(
                Claim(
                    *(
                        "wire",
                        SourceType.AGENCY,
                        "neutral",
                        f"wire-{number}",
                        Stance.CLAIM,
                        report_id,
                        "wire",
                    ),
                    *("The Wire", url, report.title, "en", now + timedelta(minutes=number)),
                    wounded=wounded + number,
                    places=(PLACE,),
                )
            )
        new = Incident(
            None, code, PATH[0], date(2020, 12, 12), now, now, tuple(claims), places=(PLACE,), regions=PATH
        )
        stored = await add_incident(conn, replace(new, wounded=(wounded, wounded + reports - 1)))
        for claim in claims:
            await link_report(conn, claim.report_id, stored.id)
        told = await tell_change(conn, None, stored, scene.clock.now(), ["drones over Hadrut"])
    if is_delivered:
        await deliver(scene)
    return told


async def deliver(scene: Scene) -> list[tuple[int, str, int | None]]:
    """Everything that is due arrives; who got what (chat, form, the message it changes)."""
    got = []
    now = scene.clock.now()
    async with scene.db.writing() as conn:
        for alert_id in await unqueued_alerts(conn):
            await queue_next_chunk(conn, alert_id, now)
        while claimed := await claim_due(conn, now, 100):
            sent = [Recorded(c.id, DeliveryState.SENT, now, message_id=c.id) for c in claimed]
            await record(conn, sent)
            got += [(c.telegram_id, str(c.form), c.target_message_id) for c in claimed]
    return got


async def find(scene: Scene, code: str) -> Incident | None:
    async with scene.db.reading() as conn:
        return await incident_by_code(conn, code)


@pytest.fixture
async def admin(scene: Scene, anna: Somebody) -> Somebody:
    """Who runs the bot; Anna hears of Hadrut."""
    await anna.says("/subscribe Hadrut")
    return scene.person(ADMIN)


async def test_an_incident_is_taken_back(scene: Scene, admin: Somebody, anna: Somebody) -> None:
    """The struck message and how many see it are shown; then those, and nobody else, get edit and reply."""
    await happen(scene, "AA-1212-K3", 1)
    await scene.person(8).says("/subscribe Hadrut")
    shown = await admin.says("/retract aa-1212-k3\nIt was <thunder>")
    assert "Retracted: It was <thunder>" in shown
    assert "1 chat sees this." in shown
    assert await deliver(scene) == []
    await admin.presses("Yes, do it")
    assert admin.sees.startswith("Done: AA-1212-K3.")
    assert scene.woken
    assert sorted((chat, form) for chat, form, _ in await deliver(scene)) == [(7, "edit"), (7, "reply")]
    incident = await find(scene, "AA-1212-K3")
    assert incident is not None
    assert (incident.status, incident.retraction) == (IncidentStatus.RETRACTED, "It was <thunder>")
    assert "retracted already" in await admin.says("/retract AA-1212-K3 again")


async def test_nothing_happens_unconfirmed(scene: Scene, admin: Somebody) -> None:
    """No leaves it; an old yes, a second yes and one after another change do nothing."""
    await happen(scene, "AA-1212-K3", 1)
    await admin.says("/retract AA-1212-K3 thunder")
    await admin.presses("No, leave it")
    assert admin.sees == "Everything stays as it was."
    await admin.says("/retract AA-1212-K3 thunder")
    scene.clock.advance(timedelta(minutes=11))
    await admin.presses("Yes, do it")
    assert "Nothing was done" in admin.sees
    await admin.says("/retract AA-1212-K3 thunder")
    await admin.says("/retract AA-1212-K3 wind")
    (first, data), *_ = [pair for pair in admin.button_data if "|rule|" in "|" + pair[1][9:]]
    await admin.presses("Yes, do it")
    await admin.sends_press(first, data)
    incident = await find(scene, "AA-1212-K3")
    assert incident is not None
    assert incident.retraction == "wind"


async def test_what_cannot_be_done_is_said(scene: Scene, admin: Somebody) -> None:
    """Each fault in a sentence, before anything is asked."""
    number = (await happen(scene, "AA-1212-K3", 1)).claims[0].report_id
    await happen(scene, "AA-1212-L4", 2)
    assert "I know no incident “AA-1”" in await admin.says("/retract AA-1 why")
    assert "I know no incident “?”" in await admin.says("/retract")
    assert "Say why" in await admin.says("/retract AA-1212-K3")
    assert "At most 150 characters" in await admin.says("/retract AA-1212-K3 " + "x" * 151)
    assert "Write it as /merge INCIDENT INCIDENT." in await admin.says("/merge AA-1212-K3")
    assert "one incident already" in await admin.says("/merge AA-1212-K3 aa-1212-k3")
    assert "only report" in await admin.says(f"/split AA-1212-K3 {number}")
    assert "I know no such report" in await admin.says("/split AA-1212-K3 99")
    assert "I know no such report" in await admin.says("/move 99 AA-1212-K3")
    assert "I know no such report" in await admin.says("/move x AA-1212-K3")
    assert "there already" in await admin.says(f"/move #{number} AA-1212-K3")


async def test_two_incidents_become_one(scene: Scene, admin: Somebody, anna: Somebody) -> None:
    """The older survives; who has messages sees both change, and nobody is alerted."""
    await happen(scene, "AA-1212-K3", 1)
    await happen(scene, "AA-1212-L4", 2)
    await scene.person(8).says("/subscribe Hadrut")
    assert "AA-1212-K3 becomes part of AA-1212-L4" in await admin.says("/merge AA-1212-K3 AA-1212-L4")
    await admin.presses("Yes, do it")
    assert "Done: AA-1212-L4." in admin.sees
    got = await deliver(scene)
    assert [(chat, form) for chat, form, _ in got] == [(7, "edit"), (7, "edit")]
    assert len({message for _, _, message in got}) == 2
    merged, gone = await find(scene, "AA-1212-L4"), await find(scene, "AA-1212-K3")
    assert gone is None
    assert merged is not None
    assert len(merged.claims) == 2
    assert "AA-1212-L4" in await anna.says("/incident AA-1212-L4")


async def test_a_report_becomes_an_incident_of_its_own(scene: Scene, admin: Somebody) -> None:
    """The old message is corrected, the new incident is told; its report is in its ledger."""
    before = await happen(scene, "AA-1212-K3", 1, reports=2)
    number = before.claims[1].report_id
    assert f"#{number} AA-1212-K3 shelled 1" in await admin.says(f"/split AA-1212-K3 #{number}")
    await admin.presses("Yes, do it")
    got = sorted((chat, form) for chat, form, _ in await deliver(scene))
    assert got == [(7, "edit"), (7, "message"), (7, "reply")]
    left = await find(scene, "AA-1212-K3")
    assert left is not None
    assert [claim.report_id for claim in left.claims] == [before.claims[0].report_id]


async def test_an_old_report_is_split_off_silently(scene: Scene, admin: Somebody) -> None:
    """What is a day old is no news; a copy that is left alone speaks for itself."""
    before = await happen(scene, "AA-1212-K3", 30, reports=2)
    copied = (before.claims[0], replace(before.claims[1], is_copy=True))
    async with scene.db.writing() as conn:
        await save_incident(conn, replace(before, claims=copied))
    await admin.says(f"/split AA-1212-K3 {before.claims[0].report_id}")
    await admin.presses("Yes, do it")
    assert "message" not in [form for _, form, _ in await deliver(scene)]
    left = await find(scene, "AA-1212-K3")
    assert left is not None
    assert [claim.is_copy for claim in left.claims] == [False]


async def test_a_report_is_moved(scene: Scene, admin: Somebody) -> None:
    """Both incidents change; the only report of one takes its messages along."""
    source = await happen(scene, "AA-1212-K3", 2, reports=2)
    await happen(scene, "AA-1212-L4", 3, wounded=9)
    moved = source.claims[1].report_id
    assert "goes from AA-1212-K3 to AA-1212-L4" in await admin.says(f"/move {moved} AA-1212-L4")
    await admin.presses("Yes, do it")
    forms = [form for _, form, _ in await deliver(scene)]
    assert forms.count("edit") == 2
    assert "message" not in forms
    target = await find(scene, "AA-1212-L4")
    assert target is not None
    assert moved in [claim.report_id for claim in target.claims]
    await admin.says(f"/move {source.claims[0].report_id} AA-1212-L4")
    await admin.presses("Yes, do it")
    assert await find(scene, "AA-1212-K3") is None


async def test_what_nobody_was_told_stays_untold(scene: Scene, admin: Somebody) -> None:
    """Setting right what was never told alerts nobody."""
    for code, hours in (("AA-1212-K3", 1), ("AA-1212-L4", 2)):
        incident = await happen(scene, code, hours, reports=2)
        async with scene.db.writing() as conn:
            await save_incident(conn, replace(incident, told_at=None))
    number = (await find(scene, "AA-1212-K3")).claims[0].report_id  # type: ignore[union-attr]
    for words in (f"/split AA-1212-K3 {number}", "/merge AA-1212-K3 AA-1212-L4", "/retract AA-1212-L4 no"):
        await admin.says(words)
        await admin.presses("Yes, do it")
        assert "Done" in admin.sees
        assert await deliver(scene) == []


async def test_a_ruling_that_no_longer_fits_is_not_carried_out(scene: Scene, admin: Somebody) -> None:
    """Meanwhile the incident was merged, or the report moved."""
    before = await happen(scene, "AA-1212-K3", 1, reports=2)
    await happen(scene, "AA-1212-L4", 2)
    asked = ["/merge AA-1212-K3 AA-1212-L4", f"/split AA-1212-K3 {before.claims[0].report_id}"]
    for words in asked:
        await admin.says(words)
    presses = [pair for pair in admin.button_data if "|rule|" in "|" + pair[1][9:]]
    await admin.sends_press(*presses[0])
    await admin.sends_press(*presses[1])
    assert "Nothing was done" in admin.sees


async def test_others_are_refused(scene: Scene, admin: Somebody, anna: Somebody) -> None:
    """Only the bot's admins set right; the right is asked for again at the press."""
    await happen(scene, "AA-1212-K3", 1)
    for words in ("/retract AA-1212-K3 no", "/merge A B", "/split A 1", "/move 1 A"):
        assert "people who run this bot" in await anna.says(words)
    await admin.says("/retract AA-1212-K3 no")
    assert "people who run this bot" in await Somebody(scene, ADMIN, 8).presses("Yes, do it")
