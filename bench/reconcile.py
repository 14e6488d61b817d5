"""What it takes to compare every level of a shop with Shopify."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import psutil

from bench.house import House, house
from bench.scale import Scale
from house.figures import Figure, progress

LEVELS = 20_000


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield levels compared per second of our process's CPU, its start included, and of the database's."""
    levels = scale.rows(LEVELS)
    with house(levels) as at:
        at.drain()
        ours, theirs = _own_seconds(), _server_seconds(at)
        progress(at.command("reconcile", "inventory", "--dry-run"))
        ours, theirs = _own_seconds() - ours, _server_seconds(at) - theirs
    yield Figure("reconcile_levels_per_cpu_s", levels / ours, "levels/s")
    yield Figure("reconcile_levels_per_database_cpu_s", levels / theirs, "levels/s")


def _own_seconds() -> float:
    """Of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _server_seconds(at: House) -> float:
    """Of Postgres: its processes, and those that have ended."""
    server = psutil.Process(int((at.server.data / "postmaster.pid").read_text().split()[0]))
    own = server.cpu_times()
    living = [child.cpu_times() for child in server.children()]
    return own.user + own.system + own.children_user + own.children_system + sum(t.user + t.system for t in living)
