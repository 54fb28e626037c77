"""Whatever comes in, reading gives a finding."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.analyse import make_report as make_report_of
from bot.data import Facts
from bot.model import SourceType
from bot.reading import Reader
from bot.reading.text import MAX_CHARS, Folder, read_text
from tests.reading.conftest import make_report
from tools.model import training_rows

WORDS = st.sampled_from(
    [
        *"0123456789٣۴५",
        "killed",
        "ранены",
        "2025",
        "May",
        "3",
        "شهداء",
        "Rafah",
        "’",
        "ه‌ا",
        "한국",
        "開火",
        ".",
    ]
)
MAY = "2025-05-05T08:00:00+00:00"


@settings(max_examples=150)
@given(title=st.text(max_size=60), text=st.one_of(st.text(max_size=400), st.lists(WORDS).map(" ".join)))
def test_any_text_is_read_and_spans_lie_within(reader: Reader, title: str, text: str) -> None:
    """No Unicode raises, and evidence points into the text."""
    report = make_report(title, text, MAY)
    raw = f"{title}\n{text}"
    for found in (reader.read(report), reader.work(report)[0]):
        assert all(
            0 <= e.start <= e.end <= len(raw) and raw[e.start : e.end] == e.words for e in found.evidence
        )
        assert 0.0 <= found.score <= 1.0


def test_what_is_dismissed_early_is_no_violation_judged_in_full(reader: Reader) -> None:
    """Read as far as needed or in full, a report has one verdict, and a violation one finding."""
    for number, row in enumerate(training_rows()[::9], start=1):
        report = make_report_of(row, number)
        found, full = reader.read(report), reader.work(report)[0]
        assert (found.is_violation, found.theatre) == (full.is_violation, full.theatre)
        assert found == full or not found.is_violation


@given(st.text())
def test_folding_keeps_the_way_back(text: str) -> None:
    """Every folded letter has its place in the text."""
    read = read_text(Folder(), text, "")
    assert read.folded.startswith(" ")
    assert read.offsets is None or read.offsets[-1] == len(read.folded) - 2
    assert all(read.sentences[i] < read.sentences[i + 1] for i in range(len(read.sentences) - 1))


def test_huge_and_monotonous_texts_are_cut(reader: Reader) -> None:
    """A megabyte is read like its beginning; how long that takes, bench/reading.py measures."""
    for text in ("x" * 1_000_000, "Azerbaijani forces shelled Khoznavar. " * 30_000, "\u0301" * 1_000_000):
        beginning = make_report("", text[:MAX_CHARS], MAY)
        assert reader.read(make_report("", text, MAY)) == reader.read(beginning)
    assert len(read_text(Folder(), "", "y" * 1_000_000).raw) == MAX_CHARS


def test_every_kind_of_source_is_read(reader: Reader, facts: Facts) -> None:
    """No combination of outlet and side raises."""
    for kind in SourceType:
        for side in ("neutral", "un", "azerbaijan", "unheard-of"):
            report = make_report(
                "Azerbaijan fired at Armenia", "Both sides denied it. 3 killed.", MAY, kind, side
            )
            assert reader.read(report).theatre in facts.theatres
