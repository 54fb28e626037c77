"""Catalogues: every message of the code is translated, none is left over, no variable is lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from gettext import c2py
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from bot.data.messages import NAME_CONTEXTS, SOURCE_LANGUAGE, Catalogue, Words, read_names
from bot.model import Region, RegionLevel
from tests.ground import shared_facts, shared_words

ROOT = Path(__file__).parent.parent.parent
FILES = sorted((ROOT / "bot" / "data" / "locales").glob("*.po"))
KEYWORDS: dict = {"text": None, "count": (1, 2), "mark": None}
VARIABLE = re.compile(r"\{\w+\}")
WORDS = shared_words()


@pytest.fixture(scope="module")
def said() -> set[tuple[str, ...]]:
    """Every message in the code, as (singular,) or (singular, plural)."""
    with (ROOT / "babel.cfg").open() as file:
        method_map, options = parse_mapping_cfg(file)
    found = extract_from_dir(
        ROOT / "bot", [(p.removeprefix("bot/"), m) for p, m in method_map], options, KEYWORDS
    )
    return {tuple(m) if isinstance(m, tuple) else (m,) for _, _, m, _, _ in found}


NAMES = sorted((ROOT / "bot" / "data" / "locales" / "names").glob("*.po"))


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.stem)


def messages(path: Path) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Message]]:
    for message in catalogue(path):
        if message.id:
            yield _tuple(message.id), _tuple(message.string), message


def forms_for_one_number(translated: Catalog) -> set[int]:
    """The plural forms that a single number chooses, as the dual in Arabic."""
    choose = c2py(translated.plural_expr)
    chosen = [choose(n) for n in range(200)]
    return {form for form in chosen if chosen.count(form) == 1}


def _tuple(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, list | tuple) else (str(value or ""),)


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_every_message_is_translated_and_none_is_left_over(path: Path, said: set[tuple[str, ...]]) -> None:
    """A new message without a translation, or a translation of a message that is gone, is found here."""
    translated = {key for key, _, _ in messages(path)}
    assert said - translated == set(), f"missing in {path.name}"
    assert translated - said == set(), f"no longer said: remove from {path.name}"


@pytest.mark.parametrize("path", [*FILES, *NAMES], ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_plural_and_every_variable_is_there(path: Path) -> None:
    """Each form is filled, and holds the variables of the message, no more and no fewer; only a form for a
    single number may say that number in words."""
    plurals, in_words = catalogue(path).num_plurals, forms_for_one_number(catalogue(path))
    for key, forms, message in messages(path):
        assert not message.fuzzy, key
        assert len(forms) == (plurals if len(key) > 1 else 1), key
        for index, form in enumerate(forms):
            assert form.strip(), key
            wanted = set(VARIABLE.findall(key[-1]))
            free = {"{n}"} if len(key) > 1 and index in in_words else set()
            assert wanted - free <= set(VARIABLE.findall(form)) <= wanted, f"{key}: {form}"
            assert re.findall(r"</?\w+>", form) == re.findall(r"</?\w+>", key[-1]), key


@pytest.mark.parametrize("path", NAMES, ids=lambda p: p.stem)
def test_names_are_those_of_the_data(path: Path) -> None:
    """A translated name of a party or truce that no data file has is left over."""
    facts = shared_facts()
    known = {"party": {p.name for p in facts.parties.values()}, "truce": {t.name for t in facts.truces}}
    for key, _, message in messages(path):
        assert message.context in NAME_CONTEXTS
        assert key[0] in known[message.context]


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
def test_the_plural_rule_is_that_of_the_language(path: Path) -> None:
    """Numbers choose among exactly the forms that there are."""
    choose, plurals = c2py(catalogue(path).plural_expr), catalogue(path).num_plurals
    assert {choose(n) for n in range(200)} == set(range(plurals))


def test_a_message_is_filled_and_counted() -> None:
    """Values stand where the message names them; numbers choose the form."""
    english, russian = WORDS["en"], WORDS["ru"]
    assert english.text("Killed: {figure}", figure=3) == "Killed: 3"
    assert russian.text("Killed: {figure}", figure=3) == "Погибли: 3"
    assert english.text("braces {in} values are left", **{"in": "{x}"}) == "braces {x} values are left"
    counted = [russian.count("{n} alert", "{n} alerts", n) for n in (1, 2, 5, 21, 1000)]
    assert counted == ["1 сообщение", "2 сообщения", "5 сообщений", "21 сообщение", "1\xa0000 сообщений"]
    assert [english.count("{n} alert", "{n} alerts", n) for n in (1, 2)] == ["1 alert", "2 alerts"]
    untranslated = [russian.count("{n} oar", "{n} oars", n) for n in (1, 2)]
    assert untranslated == ["1 oar", "2 oars"]
    assert english.count("{n} of {what}", "{n} of {what}s", 2, what="book") == "2 of books"
    with pytest.raises(KeyError):
        english.text("Killed: {figure}")


def test_times_numbers_and_lists_are_written_as_the_language_does() -> None:
    """Babel knows each language's ways."""
    english, russian = WORDS["en"], WORDS["ru"]
    moment = datetime(2020, 12, 12, 21, 5, tzinfo=UTC)
    assert (english.date(date(2020, 12, 12)), russian.date(date(2020, 12, 12))) == (
        "12 December 2020",
        "12 декабря 2020\u202fг.",
    )
    assert (english.day(date(2020, 12, 12)), english.time(moment)) == ("12 Dec", "21:05")
    assert english.time(moment, ZoneInfo("Asia/Yerevan")) == "01:05"
    assert english.moment(moment, moment) == "21:05"
    assert english.moment(moment, moment + timedelta(hours=3)) == "12 Dec 21:05"
    assert (english.number(12345), english.span(timedelta(hours=3))) == ("12,345", "3 hours")
    assert (english.list(["a", "b", "c"]), russian.list(["а", "б"]), english.list([])) == (
        "a, b and c",
        "а и б",
        "",
    )


