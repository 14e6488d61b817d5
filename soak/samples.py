"""What is looked at while the soak runs: memory, tables, latency, backlog, errors."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg
from psycopg.rows import dict_row

from soak.load import Load

# What grows by design until it is pruned or its partition is dropped. Everything else is hot.
LOGS = ("sync.change_log", "sync.requests", "sync.calls", "sync.level_conflicts", "sync.level_discrepancies",
        "sync.runs", "pgqueuer.pgqueuer_log", "pgqueuer.pgqueuer_statistics")  # fmt: skip
TABLES = """
select c.oid::regclass::text as name, pg_total_relation_size(c.oid) as bytes,
  coalesce(s.n_tup_ins, 0) as inserted, coalesce(s.n_dead_tup, 0) as dead
from pg_class as c left join pg_stat_all_tables as s on s.relid = c.oid
where c.relnamespace in ('sync'::regnamespace, 'pgqueuer'::regnamespace) and c.relkind = 'r'
"""
BACKLOG = """
select count(*) as pending, coalesce(extract(epoch from clock_timestamp() - min(since)), 0)::float as oldest
from sync.pending
"""
# By this PgQueuer finds out which of two runners takes a lane.
RACE = "pgqueuer_picked_slot_idx"
TROUBLE = ("ERROR:", "FATAL:", "PANIC:", "WARNING:")


@dataclass(frozen=True)
class Table:
    """A table of ours: its size with indexes, rows inserted so far, dead rows."""

    bytes: int
    inserted: int
    dead: int


@dataclass(frozen=True)
class Sample:
    """One look; ``seconds`` since the load began, ``rss`` in bytes, one per runner, ``oldest`` in seconds."""

    seconds: float
    changes: int
    rss: Sequence[int]
    tables: Mapping[str, Table]
    latencies: Sequence[float]
    pending: int
    oldest: float

    @property
    def hot_bytes(self) -> int:
        """Size of all tables that must not grow."""
        return sum(table.bytes for name, table in self.tables.items() if is_hot(name))


def is_hot(table: str) -> bool:
    """Whether a table must not grow."""
    return not table.startswith(LOGS)


class Sampler:
    """Takes samples on a connection of its own."""

    def __init__(self, dsn: str, load: Load, runners: Sequence[int]) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True, row_factory=dict_row)
        self._load = load
        self._runners = [psutil.Process(pid) for pid in runners]
        self._begun = time.monotonic()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def take(self) -> Sample:
        """Look now. Latencies are those noted since the last look."""
        latencies = [self._load.latencies.popleft().milliseconds for _ in range(len(self._load.latencies))]
        backlog = self._connection.execute(BACKLOG).fetchone()
        assert backlog is not None
        tables = {
            row["name"]: Table(row["bytes"], row["inserted"], row["dead"])
            for row in self._connection.execute(TABLES).fetchall()
        }
        return Sample(
            time.monotonic() - self._begun,
            self._load.changes,
            [runner.memory_info().rss for runner in self._runners],
            tables,
            latencies,
            backlog["pending"],
            backlog["oldest"],
        )


def trouble(log: Path) -> list[str]:
    """What Postgres complained about in its own log."""
    lines = log.read_text(errors="replace").splitlines()
    return [line for line in lines if any(word in line for word in TROUBLE) and RACE not in line]
