"""The figures in the text form of Prometheus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from math import inf
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from bot.storage.figures import Figures
from bot.storage.states import PRIORITY_NAMES
from bot.watch.counts import REFUSED, Counted
from bot.watch.delays import BOUNDS_S
from bot.watch.health import diagnose
from bot.watch.pulse import Part

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


def write_metrics(figures: Figures, standstills: Iterable[Part], now: datetime) -> bytes:
    """All figures and those of the process; `standstills`: what does not move."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(_Snapshot(figures, frozenset(standstills), now))
    return generate_latest(registry)


class _Snapshot:
    """What `CollectorRegistry` asks once for all families."""

    def __init__(self, figures: Figures, standstills: frozenset[Part], now: datetime) -> None:
        self._figures, self._standstills, self._now = figures, standstills, now

    def collect(self) -> Iterator[Metric]:
        """The families in a fixed order."""
        yield from self._stand()
        yield from self._counters()
        yield _histogram(self._figures, "stored_to_sent", "From a stored alert to its message.")
        yield _histogram(self._figures, "reported_to_sent", "From the first report to its message.")

    def _stand(self) -> Iterator[Metric]:
        figures = self._figures
        queue: dict[tuple[str, ...], int] = {
            ("pending", PRIORITY_NAMES[priority]): figures.waiting.get(priority, 0)
            for priority in PRIORITY_NAMES
        }
        queue["sending", "any"] = figures.sending
        yield _gauge("queue", "Deliveries that wait or are being sent.", ("state", "priority"), queue)
        yield _gauge("alerts_unqueued", "Alerts not queued for all yet.", (), {(): figures.unqueued_alerts})
        health: Counter[tuple[str, ...]] = Counter(
            (str(diagnose(check, self._now).health),) for check in figures.checks
        )
        yield _gauge("sources", "Sources by their health.", ("health",), health)
        chats: dict[tuple[str, ...], int] = {("active",): figures.chats.active, ("gone",): figures.chats.gone}
        yield _gauge("chats", "Chats that can be written to, and that left.", ("state",), chats)
        moves: dict[tuple[str, ...], int] = {
            (str(part),): int(part not in self._standstills) for part in Part
        }
        yield _gauge("moves", "1 while sources are checked, deliveries leave.", ("part",), moves)
        yield from self._moments()

    def _moments(self) -> Iterator[Metric]:
        pulse = self._figures.pulse
        for name, what, moment in (
            ("last_check", "The last successful check of a source.", pulse.last_ok_at),
            ("last_sent", "When the last message, edit or reply left.", pulse.last_sent_at),
        ):
            if moment is not None:
                yield _gauge(f"{name}_timestamp_seconds", what, (), {(): moment.timestamp()})

    def _counters(self) -> Iterator[Metric]:
        for name, what, label, counted in (
            ("sent", "Messages, edits and replies that left.", "form", Counted.SENT),
            ("failed", "Deliveries that will never leave.", "reason", Counted.FAILED),
            ("retried", "Requests that came to nothing for now.", "reason", Counted.RETRIED),
            ("expired", "Deliveries given up because they waited too long.", "reason", Counted.EXPIRED),
            ("duplicates_possible", "Deliveries that may have arrived twice.", "cause", Counted.UNCERTAIN),
            ("checks", "Checks of sources.", "outcome", Counted.CHECKS),
        ):
            family = CounterMetricFamily(f"trucewatch_{name}", what, labels=(label,))
            for (one, value), many in sorted(self._figures.counted.items()):
                if one is counted:
                    family.add_metric((value,), many)
            yield family
        refused = self._figures.counted.get((Counted.RETRIED, REFUSED), 0)
        yield CounterMetricFamily("trucewatch_too_many_requests", "Answers 429 of Telegram.", value=refused)


def _gauge(name: str, what: str, labels: tuple[str, ...], values: Mapping[tuple[str, ...], float]) -> Metric:
    family = GaugeMetricFamily(f"trucewatch_{name}", what, labels=labels)
    for key, value in sorted(values.items()):
        family.add_metric(key, value)
    return family


def _histogram(figures: Figures, name: str, what: str) -> Metric:
    steps, whole = Counted(name), Counted(f"{name}_ms")
    so_far, buckets = 0, []
    for bound_s in (*BOUNDS_S, inf):
        so_far += figures.counted.get((steps, f"{bound_s:g}"), 0)
        buckets.append(("+Inf" if bound_s == inf else f"{bound_s:g}", so_far))
    total_s = figures.counted.get((whole, ""), 0) / 1000
    family = HistogramMetricFamily(f"trucewatch_{name}_seconds", what)
    family.add_metric((), buckets, total_s)
    return family
