"""How much memory the runner needs for a long outage's changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from bench.house import house
from bench.scale import Scale
from house.figures import Figure

LEVELS = 20_000
QUEUED = 1_000_000
QUEUE = """insert into sync.change_queue_{} (watch, op, key)
select w.watch, 'update', (1 + n %% %s)::text from generate_series(1, %s) as n
cross join sync.watches as w where w.relation = 'warehouse.shipment_items'"""


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield the runner's peak of resident memory while it relays and drains what is queued."""
    levels = scale.rows(LEVELS)
    with house(levels) as at:
        active = at.value("select mod(last_value, 2) from sync.active_queue")
        at.do(QUEUE.format(active), levels, scale.rows(QUEUED))
        with at.runner() as runner:
            at.wait_quiet()
            peak = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{runner.pid}/status").read_text())
    assert peak
    yield Figure("runner_rss_mb", int(peak[1]) / 1024, "MB")
