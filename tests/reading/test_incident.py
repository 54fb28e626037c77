"""What happened, to whom, when and where, in words that seem to say more than they do."""

from __future__ import annotations

from datetime import date

import pytest

from bot.model import Act
from bot.reading.calendars import find_ethiopian, find_jalali, from_ethiopian
from tests.reading.conftest import Read

MAY = "2025-05-05T12:00:00+00:00"

ACTS = {
    "a mortar named later explains the shelling": (
        "Azerbaijani forces shelled Khoznavar on Sunday. Two mortar rounds fell near the school.",
        {Act.MORTAR},
    ),
    "a tank's shells stand beside mortars": (
        "Azerbaijani artillery and mortars hit Khoznavar on Sunday.",
        {Act.SHELLING, Act.MORTAR},
    ),
    "an attack without a weapon": (
        "Azerbaijani forces attacked a post near Khoznavar.",
        {Act.GROUND_ASSAULT},
    ),
    "an attack with vague shells": (
        "Azerbaijani forces attacked Khoznavar on Sunday. The shelling lasted an hour.",
        {Act.SHELLING},
    ),
    "warning shots are no threat": (
        "Azerbaijani soldiers fired warning shots near Khoznavar on Sunday.",
        {Act.SMALL_ARMS},
    ),
    "people killed on land": (
        "Azerbaijani troops crossed the border near Khoznavar and killed two villagers.",
        {Act.INCURSION, Act.SMALL_ARMS},
    ),
    "a drone's strike on something is no air strike": (
        "An Azerbaijani drone strike on a car near Khoznavar killed one man on Sunday.",
        {Act.DRONE},
    ),
    "an overflight is made with a drone": (
        "An Azerbaijani drone flew over Khoznavar on Sunday and violated the airspace.",
        {Act.AIRSPACE},
    ),
}


@pytest.mark.parametrize("case", ACTS)
def test_acts(read: Read, case: str) -> None:
    """General words give way to the weapon that the report names."""
    text, expected = ACTS[case]
    assert set(read("", text, MAY).acts) == expected


def test_a_tally_without_words_for_weapons_counts_others(read: Read) -> None:
    """Violations that nobody describes are still acts."""
    text = "Over the past 24 hours the mission recorded 31 ceasefire violations in Donetsk region."
    found = read("OSCE daily report", text, "2021-06-10T12:00:00+00:00", kind="monitor", side="osce")
    assert found.acts == (Act.OTHER,)


TOLLS = {
    "named one by one": ("A sergeant and a driver were killed by shells.", (2, None)),
    "some and one more": ("Shells killed two soldiers and a trader.", (3, None)),
    "some of an unknown kind and one more": ("Shells wounded two beekeepers and a driver.", (None, 3)),
    "a pair": ("Shells killed a mother and daughter.", (2, None)),
    "a pair counted as dead at once": ("Father and son died when a shell fell.", (2, None)),
    "an age after the person": ("A woman of 67 was killed by a shell.", (1, None)),
    "a total since the war": (
        "A shell killed two farmers. The ministry has listed 241 dead since October.",
        (2, None),
    ),
    "someone of a family": ("A shell killed three children of one family.", (3, None)),
    "no fewer than": ("The shells killed no fewer than nine of the villagers, it was said.", (9, None)),
    "a word that reads on to what stands behind it": (
        "Two patrols of soldiers visited the ridge above the village of Tegh after the death of a shepherd.",
        (1, None),
    ),
    "numbers that touch a word near a negation": (
        "The 106 wounded were not moved from the village.",
        (None, 106),
    ),
    "a family nobody of which was hurt": ("No one in the family of five was injured.", (0, 0)),
    "an age before the person": ("A 12-year-old boy was killed by shells.", (1, None)),
    "two who are part of five": ("Shells killed five people including a woman and a child.", (5, None)),
    "no count": ("There is no reliable count of the dead.", (None, None)),
    "people between clauses": ("Shells killed two, and in the evening a driver was wounded.", (2, 1)),
    "six wounded beside one dead": ("Shells fell: one dead and 6 wounded.", (1, 6)),
}


@pytest.mark.parametrize("case", TOLLS)
def test_tolls(read: Read, case: str) -> None:
    """People are counted once, and only those of this incident."""
    text, expected = TOLLS[case]
    found = read("Azerbaijani shelling near Khoznavar", text, MAY)
    assert (found.killed, found.wounded) == expected


def test_an_arabic_martyr_beside_counted_wounded(read: Read) -> None:
    """A word in the singular counts one where the number belongs to the next word."""
    text = "شن الطيران الحربي الإسرائيلي غارة على بلدة عيترون اليوم: شهيد و6 جرحى."
    found = read("", text, MAY)
    assert (found.killed, found.wounded) == (1, 6)


