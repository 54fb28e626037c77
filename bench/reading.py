"""How fast and how large reading is: medians of several runs, with the share of each step.

    python -m bench.reading

Reports are of 2 KB in several scripts, written for this purpose. Figures go to standard output.
"""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bot.data import load_facts
from bot.model import Report, Source, SourceKind, SourceType
from bot.reading import Reader
from bot.reading.language import Detector
from bot.reading.lexicon import Lexicons
from bot.reading.names import Names
from bot.reading.text import Folder, read_text

RUNS = 5
SIZE_BYTES = 2_000
TEXTS = (
    "Azerbaijani units opened fire at Armenian positions near Tegh on Sunday night, wounding two soldiers. ",
    "Вечером 4 мая военные обстреляли посёлок из миномётов, ранены два мирных жителя, сообщили власти. ",
    "قال متحدث إن طائرة مسيرة استهدفت سيارة شرق رفح مساء أمس ما أدى إلى مقتل ثلاثة مواطنين. ",
    "हवेली सेक्टर में गुरुवार रात पाकिस्तानी रेंजर्स ने फायरिंग की, एक जवान घायल हुआ। ",
    "ทหารยิงปืนครกใส่แนวชายแดนเมื่อเช้าวันนี้ ไม่มีผู้ได้รับบาดเจ็บ ",
)


def make_reports(count: int) -> list[Report]:
    """Reports of SIZE_BYTES each, the texts in turn."""
    moment = datetime(2025, 5, 5, 8, tzinfo=UTC)
    source = Source("bench", "Bench", SourceKind.FEED, "https://bench.invalid", SourceType.AGENCY)
    return [
        Report(source, str(n), "", text[:60], _fill(text), moment, moment)
        for n, text in ((n, TEXTS[n % len(TEXTS)]) for n in range(count))
    ]


def _fill(text: str) -> str:
    return text * (SIZE_BYTES // len(text.encode()) + 1)


def measure(work: Callable[[], object], count: int) -> float:
    """The median microseconds for each of `count` reports that one call of `work` reads."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) / count * 1e6)
    return statistics.median(times)


def main() -> None:
    """Prints start-up, memory, reports a second and the share of each step."""
    start = time.perf_counter()
    facts = load_facts()
    reader = Reader(facts)
    print(f"start-up                {time.perf_counter() - start:8.2f} s")
    print(f"largest resident size   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    reports = make_reports(200)
    whole = measure(lambda: [reader.read(r) for r in reports], len(reports))
    print(f"reports a second        {1e6 / whole:8.0f}  ({whole:.0f} us each)")
    folder = Folder()
    texts = [read_text(folder, r.title, r.text) for r in reports]
    detector = Detector(facts.languages, folder)
    names, lexicons = Names(facts, folder), Lexicons(facts.lexicons, facts.languages["clitics"], folder)
    languages = [detector.detect(t.raw, t.folded) for t in texts]
    steps: dict[str, Callable[[], object]] = {
        "folding, sentences": lambda: [read_text(folder, r.title, r.text) for r in reports],
        "language": lambda: [detector.detect(t.raw, t.folded) for t in texts],
        "places": lambda: [names.places(t) for t in texts],
        "parties": lambda: [names.parties(t) for t in texts],
        "lexicon": lambda: [lexicons.read(lang, t) for lang, t in zip(languages, texts, strict=True)],
    }
    for name, work in steps.items():
        print(f"  {name:20}  {measure(work, len(reports)) / whole:8.0%}")
    for name, text in (("1 MB", TEXTS[0] * 10_000), ("one letter repeated", "a" * 1_000_000)):
        report = Report(reports[0].source, "x", "", "", text, reports[0].published_at, reports[0].seen_at)
        print(f"{name:22}  {measure(lambda r=report: reader.read(r), 1) / 1000:8.1f} ms")  # type: ignore[misc]


if __name__ == "__main__":
    main()
