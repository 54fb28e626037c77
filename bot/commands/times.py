"""Times of day and lengths of time as people type them."""

from __future__ import annotations

import re
from datetime import time, timedelta

from bot.commands.grammar import echo
from bot.data.messages import Words
from bot.errors import RefusedInput
from bot.hours import minutes_of

_DASH = re.compile(r"\s*(?:-|–|—|−|\.\.|…)\s*|\s+(?:to|until|до)\s+")
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(?:\s*(am|pm))?", re.IGNORECASE)
_SPAN = re.compile(r"(\d{1,3})\s*(\w*)\.?", re.IGNORECASE)
_UNITS = {
    word: unit
    for unit, known in (
        (
            timedelta(minutes=1),
            "m min minute minutes minuto minutos м мин минут хв хвилин хвилини ր րոպե dəq dəqiqə წთ წუთი dk "
            "dakika دقيقة دقائق دقیقه דקה דקות",
        ),
        (
            timedelta(hours=1),
            "h hour hours heure heures hora horas ч час часа часов година години годин ժ ժամ saat სთ საათი "
            "ساعة ساعات ساعت שעה שעות",
        ),
        (
            timedelta(days=1),
            "d day days j jour jours día días д день дня дней дн дні днів օր gün დღე يوم أيام ايام روز "
            "יום ימים",
        ),
        (
            timedelta(weeks=1),
            "w week weeks semaine semaines semana semanas н неделя недели недель тиждень тижні тижнів շաբաթ "
            "həftə hafta კვირა أسبوع أسابيع هفته שבוע שבועות",
        ),
    )
    for word in known.split()
} | {"": timedelta(hours=1)}
"""Without год: an hour in Ukrainian, but a year in Russian."""
_GRAVE = "grave"


def read_time(words: Words, text: str) -> int:
    """Minutes after midnight. Raises RefusedInput."""
    found = _TIME.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + (12 if found[3].lower() == "pm" else 0) if hour <= 12 else 99
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise RefusedInput(words.text("{text} is no time of day. Write it as 07:30.", text=echo(text)))
    return minutes_of(time(hour, minute))


def split_quiet(text: str) -> tuple[list[str], str, bool]:
    """The two times, the zone, and whether grave ones are let through."""
    parts = text.split()
    lets_grave = parts[-1].casefold() == _GRAVE
    kept = " ".join(parts[:-1] if lets_grave else parts)
    ends = re.match(r"\S+?(?:\s*(?:-|–|—|−|\.\.|…)\s*|\s+(?:to|until|до)\s+)\S+?(?=\s|$)", kept)
    if ends is None:
        return [], "", lets_grave
    return _DASH.split(ends[0]), kept[ends.end() :].strip(), lets_grave


def read_span(text: str) -> timedelta | None:
    """`8h`, `30min`, `2d`, `1w`, a bare number for hours; None for anything else."""
    found = _SPAN.fullmatch(text)
    unit = _UNITS.get(found[2].lower()) if found else None
    return int(found[1]) * unit if found and unit else None