FATES = {
    "Arabic tells who before how many": (
        "قصفت القوات الإسرائيلية بلدة عيترون اليوم، واستشهد مزارع وأصيب أربعة.",
        (1, 4),
    ),
    "a new toll is one number, whatever it is made of": (
        "Azerbaijani forces shelled Khoznavar on Sunday; one more man died today, raising the toll to five.",
        (5, None),
    ),
    "one has died, a counted group is hurt": (
        "Azerbaijani forces shelled Khoznavar on Sunday. A farmer was killed and four members of his"
        " family, among them two girls, were hurt in the yard.",
        (1, 4),
    ),
    "one of the wounded has died": (
        "Azerbaijani forces shelled Khoznavar on Sunday. A farmer wounded in the shelling died today.",
        (1, None),
    ),
    "some wounded and some dead": (
        "Azerbaijani forces shelled Khoznavar on Sunday: four wounded and one killed.",
        (1, 4),
    ),
    "wounded before a number of dead": (
        "Azerbaijani forces shelled Khoznavar on Sunday; four were wounded while two soldiers died.",
        (2, 4),
    ),
    "a third one": (
        "Azerbaijani forces shelled Khoznavar: two farmers were killed and a third was badly wounded.",
        (2, 1),
    ),
    "no casualties there, dead elsewhere": (
        "Azerbaijani forces shelled Khoznavar, without casualties. In Tegh three farmers were killed.",
        (3, None),
    ),
    "nobody was hurt in an older incident": (
        "Azerbaijani forces shelled Khoznavar on Sunday. Last year there were no casualties in such a case.",
        (None, None),
    ),
    "wounded, and nobody dead": (
        "Azerbaijani forces shelled Khoznavar on Sunday; three farmers were wounded, no one was killed.",
        (0, 3),
    ),
    "dead, and nobody wounded": (
        "Azerbaijani forces shelled Khoznavar on Sunday; three farmers were killed, no one was wounded.",
        (3, 0),
    ),
    "Turkish endings behind an apostrophe": (
        "Azerbaycan ordusu Tegh köyünü vurdu. Ölü sayısı 7'ye, yaralı sayısı 12'ye yükseldi.",
        (7, 12),
    ),
    "a Greek age is glued to its figure": (
        "Τουρκικές δυνάμεις πυροβόλησαν στην Πύλα: νεκρός ένας 26χρονος στρατιώτης.",
        (1, None),
    ),
    "Burmese: a child is one of the wounded, not of the dead": (
        "စစ်ကောင်စီက လေကြောင်းမှ ဗုံးကြဲခဲ့၍ အရပ်သား ၁ ဦး သေဆုံးပြီး ကလေးအပါအဝင် ၃ ဦး ဒဏ်ရာရခဲ့သည်။",
        (1, 3),
    ),
}


@pytest.mark.parametrize("case", FATES)
def test_who_died_and_who_was_hurt(read: Read, case: str) -> None:
    """Numbers go to the word that tells what became of those people."""
    text, expected = FATES[case]
    found = read("", text, MAY)
    assert (found.killed, found.wounded) == expected


DAYS = {
    "the small hours belong to the day before": (
        "Azerbaijani forces shelled Khoznavar this evening.",
        "2025-05-05T20:30:00+00:00",
        date(2025, 5, 5),
    ),
    "a weekday is no dateline": (
        "Late on Saturday near Khoznavar - Azerbaijani forces opened fire for two hours.",
        MAY,
        date(2025, 5, 3),
    ),
    "from a night to a morning": (
        "Azerbaijani forces shelled Khoznavar from Saturday night to Sunday morning.",
        MAY,
        date(2025, 5, 3),
    ),
    "a truce that began then": (
        "Azerbaijani forces shelled Khoznavar; the truce has been in force since 2 May.",
        MAY,
        date(2025, 5, 5),
    ),
    "a truce that took effect on a weekday": (
        "Azerbaijani forces shelled Khoznavar today, in breach of the truce that took effect on Friday.",
        MAY,
        date(2025, 5, 5),
    ),
    "shelling after a truce took effect": (
        "The truce took effect, then they shelled Tegh on Saturday, Yerevan said of the Azerbaijani forces.",
        MAY,
        date(2025, 5, 3),
    ),
    "shelling between the beginning and the day": (
        "Once it took effect they shelled it Saturday: Azerbaijani forces near Khoznavar.",
        MAY,
        date(2025, 5, 3),
    ),
    "a breach of the truce of a day": (
        "Azerbaijani forces shelled Khoznavar on Sunday in breach of the ceasefire of 2 May.",
        MAY,
        date(2025, 5, 4),
    ),
    "a Turkish truce that began yesterday": (
        "Dün başlayan insani ateşkese rağmen Azerbaycan ordusu Tegh köyünü top ateşine tuttu, bildirdi.",
        MAY,
        date(2025, 5, 5),
    ),
    "days ago": ("Azerbaijani forces shelled Khoznavar three days ago.", MAY, date(2025, 5, 2)),
    "Korean: said on one day, done on another": (
        "합동참모본부는 5일 아제르바이잔군이 지난 3일 아르메니아 진지에 사격했다고 밝혔다.",
        MAY,
        date(2025, 5, 3),
    ),
    "Ethiopian": ("የትግራይ ኃይሎች ሚያዝያ 25 በራያ አላማጣ ጥቃት ፈጽመዋል ሲል የአማራ ክልል ከሰሰ።", MAY, date(2025, 5, 3)),
    "an Ethiopian month without a day": (
        "የትግራይ ኃይሎች በሚያዝያ ወር በራያ አላማጣ ጥቃት ፈጽመዋል ሲል የአማራ ክልል ከሰሰ።",
        MAY,
        date(2025, 5, 5),
    ),
}