def test_how_long_ago_it_was_is_said_in_its_own_case() -> None:
    """Languages bend the unit there: an hour is hodyna in Ukrainian, an hour ago hodynu tomu."""
    ukrainian, georgian = (Words(Catalogue(language, {}, lambda n: 0)) for language in ("uk", "ka"))
    hour = timedelta(hours=1)
    assert (ukrainian.span(hour), ukrainian.ago(hour)) == ("1 година", "1 годину тому")
    assert georgian.ago(3 * hour) == "3 საათის წინ"
    assert (WORDS["en"].ago(hour), WORDS["en"].ago(timedelta(0))) == ("1 hour ago", "1 second ago")


def test_a_line_begins_as_the_language_begins_it() -> None:
    """Turkic letters keep their dots; Georgian has letters that look like capitals, for whole words only."""
    begun = {code: Words(Catalogue(code, {}, lambda n: 0)).capital for code in ("en", "tr", "az", "ka")}
    assert (begun["en"]("ice"), begun["tr"]("iki"), begun["az"]("insident")) == ("Ice", "İki", "İnsident")
    assert (begun["tr"]("ateş"), begun["ka"]("ცეცხლი"), begun["en"]("")) == ("Ateş", "ცეცხლი", "")
    assert Words(Catalogue("ka", {}, lambda n: 0)).own_name == "ქართული"


def test_a_time_zone_is_named_by_its_town() -> None:
    """Also where the town is listed under the name that it had before."""
    zones = ("Europe/Kyiv", "Asia/Yerevan", "Asia/Kolkata", "America/New_York", "Etc/GMT-3", None)
    assert [WORDS["ru"].zone(zone) for zone in zones] == [
        *("Киев", "Ереван", "Калькутта", "Нью-Йорк", "UTC+3", "UTC")
    ]
    assert [WORDS["en"].zone(zone) for zone in zones[:4]] == ["Kyiv", "Yerevan", "Kolkata", "New York"]


