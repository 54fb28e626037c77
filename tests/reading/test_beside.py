"""Places beside the scene: what only says where it lies, what `and` makes part of it, names of states."""

from __future__ import annotations

import pytest

from tests.reading.conftest import Read

SYRIA = "2025-08-05T08:00:00+00:00"
GAZA = "2025-11-05T08:00:00+00:00"
KARABAKH = "2021-03-05T08:00:00+00:00"

BESIDE = {
    "Arabic: south-west of the town of": (
        "هاجمت قوات النظام نقطة تل حديد جنوبي غربي مدينة السويداء صباح اليوم في خرق للهدنة.",
        SYRIA,
        ["Tal Hadid"],
    ),
    "Romanian: near": (
        "Israelul a bombardat tabăra Ain el-Helueh, de lângă Saida, încălcând armistițiul cu Libanul.",
        SYRIA,
        ["Ain al-Hilweh"],
    ),
    "Turkish: the village that lies near": (
        "İsrail ordusu ateşkese rağmen Sayda yakınlarındaki Ayn el-Hilve kampını bombaladı.",
        SYRIA,
        ["Ain al-Hilweh"],
    ),
    "a quarter of the town": (
        "قصفت قوات الدعم السريع حي مايو جنوب الخرطوم صباح اليوم في خرق للهدنة مع الجيش السوداني.",
        "2023-05-25T08:00:00+00:00",
        ["Khartoum", "Mayo"],
    ),
    "joined by `and` and no place that it lies by": (
        "Israeli jets bombed Saida and areas north of Tyre on Sunday in breach of the truce with Hezbollah.",
        SYRIA,
        ["Sidon", "Tyre"],
    ),
}


def names(read: Read, text: str, when: str, title: str = "") -> list[str]:
    """The places of a report."""
    return sorted(place.name for place in read(title, text, when).places)


@pytest.mark.parametrize("case", BESIDE)
def test_a_place_that_another_lies_by(read: Read, case: str) -> None:
    """Words before or behind it say that it only tells where the scene lies."""
    text, when, expected = BESIDE[case]
    assert names(read, text, when) == expected


def test_a_town_with_the_name_of_its_district(read: Read) -> None:
    """Joined by `and` to a village of the district the town is meant; before a word for areas it is not."""
    town = "Israeli tanks shelled Deir al-Balah and Nuseirat on Sunday in breach of the ceasefire with Hamas."
    assert names(read, town, GAZA) == ["Deir al-Balah", "Nuseirat"]
    district = "Azerbaijani forces shelled Hadrut district and Hin Tagher on Sunday, breaking the truce."
    assert names(read, district, KARABAKH) == ["Hin Tagher"]
    between = "Azerbaijani forces fired in Hadrut, Khtsaberd and Hin Tagher on Sunday, breaking the truce."
    assert "Hadrut" not in names(read, between, KARABAKH)


def test_a_town_beside_its_villages(read: Read) -> None:
    """Words such as `outskirts of` mean the town, though villages of its district are named too."""
    text = "Georgian forces shelled the outskirts of Tskhinvali and the village of Tbeti, breaking the truce."
    assert names(read, text, "2004-07-04T08:00:00+00:00") == ["Tbeti", "Tskhinvali"]


def test_where_a_victim_comes_from(read: Read) -> None:
    """A native's village is no scene where another place is named."""
    text = "Indian troops fired at Battal on Sunday, violating the ceasefire; a man r/o Tetrinote was killed."
    assert names(read, text, "2019-08-04T08:00:00+00:00") == ["Battal"]


def test_a_hospital_behind_its_own_name(read: Read) -> None:
    """Between `hospital` and its town its name may stand."""
    text = "חמאס הפר את הפסקת האש: צלף ירה בבני סוהילא, ולוחם נפצע ופונה לבית החולים סורוקה בבאר שבע."
    assert names(read, text, GAZA) == ["Bani Suheila"]


def test_a_town_that_is_called_as_a_foreign_state(read: Read) -> None:
    """`Argelia` is Algeria elsewhere and a town in Cauca."""
    text = "Disidencias del EMC atacaron una patrulla del Ejército en Argelia, Cauca, pese al cese al fuego."
    assert names(read, text, "2023-11-22T08:00:00+00:00") == ["Argelia"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("South Sudan", "Government helicopters bombed the only hospital in Old Fangak, medics said."),
        ("Un hôpital bombardé à Old Fangak : sept morts", "L'armée viole la trêve, dit le SPLA-IO."),
    ],
)
def test_a_hospital_that_was_struck(read: Read, title: str, text: str) -> None:
    """Where bombs fell on a hospital is the scene, a colon behind it or not."""
    assert names(read, text, "2025-05-04T08:00:00+00:00", title) == ["Old Fangak"]
