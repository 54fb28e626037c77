"""Keywords and the panel that shows a chat's choice."""

from __future__ import annotations

from dataclasses import replace

from bot.commands.screen import LONGEST_TEXT, Place, Screen, send_screen
from bot.model import Party
from bot.storage.database import Database
from tests.chat import Scene, Somebody, open_bot, small_facts
from tests.telegram_html import visible_text


async def test_keywords_are_added_shown_and_cleared(anna: Somebody) -> None:
    """Each order joins what stands; the answer shows all of it."""
    said = await anna.says('/keywords +drone -football +"heavy artillery"')
    assert said.splitlines() == [
        "One of these must occur: drone, heavy artillery",
        "None of these may occur: football",
        "",
        "The last seven days: 0 alerts",
    ]
    await anna.says("/keywords -drone")
    assert (await anna.filters()).exclude == ("drone", "football")
    assert "/keywords clear removes all" in await anna.says("/keywords")
    assert (await anna.says("/keywords clear")).startswith(
        "No keywords: you get every alert of your regions."
    )
    assert (await anna.filters()).include == ()


async def test_a_mistake_changes_nothing(anna: Somebody) -> None:
    """The good part of a wrong order is not done either."""
    assert "Should “mine” occur or not?" in await anna.says("/keywords +drone mine")
    assert (await anna.filters()).include == ()
    await anna.says("/keywords " + " ".join(f"+word{n}" for n in range(50)))
    assert "That would be 51 keywords" in await anna.says("/keywords -one")
    assert len((await anna.filters()).include) == 50
    assert "+35" in await anna.says("/filters")


async def test_keywords_are_removed_by_pressing(anna: Somebody) -> None:
    """The panel leads to the keywords, a press removes one, and markup in a word stays text."""
    await anna.says("/subscribe Hadrut")
    await anna.says('/keywords +<b>drone</b> -football +"' + "long " * 12 + '"')
    panel = await anna.says("/filters")
    assert panel.startswith("Regions\n• Hadrut (Armenia – Azerbaijan)\nOne of these must occur: <b>drone</b>")
    await anna.presses("Keywords")
    await anna.presses("<b>drone")
    await anna.presses("-football")
    await anna.presses("long")
    assert anna.sees.startswith("No keywords: you get every alert of your regions.\nWrite for example")
    assert anna.buttons == ["« Filters"]
    await anna.presses("« Filters")
    assert "Regions" in anna.buttons
    assert (await anna.filters()).regions == ("hadrut",)


async def test_the_panel_of_a_new_chat(anna: Somebody) -> None:
    """Nothing chosen means no alerts, and it says so; looking makes no row."""
    assert "You have chosen no region" in await anna.says("/filters")
    assert await anna.chat() is None


async def test_many_regions_do_not_make_a_wall(scene: Scene, anna: Somebody) -> None:
    """Twelve regions are spelled out, the rest counted."""
    await anna.says("/subscribe " + ", ".join(f"Zone {n:02}" for n in range(1, 31)))
    assert "18 more" in anna.sees
    assert "… and 18 more" in await anna.says("/filters")
    await anna.says("/unsubscribe")
    assert len(anna.buttons) == 31


async def test_many_parties_and_mutes_do_not_make_a_wall(db: Database) -> None:
    """Twelve of each are spelled out: a panel that is too long for a message would not come at all."""
    parties = {f"p{n}": Party(f"p{n}", "group", f"The Long-Named Front {n}", {}, ()) for n in range(400)}
    async with open_bot(db, facts=replace(small_facts(), parties=parties)) as scene:
        anna = scene.person(7)
        await anna.says("/subscribe all")
        for first in range(0, 400, 60):
            names = ", ".join(f"The Long-Named Front {n}" for n in range(first, min(400, first + 60)))
            await anna.says(f"/parties {names}")
        assert "and 28 more" in anna.sees
        for number in range(1, 31):
            await anna.says(f"/mute Zone {number:02} 8h")
        assert len(anna.buttons) == 4 + 30 + 1
        panel = await anna.says("/filters")
        assert panel.count("Front") == panel.count("Muted until") == 12
        assert panel.splitlines()[-3] == "… and 18 more"


async def test_a_screen_that_is_too_long_is_cut(scene: Scene, anna: Somebody) -> None:
    """No answer at all would be worse; markup stays whole."""
    await send_screen(scene.application.bot, Place(7), Screen("<b>" + "x" * 5_000 + "</b>"))
    assert len(visible_text(anna.sees)) == LONGEST_TEXT
