"""Choosing regions: by name, by pressing, by link; taking them off again."""

from __future__ import annotations

from bot.storage.subscriptions import EVERYTHING
from tests.chat import Scene, Somebody


async def test_start_says_what_this_is_and_offers_the_theatres(anna: Somebody) -> None:
    """The first screen says what the bot is, what it is not, and lets choose at once."""
    said = await anna.says("/start")
    assert "when a ceasefire is broken where you choose" in said
    assert "not a warning system for your safety" in said
    assert anna.buttons == ["Everything, everywhere", "Armenia – Azerbaijan ›", "Sand & Land ›", "Done"]


async def test_three_taps_to_a_subscription(anna: Somebody) -> None:
    """A theatre, a province that has no parts, done."""
    await anna.says("/start")
    await anna.presses("Armenia")
    assert anna.buttons == ["All of Armenia – Azerbaijan", "Nagorno-Karabakh ›", "Syunik", "« Back", "Done"]
    assert await anna.presses("Syunik") == "Chosen: Syunik"
    assert "✅ Syunik" in anna.buttons
    await anna.presses("Done")
    assert "You get alerts for:\n• Syunik (Armenia – Azerbaijan)" in anna.sees
    assert (await anna.filters()).regions == ("syunik",)
    assert len(anna.messages) == 1, "one message, edited"


async def test_what_is_chosen_above_and_below_is_marked(anna: Somebody) -> None:
    """A theatre with a chosen part has a light mark; parts of a chosen whole cannot be ticked."""
    await anna.says("/subscribe Hadrut")
    await anna.says("/subscribe")
    assert "▫️ Armenia – Azerbaijan ›" in anna.buttons
    await anna.presses("Armenia")
    await anna.presses("Nagorno")
    assert "✅ Hadrut" in anna.buttons
    await anna.presses("All of Nagorno")
    assert "☑️ Shusha" in anna.buttons
    assert "Already part of your choice: Nagorno-Karabakh" in await anna.presses("Shusha")
    assert (await anna.filters()).regions == ("hadrut", "karabakh")
    await anna.presses("✅ All of")
    assert (await anna.filters()).regions == ("hadrut",)


async def test_the_picker_turns_pages(anna: Somebody) -> None:
    """Thirty regions are shown a dozen at a time; a tick stays on its page."""
    await anna.says("/subscribe")
    await anna.presses("Sand & Land")
    await anna.presses("East Sand")
    assert "Zone 12" in anna.buttons
    assert "Zone 13" not in anna.buttons
    await anna.presses("›")
    assert "Zone 13" in anna.buttons
    await anna.presses("Zone 24")
    assert "✅ Zone 24" in anna.buttons
    await anna.presses("›")
    assert anna.buttons[-3:] == ["‹", "« Back", "Done"]
    await anna.presses("‹")
    await anna.presses("« Back")
    assert "▫️ East Sand ›" in anna.buttons


async def test_regions_are_found_in_any_spelling(anna: Somebody) -> None:
    """Several at once, in several scripts, with and without commas."""
    await anna.says("/subscribe Гадрут, Շուշի; çaylaqqala")
    assert (await anna.filters()).regions == ("hadrut", "khtsaberd", "shusha")
    assert "You now get alerts for Hadrut (Armenia – Azerbaijan)" in anna.sees
    await anna.says("/unsubscribe all")
    await anna.says("/subscribe hadrut shushi")
    assert (await anna.filters()).regions == ("hadrut", "shusha")
    assert "already" in await anna.says("/subscribe Xocavənd")


async def test_a_mistyped_region_brings_a_suggestion(anna: Somebody) -> None:
    """The nearest name is offered as a button that chooses it."""
    assert await anna.says("/subscribe Hadrud") == "I do not know “Hadrud”. Did you mean Hadrut?"
    assert (await anna.filters()).regions == ()
    await anna.presses("Hadrut")
    assert (await anna.filters()).regions == ("hadrut",)
    assert anna.sees.startswith("You now get alerts for Hadrut (Armenia – Azerbaijan).\n")


async def test_what_is_known_is_chosen_though_the_rest_is_not(anna: Somebody) -> None:
    """One sentence for what was understood, one for what was not."""
    said = await anna.says("/subscribe Syunik, Hadrud, <b>qwertyuiop</b>")
    assert said.splitlines() == [
        "You now get alerts for Syunik (Armenia – Azerbaijan).",
        "I do not know “Hadrud” and “<b>qwertyuiop</b>”.",
        "The last seven days: 0 alerts",
    ]
    assert "Hadrut (Armenia – Azerbaijan)" in anna.buttons


