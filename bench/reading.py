"""How fast and how large reading is: medians of several runs, with the share of each step.

    python -m bench.reading

Reports are of 2 KB in several scripts, written for this purpose: as a wire brings them, half of them no news
of war (`wire.jsonl`), and `dense`, one sentence about a breach over and over, with more acts, names and
numbers than any report has. Figures go to standard output; times are those of the processor, so that they
mean one core also where others are at work.
"""

from __future__ import annotations

import gc
import json
import resource
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bot.data import load_facts
from bot.model import Report, Source, SourceKind, SourceType
from bot.reading import Reader
from bot.reading.language import Detector
from bot.reading.lexicon import Lexicons
from bot.reading.names import Names
from bot.reading.text import Folder, read_text

RUNS = 5
SIZE_BYTES = 2_000
SENTENCES = (
    "Azerbaijani units opened fire at Armenian positions near Tegh on Sunday night, wounding two soldiers. ",
    "Вечером 4 мая военные обстреляли посёлок из миномётов, ранены два мирных жителя, сообщили власти. ",
    "قال متحدث إن طائرة مسيرة استهدفت سيارة شرق رفح مساء أمس ما أدى إلى مقتل ثلاثة مواطنين. ",
    "हवेली सेक्टर में गुरुवार रात पाकिस्तानी रेंजर्स ने फायरिंग की, एक जवान घायल हुआ। ",
    "ทหารยิงปืนครกใส่แนวชายแดนเมื่อเช้าวันนี้ ไม่มีผู้ได้รับบาดเจ็บ ",
)


WIRE = Path(__file__).with_name("wire.jsonl")


def make_reports(count: int) -> list[Report]:
    """Reports as a wire brings them, in turn."""
    rows = [json.loads(line) for line in WIRE.read_text(encoding="utf-8").splitlines()]
    return [_report(n, **rows[n % len(rows)]) for n in range(count)]


def make_dense(count: int) -> list[Report]:
    """Reports that repeat one sentence up to SIZE_BYTES, the sentences in turn."""
    texts = (SENTENCES[n % len(SENTENCES)] for n in range(count))
    return [_report(n, text[:60], _fill(text)) for n, text in enumerate(texts)]


def _report(number: int, title: str, text: str) -> Report:
    moment = datetime(2025, 5, 5, 8, tzinfo=UTC)
    source = Source("bench", "Bench", SourceKind.FEED, "https://bench.invalid", SourceType.AGENCY)
    return Report(source, str(number), "", title, text, moment, moment)


def _fill(text: str) -> str:
    return text * (SIZE_BYTES // len(text.encode()) + 1)


def measure(work: Callable[[], object], count: int) -> float:
    """The median microseconds for each of `count` reports that one call of `work` reads, after one in vain.

    The first report of a language compiles its words.
    """
    work()
    times = []
    for _ in range(RUNS):
        start = time.process_time()
        work()
        times.append((time.process_time() - start) / count * 1e6)
    return statistics.median(times)


def main() -> None:
    """Prints start-up, memory, reports a second of both kinds and the share of each step."""
    start = time.process_time()
    facts = load_facts()
    reader = Reader(facts)
    print(f"start-up                {time.process_time() - start:8.2f} s")
    print(f"largest resident size   {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:8.0f} MB")
    gc.collect()
    gc.freeze()  # as the service does
    reports = make_reports(200)
    whole = measure(lambda: [reader.read(r) for r in reports], len(reports))
    print(f"reports a second        {1e6 / whole:8.0f}  ({whole:.0f} us each)")
    dense = make_dense(len(reports))
    each = measure(lambda: [reader.read(r) for r in dense], len(dense))
    print(f"dense reports a second  {1e6 / each:8.0f}  ({each:.0f} us each)")
    folder = Folder()
    texts = [read_text(folder, r.title, r.text) for r in reports]
    detector = Detector(facts.languages, folder)
    names, lexicons = Names(facts, folder), Lexicons(facts.lexicons, facts.languages["clitics"], folder)
    languages = [detector.detect(t.raw, t.folded) for t in texts]
    steps: dict[str, Callable[[], object]] = {
        "folding, sentences": lambda: [read_text(folder, r.title, r.text) for r in reports],
        "language": lambda: [detector.detect(t.raw, t.folded) for t in texts],
        "names": lambda: [names.find(t) for t in texts],
        "lexicon": lambda: [lexicons.read(lang, t) for lang, t in zip(languages, texts, strict=True)],
    }
    for name, work in steps.items():
        print(f"  {name:20}  {measure(work, len(reports)) / whole:8.0%}")
    for name, text in (("1 MB", SENTENCES[0] * 10_000), ("one letter repeated", "a" * 1_000_000)):
        report = _report(0, "", text)
        print(f"{name:22}  {measure(lambda r=report: reader.read(r), 1) / 1000:8.1f} ms")  # type: ignore[misc]


if __name__ == "__main__":
    main()
