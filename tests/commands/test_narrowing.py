"""Severity, confirmation, acts and parties; what they bring, and what they keep away."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select

from bot.model import Act, IncidentStatus, Severity
from bot.storage.database import Database
from bot.storage.tables import chat, delivery, incident
from tests.chat import Scene, Somebody, open_bot
from tests.commands.happening import GRAVE, grows, happens, map_facts


@pytest.fixture
async def scene(db: Database) -> AsyncIterator[Scene]:
    """A running bot that knows parties and where its regions lie."""
    async with open_bot(db, facts=map_facts()) as running:
        yield running


async def told(scene: Scene, somebody: Somebody) -> list[str]:
    """Codes of the incidents that wait for somebody, in order."""
    codes = select(incident.c.code).join(delivery, delivery.c.incident_id == incident.c.id)
    codes = codes.join(chat, chat.c.id == delivery.c.chat_id).order_by(delivery.c.id)
    async with scene.db.reading() as conn:
        return list((await conn.execute(codes.where(chat.c.telegram_id == somebody.chat_id))).scalars())


async def test_only_what_is_grave(scene: Scene, anna: Somebody) -> None:
    """Less is not told; what becomes grave is told at that moment, once."""
    await anna.says("/subscribe Hadrut")
    said = await anna.says("/severity grave")
    assert said.startswith("How grave: Grave: people killed, offensives\n\nThe last seven days: 0 alerts")
    shots = await happens(scene, "SHOTS", "hadrut")
    await happens(scene, "DEATHS", "hadrut", **GRAVE)
    assert await told(scene, anna) == ["DEATHS"]
    await grows(scene, shots, **GRAVE)
    assert await told(scene, anna) == ["DEATHS", "SHOTS"]
    assert (await anna.says("/severity any")).startswith("How grave: Everything")
    assert (await anna.filters()).least is None


async def test_only_what_is_confirmed(scene: Scene, anna: Somebody) -> None:
    """A claim waits until somebody independent confirms it."""
    await anna.says("/subscribe Hadrut")
    assert "Status: only what is confirmed" in await anna.says("/confirmed on")
    claimed = await happens(scene, "CLAIM", "hadrut")
    assert await told(scene, anna) == []
    await grows(scene, claimed, status=IncidentStatus.CONFIRMED)
    assert await told(scene, anna) == ["CLAIM"]
    assert "Status: claimed or confirmed" in await anna.says("/confirmed off")


async def test_acts_and_parties(scene: Scene, anna: Somebody) -> None:
    """One of each kind that was chosen must hold; names are understood in several languages."""
    await anna.says("/subscribe Hadrut")
    assert "Acts: mortar fire and drone strike" in await anna.says("/acts mortar, drone strike")
    assert "Parties: Azerbaijan" in await anna.says("/parties азербайджан")
    await happens(scene, "RIFLE", "hadrut")
    await happens(scene, "DRONE", "hadrut", acts=(Act.DRONE, Act.SMALL_ARMS))
    await happens(scene, "OTHERS", "hadrut", acts=(Act.DRONE,), claims=(), accused=("nobody",))
    assert await told(scene, anna) == ["DRONE"]
    assert "Acts: any" in await anna.says("/acts any")
    assert "Parties: any" in await anna.says("/parties clear")


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ("/severity awful", "I do not know “awful” as a severity. Write /severity any, serious or grave."),
        ("/confirmed maybe", "“maybe” is neither on nor off. Write /confirmed on or /confirmed off."),
        ("/acts dorne", "I do not know “dorne”. Did you mean drone? /acts shows what there is."),
        ("/parties Atlantis", "I do not know “Atlantis”. /parties shows what there is."),
        ("/parties Azerbaijam", "I do not know “Azerbaijam”. Did you mean azerbaijan?"),
    ],
)
async def test_a_mistake_changes_nothing(anna: Somebody, wrong: str, answer: str) -> None:
    """One sentence says what was not understood and what would work."""
    assert (await anna.says(wrong)).startswith(answer)
    assert await anna.chat() is None


async def test_everything_is_pressed_in_one_panel(scene: Scene, anna: Somebody) -> None:
    """Each part opens in place of the panel, says what it brings, and leads back."""
    await anna.says("/subscribe Hadrut, Zone 01")
    await happens(scene, "SHOTS", "hadrut")
    await happens(scene, "DEATHS", "hadrut", **GRAVE)
    await anna.says("/filters")
    shown = len(anna.messages)
    assert "The last seven days: 2 alerts" in anna.sees
    await anna.presses("How grave")
    await anna.presses("Grave: people killed")
    assert "The last seven days: 1 alert (−1)" in anna.sees
    assert "✅ 🔴 Grave: people killed, offensives" in anna.buttons
    await anna.presses("« Filters")
    await anna.presses("Confirmed or not")
    await anna.presses("Only what is confirmed")
    assert "0 alerts (−1)" in anna.sees
    await anna.presses("All of it")
    await anna.presses("« Filters")
    await anna.presses("Acts")
    await anna.presses("Drone strike")
    await anna.presses("Drone strike")
    await anna.presses("Small-arms fire")
    assert "The last seven days: 1 alert" in anna.sees
    await anna.presses("« Filters")
    await anna.presses("Parties")
    assert [label for label in anna.buttons if label in ("Sandland", "Armenia")] == ["Armenia", "Sandland"]
    await anna.presses("Armenia")
    await anna.presses("« Filters")
    assert anna.sees.splitlines()[-6:] == [
        "Status: claimed or confirmed",
        "Acts: small-arms fire",
        "Parties: Armenia",
        "Alerts come at once",
        "",
        "The last seven days: 1 alert",
    ]
    assert len(anna.messages) == shown, "the panel is edited in place"
    filters = await anna.filters()
    assert (filters.least, filters.acts, filters.parties) == (Severity.GRAVE, ("small_arms",), ("armenia",))


async def test_preview_and_what_was_left_out(scene: Scene, anna: Somebody) -> None:
    """A number, three examples, what a change takes away, and which filter kept what."""
    await anna.says("/subscribe Hadrut")
    for number in range(4):
        await happens(scene, f"RIFLE-{number}", "hadrut", "shots with rifles")
    await happens(scene, "DRONE", "hadrut", "a drone, no rifles", acts=(Act.DRONE,))
    await happens(scene, "FAR", "shusha", "rifles")
    said = await anna.says("/preview")
    assert said.startswith("The last seven days: 5 alerts\n")
    assert said.endswith("… and 2 more")
    assert anna.buttons == ["DRONE", "RIFLE-3", "RIFLE-2", "What was left out", "« Filters"]
    said = await anna.says("/keywords -shots")
    assert "The last seven days: 1 alert (−4)" in said
    assert [line[0] for line in said.splitlines()[-3:]] == ["−", "−", "−"]
    await anna.says("/acts mortar")
    await happens(scene, "LATER", "hadrut", "shots again")
    await anna.says("/preview")
    await anna.presses("What was left out")
    assert anna.sees.startswith("Left out in three days: 1 alert\n")
    assert "LATER" in anna.sees
    assert "↳ another kind of act, a word that you do not want" in anna.sees
    await anna.says("/keywords clear")
    await anna.says("/acts any")
    assert (await anna.says("/missed")).startswith("Nothing of your places was left out")


async def test_an_old_button_of_a_party_that_is_gone(scene: Scene, anna: Somebody) -> None:
    """The list is shown as it is now."""
    data = scene.conversation._seal.write(anna.chat_id, "parties", "0", "atlantis")
    await anna.says("/parties")
    message_id, _ = anna.button_data[-1]
    assert await anna.sends_press(message_id, data) == "This list is no longer up to date."


async def test_preview_without_a_place(anna: Somebody) -> None:
    """Nothing chosen brings nothing, and it says how to begin."""
    assert "You have chosen no region" in await anna.says("/preview")
    assert (await anna.says("/missed")).startswith("Nothing of your places")
    assert await anna.chat() is None


async def test_why_names_every_filter_that_it_got_through(scene: Scene, anna: Somebody) -> None:
    """How grave, which acts and parties of those that were asked for; what no longer holds it says so."""
    await anna.says("/subscribe karabakh")
    await anna.says("/severity serious")
    await anna.says("/acts shelling, drone")
    await anna.says("/parties Azerbaijan")
    confirmed = IncidentStatus.CONFIRMED
    acts = (Act.SHELLING,)
    await happens(scene, "AA-1212-K3", "hadrut", severity=Severity.GRAVE, acts=acts, status=confirmed)
    said = await anna.says("/why AA-1212-K3")
    assert "How grave: Serious: people hurt, heavy weapons, capture" in said
    assert "Acts: shelling · Parties: Azerbaijan" in said
    assert "Status: only" not in said
    await anna.says("/confirmed on")
    assert "Status: only what is confirmed" in await anna.says("/why AA-1212-K3")
    await anna.says("/acts drone")
    assert "This chat's choice does not hold it now." in await anna.says("/why AA-1212-K3")
