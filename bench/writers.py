"""The warehouse's own writers: pgbench as the application's role."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

import psycopg
from psycopg.conninfo import conninfo_to_dict

from bench.server import Bench

# One unit is sold or comes back: the smallest transaction that must be captured.
TOGGLE = """\\set id random(1, :items)
update warehouse.shipment_items
set status = case status when 'received' then 'sold' else 'received' end where id = :id;
"""
BULK = """update warehouse.shipment_items
set status = case status when 'received' then 'sold' else 'received' end where id <= %s"""


def throughput(at: Bench, items: int, clients: int, seconds: int) -> float:
    """Transactions per second of so many clients that never pause."""
    out = _pgbench(at, items, clients, seconds)
    found = re.search(r"^tps = ([\d.]+)", out, re.MULTILINE)
    if not found:
        raise RuntimeError(f"pgbench does not say how many transactions it did:\n{out}")
    return float(found[1])


def latencies(at: Bench, items: int, clients: int, seconds: int, rate: float) -> tuple[float, float]:
    """Milliseconds from the begin of a transaction to its end, p50 and p99, at so many transactions per second."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        _pgbench(at, items, clients, seconds, f"--rate={rate:.0f}", "--log", f"--log-prefix={log}")
        cuts = quantiles(_logged(Path(folder)), n=100, method="inclusive")
    return cuts[49], cuts[98]


def rewrite(at: Bench, items: int) -> float:
    """Seconds of one UPDATE of every unit."""
    with psycopg.connect(at.application, autocommit=True) as connection:
        started = time.perf_counter()
        connection.execute(BULK, (items,))
        return time.perf_counter() - started


def _pgbench(at: Bench, items: int, clients: int, seconds: int, *options: str) -> str:
    to = conninfo_to_dict(at.application)
    command = (
        f"--no-vacuum --protocol=prepared --client={clients} --jobs=2 --time={seconds} --define=items={items} "
        f"--host={to['host']} --port={to['port']} --username={to['user']} --file=-"
    ).split()
    done = subprocess.run(
        [at.server.programs / "pgbench", *command, *options, str(to["dbname"])],
        input=TOGGLE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"pgbench failed: {done.stderr}")
    return done.stdout


def _logged(folder: Path) -> Iterator[float]:
    """Milliseconds of each transaction: its time, which counts from when it was due, less its lag behind that."""
    for file in folder.iterdir():
        for line in file.read_text().splitlines():
            _client, _number, elapsed, _script, _second, _micros, lag = map(int, line.split()[:7])
            yield (elapsed - lag) / 1000
