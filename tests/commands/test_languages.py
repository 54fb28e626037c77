"""The conversation in the reader's language."""

from __future__ import annotations

from tests.chat import Scene, Somebody
from tests.telegram_server import person

RUSSIAN = {"from": person(7) | {"language_code": "ru-RU"}}


async def test_the_client_decides_at_first(scene: Scene, anna: Somebody) -> None:
    """The first word is in the language of the client; names are in the reader's script."""
    said = await anna.says("/start", **RUSSIAN)
    assert "нарушается перемирие" in said
    assert "Армения – Азербайджан ›" in anna.buttons
    assert (await anna.chat()).language == "ru"  # type: ignore[union-attr]


async def test_a_chat_keeps_its_language(scene: Scene, anna: Somebody) -> None:
    """Whoever speaks or presses later is answered in the language of the chat."""
    await anna.says("/start", **RUSSIAN)
    await anna.says("/subscribe Hadrut")
    assert "Гадрут (Армения – Азербайджан)" in anna.sees
    await anna.says("/filters")
    assert "Hadrut" not in anna.sees


async def test_an_unknown_language_is_answered_in_english(anna: Somebody) -> None:
    """No catalogue, no fault."""
    stranger = {"from": person(7) | {"language_code": "tlh"}}
    assert "when a ceasefire is broken" in await anna.says("/start", **stranger)
    nobody = {"from": {"id": 7, "is_bot": False, "first_name": "X"}}
    assert "You get alerts" not in await anna.says("/help", **nobody)


async def test_a_language_is_chosen_by_button_code_or_name(anna: Somebody) -> None:
    """Each language under its own name; the answer is in the new one already."""
    await anna.says("/language")
    assert anna.sees == "I speak English here. Choose another:"
    await anna.presses("Русский")
    assert anna.sees.startswith("Здесь я говорю на языке: Русский")
    assert "✅ Русский" in anna.buttons
    assert (await anna.says("/language en")).startswith("I speak English here")
    assert (await anna.says("/language русский")).startswith("Здесь я говорю")
    assert (await anna.says("/language Английский")).startswith("I speak English here")
    assert (await anna.chat()).language == "en"  # type: ignore[union-attr]


async def test_an_unknown_language_is_told_with_the_known_ones(scene: Scene, anna: Somebody) -> None:
    """One sentence, and nothing changes."""
    assert (await anna.says("/language Klingon")).startswith("I do not speak “Klingon”. I speak: en, ")
    assert await anna.chat() is None