def test_persian_counts_days_and_writes_digits_as_its_readers_do() -> None:
    """The solar Hijri calendar, and digits of its own in dates, times, spans and numbers."""
    persian = Words(Catalogue("fa", {}, lambda n: 0))
    day, moment = date(2020, 12, 12), datetime(2020, 12, 12, 21, 5, tzinfo=UTC)
    assert (persian.date(day), persian.day(day)) == ("۲۲ آذر ۱۳۹۹", "۲۲ آذر")
    assert (persian.time(moment), persian.span(timedelta(hours=3))) == ("۲۱:۰۵", "۳ ساعت")
    assert persian.clock(time(7, 30)) == "۰۷:۳۰"
    assert persian.number(12345) == "۱۲٬۳۴۵"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_places_of_the_examples_are_known(path: Path) -> None:
    """Whoever types what /help and the hints write is understood: the first place after each command."""
    named: set[str] = set()
    for ids, strings, _ in messages(path):
        if re.search(r"/(\w+) (Hadrut|Shusha)\b", ids[0]):
            named.update(
                re.findall(r"/(?:subscribe|unsubscribe|latest|around|mute) ([^\W\d]\w+)", strings[0])
            )
    unknown = {name for name in named - {"all"} if shared_facts().atlas.find(name) is None}
    assert (unknown, len(named) > 1) == (set(), True)


def test_foreign_words_stand_apart_in_a_language_from_right_to_left() -> None:
    """A Latin name between Hebrew words is isolated; digits and Hebrew names are not."""
    hebrew = Words(Catalogue("he", {}, lambda n: 0))
    assert (hebrew.is_rtl, WORDS["en"].is_rtl) == (True, False)
    assert hebrew.text("{who}: {n}", who="Khtsaberd", n=6) == "\u2068Khtsaberd\u2069: 6"
    assert hebrew.isolate("ארמניה") == "ארמניה"
    figure = hebrew.text("{n} ({who})", n=6, who="Wire")
    assert hebrew.text("Killed: {n}", n=figure) == "Killed: \u2068\u200f6 (\u2068Wire\u2069)\u2069"
    assert "\u2068Hadrut\u2069" in hebrew.list(["Hadrut", "ארמניה"])
    assert WORDS["en"].isolate("Ereván") == "Ereván"


def test_languages_have_names_in_each_other() -> None:
    """A language is called what its speakers call it in the menu, and what the reader calls it elsewhere."""
    assert (WORDS["ru"].own_name, WORDS["en"].own_name) == ("Русский", "English")
    assert (WORDS["ru"].tongue("km"), WORDS["en"].tongue("qqq")) == ("кхмерский", "qqq")


def test_names_fall_back_to_english() -> None:
    """A region or party that nobody translated keeps its canonical name."""
    region = Region("x", RegionLevel.PLACE, None, "Movses", {"ru": ("Мовсес",), "en": ("Movsés",)})
    assert [WORDS[language].region(region) for language in ("en", "ru")] == ["Movses", "Мовсес"]
    assert WORDS["ru"].region(Region("x", RegionLevel.PLACE, None, "Movses", {})) == "Movses"
    assert (WORDS["ru"].name("Armenia", "party"), WORDS["ru"].name("Atlantis", "party")) == (
        "Армения",
        "Atlantis",
    )


def test_a_language_that_babel_does_not_know_is_formatted_as_english() -> None:
    """An unknown code or a broken one does not keep the bot from starting."""
    for code in ("qqq", "not a code"):
        assert Words(Catalogue(code, {}, lambda n: 0)).day(date(2020, 12, 12)) == "12 Dec"


def test_names_are_optional(tmp_path: Path) -> None:
    """A language without a file of names says them in English; one with an unfinished file, too."""
    assert read_names("xx", tmp_path / "xx.po") == {}
    (tmp_path / "yy.po").write_text(
        '#, fuzzy\nmsgctxt "party"\nmsgid "Armenia"\nmsgstr "Arm"\n', encoding="utf-8"
    )
    assert read_names("yy", tmp_path / "yy.po") == {}


def test_english_is_always_there() -> None:
    """The code itself is the English catalogue."""
    assert WORDS[SOURCE_LANGUAGE].text("Done") == "Done"
    assert set(WORDS) >= {"en", "ru"}