async def test_an_unknown_region_leads_to_the_list(anna: Somebody) -> None:
    """What is like no region at all is answered with what would work."""
    assert "I do not know “qwertyuiop”. Try a district" in await anna.says("/subscribe qwertyuiop")
    await anna.presses("Show the list")
    assert "Everything, everywhere" in anna.buttons


async def test_everything(anna: Somebody) -> None:
    """/subscribe all and its button choose all theatres; /unsubscribe all ends it."""
    await anna.says("/subscribe all")
    assert (await anna.filters()).regions == (EVERYTHING,)
    await anna.says("/subscribe")
    assert anna.buttons[:2] == ["✅ Everything, everywhere", "☑️ Armenia – Azerbaijan ›"]
    await anna.presses("Everything")
    assert (await anna.filters()).regions == ()
    await anna.presses("Everything")
    assert "no alerts will come" in await anna.says("/unsubscribe all")
    assert "You had chosen no region" in await anna.says("/unsubscribe all")


async def test_taking_regions_off(anna: Somebody) -> None:
    """By name, by pressing, and with a sentence for what was not chosen."""
    await anna.says("/subscribe Hadrut, Shusha, Sand & Land")
    taken_off = await anna.says("/unsubscribe Shushi")
    assert taken_off.startswith("Taken off: Shusha (Armenia – Azerbaijan).\n")
    assert "Zone 07 (Sand & Land) comes with Sand & Land." in await anna.says("/unsubscribe Zone 07")
    assert "was not among your regions" in await anna.says("/unsubscribe Syunik")
    assert "Did you mean Hadrut?" in await anna.says("/unsubscribe Hadrud")
    await anna.presses("Hadrut")
    assert (await anna.filters()).regions == ("sandland",)
    await anna.says("/unsubscribe")
    assert anna.buttons == ["✖ Sand & Land", "Done"]
    await anna.presses("✖ Sand")
    assert "You have chosen no region" in anna.sees


async def test_a_link_chooses_its_region(anna: Somebody) -> None:
    """t.me/BOT?start=hadrut subscribes at once; a dead link leads to the picker."""
    said = await anna.says("/start hadrut")
    assert "You get alerts for:\n• Hadrut" in said
    assert (await anna.filters()).regions == ("hadrut",)
    await anna.says("/start nowhere-at-all-xyz")
    assert "Where should I watch?" in anna.sees
    assert "• everything\n• Hadrut" in await anna.says("/start all")


async def test_more_than_two_hundred_regions_are_refused(scene: Scene, anna: Somebody) -> None:
    """A sentence says what to do instead, and nothing is changed."""
    from bot.storage.chats import ensure_chat
    from bot.storage.subscriptions import subscribe

    await anna.says("/start")
    async with scene.db.writing() as conn:
        chat = await ensure_chat(conn, 7, "private", scene.clock.now())  # type: ignore[arg-type]
        await subscribe(conn, chat.id, [f"old-{n}" for n in range(200)])
    assert "One chat can have 200 regions" in await anna.says("/subscribe Hadrut")
    await anna.says("/subscribe")
    assert "One chat can have 200 regions" in await anna.presses("Everything")
    assert len((await anna.filters()).regions) == 200


async def test_plain_text_is_taken_for_a_place(anna: Somebody) -> None:
    """Writing a name, or the beginning of one, offers the region; other talk gets a hint."""
    await anna.says("гадрут")
    assert anna.buttons == ["Hadrut (Armenia – Azerbaijan)"]
    await anna.says("zone 1")
    assert anna.buttons == ["Zone 10 (Sand & Land)", "Zone 11 (Sand & Land)", "Zone 12 (Sand & Land)"]
    await anna.presses("Zone 11")
    assert (await anna.filters()).regions == ("zone-11",)
    assert "Write a place's name" in await anna.says("How are you today, my dear robot?")


async def test_in_the_terminal_start_chooses_everything(db: object) -> None:
    """There the first alert is to come by itself."""
    from tests.chat import open_bot

    async with open_bot(db, subscribes_on_start=True) as scene:  # type: ignore[arg-type]
        anna = scene.person(7)
        await anna.says("/start")
        assert (await anna.filters()).regions == (EVERYTHING,)
