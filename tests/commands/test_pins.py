"""A sent location, and circles on the map."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.choices import Circle
from bot.model import FoundPlace, RegionLevel
from bot.storage.database import Database
from tests.chat import Scene, Somebody, open_bot
from tests.commands.happening import happens, map_facts
from tests.commands.test_narrowing import told

PATH = ("armenia-azerbaijan", "karabakh", "shusha")


@pytest.fixture
async def scene(db: Database) -> AsyncIterator[Scene]:
    """A running bot that knows where its regions lie."""
    async with open_bot(db, facts=map_facts()) as running:
        yield running


async def sends_location(somebody: Somebody, lat: float, lon: float) -> None:
    """What a client sends for a pin."""
    await somebody.says("", location={"latitude": lat, "longitude": lon})


async def test_a_pin_offers_what_is_around_it(scene: Scene, anna: Somebody) -> None:
    """A radius or a district; what is stored is rounded, and named after the nearest place."""
    await sends_location(anna, 39.493456, 46.912345)
    assert anna.sees.startswith("Khtsaberd\nHow far around it should I watch?")
    radii = ["5 km around", "10 km around", "25 km around", "50 km around", "100 km around"]
    assert anna.buttons == [*radii, "Hadrut", "Shusha", "Time zone Yerevan"]
    await anna.presses("25 km around")
    assert anna.sees.startswith("You now get alerts 25 km around Khtsaberd.")
    assert (await anna.filters()).circles == (Circle(39.49, 46.91, 25),)
    await sends_location(anna, 39.493456, 46.912345)
    await anna.presses("5 km around")
    assert (await anna.filters()).circles == (Circle(39.49, 46.91, 5),)
    await sends_location(anna, 39.75, 46.75)
    await anna.presses("Shusha")
    assert (await anna.filters()).regions == ("shusha",)


async def test_alerts_within_a_circle(scene: Scene, anna: Somebody) -> None:
    """A village counts by its point; what is known only to the district counts when it may lie within."""
    await anna.says("/around Khtsaberd 8 km")
    await happens(scene, "HERE", "khtsaberd")
    await happens(scene, "DISTRICT", "hadrut")
    await happens(scene, "FAR", "shusha")
    village = FoundPlace("Far village", (), None, PATH[:2], RegionLevel.PLACE, 39.9, 46.9)
    await happens(scene, "VILLAGE", "shusha", places=(village,))
    await happens(scene, "SOMEWHERE", "armenia-azerbaijan")
    assert await told(scene, anna) == ["HERE", "DISTRICT"]
    await anna.says("/severity grave")
    assert "0 alerts (−2)" in anna.sees


async def test_a_circle_at_the_end_of_the_world(scene: Scene, anna: Somebody) -> None:
    """Where nothing of the data is near, the numbers are its name."""
    await sends_location(anna, -72.5, 0.25)
    await anna.presses("100 km around")
    assert "100 km around -72.50, 0.25" in anna.sees
    assert "100 km around -72.50, 0.25" in await anna.says("/filters")


async def test_a_kilometre_is_written_in_any_script(anna: Somebody) -> None:
    """The unit as readers of each language write it."""
    for unit in ("KM", "Км", "км", "կմ", "კმ", "كم", "ק״מ"):
        assert (await anna.says(f"/around Shusha 25 {unit}")).startswith("You now get alerts 25 km around")


async def test_circles_are_listed_and_removed(scene: Scene, anna: Somebody) -> None:
    """The panel leads to them; twenty are the most."""
    await anna.says("/around Shusha 25km")
    await anna.says("/filters")
    await anna.presses("Around a place")
    assert anna.buttons == ["✖ 25 km around Shusha", "« Filters"]
    await anna.presses("✖ 25 km around Shusha")
    assert anna.buttons == ["« Filters"]
    assert (await anna.filters()).circles == ()
    for number in range(20):
        await sends_location(anna, 40.0 + number, 45.0)
        await anna.presses("10 km around")
    await sends_location(anna, 30.0, 45.0)
    assert await anna.presses("10 km around") == "One chat can have 20 circles."
    assert len((await anna.filters()).circles) == 20


@pytest.mark.parametrize(
    ("wrong", "answer"),
    [
        ("/around Shusha", "I read “Shusha” as no place and distance. Write /around Shusha 25 km"),
        ("/around Shusha 900", "I read “Shusha 900” as no place and distance."),
        ("/around 25 km", "I read “25 km” as no place and distance."),
        ("/around Shushq 5 km", "I do not know “Shushq”. Did you mean Shusha?"),
        ("/around Atlantis 5 km", "I do not know where “Atlantis” is. Send me a location instead."),
        ("/around Syunik 5 km", "I do not know where “Syunik” is."),
    ],
)
async def test_a_mistake_says_what_would_work(anna: Somebody, wrong: str, answer: str) -> None:
    """And changes nothing."""
    assert (await anna.says(wrong)).startswith(answer)
    assert await anna.chat() is None


async def test_locations_in_groups_are_not_for_the_bot(scene: Scene) -> None:
    """People share where they are; there /around does it."""
    ada = scene.member(-1001, 21, "administrator")
    await sends_location(ada, 39.5, 46.9)
    assert ada.messages == []
    assert "You now get alerts" in await ada.says("/around Shusha 10 км")


def test_the_reach_of_a_place() -> None:
    """A village is near, a district as wide as what is known in it, within bounds."""
    atlas = map_facts().atlas
    assert atlas.reach_km("khtsaberd") == 3.0
    assert atlas.reach_km("hadrut") == pytest.approx(11.6, abs=0.1)
    assert atlas.reach_km("zone-01") == 10.0


async def test_a_circle_counts_as_a_choice_everywhere(scene: Scene, anna: Somebody) -> None:
    """/latest tells what lies there, /why names the circle, /start shows the choice."""
    await anna.says("/around Khtsaberd 8 km")
    await happens(scene, "AA-1212-K3", "khtsaberd")
    await happens(scene, "AA-1212-B4", "shusha")
    said = await anna.says("/latest")
    assert said.startswith("Latest in your regions\n")
    assert ("AA-1212-K3" in said, "AA-1212-B4" in said) == (True, False)
    assert "Your choice: 8 km around Khtsaberd" in await anna.says("/why AA-1212-K3")
    assert "• 8 km around Khtsaberd" in await anna.says("/start")


async def test_whoever_has_circles_alone_is_not_told_that_nothing_will_come(
    scene: Scene, anna: Somebody
) -> None:
    """The picker's end shows the whole choice; to unsubscribe without a name offers the circles."""
    await anna.says("/around Khtsaberd 8 km")
    await anna.says("/subscribe")
    await anna.presses("Done")
    assert anna.sees.startswith("Regions\n• 8 km around Khtsaberd\n")
    await anna.says("/unsubscribe")
    assert anna.buttons == ["✖ 8 km around Khtsaberd", "« Filters"]


