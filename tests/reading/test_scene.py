"""Where it happened: capitals that are cities, villages before their district, towns that a word leads in."""

from __future__ import annotations

import pytest

from bot.reading.scene import Capitals
from bot.reading.text import Folder
from tests.reading.conftest import Read


def places(read: Read, title: str, text: str, when: str) -> list[str]:
    """The names of a report's places."""
    return [place.name for place in read(title, text, when).places]


@pytest.mark.parametrize(
    ("title", "text", "when", "city"),
    [
        (
            "Drones over the line",
            "North Korean drones flew over Seoul on Monday, a breach of the armistice; soldiers fired.",
            "2022-12-26T08:00:00+00:00",
            "Seoul",
        ),
        (
            "Обстрел в зоне конфликта",
            "В среду грузинская сторона обстреляла из миномётов окраины Цхинвала, перемирие нарушено.",
            "2005-07-04T08:00:00+00:00",
            "Tskhinvali",
        ),
        (
            "დრონი კონფლიქტის ზონაში",
            "ცხინვალის თავზე დრონი ცეცხლსასროლი იარაღით ჩამოაგდეს, ზავი დაირღვა.",
            "2021-08-12T08:00:00+00:00",
            "Tskhinvali",
        ),
    ],
)
def test_a_capital_may_be_the_place(read: Read, title: str, text: str, when: str, city: str) -> None:
    """`Over Seoul` and `the outskirts of` mean the city, whose name is a government's elsewhere."""
    assert city in places(read, title, text, when)


def test_in_a_capital_counts_where_no_other_place_does(read: Read) -> None:
    """`In Tiraspol` is the place when there is none beside it, and whose words those are when there is."""
    when = "2022-04-26T08:00:00+00:00"
    blast = "Grenade launchers hit a building in Tiraspol on Monday, a breach of the ceasefire."
    assert places(read, "Attack in Transnistria", blast, when) == ["Tiraspol"]
    beside = "Grenade launchers hit a post near Cocieri on Monday, officials in Tiraspol said."
    assert places(read, "Attack in Transnistria", beside, when) == ["Cocieri"]


def test_a_language_without_such_words_tells_nothing(read: Read) -> None:
    """Without a table the capital remains a government."""
    when = "2022-12-26T08:00:00+00:00"
    text = "North Korea accused Seoul of breaking the armistice after soldiers fired at a drone on Monday."
    assert "Seoul" not in places(read, "Drones at the line", text, when)
    assert Capitals({}, Folder()) is not None


KIVU = "2025-08-10T08:00:00+00:00"
ATTACK = "M23 rebels attacked army positions on Saturday in breach of the ceasefire"


def test_a_village_stands_before_its_district(read: Read) -> None:
    """A name behind `in` is a village's where a comma and its district follow."""
    found = places(read, "M23 attacks the army in Congo", f"{ATTACK} in Kazobwe, in Lubero territory.", KIVU)
    assert "Kazobwe" in found


NPA = "2021-01-02T08:00:00+00:00"
PATROL = "NPA rebels fired at a patrol on Saturday in breach of the ceasefire"


def test_a_town_that_a_word_leads_in_stays(read: Read) -> None:
    """`Barangay Bagong Silang` is a village here, though a town of the gazetteer has that name."""
    text = f"{PATROL} in Barangay Bagong Silang, Del Gallego."
    assert places(read, "Clash in Camarines Sur", text, NPA) == ["Bagong Silang", "Del Gallego"]


def test_a_longer_name_is_not_the_town_in_it(read: Read) -> None:
    """`New Tubigon` is not the town that is called as its second word."""
    text = f"{PATROL} in Barangay New Tubigon, Sibagat."
    assert places(read, "Clash in Caraga", text, NPA) == ["New Tubigon", "Sibagat"]


SAID = "2025-05-05T08:00:00+00:00"


