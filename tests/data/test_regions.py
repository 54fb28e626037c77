"""Every theatre's tree of regions: whole, ordered, placed on the map, and spelled without repeats."""

from __future__ import annotations

import math
import re
from collections import Counter
from statistics import median

import pytest

from tests.data.files import THEATRES, read_regions, read_theatres, spellings_of

LEVELS = ("theatre", "province", "district", "place")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}")

FARTHEST_KM = 700.0
"""The farthest that a region may lie from the middle of its theatre's regions."""

FAR_THEATRES = {
    "afghanistan-pakistan": 1200.0,
    "central-african-republic": 1000.0,
    "colombia": 1100.0,
    "drc": 1700.0,
    "ethiopia": 900.0,
    "india-pakistan": 1500.0,
    "iran-israel": 1700.0,
    "libya": 1500.0,
    "myanmar": 1300.0,
    "philippines": 1200.0,
    "south-sudan": 800.0,
    "sudan": 1300.0,
    "ukraine": 1200.0,
    "western-sahara": 1300.0,
    "yemen": 1300.0,
}
"""Theatres that are wider than that, with the reach of their farthest place."""


@pytest.fixture(params=THEATRES)
def theatre(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def distance_km(lat: float, lon: float, other_lat: float, other_lon: float) -> float:
    """Great-circle distance on a ball of 6,371 km."""
    phi, other_phi = math.radians(lat), math.radians(other_lat)
    half = math.sin((other_phi - phi) / 2) ** 2
    half += math.cos(phi) * math.cos(other_phi) * math.sin(math.radians(other_lon - lon) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def test_the_tree_begins_with_the_theatre(theatre: str) -> None:
    """The first row is the theatre of the file's name, and no other row is one."""
    rows = read_regions(theatre)
    assert (rows[0]["id"], rows[0]["level"], rows[0]["parent"]) == (theatre, "theatre", "")
    assert [row["id"] for row in rows if row["level"] == "theatre"] == [theatre]


def test_no_two_regions_of_all_theatres_share_an_id() -> None:
    """An id means one region, whichever theatre it lies in."""
    counted = Counter(row["id"] for name in THEATRES for row in read_regions(name))
    assert [region for region, times in counted.items() if times > 1] == []


def test_ids_are_plain(theatre: str) -> None:
    """Ids are small ASCII letters, digits and single hyphens."""
    assert [row["id"] for row in read_regions(theatre) if not SLUG.fullmatch(row["id"])] == []


def test_parents_come_first_and_levels_descend(theatre: str) -> None:
    """A region stands below one that the file names earlier and that is wider."""
    seen: dict[str, int] = {}
    for row in read_regions(theatre):
        level = LEVELS.index(row["level"])
        if row["parent"] or level:
            assert seen.get(row["parent"], len(LEVELS)) < level, row["id"]
        seen[row["id"]] = level


def test_regions_are_spelled(theatre: str) -> None:
    """Names are given, trimmed, and tagged with a language code."""
    for row in read_regions(theatre):
        assert all(name and name == name.strip() for name in spellings_of(row)), row["id"]
        tags = [part.partition("=")[0] for part in row["names"].split(";") if part]
        assert all(LANGUAGE.fullmatch(tag) for tag in tags), row["id"]
        assert len(tags) == len(set(tags)), row["id"]


def test_no_spelling_is_given_twice_in_one_place(theatre: str) -> None:
    """A region repeats no spelling within one language."""
    for row in read_regions(theatre):
        for part in filter(None, row["names"].split(";")):
            names = part.partition("=")[2].split("|")
            assert len(names) == len(set(names)), (row["id"], part)


def test_regions_lie_near_each_other(theatre: str) -> None:
    """Coordinates are on the globe and within the theatre's reach of its middle."""
    rows = read_regions(theatre)
    places = [(row["id"], float(row["lat"]), float(row["lon"])) for row in rows if row["lat"]]
    lat, lon = median(p[1] for p in places), median(p[2] for p in places)
    reach = FAR_THEATRES.get(theatre, FARTHEST_KM)
    assert [p for p in places if distance_km(lat, lon, p[1], p[2]) > reach] == []


def test_a_region_lies_near_its_parent(theatre: str) -> None:
    """A place is not far outside the district or province that it stands in."""
    rows = {row["id"]: row for row in read_regions(theatre)}
    for row in rows.values():
        parent = rows.get(row["parent"])
        if parent is None or parent["level"] == "theatre" or not row["lat"] or not parent["lat"]:
            continue
        numbers = (row["lat"], row["lon"], parent["lat"], parent["lon"])
        reach = FAR_THEATRES.get(theatre, FARTHEST_KM)
        assert distance_km(*(float(number) for number in numbers)) < reach, row["id"]


def test_countries_are_two_letters(theatre: str) -> None:
    """The country is an ISO 3166 alpha-2 code."""
    assert [r["id"] for r in read_regions(theatre) if not re.fullmatch("[A-Z]{2}", r["country"])] == []


def test_wide_regions_are_the_theatres_own() -> None:
    """A region that says no more than its theatre stands right below it."""
    for theatre, row in read_theatres().items():
        top = {region["id"] for region in read_regions(theatre) if region["parent"] == theatre}
        assert set(row.get("wide", ())) <= top, theatre


def test_the_lines_are_known_to_the_village() -> None:
    """All theatres together hold 2,500 places and more."""
    assert sum(len(read_regions(name)) for name in THEATRES) >= 2500
