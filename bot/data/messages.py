"""What the bot says, in each language that has a catalogue in `locales/`; English stands in the code."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from gettext import c2py
from importlib import resources
from importlib.resources.abc import Traversable

import jdatetime
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, format_timedelta, get_timezone_location
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from bot.model import Region

SOURCE_LANGUAGE = "en"
"""The language of the messages in the code."""

NAME_CONTEXTS = ("party", "truce")
"""Message contexts of names that stand in data files; an editor may translate them or not."""

Forms = dict[tuple[str | None, str], tuple[str, ...]]
"""A message after its context, if any, and its translations, one a plural form."""

_CLDR_ZONES = {
    "Europe/Kyiv": "Europe/Kiev",
    "Asia/Kolkata": "Asia/Calcutta",
    "Asia/Yangon": "Asia/Rangoon",
    "Asia/Kathmandu": "Asia/Katmandu",
    "Asia/Ho_Chi_Minh": "Asia/Saigon",
    "America/Argentina/Buenos_Aires": "America/Buenos_Aires",
}
"""Zones whose towns CLDR knows under the name that they had before."""
_TURKIC = ("az", "tr")
_DOTTED = {"i": "İ"}
_OTHER_SIGN = str.maketrans("+-", "−+")
"""In the names of fixed zones the sign is the other way round."""

_FIELD = re.compile(r"\{(\w+)\}")
_ISOLATE, _ISOLATE_END, _RIGHT_TO_LEFT_MARK = "\u2068", "\u2069", "\u200f"
_DIGITS = {
    "arab": str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"),
    "arabext": str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"),
}
"""Digits of the numbering systems that Babel writes numbers in, but not dates."""


def mark(message: str) -> str:
    """The message itself: marks one that stands in a table for the catalogues, to be looked up later."""
    return message


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One language's translations and its rule for plurals."""

    language: str
    forms: Forms
    plural_index: Callable[[int], int]