async def test_to_unsubscribe_from_all_ends_the_circles_too(scene: Scene, anna: Somebody) -> None:
    """No alerts will come, as the answer says."""
    await anna.says("/around Khtsaberd 8 km")
    await anna.says("/subscribe Shusha")
    assert "no alerts will come" in await anna.says("/unsubscribe all")
    assert not (await anna.filters()).has_place
    await anna.says("/around Khtsaberd 8 km")
    assert "no alerts will come" in await anna.says("/unsubscribe all")
    await happens(scene, "AA-1212-K3", "khtsaberd")
    assert await told(scene, anna) == []


async def test_every_change_of_regions_says_what_it_brings(scene: Scene, anna: Somebody) -> None:
    """The last seven days, what that adds or takes away, and a button to the preview."""
    for number, where in enumerate(("khtsaberd", "shusha", "zone-01")):
        await happens(scene, f"AA-1212-K{number}", where)
    said = await anna.says("/subscribe Hadrut")
    assert said.splitlines()[1] == "The last seven days: 1 alert (+1)"
    assert "2 alerts (+1)" in await anna.says("/subscribe Shusha")
    assert "3 alerts (+1)" in await anna.says("/subscribe all")
    await anna.says("/unsubscribe all")
    await anna.says("Shusha")
    await anna.presses("Shusha")
    assert "1 alert (+1)" in anna.sees
    assert "0 alerts (−1)" in await anna.says("/unsubscribe Shusha")
    await anna.presses("Preview")
    assert "You have chosen no region" in anna.sees


async def test_three_taps_to_the_first_incident(scene: Scene, anna: Somebody) -> None:
    """From /start: a theatre, all of it, done; the first incident is there, and how to go on."""
    await happens(scene, "AA-1212-K3", "khtsaberd")
    await anna.says("/start")
    assert "not a warning system for your safety" in anna.sees
    for label in ("Armenia – Azerbaijan", "All of Armenia", "Done"):
        await anna.presses(label)
    assert "AA-1212-K3" in anna.sees
    assert anna.buttons == ["AA-1212-K3", "« Filters"]
    assert len(anna.sees.splitlines()) <= 8