@pytest.mark.parametrize("case", DAYS)
def test_days(read: Read, case: str) -> None:
    """The day on which it began, not that of the statement or of the truce."""
    text, when, expected = DAYS[case]
    assert read("", text, when).occurred == expected


def test_the_ethiopian_calendar() -> None:
    """Its year begins on 11 September, or on 12 September after a year of 366 days."""
    assert from_ethiopian(2016, 1, 1) == date(2023, 9, 12)
    assert from_ethiopian(2018, 1, 1) == date(2025, 9, 11)
    assert from_ethiopian(2015, 13, 6) == date(2023, 9, 11)
    assert find_ethiopian(date(2023, 9, 13), 1, 1) == date(2023, 9, 12)
    assert find_ethiopian(date(2023, 9, 11), 1, 2) == date(2022, 9, 12)
    assert find_ethiopian(date(2024, 9, 13), 13, 7) is None
    assert find_jalali(date(2025, 3, 25), 13, 1) is None


SCENES = {
    "told by the second mention": (
        "Report on Khnatsakh. Nothing was said at first. Azerbaijani forces shelled Khnatsakh on Sunday.",
        {"Khnatsakh"},
    ),
    "what lies by it": ("Azerbaijani forces shelled Khnatsakh, north of Goris, on Sunday.", {"Khnatsakh"}),
    "a distance from elsewhere": (
        "Azerbaijani forces shelled a post 30 km north of Goris and hit Khnatsakh.",
        {"Khnatsakh"},
    ),
    "two places of origin": (
        "Khnatsakh came under fire from Zangilan and Lachin on Sunday.",
        {"Khnatsakh"},
    ),
    "positions fired at": ("Azerbaijani forces fired at Armenian positions at Khnatsakh.", {"Khnatsakh"}),
    "a based command": ("Guns of the Zangilan-based brigade shelled Khnatsakh on Sunday.", {"Khnatsakh"}),
    "a hospital": (
        "Azerbaijani forces shelled Khnatsakh. The wounded man is in the Goris hospital.",
        {"Khnatsakh"},
    ),
    "a dateline with a colon": ("Goris: Azerbaijani forces shelled Khnatsakh on Sunday.", {"Khnatsakh"}),
}


@pytest.mark.parametrize("case", SCENES)
def test_scenes(read: Read, case: str) -> None:
    """Only the places where it happened."""
    text, expected = SCENES[case]
    assert {place.name for place in read("", text, MAY).places} == expected


def test_a_town_called_as_its_province_only_says_where(read: Read) -> None:
    """Idlib beside a village far from the town is the province."""
    found = read(
        "Idlib: shells of the regime kill two",
        "Syrian government forces shelled the village of Sfuhun in Idlib on Sunday, killing two civilians.",
        "2021-06-10T12:00:00+00:00",
    )
    assert [place.name for place in found.places] == ["Sfuhun"]


def test_an_area_whose_violations_are_counted_stays(read: Read) -> None:
    """A tally names the region and, elsewhere, villages in it: both are places."""
    found = read(
        "Daily report",
        "The OSCE mission recorded 112 ceasefire violations in Donetsk region. Shots hit Tavrycheske too.",
        "2021-06-10T12:00:00+00:00",
    )
    assert "Donetsk region" in {place.name for place in found.places}


def test_a_spelling_of_the_gazetteer_leads_to_the_tree(read_in_full: Read) -> None:
    """A town known under a foreign spelling is the place that subscribers can choose."""
    found = read_in_full(
        "",
        "L'armée russe a bombardé Houliaïpole dimanche, selon le gouverneur ukrainien, malgré la trêve.",
        "2025-05-05T12:00:00+00:00",
    )
    assert [(place.name, place.region is not None) for place in found.places] == [("Huliaipole", True)]