class Words:
    """One language: its messages, plurals, dates, numbers and lists. Values are put in as they are given,
    so whoever makes HTML escapes them before."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.language = catalogue.language
        self._catalogue = catalogue

    @cached_property
    def _locale(self) -> Locale:
        """Read when it is first needed: a megabyte for each language."""
        return _locale(self.language)

    @cached_property
    def is_rtl(self) -> bool:
        """True for languages that are written from right to left."""
        return self._locale.character_order == "right-to-left"

    @cached_property
    def _digits(self) -> dict[int, int]:
        return _DIGITS.get(str(self._locale.default_numbering_system), {})

    @property
    def comma(self) -> str:
        """What stands between the items of a mere enumeration, with its space."""
        return "، " if self.language in ("ar", "fa") else ", "

    @property
    def own_name(self) -> str:
        """What the language calls itself, with a capital where it has them: Русский."""
        return self.capital(self._locale.get_language_name() or self.language)

    def text(self, message: str, /, **values: object) -> str:
        """The message in this language, each `{name}` replaced by the value of that name.

        Raises KeyError when a value is missing. A message that is not translated stays English.
        """
        forms = self._catalogue.forms.get((None, message))
        return self._fill(forms[0] if forms else message, values)

    def count(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """The message in the form for `n` things; `{n}` is the number, written as this language does."""
        forms = self._catalogue.forms.get((None, singular))
        form = forms[self._catalogue.plural_index(n)] if forms else singular if n == 1 else plural
        return self._fill(form, {"n": self.number(n), **values})

    def capital(self, text: str) -> str:
        """The text as it begins a line: Georgian has no capitals there, and the Turkic i keeps its dot."""
        first = text[:1]
        return (_DOTTED.get(first, first.title()) if self.language in _TURKIC else first.title()) + text[1:]

    def name(self, name: str, context: str) -> str:
        """A name of a data file (`context` is one of NAME_CONTEXTS), English where nobody translated it."""
        forms = self._catalogue.forms.get((context, name))
        return forms[0] if forms else name

    def region(self, region: Region) -> str:
        """The name of a region in this language, else in English."""
        names = region.names.get(self.language)
        return names[0] if names and self.language != SOURCE_LANGUAGE else region.name

    def tongue(self, language: str) -> str:
        """The name of another language in this one; its code where nobody knows it."""
        return str(self._locale.languages.get(language, language))

    def date(self, day: dt.date) -> str:
        """A day with its year, such as 12 December 2020; in Persian by the solar Hijri calendar."""
        if self.language == "fa":
            return self._solar(day, "%-d %B %Y")
        return self._in_digits(format_date(day, format="long", locale=self._locale))

    def day(self, day: dt.date) -> str:
        """A day without its year, such as 12 Dec."""
        if self.language == "fa":
            return self._solar(day, "%-d %B")
        moment = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        return self._in_digits(format_skeleton("MMMd", moment, locale=self._locale))

    def time(self, moment: dt.datetime, zone: dt.tzinfo = dt.UTC) -> str:
        """The time of day in `zone`, such as 14:20."""
        return self._in_digits(format_time(moment.astimezone(zone), format="HH:mm", locale=self._locale))

    def moment(self, moment: dt.datetime, now: dt.datetime, zone: dt.tzinfo = dt.UTC) -> str:
        """The time of day in `zone`, with the day before it when that is another than `now`'s."""
        local = moment.astimezone(zone)
        time = self.time(moment, zone)
        return time if local.date() == now.astimezone(zone).date() else f"{self.day(local.date())} {time}"

    def clock(self, time: dt.time) -> str:
        """A time of day, such as 07:00."""
        return self._in_digits(format_time(time, format="HH:mm", locale=self._locale))

    def zone(self, name: str | None) -> str:
        """A time zone by its chief town, such as Kyiv, or as UTC+3."""
        if name is None or name == "UTC":
            return "UTC"
        if name.startswith("Etc/GMT"):
            return "UTC" + name.removeprefix("Etc/GMT").translate(_OTHER_SIGN)
        town = self._locale.time_zones.get(_CLDR_ZONES.get(name, name), {}).get("city")
        if town:
            return str(town)
        return get_timezone_location(zoneinfo.ZoneInfo(name), locale=self._locale, return_city=True)

    def span(self, span: dt.timedelta) -> str:
        """A length of time in its largest unit, such as 3 hours."""
        return self._in_digits(format_timedelta(span, locale=self._locale))

    def ago(self, span: dt.timedelta) -> str:
        """How long ago something was, in the largest unit, such as 3 hours ago; a second at least."""
        past = -max(span, dt.timedelta(seconds=1))
        return self._in_digits(format_timedelta(past, add_direction=True, locale=self._locale))

    def number(self, number: float) -> str:
        """A number with this language's separators and digits."""
        return self._in_digits(format_decimal(number, locale=self._locale, numbering_system="default"))

    def percent(self, share: float) -> str:
        """A share from 0 to 1 in whole percent, as this language writes it."""
        return self._in_digits(format_percent(share, locale=self._locale, numbering_system="default"))

    def list(self, items: Sequence[str]) -> str:
        """Items joined as in a sentence: a, b and c."""
        isolated = [self.isolate(item) for item in items]
        return format_list(isolated, locale=self._locale) if items else ""

    def isolate(self, text: str) -> str:
        """A value as it may stand among words of this language: where these run from right to left, what is
        written the other way is set apart, lest it draw its neighbours (numbers, brackets) to its side. What
        holds such a value already is a phrase of this language and keeps its direction."""
        is_foreign = self.is_rtl and any(unicodedata.bidirectional(letter) == "L" for letter in text)
        lead = _RIGHT_TO_LEFT_MARK if _ISOLATE in text else ""
        return f"{_ISOLATE}{lead}{text}{_ISOLATE_END}" if is_foreign else text

    def _fill(self, form: str, values: Mapping[str, object]) -> str:
        return _FIELD.sub(lambda match: self.isolate(str(values[match[1]])), form)

    def _in_digits(self, text: str) -> str:
        return text.translate(self._digits)

    def _solar(self, day: dt.date, form: str) -> str:
        solar = jdatetime.date.fromgregorian(date=day, locale=jdatetime.FA_LOCALE)
        return self._in_digits(solar.strftime(form))


def load_words() -> dict[str, Words]:
    """The words of every language that has a catalogue, and of English, by ISO 639-1 code."""
    folder = resources.files("bot.data") / "locales"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".po")), key=lambda f: f.name)
    words = {SOURCE_LANGUAGE: Words(Catalogue(SOURCE_LANGUAGE, {}, c2py("n != 1")))}
    for file in files:
        language = file.name.removesuffix(".po")
        with file.open("rb") as opened:
            messages = read_po(opened, locale=language)
        forms = _finished(messages) | read_names(language, folder / "names" / file.name)
        words[language] = Words(Catalogue(language, forms, c2py(messages.plural_expr)))
    return words


def read_names(language: str, file: Traversable) -> Forms:
    """The translated names of parties and truces; none where there is no such file."""
    if not file.is_file():
        return {}
    with file.open("rb") as opened:
        return _finished(read_po(opened, locale=language))


def _finished(catalogue: Catalog) -> Forms:
    """Only messages that somebody translated and finished: fuzzy ones are left English."""
    forms = {}
    for message in catalogue:
        translated = _strings(message.string)
        if message.id and all(translated) and not message.fuzzy:
            forms[message.context, _strings(message.id)[0]] = translated
    return forms


def _strings(value: str | Sequence[str] | None) -> tuple[str, ...]:
    """Babel gives a string for a message without plurals and several for one that has them."""
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def _locale(language: str) -> Locale:
    """English dates are written day first: the languages of the theatres and most readers do so."""
    if language == SOURCE_LANGUAGE:
        return Locale("en", "GB")
    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en", "GB")
