"""Whether it was flat: the last minute against the second one.

The first minute is left out: caches fill, statements are prepared. What must hold, and why:

- ``rss_ratio`` at most 1.2, the worst runner: Python's allocator and the pool's connections come and go by a few
  percent; a leak of 100 bytes per change would add 27 MB in 15 minutes, which is more than that.
- ``hot_bytes_ratio`` at most 1.5: autovacuum looks once a minute, so that a table may hold one more minute's dead rows
  when it is looked at; the change queues take turns and each may be anything up to its size when it is left.
- ``latency_p50_ratio`` at most 1.5 and ``latency_p99_ratio`` at most 3: a minute has 600 canaries. Six of them are the
  p99; those have met a fault (up to 2 s), and how many do is chance. The median has met none.
- ``pending_ratio`` at most 2, over a floor of 100: a backlog that builds up would be many times that.
- ``load_ratio`` at least 0.95: else the machine did not give the load, and flat means nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, quantiles

from house.figures import Figure
from soak.samples import Sample, is_hot

MINUTE = 60.0
# A shorter soak proves that nothing is lost; it cannot tell what grows.
SHORTEST = 3 * MINUTE
PENDING_FLOOR = 100
AT_MOST = {
    "rss_ratio": 1.2,
    "hot_bytes_ratio": 1.5,
    "latency_p50_ratio": 1.5,
    "latency_p99_ratio": 3.0,
    "pending_ratio": 2.0,
}
AT_LEAST = {"load_ratio": 0.95}


@dataclass(frozen=True)
class Window:
    """What some samples say together: bytes, milliseconds, rows."""

    rss: list[float]
    hot_bytes: float
    p50: float
    p99: float
    pending: float


def window(samples: Sequence[Sample]) -> Window:
    """The samples of a minute as one."""
    latencies = [one for sample in samples for one in sample.latencies] or [0.0]
    cuts = quantiles([*latencies, *latencies], n=100)
    return Window(
        [mean(values) for values in zip(*(sample.rss for sample in samples), strict=True)],
        mean(sample.hot_bytes for sample in samples),
        cuts[49],
        cuts[98],
        mean(sample.pending for sample in samples),
    )


def figures(samples: Sequence[Sample], rate: float) -> list[Figure]:
    """All figures of a soak; needs three samples or more."""
    length = min(MINUTE, samples[-1].seconds / 3)
    second = [s for s in samples if length < s.seconds <= 2 * length] or [samples[1]]
    last = [s for s in samples if s.seconds > samples[-1].seconds - length]
    before, after = window(second), window(last)
    seconds = last[-1].seconds - second[0].seconds
    return [
        Figure("changes_per_s", samples[-1].changes / samples[-1].seconds, "changes/s"),
        Figure("rss_mb", max(after.rss) / 1e6, "MB"),
        Figure("hot_mb", after.hot_bytes / 1e6, "MB"),
        Figure("latency_ms_p50", after.p50, "ms"),
        Figure("latency_ms_p99", after.p99, "ms"),
        Figure("oldest_pending_s", max(sample.oldest for sample in samples), "s"),
        Figure("log_rows_per_s", log_rows(second[0], last[-1]) / max(seconds, 1.0), "rows/s"),
        Figure("log_bytes_per_change", _log_bytes(second[0], last[-1]), "bytes"),
        Figure("rss_ratio", max(b / a for a, b in zip(before.rss, after.rss, strict=True)), "ratio"),
        Figure("hot_bytes_ratio", after.hot_bytes / before.hot_bytes, "ratio"),
        Figure("latency_p50_ratio", after.p50 / max(before.p50, 1.0), "ratio"),
        Figure("latency_p99_ratio", after.p99 / max(before.p99, 1.0), "ratio"),
        Figure("pending_ratio", (after.pending + PENDING_FLOOR) / (before.pending + PENDING_FLOOR), "ratio"),
        Figure("load_ratio", samples[-1].changes / samples[-1].seconds / rate, "ratio"),
    ]


def faults(found: Sequence[Figure], seconds: float) -> list[str]:
    """Which figures are not as they must be; none for a soak too short to tell."""
    if seconds < SHORTEST:
        return []
    return [
        f"{figure.name} is {figure.value:.3g}"
        for figure in found
        if figure.value > AT_MOST.get(figure.name, float("inf"))
        or figure.value < AT_LEAST.get(figure.name, float("-inf"))
    ]


def log_rows(first: Sample | None, last: Sample) -> int:
    """Rows written to the logs between two samples, or since the beginning."""
    return _logged(last)[0] - (_logged(first)[0] if first else 0)


def _log_bytes(first: Sample, last: Sample) -> float:
    return (_logged(last)[1] - _logged(first)[1]) / max(last.changes - first.changes, 1)


def _logged(sample: Sample) -> tuple[int, int]:
    logs = [table for name, table in sample.tables.items() if not is_hot(name)]
    return sum(table.inserted for table in logs), sum(table.bytes for table in logs)
