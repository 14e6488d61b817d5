"""What it takes to compare every level of a shop with Shopify."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import psutil

from bench.house import house
from bench.scale import Scale
from house.figures import Figure, progress
from house.postgres import Server

LEVELS = 20_000


def measure(scale: Scale) -> Iterator[Figure]:
    """Yield levels compared per second of our process's CPU, its start included, and of the database's."""
    levels = scale.rows(LEVELS)
    with house(levels) as at:
        at.drain()
        ours, theirs = own_seconds(), server_seconds(at.server)
        progress(at.command("reconcile", "inventory", "--dry-run"))
        ours, theirs = own_seconds() - ours, server_seconds(at.server) - theirs
    yield Figure("reconcile_levels_per_cpu_s", levels / ours, "levels/s")
    yield Figure("reconcile_levels_per_database_cpu_s", levels / theirs, "levels/s")


def own_seconds() -> float:
    """Of the commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def server_seconds(of: Server) -> float:
    """Of Postgres: its processes, and those that have ended."""
    server = psutil.Process(int((of.data / "postmaster.pid").read_text().split()[0]))
    own = server.cpu_times()
    living = [child.cpu_times() for child in server.children()]
    return own.user + own.system + own.children_user + own.children_system + sum(t.user + t.system for t in living)