@pytest.mark.parametrize(
    ("title", "text", "when", "expected"),
    [
        (
            "Ermənistan atəşkəsi pozub",
            "Qafan rayonu ərazisindəki mövqelərdən Zəngilan rayonundakı mövqelərimiz atəşə tutulub.",
            "2021-03-05T08:00:00+00:00",
            ["Zangilan"],
        ),
        (
            "Esed rejimi ateşkesi bozdu",
            "Esed rejimi Afis beldesini topa tuttu. Atışların Serakib'den yapıldığı bildirildi.",
            "2021-09-07T08:00:00+00:00",
            ["Afis"],
        ),
        (
            "آتش‌باری در اسپین بولدک",
            "نیروهای پاکستانی بر خانه‌های مردم در اسپین بولدک آتش گشودند و خانواده‌ها به تخته‌پل رفتند.",
            "2021-03-05T08:00:00+00:00",
            ["Spin Boldak"],
        ),
        (
            "Esed rejimi ateşkesi bozdu",
            "Esed rejimi Afis beldesini kendi mevzilerinden topa tuttu ve bir kişiyi yaraladı.",
            "2021-09-07T08:00:00+00:00",
            ["Afis"],
        ),
        (
            "Atarib'de hastane vuruldu",
            "Esed rejimi güçleri pazar sabahı Atarib'deki hastaneyi bombaladı.",
            "2021-09-07T08:00:00+00:00",
            ["Atarib"],
        ),
    ],
)
def test_words_behind_a_place_tell_whence_and_whither(
    read: Read, title: str, text: str, when: str, expected: list[str]
) -> None:
    """Some languages put them there; where the hospital itself was struck the place stays."""
    assert places(read, title, text, when) == expected


FIRED = "Azerbaijani forces opened fire on Khnatsakh on Sunday"


@pytest.mark.parametrize(
    "text",
    [
        f"{FIRED}, the governor of Kapan said.",
        f"{FIRED}, the Kapan administration said.",
        f"{FIRED}. Kapan says that nobody was hurt by the shots.",
        f"{FIRED} from the village of Sarigyugh and the village of Kapan.",
    ],
)
def test_whoever_speaks_there_is_no_scene(read: Read, text: str) -> None:
    """A governor's town is told only where there is no other place; so is what joins a place of origin."""
    assert places(read, "Shots on the border of Armenia", text, SAID) == ["Khnatsakh"]


def test_who_speaks_tells_where_nobody_else_does(read: Read) -> None:
    """Without another place that of the administration is the best."""
    text = "Azerbaijani forces opened fire with mortars on Sunday, the Goris administration said."
    assert places(read, "Shots on the border of Armenia", text, SAID) == ["Goris"]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("in Kitaotao, Bukidnon", ["Kitaotao"]),
        ("in Kitaotao, in the province of Bukidnon", ["Kitaotao"]),
        ("in Kitaotao and Bukidnon", ["Kitaotao", "Bukidnon"]),
        ("in Kitaotao, Bukidnon, Sibagat", ["Kitaotao", "Sibagat", "Bukidnon"]),
        ("in Kitaotao, Masbate", ["Kitaotao", "Masbate"]),
        ("in Barangay Kaulakan, Bukidnon", ["Kaulakan"]),
    ],
)
def test_a_province_behind_its_town_is_an_address(read: Read, where: str, expected: list[str]) -> None:
    """Unless `and` or a list holds them, or the province lies far away."""
    text = f"{PATROL} {where}."
    assert places(read, "NPA attack", text, NPA) == expected


def test_a_region_as_wide_as_its_theatre_is_no_scene(read: Read) -> None:
    """`Southern Lebanon` tells nothing, beside a village or by itself."""
    title, when = "Strike in southern Lebanon kills one", "2025-09-21T08:00:00+00:00"
    text = "An Israeli drone struck a car in {}southern Lebanon, killing one, the health ministry said."
    assert places(read, title, text.format("Blida in "), when) == ["Blida"]
    assert places(read, title, text.format(""), when) == []
