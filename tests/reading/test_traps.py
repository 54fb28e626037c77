"""What has the words of a broken truce without being one, and the other way round."""

from __future__ import annotations

import pytest

from tests.reading.conftest import Read

MAY = "2025-05-05T08:00:00+00:00"

VIOLATIONS = {
    "no truce word at all": (
        "Azerbaijani units fire at Armenian post",
        "Azerbaijan's armed forces opened fire late on Sunday at an Armenian position near "
        "Khoznavar, Armenia's "
        "defence ministry said. A soldier was wounded.",
        MAY,
    ),
    "said to hold, with two dead": (
        "Two killed as Israeli drone hits car in south Lebanon",
        "An Israeli drone fired a missile at a car in Nabatieh on Monday, killing two people, "
        "Lebanon's health "
        "ministry said. The ceasefire agreed in November is holding overall, diplomats say.",
        MAY,
    ),
    "the accused denies": (
        "Army rejects report of shelling",
        "The Azerbaijani defence ministry dismissed as untrue a statement from Yerevan that its "
        "units had opened "
        'fire at the village of Khnatsakh. "We did not open fire," it said.',
        MAY,
    ),
    "a count by a monitor": (
        "OSCE daily report",
        "Over the past 24 hours the OSCE mission recorded 112 ceasefire violations in Donetsk "
        "region, including "
        "40 explosions.",
        "2021-06-10T12:00:00+00:00",
    ),
    "in Russian": (
        "Военные обстреляли позиции у Тега",
        "Подразделения Азербайджана открыли огонь по армянским позициям у села Тех, нарушив режим "
        "прекращения "
        "огня, сообщило Минобороны Армении. Ранен один военнослужащий.",
        MAY,
    ),
    "in Turkish without its letters": (
        "Ermenistan ateskesi ihlal etti",
        "Ermenistan silahli kuvvetleri Azerbaycan mevzilerine ates acti, ateskes ihlal edildi, Azerbaycan "
        "Savunma Bakanligi bildirdi.",
        MAY,
    ),
    "two scripts in one text": (
        "Обстрел у Tegh",
        "Азербайджанские подразделения открыли огонь по армянским позициям у села Tegh (Տեղ), сообщило "
        "Минобороны Армении. #Syunik #ceasefire",
        MAY,
    ),
    "two years after the truce": (
        "Thai soldiers hurt by mortar fire two years after truce",
        "Cambodian troops fired mortars at a Thai base near Ta Muen Thom on Sunday, wounding two soldiers, "
        "Thailand's army said, calling it a breach of the ceasefire.",
        "2027-09-20T08:00:00+00:00",
    ),
}

OTHERS = {
    "football": (
        "Derby truce broken in the first minute",
        "The striker opened fire from outside the box and the ceasefire between the fans lasted until the "
        "second goal. The referee stopped the match; the coach spoke of a violation of the rules.",
        MAY,
    ),
    "no violations recorded": (
        "Border calm, ministry says",
        "No ceasefire violations were recorded along the Armenian-Azerbaijani border overnight, the Armenian "
        "defence ministry said. The situation remains calm.",
        MAY,
    ),
    "a film": (
        "Review: a truce in the snow",
        "Four actors, one trench: in this film the ceasefire is violated in the very first scene, with "
        "mortars and a sniper, and the plot goes downhill from there. In cinemas now.",
        MAY,
    ),
    "a price truce": (
        "Supermarkets end price truce",
        "The price war between the retailers resumed when one violated the truce on discounts. "
        "Shareholders were "
        "not amused; prices fell and customers attacked the shelves.",
        MAY,
    ),
    "a strike of workers": (
        "Truce in wage dispute breaks down",
        "The union said the company had violated the agreement and called a strike by the workers "
        "for Monday.",
        MAY,
    ),
    "demining": (
        "Sappers clear minefield near Aghdam",
        "Demining teams disposed of 40 anti-tank mines and an unexploded rocket in Aghdam district. "
        "Mine clearance "
        "goes on; one deminer was injured by accident.",
        MAY,
    ),
    "an exercise": (
        "Artillery drill near Paphos",
        "The army announced military exercises with live fire at the training ground; residents will hear "
        "explosions and gunfire until Friday.",
        MAY,
    ),
    "a gang truce": (
        "Gang truce ends in shooting",
        "Police said rival gangs broke their truce; two men were shot dead in the turf war.",
        MAY,
    ),
    "nothing but a headline": ("Statement of the Ministry of Defence", "", MAY),
    "a prisoner exchange": (
        "Prisoners come home",
        "Twenty prisoners were handed over at the border in an exchange of prisoners agreed with the "
        "ceasefire.",
        MAY,
    ),
    "an anniversary": (
        "Thirty years on: the war remembered",
        "A memorial was opened on the anniversary. In 1992 shelling killed forty people before the ceasefire "
        "was signed; historians recall that it was violated at once.",
        MAY,
    ),
    "noise at night in Russian": (
        "За нарушение режима тишины оштрафованы соседи",
        "Жильцы дома в Туле жаловались на шум и музыку после полуночи. Штрафы за нарушение закона о тишине "
        "выросли.",
        MAY,
    ),
    "noise at night in Ukrainian": (
        "Порушення режиму тиші: сусідів оштрафували",
        "Мешканці будинку в Полтаві скаржилися на гучну музику після півночі. Поліція склала протокол за "
        "порушення режиму тиші.",
        MAY,
    ),
    "a resolution violated": (
        "Minister: vote violated the council's resolution",
        "The minister said in Nicosia that the vote violated a resolution of the Security Council and the "
        "rules of procedure, and asked the speaker to repeat it.",
        MAY,
    ),
    "an accident with a weapon": (
        "Armenian soldier wounded by accident",
        "A soldier was wounded on Sunday by the accidental discharge of a comrade's rifle at a post near "
        "Tegh, Armenia's defence ministry said. An investigation into the accident is under way.",
        MAY,
    ),
    "parties that no truce binds": (
        "Somali army kills militants",
        "Somali troops and gunmen of Al-Shabaab fought with mortars near Kismayo on Sunday; nine militants "
        "were killed, the army said.",
        MAY,
    ),
    "last year's toll on its anniversary": (
        "Nabatieh remembers the victims of last year's strike",
        "Relatives lit candles in Nabatieh on Sunday, the anniversary of the Israeli air strike that killed "
        "eleven people last year. The mayor spoke at the ceremony.",
        "2025-11-16T08:00:00+00:00",
    ),
    "a threat": (
        "Minister warns of strong answer",
        "Armenia's defence minister said that the army would respond to any attack and is ready to open fire "
        "if Azerbaijan violates the ceasefire. The border is quiet.",
        MAY,
    ),
}


