"""The bundled sample feeds: offline, alive, and harmless."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.errors import FetchError
from bot.model import Entry, Report, Source
from bot.reading import Reader
from bot.sources.catalogue import read_samples
from bot.sources.feed import parse_feed
from bot.sources.fetch import Fetched, Fetcher, NotModified
from bot.sources.identity import distinct, report_key
from bot.sources.samples import SampleFetcher, serve_sample
from tests.clock import FakeClock
from tests.ground import shared_reader

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOISE = (
    *("derby", "price war", "look back", "speak about", "exercise", "calm", "Mines found"),
    *("quiet week", "end their strike", "harbour wall", "матчем", "чинят"),
)
NAMES = [source.url.removeprefix("sample:") for source in read_samples()]


def _entries(name: str, after: timedelta) -> dict[str, Entry]:
    entries = parse_feed(serve_sample(name, START, START + after))
    assert len(distinct(entries)) == len(entries)
    return {report_key(entry): entry for entry in entries}


@pytest.mark.parametrize("name", NAMES)
def test_every_sample_is_a_dated_feed_that_says_what_it_is(name: str) -> None:
    """No undated entry, nothing from the future, titles and texts in all."""
    body = serve_sample(name, START, START + timedelta(hours=1))
    assert "(sample texts, nothing here has happened)" in body.decode() or "образцы" in body.decode()
    for entry in parse_feed(body):
        assert entry.title
        assert len(entry.text) > 40
        assert entry.published_at is not None
        assert entry.published_at <= START + timedelta(hours=1)


def test_there_are_about_two_dozen_entries() -> None:
    """Most from the start; some appear while one looks on."""
    before, after = (sum(len(_entries(name, timedelta(seconds=s))) for name in NAMES) for s in (0, 120))
    assert before >= 18
    assert after >= before + 4


def test_entries_appear_and_change_as_time_goes_by() -> None:
    """A new report after some seconds, and later another text at the same address."""
    stages = [_entries("ministry-a", timedelta(seconds=s)) for s in (0, 10, 60)]
    assert [len(stage) for stage in stages] == [3, 4, 4]
    (changed,) = (key for key in stages[1] if stages[1][key] != stages[2][key])
    assert "one soldier" in stages[1][changed].title
    assert "two soldiers" in stages[2][changed].title
    assert stages[1][changed].published_at == stages[2][changed].published_at


async def test_a_sample_is_fetched_like_a_source(clock: FakeClock) -> None:
    """With an ETag that changes when its text does."""
    fetcher = SampleFetcher(clock.now(), clock.now)
    first = await fetcher.fetch("sample:ministry-a")
    assert isinstance(first, Fetched)
    assert isinstance(await fetcher.fetch("sample:ministry-a", first.etag), NotModified)
    clock.advance(timedelta(seconds=10))
    assert isinstance(await fetcher.fetch("sample:ministry-a", first.etag), Fetched)


@pytest.mark.parametrize(
    "url", ["sample:nobody", "sample:../samples", "sample:", "https://a.example/", "/etc/passwd"]
)
async def test_nothing_else_is_served(url: str) -> None:
    """Neither files nor the network."""
    with pytest.raises(FetchError):
        await SampleFetcher(START).fetch(url)


async def test_sample_addresses_mean_nothing_to_the_real_fetcher() -> None:
    """An operator's catalogue cannot reach them."""
    async with Fetcher() as fetcher:
        with pytest.raises(FetchError, match="only http and https"):
            await fetcher.fetch("sample:wire")


@pytest.fixture(scope="module")
def reader() -> Reader:
    return shared_reader()


@pytest.mark.parametrize("source", read_samples(), ids=lambda source: source.id)
def test_what_the_samples_tell_is_recognised(source: Source, reader: Reader) -> None:
    """Incidents as such; matches, prices, anniversaries, talks and exercises as none."""
    later = START + timedelta(minutes=5)
    for entry in parse_feed(serve_sample(source.url.removeprefix("sample:"), START, later)):
        report = Report(source, "k", entry.url, entry.title, entry.text, entry.published_at, later)
        is_noise = any(words in entry.title for words in NOISE)
        assert reader.read(report).is_violation is not is_noise, entry.title
