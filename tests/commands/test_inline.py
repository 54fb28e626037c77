"""Cards of the latest incidents in any chat."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chat import Scene
from tests.commands.test_service import happened, incident  # noqa: F401 - a fixture and what makes it
from tests.telegram_html import visible_text

pytestmark = pytest.mark.usefixtures("happened")


async def answers(scene: Scene, *texts: str, **more: Any) -> list[dict[str, Any]]:
    """What the bot answers to each of these, typed one after the other at once."""
    before = len(scene.server.calls("answerInlineQuery"))
    for text in texts:
        scene.server.type_inline(7, text, **more)
    await scene.settle()
    return [call.parameters for call in scene.server.calls("answerInlineQuery")[before:]]


async def test_a_place_gives_its_latest_incidents_as_cards(scene: Scene) -> None:
    """Title, message and a button that brings the reader to the alerts of the district."""
    (answer,) = await answers(scene, "Hadrut")
    (card,) = answer["results"]
    assert card["id"] == "AA1"
    message = card["input_message_content"]
    assert "AA1" in visible_text(message["message_text"])
    assert (message["parse_mode"], message["link_preview_options"]) == ("HTML", {"is_disabled": True})
    ((button,),) = card["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/trucewatch_test_bot?start=hadrut"
    assert button["text"] == "Alerts for Hadrut (Armenia – Azerbaijan)"
    assert "callback_data" not in button


async def test_nothing_typed_gives_the_latest_anywhere(scene: Scene) -> None:
    """The newest of all theatres."""
    (answer,) = await answers(scene, "")
    assert {card["id"] for card in answer["results"]} == {"AA1", "AA2", "SL1"}


async def test_a_beginning_or_a_mistyped_name_is_understood(scene: Scene) -> None:
    """Cards come while somebody types."""
    for text in ("Had", "Hadrud", "гадр"):
        (answer,) = await answers(scene, text)
        assert [card["id"] for card in answer["results"]] == ["AA1"]


async def test_where_there_is_nothing_a_line_says_so(scene: Scene) -> None:
    """And leads to the bot, at that region where there is one."""
    (quiet,) = await answers(scene, "Syunik")
    assert quiet["results"] == []
    assert quiet["button"] == {"text": "Nothing known in Syunik yet. Get alerts", "start_parameter": "syunik"}
    (unknown,) = await answers(scene, "zzzzzz", language_code="ru")
    assert unknown["button"]["start_parameter"] == "-"
    assert unknown["button"]["text"] == "Ничего не найдено. Выбрать регионы"


async def test_cards_are_for_the_person_who_typed(scene: Scene) -> None:
    """Telegram keeps an answer for a while: it must not give it to who reads another language."""
    english, russian = [
        (await answers(scene, "Hadrut", language_code=language))[0] for language in ("en", "ru")
    ]
    assert (english["is_personal"], russian["is_personal"]) == (True, True)
    assert english["results"][0]["title"] != russian["results"][0]["title"]


async def test_of_a_fast_typist_only_the_newest_text_counts(scene: Scene) -> None:
    """What was typed before is not looked for any more."""
    said = await answers(scene, "S", "Sa", "San", "Sandland")
    assert len(said) < 4
    assert said[-1]["results"][0]["id"] == "SL1"