@pytest.mark.parametrize("case", VIOLATIONS)
def test_tells_of_a_violation(read: Read, case: str) -> None:
    """An armed act between the parties of a truce in force is one, whatever the words."""
    assert read(*VIOLATIONS[case]).is_violation


@pytest.mark.parametrize("case", OTHERS)
def test_is_something_else(read: Read, case: str) -> None:
    """Borrowed words, calm, the past and accidents are none."""
    assert not read(*OTHERS[case]).is_violation


def test_a_wrong_language_tag_changes_nothing(read: Read) -> None:
    """The language is read from the text."""
    assert (
        read(
            "Rien à signaler", "Les soldats ont ouvert le feu sur le village, selon le ministère.", MAY
        ).language
        == "fr"
    )


def test_numbers_beside_the_toll_count_no_people(read: Read) -> None:
    """Calibres, violations, displaced people, ages and totals since the truce are not this day's dead."""
    found = read(
        "Farmer killed near Tegh",
        "Azerbaijani units fired 122 mm shells at Tegh on Sunday, killing a farmer aged 61, Armenia said. "
        "It was the 87th of 87 violations this month; 50,000 people had been displaced by the war. Since "
        "the truce 14 soldiers have been killed.",
        MAY,
    )
    assert (found.killed, found.wounded) == (1, None)


def test_two_places_of_one_bulletin_are_both_told(read: Read) -> None:
    """Each village that was fired at is a scene."""
    found = read(
        "Armenia reports fire at two villages",
        "Azerbaijani units fired at Tegh on Sunday night. Shots were also fired at Khoznavar, Armenia's "
        "ministry said.",
        MAY,
    )
    assert {place.name for place in found.places} == {"Tegh", "Khoznavar"}


@pytest.mark.parametrize(
    ("title", "text", "when"),
    [
        (
            "Shells hit the hospital of El Obeid",
            "RSF shells killed six people in El Obeid on Tuesday. There is no truce between the two armies.",
            "2025-09-10T09:00:00+00:00",
        ),
        (
            "Cuatro muertos en un ataque del Eln en Tibú",
            "El Eln atacó el martes una patrulla en Tibú: cuatro muertos. No existe cese con el Eln.",
            "2024-11-20T09:00:00+00:00",
        ),
        (
            "Beni : douze morts dans une attaque des ADF",
            "Les ADF ont tué douze civils mardi près d'Oicha. L'accord de Doha ne concerne pas ce groupe.",
            "2025-11-19T09:00:00+00:00",
        ),
    ],
)
def test_who_is_said_to_be_bound_by_no_truce_breaks_none(
    read: Read, title: str, text: str, when: str
) -> None:
    """A report that says itself that no truce holds between those who fought tells of no breach."""
    assert not read(title, text, when).is_violation
