"""Days as languages name them: in words, in lists, of another month, coming, or only those of a statement."""

from __future__ import annotations

from datetime import date

import pytest

from tests.reading.conftest import Read

MONDAY = "2025-05-05T12:00:00+00:00"

DAYS = {
    "a person called Sunday": (
        "Hombres del frente de Juan Domingo bombardearon el lunes Khoznavar, dice Azerbaiyán.",
        date(2025, 5, 5),
    ),
    "a weekday that begins a sentence": (
        "Hubo calma. Domingo fue el día en que fuerzas de Azerbaiyán bombardearon Khoznavar.",
        date(2025, 5, 4),
    ),
    "a weekday in the name of a place": (
        "بھارتی فوج نے اتوار کو حاجی پیر سیکٹر پر گولہ باری کی، جنگ بندی کی خلاف ورزی ہوئی۔",
        date(2025, 5, 4),
    ),
    "an English day of the month": (
        "State television said that no Azerbaijani gun shelled Khoznavar on the 3rd, as was claimed.",
        date(2025, 5, 3),
    ),
    "a unit's number is no day": (
        "Azerbaijani forces shelled positions of the 3rd Regiment near Khoznavar.",
        date(2025, 5, 5),
    ),
    "a day that the statement names": (
        "The ministry said that on Saturday Azerbaijani forces had shelled Khoznavar.",
        date(2025, 5, 3),
    ),
    "the first of two days": (
        "Azerbaijani forces shelled Khoznavar on Friday and Saturday, the ministry said.",
        date(2025, 5, 2),
    ),
    "the morning of a night": (
        "Azerbaijani forces shelled Khoznavar in the night of Friday to Saturday.",
        date(2025, 5, 3),
    ),
    "a day that comes": (
        "Azerbaijani forces shelled Khoznavar. The commissions will meet next Saturday.",
        date(2025, 5, 5),
    ),
    "a day that comes, in Spanish": (
        "Las fuerzas de Azerbaiyán bombardearon Khoznavar. La tregua vence el sábado próximo.",
        date(2025, 5, 5),
    ),
    "until a day": (
        "Azerbaijani forces shelled Khoznavar although both had agreed to hold fire until Saturday.",
        date(2025, 5, 5),
    ),
    "fighting that began": (
        "The truce ended fighting that began on Saturday when Azerbaijani forces shelled Khoznavar.",
        date(2025, 5, 3),
    ),
    "the eve of a feast": (
        "Las fuerzas de Azerbaiyán bombardearon Khoznavar en la víspera del feriado.",
        date(2025, 5, 5),
    ),
    "the eve": (
        "Las fuerzas de Azerbaiyán bombardearon Khoznavar la víspera, dijo Ereván.",
        date(2025, 5, 4),
    ),
    "Arabic: a day in words": (
        "قصفت القوات الأذربيجانية للمرة الثالثة قرية خوزنافار في الثاني من مايو بالمدفعية في يومها الأول.",
        date(2025, 5, 2),
    ),
    "Arabic: said behind the day": (
        "نفى الناطق أن تكون القوات الأذربيجانية قصفت خوزنافار مساء السبت. وقال إن قواته ملتزمة.",
        date(2025, 5, 3),
    ),
    "Hebrew: a particle before the month": (
        "כוחות אזרבייג'ן הפגיזו את חוזנבר ב-3 במאי, נמסר מירוואן.",
        date(2025, 5, 3),
    ),
    "Armenian: from one day to the next": (
        "Մայիսի 3-ի լույս 4-ի գիշերը ադրբեջանական ուժերը կրակել են Խոզնավարի ուղղությամբ։",
        date(2025, 5, 4),
    ),
    "Chinese: said on one day, done on another": (
        "亚美尼亚国防部5日说，阿塞拜疆军队4日夜间炮击亚美尼亚阵地。",
        date(2025, 5, 4),
    ),
    "Chinese: the first of a list": (
        "阿塞拜疆军队2日和3日炮击亚美尼亚阵地。",
        date(2025, 5, 2),
    ),
    "Chinese: the day of the truce": (
        "阿塞拜疆军队炮击亚美尼亚阵地，违反3日生效的停火协议。",
        date(2025, 5, 5),
    ),
    "Korean: of last month": (
        "아제르바이잔군은 지난달 29일 아르메니아 진지에 포격했다.",
        date(2025, 4, 29),
    ),
    "Korean: a range that begins last month": (
        "아제르바이잔군은 지난달 28일부터 29일 사이 아르메니아 진지에 포격했다.",
        date(2025, 4, 29),
    ),
}


@pytest.mark.parametrize("case", DAYS)
def test_days(read: Read, case: str) -> None:
    """The day on which it happened, in the manner of each language."""
    text, expected = DAYS[case]
    assert read("", text, MONDAY).occurred == expected
