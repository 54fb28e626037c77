"""Who is accused besides the first: by mutual blame, by who began it, by what a denial says in return."""

from __future__ import annotations

import pytest

from bot.reading import Reader
from tests.reading.conftest import Read, make_report

NOON = "2025-05-05T12:00:00+00:00"


def evidence(
    reader: Reader, text: str, side: str = "neutral", title: str = ""
) -> dict[str, dict[str, float]]:
    """What speaks for and against each party."""
    return reader.work(make_report(title, text, NOON, kind="mod", side=side))[1].blame


@pytest.mark.parametrize(
    "text",
    [
        "Armenian soldiers opened fire at Khoznavar. Azerbaijan says the first shots came from Armenia.",
        "Армянские военные обстреляли Хознавар; в Баку говорят, что первыми стреляли со стороны Армении.",
    ],
)
def test_who_is_said_to_have_begun_is_told(reader: Reader, text: str) -> None:
    """Where it is told who fired first both sides' versions stand."""
    found = evidence(reader, text)
    assert found["armenia"]["first_done"]
    assert found["azerbaijan"]["firsts"]


def test_enemies_with_an_act_between_them_fought_each_other(reader: Reader) -> None:
    """A clause that only names the line between two states tells of no fight."""
    told = evidence(reader, "Shots were exchanged between Armenian and Azerbaijani units at Khoznavar.")
    assert told["armenia"]["between"]
    assert told["azerbaijan"]["between"]
    line = "Khoznavar was shelled by Armenian units, near the border between Armenia and Azerbaijan."
    assert "between" not in evidence(reader, line)["azerbaijan"]


def test_both_sides_that_agree_are_not_blamed(reader: Reader) -> None:
    """`Both sides` blames them where something is done, not where a truce is prolonged."""
    shots = "Azerbaijani units shelled Khoznavar. {} on Armenia's border with Azerbaijan."
    assert "mutual" in evidence(reader, shots.format("Both sides opened fire"))["azerbaijan"]
    assert "mutual" not in evidence(reader, shots.format("Both sides met again for talks"))["azerbaijan"]


def test_a_denial_that_tells_of_the_other_side_s_act_accuses_it(reader: Reader) -> None:
    """Only where the act stands in a sentence that denies nothing, with the other side in it."""
    denial = "Azerbaijan's defence ministry denied that its units fired at Khoznavar. The report is false. "
    charge = "Armenian forces shelled Azerbaijani positions with mortars that night."
    found = evidence(reader, denial + charge, "azerbaijan", "Baku rejects claim of shelling")
    assert found["armenia"]["rebuts_named"]
    plain = evidence(reader, denial + "Armenia invents.", "azerbaijan", "Baku rejects claim of shelling")
    assert plain["armenia"]["rebuts"]
    assert "rebuts_named" not in plain["armenia"]
    assert "rebuts" not in found["azerbaijan"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            "Armenia's statement about shelling is false. On the contrary, Armenian units fired first.",
            "_turn_named",
        ),
        ("Zəngilanda atəş barədə iddia yalandır. Əksinə, Ermənistan mövqelərimizi atəşə tutub.", "_turn_act"),
        (
            "The ministry denied that its units shelled Khoznavar and said Armenian guns fired at Jermuk.",
            "_goes_on",
        ),
        ("The ministry denied the shelling. Azerbaijani units only returned fire.", "_answer"),
        ("The ministry denied the shelling. Two Azerbaijani soldiers were wounded.", "_harm"),
    ],
)
def test_a_denial_is_weighed_by_how_it_turns_the_charge_around(reader: Reader, text: str, name: str) -> None:
    """Words around the other side's name tell who complains; they count for nothing there."""
    found = evidence(reader, text, "azerbaijan", "Baku denies shelling Armenian villages near Khoznavar")
    assert found["armenia"][f"rebuts{name}"]
    assert all(part.startswith("rebuts") for part in found["armenia"])
    assert not any(part.startswith("rebuts") for part in found["azerbaijan"])


def test_a_denial_that_only_denies_turns_nothing_around(reader: Reader) -> None:
    """What it rejects is the other side's charge, in whatever words it is repeated."""
    text = (
        "The ministry denied Armenia's claim that Azerbaijani units shelled Khoznavar and wounded two people."
    )
    found = evidence(reader, text, "azerbaijan", "Baku denies shelling Armenian villages near Khoznavar")
    told = {part.removeprefix("rebuts") for part in found["armenia"]}
    assert told.isdisjoint({"_turn", "_goes_on", "_does", "_answer", "_harm", "_named"})


@pytest.mark.parametrize(
    ("title", "denier"),
    [
        ("Azerbaijan denies shelling Khoznavar, as Armenia claims", "azerbaijan"),
        ("Armenia: house hit at Khoznavar, Azerbaijan denies shelling", "azerbaijan"),
        ("Shelling of Zangilan is denied", "armenia"),
    ],
)
def test_of_an_outlet_without_a_side_it_is_known_who_denies(reader: Reader, title: str, denier: str) -> None:
    """Who is named where the headline denies, or first; the other side is weighed as that one's foe."""
    text = (
        f"The ministry of {denier.title()} denied the charge and called it false. No shot was fired, it says."
    )
    found = evidence(reader, text, "neutral", title)
    foe = "armenia" if denier == "azerbaijan" else "azerbaijan"
    assert found[denier]["denies_outside"]
    assert found[foe]["rebuts"]


def test_a_denial_that_names_nobody_is_nobody_s(reader: Reader) -> None:
    """Without a party that a truce binds there is no foe to weigh."""
    text = "The command in Khoznavar denied the charge of shelling and called it false. No shot was fired."
    assert not any("rebuts" in row for row in evidence(reader, text, "neutral", "Shelling denied").values())


def test_what_an_outlet_tells_of_its_foes_is_weighed_by_itself(reader: Reader) -> None:
    """Beside what it weighs in any report: a side's outlet names the others for what they do."""
    text = "Armenian units opened fire at Azerbaijani positions near Zangilan."
    found = evidence(reader, text, "azerbaijan")
    assert found["armenia"]["as_foe_deed"] == found["armenia"]["deed"]
    assert not any(part.startswith("as_foe") for part in found["azerbaijan"])
    assert not any(part.startswith("as_foe") for part in evidence(reader, text)["armenia"])


def test_taliban_that_accuse_pakistan_are_no_pakistani_taliban(read: Read) -> None:
    """In Persian the two words also stand side by side when one accuses the other."""
    found = read(
        "حمله هوایی به کنر",
        "طالبان پاکستان را به نقض آتش‌بس متهم کرد و گفت جنگنده‌ها روستایی را در کنر بمباران کردند.",
        "2025-10-18T12:00:00+00:00",
    )
    assert "ttp" not in found.accused
    assert "pakistan" in found.accused


def test_unlawful_armenian_bands_are_those_of_the_region(read: Read) -> None:
    """Baku's word for the forces of Nagorno-Karabakh, in its usual spellings."""
    found = read(
        "",
        "Qeyri-qanuni erməni silahlı dəstələri Şuşa istiqamətində ordumuzun mövqelərini atəşə tutub.",
        "2022-05-05T12:00:00+00:00",
        side="azerbaijan",
    )
    assert found.accused == ("nagorno-karabakh",)
