"""Tolls of both sides, of nobody and of those in hospital, and numbers as languages write them."""

from __future__ import annotations

import pytest

from tests.reading.conftest import Read

MONDAY = "2025-05-05T12:00:00+00:00"

TOLLS = {
    "soldiers of one side, people of the other": (
        "Two soldiers were killed near Tegh on Sunday. Baku said nine villagers were killed later.",
        (11, None),
    ),
    "as many of either may be the same": (
        "Two soldiers were killed near Tegh on Sunday. Baku said two men were killed later.",
        (2, None),
    ),
    "a soldier among others": (
        "Nine people, among them a soldier, were killed near Tegh. A villager was killed, it was said.",
        (9, None),
    ),
    "a new toll holds all": (
        "Two soldiers were killed near Tegh on Sunday. The death toll has risen to nine people killed.",
        (9, None),
    ),
    "who stays in hospital": (
        "A man hit near Tegh died, raising the toll to two; three others stay in the hospital of Goris.",
        (2, 3),
    ),
    "some in hospital, without a noun": (
        "Azerbaijani forces shelled Tegh on Sunday; five are in the hospital of Goris.",
        (None, 5),
    ),
    "who died in hospital": (
        "Three villagers shot near Tegh died in the hospital of Goris on Sunday.",
        (3, None),
    ),
    "a hospital of another sentence": (
        "Shells killed two villagers near Tegh. There were three farmers. The hospital of Goris was not hit.",
        (2, None),
    ),
    "wounded, and nobody died": (
        "Two villagers were wounded near Tegh and nobody was killed.",
        (0, 2),
    ),
    "one died and others were wounded": (
        "Un pastor murió y dos campesinos resultaron heridos por disparos de Azerbaiyán en Tegh.",
        (1, 2),
    ),
    "cattle died, and people were wounded": (
        "Azerbaijani shells killed livestock and two farmers were wounded near Tegh.",
        (None, 2),
    ),
    "no irrecoverable losses": (
        "Азербайджан обстріляв Tegh, двоє військовослужбовців поранені. Безповоротних втрат немає.",
        (0, 2),
    ),
    "nobody died or was hurt": (
        "Azerbaijani forces shelled Tegh; nobody was killed or wounded.",
        (0, 0),
    ),
    "no figures": (
        "Azerbaijani forces shelled Tegh. No casualty figures were given.",
        (None, None),
    ),
    "none reported, in Spanish": (
        "Un soldado murió por disparos de Azerbaiyán cerca de Tegh. No se reportan heridos.",
        (1, 0),
    ),
    "one alone, behind a verb": (
        "Dalawang sundalo ang nasawi at isa ang sugatan sa pamamaril ng Azerbaijan sa Tegh.",
        (2, 1),
    ),
    "another, behind those who died": (
        "استشهد ثلاثة جنود وجُرح آخران بقصف أذربيجاني على تيغ.",
        (3, 2),
    ),
    "Arabic: units before tens": (
        "قصفت القوات الأذربيجانية تيغ ما أدى إلى مقتل سبعة وخمسين مدنياً.",
        (57, None),
    ),
    "Arabic: hundreds and units": (
        "قصفت القوات الأذربيجانية تيغ ما أدى إلى مقتل مئة وأربعة مدنيين.",
        (104, None),
    ),
    "Korean: the day of a statement": (
        "아제르바이잔군이 아르메니아 진지에 포격해 병사 1명이 다쳤다고 4일 밝혔다.",
        (None, 1),
    ),
    "a number behind a date": (
        "L'armée azerbaïdjanaise a violé la trêve du 4 avril. Trois civils ont été tués à Tegh.",
        (3, None),
    ),
    "Pashto: short words end sentences too": (
        "د اذربایجان پوځ په ډزو کې دوه سرتېري ووژل شو. له جون راهیسې اوربند روان دی.",
        (2, None),
    ),
    "Thai: what was before": (
        "ทหารอาเซอร์ไบจานยิงปืนครกใส่ฐาน ทหารเสียชีวิต 2 นาย ก่อนหน้านี้เมื่อวันที่ 5 เมษายน ทหารเสียชีวิต 9 นาย",
        (2, None),
    ),
    "one person, whoever that is": (
        "Un apicultor fue alcanzado por una bala azerbaiyana cerca de Tegh y murió en el acto.",
        (1, 1),
    ),
    "one person who is not harmed": (
        "Азербайджан обстрелял Tegh. Никто из пастухов не ранен и не контужен.",
        (0, 0),
    ),
    "a deadly wound is a death": (
        "Azerbaijani forces shot at Tegh and a beekeeper was fatally wounded.",
        (1, None),
    ),
    "somebody hit before anything was said": (
        "Before the truce a beekeeper was hit in the thigh. Azerbaijani forces shot at Tegh on Sunday.",
        (None, None),
    ),
    "others, after a comma": (
        "Срочник скончался в госпитале после обстрела Tegh, ещё двое его товарищей получили ранения.",
        (1, 2),
    ),
    "somebody with others": (
        "Azerbaijani shells killed a mother and her two sons near Tegh.",
        (3, None),
    ),
    "somebody and those of another fate": (
        "An Azerbaijani shell near Tegh killed a farmer, and in hospital are two women.",
        (1, 2),
    ),
    "some of those who were counted before": (
        "One of the three wounded died after the Azerbaijani shelling of Tegh, doctors said.",
        (1, None),
    ),
    "some of those counted in figures": (
        "2 of the 5 soldiers wounded by Azerbaijani shells near Tegh were flown to Yerevan.",
        (None, 5),
    ),
    "of the wounded, none counted before": (
        "The mother of the two wounded boys told how Azerbaijani forces shelled Tegh.",
        (None, 2),
    ),
    "the killed and the abducted": (
        "Azerbaijani soldiers shot four farmers dead near Tegh and abducted two herders.",
        (4, None),
    ),
    "the abducted are not added": (
        "Des soldats azerbaïdjanais ont tué près de Tegh quatre mineurs et enlevé deux autres mineurs.",
        (4, None),
    ),
    "soldiers of both sides": (
        "Azerbaijani fire killed four soldiers near Tegh. In reply three Azerbaijani soldiers were killed.",
        (7, None),
    ),
    "one soldier of the other side may be one of them": (
        "Azerbaijani fire killed four soldiers near Tegh. An Azerbaijani soldier was killed, it was said.",
        (4, None),
    ),
    "some of the soldiers": (
        "Nine soldiers were killed near Tegh on Sunday. Seven died when an Azerbaijani shell hit "
        "their truck.",
        (9, None),
    ),
    "more people than soldiers, without a noun": (
        "Two soldiers were killed near Tegh. Baku said that Armenian shells had left at least nine dead.",
        (11, None),
    ),
    "a new toll is the number, whatever else is counted": (
        "Azerbaijani shells hit Tegh; the death toll has risen to four. Two farmers were found "
        "dead today and "
        "three men died before.",
        (4, None),
    ),
    "a number and those who make it up": (
        "Nine people were killed by Azerbaijani shells, four men killed in Tegh, five farmers "
        "killed in Aravus.",
        (9, None),
    ),
    "a helicopter's model is no number": (
        "The bodies of the Mi-24 crew, three airmen killed by an Azerbaijani missile, were found near Tegh.",
        (3, None),
    ),
    "figures behind a hyphen that are counted": (
        "Azerbaijani forces shelled Tegh - 12 villagers were killed.",
        (12, None),
    ),
    "a unit's number is no number": (
        "Dos soldados de la brigada 37 murieron por disparos de Azerbaiyán en Tegh.",
        (2, None),
    ),
    "two verbs of death are of two counts": (
        "Азербайджанские военные обстреляли Тех: двое солдат убиты, погибли минимум тридцать жителей.",
        (32, None),
    ),
    "an article is no number of the men behind the comma": (
        "Donde dormía una patrulla, soldados de Azerbaiyán mataron a once soldados e hirieron a "
        "veinte en Tegh.",
        (11, 20),
    ),
    "two named as a pair": (
        "قتل جنود من أذربيجان مواطنين اثنين وأصابوا أحد عشر قرب Tegh.",
        (2, 11),
    ),
    "Monday is no number": (
        "قصفت قوات أذربيجان بعد ظهر الاثنين قرية Tegh ما أدى إلى جرح ستة من العاملين.",
        (None, 6),
    ),
    "nine in Persian": (
        "در حمله اذربایجان به Tegh نه کودک و یک زن کشته شدند.",
        (10, None),
    ),
    "the dead, and those who are treated": (
        "Azerbaijani fire near Tegh: the dead have risen to six, and five others are treated in Goris.",
        (6, 5),
    ),
    "the wounded of another month": (
        "Azerbaijani soldiers shelled Tegh on Sunday, killing a farmer. Nobody else was there. "
        "They had shot there in January, when two soldiers were wounded.",
        (1, None),
    ),
    "a truce of another month": (
        "Azerbaijani soldiers shelled Tegh on Sunday. It was quiet before. In breach of the "
        "January ceasefire two "
        "soldiers were wounded.",
        (None, 2),
    ),
    "a day of another month that has figures": (
        "Azerbaijani forces were near Tegh. Two soldiers were wounded by their shells on 30 March.",
        (None, 2),
    ),
    "nobody of those who speak": (
        "Our forces fired at two Azerbaijani men who crossed the line near Tegh. No casualties "
        "among our forces.",
        (None, None),
    ),
    "nobody, in Persian, and one wounded": (
        "یک سرباز در حمله اذربایجان به Tegh مجروح شده و کسی جان نداده است.",
        (0, 1),
    ),
    "nobody, in Portuguese": (
        "Forças do Azerbaijão dispararam contra Tegh sem fazer vítimas.",
        (0, 0),
    ),
    "Armenian: the number behind a mark": (
        "Ադրբեջանական կրակից Տեղ գյուղում զոհվել է երկու զինծառայող, վիրավորվել՝ 27 զինծառայող:",
        (2, 27),
    ),
    "Burmese: two persons are no years": (
        "အဇာဘိုင်ဂျန်တပ်က ပစ်ခတ်ရာ ကလေးငယ် နှစ်ဦး ဒဏ်ရာရရှိခဲ့သည်။",
        (None, 2),
    ),
}


@pytest.mark.parametrize("case", TOLLS)
def test_tolls(read: Read, case: str) -> None:
    """Everybody of this incident once, and zero only where it is said."""
    text, expected = TOLLS[case]
    found = read("", text, MONDAY, side="armenia")
    assert (found.killed, found.wounded) == expected
