"""I2, I7: the soak runs, finds nothing lost or done twice, and would tell what grows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from soak import verdict
from soak.samples import Sample, Table

ROOT = Path(__file__).parents[2]


def course(**growth: float) -> list[Sample]:
    """Ten minutes at 300 changes/s; what is named grows by so much a minute, as a share."""
    samples = []
    for n in range(1, 61):
        by = {name: 1 + share * n / 6 for name, share in growth.items()}
        table = Table(int(1e6 * by.get("hot", 1)), 0, 0)
        one = Sample(10.0 * n, 3000 * n, [10**8, int(1e8 * by.get("rss", 1))], {"sync.pending": table}, [], 200, 0.5)
        one = replace(one, latencies=[100.0 * by.get("latency", 1)] * 100, pending=int(200 * by.get("pending", 1)))
        samples.append(replace(one, changes=int(one.changes * growth.get("load", 1))))
    return samples


def told(**growth: float) -> set[str]:
    """The figures that are found to be wrong."""
    samples = course(**growth)
    return {fault.split()[0] for fault in verdict.faults(verdict.figures(samples, 300.0), samples[-1].seconds)}


def test_what_grows_is_told_and_nothing_else() -> None:
    assert told() == set()
    assert told(rss=0.05) == {"rss_ratio"}
    assert told(hot=0.2) == {"hot_bytes_ratio"}
    assert told(latency=1.0) == {"latency_p50_ratio", "latency_p99_ratio"}
    assert told(pending=1.0) == {"pending_ratio"}
    assert told(load=0.5) == {"load_ratio"}


@pytest.mark.long
def test_a_short_soak_under_every_fault_loses_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "soak", "--minutes", "0.1", "--rate", "60", "--products", "60"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=170,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    last = done.stdout.splitlines()[-1]
    assert last.startswith("soak: ok ") and last.endswith(" problems=0 database_errors=0 double_applied=0")
