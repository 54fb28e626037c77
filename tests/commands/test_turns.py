"""Order, and at most one answer a second to a chat."""

from __future__ import annotations

import asyncio

from bot.commands.turns import MOST_WAITING, Turns
from bot.storage.subscriptions import EVERYTHING
from tests.chat import PatientClock, Scene, Somebody


async def test_a_flood_gets_one_answer(scene: Scene, anna: Somebody) -> None:
    """A hundred commands in one moment: one is answered, and others are not kept waiting."""
    ben = scene.person(8)
    for _ in range(100):
        scene.server.say(7, "/status")
    await ben.says("/subscribe Hadrut")
    assert len(anna.messages) == 1
    assert "You now get alerts" in ben.sees
    await anna.says("/status")
    assert len(anna.messages) == 2


async def test_a_few_commands_are_done_in_order_a_second_apart(scene: Scene, anna: Somebody) -> None:
    """What a person types fast is all done, the last word counts."""
    begin_s = scene.clock.monotonic()
    await anna.says_at_once(["/subscribe Hadrut", "/subscribe Shusha", "/unsubscribe Hadrut"])
    assert (await anna.filters()).regions == ("shusha",)
    assert anna.messages[-1].startswith("Taken off: Hadrut (Armenia – Azerbaijan).")
    assert scene.clock.monotonic() - begin_s >= 2


async def test_fast_presses_all_count_and_are_shown_together(scene: Scene, anna: Somebody) -> None:
    """Five ticks in one moment: five regions, at most two changes of the message, the last one right."""
    await anna.says("/subscribe")
    await anna.presses("Sand & Land")
    await anna.presses("East Sand")
    before = len(scene.server.calls("editMessageText"))
    labels = [f"Zone {n:02}" for n in range(1, 6)]
    await anna.presses_at_once(*labels)
    assert (await anna.filters()).regions == tuple(f"zone-{n:02}" for n in range(1, 6))
    assert len(scene.server.calls("editMessageText")) - before <= 2
    assert [label for label in anna.buttons if label.startswith("✅")] == [f"✅ {label}" for label in labels]


async def test_too_many_presses_are_told_to_wait(scene: Scene, anna: Somebody) -> None:
    """Each is answered; those that were too many change nothing."""
    await anna.says("/subscribe")
    await anna.presses_at_once(*["Everything"] * 40)
    answers = [call.parameters.get("text") for call in scene.server.calls("answerCallbackQuery")]
    assert len(answers) == 40
    assert "That was too fast for me; please press again." in answers
    assert (await anna.filters()).regions == (EVERYTHING,)


async def test_who_leaves_the_queue_frees_the_place() -> None:
    """A cancelled update neither blocks nor is counted for ever."""
    turns = Turns(PatientClock())
    entered, release = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with turns.take(1):
            entered.set()
            await release.wait()

    async def queue() -> bool:
        async with turns.take(1) as turn:
            return turn is not None

    holder = asyncio.create_task(hold())
    await entered.wait()
    waiting = [asyncio.create_task(queue()) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await asyncio.sleep(0)
    late = asyncio.create_task(queue())
    await asyncio.sleep(0)
    release.set()
    await asyncio.gather(holder, *waiting, late, return_exceptions=True)
    assert [task.result() for task in (*waiting[1:], late)] == [True] * MOST_WAITING


async def test_idle_chats_are_forgotten() -> None:
    """Memory holds the chats of a moment, not of all times."""
    clock = PatientClock()
    turns = Turns(clock)
    for chat in range(5000):
        async with turns.take(chat) as turn:
            assert turn is not None
            await turn.wait_to_answer()
        clock.advance(0.01)
    assert len(turns._rooms) <= 1100


async def test_long_arguments_are_cut_with_a_word(scene: Scene, anna: Somebody) -> None:
    """What is beyond the limit is not read, and the answer says so; the same with too many names."""
    said = await anna.says("/latest " + "x" * 2_001)
    assert said.splitlines()[-1] == "I read only the first 2,000 characters."
    assert "I read only" not in await anna.says("/latest " + "x" * 2_000)
    said = await anna.says("/subscribe " + ", ".join(["Hadrut", *(f"nowhere {n}" for n in range(50))]))
    assert said.splitlines()[-2] == "I read only the first 50 names."
    assert (await anna.filters()).regions == ("hadrut",)
